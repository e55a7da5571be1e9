"""The kinds of measure, and how one is declared.

A measure is a frozen value: its words, its unit (what one row is), and SQLAlchemy expressions on the unit's columns.
Everything else (the SQL, the numbers, the page, the definitions) is derived from it.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnElement

from config.cohorts import Cohort
from metrics.units.unit import RECORD_KEY, Unit

NO_END = math.inf
"""The memory of a measure in which what happened once counts ever after: has a plan, was offered, was assessed."""


class DeclarationError(Exception):
    """A measure that can't be computed as declared."""


class Better(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, init=False, eq=False)
class Rows:
    """Rows of the unit, in words and as conditions that all hold. No condition: every row."""

    words: str
    conditions: tuple[ColumnElement[bool], ...]

    def __init__(self, words: str, *conditions: ColumnElement[bool]) -> None:
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "conditions", conditions)


@dataclass(frozen=True, eq=False)
class Total:
    """A number of each row, added up, in words and as an expression."""

    words: str
    of: ColumnElement[Any]


@dataclass(frozen=True)
class Needed:
    """A table that must be covered for a measure to be told (a name of `config/coverage.toml`).

    `days` is how far back it looks: from the first day of the period, or `from_last` from the last day of it that counts.
    """

    table: str
    days: int = 0
    from_last: bool = False

    def first_day(self, start: datetime.date, end: datetime.date) -> datetime.date:
        """The first day that must be covered, of a period whose first day and last day that counts these are."""
        return (end if self.from_last else start) - datetime.timedelta(days=self.days)


