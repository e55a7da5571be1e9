"""The tables behind a measure's charts, with every number as the page writes it."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard.words import (
    NO_VALUE,
    cell_words,
    denominator_noun,
    escape_markdown,
    event_noun,
    figure,
    number,
    period_words,
    range_words,
    upper_first,
)
from metrics.breakdowns import Breakdown
from metrics.kinds import Mean, Measure, Rate
from metrics.summarise import State
from metrics.trend import Trend


def trend_table(trend: Trend) -> pl.DataFrame:
    """A row a period, the latest first; columns that would be empty are left out."""
    rows = [
        {"Period": upper_first(period_words(row)), **_numbers(trend.measure, row), **_lines(trend.measure, row)}
        for row in trend.frame.reverse().iter_rows(named=True)
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
    return {
        noun: _count(row, "denominator"), **numbers, f"Value{unit}": cell_words(measure, row),
        "95 % interval": range_words(measure, row["lower"], row["upper"]) if row["lower"] is not None and row["upper"] is not None else "",
    }


def _lines(measure: Measure, row: dict[str, Any]) -> dict[str, str]:
    """The target and the lines of the chart."""
    names = {"target": "Target", "mean": "Average", "lower_limit": "Lower limit", "upper_limit": "Upper limit", "median": "Median"}
    lines = {title: figure(measure, row[name]) if row[name] is not None else "" for name, title in names.items()}
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
        return "hidden" if row["state"] == State.HIDDEN.value else NO_VALUE
    return number(row[column])
