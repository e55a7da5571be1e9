"""What stands beside a trend: published figures that are fair to it, and the changes of definition that it crosses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from config.cohorts import Cohort
from dashboard.figures.published import Published
from metrics.comparators.comparability import Comparator, comparator_of
from metrics.comparators.definition_changes import DefinitionChange, crossed, touching
from metrics.comparators.published import Kind, Level, Line, PublishedYear, Rank, beside, levels_by_period, lines, rank
from metrics.judgement.targets import grain_of
from metrics.judgement.trend import Trend

FILTERED = "Published figures are about whole authorities, so they are not shown while a filter leaves children out."


@dataclass(frozen=True)
class NamedLine:
    """A line with its name, and its level beside each row of the trend's frame."""

    name: str
    line: Line
    levels: tuple[Level | None, ...]

    @property
    def years(self) -> tuple[PublishedYear, ...]:
        """The published years that are drawn."""
        return tuple(year for year in self.line.years if any(level and level.year is year for level in self.levels))


    def beside(self, trend: Trend) -> PublishedYear | None:
        """The published year beside the trend's latest value, or its last period where that has none; None where none is near."""
        row = trend.latest or trend.frame.row(-1, named=True)
        found = beside(self.line, row["period_start"], row["period_end"])
        return found.year if found else None


@dataclass(frozen=True)
class Comparison:
    """`lines` are drawn and told with the words of `comparator`; `why_not` says why a measure that has one shows none now.

    `own_name` and `rank` are the authority's among its neighbours. `changes` are those that the trend crosses. `part`: the trend is
    about a part of the authority's children, those whom a manager answers for. `cohort` is who is counted.
    """

    comparator: Comparator | None = None
    lines: tuple[NamedLine, ...] = ()
    why_not: str = ""
    own_name: str = ""
    rank: Rank | None = None
    changes: tuple[DefinitionChange, ...] = ()
    part: bool = False
    cohort: Cohort = Cohort.RECORDED

    def of(self, kind: Kind) -> NamedLine | None:
        """The line of a kind, if it is shown."""
        return next((named for named in self.lines if named.line.kind == kind), None)


def comparison_of(
    trend: Trend, published: Published, filtered_by: Iterable[str] = (), *, part: bool = False, cohort: Cohort = Cohort.RECORDED,
) -> Comparison:
    """What stands beside a trend whose children are filtered by some breakdowns; `part` as in Beside."""
    by = tuple(filtered_by)
    changes = tuple(crossed_by(trend, by))
    comparator = comparator_of(trend.measure)
    if comparator is None or not trend.frame.height or not published.chosen:
        return Comparison(changes=changes)
    grain = grain_of(trend.frame["period"][0], trend.frame["period_start"][0])
    why_not = comparator.why_not_by(grain) or (FILTERED if by else "")
    if why_not:
        return Comparison(comparator, why_not=why_not, changes=changes)
    areas = {kind: published.codes(kind) for kind in published.chosen if published.codes(kind)}
    found = lines(comparator, published.values, areas)
    drawn = [NamedLine(published.name(line.kind), line, tuple(levels_by_period(line, trend.frame))) for line in found]
    ranked = rank(comparator, published.values, published.places.own, published.places.neighbours) if Kind.NEIGHBOURS in areas else None
    return Comparison(comparator, tuple(drawn), "", published.places.own_name, ranked, changes, part, cohort)


def crossed_by(trend: Trend, breakdowns: Iterable[str]) -> list[DefinitionChange]:
    """The changes of definition between the first and the last value of a trend, of its measure and of these breakdowns."""
    shown = trend.frame.filter(pl.col("value").is_not_null())
    return crossed_between(shown, touching(trend.measure, breakdowns))


def crossed_between(rows: pl.DataFrame, changes: list[DefinitionChange]) -> list[DefinitionChange]:
    """Those of the changes that rows with a period_start and a period_end lie on both sides of."""
    return crossed(changes, min(rows["period_start"].to_list()), max(rows["period_end"].to_list())) if rows.height else []
