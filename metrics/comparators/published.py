"""Published figures in the unit of a measure: year by year, beside the periods of a trend, and ranked.

A published frame has the columns series, year, level, area, name, region and value; a value is a number, or a symbol that is none.
"""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from metrics.comparators.comparability import Comparator
from metrics.measures.kinds import Better

CARRIED_DAYS = 3 * 365
"""For so long after its year the last published figure stands beside our periods; what is older says little of them."""


class Kind(StrEnum):
    """Whose figure it is."""

    ENGLAND = "england"
    REGION = "region"
    OWN = "own"
    NEIGHBOURS = "neighbours"


@dataclass(frozen=True)
class PublishedYear:
    """One published figure: the days of its year, both included, its value or the symbol in its place, and its decimals as published.

    For the statistical neighbours `value` is the median of the `count` that have a figure, between `lowest` and `highest`, which have
    `ends_decimals`.
    """

    start: datetime.date
    end: datetime.date
    value: float | None
    symbol: str = ""
    decimals: int = 0
    count: int = 1
    lowest: float | None = None
    highest: float | None = None
    ends_decimals: int = 0


@dataclass(frozen=True)
class Line:
    """The published years of one kind, in time order."""

    kind: Kind
    years: tuple[PublishedYear, ...]

    @property
    def latest(self) -> PublishedYear | None:
        """The last published year, whether it has a number or not."""
        return self.years[-1] if self.years else None


@dataclass(frozen=True)
class Level:
    """A published year beside a period. `carried`: the period lies after the last published year, whose figure it is."""

    year: PublishedYear
    carried: bool


@dataclass(frozen=True)
class Rank:
    """An authority's place (1 is best) among itself and the `of` - 1 statistical neighbours with a figure; `tied` with so many others."""

    year: PublishedYear
    place: int
    of: int
    tied: int


def year_days(comparator: Comparator, year: str) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a published year: '202425' ends in 2025, and so does '2025'."""
    ends = int(year) if len(year) == 4 else int(year[:4]) + 1
    month = comparator.years_end_in
    following = datetime.date(ends, month + 1, 1)
    return datetime.date(ends - 1, month + 1, 1), following - datetime.timedelta(days=1)


def lines(comparator: Comparator, published: pl.DataFrame, areas: Mapping[Kind, Sequence[str]]) -> list[Line]:
    """A line for each kind that has areas and published years; `areas` are codes."""
    rows = published.filter(pl.col("series") == comparator.series)
    found = []
    for kind, codes in areas.items():
        of = rows.filter(pl.col("area").is_in(list(codes))).sort("year", maintain_order=True)
        by_year = of.group_by("year", maintain_order=True)
        years = tuple(_year(comparator, kind, str(year), group["value"].to_list()) for (year,), group in by_year)
        if years:
            found.append(Line(kind, years))
    return found


def _year(comparator: Comparator, kind: Kind, year: str, values: Sequence[str]) -> PublishedYear:
    start, end = year_days(comparator, year)
    numbers = [comparator.value(float(text)) for text in values if is_number(text)]
    decimals = max((len(text.partition(".")[2]) for text in values if is_number(text)), default=0)
    if kind != Kind.NEIGHBOURS:
        return PublishedYear(start, end, numbers[0] if numbers else None, "" if numbers else values[0], decimals)
    if not numbers:
        return PublishedYear(start, end, None, "", decimals, 0)
    median = statistics.median(numbers)
    # Between two neighbours the median may have one decimal more than they have.
    scaled = median * (100 if comparator.measure.percent else 1) * 10**decimals
    exact = abs(scaled - round(scaled)) < 1e-6
    return PublishedYear(
        start, end, median, "", decimals if exact else decimals + 1, len(numbers), min(numbers), max(numbers), decimals,
    )


def is_number(value: str) -> bool:
    """Whether a published value is a number; a symbol never is."""
    return value.replace(".", "", 1).isdecimal()


def levels_by_period(line: Line, periods: pl.DataFrame) -> list[Level | None]:
    """For each period (period_start, period_end) the published year with most of its days, of two with as many the later.

    Periods after the last published year have its figure, carried on for CARRIED_DAYS. None: before the first year, long after the
    last, or where there is no number.
    """
    levels = [beside(line, start, end) for start, end in periods.select("period_start", "period_end").iter_rows()]
    return [level if level and level.year.value is not None else None for level in levels]


def beside(line: Line, start: datetime.date, end: datetime.date) -> Level | None:
    """The published year that stands beside a period, whether it has a number or not; None where none is near."""
    shared = [(min(end, year.end) - max(start, year.start)).days + 1 for year in line.years]
    most = max(shared, default=0)
    if most > 0:
        year = line.years[len(shared) - 1 - shared[::-1].index(most)]
        # Half of a period may lie where nothing is published yet; then the figure is not of its year.
        return Level(year, year is line.latest and 2 * most < (end - start).days + 1)
    if line.latest is None or not 0 < (start - line.latest.end).days <= CARRIED_DAYS:
        return None
    return Level(line.latest, carried=True)


def rank(comparator: Comparator, published: pl.DataFrame, own: str, neighbours: Sequence[str]) -> Rank | None:
    """The authority's place in the last year that is published of it; None without a number there, or without a neighbour's.

    Published figures are held against published figures: they are about the same children.
    """
    rows = published.filter((pl.col("series") == comparator.series) & pl.col("area").is_in([own, *neighbours]))
    year = rows.filter(pl.col("area") == own)["year"].max()
    then = rows.filter(pl.col("year") == year).select("area", "value")
    values = {area: comparator.value(float(value)) for area, value in then.iter_rows() if is_number(value)}
    if own not in values or len(values) < 2:
        return None
    sign = -1 if comparator.measure.better == Better.HIGHER else 1
    better = sum(sign * value < sign * values[own] for value in values.values())
    tied = sum(value == values[own] for area, value in values.items() if area != own)
    line = next(line for line in lines(comparator, published, {Kind.OWN: [own]}))
    return Rank(line.years[-1], better + 1, len(values), tied)
