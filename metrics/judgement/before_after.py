"""A measure before and after a dated change, in the terms of process control. Whether the change was the cause, no chart can tell.

A period belongs to 'before' when it ended before the day, to 'after' when it began on the day or later; the one in which the day falls
belongs to neither. Both reach no further than the next rebase on their side.

Whether there is special cause since: with 13 points before, the limits of those are carried forward and the points after are held
against them (Wheeler, 'Understanding Variation': baseline limits). With fewer, but 13 points altogether, limits are worked out from all
of them, as on a chart without a rebase. With fewer than that, nothing is said.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from metrics.judgement.control_method import methods, taken
from metrics.judgement.trend import POINTS_FOR_LIMITS, Trend, points_of
from metrics.measures.kinds import Better, Measure, Rate
from metrics.statistics.control_methods import Method
from metrics.statistics.special_cause import BoolArray


class Basis(StrEnum):
    """Which points the limits come from."""

    BEFORE = "before"
    TOGETHER = "together"


@dataclass(frozen=True)
class Side:
    """The complete periods on one side of the change: how many, and the centre line of their control chart in the unit of the value."""

    points: int
    mean: float | None


@dataclass(frozen=True)
class BeforeAfter:
    """`better` and `worse` are how many of the points after show special cause in either direction; 0 without a basis.

    `better_had_begun` and `worse_had_begun`: that special cause reaches back to before the change. `steady`: the points before show
    no special cause among themselves; None where that can't be said.
    """

    on: datetime.date
    before: Side
    after: Side
    basis: Basis | None
    better: int = 0
    worse: int = 0
    better_had_begun: bool = False
    worse_had_begun: bool = False
    steady: bool | None = None

    @property
    def difference(self) -> float | None:
        """The mean after minus the mean before."""
        if self.before.mean is None or self.after.mean is None:
            return None
        return self.after.mean - self.before.mean


def before_after(trend: Trend, on: datetime.date, rebase_on: Sequence[datetime.date] = ()) -> BeforeAfter:
    """Compares a measure before and after the day `on`. `rebase_on` are the measure's rebases; one on the day itself is the change."""
    measure, points = trend.measure, _between_rebases(points_of(trend.frame), on, rebase_on)
    before, after = points.filter(pl.col("period_end") < on), points.filter(pl.col("period_start") >= on)
    together = methods(measure, points)[0]
    sides = _side(measure, together, before), _side(measure, together, after)
    if not before.height or not after.height or points.height < POINTS_FOR_LIMITS:
        return BeforeAfter(on, *sides, None)
    if before.height >= POINTS_FOR_LIMITS:
        method = methods(measure, before)[0]
        basis, begun = Basis.BEFORE, (False, False)
        steady: bool | None = not any(flags.any() for flags in _flags(measure, method, before, before))
        highs, lows = _flags(measure, method, before, after)
    else:
        basis, steady = Basis.TOGETHER, None
        flagged = _flags(measure, together, points, points)
        begun = (_reaches_back(flagged[0], before, after), _reaches_back(flagged[1], before, after))
        highs, lows = (flags[-after.height:] for flags in flagged)
    high, low = int(highs.sum()), int(lows.sum())
    if measure.better == Better.HIGHER:
        return BeforeAfter(on, *sides, basis, high, low, begun[0], begun[1], steady)
    return BeforeAfter(on, *sides, basis, low, high, begun[1], begun[0], steady)


def _reaches_back(flags: BoolArray, before: pl.DataFrame, after: pl.DataFrame) -> bool:
    """Whether the last point before the change and the first one after it are both flagged; `flags` are those of all points."""
    return bool(flags[before.height - 1] and flags[-after.height])


def _between_rebases(points: pl.DataFrame, on: datetime.date, rebase_on: Sequence[datetime.date]) -> pl.DataFrame:
    earlier, later = [date for date in rebase_on if date < on], [date for date in rebase_on if date > on]
    if earlier:
        points = points.filter(pl.col("period_start") >= max(earlier))
    return points.filter(pl.col("period_start") < min(later)) if later else points


def _side(measure: Measure, method: Method, points: pl.DataFrame) -> Side:
    """The centre line, by the method that suits both sides together, so that both are counted alike."""
    if not points.height:
        return Side(0, None)
    return Side(points.height, method.centre(taken(measure, points)) * (measure.per if isinstance(measure, Rate) else 1))


def _flags(measure: Measure, method: Method, baseline: pl.DataFrame, points: pl.DataFrame) -> tuple[BoolArray, BoolArray]:
    """Which points are special cause high, and which low, against the limits that come from the baseline's points."""
    held = taken(measure, points)
    found = method.flags(held, method.lines(taken(measure, baseline), held))
    return found.high, found.low
