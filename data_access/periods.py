"""The periods of every grain, as rows, so that no query needs a dialect's calendar."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator

import polars as pl

FIRST_CREDIBLE = datetime.date(1990, 1, 1)
"""No period before this day is made: an earlier date is a slip of the keyboard, and one in the year 200 would make 20,000 months."""

TERM_STARTS = ((1, 1, "Spring"), (4, 16, "Summer"), (9, 1, "Autumn"))
SCHEMA = {"grain": pl.String, "label": pl.String, "start_date": pl.Date, "last_date": pl.Date}

Start = tuple[str, datetime.date]


def periods(first: datetime.date, as_at: datetime.date) -> pl.DataFrame:
    """Every month, quarter, term and year from the one that holds `first` (1990 at the earliest) to the one that holds `as_at`.

    Columns: grain (month, quarter, term, year), label, start_date, last_date (the period's last day, included, also
    when the as-at date falls before it). Labels: `2026-04`, `2026-27 Q1`, `2026-27`, `2026 Summer`.
    """
    first = min(max(first, FIRST_CREDIBLE), as_at)
    years = range(first.year - 1, as_at.year + 2)
    rows = []
    for grain, starts in (("month", _months), ("quarter", _quarters), ("term", _terms), ("year", _years)):
        labelled = [start for year in years for start in starts(year)]
        for (label, start), (_, following) in itertools.pairwise(labelled):
            if start <= as_at and following > first:
                rows.append((grain, label, start, following - datetime.timedelta(days=1)))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _months(year: int) -> Iterator[Start]:
    for month in range(1, 13):
        yield f"{year}-{month:02d}", datetime.date(year, month, 1)


def _quarters(year: int) -> Iterator[Start]:
    for number, month in ((4, 1), (1, 4), (2, 7), (3, 10)):
        yield f"{_financial(year - (month == 1))} Q{number}", datetime.date(year, month, 1)


def _years(year: int) -> Iterator[Start]:
    yield _financial(year), datetime.date(year, 4, 1)


def _terms(year: int) -> Iterator[Start]:
    for month, day, name in TERM_STARTS:
        yield f"{year} {name}", datetime.date(year, month, day)


def _financial(year: int) -> str:
    """The label of the financial year that begins in a calendar year."""
    return f"{year}-{(year + 1) % 100:02d}"
