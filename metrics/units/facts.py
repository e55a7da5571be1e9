"""The facts of child-periods, each group one common table expression keyed by what it depends on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from config.code_lists import ATTENDED, EDUCATION_PLAN_PARTS, INTERVIEW_ATTENDED_BEFORE, INTERVIEW_MARK, NOT_POSSIBLE
from config.local_choices import local_choices
from data_access.tables import (
    assessment,
    attendance_summary,
    carer,
    education_plan,
    exclusion,
    outcome_score,
    placement,
    programme,
    programme_session,
)
from data_access.tables import (
    attendance as attendance_table,
)
from data_access.tables import (
    carer_training as carer_training_table,
)
from metrics.units.common import arrangements_on, covers
from metrics.units.context import Context
from metrics.units.dates import days_between, earlier, later, open_end, plus_days

PARENTAL_SENSITIVITY = "parental_sensitivity"


def placement_start(arrangement: sa.CTE) -> sa.CTE:
    """placement_started_on by child and date: in care, the latest start among the placements that cover the date;
    outside care, the arrangement's own start."""
    return (
        sa.select(
            arrangement.c.child_id, arrangement.c.on_date,
            sa.case((arrangement.c.in_care == 1, sa.func.max(placement.c.start_date)), else_=arrangement.c.start_date)
            .label("placement_started_on"),
        )
        .select_from(arrangement.outerjoin(
            placement, sa.and_(placement.c.child_id == arrangement.c.child_id, covers(placement, arrangement.c.on_date)),
        ))
        .group_by(arrangement.c.child_id, arrangement.c.on_date, arrangement.c.in_care, arrangement.c.start_date)
        .cte("placement_start")
    )


def last_assessed(context: Context) -> sa.CTE:
    """last_assessed_on: the latest assessment completed by the date."""
    return _latest(context, assessment, assessment.c.completed_date, "last_assessed_on")


def video_feedback(context: Context) -> sa.CTE:
    """The first offer and the first session delivered of any video feedback programme of the child."""
    return (
        sa.select(
            programme.c.child_id,
            sa.func.min(programme.c.offered_date).label("video_feedback_first_offered_on"),
            sa.func.min(programme_session.c.session_date).label("video_feedback_first_session_on"),
        )
        .select_from(programme.outerjoin(programme_session, programme_session.c.programme_id == programme.c.programme_id))
        .where(programme.c.programme == "video_feedback")
        .group_by(programme.c.child_id)
        .cte("video_feedback")
    )


def latest_sdq(context: Context) -> sa.CTE:
    """sdq_score: the latest SDQ total difficulties score dated in the period on a day in scope (same date: the highest)."""
    days = context.days_in_scope
    ranked = (
        sa.select(
            days.c.period, days.c.child_id, outcome_score.c.score,
            sa.func.row_number().over(
                partition_by=(days.c.period, days.c.child_id),
                order_by=(outcome_score.c.score_date.desc(), outcome_score.c.score.desc()),
            ).label("rank"),
        )
        .select_from(days.join(outcome_score, _on_a_day(days, outcome_score, outcome_score.c.score_date)))
        .where(outcome_score.c.domain == "social_emotional", outcome_score.c.instrument == "sdq_total")
        .cte("sdq_ranked")
    )
    return sa.select(ranked.c.period, ranked.c.child_id, ranked.c.score.label("sdq_score")).where(ranked.c.rank == 1).cte("sdq")


def parental_sensitivity(context: Context) -> sa.CTE:
    """The latest parental sensitivity score of the period that has an earlier one to compare with, and the earliest of these.

    It is dated on a day in scope when the child was on the edge of care; the earlier score is on the same instrument, within
    the look-back, and may lie outside scope.
    """
    score, before, days = outcome_score.alias("score"), outcome_score.alias("score_before"), context.days_in_scope
    latest_first = (score.c.score_date.desc(), score.c.instrument.desc(), score.c.score.desc(), before.c.score_date, before.c.score.desc())
    edge_of_care = _parental_sensitivity_on_the_edge_of_care()
    pairs = (
        sa.select(
            days.c.period, days.c.child_id, score.c.score.label("parental_sensitivity_score"),
            before.c.score.label("parental_sensitivity_before"),
            sa.func.row_number().over(partition_by=(days.c.period, days.c.child_id), order_by=latest_first).label("rank"),
        )
        .select_from(
            days.join(score, _on_a_day(days, score, score.c.score_date))
            .join(edge_of_care, sa.and_(edge_of_care.c.child_id == score.c.child_id, edge_of_care.c.on_date == score.c.score_date))
            .join(before, sa.and_(
                before.c.child_id == score.c.child_id,
                before.c.domain == score.c.domain,
                before.c.instrument == score.c.instrument,
                before.c.score_date < score.c.score_date,
                before.c.score_date >= plus_days(score.c.score_date, -local_choices().parental_sensitivity_lookback_days),
            ))
        )
        .where(score.c.domain == PARENTAL_SENSITIVITY)
        .cte("sensitivity_pairs")
    )
    return sa.select(*(column for column in pairs.c if column.name != "rank")).where(pairs.c.rank == 1).cte("sensitivity")


