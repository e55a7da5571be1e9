"""The gap that matters most: of a measure's groups, the one that is clearly served worse than the rest."""

from __future__ import annotations

from typing import Any

import polars as pl

from metrics.breakdowns import Breakdown
from metrics.comparison import against_rest, benjamini_hochberg
from metrics.kinds import Better, Measure, Proportion
from metrics.summarise import State


def largest_gap(measure: Measure, breakdown: Breakdown, groups: pl.DataFrame) -> dict[str, Any] | None:
    """The row of `metrics.comparison.against_rest` of the group whose gap to the rest stands for most children, or None.

    Only groups that are worse than the rest are looked at, where the interval of the difference leaves out 0 and where the
    comparisons of all groups together (Benjamini-Hochberg) still call it clear. Only proportions can be compared.
    """
    if not comparable(measure) or not groups.height:
        return None
    whole = pl.when(pl.col("state") == State.SHOWN.value)
    compared = against_rest(groups.select(
        pl.col(breakdown.id).alias("group"), whole.then(pl.col("numerator")).cast(pl.Int64).alias("numerator"), "denominator",
    ))
    compared = compared.with_columns(benjamini_hochberg(compared["p_value"])["clear"])
    worse = "lower than the rest" if measure.better == Better.HIGHER else "higher than the rest"
    clear = compared.filter((pl.col("verdict") == worse) & pl.col("clear"))
    return clear.sort(pl.col("children").abs(), descending=True).row(0, named=True) if clear.height else None


def comparable(measure: Measure) -> bool:
    """Whether groups of the measure can be held against the rest: the rules are for proportions."""
    return isinstance(measure, Proportion)
