"""One client that has not signed in floods the server while 20 people click: `python -m tests.attack flood` prints how long they wait.

The client runs in a process of its own, for as long as they click, and counts what it got done.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any, TypeAlias

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from data_access.demo import write_demo
from data_access.load import load
from tests.bench.clicks import FILTER, quantile, served
from tests.bench.sessions import STREAMLIT, crowd

PEOPLE, CLICKS, PAUSE = 20, 2, 3.0
PAGE = "statement_1"
MEGABYTES = 50


Flood: TypeAlias = "Callable[[str, Synchronized[int]], Awaitable[None]]"


async def _open(address: str) -> ClientConnection:
    socket = address.replace("http", "ws", 1) + "/_stcore/stream"
    return await connect(socket, origin=Origin(address), subprotocols=[STREAMLIT], max_size=None, ping_interval=None, open_timeout=None)


def rerun() -> bytes:
    """The message with which a page is asked for."""
    message = BackMsg()
    message.rerun_script.page_name = PAGE
    return message.SerializeToString()


async def opens_sessions(address: str, done: Synchronized[int]) -> None:
    """Opens one session after the other, asks each for a page and keeps it."""
    held = []
    while True:
        held.append(await _open(address))
        await held[-1].send(rerun())
        done.value += 1


async def sends_messages(address: str, done: Synchronized[int]) -> None:
    """Asks for a page as often as it can, and throws away what it gets."""
    connection = await _open(address)

    async def read() -> None:
        async for _ in connection:
            pass

    reading = asyncio.create_task(read())
    while not reading.done():
        await connection.send(rerun())
        done.value += 1


async def sends_much(address: str, done: Synchronized[int]) -> None:
    """Sends messages of 50 MB."""
    while True:
        with contextlib.suppress(Exception):
            connection = await _open(address)
            await connection.send(b"\x00" * (MEGABYTES * 1_000_000))
            done.value += 1
            await connection.recv()


async def uploads(address: str, done: Synchronized[int]) -> None:
    """Asks its session for places for files, and uploads 50 MB to each; counts what the server took."""
    connection = await _open(address)
    await connection.send(rerun())
    session = ""
    async for data in connection:
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") == "new_session":
            session = message.new_session.initialize.session_id
            break
    head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n\r\n'
    body = head + b"1" * (MEGABYTES * 1_000_000) + b"\r\n--x--\r\n"
    for number in range(1_000_000):
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        request = urllib.request.Request(f"{address}/_stcore/upload_file/{session}/{number}", body, headers, method="PUT")
        with contextlib.suppress(urllib.error.URLError, OSError):
            await asyncio.to_thread(urllib.request.urlopen, request)
            done.value += 1


def _flooding(flood: Flood, address: str, done: Synchronized[int]) -> None:
    with contextlib.suppress(Exception):
        asyncio.run(_for_ever(flood(address, done)))


async def _for_ever(what: Awaitable[None]) -> None:
    await what


FLOODS: dict[str, Flood] = {
    "opens sessions": opens_sessions, "sends messages": sends_messages,
    "sends messages of 50 MB": sends_much, "uploads files of 50 MB": uploads,
}


class _Memory:
    """The most that a process has in memory while the block runs, in MB."""

    def __init__(self, process: psutil.Process) -> None:
        self.process, self.most, self._over = process, 0.0, threading.Event()

    def __enter__(self) -> _Memory:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, self.process.memory_info().rss / 1_000_000)


def run() -> list[str]:
    """A line for each flood, and one without: how long clicks take, what the client got done, and the server's memory."""
    with tempfile.TemporaryDirectory() as folder:
        database = f"duckdb:///{Path(folder) / 'reporting.duckdb'}"
        load(write_demo(Path(folder) / "sources", children=100, seed=7), database, made_up=True)
        with served({"QS133_DATABASE_URL": database}, "dashboard/server.py") as (address, process):
            asyncio.run(crowd(address, PAGE, FILTER, 2, 3, 0.5))  # fills caches
            return [_measured(address, process, what) for what in (None, *FLOODS)]


def _measured(address: str, process: psutil.Process, what: str | None) -> str:
    context = multiprocessing.get_context("spawn")
    done = context.Value("q", 0)
    client = context.Process(target=_flooding, args=(FLOODS[what], address, done)) if what else None
    began = time.perf_counter()
    with _Memory(process) as memory:
        if client:
            client.start()
            while client.is_alive() and time.perf_counter() - began < 8:
                time.sleep(0.2)
        people: list[Any] = asyncio.run(crowd(address, PAGE, FILTER, PEOPLE, CLICKS, PAUSE))
    seconds = time.perf_counter() - began
    if client:
        client.kill()
        client.join()
    waits = [wait for person in people for wait in person.waits]
    broken = sum(bool(person.errors or person.reconnected) for person in people)
    return (
        f"{what or 'nobody floods'}: {done.value} in {seconds:.0f} s; a click takes {quantile(waits, 0.5):.2f} s (median), "
        f"{quantile(waits, 0.95):.2f} s (95 of 100); {broken} of {PEOPLE} people interrupted; the server has at most {memory.most:.0f} MB"
    )
