"""What of the reporting database a measure's own definition reads: found in its SQL, so that it can't be forgotten.

Groups are left out: they are read for every measure, and a missing value is a group of its own.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from config.cohorts import Cohort
from data_access import tables
from metrics.measures.kinds import Measure
from metrics.units.unit import Scope, Unit

SDQ, PARENTAL_SENSITIVITY = "outcome_score.sdq_total", "outcome_score.parental_sensitivity"
STATUS, PLACE = "care_arrangement.care_status", "care_arrangement.placement"
PART_OF_TABLE = {
    "sdq_score": SDQ, "parental_sensitivity_score": PARENTAL_SENSITIVITY, "parental_sensitivity_before": PARENTAL_SENSITIVITY,
    "in_care": STATUS, "care_status": STATUS, "placement": PLACE,
}
"""Columns of units that are made from a part of a table: of the scores, those of one kind, and of an arrangement, one thing."""

BREAKDOWN_READS = {
    "placement": (PLACE,), "care_status": (STATUS,), "ethnicity_group": ("child.ethnicity",), "ethnicity": ("child.ethnicity",),
    "disabled": ("child.disabled",), "mental_health_problem": ("child.mental_health_problem",),
    "disability_or_mental_health": ("child.disabled", "child.mental_health_problem"), "origin": ("child.origin",),
    "unaccompanied": ("child.unaccompanied",), "sex": ("child.sex",), "age_band": ("child.date_of_birth",), "team": ("child.team",),
}
"""What is read for each breakdown."""


@functools.cache
def reads(measure: Measure, cohort: Cohort = Cohort.RECORDED) -> frozenset[str]:
    """The reporting tables that the measure is made from, in a cohort; of the table child its columns, as 'child.date_of_birth'.

    Of other tables it may be a part: scores are 'outcome_score.sdq_total' and 'outcome_score.parental_sensitivity'. The calendar
    of periods is left out.
    """
    names = {column.name for expression in measure.expressions() for column in _columns(expression)}
    return _rows_read(measure.unit, cohort) | frozenset().union(*(_column_read(measure.unit, name, cohort) for name in names))


def overlap(one: str, other: str) -> bool:
    """Whether two of these names speak of the same data: a table and one of its columns do."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


@functools.cache
def _select(unit: Unit, cohort: Cohort) -> sa.Select[Any]:
    return unit.rows(Scope("month", datetime.date(2000, 1, 1), cohort=cohort))


@functools.cache
def _rows_read(unit: Unit, cohort: Cohort) -> frozenset[str]:
    """What decides which rows there are: where the period of a row is from."""
    return _column_read(unit, "period", cohort)


@functools.cache
def _column_read(unit: Unit, name: str, cohort: Cohort) -> frozenset[str]:
    found = _of_expression(_select(unit, cohort).selected_columns[name])
    if name in PART_OF_TABLE:
        part = PART_OF_TABLE[name]
        found = {each for each in found if each != part.partition(".")[0]} | {part}
    return frozenset(found - {"period"})


def _of_expression(expression: ColumnElement[Any]) -> set[str]:
    """What an expression reads: its columns, and what decides which rows these come from."""
    found: set[str] = set()
    for column in _columns(expression):
        table = column.table
        if table is tables.child:
            if column.name == "child_id":
                continue  # it says who, and nothing of them
            found.add(f"child.{column.name}")
        elif isinstance(table, sa.Table):
            found.add(table.name)
        elif isinstance(table, sa.CTE):
            for select in _selects(table):
                found |= _of_expression(select.selected_columns[column.name]) | _deciding(select)
    return found


def _selects(table: sa.CTE) -> list[sa.Select[Any]]:
    """The SELECTs that a common table expression is, one above the other."""
    element = table.element
    every = element.selects if isinstance(element, sa.CompoundSelect) else [element]
    return [select for select in every if isinstance(select, sa.Select)]


@functools.cache
def _deciding(select: sa.Select[Any]) -> frozenset[str]:
    """What decides which rows a SELECT has: its tables but those that are only joined on where they match, and its conditions. Kept,
    because it takes long to ask a SELECT for its tables, and most are asked often."""
    found = set[str]().union(*(_of_from(each) for each in select.get_final_froms()))
    for condition in [select.whereclause] if select.whereclause is not None else []:
        found |= _of_expression(condition)
    return frozenset(found)


def _of_from(clause: FromClause) -> frozenset[str]:
    if isinstance(clause, sa.Join):
        return _of_from(clause.left) | (frozenset() if clause.isouter else _of_from(clause.right))
    if isinstance(clause, sa.CTE):
        return frozenset().union(*(_deciding(select) for select in _selects(clause)))
    return frozenset({clause.name} if isinstance(clause, sa.Table) else ())


def _columns(expression: ColumnElement[Any]) -> Iterator[sa.ColumnClause[Any]]:
    for element in visitors.iterate(expression):
        if isinstance(element, sa.ColumnClause):
            yield element
