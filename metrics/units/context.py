"""What the facts of a child-period are found from."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from metrics.units.unit import Scope


@dataclass(frozen=True)
class Context:
    """The common table expressions of one SELECT.

    `child_periods`: period, child_id, on_date, first_date, last_date. `dates`: the distinct child_id, on_date.
    `days_in_scope`: period, child_id, start_date, end_date (half-open, disjoint, cut to the period), period_days (of the whole period).
    `arrangement`: the arrangement on each of `dates`, and `placed`: its placement_started_on.
    `days_in_care`: child_id, start_date, end_date (disjoint).
    """

    scope: Scope
    child_periods: sa.CTE
    dates: sa.CTE
    days_in_scope: sa.CTE
    arrangement: sa.CTE
    placed: sa.CTE
    days_in_care: sa.CTE
