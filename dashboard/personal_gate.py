"""In front of the server of one person: nothing but their browser comes through, be it for a page, a file or Streamlit's websocket."""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from config.access import access
from dashboard.access.personal import TOKEN, PersonalAccess, own_host

OPEN = ("/_stcore/health", "/ready")
"""What says nothing but whether the server runs."""

NOT_YOURS = (
    "This dashboard is open to the browser that was started with it. Open the address that 'qs133 serve --personal' printed: it works "
    "once, in one browser. If it has been used, stop the command with Ctrl+C and start it again."
)
ANOTHER_NAME = "This dashboard is reached as localhost, on the machine where it runs."
FROM_ELSEWHERE = "Another page has asked for this. Open the dashboard's address yourself."


class PersonalGate:
    """Answers 403 to whoever isn't the person."""

    def __init__(self, app: ASGIApp, access: PersonalAccess) -> None:
        self.app, self.access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        token = _token(scope)
        if not own_host(headers.get("host", ""), self.access.port):
            await _refuse(ANOTHER_NAME, scope, receive, send)
        elif scope["path"] in OPEN and scope["type"] == "http":
            await self.app(scope, receive, send)
        elif token is not None and scope["type"] == "http":
            await self._exchange(token, headers, scope, receive, send)
        elif _from_elsewhere(scope, headers):
            await _refuse(FROM_ELSEWHERE, scope, receive, send)
        elif self.access.session(cookies_of(headers)) is None:
            await _refuse(NOT_YOURS, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _exchange(self, token: str, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
        """The cookie for a token. The page goes on by itself: a browser keeps the cookie back from a redirect that began elsewhere."""
        value = self.access.exchange(token)
        if value is None and self.access.session(cookies_of(headers)) is None:
            await _refuse(NOT_YOURS, scope, receive, send)
            return
        answer = HTMLResponse(_page("Opening the dashboard", "", '<meta http-equiv="refresh" content="0; url=/">'))
        if value is not None:
            answer.set_cookie(
                self.access.cookie_name, value, max_age=int(access().sign_in_hours * 3600), httponly=True, samesite="strict",
            )
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies of a request; none where they can't be read."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(headers.get("cookie", "")).items()}
    except CookieError:
        return {}


def _token(scope: Scope) -> str | None:
    """The token in the address of a page, if there is one."""
    if scope["path"] != "/" or scope.get("method") != "GET":
        return None
    given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(TOKEN)
    return given[0] if given else None


def _from_elsewhere(scope: Scope, headers: Headers) -> bool:
    """Whether a page of another site, or of another port of this machine, has made the browser ask."""
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{headers.get('host')}":
        return True
    if scope["type"] == "websocket":
        return origin is None
    return headers.get("sec-fetch-site", "none") not in ("same-origin", "none")


async def _refuse(words: str, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    answer: Response = HTMLResponse(_page("This dashboard is not open to you", words), status_code=HTTPStatus.FORBIDDEN)
    answer.headers["Cache-Control"] = "no-store"
    await answer(scope, receive, send)


def _page(title: str, words: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">{head}<title>{escape(title)}</title></head>'
        f'<body style="font: 1.1rem sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem"><main><h1>{escape(title)}</h1>'
        f"<p>{escape(words)}</p></main></body></html>"
    )
