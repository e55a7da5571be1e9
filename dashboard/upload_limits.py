"""In front of Streamlit's uploads: files go in only through a page that asks for them, from whom it was sent to.

Streamlit keeps what is uploaded in memory, and takes it from whoever has a websocket, whatever page that shows.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from http import HTTPStatus

from google.protobuf.message import DecodeError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.own_files import who
from dashboard.screens.load.uploads import UPLOADER
from dashboard.stream_limits import STREAM

UPLOADS = "/_stcore/upload_file/"
MOST_FILES = 1000
"""Of one websocket: a load has at most half of them."""

_ADDRESS = re.compile(rb"/_stcore/upload_file/([0-9a-zA-Z_-]+/[0-9a-zA-Z_-]+)")
_KEPT = 50_000


class UploadLimits:
    """Gives out places for files only where the page has an uploader, and takes a file only at such a place, from its person, once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._places: OrderedDict[str, tuple[str, bool]] = OrderedDict()
        """Of each place whose it is, and whether a file may still come."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "websocket" and path.endswith(STREAM):
            await self._noting(scope, receive, send)
        elif scope["type"] == "http" and UPLOADS in path and scope["method"] not in ("OPTIONS", "HEAD", "GET"):
            await self._upload(path.partition(UPLOADS)[2], scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _upload(self, place: str, scope: Scope, receive: Receive, send: Send) -> None:
        owner, free = self._places.get(place, ("", False))
        if place not in self._places or owner != who(scope) or (scope["method"] == "PUT" and not free):
            await PlainTextResponse("Nothing can be uploaded here.", status_code=HTTPStatus.FORBIDDEN)(scope, receive, send)
            return
        self._places[place] = owner, False
        await self.app(scope, receive, send)

    async def _noting(self, scope: Scope, receive: Receive, send: Send) -> None:
        owner, offered, given = who(scope), False, 0

        async def noted(message: Message) -> None:
            nonlocal offered, given
            data = message.get("bytes") if message["type"] == "websocket.send" else None
            if data:
                offered = offered or UPLOADER.encode() in data
                if offered and UPLOADS.encode() in data:
                    for found in _ADDRESS.findall(data)[: MOST_FILES - given]:
                        given += 1
                        self._add(found.decode(), owner)
            await send(message)

        async def asked() -> Message:
            while True:
                message = await receive()
                data = message.get("bytes") if message["type"] == "websocket.receive" else None
                if offered or not data or not _asks_for_places(data):
                    return message

        await self.app(scope, asked, noted)

    def _add(self, place: str, owner: str) -> None:
        self._places[place] = owner, True
        if len(self._places) > _KEPT:
            self._places.popitem(last=False)


def _asks_for_places(data: bytes) -> bool:
    try:
        return bool(BackMsg.FromString(data).WhichOneof("type") == "file_urls_request")
    except DecodeError:
        return False