def _parental_sensitivity_on_the_edge_of_care() -> sa.CTE:
    """child_id, on_date: the dates of parental sensitivity scores on which the child was on the edge of care."""
    dates = (
        sa.select(outcome_score.c.child_id, outcome_score.c.score_date.label("on_date"))
        .where(outcome_score.c.domain == PARENTAL_SENSITIVITY).distinct().cte("sensitivity_dates")
    )
    arrangement = arrangements_on(dates, "sensitivity_arrangement")
    return (
        sa.select(arrangement.c.child_id, arrangement.c.on_date)
        .where(arrangement.c.care_status == "edge_of_care").cte("sensitivity_on_the_edge_of_care")
    )


def latest_plan(context: Context) -> sa.CTE:
    """The latest education plan completed by the date (same date: the greatest plan_id), and how many of its four parts it has."""
    dates = context.dates
    parts = sum((sa.case((education_plan.c[part] == 1, 1), else_=0) for part in EDUCATION_PLAN_PARTS), start=sa.literal(0))
    ranked = (
        sa.select(
            dates.c.child_id, dates.c.on_date, education_plan.c.completed_date.label("plan_completed_on"), parts.label("plan_parts"),
            sa.func.row_number().over(
                partition_by=(dates.c.child_id, dates.c.on_date),
                order_by=(education_plan.c.completed_date.desc(), education_plan.c.plan_id.desc()),
            ).label("rank"),
        )
        .select_from(dates.join(
            education_plan,
            sa.and_(education_plan.c.child_id == dates.c.child_id, education_plan.c.completed_date <= dates.c.on_date),
        ))
        .cte("plans_ranked")
    )
    return sa.select(*(column for column in ranked.c if column.name != "rank")).where(ranked.c.rank == 1).cte("latest_plan")


def attendance(context: Context) -> sa.CTE:
    """Possible sessions of the period, and those attended: of marks on days in scope, and of the summaries that count in it."""
    sums = sa.union_all(_marks(context), _summaries(context)).cte("sessions_known")
    return (
        sa.select(
            sums.c.period, sums.c.child_id,
            *(sa.cast(sa.func.sum(sums.c[name]), sa.BigInteger).label(name) for name in ("possible_sessions", "attended_sessions")),
        )
        .group_by(sums.c.period, sums.c.child_id)
        .cte("attendance_sums")
    )


def _summaries(context: Context) -> sa.Select[Any]:
    """Those whose last day is in scope in the period, and that are no longer than it."""
    days, table = context.days_in_scope, attendance_summary
    return (
        sa.select(
            days.c.period, days.c.child_id,
            table.c.possible_sessions.label("possible_sessions"), table.c.attended_sessions.label("attended_sessions"),
        )
        .select_from(days.join(table, _on_a_day(days, table, plus_days(table.c.end_date, -1))))
        .where(days_between(table.c.start_date, table.c.end_date) <= days.c.period_days)
    )


def _marks(context: Context) -> sa.Select[Any]:
    days, mark, date = context.days_in_scope, attendance_table.c.mark, attendance_table.c.session_date
    interview_attended = sa.and_(mark == INTERVIEW_MARK, date < sa.literal(INTERVIEW_ATTENDED_BEFORE, sa.Date))
    attended = sa.case((sa.or_(mark.in_(ATTENDED), interview_attended), 1), else_=0)
    return (
        sa.select(
            days.c.period, days.c.child_id,
            sa.func.count().label("possible_sessions"), sa.func.sum(attended).label("attended_sessions"),
        )
        .select_from(days.join(attendance_table, _on_a_day(days, attendance_table, date)))
        .where(sa.or_(mark.not_in(NOT_POSSIBLE), interview_attended))
        .group_by(days.c.period, days.c.child_id)
    )


def exclusions(context: Context) -> sa.CTE:
    """Suspensions and permanent exclusions that began on a day in scope in the period."""
    days = context.days_in_scope
    return (
        sa.select(
            days.c.period, days.c.child_id,
            sa.func.sum(sa.case((exclusion.c.category == "SUSP", 1), else_=0)).label("suspensions"),
            sa.func.sum(sa.case((exclusion.c.category == "PERM", 1), else_=0)).label("permanent_exclusions"),
        )
        .select_from(days.join(exclusion, _on_a_day(days, exclusion, exclusion.c.start_date)))
        .group_by(days.c.period, days.c.child_id)
        .cte("exclusion_counts")
    )


