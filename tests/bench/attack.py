"""The attacker of the tests against authorities of many sizes, and how much they are still shown. Takes an hour for twenty."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from dashboard.reporting import Reporting
from metrics.breakdowns import BREAKDOWNS
from metrics.catalogue import get
from metrics.summarise import State
from tests.bench.measuring import Row
from tests.metrics.disclosure.attacker import Puzzle
from tests.metrics.disclosure.authorities import authority, exactly, found_out, last_whole, viewed
from tests.metrics.disclosure.populations import CLUSTERS

SIZES = (60, 70, 80, 90, 100, 120, 150, 180, 210, 250, 300, 350, 400, 500, 600, 700, 850, 1000, 1200, 1500)
GRAIN, MEASURE = "year", "education_plan_up_to_date"
ATTACKED = ("plans", "absence", "suspension", "training", "video")
TOGETHER = (
    ("placement", "care_status", "sex", "origin"),
    ("disabled", "mental_health_problem", "disability_or_mental_health", "ethnicity_group"),
    ("origin", "unaccompanied", "ethnicity_group"),
    ("care_status", "age_band", "team"),
)


def rows(sizes: Sequence[int] = SIZES) -> Iterator[Row]:
    """For each number of children: the hidden numbers about few that were found out (and how many there were), and what is shown."""
    for children in sizes:
        with tempfile.TemporaryDirectory() as folder:
            reporting = authority(Path(folder), children)
            period = last_whole(reporting, GRAIN)
            value, look = exactly(reporting, GRAIN, period), viewed(reporting, GRAIN)
            found = [
                found_out(Puzzle(CLUSTERS[cluster], look, period, breakdowns), value) for cluster in ATTACKED for breakdowns in TOGETHER
            ]
            tried, broken = sum(hidden for _, hidden in found), sum(len(words) for words, _ in found)
            yield Row(f"numbers about few found out, of {tried:,} hidden ones, {children} children", broken, "", 0)
            for size in (1, 2):
                what = f"of cells of 10 children and more by {size} breakdown{'s' * (size > 1)}, {children} children"
                share = _shown(reporting, period, size)
                yield Row(f"numbers of children shown {what}", 100 * share["children"].to_numpy().mean(), "%")
                yield Row(f"values shown {what}", 100 * share["value"].to_numpy().mean(), "%")


def _shown(reporting: Reporting, period: str, size: int) -> pl.DataFrame:
    """children, value: whether each cell of 10 children or more of the period shows them."""
    found = []
    for pair in itertools.combinations(BREAKDOWNS, size):
        exact, protected = (
            look(get(MEASURE), GRAIN, by=pair).filter(pl.col("period") == period)
            for look in (reporting.summary, reporting.protected_summary)
        )
        large = exact.filter(pl.col("denominator") >= 10).select(*pair)
        found.append(large.join(protected, on=list(pair), how="left").select(
            pl.col("denominator").is_not_null().alias("children"), (pl.col("state") == State.SHOWN.value).alias("value"),
        ))
    return pl.concat(found)
