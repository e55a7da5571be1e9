"""What time the data covers, worked out from what was loaded: pure functions of sources and dates.

A period is told only where the data covers it. Otherwise a return makes false zeros before it, and false improvement after it.
Intervals are half-open; None is without a beginning, or without an end.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from config.coverage import NAMES

DATASET_YEARS = 6
"""So far back from the as-at date a Standard Safeguarding Dataset goes."""
LONGEST_GAP = 366
"""An extract begins after the last time that two neighbouring dates are further apart than so many days."""

Interval = tuple[datetime.date | None, datetime.date | None]
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Extract:
    """A table of local extracts that was provided: the dates of the rows that were loaded, and whether there were any rows."""

    dates: Collection[datetime.date]
    has_rows: bool


@dataclass(frozen=True)
class Known:
    """What was provided of one name.

    `years`: the collection years (the calendar years in which they end) of the returns that have its table. `dataset`: whether a Standard
    Safeguarding Dataset has it. `return_has_rows`: whether any row was loaded from either. `extracts`: one for each extract table of the
    name. A table of which rows were read and none loaded is not provided, and not named here.
    """

    years: Collection[int] = ()
    dataset: bool = False
    return_has_rows: bool = True
    extracts: Collection[Extract] = field(default_factory=tuple)


def coverage_of(known: Mapping[str, Known], as_at: datetime.date) -> dict[str, list[Interval]]:
    """The merged intervals of every name in NAMES; none for a name of which nothing was provided.

    Of `arrangements` the extract counts only where no return and no dataset has any.
    """
    return {name: _covered(known.get(name, Known()), as_at, either=name == "arrangements") for name in NAMES}


def _covered(known: Known, as_at: datetime.date, *, either: bool) -> list[Interval]:
    returned = [*(_year(year, as_at) for year in known.years), *([_dataset(as_at)] if known.dataset else [])]
    if either and returned and known.return_has_rows:
        return merged(returned)
    rows_elsewhere = [extract.has_rows for extract in known.extracts]
    has_rows = any(rows_elsewhere) or (bool(returned) and known.return_has_rows)
    return merged([*returned, *(interval for extract in known.extracts for interval in _extract(extract, as_at, has_rows=has_rows))])


def _year(year: int, as_at: datetime.date) -> Interval:
    """A return's collection year, up to and with the as-at date."""
    return datetime.date(year - 1, 4, 1), min(datetime.date(year, 4, 1), as_at + _DAY)


def _dataset(as_at: datetime.date) -> Interval:
    leap_day = (as_at.month, as_at.day) == (2, 29)  # six years before one is never one
    day = datetime.date(as_at.year - DATASET_YEARS, 3, 1) if leap_day else as_at.replace(year=as_at.year - DATASET_YEARS)
    return day, as_at + _DAY


def _extract(extract: Extract, as_at: datetime.date, *, has_rows: bool) -> list[Interval]:
    """From the month of the earliest date, or of the first after the last long gap, to the as-at date.

    Without a row nothing happened at any time, unless another table of the name has rows (`has_rows`).
    """
    if not extract.has_rows:
        return [] if has_rows else [(None, None)]
    dates = sorted({date for date in extract.dates if date <= as_at})
    if not dates:
        return []
    begins = dates[0]
    for before, after in itertools.pairwise(dates):
        if (after - before).days > LONGEST_GAP:
            begins = after
    return [(begins.replace(day=1), as_at + _DAY)]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The union, in order; intervals that overlap or touch become one, and empty ones vanish."""
    found: list[tuple[datetime.date, datetime.date]] = []
    for start, end in sorted((start or datetime.date.min, end or datetime.date.max) for start, end in intervals):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return [(None if start == datetime.date.min else start, None if end == datetime.date.max else end) for start, end in found]


def overridden(
    intervals: Mapping[str, Sequence[Interval]], said: Mapping[str, tuple[datetime.date | None, datetime.date | None]],
    as_at: datetime.date,
) -> dict[str, list[Interval]]:
    """The intervals, and for the names in `said` one from its first to its last day, both included.

    Without a first day, the beginning that was worked out stays; without a last one it is the as-at date. A name that nothing was loaded
    for stays uncovered.
    """
    found = {name: list(covered) for name, covered in intervals.items()}
    for name, (first, last) in said.items():
        if covered := found.get(name):
            found[name] = merged([(first or covered[0][0], (last or as_at) + _DAY)])
    return found