@dataclass(frozen=True, kw_only=True, eq=False)
class Measure:
    """What every measure has.

    `nice` says where it comes from ('NICE process measure', 'Outcome a', 'Ours: ...'); `counted` explains the fine points
    and local choices; `why` says why it matters; `reviewed` is the day its definition was last held against its source;
    `needs` says which tables must cover a period for it to be told, `no_data_in` for which cohorts it says nothing; `also_in` names
    further statements that show it. `memory_days` is how far back from the end of its period a point looks: 0 where it counts what
    happened in the period itself, NO_END where whatever happened once counts ever after. Neighbouring points whose memory is longer than
    the period count much of the same, and process control allows for it. `seasonal`: it has a rhythm of the year (school terms, the
    return's March), so that the same period a year ago is the fair comparison. `grows`: it grows with the length of the period,
    so that a target is for one length. `part_of` is the id of the measure of whose children it
    counts a part for the same outcome, so that the protected view treats its total as a group's.
    """

    id: str
    title: str
    unit: Unit
    nice: str
    denominator: Rows
    better: Better
    counted: str
    why: str
    reviewed: datetime.date = datetime.date(2026, 11, 24)
    needs: tuple[Needed, ...] = ()
    no_data_in: tuple[Cohort, ...] = ()
    also_in: tuple[int, ...] = ()
    memory_days: float = 0
    part_of: str = ""
    seasonal: bool = False
    grows: bool = False
    kind: ClassVar[str]
    percent: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not self.id.isidentifier():
            raise DeclarationError(f"A measure's id must be a plain name like 'education_plan', not {self.id!r}.")
        for column in self._columns(*self.expressions()):
            if column.table is not self.unit.table:
                raise DeclarationError(
                    f"{self.id} reads {column.table}.{column.name}, but its unit is {self.unit.table.name}, "
                    f"which has: {', '.join(self.unit.facts)}. Use one of these, or add the fact to the unit."
                )

    def parts(self) -> dict[str, ColumnElement[Any]]:
        """What of each row is added up, by name; whole numbers unless the expression is a float."""
        raise NotImplementedError

    @functools.cached_property
    def part_names(self) -> tuple[str, ...]:
        """The names of the parts, without making the expressions anew."""
        return tuple(self.parts())

    @functools.cached_property
    def key_column(self) -> str:
        """The cells' column of the sums of the record keys of the denominator's rows: the same for measures that count the same rows of
        the same sources."""
        said = [str(condition.compile(compile_kwargs={"literal_binds": True})) for condition in self.denominator.conditions]
        digest = hashlib.sha256(repr([self.unit.name, *sorted(said), *sorted(self.sources)]).encode()).hexdigest()
        return f"key.{digest[:12]}"

    def record_keys(self) -> ColumnElement[Any]:
        """The record key of each row of the denominator, otherwise 0."""
        return self._when(self.unit.table.c[RECORD_KEY])

    @property
    def most(self) -> float | None:
        """The most that its value can be, in the unit people read; None where there is no end. No value is below 0."""
        return 100.0 if self.percent else None

    @functools.cached_property
    def sources(self) -> frozenset[str]:
        """The source tables that the numerator needs; without one of them there is no value."""
        return frozenset().union(*(column.info.get("sources", ()) for column in self._columns(*self._numerator())))

    def counts(self) -> str:
        """What a child (or event) of the denominator is called, in the plural."""
        return self.unit.plural

    def _numerator(self) -> tuple[ColumnElement[Any], ...]:
        raise NotImplementedError

    def expressions(self) -> tuple[ColumnElement[Any], ...]:
        """Every expression that the measure is declared with."""
        return (*self.denominator.conditions, *self._numerator())

    @staticmethod
    def _columns(*expressions: ColumnElement[Any]) -> Iterator[sa.Column[Any]]:
        for expression in expressions:
            for element in visitors.iterate(expression):
                if isinstance(element, sa.Column):
                    yield element

    def _when(self, value: ColumnElement[Any] | int, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        """`value` for rows of the denominator that also meet the conditions, otherwise 0."""
        every = (*self.denominator.conditions, *conditions)
        return sa.case((sa.and_(*every), value), else_=0) if every else _expression(value)


@dataclass(frozen=True, kw_only=True, eq=False)
class Proportion(Measure):
    """A share of the denominator's rows. The numerator can only narrow the denominator."""

    kind: ClassVar[str] = "proportion"
    percent: ClassVar[bool] = True
    numerator: Rows

    def parts(self) -> dict[str, ColumnElement[Any]]:
        return {"denominator": self._when(1), "numerator": self._when(1, *self.numerator.conditions)}

    def _numerator(self) -> tuple[ColumnElement[Any], ...]:
        return self.numerator.conditions


@dataclass(frozen=True, kw_only=True, eq=False)
class Rate(Measure):
    """Events for each `per` of an exposure, over the denominator's rows."""

    kind: ClassVar[str] = "rate"
    events: Total
    exposure: Total
    per: int
    per_words: str

    def parts(self) -> dict[str, ColumnElement[Any]]:
        return {"denominator": self._when(self.exposure.of), "numerator": self._when(self.events.of), "children": self._when(1)}

    def _numerator(self) -> tuple[ColumnElement[Any], ...]:
        return (self.events.of,)

    def expressions(self) -> tuple[ColumnElement[Any], ...]:
        return (*super().expressions(), self.exposure.of)


@dataclass(frozen=True, kw_only=True, eq=False)
class Mean(Measure):
    """The mean of a score over the denominator's rows; a score runs from 0 to `highest_score`, if it has an end."""

    kind: ClassVar[str] = "mean"
    score: Total
    highest_score: float | None = None

    @property
    def most(self) -> float | None:
        return self.highest_score

    def parts(self) -> dict[str, ColumnElement[Any]]:
        score = sa.cast(self.score.of, sa.Double)
        return {"denominator": self._when(1), "numerator": self._when(score), "squares": self._when(score * score)}

    def _numerator(self) -> tuple[ColumnElement[Any], ...]:
        return (self.score.of,)


@dataclass(frozen=True, kw_only=True, eq=False)
class RatioOfTotals(Measure):
    """One total over another, both added over children, who are the clusters of its interval."""

    kind: ClassVar[str] = "ratio_of_totals"
    percent: ClassVar[bool] = True
    over: Total
    under: Total

    def parts(self) -> dict[str, ColumnElement[Any]]:
        over, under = self.over.of, self.under.of
        return {
            "denominator": self._when(under), "numerator": self._when(over), "children": self._when(1),
            "over_squares": self._when(over * over), "under_squares": self._when(under * under), "products": self._when(over * under),
        }

    def _numerator(self) -> tuple[ColumnElement[Any], ...]:
        return (self.over.of,)

    def expressions(self) -> tuple[ColumnElement[Any], ...]:
        return (*super().expressions(), self.under.of)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A structure measure: NICE asks for evidence of local arrangements, not for a number."""

    id: str
    words: str
    label: str = "structure"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A quality statement: NICE's words, why it matters in ours, and its structure measures."""

    number: int
    title: str
    words: str
    why: str
    structure: tuple[Evidence, ...] = field(default_factory=tuple)


def _expression(value: ColumnElement[Any] | int) -> ColumnElement[Any]:
    return sa.literal(value) if isinstance(value, int) else value
