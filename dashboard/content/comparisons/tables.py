"""Published figures as tables: below a chart, and in its download."""

from __future__ import annotations

import polars as pl

from dashboard.content.comparisons.selection import Comparison, NamedLine
from dashboard.content.comparisons.wording import figure_words, year_words
from dashboard.text.formatting import figure, upper_first
from metrics.comparators.comparability import Comparator
from metrics.comparators.published import Kind, PublishedYear
from metrics.summary.summarise import State


def published_table(comparison: Comparison) -> pl.DataFrame:
    """A row a published year that is drawn, the latest first, and a column a line; empty without lines."""
    comparator = comparison.comparator
    if comparator is None:
        return pl.DataFrame()
    years = {year.end: year for named in comparison.lines for year in named.years}
    return pl.DataFrame([
        {"Published": upper_first(year_words(years[end])), **{
            name: value for named in comparison.lines for name, value in _cells(comparator, named, _of(named, years[end])).items()
        }}
        for end in sorted(years, reverse=True)
    ])


def _of(named: NamedLine, year: PublishedYear) -> PublishedYear | None:
    return next((each for each in named.line.years if each.end == year.end), None)


def _cells(comparator: Comparator, named: NamedLine, year: PublishedYear | None) -> dict[str, str]:
    cells = {named.name: "" if year is None else figure_words(comparator, year)}
    if named.line.kind == Kind.NEIGHBOURS:
        for end, value in (("lowest", year.lowest if year else None), ("highest", year.highest if year else None)):
            cells[f"Neighbours, {end}"] = "" if value is None or year is None else figure(comparator.measure, value, year.ends_decimals)
    return cells


def published_rows(comparison: Comparison) -> pl.DataFrame:
    """The same for a download: part 'published', group (whose figure), period (the published year), value, shown_as, state."""
    comparator = comparison.comparator
    rows = [] if comparator is None else [
        {
            "measure": comparator.measure.id, "part": "published", "breakdown": comparator.title, "group": group,
            "period": year_words(year), "period_start": year.start, "period_end": year.end, "complete": True, "value": value,
            "shown_as": shown_as, "state": State.NO_DATA.value if value is None else State.SHOWN.value,
        }
        for named in comparison.lines for year in named.years for group, value, shown_as in _values(comparator, named, year)
    ]
    return pl.DataFrame(rows, schema={
        "measure": pl.String, "part": pl.String, "breakdown": pl.String, "group": pl.String, "period": pl.String, "period_start": pl.Date,
        "period_end": pl.Date, "complete": pl.Boolean, "value": pl.Float64, "shown_as": pl.String, "state": pl.String,
    })


def _values(comparator: Comparator, named: NamedLine, year: PublishedYear) -> list[tuple[str, float | None, str]]:
    values = [(named.name, year.value, figure_words(comparator, year))]
    for end, value in (("lowest", year.lowest), ("highest", year.highest)):
        if value is not None:
            values.append((f"Statistical neighbours, {end}", value, figure(comparator.measure, value, year.ends_decimals)))
    return values
