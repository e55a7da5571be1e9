"""The common terms of the measures as common table expressions: periods, scope, arrangements, groups."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from config.code_lists import IN_CARE, NOT_RECORDED
from config.cohorts import Cohort
from data_access.tables import attachment_need, care_arrangement, child, child_authority, period, placement
from metrics.units.breakdowns import PROVIDER, TEAM, area_values, breakdown_values
from metrics.units.dates import days_between, earlier, eighteenth_birthday, open_end
from metrics.units.unit import RECORD_KEY, Responsibility, Scope


def periods(scope: Scope) -> sa.CTE:
    """label, start_date, last_date of every period of the grain up to the as-at date, the last one cut off there; and days, which is
    how long the whole period is."""
    return (
        sa.select(
            period.c.label, period.c.start_date, earlier(period.c.last_date, scope.as_at).label("last_date"),
            (days_between(period.c.start_date, period.c.last_date) + 1).label("days"),
        )
        .where(
            period.c.grain == scope.grain, period.c.start_date <= scope.as_at,
            *([period.c.start_date >= scope.first] if scope.first else []),
        )
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


COHORT_STATUSES = {
    Cohort.LOOKED_AFTER: IN_CARE,
    Cohort.NG26: (*IN_CARE, "special_guardianship", "adopted", "edge_of_care"),
}
"""The care statuses that put a child in scope, of the cohorts that ask nothing else."""


def in_scope(statuses: tuple[str, ...], cohort: Cohort) -> sa.CTE:
    """When a child is in scope, as disjoint intervals: child_id, start_date, end_date.

    In the cohort of those recorded, while an attachment need of one of the statuses runs. In the others, whatever the statuses, while
    a care arrangement of the cohort runs, up to the 18th birthday.
    """
    if cohort is Cohort.RECORDED:
        return merged(
            sa.select(attachment_need.c.child_id, attachment_need.c.start_date, open_end(attachment_need.c.end_date).label("end_date"))
            .where(attachment_need.c.status.in_(statuses)),
            "in_scope",
        )
    grown_up = open_end(eighteenth_birthday(child.c.date_of_birth))
    return merged(
        sa.select(
            care_arrangement.c.child_id, care_arrangement.c.start_date,
            earlier(open_end(care_arrangement.c.end_date), grown_up).label("end_date"),
        )
        .select_from(care_arrangement.outerjoin(child, child.c.child_id == care_arrangement.c.child_id))
        .where(care_arrangement.c.care_status.in_(COHORT_STATUSES[cohort])),
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


def providers_on(arrangement: FromClause) -> sa.CTE:
    """The provider of the placement on each (child_id, on_date) of `arrangement` that is in care: of several placements in care that cover
    the date, of the one that started last; then the greatest name. Columns: child_id, on_date, provider."""
    ranked = (
        sa.select(
            arrangement.c.child_id, arrangement.c.on_date, placement.c.provider,
            sa.func.row_number().over(
                partition_by=(arrangement.c.child_id, arrangement.c.on_date),
                order_by=(placement.c.start_date.desc(), sa.func.coalesce(placement.c.provider, "").desc()),
            ).label("rank"),
        )
        .select_from(arrangement.join(
            placement, sa.and_(placement.c.child_id == arrangement.c.child_id, covers(placement, arrangement.c.on_date)),
        ))
        .where(arrangement.c.in_care == 1)
        .cte("providers_ranked")
    )
    return sa.select(ranked.c.child_id, ranked.c.on_date, ranked.c.provider).where(ranked.c.rank == 1).cte("providers_on")


def grouped(
    scope: Scope, points: FromClause, facts: Sequence[ColumnElement[Any]], joined: FromClause, arrangement: FromClause,
) -> sa.Select[Any]:
    """A unit's SELECT: the period, every breakdown at each point's date, and the facts, of the children in the scope.

    `points` has period, child_id and on_date; `joined` is the FROM clause that already holds `points` and `arrangement`.
    """
    known = (_arrangements_covered(scope, points.c.on_date, arrangement.c[name]) for name in ("care_status", "placement"))
    groups = breakdown_values(points.c.on_date, *known)
    joined = joined.outerjoin(child, child.c.child_id == points.c.child_id)
    if scope.areas:
        joined = joined.outerjoin(child_authority, child_authority.c.child_id == points.c.child_id)
        groups = [sa.literal(NOT_RECORDED).label(TEAM.id) if group.name == TEAM.id else group for group in groups]
        groups += area_values(child_authority)
    if scope.provider:
        placed = providers_on(arrangement)
        joined = joined.outerjoin(placed, sa.and_(placed.c.child_id == points.c.child_id, placed.c.on_date == points.c.on_date))
        provider = _arrangements_covered(scope, points.c.on_date, placed.c.provider)
        groups.append(sa.func.coalesce(provider, NOT_RECORDED).label(PROVIDER.id))
    record_key = sa.func.coalesce(child.c.record_key, 0).label(RECORD_KEY)
    rows = sa.select(points.c.period, *groups, record_key, *facts).select_from(joined)
    return rows if scope.responsibility is None else rows.where(_answered_for(scope.responsibility, points))


def _arrangements_covered(scope: Scope, on: ColumnElement[Any], value: ColumnElement[Any]) -> ColumnElement[Any]:
    """What is known of the arrangement on a date: nothing where arrangements are not covered, which is not the same as none."""
    if scope.arrangements is None:
        return value
    authorities: dict[tuple[Any, ...], list[str]] = {}
    for authority, intervals in scope.arrangements:
        authorities.setdefault(intervals, []).append(authority)
    covered = [
        sa.and_(*_within(start, end, on), *([child_authority.c.authority.in_(among)] if scope.areas else []))
        for intervals, among in authorities.items() for start, end in intervals
    ]
    return sa.case((sa.or_(*covered), value)) if covered else sa.cast(sa.null(), sa.String)


def _within(start: datetime.date | None, end: datetime.date | None, on: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The conditions on a date that hold within a half-open interval; at least one, for there must be something to join by AND."""
    first = [on >= sa.literal(start, sa.Date)] if start else []
    last = [on < sa.literal(end, sa.Date)] if end else []
    return [*first, *last] or [on.is_not(None)]


