"""Streamlit's scripts and styles, compressed: each once, and kept, as their names change with what is in them."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_KINDS = ("text/javascript", "application/javascript", "text/css", "image/svg+xml", "application/json", "application/wasm")
_LEAST_BYTES = 1_000
_MOST_KEPT_BYTES = 40_000_000
_LEVEL = 6


class StaticCompression:
    """Compresses what lies under /static/ for browsers that take it so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or scope["method"] != "GET" or "/static/" not in scope["path"] or not _takes(headers):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        body = bytearray()

        async def collected(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                if not _is_worth_it(message):
                    await send(message)
                return
            if not _is_worth_it(start):
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._answer(scope["path"], start, bytes(body), send)

        await self.app(scope, receive, collected)

    async def _answer(self, path: str, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if len(body) >= _LEAST_BYTES:
            body = await self._compressed(path, headers.get("etag", str(len(body))), body)
            headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body))
        headers.add_vary_header("Accept-Encoding")
        await send(start)
        await send({"type": "http.response.body", "body": body})

    async def _compressed(self, path: str, version: str, body: bytes) -> bytes:
        key = path, version
        if key not in self._kept:
            made = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
            self._kept[key] = made
            self._size += len(made)
            while self._size > _MOST_KEPT_BYTES:
                self._size -= len(self._kept.popitem(last=False)[1])
            return made
        self._kept.move_to_end(key)
        return self._kept[key]


def _takes(headers: Headers) -> bool:
    """Whether a browser takes gzip, and the whole of the file."""
    taken = {part.strip().partition(";")[0] for part in headers.get("accept-encoding", "").lower().split(",")}
    return "gzip" in taken and "range" not in headers


def _is_worth_it(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    kind = headers.get("content-type", "").partition(";")[0].strip()
    return start["status"] == 200 and kind in _KINDS and "content-encoding" not in headers
