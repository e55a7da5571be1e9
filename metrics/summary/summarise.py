"""From cells to the summary: filter, add up, divide, and give each value its interval and state.

The summary is what every page, export and command shows. Counts are added first and divided last.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from metrics.measures.kinds import Mean, Measure, Rate, RatioOfTotals
from metrics.statistics import intervals
from metrics.summary.cells import column_name
from metrics.summary.coverage import Covered
from metrics.units.breakdowns import EVERY
from metrics.units.unit import CHILD_NUMBER

Where = Mapping[str, Collection[str]]
"""Breakdown id to the groups kept: any of a breakdown's groups, and all breakdowns."""

KEY, CHILDREN, COVERED = "record_keys", "counted_children", "is_covered"
"""Columns of `added_up` that no part of a measure is called."""


class State(StrEnum):
    """Why a value is there or not."""

    SHOWN = "shown"
    HIDDEN = "hidden"
    NO_DATA = "no data"
    NOT_COVERED = "not covered"


class UnknownBreakdown(Exception):
    """No breakdown has that name."""


@dataclass(frozen=True)
class Facts:
    """What a summary is made from.

    `cells`: the unit's cells of one grain. `periods`: label, start_date, last_date, period_end, complete, in time order, up to
    the as-at date. `provided`: names of the source tables that were in any source. `covered`: which periods what was loaded covers, in
    the cohort whose cells these are; without it, all.
    """

    cells: pl.DataFrame
    periods: pl.DataFrame
    provided: frozenset[str]
    covered: Covered | None = None


def has_data(measure: Measure, facts: Facts) -> bool:
    """Whether a measure's numerators are known: their tables were provided, and it says something of the cohort."""
    told = facts.covered is None or facts.covered.cohort not in measure.no_data_in
    return told and measure.sources <= facts.provided


def summarise(measure: Measure, facts: Facts, *, by: Sequence[str] = (), where: Where | None = None) -> pl.DataFrame:
    """The summary of a measure, one row for each period and combination of groups.

    Columns: measure, period, period_start, period_end, complete, one for each of `by`, numerator, denominator, value, lower,
    upper, state, rounded. Periods run from the first that is covered and has a denominator to the as-at date; every combination of groups
    that occurs has a row in each of them. value, lower and upper are null where there is no denominator or the numerator's table was in no
    source, and all numbers where the period is not covered. Rates are for each `measure.per`. Nothing here is rounded.

    Raises UnknownBreakdown.
    """
    return values_of(measure, added_up(measure, facts, by=by, where=where), by, provided=has_data(measure, facts))


def added_up(
    measure: Measure, facts: Facts, *, by: Sequence[str] = (), where: Where | None = None,
    groups: Mapping[str, Sequence[str]] | None = None, keyed: bool = False,
) -> pl.DataFrame:
    """The measure's parts, a row for each period and combination of groups, as `summarise` has them.

    With `groups`, every combination of them has rows, and of those that occur. With `keyed`, KEY is the sum of the record keys of the
    denominator's rows, and CHILDREN how many children they are. COVERED says whether the period is: where it isn't, all parts are 0.

    Raises UnknownBreakdown.
    """
    check_breakdowns([*by, *(where or {})], facts.cells.columns)

    def covered(rows: pl.DataFrame) -> pl.Series:
        if facts.covered is None:
            return pl.Series([True] * rows.height, dtype=pl.Boolean)
        return facts.covered.rows(measure, rows, facts.periods, where or {})

    totals = _sums(measure, facts.cells, by, where, keyed=keyed)
    return _every_period(totals.filter(covered(totals)), facts.periods, list(by), groups, covered)


def _sums(measure: Measure, cells: pl.DataFrame, by: Sequence[str], where: Where | None, *, keyed: bool) -> pl.DataFrame:
    """period, the groups of `by`, and the measure's parts added over the cells that `where` keeps."""
    kept = [pl.col(breakdown).is_in(list(groups)) for breakdown, groups in (where or {}).items()]
    sums = [pl.col(column_name(measure, part)).sum().alias(part) for part in measure.part_names]
    if keyed:
        counted = pl.col(column_name(measure, "children" if "children" in measure.part_names else "denominator"))
        events = CHILD_NUMBER in cells.columns
        children = pl.col(CHILD_NUMBER).filter(counted > 0).n_unique() if events else counted.sum()
        sums += [pl.col(measure.key_column).sum().alias(KEY), children.cast(pl.Int64).alias(CHILDREN)]
    # Polars' other engine, for what is large, takes longer to begin than cells take to add up.
    return cells.lazy().filter(*kept or [pl.lit(True)]).group_by("period", *by).agg(sums).collect(engine="in-memory")


