"""The attackers of the tests against authorities of many sizes: whom they find out. About a minute for each authority."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa

from config.cohorts import Cohort
from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.tables import child
from metrics.measures.catalogue import measures
from tests.bench.measuring import Row
from tests.metrics.disclosure.attackers import Found, Period, attacked, family, for_an_outsider, nested, periods_of
from tests.metrics.disclosure.authorities import authority
from tests.metrics.disclosure.inference import Pinned, inferring

SIZES = (60, 70, 80, 90, 100, 120, 150, 180, 210, 250, 300, 350, 400, 500, 600, 700, 850, 1000, 1200, 1500)
GRAIN, LATEST = "quarter", 2
"""Two quarters in a row: what neighbouring periods tell of each other is attacked too."""
MOST_WITH_COHORTS = 400
"""Above, children of three cohorts take too long, and hardly any two cohorts differ by one child."""
MOST_FOUND_OUT, MOST_PINNED = 0.2, 1.0
"""Of a hundred outcomes of children, and of a hundred of those with the rarer outcome."""
INSIDER = ", knowing the size of every group"
VIEWERS: dict[str, Callable[[Period], Period]] = {"": for_an_outsider, INSIDER: lambda period: period}
"""Who attacks, and what a period is to them."""


def rows(sizes: Sequence[int] = SIZES) -> Iterator[Row]:
    """For each number of children: what each attacker found out, and how many for certain."""
    for children in sizes:
        with tempfile.TemporaryDirectory() as folder:
            reporting = authority(Path(folder), children)
            with engine(f"duckdb:///{folder}/authority.duckdb").connect() as connection:
                keys = connection.scalars(sa.select(child.c.record_key)).all()
            yield from _of_one(reporting, [int(key) for key in keys], f"{children} children", with_cohorts=children <= MOST_WITH_COHORTS)


def _of_one(reporting: Reporting, keys: Sequence[int], words: str, *, with_cohorts: bool) -> Iterator[Row]:
    found: dict[str, Found] = defaultdict(Found)
    pinned = Pinned()
    families: dict[str, list[Period]] = defaultdict(list)
    for measure in measures():
        own = periods_of(reporting, measure, GRAIN, LATEST)
        for period in own:
            for who, as_seen in VIEWERS.items():
                found[f"(a) subtracting{who}"].also(attacked(as_seen(period), together=False))
                found[f"(b) all tables together{who}"].also(attacked(as_seen(period), together=True))
        pinned.also(inferring(reporting, GRAIN, own))
        others = [
            period for cohort in (Cohort if with_cohorts else ())
            if cohort is not reporting.own_cohort and cohort not in measure.no_data_in
            for period in periods_of(reporting.of(cohort), measure, GRAIN, LATEST)
        ]
        for period in [*own, *others]:
            families[f"{family(measure)}, {period.label}"].append(period)
        for who, as_seen in VIEWERS.items():
            groups = found[f"groups of one quarter or two that differ by one child{who}"]
            groups.also(nested([as_seen(_rounded_only(period)) for period in own], keys))
            groups.outcomes += sum(period.outcomes for period in own)
    for periods in families.values():
        for who, as_seen in VIEWERS.items():
            found[f"two populations or cohorts that differ by one child{who}"].also(nested([as_seen(period) for period in periods], keys))
    for who, each in found.items():
        aim = None if who.endswith(INSIDER) else MOST_FOUND_OUT
        share = 100 * len(each.found) / max(each.outcomes, 1)
        yield Row(f"{who}, {words}: {len(each.found)} of {each.outcomes:,} found out", share, "%", aim)
        yield Row(f"{who}, {words}: of these the rarer outcome", len(each.rarer), "")
        yield Row(f"{who}, {words}: for certain", len(each.certain), "", None if aim is None else 0)
    share = 100 * pinned.pinned / max(pinned.rarer, 1)
    yield Row(f"(c) all characteristics, {words}: {pinned.pinned} of {pinned.rarer} with the rarer outcome", share, "%", MOST_PINNED)
    yield Row(f"(c) all characteristics, {words}: taken for certain and wrong", pinned.wrong, "")


def _rounded_only(period: Period) -> Period:
    """Without the total, which is exact: of neighbouring periods it tells of a child who came or went, as docs/disclosure.md says."""
    return Period(period.common, period.label, {place: cell for place, cell in period.cells.items() if place}, period.lines)
