"""A small proxy before several servers, for the tests: a visitor's connection stays with one server for as long as it lasts."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

CHUNK = 2**16
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def proxy(ports: Sequence[int]) -> AsyncIterator[str]:
    """The address of a proxy that hands new connections to the servers on these ports in turn, past those that don't answer."""
    turns = itertools.count()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turns)
        for place in range(len(ports)):
            with contextlib.suppress(OSError):
                behind = await asyncio.open_connection("127.0.0.1", ports[(first + place) % len(ports)])
                await asyncio.wait(
                    [asyncio.create_task(_carry(reader, behind[1])), asyncio.create_task(_carry(behind[0], writer))],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                behind[1].close()
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        server.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything that comes, until one side is gone."""
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
