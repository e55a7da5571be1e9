"""The tables behind a measure's charts, with every number as the page writes it."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard.text.formatting import (
    NO_VALUE,
    cell_words,
    denominator_noun,
    escape_markdown,
    event_noun,
    figure,
    number,
    period_words,
    row_range,
    upper_first,
)
from metrics.judgement.trend import Trend
from metrics.measures.kinds import Mean, Measure, Rate
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown


def trend_table(trend: Trend) -> pl.DataFrame:
    """A row a period, the latest first; columns that would be empty are left out."""
    rows = [
        {"Period": upper_first(period_words(row)), **_numbers(trend.measure, row), **_lines(trend.measure, row)}
        for row in trend.told.reverse().iter_rows(named=True)
    ]
    table = pl.DataFrame(rows, infer_schema_length=None)
    return table.select(name for name in table.columns if name == "Period" or (table[name] != "").any())


def groups_table(measure: Measure, breakdown: Breakdown, groups: pl.DataFrame) -> pl.DataFrame:
    """A row a group, in the order of the chart."""
    return pl.DataFrame([
        {breakdown.title: escape_markdown(breakdown.label(row[breakdown.id])), **_numbers(measure, row)}
        for row in groups.iter_rows(named=True)
    ])


def _numbers(measure: Measure, row: dict[str, Any]) -> dict[str, str]:
    noun = upper_first(denominator_noun(measure)[1])
    numbers = {} if isinstance(measure, Mean) else {numerator_title(measure): _count(row, "numerator")}
    unit = f" {measure.per_words}" if isinstance(measure, Rate) else ""
    interval = "" if row["lower"] is None or row["upper"] is None else row_range(measure, row)
    return {
        noun: _count(row, "denominator"), **numbers, f"Value{unit}": cell_words(measure, row), "95% confidence interval": interval,
    }


def _lines(measure: Measure, row: dict[str, Any]) -> dict[str, str]:
    """The target and the lines of the chart."""
    names = {"target": "Target", "mean": "Average", "lower_limit": "Lower limit", "upper_limit": "Upper limit", "median": "Median"}
    lines = {title: "" if row[name] is None else figure(measure, row[name]) for name, title in names.items()}
    return {
        **lines,
        "Against target": upper_first(row["target_status"] or ""),
        "Unusual": _CAUSES.get(row["special_cause"] or "", ""),
    }


_CAUSES = {
    "outside": "Outside the limits", "shift": "Long run on one side of the average", "trend": "Long rise or fall",
    "two_of_three": "Two of three near a limit",
}


def numerator_title(measure: Measure) -> str:
    """What the column of numerators is called."""
    return upper_first(event_noun(measure)[1]) if isinstance(measure, Rate) else "Of them"


def _count(row: dict[str, Any], column: str) -> str:
    if row[column] is None:
        return {State.HIDDEN.value: "hidden", State.NOT_COVERED.value: "not covered"}.get(row["state"], NO_VALUE)
    return number(row[column])
