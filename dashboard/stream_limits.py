"""In front of Streamlit's websocket: only the messages that our pages need, and no more at a time than people send.

Anybody who reaches the port can open a websocket before signing in. Streamlit would let each clear everybody's caches.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

STREAM = "/_stcore/stream"
NEEDED = frozenset({"rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request"})
MOST_BYTES = 2_000_000
"""Of one message: what a page with every filter and form filled in sends is a hundredth of that."""

MESSAGES_A_SECOND, MESSAGES_AT_ONCE = 20.0, 60.0
OPENED_A_SECOND, OPENED_AT_ONCE = 2.0, 120.0
"""By one client address, behind which there may be a proxy and a whole meeting."""

MOST_STREAMS = 1000
_ADDRESSES_KEPT = 10_000
TOO_BIG, TRY_LATER = 1009, 1013


class Allowance:
    """So many at once, and then so many a second. What is more waits, and nothing is lost."""

    def __init__(self, a_second: float, at_once: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._most, self._now = a_second, at_once, now
        self._left, self._at = at_once, now()

    def wait(self) -> float:
        """Takes one, and says how many seconds it has to wait for its turn."""
        now = self._now()
        self._left = min(self._most, self._left + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._left / self._rate)


class StreamLimits:
    """Drops messages that no page needs, and slows down whoever sends or opens too many."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._open = 0
        self._opening: OrderedDict[str, Allowance] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not scope["path"].endswith(STREAM):
            await self.app(scope, receive, send)
            return
        if self._open >= MOST_STREAMS:
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        self._open += 1
        try:
            await asyncio.sleep(self._allowance_of(scope).wait())
            await self.app(scope, _Limited(receive), send)
        finally:
            self._open -= 1

    def _allowance_of(self, scope: Scope) -> Allowance:
        address = (scope.get("client") or ("",))[0]
        allowance = self._opening.pop(address, None) or Allowance(OPENED_A_SECOND, OPENED_AT_ONCE)
        self._opening[address] = allowance
        if len(self._opening) > _ADDRESSES_KEPT:
            self._opening.popitem(last=False)
        return allowance


class _Limited:
    """What one websocket receives."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._allowance = Allowance(MESSAGES_A_SECOND, MESSAGES_AT_ONCE)

    async def __call__(self) -> Message:
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if wait := self._allowance.wait():
                await asyncio.sleep(wait)
            data = message.get("bytes")
            if data is None:
                return message  # text, for which Streamlit closes the websocket
            if len(data) > MOST_BYTES:
                return {"type": "websocket.disconnect", "code": TOO_BIG}
            if _is_needed(data):
                return message


def _is_needed(data: bytes) -> bool:
    """Whether a page sends such a message. What can't be read goes through: Streamlit ends the websocket for it."""
    try:
        return BackMsg.FromString(data).WhichOneof("type") in NEEDED
    except DecodeError:
        return True
