"""What is written in a column to what it means: dates in their formats, and words for codes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from config.code_lists import plain

DAY_FIRST = "DD/MM/YYYY"
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Years that a date may be in: what is before or after is a slip of the pen, and would stretch every calendar."""

LONG = 20_000
"""Rows from which on it is quicker to read each value of a column once, however often it is there."""

_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?( ?Z|[+-][0-9]{2}:?[0-9]{2})?"
ISO = rf"^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})([T ]{_TIME})?$"
"""A date as ISO 8601 writes it, with or without a time of day, which is dropped."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = "january|february|march|april|may|june|july|august|september|october|november|december"
TOKENS = {
    "YYYY": r"(?P<year>[0-9]{4})", "YY": r"(?P<short>[0-9]{2})", "MMMM": rf"(?P<name>{_MONTH_NAMES})",
    "MMM": rf"(?P<name>{'|'.join(MONTHS)}|sept)", "MM": r"(?P<month>[0-9]{2})", "M": r"(?P<month>[0-9]{1,2})",
    "DD": r"(?P<day>[0-9]{2})", "D": r"(?P<day>[0-9]{1,2})", "HH": "([01][0-9]|2[0-3])", "mm": "[0-5][0-9]", "ss": "[0-5][0-9]",
}
"""The parts of a date's format, and what each of them matches."""

_PARTS = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DD|D|HH|mm|ss|[A-Za-z]|[^A-Za-z]")
SHORT_YEARS_TO = 68
"""A year of two digits up to this one is of the years from 2000 on, a later one is before 2000, as POSIX has it."""


class UnknownFormat(Exception):
    """A date's format that has no meaning; the message says what it has to have."""


@dataclass(frozen=True)
class Format:
    """A way to write a date: its name, and the pattern that it is. `swapped` is the same with day and month the other way round."""

    written: str
    pattern: re.Pattern[str]

    @property
    def swapped(self) -> str | None:
        """None where the month is a name."""
        parts = _PARTS.findall(self.written)
        if any(part in ("MMM", "MMMM") for part in parts):
            return None
        return "".join({"DD": "MM", "D": "M", "MM": "DD", "M": "D"}.get(part, part) for part in parts)

    def date(self, text: str) -> datetime.date | None:
        """The date that a text says, if it is one in this format."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        found = match.groupdict()
        if found.get("year") is None:
            short = int(found["short"])
            year = short + (2000 if short <= SHORT_YEARS_TO else 1900)
        else:
            year = int(found["year"])
        month = MONTHS.index(found["name"].lower()[:3]) + 1 if found.get("name") else int(found["month"])
        try:
            return datetime.date(year, month, int(found["day"])) if FIRST_YEAR <= year <= LAST_YEAR else None
        except ValueError:
            return None


@lru_cache(maxsize=128)
def date_format(written: str) -> Format:
    """The format that is written as DD/MM/YYYY or D MMM YYYY. Raises UnknownFormat."""
    parts = _PARTS.findall(written)
    letters = [part for part in parts if part.isalpha() and part not in TOKENS and part != "T"]
    groups = ["".join(part[0] for part in parts if part in TOKENS and part[0] == letter) for letter in "YMD"]
    if letters or not all(groups) or sum(part[0] in "YMD" for part in parts if part in TOKENS) != 3:
        raise UnknownFormat(
            f"{written!r} is no format of a date. Write it with D or DD, M, MM, MMM or MMMM, and YYYY or YY, such as D MMM YYYY."
        )
    return Format(written, re.compile("".join(TOKENS.get(part) or re.escape(part) for part in parts), re.IGNORECASE))


def as_date(text: pl.Expr, date_format: str) -> pl.Expr:
    """Text to dates; null for what is not in the format, not in the calendar, or in a year that no date is of."""
    shape = r"^[0-9]{2}/[0-9]{2}/[0-9]{4}$" if date_format == "%d/%m/%Y" else r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    date = pl.when(text.str.contains(shape)).then(text).str.to_date(date_format, strict=False)
    return pl.when(date.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(date)


def read_dates(text: pl.Series, formats: Sequence[str], long: int = LONG) -> pl.Series:
    """Text to dates: ISO, with or without a time, or one of the formats, in their order; null for what is none."""
    if text.len() < long:
        return _dates(text, formats)
    values = text.unique().drop_nulls()
    return text.replace_strict(values, _dates(values, formats), default=None, return_dtype=pl.Date())


def _dates(text: pl.Series, formats: Sequence[str]) -> pl.Series:
    written = text.str.extract(ISO, 1).str.to_date("%Y-%m-%d", strict=False)
    dates = pl.select(pl.when(written.dt.year().is_between(FIRST_YEAR, LAST_YEAR)).then(written)).to_series().alias(text.name)
    left = text.filter(dates.is_null() & text.is_not_null()).unique()
    if left.is_empty():
        return dates
    known = [(value, date) for value in left if (date := one_date(value, formats)) is not None]
    if not known:
        return dates
    others = text.replace_strict([value for value, _ in known], [date for _, date in known], default=None, return_dtype=pl.Date())
    return dates.zip_with(dates.is_not_null(), others)


def one_date(text: str, formats: Sequence[str]) -> datetime.date | None:
    """The date that a text says in the first of the formats that fits."""
    return next((date for each in formats if (date := date_format(each).date(text)) is not None), None)


def month_first(text: pl.Series, formats: Sequence[str]) -> tuple[list[str], bool]:
    """The values that are possible only with the month first, and whether another is possible only with the day first.

    None where one of the formats is month first itself: then that is meant.
    """
    swapped = [other for each in formats if (other := date_format(each).swapped) and other not in formats]
    # Nearly every column is ISO, and then there is nothing to look at.
    left = text.filter(~text.str.contains(ISO).fill_null(True)).unique() if swapped else text.clear()
    turned, day_first = list[str](), False
    for value in left:
        as_meant, as_turned = one_date(value, formats), one_date(value, swapped)
        if as_meant is None and as_turned is not None:
            turned.append(value)
        day_first = day_first or (as_meant is not None and as_turned is None and _has_numbers_only(value))
    return turned, day_first


def _has_numbers_only(value: str) -> bool:
    return not any(sign.isalpha() for sign in value)


def said(text: pl.Expr, meanings: Mapping[str, int] | Mapping[str, str], kind: pl.DataType) -> pl.Expr:
    """What words mean that are compared in lower case, all but letters and digits being one space; null for others."""
    spoken = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    return spoken.replace_strict(list(meanings), list(meanings.values()), default=None, return_dtype=kind)


def name_of(column: str) -> str:
    """A column's name, the same in any case and with spaces or underscores."""
    return plain(column).replace(" ", "_")
