"""Units whose rows are events: programmes that start, programmes that end, assessments completed.

They count every programme or assessment, of children in scope or not. Groups are taken on the event's date.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from config.code_lists import ASSESSMENT_FACTORS
from config.local_choices import local_choices
from data_access.tables import assessment, programme, programme_session
from metrics.units.common import grouped, periods, with_arrangement
from metrics.units.unit import CHILD_NUMBER, Scope, Unit, fact


def _events(scope: Scope, table: sa.Table, date: sa.Column[Any], *columns: ColumnElement[Any]) -> sa.CTE:
    """period, child_id, on_date and the columns of every event whose date is in a period."""
    within = periods(scope)
    return (
        sa.select(within.c.label.label("period"), table.c.child_id, date.label("on_date"), *columns)
        .select_from(table.join(within, sa.and_(date >= within.c.start_date, date <= within.c.last_date)))
        .cte("events")
    )


def _child_number(events: sa.CTE) -> ColumnElement[int]:
    """A number for each child, which says nothing about the child: so that children can be counted, of whom there may be several events."""
    # Cast, because Spark ranks in smaller whole numbers.
    return sa.cast(sa.func.dense_rank().over(order_by=events.c.child_id), sa.BigInteger).label(CHILD_NUMBER)


def _programme_starts(scope: Scope) -> sa.Select[Any]:
    events = _events(scope, programme, programme.c.start_date, programme.c.programme_id)
    dates = sa.select(events.c.child_id, events.c.on_date).distinct().cte("start_dates")
    last_assessed = (
        sa.select(dates.c.child_id, dates.c.on_date, sa.func.max(assessment.c.completed_date).label("completed_date"))
        .select_from(dates.join(
            assessment, sa.and_(assessment.c.child_id == dates.c.child_id, assessment.c.completed_date < dates.c.on_date),
        ))
        .group_by(dates.c.child_id, dates.c.on_date)
        .cte("last_assessed")
    )
    joined, arrangement = with_arrangement(events)
    joined = joined.outerjoin(
        last_assessed, sa.and_(last_assessed.c.child_id == events.c.child_id, last_assessed.c.on_date == events.c.on_date),
    )
    facts = [_child_number(events), events.c.on_date.label("started_on"), last_assessed.c.completed_date.label("assessed_before_on")]
    return grouped(scope, events, facts, joined, arrangement)


def _assessments(scope: Scope) -> sa.Select[Any]:
    covered = sum((sa.case((assessment.c[factor] == 1, 1), else_=0) for factor in ASSESSMENT_FACTORS), start=sa.literal(0))
    events = _events(scope, assessment, assessment.c.completed_date, covered.label("factors_covered"))
    joined, arrangement = with_arrangement(events)
    return grouped(scope, events, [_child_number(events), events.c.factors_covered], joined, arrangement)


def _programme_ends(scope: Scope) -> sa.Select[Any]:
    choices = local_choices()
    events = _events(scope, programme, programme.c.end_date, programme.c.programme_id, programme.c.programme)
    as_defined = sa.and_(
        programme_session.c.minutes >= choices.video_feedback_minutes,
        programme_session.c.filmed_minutes >= choices.video_feedback_filmed_minutes_from,
        programme_session.c.filmed_minutes <= choices.video_feedback_filmed_minutes_to,
        programme_session.c.watched_together == 1,
    )
    sessions = (
        sa.select(
            programme_session.c.programme_id,
            sa.func.sum(sa.case((as_defined, 1), else_=0)).label("sessions_as_defined"),
            sa.func.min(programme_session.c.session_date).label("first_session_on"),
            sa.func.max(programme_session.c.session_date).label("last_session_on"),
        )
        .where(programme_session.c.session_date <= scope.as_at)
        .group_by(programme_session.c.programme_id)
        .cte("sessions")
    )
    joined, arrangement = with_arrangement(events)
    joined = joined.outerjoin(sessions, sessions.c.programme_id == events.c.programme_id)
    facts = [
        _child_number(events), events.c.programme, sessions.c.sessions_as_defined, sessions.c.first_session_on, sessions.c.last_session_on,
    ]
    return grouped(scope, events, facts, joined, arrangement)


PROGRAMME_STARTS = Unit(
    name="programme_starts", singular="programme that began", plural="programmes that began", event=True,
    columns=[fact(CHILD_NUMBER, sa.BigInteger), fact("started_on", sa.Date), fact("assessed_before_on", sa.Date, "assessments")],
    rows=_programme_starts,
)

ASSESSMENTS = Unit(
    name="assessments_completed", singular="assessment", plural="assessments", event=True,
    columns=[fact(CHILD_NUMBER, sa.BigInteger), fact("factors_covered", sa.Integer, "assessments")],
    rows=_assessments,
)

PROGRAMME_ENDS = Unit(
    name="programmes_ended", singular="programme that ended", plural="programmes that ended", event=True,
    columns=[
        fact(CHILD_NUMBER, sa.BigInteger),
        fact("programme", sa.String),
        fact("sessions_as_defined", sa.Integer, "programmes", "programme_sessions"),
        fact("first_session_on", sa.Date, "programmes", "programme_sessions"),
        fact("last_session_on", sa.Date, "programmes", "programme_sessions"),
    ],
    rows=_programme_ends,
)
