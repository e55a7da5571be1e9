"""A unit whose rows are children who came into care in a period and were in scope soon after: one row a child and period."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from config.code_lists import RETURNED_AFTER_PERMANENCE
from config.local_choices import local_choices
from data_access.tables import care_start, previous_permanence
from metrics.units.common import grouped, in_scope, periods, with_arrangement
from metrics.units.dates import earlier, plus_days
from metrics.units.scopes import RISK
from metrics.units.unit import Scope, Unit, fact


def _care_starts(scope: Scope) -> sa.Select[Any]:
    within, needs = periods(scope), in_scope(RISK, scope.cohort)
    looked_at_until = earlier(plus_days(care_start.c.start_date, local_choices().return_to_care_days), scope.as_at)
    starts = (
        sa.select(within.c.label.label("period"), care_start.c.child_id, care_start.c.start_date)
        .select_from(care_start.join(
            within, sa.and_(care_start.c.start_date >= within.c.start_date, care_start.c.start_date <= within.c.last_date),
        ))
        .where(sa.exists().where(
            needs.c.child_id == care_start.c.child_id,
            needs.c.start_date <= looked_at_until, needs.c.end_date > care_start.c.start_date,
        ))
        .cte("starts")
    )
    returned = _returned(starts)
    points = (
        sa.select(
            starts.c.period, starts.c.child_id,
            sa.func.min(starts.c.start_date).label("on_date"), sa.func.max(returned.c.returned).label("returned"),
        )
        .select_from(starts.outerjoin(
            returned, sa.and_(returned.c.child_id == starts.c.child_id, returned.c.start_date == starts.c.start_date),
        ))
        .group_by(starts.c.period, starts.c.child_id)
        .cte("points")
    )
    joined, arrangement = with_arrangement(points)
    return grouped(scope, points, [points.c.returned.label("returned_after_permanence")], joined, arrangement)


def _returned(starts: sa.CTE) -> sa.CTE:
    """child_id, start_date, returned: from the return of the year that holds the start, or else the next later one."""
    year = sa.extract("year", starts.c.start_date) + sa.case((sa.extract("month", starts.c.start_date) >= 4, 1), else_=0)
    ranked = (
        sa.select(
            starts.c.child_id, starts.c.start_date, previous_permanence.c.previous_permanence,
            sa.func.row_number().over(
                partition_by=(starts.c.child_id, starts.c.start_date), order_by=previous_permanence.c.collection_year,
            ).label("rank"),
        )
        .select_from(starts.join(
            previous_permanence,
            sa.and_(previous_permanence.c.child_id == starts.c.child_id, previous_permanence.c.collection_year >= year),
        ))
        .cte("returns_ranked")
    )
    returned = sa.case((ranked.c.previous_permanence.in_(RETURNED_AFTER_PERMANENCE), 1), else_=0)
    return sa.select(ranked.c.child_id, ranked.c.start_date, returned.label("returned")).where(ranked.c.rank == 1).cte("returned")


CARE_STARTS = Unit(
    name="care_starts", singular="child who came into care", plural="children who came into care", event=False,
    columns=[fact("returned_after_permanence", sa.Integer, "PrevPerm")],
    rows=_care_starts,
)
