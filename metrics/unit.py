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

from metrics.breakdowns import EVERY, breakdown_columns

PERIOD_COLUMNS = ("label", "start_date", "last_date")


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


@dataclass(frozen=True)
class Scope:
    """What a SELECT is made for: one period grain, up to and including the as-at date; all children, or one's own only.

    `areas`: whether the data is that of several authorities, so that there is a breakdown by region and by authority. There is none by
    team then, because teams are an authority's own.
    """

    grain: str
    as_at: datetime.date
    responsibility: Responsibility | None = None
    areas: bool = False


@dataclass(frozen=True, eq=False)
class Unit:
    """One row is one `singular` in one period.

    `rows` gives the SELECT: the period's label, every breakdown and every fact, by name.
    """

    name: str
    singular: str
    plural: str
    event: bool
    columns: Sequence[sa.Column[Any]]
    rows: Callable[[Scope], sa.Select[Any]]
    table: sa.Table = field(init=False)

    def __post_init__(self) -> None:
        table = sa.Table(self.name, sa.MetaData(), sa.Column("period", sa.String, nullable=False), *breakdown_columns(), *self.columns)
        object.__setattr__(self, "table", table)

    @property
    def c(self) -> Any:
        """The columns that measures are declared on."""
        return self.table.c

    @property
    def facts(self) -> list[str]:
        """The names of the facts, without period and breakdowns."""
        return [column.name for column in self.table.c if column.name != "period" and column.name not in EVERY]
