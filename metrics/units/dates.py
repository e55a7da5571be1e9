"""Date arithmetic that SQLAlchemy renders for every engine: days are whole, dates have no time."""

from __future__ import annotations

import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import GenericFunction

FAR_FUTURE = datetime.date(9999, 12, 31)
"""Stands for an end that has not come, so that intervals compare without nulls."""


class PlusDays(GenericFunction[datetime.date]):
    """A date and a number of days (may be negative) to a date."""

    type = sa.Date()
    inherit_cache = True
    name = "plus_days"


class DaysBetween(GenericFunction[int]):
    """The days from the first date to the second; negative when the second is earlier."""

    type = sa.Integer()
    inherit_cache = True
    name = "days_between"


@compiles(PlusDays)
def _plus_days(element: PlusDays, compiler: SQLCompiler, **options: Any) -> str:
    date, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({date} + {days})"


@compiles(PlusDays, "mssql")
def _plus_days_mssql(element: PlusDays, compiler: SQLCompiler, **options: Any) -> str:
    date, days = (compiler.process(clause, **options) for clause in element.clauses)
    return f"DATEADD(day, {days}, {date})"


@compiles(DaysBetween)
def _days_between(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({second} - {first})"


@compiles(DaysBetween, "mssql")
def _days_between_mssql(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"DATEDIFF(day, {first}, {second})"


@compiles(DaysBetween, "spark")
def _days_between_spark(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    # The difference of two dates is a length of time in Spark, not a number. The words are DuckDB's, and are carried over.
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"DATE_DIFF('day', {first}, {second})"


def plus_days(date: ColumnElement[Any], days: int | ColumnElement[Any]) -> ColumnElement[datetime.date]:
    """`date` moved by `days`."""
    return PlusDays(date, sa.literal(days, sa.Integer) if isinstance(days, int) else days)


def days_between(first: ColumnElement[Any], second: ColumnElement[Any]) -> ColumnElement[int]:
    """Whole days from `first` to `second`."""
    return DaysBetween(first, second)


def earlier(first: ColumnElement[Any], second: ColumnElement[Any] | datetime.date) -> ColumnElement[Any]:
    """The earlier of two dates that are not null."""
    return sa.case((first < second, first), else_=_date(second))


def later(first: ColumnElement[Any], second: ColumnElement[Any] | datetime.date) -> ColumnElement[Any]:
    """The later of two dates that are not null."""
    return sa.case((first > second, first), else_=_date(second))


def open_end(end_date: ColumnElement[Any]) -> ColumnElement[Any]:
    """A half-open interval's end, far in the future where it still runs."""
    return sa.func.coalesce(end_date, sa.literal(FAR_FUTURE, sa.Date))


def whole_years(birth: ColumnElement[Any], on: ColumnElement[Any]) -> ColumnElement[int]:
    """Age in whole years; someone born on 29 February turns on 1 March of a common year."""

    def month_and_day(date: ColumnElement[Any]) -> ColumnElement[Any]:
        return sa.extract("month", date) * 100 + sa.extract("day", date)

    not_yet = sa.case((month_and_day(on) < month_and_day(birth), 1), else_=0)
    return sa.cast(sa.extract("year", on) - sa.extract("year", birth) - not_yet, sa.Integer)


def eighteenth_birthday(birth: ColumnElement[Any]) -> ColumnElement[datetime.date]:
    """The day someone turns 18 (born on 29 February: 1 March); null without a birth date.

    18 years have 3, 4 or 5 leap days, and no engine's own calendar is asked.
    """
    first, second, third = (plus_days(birth, days) for days in (6573, 6574, 6575))
    return sa.case((whole_years(birth, first) >= 18, first), (whole_years(birth, second) >= 18, second), else_=third)


def _date(value: ColumnElement[Any] | datetime.date) -> ColumnElement[Any]:
    return sa.literal(value, sa.Date) if isinstance(value, datetime.date) else value
