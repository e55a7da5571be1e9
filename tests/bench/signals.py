"""How often process control flags series in which nothing changes, and how often it finds a change: for every measure and grain.

Beside each figure stands what the plain rules do: XmR, P and U charts with all four rules, as if points were independent and not rare.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import polars as pl

from metrics.judgement.trend import control_chart
from metrics.measures import catalogue
from metrics.measures.kinds import Measure, Rate
from metrics.statistics import process_control
from tests.bench.measuring import Row
from tests.bench.unchanged import AFTER, POINTS, SERIES, Calendar, Series, calendar

GRAINS = ("month", "quarter", "term", "year")
ANY, LATEST = 10, 3
"""The most, in per cent, of unchanged series of 16 points with any signal, and with one on the latest point."""
SEED = 20261130

Causes = list[str | None]
Judge = Callable[[Measure, pl.DataFrame], Causes]


def rows(times: int, grains: Sequence[str] = GRAINS, only: Sequence[str] = ()) -> Iterator[Row]:
    """The false alarms and the power of every measure and grain, of so many series each; `only` begins the ids that are wanted."""
    for id, (make, change) in SERIES.items():
        if only and not id.startswith(tuple(only)):
            continue
        measure = catalogue.get(id)
        for grain in grains:
            unchanged, changed = calendar(grain, POINTS), calendar(grain, POINTS + AFTER)
            steady = points_of(measure, unchanged, make(np.random.default_rng(SEED), unchanged, times, 1.0))
            moved = points_of(measure, changed, make(np.random.default_rng(SEED), changed, times, change))
            any_, latest, power = shares(measure, steady, moved, now)
            plain_any, plain_latest, plain_power = shares(measure, steady, moved, plain)
            beside = f"{id}, {grain}"
            yield Row(f"{beside}: any false alarm (plain rules {plain_any:.0f}%)", any_, "%", aim=ANY)
            yield Row(f"{beside}: false alarm on the latest point (plain rules {plain_latest:.0f}%)", latest, "%", aim=LATEST)
            yield Row(f"{beside}: a change found within {AFTER} periods (plain rules {plain_power:.0f}%)", power, "%")


def points_of(measure: Measure, cal: Calendar, series: Series) -> list[pl.DataFrame]:
    """Each series as a summary's rows that take part."""
    per = measure.per if isinstance(measure, Rate) else 1
    found = []
    for index, (x, n) in enumerate(zip(series.numerator, series.denominator, strict=True)):
        columns = {"period_start": cal.starts, "period_end": cal.ends, "numerator": x, "denominator": n.astype(int)}
        if series.lower is not None and series.upper is not None:
            columns |= {"lower": series.lower[index], "upper": series.upper[index]}
        counted = pl.DataFrame(columns).filter(pl.col("denominator") > 0)
        found.append(counted.with_columns(value=pl.col("numerator") / pl.col("denominator") * per))
    return found


def shares(measure: Measure, steady: list[pl.DataFrame], moved: list[pl.DataFrame], judge: Judge) -> tuple[float, float, float]:
    """Per cent of unchanged series with any signal and with one on the latest point, and of changed ones with one since the change."""
    flagged = [judge(measure, points) for points in steady]
    found = [judge(measure, points)[-AFTER:] for points in moved]
    shares_of = (
        [any(causes) for causes in flagged], [causes[-1] is not None for causes in flagged if causes], [any(causes) for causes in found],
    )
    any_, latest, power = (100 * float(np.mean(each)) for each in shares_of)
    return any_, latest, power


def now(measure: Measure, points: pl.DataFrame) -> Causes:
    """What the dashboard says."""
    return control_chart(measure, points, ())[1]["special_cause"].to_list()


def plain(measure: Measure, points: pl.DataFrame) -> Causes:
    """What the classical rules say."""
    x, n = points["numerator"].to_list(), points["denominator"].to_list()
    chart = process_control.chart_type(measure.kind, n)
    frame = {
        "p": lambda: process_control.p_chart(x, n), "u": lambda: process_control.u_chart(x, n),
        "xmr": lambda: process_control.xmr(points["value"].to_list()),
    }[chart]()
    return frame["special_cause"].to_list()
