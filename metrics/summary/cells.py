"""Cells: the additive parts of every measure of a unit, by period and every breakdown. One SELECT a unit and grain."""

from __future__ import annotations

from typing import Any

import polars as pl
import sqlalchemy as sa

from metrics.measures.kinds import Measure
from metrics.units.breakdowns import AREAS, BREAKDOWNS, EXACT_ONLY
from metrics.units.unit import CHILD_NUMBER, Scope, Unit


def keys(unit: Unit, areas: bool = False, provider: bool = False) -> tuple[str, ...]:
    """What a unit's cells are grouped by; events also by a number for each child, so that children can be counted.

    `areas`: whether the data is that of several authorities; `provider`: whether the cells are by provider, too.
    """
    groups = (*BREAKDOWNS, *(AREAS if areas else ()), *(EXACT_ONLY if provider else ()))
    return ("period", *groups, *((CHILD_NUMBER,) if unit.event else ()))


def column_name(measure: Measure, part: str) -> str:
    """The cells' column of one part of a measure."""
    return f"{measure.id}.{part}"


def columns_of(measure: Measure) -> list[str]:
    """All the cells' columns of a measure: its parts, and the sum of its record keys, which other measures may share."""
    return [*(column_name(measure, part) for part in measure.part_names), measure.key_column]


def cells_select(unit: Unit, measures: tuple[Measure, ...], scope: Scope) -> sa.Select[Any]:
    """The SELECT of a unit's cells.

    Sums are cast, because an engine's SUM of whole numbers may be a decimal.
    """
    rows = unit.rows(scope).cte(unit.name)
    groups = [unit.table.c[name] for name in keys(unit, scope.areas, scope.provider)]
    sums = [
        sa.cast(sa.func.coalesce(sa.func.sum(expression), 0), _sql_type(expression)).label(name)
        for name, expression in _sums(measures).items()
    ]
    return sa.select(*groups, *sums).select_from(unit.table).group_by(*groups).add_cte(rows)


def cells_schema(
    unit: Unit, measures: tuple[Measure, ...], areas: bool = False, provider: bool = False,
) -> dict[str, pl.DataType]:
    """The schema of those cells: text keys, whole-number sums, and float sums of scores."""
    schema: dict[str, pl.DataType] = {
        key: pl.Int64() if key == CHILD_NUMBER else pl.String() for key in keys(unit, areas, provider)
    }
    return schema | {name: pl.Float64() if _is_float(expression) else pl.Int64() for name, expression in _sums(measures).items()}


def _sums(measures: tuple[Measure, ...]) -> dict[str, sa.ColumnElement[Any]]:
    """What is added up, by column."""
    parts = {column_name(measure, part): of for measure in measures for part, of in measure.parts().items()}
    return parts | {measure.key_column: measure.record_keys() for measure in measures}


def _is_float(expression: sa.ColumnElement[Any]) -> bool:
    return isinstance(expression.type, sa.Double)


def _sql_type(expression: sa.ColumnElement[Any]) -> sa.types.TypeEngine[Any]:
    return sa.Double() if _is_float(expression) else sa.BigInteger()
