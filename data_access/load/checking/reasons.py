"""Why a row is quarantined, or a value set aside.

The sentences name the value and what is allowed, and guess the cause where it is plain.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence, Set

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.checking.specification import Kind, Rule
from data_access.load.reading.values import DAY_FIRST, FIRST_YEAR, LAST_YEAR

UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]", re.IGNORECASE)
POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}", re.IGNORECASE)
SHOWN = 30
"""Characters of a value that a reason repeats."""

SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
SERIAL = re.compile(r"[34][0-9]{4}(\.0)?")
"""An Excel day number of 1982 to 2036."""


def reasons(values: pl.Series, rule: Rule, table: spec.Table, year: int | None, dates: Sequence[str] = ()) -> pl.Series:
    """The reason for each of these values of a column, none of which can be read; null for null. `dates` are an extract's formats."""
    found = values.unique().drop_nulls()
    told = [complaint(value, values.name, rule, table, year, dates) for value in found]
    return values.replace_strict(found, pl.Series(told, dtype=pl.String), default=None, return_dtype=pl.String)


def complaint(value: str, name: str, rule: Rule, table: spec.Table, year: int | None, dates: Sequence[str] = ()) -> str:
    """What is wrong with a value of a column."""
    if UPN.fullmatch(value):
        return f"{name} holds what looks like a UPN, which is not kept, and {_expected(rule, table, year, dates)}"
    if POSTCODE.fullmatch(value):
        return f"{name} holds what looks like a postcode, which is not kept, and {_expected(rule, table, year, dates)}"
    shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
    guess = GUESSES[rule.kind](value, rule, table, year) if rule.kind in GUESSES else ""
    return f"{name} '{shown}' {_expected(rule, table, year, dates)}{f' ({guess})' if guess else ''}"


def _expected(rule: Rule, table: spec.Table, year: int | None, dates: Sequence[str]) -> str:
    if rule.kind is Kind.DATE:
        extract = " or ".join((*(dates or (DAY_FIRST,)), "YYYY-MM-DD"))
        written = "DD/MM/YYYY" if table.is_return else extract if table.is_extract else "YYYY-MM-DD"
        return f"is not a date {written} of the years {FIRST_YEAR} to {LAST_YEAR}"
    if rule.kind is Kind.FLAG:
        return "is not 0 or 1"
    if rule.kind is Kind.NUMBER:
        return "is not a number"
    if rule.kind is Kind.WHOLE:
        return "is not a whole number from 0" + (f" to {rule.highest}" if rule.highest is not None else "")
    codes = rule.codes(year or 0) if rule.codes else {}
    in_year = f" of {year - 1}/{year % 100:02d}" if year is not None else ""
    return f"is not a code{in_year}; allowed: {' '.join(_allowed(codes))}"


def _allowed(codes: spec.Codes) -> Iterable[str]:
    """The codes as a person would write them: where either case is read, in one."""
    meant = dict.fromkeys(codes.values())
    return meant if all(code.upper() in meant for code in codes) else codes


def _about_date(value: str, _rule: Rule, table: spec.Table, _year: int | None) -> str:
    slashed = SLASHED.fullmatch(value)
    if slashed:
        first, second, _ = (int(part) for part in slashed.groups())
        if first <= 12 < second <= 31:
            return "day and month the other way round"
        return ""
    if table.is_return and ISO.match(value):
        return "written as in an extract"
    return "looks like Excel's number of a day" if SERIAL.fullmatch(value) else ""


def _about_code(value: str, rule: Rule, _table: spec.Table, year: int | None) -> str:
    codes = rule.codes(year or 0) if rule.codes else {}
    return "in other letters, upper or lower case" if value.swapcase() in codes or value.upper() in codes or value.lower() in codes else ""


GUESSES: dict[Kind, Callable[[str, Rule, spec.Table, int | None], str]] = {Kind.DATE: _about_date, Kind.CODE: _about_code}


def unknown_child(ids: Iterable[str], known: Set[str], register: str) -> dict[str, str]:
    """The reason for each id that no loaded row of a register or of `children` has."""
    without_zeros = {each.lstrip("0") for each in known}
    reason = f"the child is in no loaded {register} or children row"
    return {each: reason + _about_id(each, without_zeros) for each in ids}


def _about_id(value: str, without_zeros: Set[str]) -> str:
    if UPN.fullmatch(value):
        return " (looks like a UPN)"
    return " (one with more or fewer zeros in front is)" if value.lstrip("0") in without_zeros else ""
