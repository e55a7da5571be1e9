"""The attacker of the tests against authorities of many sizes, and how much they are still shown. Takes an hour for twenty."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.disclosure import shares_shown
from tests.bench.measuring import Row
from tests.metrics.disclosure.attacker import Puzzle
from tests.metrics.disclosure.authorities import authority, exactly, found_out, last_whole, viewed
from tests.metrics.disclosure.populations import CLUSTERS

SIZES = (60, 70, 80, 90, 100, 120, 150, 180, 210, 250, 300, 350, 400, 500, 600, 700, 850, 1000, 1200, 1500)
GRAIN = "year"
ATTACKED = ("plans", "some of those with plans", "absence", "suspension", "training", "video")
TOGETHER = (
    ("placement", "care_status", "sex", "origin"),
    ("disabled", "mental_health_problem", "disability_or_mental_health", "ethnicity_group"),
    ("origin", "unaccompanied", "ethnicity_group"),
    ("care_status", "age_band", "team"), ("age_band", "team", "disabled"), ("placement", "age_band", "sex"),
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
            yield from shares_shown(reporting, GRAIN, f"{children} children", period)
