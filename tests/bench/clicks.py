"""Many people who click filters at once, through real websockets, against an empty Streamlit app under the same clicks."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.measuring import Authority, Row
from tests.bench.sessions import Person, crowd
from tests.browser.server import running_server

CROWDS = (1, 10, 50, 100)
CLICKS = 4
PAUSE = 10.0
"""Seconds between two clicks of one person, on average: they read what they see."""
PAGE, FILTER = "statement_2", "Ethnic group"
AIM_CROWD, AIM = 50, 1.5
MEGABYTES_AIM = 100.0
QUANTILES = (0.5, 0.95, 0.99)


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """On the smallest authority: for each crowd, its clicks at three quantiles, and the memory that the largest crowd's sessions add."""
    smallest = min(authorities, key=lambda authority: authority.size)
    found: list[Row] = []
    empty = {"BENCH_CHARTS": "14", "BENCH_KIND": "plotly"}
    with (
        served({"QS133_DATABASE_URL": smallest.database}, "dashboard/server.py") as (ours, ours_process),
        served(empty, "tests/bench/empty_app.py") as (plain, _),
    ):
        asyncio.run(crowd(ours, PAGE, FILTER, 2, 2, 1.0))  # fills caches
        at_rest = ours_process.memory_info().rss
        for people in CROWDS:
            waits = _waits(asyncio.run(crowd(ours, PAGE, FILTER, people, CLICKS, PAUSE)))
            least = _waits(asyncio.run(crowd(plain, "", FILTER, people, CLICKS, PAUSE)))
            for part in QUANTILES:
                mine, theirs = quantile(waits, part), quantile(least, part)
                aim = AIM if people == AIM_CROWD and part == 0.95 else None
                found.append(Row(f"{people} at once, p{part * 100:.0f} of a click against an empty app", mine / theirs, "times", aim, mine))
        added = (ours_process.memory_info().rss - at_rest) / 2**20
        found.append(Row(f"memory that {max(CROWDS)} sessions add", added, "MiB", MEGABYTES_AIM))
    return found


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that so large a part is no greater than."""
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]


def _waits(people: Sequence[Person]) -> list[float]:
    broken = [error for person in people for error in person.errors]
    if broken:
        raise RuntimeError(f"A session showed an error: {broken[0]}")
    return [wait for person in people for wait in person.waits]


@contextmanager
def served(environment: dict[str, str], script: str) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a server of its own, and its process."""
    before = set(psutil.Process().children())
    with tempfile.TemporaryDirectory() as folder, running_server(Path(folder), environment, script) as address:
        (process,) = set(psutil.Process().children()) - before
        yield address, process
