"""People at the dashboard, without browsers: each is a websocket that speaks Streamlit's own messages and waits as a browser would."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Origin, Subprotocol

STREAMLIT = Subprotocol("streamlit")
GROUPS = ("White", "Mixed", "Asian")
SECONDS_TO_ANSWER = 180
SECONDS_TO_CONNECT = 60
SENTENCES = (
    "The data can't be read at the moment", "No exact numbers at the moment", "No data to show yet",
    "Targets and evidence can't be read at the moment",
)
Happening = Callable[[], Awaitable[None]]


@dataclass
class Person:
    """One session. `opened` are the seconds until the page was drawn first, `waits` those from each click until it was drawn; `errors` the
    texts of what broke; `sentences` how often the page was one of SENTENCES, and `reconnected` how often the server went away. `page` may
    have choices after '?'."""

    address: str
    page: str
    label: str
    opened: float = 0.0
    waits: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    sentences: int = 0
    reconnected: int = 0
    ready: bool = False
    widget: str | None = None
    page_hash: str = ""
    drawn: dict[str, list[int]] = field(default_factory=dict)
    """Of the page as it was last drawn: how many of each kind of element, and their bytes together."""

    async def visit(self, clicks: int, start: asyncio.Event, over: asyncio.Event, pause: float) -> None:
        """Opens the page, waits for all the others, and then clicks a filter until what happens is over, and so many times more."""
        began = time.perf_counter()
        connection = await self._connected()
        try:
            await self._draw(connection, None)
            self.opened = time.perf_counter() - began
            self.ready = True
            await start.wait()
            for number in itertools.count():
                clicks -= over.is_set()
                await asyncio.sleep(pause * (0.5 + (hash((id(self), number)) % 1000) / 1000))
                began = time.perf_counter()
                connection = await self._click(connection, [GROUPS[number % len(GROUPS)]])
                self.waits.append(time.perf_counter() - began)
                if clicks <= 0:
                    return
        finally:
            await connection.close()

    async def _click(self, connection: ClientConnection, chosen: Sequence[str]) -> ClientConnection:
        """Draws the page with a filter; where the server goes away, connects again as a browser does. Gives the connection that is left.

        Raises TimeoutError where every connection ends before the page is drawn.
        """
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while True:
            try:
                await self._draw(connection, chosen)
                return connection
            except ConnectionClosed:
                self.reconnected += 1
                if time.monotonic() > deadline:
                    raise self._too_late("ended each connection before it was drawn") from None
                connection = await self._connected()

    async def _connected(self) -> ClientConnection:
        socket = self.address.replace("http", "ws", 1) + "/_stcore/stream"
        deadline = time.monotonic() + SECONDS_TO_CONNECT
        while True:
            try:
                return await connect(socket, origin=Origin(self.address), subprotocols=[STREAMLIT], max_size=None, ping_interval=None)
            except (OSError, WebSocketException):
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(0.2)

    async def _draw(self, connection: ClientConnection, chosen: Sequence[str] | None) -> None:
        message = BackMsg()
        state = message.rerun_script
        name, _, state.query_string = self.page.partition("?")
        state.page_name, state.page_script_hash = ("", self.page_hash) if self.page_hash else (name, "")
        if chosen is not None and self.widget is not None:
            widget = state.widget_states.widgets.add()
            widget.id = self.widget
            widget.string_array_value.data.extend(chosen)
        await connection.send(message.SerializeToString())
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                while not self._finished(ForwardMsg.FromString(await connection.recv(decode=False))):
                    pass
        except TimeoutError:
            raise self._too_late("was not drawn to its end") from None

    def _too_late(self, what: str) -> TimeoutError:
        return TimeoutError(
            f"{self.address}/{self.page} {what} within {SECONDS_TO_ANSWER} seconds. "
            "Look whether the page is there, and into the server's log."
        )

    def _finished(self, message: ForwardMsg) -> bool:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.drawn = {}
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        if kind == "delta" and message.delta.WhichOneof("type") == "add_block":
            self._count(message.delta.add_block.WhichOneof("type") or "", message.ByteSize())
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            what = element.WhichOneof("type")
            self._count(what or "", message.ByteSize())
            if what == "multiselect" and element.multiselect.label == self.label:
                self.widget = element.multiselect.id
            if what == "exception":
                self.errors.append(f"{element.exception.type}: {element.exception.message}")
            if what == "heading" and element.heading.body in SENTENCES:
                self.sentences += 1
        return kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def _count(self, kind: str, size: int) -> None:
        count = self.drawn.setdefault(kind, [0, 0])
        count[:] = count[0] + 1, count[1] + size


async def crowd(
    address: str, page: str | Sequence[str], label: str, people: int, clicks: int, pause: float, happening: Happening | None = None,
    apart: float = 0.05,
) -> list[Person]:
    """So many people who all have the page open (or each one of several), and then click beside each other, each after a pause of about
    `pause` seconds. They open it `apart` seconds after each other.

    While something happens, they go on clicking; the `clicks` are counted from when it is over. Raises TimeoutError, with the
    address, where the page isn't drawn in time.
    """
    start, over = asyncio.Event(), asyncio.Event()
    pages = itertools.cycle([page] if isinstance(page, str) else page)
    everybody = [Person(address, each, label) for each in itertools.islice(pages, people)]
    visits = []
    for person in everybody:
        visits.append(asyncio.create_task(person.visit(clicks, start, over, pause)))
        await asyncio.sleep(apart)
    while not all(person.ready for person in everybody) and not any(visit.done() for visit in visits):
        await asyncio.sleep(0.1)
    start.set()
    if happening:
        await happening()
    over.set()
    await asyncio.gather(*visits)
    return everybody
