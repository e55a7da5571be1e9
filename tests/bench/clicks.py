"""Many people who click filters at once, through real websockets, against empty Streamlit apps under the same clicks.

One empty app has as many charts as our page; the other has as many elements of every kind, with as much in them.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.bench.measuring import Authority, Row
from tests.bench.sessions import Person, crowd
from tests.browser.server import running_server

CROWDS = {1: (12, 1.0), 10: (3, 10.0), 50: (2, 10.0), 100: (2, 10.0)}
"""How many people, how often each clicks, and the seconds between two clicks of one, on average: they read what they see."""
PAGE, FILTER = "statement_2?open=all", "Ethnic group"
AS_IT_OPENS = "statement_2"
"""With pictures in place of charts."""
OTHER_FILTERS = [
    f"{AS_IT_OPENS}?sex={sex}&age_band={age}&first={first}"
    for first, age, sex in itertools.product(
        [f"{year} Q{number}" for year in ("2023-24", "2024-25") for number in (1, 2, 3, 4)],
        ("0 to 4", "5 to 10", "11 to 15", "16 and over"),
        ("F", "M"),
    )
]
"""Filters that nobody else has, 64 of them."""
NEW_FILTERS_AIM, BURST, BURST_SECONDS, BURST_AIM = 2.0, 30, 5.0, 3.0
AIM_CROWD, AIM = 50, 1.5
MEGABYTES_AIM = 100.0
QUANTILES = (0.5, 0.95, 0.99)
CHARTS = "plotly_chart"


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """On the smallest authority: for each crowd, its clicks at three quantiles, and the memory that the largest crowd's sessions add."""
    smallest = min(authorities, key=lambda authority: authority.size)
    found: list[Row] = []
    with served({"QS133_DATABASE_URL": smallest.database}, "dashboard/server.py") as (ours, process):
        drawn = asyncio.run(crowd(ours, PAGE, FILTER, 2, 3, 1.0))[0].drawn  # fills caches, for every choice that is clicked
        charts = {"BENCH_CHARTS": str(drawn[CHARTS][0]), "BENCH_KIND": "plotly"}
        elements = {**charts, "BENCH_ELEMENTS": json.dumps(drawn)}
        with served(charts, "tests/bench/empty_app.py") as (plain, _), served(elements, "tests/bench/empty_app.py") as (alike, _):
            asyncio.run(crowd(plain, "", FILTER, 1, 1, 0.1))
            asyncio.run(crowd(alike, "", FILTER, 1, 1, 0.1))
            at_rest = process.memory_info().rss
            for people, (clicks, pause) in CROWDS.items():
                waits = [
                    _waits(asyncio.run(crowd(address, page, FILTER, people, clicks, pause)))
                    for address, page in ((ours, PAGE), (plain, ""), (alike, ""))
                ]
                found += _rows(people, *waits)
            added = (process.memory_info().rss - at_rest) / 2**20
            found += _new_filters(ours) + _burst(ours)
            found.append(Row(f"memory that {max(CROWDS)} sessions add", added, "MiB", MEGABYTES_AIM))
    return found


def _new_filters(address: str) -> list[Row]:
    """As many people as the aim is for, who each choose groups that nobody has chosen with the filters that only they have."""
    people = asyncio.run(crowd(address, OTHER_FILTERS, FILTER, AIM_CROWD, 2, 10.0))
    waits = _waits(people)
    return [
        Row(f"{AIM_CROWD} at once on filters that nobody had, p{part * 100:.0f} of a click", quantile(waits, part), "s", aim)
        for part, aim in ((0.5, None), (0.95, NEW_FILTERS_AIM))
    ]


def _burst(address: str) -> list[Row]:
    """People who open one link that nobody has opened before, within a few seconds: a meeting begins."""
    link = f"{AS_IT_OPENS}?ethnicity_group=Black&sex=F"
    people = asyncio.run(crowd(address, link, FILTER, BURST, 0, 0.0, apart=BURST_SECONDS / BURST))
    opened = [person.opened for person in people]
    return [
        Row(f"{BURST} who open a link within {BURST_SECONDS:g} seconds, {words} until it is drawn", quantile(opened, part), "s", aim)
        for words, part, aim in (("the median", 0.5, None), ("the longest", 1.0, BURST_AIM))
    ]


def _rows(people: int, ours: Sequence[float], plain: Sequence[float], alike: Sequence[float]) -> list[Row]:
    found = []
    for part in QUANTILES:
        mine = quantile(ours, part)
        aim = AIM if people == AIM_CROWD and part == 0.95 else None
        what = f"{people} at once, p{part * 100:.0f} of a click against an empty app"
        found.append(Row(f"{what} with as many charts", mine / quantile(plain, part), "times", aim, mine))
        found.append(Row(f"{what} with as many of all elements", mine / quantile(alike, part), "times"))
    return found


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that so large a part is no greater than."""
    return sorted(values)[max(math.ceil(part * len(values)) - 1, 0)]


def _waits(people: Sequence[Person]) -> list[float]:
    broken = [error for person in people for error in person.errors] + ["It ended." for person in people if person.reconnected]
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
