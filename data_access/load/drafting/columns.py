"""What a column of an unknown file holds: dates in which formats, UPNs, words and numbers; and how well it would do as one of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from rapidfuzz import fuzz

from config.code_lists import plain
from data_access.load.checking import specification as spec
from data_access.load.checking.reasons import SERIAL
from data_access.load.checking.specification import Kind
from data_access.load.drafting.words import OPPOSITE, STILL_RUNS, words_of
from data_access.load.reading.values import ISO, date_format, one_date

DAY_FIRST = ("DD/MM/YYYY", "D/M/YYYY", "DD/MM/YY", "D/M/YY", "DD/MM/YYYY HH:mm", "DD/MM/YYYY HH:mm:ss", "D/M/YYYY HH:mm")
MONTH_FIRST = ("MM/DD/YYYY", "M/D/YYYY", "MM/DD/YY", "M/D/YY", "MM/DD/YYYY HH:mm", "MM/DD/YYYY HH:mm:ss", "M/D/YYYY HH:mm")
FORMATS = (
    *DAY_FIRST, "DD-MM-YYYY", "D-M-YYYY", "DD-MM-YY", "DD-MM-YYYY HH:mm", "DD.MM.YYYY", "D.M.YYYY", "DD.MM.YY", "D.M.YY", "DD MM YYYY",
    "DD MMM YYYY", "D MMM YYYY", "DD MMM YY", "D MMM YY", "DD-MMM-YYYY", "D-MMM-YYYY", "DD-MMM-YY", "D-MMM-YY", "DD/MMM/YYYY",
    "DD MMM YYYY HH:mm", "DD MMM YYYY HH:mm:ss", "DD-MMM-YYYY HH:mm", "DD-MMM-YYYY HH:mm:ss", "D MMMM YYYY", "D MMMM, YYYY", "D-MMMM-YYYY",
    "MMM D, YYYY", "MMMM D, YYYY", "YYYY/MM/DD", "YYYY/MM/DD HH:mm:ss", "YYYY.MM.DD", "YYYYMMDD", *MONTH_FIRST,
)
"""Formats of dates that are tried, those with the day first before those with the month first."""

LIKE_A_DATE = re.compile(r"[0-9]{8}|.*[0-9]{1,4}[-/. ]([0-9]{1,2}|[A-Za-z]{3,9})[-/., ]+[0-9]{2,4}.*|[A-Za-z]{3,9} [0-9]{1,2}, [0-9]{4}")
UPN = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]", re.IGNORECASE)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where the next word of a name such as DateOfBirth begins."""

NUMBER = re.compile(r"[0-9]+([.,][0-9]+)?")
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
        return self.share([value for value in self.counts if UPN.fullmatch(value.replace(" ", ""))])

    @cached_property
    def formats(self) -> tuple[str, ...]:
        """The formats, beside ISO, that read most of the values as dates, as few as need be."""
        left = [value for value in self.counts if LIKE_A_DATE.fullmatch(value) and not re.match(ISO, value)]
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
    def serials(self) -> float:
        """The share that is Excel's numbers of days, which a text does not tell from other numbers: they are not read as dates."""
        return self.share([value for value in self.counts if SERIAL.fullmatch(value)])

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


def nearest(value: str, words: Mapping[str, str]) -> str | None:
    """What a value means: as it is said, or as something much like it is; None where nothing is."""
    if value in words:
        return words[value]
    said = plain(value)
    if said in words:
        return words[said]
    if len(said) < 4:
        return None
    for part in (said.split()[0], said.split()[-1]):  # 'WBRI - White British', 'White British (WBRI)'
        if len(part) >= 4 and words.get(part) == part.upper():
            return words[part]
    best = max(words, key=lambda word: _likeness(said, word), default=None)
    return words[best] if best is not None and _likeness(said, best) >= ALIKE else None


def _likeness(said: str, word: str) -> float:
    alike = len(word) > 3 and len(OPPOSITE.findall(said)) == len(OPPOSITE.findall(word))
    return fuzz.token_sort_ratio(said, word) if alike else 0.0


def fit(column: Column, rule: spec.Rule) -> float:
    """How well a column's values do for one of ours, 0 to 1."""
    if not column.counts:
        return 0.3
    if rule.kind is Kind.DATE:
        return column.dates + (0.0 if rule.required else column.share([value for value in column.counts if plain(value) in STILL_RUNS]))
    if rule.kind in (Kind.NUMBER, Kind.WHOLE):
        return column.numbers
    if rule.kind in (Kind.CODE, Kind.FLAG):
        return column.understood(words_of(rule))
    return 0.2 if column.dates > 0.8 or column.numbers > 0.8 else 0.6


def name_likeness(name: str, ours: str, names: Sequence[str]) -> float:
    """How much a column's name is like ours or what local systems call it, 0 to 100."""
    said = plain(CAMEL.sub(" ", name))
    known = [plain(ours), *names]
    exact = max(fuzz.ratio(said, each) for each in known)
    sorted_words = max(fuzz.token_sort_ratio(said, each) for each in known)
    # 'Ref' has a word of 'child ref', and says not whose.
    within = max(fuzz.token_set_ratio(said, each) if len(each) > 3 and not set(said.split()) < set(each.split()) else 0.0 for each in known)
    return max(exact, sorted_words, 0.85 * within)
