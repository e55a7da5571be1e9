"""What time a reporting database covers, in sentences for whoever fills it from their own warehouse."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from config.coverage import NAMES
from dashboard.figures.reporting import Reporting
from dashboard.text.formatting import listing, long_date
from data_access import tables
from data_access.coverage import Interval
from data_access.engines import has_table

_DAY = datetime.timedelta(days=1)
WORKED_OUT = (
    "The table coverage is {what}, so what time is covered was worked out: each table from the first day of the month of its earliest row "
    "(of the first row after a gap of more than 366 days) to the as-at date. Where that is wrong, fill coverage with all names and their "
    "intervals, a row each: name, start_date, and end_date, the day after the last one covered. A table that stops early makes false zeros."
)
WRITTEN_DOWN = "What time is covered is what the table coverage says, and coverage.toml where it names a table."


def coverage_told(database: sa.Engine) -> list[str]:
    """Where the coverage is from, then a line for each name and authority that covers anything, and one for the names that don't."""
    reporting = Reporting(database)
    return [_origin(database), *_lines(reporting.coverage)]


def _origin(database: sa.Engine) -> str:
    with database.connect() as connection:
        if not has_table(connection, tables.coverage):
            return WORKED_OUT.format(what="missing")
        empty = connection.execute(sa.select(tables.coverage.c.name).limit(1)).first() is None
    return WORKED_OUT.format(what="empty") if empty else WRITTEN_DOWN


def _lines(coverage: Mapping[str, Mapping[str, Sequence[Interval]]]) -> Iterator[str]:
    for authority, intervals in coverage.items():
        of = f" of {authority}" if authority else ""
        for name in NAMES:
            if covered := intervals.get(name):
                yield f"{name}{of}: {', and '.join(map(_interval, covered))}."
        without = [name for name in NAMES if not intervals.get(name)]
        if without:
            yield f"Nothing is covered{of} by {listing(without)}: no measure that needs one of these is told."


def _interval(interval: Interval) -> str:
    start, end = interval
    if start is None and end is None:
        return "all time, as there is no row and nothing happened"
    begins = "from the beginning" if start is None else f"from {long_date(start)}"
    return begins if end is None else f"{begins} to {long_date(end - _DAY)}"
