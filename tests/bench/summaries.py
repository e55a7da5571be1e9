"""Summaries: adding up, dividing, intervals and states, from cells that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from metrics.measures.catalogue import measures
from metrics.statistics import intervals
from tests.bench.measuring import Authority, Row, growth, median_seconds, times_for

AIM_MILLISECONDS = 20
ROWS, INTERVALS_AIM_MILLISECONDS = 5000, 10
GRAIN = "quarter"
FILTERED = {"sex": ("F",)}


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """Of one measure (the mean of all) and of all measures under a filter, for each authority, and the growth."""
    found, taken = [], {}
    for each in authorities:
        reporting = Reporting(engine(each.database))
        reporting.prepare(GRAIN)

        def every(where: Mapping[str, Sequence[str]], by: Sequence[str] = (), reporting: Reporting = reporting) -> None:
            for measure in measures():
                reporting.summary(measure, GRAIN, by=by, where=where)

        every({})
        count = len(measures())
        filtered, by_group = median_seconds(
            times_for(each.size, 9), lambda every=every: every(FILTERED), lambda every=every: every({}, ("placement",)),
        )
        taken[each.size] = filtered
        found.append(Row(f"a summary under a filter, {each.words}", filtered / count * 1000, "ms", AIM_MILLISECONDS))
        found.append(Row(f"a summary by placement, {each.words}", by_group / count * 1000, "ms", AIM_MILLISECONDS))
        found.append(Row(f"the summaries of all {count} measures under a filter, {each.words}", filtered * 1000, "ms"))
    return [*found, *growth("summaries", taken), *_intervals()]


def _intervals() -> list[Row]:
    """Each interval over columns of many rows at once."""
    generator = np.random.default_rng(133)
    n = generator.integers(0, 500, ROWS).astype(float)
    x = np.floor(n * generator.random(ROWS))
    columns = {
        intervals.proportion: (x, n), intervals.rate: (x, n), intervals.mean: (n, x, x * x),
        intervals.ratio_of_totals: (n, x, n, x * x, n * n, x * n), intervals.difference: (x, n, x[::-1], n[::-1]),
    }
    taken = median_seconds(9, *(partial(function, *arguments) for function, arguments in columns.items()))
    return [
        Row(f"intervals.{function.__name__} of {ROWS:,} rows", seconds * 1000, "ms", INTERVALS_AIM_MILLISECONDS)
        for function, seconds in zip(columns, taken, strict=True)
    ]
