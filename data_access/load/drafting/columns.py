"""What a column of an unknown file holds: dates in which formats, UPNs, words and numbers; and how well it would do as one of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from rapidfuzz import fuzz

from config.code_lists import NO_WORDS, YES_WORDS, in_words, plain
from data_access.load.checking import specification as spec
from data_access.load.checking.specification import Kind
from data_access.load.reading.values import ISO, date_format, one_date

FORMATS = (
    "DD/MM/YYYY", "D/M/YYYY", "DD-MM-YYYY", "DD.MM.YYYY", "DD MMM YYYY", "D MMM YYYY", "DD-MMM-YYYY", "D-MMM-YYYY", "DD-MMM-YY",
    "D MMMM YYYY",
    "DD/MM/YYYY HH:mm", "DD/MM/YYYY HH:mm:ss", "D/M/YYYY HH:mm", "DD/MM/YY", "D/M/YY", "YYYY/MM/DD", "YYYYMMDD", "MM/DD/YYYY", "M/D/YYYY",
)
"""Formats of dates that are tried, those with the day first before those with the month first."""

DAY_FIRST, MONTH_FIRST = ("DD/MM/YYYY", "D/M/YYYY"), ("MM/DD/YYYY", "M/D/YYYY")
UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]", re.IGNORECASE)
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
LOOKED_AT = 2_000
"""Distinct values that are looked at."""

ALIKE = 85.0
"""From this likeness on, of 100, a word is taken for one of ours."""


@dataclass(frozen=True)
class Column:
    """A column of an unknown file: its name, and the distinct values that it has, the most frequent first, with how often each is there."""

    name: str
    counts: Mapping[str, int]
    rows: int

    @cached_property
    def filled(self) -> int:
        """Rows that have a value."""
        return sum(self.counts.values())

    def share(self, fits: Sequence[str]) -> float:
        """The share of the filled rows that these values have."""
        return sum(self.counts[value] for value in fits) / self.filled if self.filled else 0.0

    @cached_property
    def upns(self) -> float:
        """The share that looks like UPNs."""
        return self.share([value for value in self.counts if UPN.fullmatch(value)])

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """The formats, beside ISO, that read most of the values as dates, as few as need be."""
        left = [value for value in self.counts if not re.match(ISO, value)]
        found: list[str] = []
        wanted = [each for each in FORMATS if each not in (DAY_FIRST if self.month_first else MONTH_FIRST)]
        for each in sorted(wanted, key=lambda each: (-self.share([v for v in left if one_date(v, (each,))]), FORMATS.index(each))):
            read = [value for value in left if date_format(each).date(value)]
            if read and self.share(read) >= 0.01:
                found.append(each)
                left = [value for value in left if value not in set(read)]
        return tuple(sorted(found, key=FORMATS.index))

    @cached_property
    def month_first(self) -> bool:
        """Whether more dates are possible only with the month first than only with the day first."""
        day = {value for value in self.counts if one_date(value, DAY_FIRST)}
        month = {value for value in self.counts if one_date(value, MONTH_FIRST)}
        return self.share([*(month - day)]) > self.share([*(day - month)])

    @cached_property
    def dates(self) -> float:
        """The share that is dates."""
        return self.share([value for value in self.counts if re.match(ISO, value) or one_date(value, self.formats)])

    @cached_property
    def numbers(self) -> float:
        """The share that is numbers."""
        return self.share([value for value in self.counts if NUMBER.fullmatch(value)])

    def understood(self, words: Mapping[str, str]) -> float:
        """The share that these words, or words much like them, say."""
        return self.share([value for value in self.counts if nearest(value, words) is not None])

    def shown(self, most: int = 4) -> str:
        """A few of its values in words; none of what may be a child's name or number where it has many."""
        if not self.counts:
            return "empty"
        values = [value if len(value) <= 24 else f"{value[:24]}…" for value in list(self.counts)[:most]]
        more = len(self.counts) - len(values)
        return ", ".join(values) + (f" and {more} more" if more > 0 else "")


def column_of(name: str, values: pl.Series) -> Column:
    """A column's distinct values. Takes text."""
    text = values.str.strip_chars().replace("", None).drop_nulls()
    counts = text.value_counts(sort=True, name="_rows").head(LOOKED_AT)
    return Column(name, dict(zip(counts[values.name].to_list(), counts["_rows"].to_list(), strict=True)), len(values))


FLAGS = {**dict.fromkeys(YES_WORDS, "1"), **dict.fromkeys(NO_WORDS, "0")}
MORE_FLAGS = {**FLAGS, "t": "1", "f": "0", "x": "1", "tick": "1", "ticked": "1", "complete": "1", "in place": "1", "present": "1",
              "not in place": "0", "none": "0", "incomplete": "0", "not recorded": ""}


def words_of(rule: spec.Rule) -> Mapping[str, str]:
    """What is understood in a coded column or one of flags, in lower case with all but letters and digits as one space."""
    if rule.kind is Kind.FLAG:
        return MORE_FLAGS
    if rule.kind is not Kind.CODE or rule.codes is None:
        return {}
    return dict(rule.codes(0)) if rule.exact else in_words(rule.codes(0).values())


def nearest(value: str, words: Mapping[str, str]) -> str | None:
    """What a value means: as it is said, or as something much like it is; None where nothing is."""
    if value in words:
        return words[value]
    said = plain(value)
    if said in words:
        return words[said]
    if len(said) < 4:
        return None
    best = max(words, key=lambda word: _likeness(said, word), default=None)
    return words[best] if best is not None and _likeness(said, best) >= ALIKE else None


def _likeness(said: str, word: str) -> float:
    return fuzz.token_sort_ratio(said, word) if len(word) > 3 else 0.0


def fit(column: Column, rule: spec.Rule) -> float:
    """How well a column's values do for one of ours, 0 to 1."""
    if not column.counts:
        return 0.3
    if rule.kind is Kind.DATE:
        return column.dates
    if rule.kind in (Kind.NUMBER, Kind.WHOLE):
        return column.numbers
    if rule.kind in (Kind.CODE, Kind.FLAG):
        return column.understood(words_of(rule))
    return 0.2 if column.dates > 0.8 else 0.6


def name_likeness(name: str, ours: str, names: Sequence[str]) -> float:
    """How much a column's name is like ours or what local systems call it, 0 to 100."""
    said = plain(name)
    known = [plain(ours), *names]
    exact = max(fuzz.ratio(said, each) for each in known)
    sorted_words = max(fuzz.token_sort_ratio(said, each) for each in known)
    within = max(fuzz.token_set_ratio(said, each) if len(each) > 3 else 0.0 for each in known)
    return max(exact, sorted_words, 0.85 * within)
