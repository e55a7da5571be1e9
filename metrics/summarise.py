"""From cells to the summary: filter, add up, divide, and give each value its interval and state.

The summary is what every page, export and command shows. Counts are added first and divided last.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from metrics import intervals
from metrics.breakdowns import EVERY
from metrics.cells import column_name
from metrics.kinds import Mean, Measure, Rate, RatioOfTotals

Where = Mapping[str, Collection[str]]
"""Breakdown id to the groups kept: any of a breakdown's groups, and all breakdowns."""


class State(StrEnum):
    """Why a value is there or not."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    NO_DATA = "no data"


class UnknownBreakdown(Exception):
    """No breakdown has that name."""


@dataclass(frozen=True)
class Facts:
    """What a summary is made from.

    `cells`: the unit's cells of one grain. `periods`: label, start_date, last_date, period_end, complete, in time order, up to
    the as-at date. `provided`: names of the source tables that were in any source.
    """

    cells: pl.DataFrame
    periods: pl.DataFrame
    provided: frozenset[str]


def summarise(measure: Measure, facts: Facts, *, by: Sequence[str] = (), where: Where | None = None) -> pl.DataFrame:
    """The summary of a measure, one row for each period and combination of groups.

    Columns: measure, period, period_start, period_end, complete, one for each of `by`, numerator, denominator, value, lower,
    upper, state. Periods run from the first that has a denominator to the as-at date; every combination of groups that occurs
    has a row in each of them. value, lower and upper are null where there is no denominator or the numerator's table was in no
    source. Rates are for each `measure.per`.

    Raises UnknownBreakdown.
    """
    check_breakdowns([*by, *(where or {})], facts.cells.columns)
    totals = add_up(measure, facts.cells, by=by, where=where)
    rows = _every_period(totals, facts.periods, list(by))
    return _values(measure, rows, by, provided=measure.sources() <= facts.provided)


def add_up(measure: Measure, cells: pl.DataFrame, *, by: Sequence[str] = (), where: Where | None = None) -> pl.DataFrame:
    """period, the groups of `by`, and the measure's parts added over the cells that `where` keeps."""
    kept = [pl.col(breakdown).is_in(list(groups)) for breakdown, groups in (where or {}).items()]
    sums = [pl.col(column_name(measure, part)).sum().alias(part) for part in measure.part_names]
    return cells.lazy().filter(*kept or [pl.lit(True)]).group_by("period", *by).agg(sums).collect()


def check_breakdowns(names: Sequence[str], columns: Collection[str]) -> None:
    """Raises UnknownBreakdown for a name that is not among the columns."""
    known = [name for name in EVERY if name in columns]
    for name in names:
        if name not in known:
            raise UnknownBreakdown(f"There is no breakdown {name!r}. The breakdowns are: {', '.join(known)}.")


def _every_period(totals: pl.DataFrame, periods: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The totals with a row for each period from the first with a denominator, in time order and then by group."""
    shown = periods.lazy().rename({"label": "period"})
    if by:
        shown = shown.join(totals.lazy().filter(pl.col("denominator") > 0).select(by).unique(), how="cross")
    parts = [name for name in totals.columns if name != "period" and name not in by]
    first = pl.col("start_date").filter(pl.col("denominator") > 0).min()
    return (
        shown.join(totals.lazy(), on=["period", *by], how="left")
        .with_columns(pl.col(parts).fill_null(0))
        .filter(pl.col("start_date") >= first)  # nothing is at or after the null that an empty denominator gives
        .sort("start_date", *by)
        .collect()
    )


def _values(measure: Measure, rows: pl.DataFrame, by: Sequence[str], *, provided: bool) -> pl.DataFrame:
    """The summary's columns."""
    has_value = pl.lit(provided) & (pl.col("denominator") > 0)
    scale = measure.per if isinstance(measure, Rate) else 1
    limits = {name: pl.lit(pl.Series(found * scale)) for name, found in zip(("lower", "upper"), _intervals(measure, rows), strict=True)}
    return rows.select(
        pl.lit(measure.id).alias("measure"), "period", pl.col("start_date").alias("period_start"), "period_end", "complete", *by,
        pl.when(pl.lit(provided)).then(pl.col("numerator").cast(pl.Float64)).alias("numerator"),
        pl.col("denominator").cast(pl.Int64),
        pl.when(has_value).then(pl.col("numerator") / pl.col("denominator") * scale).alias("value"),
        *(pl.when(has_value).then(found.fill_nan(None)).alias(name) for name, found in limits.items()),
        pl.when(has_value).then(pl.lit(State.SHOWN.value)).otherwise(pl.lit(State.NO_DATA.value)).alias("state"),
    )


def _intervals(measure: Measure, rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of every row, NaN where there is none, before a rate's multiplier."""
    part = {name: rows[name].to_numpy() for name in measure.part_names}
    if isinstance(measure, Rate):
        return intervals.rates(part["numerator"], part["denominator"])
    if isinstance(measure, Mean):
        return intervals.means(part["denominator"], part["numerator"], part["squares"])
    if isinstance(measure, RatioOfTotals):
        return intervals.ratios_of_totals(
            part["children"], part["numerator"], part["denominator"], part["over_squares"], part["under_squares"], part["products"],
        )
    return intervals.proportions(part["numerator"], part["denominator"])