def _answered_for(responsibility: Responsibility, points: FromClause) -> ColumnElement[bool]:
    """Whether a row's child is of one of the teams, or is placed with one of the providers on the row's date."""
    placed = sa.exists().where(
        placement.c.child_id == points.c.child_id, covers(placement, points.c.on_date), placement.c.provider.in_(responsibility.providers),
    )
    # A child without a team is in no team; without this, NULL would be neither in nor out.
    return sa.or_(sa.func.coalesce(child.c.team, "").in_(responsibility.teams), placed)


def providers_of(responsibility: Responsibility | None) -> sa.Select[Any]:
    """The SELECT of `provider`: each that a placement in care names, of all children or of those that somebody answers for."""
    named = sa.select(placement.c.provider).where(placement.c.provider.is_not(None)).distinct()
    if responsibility is None:
        return named
    theirs = sa.or_(child.c.team.in_(responsibility.teams), placement.c.provider.in_(responsibility.providers))
    return named.select_from(placement.outerjoin(child, child.c.child_id == placement.c.child_id)).where(theirs)


def with_arrangement(points: FromClause) -> tuple[FromClause, sa.CTE]:
    """`points` joined to the arrangement at their dates, and that arrangement."""
    dates = sa.select(points.c.child_id, points.c.on_date).distinct().cte("dates")
    arrangement = arrangements_on(dates, "arrangement")
    joined = points.outerjoin(
        arrangement, sa.and_(arrangement.c.child_id == points.c.child_id, arrangement.c.on_date == points.c.on_date),
    )
    return joined, arrangement
