"""Which periods of a measure the data covers: the days it needs, of each table it needs, lie in one interval of what was loaded."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from config.cohorts import Cohort
from metrics.measures.kinds import Measure, Needed
from metrics.units.breakdowns import AUTHORITY, REGION

Interval = tuple[datetime.date | None, datetime.date | None]
"""Half-open; None is without a beginning, or without an end."""
Intervals = Mapping[str, Sequence[Interval]]
"""By name (see `config/coverage.toml`), in order and disjoint."""

ONE = ""
"""The authority, where the data is that of one."""
ARRANGEMENTS = "arrangements"
BY_CARER = "carer_training_by_carer"
"""Provided where training is known by carer, so that it takes the table of carers to say whose it is."""


def needed(measure: Measure, cohort: Cohort, provided: Collection[str]) -> tuple[Needed, ...]:
    """What has to be covered for a measure in a cohort; `provided` are the source tables that were."""
    needs = [each for each in measure.needs if each.table != "carers" or BY_CARER in provided]
    of_children = not measure.unit.event
    if of_children and cohort is not Cohort.RECORDED and all(each.table != ARRANGEMENTS for each in needs):
        needs.append(Needed(ARRANGEMENTS))
    return tuple(needs)


def covers(intervals: Iterable[Interval], first: datetime.date, last: datetime.date) -> bool:
    """Whether all days from the first to the last lie in one interval."""
    return any((start is None or start <= first) and (end is None or last < end) for start, end in intervals)


@dataclass(frozen=True, eq=False)
class Covered:
    """What time the data covers, for the measures of a cohort.

    `by_authority` has the intervals of each authority; of one only, under ONE. `provided` are the source tables that were loaded, and
    `regions` is the region of each of several authorities. `also` has, by a measure's id, periods that count as covered whatever the data
    covers: those that were released when it did.
    """

    cohort: Cohort
    provided: frozenset[str]
    by_authority: Mapping[str, Intervals]
    regions: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _found: dict[tuple[object, ...], frozenset[str]] = field(default_factory=dict, repr=False)

    def and_also(self, measure: Measure, periods: pl.DataFrame, labels: Collection[str]) -> Covered:
        """The same, with these periods of a measure covered too."""
        more = frozenset(labels) - self.periods(measure, periods)
        return replace(self, also={**self.also, measure.id: more}, _found={}) if more else self

    def taking_part(self, measure: Measure, among: Iterable[str] | None = None) -> list[str]:
        """The authorities that cover any time of everything that a measure needs: the others have no part in it."""
        needs = needed(measure, self.cohort, self.provided)
        return [
            authority for authority in (self.by_authority if among is None else among)
            if all(self.by_authority[authority].get(each.table) for each in needs)
        ]

    def periods(self, measure: Measure, periods: pl.DataFrame, authorities: Collection[str] | None = None) -> frozenset[str]:
        """The labels of the periods (start_date, period_end) that are covered, for all authorities that take part of those given."""
        key = (measure.id, None if authorities is None else tuple(authorities), *periods["label"].head(1), periods.height)
        if key not in self._found:
            self._found[key] = self._covered(measure, periods, authorities) | self.also.get(measure.id, frozenset())
        return self._found[key]

    def _covered(self, measure: Measure, periods: pl.DataFrame, authorities: Collection[str] | None) -> frozenset[str]:
        part = self.taking_part(measure, authorities)
        needs = needed(measure, self.cohort, self.provided)
        if not part:
            return frozenset()
        return frozenset(
            label for label, start, end in periods.select("label", "start_date", "period_end").iter_rows()
            if all(covers(self.by_authority[each].get(need.table, ()), need.first_day(start, end), end) for each in part for need in needs)
        )

    def rows(self, measure: Measure, rows: pl.DataFrame, periods: pl.DataFrame, where: Mapping[str, Collection[str]]) -> pl.Series:
        """Whether each row (with `period`, and the groups of areas if it is of any) is of a covered period."""
        areas = [name for name in (REGION, AUTHORITY) if name in rows.columns]
        kept = [authority for authority in self.by_authority if self._is_among(authority, where)]
        if not areas:
            return rows["period"].is_in(list(self.periods(measure, periods, kept)))
        found = []
        for row in rows.select("period", *areas).iter_rows(named=True):
            groups = {name: (row[name],) for name in areas}
            among = [each for each in kept if self._is_among(each, groups)]
            found.append(row["period"] in self.periods(measure, periods, among))
        return pl.Series(found, dtype=pl.Boolean)

    def first(self, measures: Iterable[Measure], periods: pl.DataFrame) -> datetime.date | None:
        """The first day of the first period in which any of the measures is covered, for any authority."""
        labels: frozenset[str] = frozenset().union(
            *(self.periods(measure, periods, (each,)) for measure in measures for each in self.by_authority)
        )
        found = periods.filter(pl.col("label").is_in(list(labels)))["start_date"].min()
        return found if isinstance(found, datetime.date) else None

    def arrangements(self) -> tuple[tuple[str, tuple[Interval, ...]], ...]:
        """When care arrangements are covered, by authority."""
        return tuple((authority, tuple(intervals.get(ARRANGEMENTS, ()))) for authority, intervals in self.by_authority.items())

    def _is_among(self, authority: str, where: Mapping[str, Collection[str]]) -> bool:
        held = {AUTHORITY: authority, REGION: self.regions.get(authority)}
        return all(held[name] in groups for name, groups in where.items() if name in held)
