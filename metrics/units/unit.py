"""A unit: what one row of a measure's denominator is, and which facts each row has.

Measures are declared on a unit's columns. The unit's SELECT is made when cells are computed: it is a common table
expression under the same name, so that the declared expressions read from it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from config.cohorts import Cohort
from metrics.units.breakdowns import EVERY, breakdown_columns

RECORD_KEY = "record_key"
"""The column of every unit that has the record key of the row's child (see the table `child`)."""
CHILD_NUMBER = "child_number"
"""The column of a unit of events that tells children apart, of whom there may be several events."""


def fact(name: str, type_: Any, *sources: str) -> sa.Column[Any]:
    """A column of a unit. `sources` are the source tables without which it means nothing (data dictionary's names)."""
    return sa.Column(name, type_, info={"sources": sources})


@dataclass(frozen=True)
class Responsibility:
    """The children somebody answers for: those of the teams, and those placed with one of the providers on a row's date.

    None at all when both are empty.
    """

    teams: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()


Arrangements = tuple[tuple[str, tuple[tuple[datetime.date | None, datetime.date | None], ...]], ...]


@dataclass(frozen=True)
class Scope:
    """What a SELECT is made for: one period grain, up to and including the as-at date; all children, or one's own only.

    `cohort` says who is in scope, whatever attachment needs a unit asks for. `arrangements` is when care arrangements are covered, by
    authority (of one only, under ''), as half-open intervals; None where that is always. Outside, groups by placement and care status are
    not recorded. `first` leaves out the periods that begin before it.

    `areas`: whether the data is that of several authorities, so that there is a breakdown by region and by authority. There is none by
    team then, because teams are an authority's own. `provider`: whether each row has the provider of the child's placement.
    """

    grain: str
    as_at: datetime.date
    responsibility: Responsibility | None = None
    areas: bool = False
    cohort: Cohort = Cohort.RECORDED
    arrangements: Arrangements | None = None
    first: datetime.date | None = None
    provider: bool = False


@dataclass(frozen=True, eq=False)
class Unit:
    """One row is one `singular` in one period.

    `rows` gives the SELECT: the period's label, every breakdown, the child's record key and every fact, by name.
    """

    name: str
    singular: str
    plural: str
    event: bool
    columns: Sequence[sa.Column[Any]]
    rows: Callable[[Scope], sa.Select[Any]]
    table: sa.Table = field(init=False)

    def __post_init__(self) -> None:
        table = sa.Table(
            self.name, sa.MetaData(), sa.Column("period", sa.String, nullable=False), *breakdown_columns(),
            sa.Column(RECORD_KEY, sa.BigInteger, nullable=False), *self.columns,
        )
        object.__setattr__(self, "table", table)

    @property
    def c(self) -> Any:
        """The columns that measures are declared on."""
        return self.table.c

    @property
    def facts(self) -> list[str]:
        """The names of the facts, without period, breakdowns and keys."""
        return [column.name for column in self.table.c if column.name not in ("period", RECORD_KEY, *EVERY)]
