"""What people see while the database goes away, comes back, and is loaded anew under them: a sentence or numbers, and never a traceback."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from data_access.demo import write_demo
from tests.bench.sessions import Person, crowd
from tests.browser.server import running_server

PEOPLE, CLICKS = 6, 6
PAGE, FILTER = "statement_1", "Ethnic group"
LOAD = (
    "import sys; from pathlib import Path; from data_access.load import load; load([*map(Path, sys.argv[2:])], sys.argv[1], made_up=True)"
)


def loading(database: Path, sources: list[Path]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", LOAD, f"duckdb:///{database}", *map(str, sources)])


async def clicks(address: str, *happenings: asyncio.Task[None]) -> list[Person]:
    people = await crowd(address, PAGE, FILTER, PEOPLE, CLICKS, 0.5)
    await asyncio.gather(*happenings)
    return people


def errors(people: list[Person]) -> list[str]:
    return [error for person in people for error in person.errors]


def test_nobody_sees_a_traceback_and_everybody_recovers(tmp_path: Path, demo_database: str) -> None:
    database = tmp_path / "reporting.duckdb"
    shutil.copy(demo_database.removeprefix("duckdb:///"), database)
    sources = write_demo(tmp_path / "sources", children=60, seed=7)

    async def database_goes_away() -> None:
        await asyncio.sleep(5)
        database.rename(tmp_path / "away")
        await asyncio.sleep(4)
        (tmp_path / "away").rename(database)

    async def a_load_is_killed() -> None:
        process = loading(database, sources)
        await asyncio.sleep(2)
        process.send_signal(signal.SIGKILL)
        process.wait()

    async def a_load_succeeds() -> None:
        process = loading(database, sources)
        assert await asyncio.to_thread(process.wait) == 0

    async def everything(address: str) -> list[list[Person]]:
        found = []
        for happening in (database_goes_away, a_load_is_killed, a_load_succeeds):
            found.append(await clicks(address, asyncio.create_task(happening())))
        return [*found, await crowd(address, PAGE, FILTER, PEOPLE, 2, 0.5)]

    with running_server(tmp_path, {"QS133_DATABASE_URL": f"duckdb:///{database}"}) as address:
        away, killed, loaded, after = asyncio.run(everything(address))
    assert [errors(people) for people in (away, killed, loaded, after)] == [[], [], [], []]
    assert all(len(person.waits) == CLICKS for people in (away, killed, loaded) for person in people)
    assert any(person.sentences for person in away)
    assert not any(person.sentences for people in (killed, loaded, after) for person in people)
    assert all(person.widget for person in after)
