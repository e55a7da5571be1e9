"""What people see while the database or a server goes away, comes back, and is loaded anew under them: a sentence or numbers, and never a
traceback; and all of them have numbers again afterwards."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from data_access.demo import write_demo
from data_access.engines import address_of_file
from data_access.load import load
from tests.bench.clicks import served
from tests.bench.sessions import Happening, Person, crowd
from tests.browser.proxy import proxy
from tests.browser.server import running_server
from tests.postgresql import PostgreSQL, running_postgresql

PEOPLE, CLICKS, PAUSE = 6, 2, 0.5
PAGE, FILTER = "statement_1?open=all", "Ethnic group"
CHARTS = "plotly_chart"
SECONDS_AWAY = 3
LOAD = (
    "import sys; from pathlib import Path; from data_access.load import load; load([*map(Path, sys.argv[2:])], sys.argv[1], made_up=True)"
)


def loading(database: str, sources: Sequence[Path]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", LOAD, database, *map(str, sources)])


async def succeeds(database: str, sources: Sequence[Path]) -> None:
    process = loading(database, sources)
    assert await asyncio.to_thread(process.wait) == 0


async def clicks(address: str, *happenings: Happening) -> list[list[Person]]:
    """The people who clicked while each of these happened."""
    return [await crowd(address, PAGE, FILTER, PEOPLE, CLICKS, PAUSE, happening) for happening in happenings]


def run(crowds: Coroutine[Any, Any, list[list[Person]]]) -> list[list[Person]]:
    """In a thread of its own: in this one Playwright may have an event loop open for other tests."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, crowds).result()


def check(crowds: Sequence[list[Person]]) -> None:
    """Nobody saw anything break, everybody's clicks were answered, and everybody has charts in the end."""
    assert [[error for person in people for error in person.errors] for people in crowds] == [[] for _ in crowds]
    assert all(len(person.waits) >= CLICKS and person.drawn.get(CHARTS) for people in crowds for person in people)


pytestmark = pytest.mark.long


def test_a_file_that_goes_away_and_loads_that_are_killed_and_succeed(tmp_path: Path, demo_database: str) -> None:
    database = tmp_path / "reporting.duckdb"
    address = f"duckdb:///{database}"
    shutil.copy(address_of_file(demo_database).removeprefix("duckdb:///"), database)
    sources = write_demo(tmp_path / "sources", children=60, seed=7)

    async def database_goes_away() -> None:
        database.rename(tmp_path / "away")
        await asyncio.sleep(SECONDS_AWAY)
        (tmp_path / "away").rename(database)

    async def a_load_is_killed() -> None:
        process = loading(address, sources)
        await asyncio.sleep(2)
        process.send_signal(signal.SIGKILL)
        process.wait()

    with running_server(tmp_path, {"QS133_DATABASE_URL": address}) as server:
        away, killed, loaded = run(clicks(server, database_goes_away, a_load_is_killed, lambda: succeeds(address, sources)))
    check([away, killed, loaded])
    assert any(person.sentences for person in away)
    assert not any(person.sentences for people in (killed, loaded) for person in people)


def test_a_database_server_that_stops_and_one_of_two_processes_that_is_killed(tmp_path: Path) -> None:
    """As deployed: both databases on one PostgreSQL, and two processes that share nothing else, behind a proxy."""
    first, second = (write_demo(tmp_path / f"sources_{seed}", children=60, seed=seed) for seed in (7, 8))
    with running_postgresql() as postgresql:
        database, workspace = postgresql.database(), postgresql.database()
        load(first, database, made_up=True)
        environment = {"QS133_DATABASE_URL": database, "QS133_WORKSPACE_URL": workspace}
        with served(environment, "dashboard/server.py") as (one, process), served(environment, "dashboard/server.py") as (two, _):

            async def a_process_is_killed() -> None:
                process.send_signal(signal.SIGKILL)
                await asyncio.sleep(1)

            async def everything() -> list[list[Person]]:
                ports = [port for each in (one, two) if (port := urlsplit(each).port)]
                async with proxy(ports) as address:
                    return await clicks(
                        address, lambda: stops(postgresql), lambda: succeeds(database, second), a_process_is_killed,
                    )

            stopped, loaded, killed = run(everything())
    check([stopped, loaded, killed])
    assert all(person.sentences for person in stopped)
    assert not any(person.sentences for people in (loaded, killed) for person in people)
    assert sum(person.reconnected for person in killed) >= PEOPLE // 2
    assert not any(person.reconnected for people in (stopped, loaded) for person in people)


async def stops(postgresql: PostgreSQL) -> None:
    """The database server ends at once, and comes back."""
    await asyncio.to_thread(postgresql.stop)
    await asyncio.sleep(SECONDS_AWAY)
    await asyncio.to_thread(postgresql.start)
