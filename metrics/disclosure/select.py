"""What must be known to protect a unit's measures: how many children each number stands for, by period and every breakdown."""

from __future__ import annotations

from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from metrics.cells import keys
from metrics.kinds import Mean, Measure, Rate, RatioOfTotals
from metrics.unit import Scope, Unit

CHILD = "child_number"


def children_select(unit: Unit, measures: tuple[Measure, ...], scope: Scope) -> sa.Select[Any]:
    """The SELECT: the keys of the cells, for events a number for each child (it says nothing else), and of each measure
    `id.children` (rows of the denominator), `id.with` (those with the outcome, or what is counted of them) and `id.without`."""
    rows = unit.rows(scope).cte(unit.name)
    groups = [unit.table.c[name] for name in keys_of(unit, scope.areas)]
    sums = [
        sa.cast(sa.func.coalesce(sa.func.sum(expression), 0), sa.BigInteger).label(f"{measure.id}.{part}")
        for measure in measures for part, expression in _parts(measure).items()
    ]
    return sa.select(*groups, *sums).select_from(unit.table).group_by(*groups).add_cte(rows)


def children_schema(unit: Unit, measures: tuple[Measure, ...], areas: bool = False) -> dict[str, pl.DataType]:
    """The schema of what the SELECT gives."""
    types: dict[str, pl.DataType] = {key: pl.Int64() if key == CHILD else pl.String() for key in keys_of(unit, areas)}
    return types | {f"{measure.id}.{part}": pl.Int64() for measure in measures for part in _parts(measure)}


def keys_of(unit: Unit, areas: bool) -> tuple[str, ...]:
    """What the rows are grouped by."""
    return (*keys(areas), CHILD) if unit.event else keys(areas)


def _parts(measure: Measure) -> dict[str, ColumnElement[Any]]:
    parts = measure.parts()
    children = parts.get("children", parts["denominator"])
    if isinstance(measure, Mean):
        return {"children": children}
    if isinstance(measure, Rate):
        with_outcome: ColumnElement[Any] = sa.case((parts["numerator"] > 0, 1), else_=0)
        return {"children": children, "with": with_outcome, "without": children - with_outcome}
    every = parts["denominator"] if isinstance(measure, RatioOfTotals) else children
    return {"children": children, "with": parts["numerator"], "without": every - parts["numerator"]}
