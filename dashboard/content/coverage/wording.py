"""What time the data covers, in words: by table, and for each measure from when to when it is told and what ends it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from config.coverage import NAMES
from dashboard.text.formatting import listing, lower_first
from metrics.measures.kinds import Measure
from metrics.summary.coverage import Covered, covers, needed

TABLES = {
    "arrangements": "Care arrangements", "sdq_scores": "SDQ scores", "prev_perm": "Previous permanence", "assessments": "Assessments",
    "programmes": "Programmes", "programme_sessions": "Programme sessions", "outcome_scores": "Outcome scores",
    "education_plans": "Education plans", "attendance": "Attendance", "exclusions": "Exclusions", "carer_training": "Carer training",
    "carers": "Carers",
}
"""The names of `config/coverage.toml` as people read them."""


@dataclass(frozen=True)
class Bar:
    """A stretch of time that a table covers: its first and its last day. `of` is the authority, where there are several."""

    table: str
    of: str
    first: datetime.date
    last: datetime.date


@dataclass(frozen=True)
class Told:
    """From when to when a measure is told: the first day of the first period and the last day of the last, and which periods between
    them are not. `why` says what it ends with, or what is lacking."""

    measure: Measure
    first: datetime.date | None
    last: datetime.date | None
    gaps: tuple[str, ...]
    why: str

    @property
    def sentence(self) -> str:
        """'Told from July 2023 to March 2026; care arrangements end there.'"""
        if self.first is None or self.last is None:
            return f"Not told: {self.why}."
        gaps = f", without {listing(self.gaps)}" if self.gaps else ""
        return f"Told from {self.first:%B %Y} to {self.last:%B %Y}{gaps}{f'; {self.why}' if self.why else ''}."


def bars(covered: Covered, as_at: datetime.date) -> list[Bar]:
    """What each table covers, in the tables' order. One without a beginning begins with the earliest day that any table has."""
    starts = [start for each in covered.by_authority.values() for found in each.values() for start, _ in found if start]
    earliest = min(starts, default=as_at.replace(day=1))
    day = datetime.timedelta(days=1)
    return [
        Bar(TABLES[name], authority, start or earliest, min(end - day, as_at) if end else as_at)
        for authority, intervals in covered.by_authority.items() for name in NAMES for start, end in intervals.get(name, ())
    ]


def told(measure: Measure, covered: Covered, periods: pl.DataFrame) -> Told:
    """When a measure is told, of periods (label, start_date, period_end) in time order."""
    labels = covered.periods(measure, periods)
    rows = periods.select("label", "start_date", "period_end").rows()
    there = [index for index, (label, _, _) in enumerate(rows) if label in labels]
    if not there:
        return Told(measure, None, None, (), _lacking(measure, covered))
    first, last = there[0], there[-1]
    gaps = tuple(rows[index][0] for index in range(first, last) if index not in there)
    why = "" if last == len(rows) - 1 else _ends(measure, covered, rows[last + 1][1], rows[last + 1][2])
    return Told(measure, rows[first][1], rows[last][2], gaps, why)


def _lacking(measure: Measure, covered: Covered) -> str:
    needs = needed(measure, covered.cohort, covered.provided)
    without = [each.table for each in needs if not any(found.get(each.table) for found in covered.by_authority.values())]
    return f"nothing was loaded of {_names(without)}" if without else "what was loaded does not reach back far enough"


def _ends(measure: Measure, covered: Covered, start: datetime.date, end: datetime.date) -> str:
    """The tables that do not cover the first period that is not told any more."""
    missing = [
        each.table for each in needed(measure, covered.cohort, covered.provided)
        if not all(covers(found.get(each.table, ()), each.first_day(start, end), end) for found in covered.by_authority.values())
    ]
    one = missing in (["attendance"], ["carer_training"], ["prev_perm"])
    return f"{_names(missing)} {'ends' if one else 'end'} there"


def _names(tables: Sequence[str]) -> str:
    return listing([lower_first(TABLES[table]) for table in tables])
