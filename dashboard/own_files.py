"""Downloads and pictures go to whom they were sent. Streamlit gives them to whoever has the address."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.util import create_fast_hasher

from dashboard.personal_gate import cookies_of
from dashboard.stream_limits import STREAM

SIGN_IN_COOKIE = "_streamlit_user"
_ID_LENGTH = len(create_fast_hasher().hexdigest())
# Of just this length: a kind of file that has no ending of its own, as TOML hasn't, has the message's next field right behind it.
_ADDRESS = re.compile(rb"/media/([0-9a-f]{%d})" % _ID_LENGTH)
_FILES_KEPT = 50_000
ANYBODY = ""


class OwnFiles:
    """Notes which files' addresses go to whom on the websocket, and answers 404 to everybody else who asks for one.

    Whoever has not signed in is one and the same: such a person sees nothing but the protected view, made-up data, and the icon.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._owners: OrderedDict[str, set[str]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] == "websocket" and path.endswith(STREAM):
            await self._noting(scope, receive, send)
        elif scope["type"] == "http" and is_media(path):
            if who(scope) in self._owners.get(path.rpartition("/")[2].partition(".")[0], ()):
                await self.app(scope, receive, send)
            else:
                await PlainTextResponse("There is no such file.", status_code=HTTPStatus.NOT_FOUND)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _noting(self, scope: Scope, receive: Receive, send: Send) -> None:
        owner = who(scope)

        async def noted(message: Message) -> None:
            data = message.get("bytes") if message["type"] == "websocket.send" else None
            if data and b"/media/" in data:
                for found in _ADDRESS.findall(data):
                    self._add(found.decode(), owner)
            await send(message)

        await self.app(scope, receive, noted)

    def _add(self, file: str, owner: str) -> None:
        owners = self._owners.pop(file, set())
        owners.add(owner)
        self._owners[file] = owners
        if len(self._owners) > _FILES_KEPT:
            self._owners.popitem(last=False)


def is_media(path: str) -> bool:
    """Whether a path is that of a file made for somebody. Streamlit's own fonts lie under /static/media/."""
    return "/media/" in path and "/static/" not in path


def who(scope: Scope) -> str:
    """Whose request this is, from the cookies of the sign-in; the same for all who have none."""
    cookies = cookies_of(Headers(scope=scope))
    parts = [f"{name}={value}" for name, value in sorted(cookies.items()) if name.startswith(SIGN_IN_COOKIE)]
    return hashlib.sha256("; ".join(parts).encode()).hexdigest() if parts else ANYBODY


def keep_deferred_files_apart() -> None:
    """Has a file that is only made when somebody wants it made for nobody but the session whose page offers it."""
    make = DeferredFileHandler.handle

    async def handle(self: Any, request: BackendOperationRequest, session_id: str) -> BackendOperationResponse:
        offered = self._get_media_file_mgr()._deferred_ids_by_session
        if request.deferred_file.file_id in offered.get(session_id, ()):
            return await make(self, request, session_id)
        return BackendOperationResponse(request_id=request.request_id, error_msg="There is no such file.")

    setattr(DeferredFileHandler, make.__name__, handle)
