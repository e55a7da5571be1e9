"""The dashboard's server: `streamlit run dashboard/server.py` serves `app.py` with what a server must add around it.

Security headers on every answer, and the way back to the page that somebody wanted before they signed in: Streamlit itself goes
to the first page after a sign-in.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access.personal import ACCESS
from dashboard.own_files import OwnFiles, is_media, keep_deferred_files_apart
from dashboard.personal_gate import PersonalGate
from dashboard.readiness import PATH, prepare_in_background, ready
from dashboard.session.filters import DEFAULT_GRAIN
from dashboard.session.garbage_collection import look_seldom
from dashboard.session.state import prepare
from dashboard.static_compression import StaticCompression
from dashboard.stream_limits import StreamLimits
from dashboard.upload_limits import UploadLimits

RETURN_COOKIE = "qs133_return"
MOST_CHARACTERS = 2000
SECONDS_TO_SIGN_IN = 900

# Streamlit's own pages need scripts and styles in the page, and Plotly draws with blobs and data addresses. Nothing is fetched
# from anywhere else, and no other site may frame the dashboard.
CONTENT_POLICY = "; ".join((
    "default-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'", "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:", "font-src 'self' data:", "connect-src 'self' data: blob:", "worker-src 'self' blob:",
    "object-src 'none'", "base-uri 'self'", "frame-ancestors 'none'",
))
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds the headers to every answer; files made for one person are not to be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if is_media(scope["path"]):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        await self.app(scope, receive, with_headers)


class ReturnAfterSignIn:
    """Keeps, in a cookie, the page from which somebody went to sign in, and sends them back to it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.endswith(("/auth/login", "/oauth2callback")):
            await self.app(scope, receive, send)
            return
        request = Headers(scope=scope)
        wanted = page_of_referrer(request) if path.endswith("/auth/login") else kept_page(request)

        async def with_way_back(message: Message) -> None:
            if message["type"] == "http.response.start" and wanted:
                headers = MutableHeaders(scope=message)
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                if path.endswith("/auth/login"):
                    attributes = f"Path=/; Max-Age={SECONDS_TO_SIGN_IN}; HttpOnly; SameSite=Lax{secure}"
                    headers.append("Set-Cookie", f"{RETURN_COOKIE}={quote(wanted, safe='')}; {attributes}")
                else:
                    if "location" in headers:
                        headers["Location"] = wanted
                    headers.append("Set-Cookie", f"{RETURN_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}")
            await send(message)

        await self.app(scope, receive, with_way_back)


def page_of_referrer(request: Headers) -> str | None:
    """The page of ours, with its filters, that a request came from; None if it came from elsewhere."""
    address = urlsplit(request.get("referer", ""))
    if not address.netloc or address.netloc != request.get("host"):
        return None
    return local_page(f"{address.path}?{address.query}" if address.query else address.path)


def kept_page(request: Headers) -> str | None:
    """The page in the cookie, if it is one of ours."""
    cookies = SimpleCookie(request.get("cookie", ""))
    return local_page(unquote(cookies[RETURN_COOKIE].value)) if RETURN_COOKIE in cookies else None


def local_page(page: str) -> str | None:
    """The page's path and query, if they can mean nothing but a page on this server."""
    if len(page) > MOST_CHARACTERS or not page.startswith("/") or page.startswith("//") or "\\" in page or not page.isprintable():
        return None
    return page if page.isascii() else None


@asynccontextmanager
async def first_page_counted(_app: st.App) -> AsyncIterator[None]:
    """Has the first page's numbers counted as the server begins, which goes on answering meanwhile."""
    prepare_in_background(lambda: prepare(DEFAULT_GRAIN))
    yield


look_seldom()
keep_deferred_files_apart()
personal = [Middleware(PersonalGate, access=ACCESS)] if ACCESS else []
app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=first_page_counted,
    routes=[Route(PATH, ready)],
    middleware=[
        Middleware(SecurityHeaders), *personal, Middleware(ReturnAfterSignIn), Middleware(StaticCompression), Middleware(OwnFiles),
        Middleware(UploadLimits), Middleware(StreamLimits),
    ],
)