def care_days(context: Context) -> sa.CTE:
    """days_in_care: days in scope in the period that a placement in care covers, each day once."""
    days, care = context.days_in_scope, context.days_in_care
    covered = days_between(later(days.c.start_date, care.c.start_date), earlier(days.c.end_date, care.c.end_date))
    return (
        sa.select(days.c.period, days.c.child_id, sa.func.sum(covered).label("days_in_care"))
        .select_from(days.join(care, sa.and_(
            care.c.child_id == days.c.child_id, care.c.start_date < days.c.end_date, care.c.end_date > days.c.start_date,
        )))
        .group_by(days.c.period, days.c.child_id)
        .cte("care_days")
    )


def breakdowns(context: Context) -> sa.CTE:
    """placements_broken_down: placements of at least a day that ended by breakdown, their last day in scope in the period."""
    days, last_day = context.days_in_scope, plus_days(placement.c.end_date, -1)
    return (
        sa.select(days.c.period, days.c.child_id, sa.func.count().label("placements_broken_down"))
        .select_from(days.join(placement, _on_a_day(days, placement, last_day)))
        .where(placement.c.ended_by_breakdown == 1, placement.c.end_date > placement.c.start_date)
        .group_by(days.c.period, days.c.child_id)
        .cte("breakdowns")
    )


def placements_in_last_year(context: Context) -> sa.CTE:
    """placements_in_last_year: placements with a day in the 365 days to the date, that date included."""
    dates = context.dates
    return (
        sa.select(dates.c.child_id, dates.c.on_date, sa.func.count().label("placements_in_last_year"))
        .select_from(dates.join(placement, sa.and_(
            placement.c.child_id == dates.c.child_id,
            placement.c.start_date <= dates.c.on_date,
            open_end(placement.c.end_date) > plus_days(dates.c.on_date, 1 - local_choices().placement_moves_days),
            open_end(placement.c.end_date) > placement.c.start_date,
        )))
        .group_by(dates.c.child_id, dates.c.on_date)
        .cte("placement_moves")
    )


def carer_training(context: Context) -> sa.CTE:
    """The latest training completed by the date, and the latest of these completed before the placement began.

    It is one recorded for the child, or for a carer who looks after the child on the date.
    """
    placed, known = context.placed, sa.union_all(*_trainings(context.dates)).cte("trainings")
    before = sa.case((known.c.completed_date < placed.c.placement_started_on, known.c.completed_date))
    return (
        sa.select(
            known.c.child_id, known.c.on_date,
            sa.func.max(known.c.completed_date).label("carer_trained_on"), sa.func.max(before).label("carer_trained_before_placement_on"),
        )
        .select_from(known.outerjoin(placed, sa.and_(placed.c.child_id == known.c.child_id, placed.c.on_date == known.c.on_date)))
        .group_by(known.c.child_id, known.c.on_date)
        .cte("training")
    )


def _trainings(dates: sa.CTE) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """child_id, on_date, completed_date of the trainings by each date: those of the child, and those of the carers at the date."""
    training = carer_training_table
    columns, by_then = (dates.c.child_id, dates.c.on_date, training.c.completed_date), training.c.completed_date <= dates.c.on_date
    of_child = dates.join(training, sa.and_(training.c.child_id == dates.c.child_id, by_then))
    of_carer = dates.join(carer, sa.and_(carer.c.child_id == dates.c.child_id, covers(carer, dates.c.on_date))).join(
        training, sa.and_(training.c.carer_id == carer.c.carer_id, by_then),
    )
    return sa.select(*columns).select_from(of_child), sa.select(*columns).select_from(of_carer)


def _latest(context: Context, table: sa.Table, date: sa.Column[Any], name: str) -> sa.CTE:
    dates = context.dates
    return (
        sa.select(dates.c.child_id, dates.c.on_date, sa.func.max(date).label(name))
        .select_from(dates.join(table, sa.and_(table.c.child_id == dates.c.child_id, date <= dates.c.on_date)))
        .group_by(dates.c.child_id, dates.c.on_date)
        .cte(name)
    )


def _on_a_day(days: FromClause, table: FromClause, date: ColumnElement[Any]) -> ColumnElement[bool]:
    """A row of the same child whose date is in scope in the period."""
    return sa.and_(table.c.child_id == days.c.child_id, date >= days.c.start_date, date < days.c.end_date)
