"""Cells: the additive parts of every measure of a unit, by period and every breakdown. One SELECT a unit and grain."""

from __future__ import annotations

from typing import Any

import polars as pl
import sqlalchemy as sa

from metrics.breakdowns import BREAKDOWNS, EVERY
from metrics.kinds import Measure
from metrics.unit import Scope, Unit


def keys(areas: bool = False) -> tuple[str, ...]:
    """What cells are grouped by. `areas`: whether the data is that of several authorities."""
    return ("period", *(EVERY if areas else BREAKDOWNS))


def column_name(measure: Measure, part: str) -> str:
    """The cells' column of one part of a measure."""
    return f"{measure.id}.{part}"


def cells_select(unit: Unit, measures: tuple[Measure, ...], scope: Scope) -> sa.Select[Any]:
    """The SELECT of a unit's cells.

    Sums are cast, because an engine's SUM of whole numbers may be a decimal.
    """
    rows = unit.rows(scope).cte(unit.name)
    groups = [unit.table.c[name] for name in keys(scope.areas)]
    sums = [
        sa.cast(sa.func.coalesce(sa.func.sum(expression), 0), _sql_type(expression)).label(column_name(measure, part))
        for measure in measures for part, expression in measure.parts().items()
    ]
    return sa.select(*groups, *sums).select_from(unit.table).group_by(*groups).add_cte(rows)


def cells_schema(measures: tuple[Measure, ...], areas: bool = False) -> dict[str, pl.DataType]:
    """The schema of those cells: text keys, whole-number sums, and float sums of scores."""
    schema: dict[str, pl.DataType] = {key: pl.String() for key in keys(areas)}
    for measure in measures:
        for part, expression in measure.parts().items():
            schema[column_name(measure, part)] = pl.Float64() if _is_float(expression) else pl.Int64()
    return schema


def _is_float(expression: sa.ColumnElement[Any]) -> bool:
    return isinstance(expression.type, sa.Double)


def _sql_type(expression: sa.ColumnElement[Any]) -> sa.types.TypeEngine[Any]:
    return sa.Double() if _is_float(expression) else sa.BigInteger()
