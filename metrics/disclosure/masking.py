"""From an exact summary to the protected one: what the family of tables hides becomes null, with the state 'hidden'.

Which rows there are says nothing either. A combination of groups has rows if it is hidden or has a shown denominator above 0 in some
period, so that an empty cell which is hidden looks like every other hidden cell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from metrics.disclosure.family import ALL, Axis
from metrics.disclosure.protection import Protected
from metrics.summarise import State

_NUMBERS = ("numerator", "value", "lower", "upper")
_DENOMINATOR_HIDDEN, _VALUE_HIDDEN = "_denominator_hidden", "_value_hidden"


def mask(
    summary: pl.DataFrame, protected: Protected, periods: pl.DataFrame, *, measure: str, by: Sequence[str], where: Mapping[str, str],
    provided: bool,
) -> pl.DataFrame:
    """The protected summary: the columns of the exact `summary` of the same measure, breakdowns and groups.

    `periods`: label, start_date, period_end, complete, as `Facts` has them. `provided`: whether the numerator's tables were in a source.
    A hidden denominator hides the whole row's numbers; a hidden value leaves the denominator. Together `by` and `where` name at most
    two breakdowns.
    """
    hidden = _hidden(protected, measure, by, where)
    dates = periods.select(
        pl.col("label").alias("period"), pl.col("start_date").alias("period_start"), "period_end", "complete",
    )
    rows = (
        hidden.join(dates, on="period", how="inner")
        .join(summary.select("period", *by, "denominator", "state", *_NUMBERS), on=["period", *by], how="left", nulls_equal=True)
        .with_columns(pl.col("denominator").fill_null(0), pl.col("state").fill_null(State.NO_DATA.value))
        .with_columns(pl.when(pl.lit(provided)).then(pl.col("numerator").fill_null(0.0)).alias("numerator"))
    )
    rows = _occurring(rows, list(by)).sort("period_start", *by)
    no_row = pl.col(_DENOMINATOR_HIDDEN)
    no_value = no_row | (pl.col(_VALUE_HIDDEN) & (pl.col("state") == State.SHOWN.value))
    return rows.with_columns(
        pl.lit(measure).alias("measure"),
        pl.when(~no_row).then(pl.col("denominator")).alias("denominator"),
        *(pl.when(~no_value).then(pl.col(name)).alias(name) for name in _NUMBERS),
        pl.when(no_value).then(pl.lit(State.HIDDEN.value)).otherwise(pl.col("state")).alias("state"),
    ).select(summary.columns)


def _occurring(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """The combinations of groups that occur, from the first period in which any does."""
    occurs = rows.filter(pl.col(_DENOMINATOR_HIDDEN) | (pl.col("denominator") > 0))
    kept = rows.join(occurs.select(by).unique(), on=by, how="semi") if by else rows
    first = occurs["period_start"].min()
    return kept.filter(pl.col("period_start") >= first) if first is not None else kept.clear()


def _hidden(protected: Protected, measure: str, by: Sequence[str], where: Mapping[str, str]) -> pl.DataFrame:
    """period, the groups of `by`, and whether the denominator and the value are hidden: a row for every combination of the family."""
    names = list(dict.fromkeys([*by, *where]))
    axes = [protected.axes[name] for name in [*names, ALL, ALL][:2]]
    kept = [_kept(axis, where.get(axis.name)) for axis in axes]
    denominators, values = protected.denominators[measure], protected.values[measure]
    cells = np.ix_(np.arange(len(protected.periods)), *kept)
    no_denominator = denominators.of(axes[0].name, axes[1].name)[cells]
    no_value = no_denominator | values.of(axes[0].name, axes[1].name)[cells]
    period, first, second = (index.ravel() for index in np.indices(no_value.shape))
    columns = {name: np.array(axis.groups, dtype=object)[groups[index]] for name, axis, groups, index in zip(
        names, axes, kept, (first, second), strict=False,
    )}
    return pl.DataFrame(
        {
            "period": np.array(protected.periods, dtype=object)[period], **{name: columns[name] for name in by},
            _DENOMINATOR_HIDDEN: no_denominator.ravel(), _VALUE_HIDDEN: no_value.ravel(),
        },
        schema_overrides={"period": pl.String, **dict.fromkeys(by, pl.String)},
    )


def _kept(axis: Axis, group: str | None) -> np.ndarray:
    return np.flatnonzero([group is None or name == group for name in axis.groups])
