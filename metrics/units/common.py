"""The common terms of the measures as common table expressions: periods, scope, arrangements, groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from config.code_lists import IN_CARE, NOT_RECORDED
from data_access.tables import attachment_need, care_arrangement, child, child_authority, period, placement
from metrics.breakdowns import TEAM, area_values, breakdown_values
from metrics.dates import earlier, open_end
from metrics.unit import Responsibility, Scope


def periods(scope: Scope) -> sa.CTE:
    """label, start_date, last_date of every period of the grain up to the as-at date, the last one cut off there."""
    return (
        sa.select(period.c.label, period.c.start_date, earlier(period.c.last_date, scope.as_at).label("last_date"))
        .where(period.c.grain == scope.grain, period.c.start_date <= scope.as_at)
        .cte("periods")
    )


def merged(rows: sa.Select[Any], name: str) -> sa.CTE:
    """The union of each child's intervals, disjoint: (child_id, start_date, end_date) to the same columns.

    Intervals that overlap or touch become one (gaps and islands); empty ones vanish.
    """
    intervals = rows.cte(f"{name}_intervals")
    ends_before = sa.func.max(intervals.c.end_date).over(
        partition_by=intervals.c.child_id, order_by=(intervals.c.start_date, intervals.c.end_date), rows=(None, -1),
    )
    marked = (
        sa.select(intervals, sa.case((intervals.c.start_date <= ends_before, 0), else_=1).label("opens"))
        .where(intervals.c.start_date < intervals.c.end_date)
        .cte(f"{name}_marked")
    )
    islands = sa.select(
        marked.c.child_id, marked.c.start_date, marked.c.end_date,
        sa.func.sum(marked.c.opens)
        .over(partition_by=marked.c.child_id, order_by=(marked.c.start_date, marked.c.end_date), rows=(None, 0))
        .label("island"),
    ).cte(f"{name}_islands")
    return (
        sa.select(
            islands.c.child_id, sa.func.min(islands.c.start_date).label("start_date"), sa.func.max(islands.c.end_date).label("end_date"),
        )
        .group_by(islands.c.child_id, islands.c.island)
        .cte(name)
    )


def in_scope(statuses: tuple[str, ...]) -> sa.CTE:
    """When a child has an attachment need of one of the statuses, as disjoint intervals."""
    return merged(
        sa.select(attachment_need.c.child_id, attachment_need.c.start_date, open_end(attachment_need.c.end_date).label("end_date"))
        .where(attachment_need.c.status.in_(statuses)),
        "in_scope",
    )


def days_in_care() -> sa.CTE:
    """When a child is in a placement in care, as disjoint intervals: each day once."""
    return merged(
        sa.select(placement.c.child_id, placement.c.start_date, open_end(placement.c.end_date).label("end_date")), "days_in_care",
    )


def covers(interval: FromClause, date: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a half-open interval with start_date and (possibly empty) end_date holds a date."""
    return sa.and_(interval.c.start_date <= date, open_end(interval.c.end_date) > date)


def arrangements_on(points: FromClause, name: str) -> sa.CTE:
    """The one care arrangement of each (child_id, on_date) of `points` that has any.

    Of several that cover the date, the one that started last; then in care before not in care, then the greatest placement
    name ('Not recorded' the least), then the greatest care status. Columns: child_id, on_date, care_status, placement,
    start_date, in_care (0 or 1).
    """
    in_care = sa.case((care_arrangement.c.care_status.in_(IN_CARE), 1), else_=0)
    ranked = (
        sa.select(
            points.c.child_id, points.c.on_date, care_arrangement.c.care_status, care_arrangement.c.placement,
            care_arrangement.c.start_date, in_care.label("in_care"),
            sa.func.row_number().over(
                partition_by=(points.c.child_id, points.c.on_date),
                order_by=(
                    care_arrangement.c.start_date.desc(), in_care.desc(),
                    sa.func.coalesce(care_arrangement.c.placement, "").desc(), care_arrangement.c.care_status.desc(),
                ),
            ).label("rank"),
        )
        .select_from(points.join(
            care_arrangement, sa.and_(care_arrangement.c.child_id == points.c.child_id, covers(care_arrangement, points.c.on_date)),
        ))
        .cte(f"{name}_ranked")
    )
    return sa.select(*(column for column in ranked.c if column.name != "rank")).where(ranked.c.rank == 1).cte(name)


def grouped(
    scope: Scope, points: FromClause, facts: Sequence[ColumnElement[Any]], joined: FromClause, arrangement: FromClause,
) -> sa.Select[Any]:
    """A unit's SELECT: the period, every breakdown at each point's date, and the facts, of the children in the scope.

    `points` has period, child_id and on_date; `joined` is the FROM clause that already holds `points` and `arrangement`.
    """
    groups = breakdown_values(points.c.on_date, arrangement.c.care_status, arrangement.c.placement)
    joined = joined.outerjoin(child, child.c.child_id == points.c.child_id)
    if scope.areas:
        joined = joined.outerjoin(child_authority, child_authority.c.child_id == points.c.child_id)
        groups = [sa.literal(NOT_RECORDED).label(TEAM.id) if group.name == TEAM.id else group for group in groups]
        groups += area_values(child_authority)
    rows = sa.select(points.c.period, *groups, *facts).select_from(joined)
    return rows if scope.responsibility is None else rows.where(_answered_for(scope.responsibility, points))


def _answered_for(responsibility: Responsibility, points: FromClause) -> ColumnElement[bool]:
    """Whether a row's child is of one of the teams, or is placed with one of the providers on the row's date."""
    placed = sa.exists().where(
        placement.c.child_id == points.c.child_id, covers(placement, points.c.on_date), placement.c.provider.in_(responsibility.providers),
    )
    # A child without a team is in no team; without this, NULL would be neither in nor out.
    return sa.or_(sa.func.coalesce(child.c.team, "").in_(responsibility.teams), placed)


def with_arrangement(points: FromClause) -> tuple[FromClause, sa.CTE]:
    """`points` joined to the arrangement at their dates, and that arrangement."""
    dates = sa.select(points.c.child_id, points.c.on_date).distinct().cte("dates")
    arrangement = arrangements_on(dates, "arrangement")
    joined = points.outerjoin(
        arrangement, sa.and_(arrangement.c.child_id == points.c.child_id, arrangement.c.on_date == points.c.on_date),
    )
    return joined, arrangement