def check_breakdowns(names: Sequence[str], columns: Collection[str]) -> None:
    """Raises UnknownBreakdown for a name that is not among the columns."""
    known = [name for name in EVERY if name in columns]
    for name in names:
        if name not in known:
            raise UnknownBreakdown(f"There is no breakdown {name!r}. The breakdowns are: {', '.join(known)}.")


def _every_period(
    totals: pl.DataFrame, periods: pl.DataFrame, by: list[str], groups: Mapping[str, Sequence[str]] | None,
    covered: Callable[[pl.DataFrame], pl.Series],
) -> pl.DataFrame:
    """The totals, of covered periods, with a row for each period from the first with a denominator, in time order and then by group."""
    shown = periods.lazy().rename({"label": "period"})
    if by:
        occurring = totals.lazy().filter(pl.col("denominator") > 0).select(by)
        for_all = pl.DataFrame(itertools.product(*(groups[name] for name in by)), schema=occurring.collect_schema(), orient="row") \
            if groups is not None else pl.DataFrame(schema=occurring.collect_schema())
        shown = shown.join(pl.concat([occurring, for_all.lazy()]).unique(), how="cross")
    parts = [name for name in totals.columns if name != "period" and name not in by]
    first = pl.col("start_date").filter(pl.col("denominator") > 0).min()
    rows = (
        shown.join(totals.lazy(), on=["period", *by], how="left")
        .with_columns(pl.col(parts).fill_null(0))
        .filter(pl.col("start_date") >= first)  # nothing is at or after the null that an empty denominator gives
        .sort("start_date", *by)
        .collect(engine="in-memory")
    )
    return rows.with_columns(covered(rows).alias(COVERED))


def values_of(measure: Measure, rows: pl.DataFrame, by: Sequence[str], *, provided: bool) -> pl.DataFrame:
    """The summary's columns, from what `added_up` gives."""
    told, has_value = pl.col(COVERED), pl.lit(provided) & pl.col(COVERED) & (pl.col("denominator") > 0)
    scale = measure.per if isinstance(measure, Rate) else 1
    limits = {name: pl.lit(pl.Series(found * scale)) for name, found in zip(("lower", "upper"), _intervals(measure, rows), strict=True)}
    return rows.select(
        pl.lit(measure.id).alias("measure"), "period", pl.col("start_date").alias("period_start"), "period_end", "complete", *by,
        pl.when(pl.lit(provided) & told).then(pl.col("numerator").cast(pl.Float64)).alias("numerator"),
        pl.when(told).then(pl.col("denominator").cast(pl.Int64)).alias("denominator"),
        pl.when(has_value).then(pl.col("numerator") / pl.col("denominator") * scale).alias("value"),
        *(pl.when(has_value).then(found.fill_nan(None)).alias(name) for name, found in limits.items()),
        pl.when(has_value).then(pl.lit(State.SHOWN.value)).when(told).then(pl.lit(State.NO_DATA.value))
        .otherwise(pl.lit(State.NOT_COVERED.value)).alias("state"),
        pl.lit(False).alias("rounded"),
    )


def _intervals(measure: Measure, rows: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The 95% confidence interval of every row, NaN where there is none, before a rate's multiplier."""
    part = {name: rows[name].to_numpy() for name in measure.part_names}
    if isinstance(measure, Rate):
        return intervals.rate(part["numerator"], part["denominator"])
    if isinstance(measure, Mean):
        return intervals.mean(part["denominator"], part["numerator"], part["squares"])
    if isinstance(measure, RatioOfTotals):
        return intervals.ratio_of_totals(
            part["children"], part["numerator"], part["denominator"], part["over_squares"], part["under_squares"], part["products"],
        )
    return intervals.proportion(part["numerator"], part["denominator"])
