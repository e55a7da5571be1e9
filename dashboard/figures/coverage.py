"""What time the data of a reporting database covers: as the load wrote it down, or else worked out from the tables' dates."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from config.coverage import coverage_said
from data_access import tables
from data_access.coverage import Extract, Interval, Known, coverage_of, merged, overridden
from data_access.engines import has_table
from metrics.summary.coverage import ONE

Dates = Mapping[str, Sequence[datetime.date]]

_PROGRAMME, _OFFERED, _STARTED = tables.programme, tables.programme.c.offered_date, tables.programme.c.start_date
_EARLIER = sa.case((sa.or_(_STARTED.is_(None), _OFFERED <= _STARTED), _OFFERED), else_=_STARTED)
_SCORES = (tables.outcome_score, tables.outcome_score.c.score_date)

DATED: dict[str, list[tuple[str, sa.Table, ColumnElement[Any]]]] = {
    "assessments": [("assessments", tables.assessment, tables.assessment.c.completed_date)],
    "programmes": [("programmes", _PROGRAMME, _EARLIER)],
    "programme_sessions": [("programme_sessions", tables.programme_session, tables.programme_session.c.session_date)],
    "outcome_scores": [("outcome_scores", *_SCORES)],
    "sdq_scores": [("outcome_scores OC2", *_SCORES)],
    "arrangements": [("Episodes care_arrangements", tables.care_arrangement, tables.care_arrangement.c.start_date)],
    "education_plans": [("education_plans", tables.education_plan, tables.education_plan.c.completed_date)],
    "attendance": [
        ("attendance", tables.attendance, tables.attendance.c.session_date),
        ("attendance_summary", tables.attendance_summary, tables.attendance_summary.c.start_date),
    ],
    "exclusions": [("exclusions", tables.exclusion, tables.exclusion.c.start_date)],
    "carer_training": [("carer_training", tables.carer_training, tables.carer_training.c.completed_date)],
    "carers": [("carers", tables.carer, tables.carer.c.start_date)],
}
"""By name: the source tables of which any has to be provided (with spaces between them), the reporting table, and the date of its rows."""


def read_coverage(
    connection: sa.Connection, as_at: datetime.date, provided: Collection[str], provided_by: Mapping[str, Collection[str]],
) -> dict[str, dict[str, list[Interval]]]:
    """The intervals of every name by authority, with what `coverage.toml` says in place of what was worked out.

    `provided_by` has the source tables of each of several authorities; it is empty where the data is that of one, which is then ONE.
    Raises ConfigError.
    """
    found = _written_down(connection, list(provided_by) or [ONE]) or {
        authority: coverage_of(_known(connection, tables_of, authority), as_at)
        for authority, tables_of in (provided_by or {ONE: provided}).items()
    }
    said = {name: (each.first, each.last) for name, each in coverage_said().items()}
    return {authority: overridden(intervals, said, as_at) for authority, intervals in found.items()}


def _written_down(connection: sa.Connection, authorities: Sequence[str]) -> dict[str, dict[str, list[Interval]]]:
    """What the table `coverage` says; nothing where it is missing or empty. A row that names no authority is each one's."""
    table = tables.coverage
    if not has_table(connection, table):
        return {}
    found: dict[str, dict[str, list[Interval]]] = {}
    columns = (table.c.name, table.c.authority, table.c.start_date, table.c.end_date)
    for name, authority, start, end in connection.execute(sa.select(*columns)):
        for whose in [authority] if authority in authorities else authorities:
            found.setdefault(whose, {}).setdefault(name, []).append((start, end))
    # A warehouse may write a row a year, and in any order.
    return {whose: {name: merged(rows) for name, rows in names.items()} for whose, names in found.items()}


def _known(connection: sa.Connection, provided: Collection[str], authority: str) -> dict[str, Known]:
    """What the tables' dates say, as they would of extracts; of PrevPerm, its collection years."""
    known = {
        name: Known(extracts=[
            _extract(connection, table, date, authority) for sources, table, date in dated if not set(sources.split()).isdisjoint(provided)
        ])
        for name, dated in DATED.items()
    }
    if "PrevPerm" in provided:
        year = tables.previous_permanence.c.collection_year
        years = connection.scalars(_of(authority, tables.previous_permanence, sa.select(year).distinct()))
        known["prev_perm"] = Known(years=list(years))
    return known


def _extract(connection: sa.Connection, table: sa.Table, date: ColumnElement[Any], authority: str) -> Extract:
    found = list(connection.scalars(_of(authority, table, sa.select(date).distinct())))
    return Extract([each for each in found if each is not None], has_rows=bool(found))


def _of(authority: str, table: sa.Table, select: sa.Select[Any]) -> sa.Select[Any]:
    """The rows of the children of an authority; of all where there is only one."""
    if authority == ONE:
        return select
    whose = tables.child_authority
    if "child_id" in table.c and table is not tables.carer_training:
        return select.join_from(table, whose, whose.c.child_id == table.c.child_id).where(whose.c.authority == authority)
    if table is tables.programme_session:
        return select.join_from(table, _PROGRAMME, _PROGRAMME.c.programme_id == table.c.programme_id).join(
            whose, whose.c.child_id == _PROGRAMME.c.child_id,
        ).where(whose.c.authority == authority)
    children = sa.select(whose.c.child_id).where(whose.c.authority == authority)
    carers = sa.select(tables.carer.c.carer_id).where(tables.carer.c.child_id.in_(children))
    return select.where(sa.or_(table.c.child_id.in_(children), table.c.carer_id.in_(carers)))
