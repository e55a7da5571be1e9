"""Is anyone served worse: many measures by their groups, each group against the rest of the children.

Only proportions are compared: Newcombe's interval and Fisher's exact test are for them. Rates, averages and ratios of totals keep their
values with intervals beside each other. What one comparison is, is in `metrics.statistics.comparison`; here are many at
once, allowing for how many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from config.disclosure import disclosure_rules
from metrics.measures.kinds import Better, Measure, Proportion, Rate, RatioOfTotals
from metrics.statistics.comparison import COMPARED_FROM, NOT_RECORDED, Share, against_rest, benjamini_hochberg
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown


class Standing(StrEnum):
    """How a group stands against the rest, or why nothing is said."""

    WORSE = "worse"
    MAYBE_WORSE = "maybe worse"
    NO_CLEAR_DIFFERENCE = "no clear difference"
    MAYBE_BETTER = "maybe better"
    BETTER = "better"
    TOO_FEW = "too few to say"
    ALONE = "no others to compare with"
    NOT_RECORDED = "compared with nothing"
    VALUE_ONLY = "value only"
    HIDDEN = "hidden"
    NO_DATA = "no data"


@dataclass(frozen=True)
class Groups:
    """What is to be compared: a measure's summary of one period, `rows` with a row a group and `total` with the row of all together
    (empty where it isn't known)."""

    measure: Measure
    breakdown: Breakdown
    rows: pl.DataFrame
    total: pl.DataFrame


RESULT: dict[str, Any] = {
    "measure": pl.String, "breakdown": pl.String, "period": pl.String, "period_start": pl.Date, "period_end": pl.Date,
    "complete": pl.Boolean, "group": pl.String, "state": pl.String, "rounded": pl.Boolean, "numerator": pl.Float64, "denominator": pl.Int64,
    "value": pl.Float64, "value_lower": pl.Float64, "value_upper": pl.Float64,
    "rest_numerator": pl.Int64, "rest_denominator": pl.Int64, "rest_value": pl.Float64,
    "difference": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "children": pl.Int64, "p_value": pl.Float64,
    "certainty": pl.String, "verdict": pl.String, "adjusted_p_value": pl.Float64, "clear": pl.Boolean, "standing": pl.String,
}


def comparable(measure: Measure) -> bool:
    """Whether groups of the measure can be held against the rest: the method is for proportions."""
    return isinstance(measure, Proportion)


def counts_children(measure: Measure) -> bool:
    """Whether the denominator is children or events, and not the days or sessions of them."""
    return not isinstance(measure, RatioOfTotals) and not (isinstance(measure, Rate) and measure.exposure.words != "children")


def at(measure: Measure, breakdown: Breakdown, rows: pl.DataFrame, totals: pl.DataFrame, period: str | None = None) -> Groups:
    """The groups of one period, from summaries of all periods with and without the breakdown.

    `period` is a label; None is the latest complete period with a value, shown or hidden. Groups with nobody in them are left out.
    """
    if period is None:
        known = rows.filter(pl.col("complete") & ~pl.col("state").is_in([State.NO_DATA.value, State.NOT_COVERED.value]))
        chosen = known.filter(pl.col("period_start") == pl.col("period_start").max())["period"]
        period = chosen[0] if chosen.len() else None
    in_period = pl.col("period") == pl.lit(period, dtype=pl.String)
    occurring = rows.filter(in_period & pl.col("denominator").ne_missing(0))
    order = {group: place for place, group in enumerate(breakdown.order(occurring[breakdown.id].to_list()))}
    ordered = occurring.sort(pl.col(breakdown.id).replace_strict(order, return_dtype=pl.Int64)) if order else occurring
    return Groups(measure, breakdown, ordered, totals.filter(in_period))


def compare(shown: Sequence[Groups]) -> pl.DataFrame:
    """Everything that a page shows at once, compared: the columns of RESULT, a row for each measure, breakdown and group.

    `value_lower` and `value_upper` are the interval of the group's own value; `difference`, `lower`, `upper`, `children`, `p_value`,
    `certainty` and `verdict` are those of `metrics.statistics.comparison.against_rest`, null where nothing is compared.
    `adjusted_p_value` and `clear`
    are Benjamini and Hochberg's over all rows. `standing` is a Standing: 'worse' and 'better' where the interval leaves out 0 and the
    adjusted p value calls it clear, 'maybe' where only the interval does.
    """
    tables = [_compared(groups) for groups in shown]
    together = pl.concat(tables) if tables else pl.DataFrame(schema=RESULT)
    adjusted = benjamini_hochberg(together["p_value"])
    together = together.with_columns(adjusted["adjusted_p_value"], adjusted["clear"])
    better = {groups.measure.id: groups.measure for groups in shown}
    standings = [_standing(better[row["measure"]], row).value for row in together.iter_rows(named=True)]
    return together.with_columns(pl.Series("standing", standings, dtype=pl.String))


def gaps_against(compared: pl.DataFrame) -> pl.DataFrame:
    """The rows whose group is clearly served worse, the gap that stands for most children first (of equals, the less likely by chance)."""
    return compared.filter(pl.col("standing") == Standing.WORSE.value).sort(
        pl.col("children").abs(), -pl.col("p_value"), descending=True, maintain_order=True
    )


def over_time(measure: Measure, breakdown: Breakdown, group: str, rows: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """One group against the rest in every period, in time order: the columns of RESULT without those of Benjamini and Hochberg.

    These are shown with their intervals and not tested: `standing` says 'worse' or 'better' where the interval leaves out 0.
    """
    tables = []
    for (period,), of_period in rows.group_by("period", maintain_order=True):
        total = totals.filter(pl.col("period") == period)
        needed = [group, NOT_RECORDED] if _share(total) else of_period[breakdown.id].to_list()
        tables.append(_compared(Groups(measure, breakdown, of_period.filter(pl.col(breakdown.id).is_in(needed)), total)))
    together = pl.concat(tables) if tables else pl.DataFrame(schema=RESULT)
    together = together.filter(pl.col("group") == group).with_columns(clear=pl.col("p_value").is_not_null())
    standings = [_standing(measure, row).value for row in together.iter_rows(named=True)]
    return together.with_columns(pl.Series("standing", standings, dtype=pl.String)).drop("adjusted_p_value", "clear").sort("period_start")


def _compared(groups: Groups) -> pl.DataFrame:
    """The rows of one measure and breakdown, before it is known how many comparisons there are."""
    is_shown = pl.col("state") == State.SHOWN.value
    rows = groups.rows.select(
        "measure", pl.lit(groups.breakdown.id).alias("breakdown"), "period", "period_start", "period_end", "complete",
        pl.col(groups.breakdown.id).alias("group"), "state", "rounded",
        *(pl.when(is_shown).then(pl.col(name)).alias(name) for name in ("numerator", "value")), "denominator",
        *(pl.when(is_shown).then(pl.col(name)).alias(f"value_{name}") for name in ("lower", "upper")),
    )
    if comparable(groups.measure):
        counted = rows.select("group", pl.col("numerator").cast(pl.Int64), "denominator")
        rounding = disclosure_rules().rounding_variance if groups.rows["rounded"].any() else 0.0
        against = against_rest(counted, _share(groups.total), rounding=rounding).drop("numerator", "denominator", "value")
        rows = rows.join(against, on="group", how="left", maintain_order="left")
    missing = [pl.lit(None, dtype=type_).alias(name) for name, type_ in RESULT.items() if name not in rows.columns]
    return rows.with_columns(missing).select(pl.col(name).cast(type_) for name, type_ in RESULT.items())


def _share(total: pl.DataFrame) -> Share | None:
    """The numerator and denominator of all together, where both are shown."""
    if not total.height or total["state"][0] != State.SHOWN.value:
        return None
    numerator, denominator = total.select("numerator", "denominator").row(0)
    return None if numerator is None or denominator is None else (round(numerator), denominator)


def _standing(measure: Measure, row: dict[str, Any]) -> Standing:
    if row["state"] == State.NOT_COVERED.value:
        return Standing.NO_DATA
    if row["state"] == State.HIDDEN.value or row["denominator"] is None:
        return Standing.HIDDEN
    if row["state"] == State.NO_DATA.value:
        return Standing.NO_DATA
    if row["group"] == NOT_RECORDED:
        return Standing.NOT_RECORDED
    if not comparable(measure):
        return Standing.TOO_FEW if counts_children(measure) and row["denominator"] < COMPARED_FROM else Standing.VALUE_ONLY
    if row["rest_denominator"] == 0:
        return Standing.ALONE
    if row["certainty"] == "too_few":
        return Standing.TOO_FEW
    if row["difference"] is None:
        return Standing.HIDDEN
    if row["verdict"] == "no clear difference":
        return Standing.NO_CLEAR_DIFFERENCE
    better = (row["verdict"] == "higher than the rest") == (measure.better == Better.HIGHER)
    if row["clear"]:
        return Standing.BETTER if better else Standing.WORSE
    return Standing.MAYBE_BETTER if better else Standing.MAYBE_WORSE
