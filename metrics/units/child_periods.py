"""The child-period: a child in scope on at least one day of a period, as of the last such day.

Facts come in groups, each one common table expression joined to the child-periods; a unit names the groups its measures
need. Joins are on (period, child_id), (child_id, on_date) or child_id alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from data_access.tables import child
from metrics.units import facts, scopes
from metrics.units.common import arrangements_on, days_in_care, grouped, in_scope, periods
from metrics.units.context import Context
from metrics.units.dates import earlier, later, plus_days, whole_years
from metrics.units.unit import Scope, Unit, fact


@dataclass(frozen=True)
class FactGroup:
    """Facts found by one query: the columns it gives, and the query."""

    columns: tuple[sa.Column[Any], ...]
    query: Callable[[Context], sa.CTE]


ASSESSED = FactGroup((fact("last_assessed_on", sa.Date, "assessments"),), facts.last_assessed)
VIDEO_FEEDBACK = FactGroup(
    (
        fact("video_feedback_first_offered_on", sa.Date, "programmes"),
        fact("video_feedback_first_session_on", sa.Date, "programmes", "programme_sessions"),
    ),
    facts.video_feedback,
)
SDQ = FactGroup((fact("sdq_score", sa.Double),), facts.latest_sdq)
PARENTAL_SENSITIVITY = FactGroup(
    (fact("parental_sensitivity_score", sa.Double), fact("parental_sensitivity_before", sa.Double)), facts.parental_sensitivity,
)
EDUCATION_PLAN = FactGroup(
    (
        fact("plan_completed_on", sa.Date, "education_plans"),
        fact("plan_parts", sa.Integer, "education_plans", "education_plan_parts"),
    ), facts.latest_plan,
)
ATTENDANCE = FactGroup((fact("possible_sessions", sa.Integer), fact("attended_sessions", sa.Integer)), facts.attendance)
EXCLUSIONS = FactGroup(
    (fact("suspensions", sa.Integer, "exclusions"), fact("permanent_exclusions", sa.Integer, "exclusions")), facts.exclusions,
)
CARE_DAYS = FactGroup((fact("days_in_care", sa.Integer),), facts.care_days)
BREAKDOWNS = FactGroup((fact("placements_broken_down", sa.Integer),), facts.breakdowns)
PLACEMENT_MOVES = FactGroup((fact("placements_in_last_year", sa.Integer),), facts.placements_in_last_year)
CARER_TRAINING = FactGroup(
    (fact("carer_trained_on", sa.Date, "carer_training"), fact("carer_trained_before_placement_on", sa.Date, "carer_training")),
    facts.carer_training,
)


def _child_periods(within: sa.CTE, needs: sa.CTE) -> sa.CTE:
    """period, child_id, on_date (the last day of the period in scope), first_date and last_date (of the period)."""
    return (
        sa.select(
            within.c.label.label("period"), needs.c.child_id,
            sa.func.max(earlier(plus_days(needs.c.end_date, -1), within.c.last_date)).label("on_date"),
            within.c.start_date.label("first_date"), within.c.last_date,
        )
        .select_from(within.join(needs, sa.and_(needs.c.start_date <= within.c.last_date, needs.c.end_date > within.c.start_date)))
        .group_by(within.c.label, needs.c.child_id, within.c.start_date, within.c.last_date)
        .cte("child_periods")
    )


def _days_in_scope(within: sa.CTE, needs: sa.CTE) -> sa.CTE:
    """period, child_id, start_date, end_date: the days in scope, cut to each period, as half-open intervals; and period_days, the
    length of the whole period."""
    return (
        sa.select(
            within.c.label.label("period"), needs.c.child_id, within.c.days.label("period_days"),
            later(needs.c.start_date, within.c.start_date).label("start_date"),
            earlier(needs.c.end_date, plus_days(within.c.last_date, 1)).label("end_date"),
        )
        .select_from(within.join(needs, sa.and_(needs.c.start_date <= within.c.last_date, needs.c.end_date > within.c.start_date)))
        .cte("days_in_scope")
    )


def _rows(scope: Scope, statuses: tuple[str, ...], groups: tuple[FactGroup, ...]) -> sa.Select[Any]:
    within, needs = periods(scope), in_scope(statuses, scope.cohort)
    points = _child_periods(within, needs)
    dates = sa.select(points.c.child_id, points.c.on_date).distinct().cte("dates")
    arrangement = arrangements_on(dates, "arrangement")
    placed = facts.placement_start(arrangement)
    context = Context(scope, points, dates, _days_in_scope(within, needs), arrangement, placed, days_in_care())
    joined: FromClause = points
    for fact_table in (arrangement, placed):
        joined = joined.outerjoin(fact_table, _matches(points, fact_table))
    columns: list[ColumnElement[Any]] = [
        points.c.on_date,
        whole_years(child.c.date_of_birth, points.c.on_date).label("age"),
        sa.func.coalesce(arrangement.c.in_care, 0).label("in_care"),
        sa.case((points.c.on_date == points.c.last_date, 1), else_=0).label("in_scope_on_last_day"),
        placed.c.placement_started_on,
    ]
    for group in groups:
        fact_table = group.query(context)
        joined = joined.outerjoin(fact_table, _matches(points, fact_table))
        columns += [fact_table.c[column.name] for column in group.columns]
    return grouped(scope, points, columns, joined, arrangement)


def _matches(points: FromClause, fact_table: FromClause) -> ColumnElement[bool]:
    """The join of a fact to the child-periods, on whichever of their keys it has."""
    keys = [name for name in ("period", "child_id", "on_date") if name in fact_table.c]
    return sa.and_(*(fact_table.c[name] == points.c[name] for name in keys))


def _unit(name: str, plural: str, statuses: tuple[str, ...], *groups: FactGroup) -> Unit:
    columns = [
        fact("on_date", sa.Date), fact("age", sa.Integer), fact("in_care", sa.Integer), fact("in_scope_on_last_day", sa.Integer),
        fact("placement_started_on", sa.Date),
    ]
    return Unit(
        name=name, singular=plural.replace("children", "child", 1), plural=plural, event=False,
        columns=columns + [sa.Column(column.name, column.type, info=column.info) for group in groups for column in group.columns],
        rows=lambda scope: _rows(scope, statuses, groups),
    )


CHILDREN_ANY = _unit(
    "children_any", "children who may have, are at risk of or have attachment difficulties", scopes.ANY, ASSESSED,
)
CHILDREN_RISK = _unit(
    "children_at_risk", "children who are at risk of or have attachment difficulties", scopes.RISK,
    ASSESSED, SDQ, VIDEO_FEEDBACK, CARE_DAYS, BREAKDOWNS,
)
CHILDREN_CONFIRMED = _unit(
    "children_confirmed", "children with attachment difficulties", scopes.CONFIRMED,
    ASSESSED, SDQ, VIDEO_FEEDBACK, PARENTAL_SENSITIVITY, EDUCATION_PLAN, ATTENDANCE, EXCLUSIONS, CARE_DAYS, BREAKDOWNS, PLACEMENT_MOVES,
    CARER_TRAINING,
)
CHILDREN_WITH_MARKS = _unit("children_with_marks", "children with attachment difficulties", scopes.CONFIRMED, ATTENDANCE)
"""For the quality of the data, not for measures: it has the marks and nothing else."""
