"""SELECTs that count what data there is: children in scope by their groups, children with marks, and rows by day."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from config.cohorts import Cohort
from config.local_choices import local_choices
from data_access import tables
from metrics.measures.lineage import PARENTAL_SENSITIVITY, SDQ
from metrics.units import CHILDREN_ANY
from metrics.units.breakdowns import BREAKDOWNS
from metrics.units.child_periods import CHILDREN_WITH_MARKS
from metrics.units.unit import Scope


@dataclass(frozen=True, eq=False)
class DatedTable:
    """Rows that have a date: `source` is the table of the data dictionary without which there are none, `read` is what of the reporting
    database they are (see `metrics.measures.lineage`), and `only` says which rows of its table."""

    id: str
    title: str
    source: str
    read: str
    date: ColumnElement[Any]
    only: ColumnElement[bool] | None = None


DATED = (
    DatedTable("attachment_needs", "Attachment needs", "attachment_needs", "attachment_need", tables.attachment_need.c.start_date),
    DatedTable("care_arrangements", "Care arrangements", "Episodes", "care_arrangement", tables.care_arrangement.c.start_date),
    DatedTable("assessments", "Assessments", "assessments", "assessment", tables.assessment.c.completed_date),
    DatedTable(
        "programmes", "Programmes", "programmes", "programme",
        sa.func.coalesce(tables.programme.c.start_date, tables.programme.c.offered_date),
    ),
    DatedTable(
        "programme_sessions", "Programme sessions", "programme_sessions", "programme_session", tables.programme_session.c.session_date,
    ),
    DatedTable(
        "sdq_scores", "SDQ scores", "outcome_scores", SDQ, tables.outcome_score.c.score_date,
        tables.outcome_score.c.instrument == "sdq_total",
    ),
    DatedTable(
        "sensitivity_scores", "Parental sensitivity scores", "outcome_scores", PARENTAL_SENSITIVITY, tables.outcome_score.c.score_date,
        tables.outcome_score.c.domain == "parental_sensitivity",
    ),
    DatedTable("education_plans", "Education plans", "education_plans", "education_plan", tables.education_plan.c.completed_date),
    DatedTable("attendance", "Attendance marks", "attendance", "attendance", tables.attendance.c.session_date),
    DatedTable("exclusions", "Suspensions and exclusions", "exclusions", "exclusion", tables.exclusion.c.start_date),
    DatedTable("carer_training", "Carers' training", "carer_training", "carer_training", tables.carer_training.c.completed_date),
)


def rows_by_day(table: DatedTable, as_at: datetime.date) -> sa.Select[Any]:
    """date and rows of each day that has any, up to the last day that counts."""
    counted = sa.select(table.date.label("date"), sa.cast(sa.func.count(), sa.BigInteger).label("rows")).where(table.date <= as_at)
    return (counted if table.only is None else counted.where(table.only)).group_by(table.date)


def in_scope_by_groups(quarter: str, as_at: datetime.date, cohort: Cohort) -> sa.Select[Any]:
    """Every breakdown and the children, of all children of a cohort in a quarter: one row for each crossing that occurs."""
    rows = CHILDREN_ANY.rows(Scope("quarter", as_at, cohort=cohort)).cte("children_rows")
    groups = [rows.c[name] for name in BREAKDOWNS]
    children = sa.cast(sa.func.count(), sa.BigInteger).label("children")
    return sa.select(*groups, children).where(rows.c.period == quarter).group_by(*groups)


def with_marks(months: Sequence[str], as_at: datetime.date, cohort: Cohort) -> sa.Select[Any]:
    """period, children and with_marks: of the school-age children of a cohort in a month, those who have a mark."""
    rows = CHILDREN_WITH_MARKS.rows(Scope("month", as_at, cohort=cohort)).cte("marked_rows")
    choices = local_choices()
    marked = sa.case((rows.c.possible_sessions > 0, 1), else_=0)
    return (
        sa.select(
            rows.c.period, sa.cast(sa.func.count(), sa.BigInteger).label("children"),
            sa.cast(sa.func.sum(marked), sa.BigInteger).label("with_marks"),
        )
        .where(rows.c.period.in_(months), rows.c.age.between(choices.exclusion_age_from, choices.exclusion_age_to))
        .group_by(rows.c.period)
    )
