"""How a series is held against limits: the lines that come from the points of a baseline, and the rules that a point can break.

Which method suits is decided by what a measure counts (`metrics.judgement.trend`). All take the points of one baseline, without missing
ones, and can hold further points against its lines, as 'before and after' does.

Sources: NHS England, 'Making Data Count' (XmR, P and U charts, four rules); for few events the binomial and Poisson distributions
themselves, with the 0.135% on each side that 3 sigma leave of a normal distribution.
"""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from metrics.statistics import special_cause
from metrics.statistics.distributions import Binomial, Counts, Poisson
from metrics.statistics.special_cause import BoolArray, FloatArray, Lines, SignArray

MOVING_RANGE_FACTOR = 2.66
"""3 / 1.128, the limits' distance from the mean in mean moving ranges (Wheeler; NHS England)."""

ALIKE = 1.25
"""How much wider limits are where neighbouring periods are alike because the same few children have most of the events."""

SEASONAL_RUN = 9
"""How many points around the means of their seasons make a shift or a trend: the same children come back in each of them."""

TAIL, TAIL_2SIGMA = 0.00135, 0.02275
"""What lies beyond 3 and 2 sigma of a normal distribution, on each side."""


Z_95 = 1.959964

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Points:
    """The points of a series: `value` is numerator / denominator, before a rate's multiplier, NaN where it is missing.

    `error` is the standard error that the spread between children gives each value; None where it isn't known. `place` counts the
    periods, those without a point too, so that a year later is as many places on as a year has periods.
    """

    value: FloatArray
    numerator: FloatArray
    denominator: FloatArray
    error: FloatArray | None = None
    place: IntArray | None = None

    def at(self, which: BoolArray | slice) -> Points:
        """Some of the points."""
        return Points(
            self.value[which], self.numerator[which], self.denominator[which],
            None if self.error is None else self.error[which], None if self.place is None else self.place[which],
        )

    @property
    def places(self) -> IntArray:
        """`place`, for those that can't do without."""
        if self.place is None:
            raise ValueError("These points have no places in the year. Give each point's place, so that a year ago can be found.")
        return self.place

    def __len__(self) -> int:
        return len(self.value)


@dataclass(frozen=True)
class Flags:
    """What the rules say of each point: `cause` (its first rule, or None), `direction` ('high', 'low' or None), and whether any rule
    flags it as high, and as low."""

    cause: list[str | None]
    direction: list[str | None]
    high: BoolArray
    low: BoolArray


@dataclass(frozen=True)
class Method:
    """XmR, and what all methods share.

    `only_outside`: of the rules only the first holds, because neighbouring points aren't independent. `seasons`: how many periods a year
    has, where each is held against the mean of its own season; 0 where the time of year doesn't matter. `name` says which limits.
    """

    only_outside: bool = False
    seasons: int = 0
    name: str = field(default="xmr", init=False)
    lowest: float = field(default=-np.inf, init=False)
    highest: float = field(default=np.inf, init=False)

    def centre(self, baseline: Points) -> float:
        """The mean of all points, NaN without any."""
        return float(baseline.value.mean()) if len(baseline) else np.nan

    def centres(self, baseline: Points, points: Points) -> FloatArray:
        """The centre line at each of the points: of its season, or of all."""
        found = np.full(len(points), self.centre(baseline))
        for season in range(self.seasons):
            of_season = baseline.at(baseline.places % self.seasons == season)
            found[points.places % self.seasons == season] = self.centre(of_season)
        return found

    def residuals(self, baseline: Points) -> FloatArray:
        """How far the baseline's points are from their centre lines, made as wide as if these were known beforehand."""
        away = baseline.value - self.centres(baseline, baseline)
        if not self.seasons:
            return away
        weight, season = self.weights(baseline), baseline.places % self.seasons
        share = weight / np.bincount(season, weights=weight, minlength=self.seasons)[season]
        return away / np.sqrt(np.maximum(1 - share, 0.1))

    def weights(self, baseline: Points) -> FloatArray:
        """How much each point counts in its centre line."""
        return np.ones(len(baseline))

    def sigma(self, baseline: Points, points: Points) -> FloatArray:
        """One sigma of each of the points, NaN where there is nothing to work it out from."""
        moved = self.residuals(baseline) if self.seasons else baseline.value
        moving_range = float(np.abs(np.diff(moved)).mean()) if len(baseline) > 1 else np.nan
        return np.full(len(points), MOVING_RANGE_FACTOR * moving_range / 3)

    def lines(self, baseline: Points, points: Points) -> Lines:
        """The lines that the baseline gives the points."""
        middle, sigma = self.centres(baseline, points), self.sigma(baseline, points)
        edges = [np.clip(middle + width * sigma, self.lowest, self.highest) for width in (-3, 3, -2, 2)]
        return Lines(middle, *edges)

    def find(self, points: Points, lines: Lines) -> dict[str, SignArray]:
        """What each rule says of each point, by the rule's name, in the order of special_cause.RULES."""
        if self.only_outside:
            return {"outside": special_cause.beyond(points.value, lines.lower, lines.upper)}
        if not self.seasons:
            return special_cause.find(points.value, lines)
        return special_cause.find(points.value - lines.mean, lines.less(lines.mean), SEASONAL_RUN)

    def flags(self, points: Points, lines: Lines) -> Flags:
        """Which points signal, and how."""
        found = self.find(points, lines)
        nothing = np.zeros(len(points), dtype=np.bool_)
        moved, run = (points.value - lines.mean, SEASONAL_RUN) if self.seasons else (points.value, special_cause.TREND_POINTS)
        rising, falling = special_cause.trend_ends(moved, run) if "trend" in found else (nothing, nothing)
        high = functools.reduce(operator.or_, (signs == 1 for signs in found.values()), rising)
        low = functools.reduce(operator.or_, (signs == -1 for signs in found.values()), falling)
        cause, direction = np.full(len(points), None, dtype=object), np.full(len(points), None, dtype=object)
        for rule in reversed(found):
            rows = found[rule] != 0
            cause[rows] = rule
            direction[rows] = np.where(found[rule][rows] == 1, "high", "low")
        return Flags(cause.tolist(), direction.tolist(), high, low)


class _Counted(Method):
    """Methods whose centre is all numerators over all denominators."""

    def centre(self, baseline: Points) -> float:
        total = float(baseline.denominator.sum())
        return float(baseline.numerator.sum()) / total if total > 0 else np.nan

    def weights(self, baseline: Points) -> FloatArray:
        return baseline.denominator


@dataclass(frozen=True)
class PChart(_Counted):
    """Proportions with the binomial's sigma: √(cl (1 - cl) / n), clamped to 0 to 1."""

    name: str = field(default="p", init=False)
    lowest: float = field(default=0.0, init=False)
    highest: float = field(default=1.0, init=False)

    def sigma(self, baseline: Points, points: Points) -> FloatArray:
        middle = self.centre(baseline)
        return np.sqrt(max(middle * (1 - middle), 0.0) / points.denominator)


@dataclass(frozen=True)
class UChart(_Counted):
    """Rates (for one unit of exposure) with the Poisson distribution's sigma: √(cl / n), not below 0."""

    name: str = field(default="u", init=False)
    lowest: float = field(default=0.0, init=False)

    def sigma(self, baseline: Points, points: Points) -> FloatArray:
        return np.sqrt(max(self.centre(baseline), 0.0) / points.denominator)


@dataclass(frozen=True)
class Laney(_Counted):
    """Laney's charts: the limits that the spread between children gives, as much wider as the points vary more than that.

    Made for measures of children who stay: a few of them make most of the events, and each brings the same ways to many periods.
    `long_periods`: neighbouring periods are so much alike, as the same children have most of the events in both, that moving ranges
    say too little of how much periods vary; the limits are that much wider.
    Source: Laney (2002), 'Improved control charts for attributes', Quality Engineering 14(4): 531 to 537.
    """

    long_periods: bool = False

    def spread(self, baseline: Points) -> float:
        """The sigma of a point whose denominator is 1."""
        raise NotImplementedError

    def sigma(self, baseline: Points, points: Points) -> FloatArray:
        spread = self.spread(baseline)
        if not spread > 0:
            return Method.sigma(self, baseline, points)
        scores = self.residuals(baseline) * np.sqrt(baseline.denominator) / spread
        wider = float(np.abs(np.diff(scores)).mean()) * MOVING_RANGE_FACTOR / 3 if len(baseline) > 1 else 1.0
        return spread / np.sqrt(points.denominator) * max(wider, 1.0) * (ALIKE if self.long_periods else 1.0)


@dataclass(frozen=True)
class LaneyP(Laney):
    """Laney's P′ chart: proportions."""

    name: str = field(default="laney_p", init=False)
    lowest: float = field(default=0.0, init=False)
    highest: float = field(default=1.0, init=False)

    def spread(self, baseline: Points) -> float:
        middle = self.centre(baseline)
        return float(np.sqrt(max(middle * (1 - middle), 0.0)))


@dataclass(frozen=True)
class LaneyU(Laney):
    """Laney's U′ chart: rates."""

    name: str = field(default="laney_u", init=False)
    lowest: float = field(default=0.0, init=False)

    def spread(self, baseline: Points) -> float:
        return float(np.sqrt(max(self.centre(baseline), 0.0)))


@dataclass(frozen=True)
class LaneyMean(Laney):
    """The same for means and ratios of totals: the spread is that of their standard errors, pooled over the baseline."""

    name: str = field(default="laney_mean", init=False)

    def centre(self, baseline: Points) -> float:
        total = float(baseline.denominator.sum())
        return float((baseline.value * baseline.denominator).sum()) / total if total > 0 else np.nan

    def spread(self, baseline: Points) -> float:
        if baseline.error is None:
            return np.nan
        known = ~np.isnan(baseline.error)
        weight = baseline.denominator[known]
        if not weight.sum() > 0:
            return np.nan
        return float(np.sqrt((baseline.error[known] ** 2 * weight * weight).sum() / weight.sum()))


@dataclass(frozen=True)
class LastYear(Method):
    """Each point against the one of a year before: of two points no rhythm of the year is left, and nothing else is known yet.

    `of` gives the spread between children. A point without one a year before has no lines.
    """

    of: Laney = field(default_factory=lambda: LaneyMean())
    name: str = field(default="last_year", init=False)

    def centre(self, baseline: Points) -> float:
        return self.of.centre(baseline)

    def lines(self, baseline: Points, points: Points) -> Lines:
        spread = self.of.spread(baseline)
        before = {
            place: (value, size) for part in (baseline, points)
            for place, value, size in zip(part.places, part.value, part.denominator, strict=True)
        }
        found = np.array([before.get(place - self.seasons, (np.nan, np.nan)) for place in points.places]).reshape(-1, 2)
        middle, sigma = found[:, 0], spread * np.sqrt(1 / found[:, 1] + 1 / points.denominator)
        edges = [np.clip(middle + width * sigma, self.of.lowest, self.of.highest) for width in (-3, 3, -2, 2)]
        return Lines(middle, *edges)


class _Exact(_Counted):
    """Limits from the distribution itself, and one-sided runs by their probability; no trend and no two of three."""

    def distribution(self, middle: float, points: Points) -> Counts:
        """The distribution of the points' numerators."""
        raise NotImplementedError

    def lines(self, baseline: Points, points: Points) -> Lines:
        middle = self.centre(baseline)
        if not len(points) or np.isnan(middle):
            return Lines(*(np.full(len(points), np.nan) for _ in range(5)))
        found = self.distribution(middle, points)
        edges = [found.quantile(share) / points.denominator for share in (TAIL, 1 - TAIL, TAIL_2SIGMA, 1 - TAIL_2SIGMA)]
        return Lines(np.full(len(points), middle), *edges)

    def find(self, points: Points, lines: Lines) -> dict[str, SignArray]:
        outside = special_cause.beyond(points.value, lines.lower, lines.upper)
        if self.only_outside or not len(points) or np.isnan(lines.mean[0]):
            return {"outside": outside}
        middle = float(lines.mean[0])
        found, expected = self.distribution(middle, points), middle * points.denominator
        slack = special_cause.TOLERANCE * np.maximum(expected, 1.0)
        chances = found.more_than(np.floor(expected + slack)), found.at_most(np.ceil(expected - slack) - 1)
        side = special_cause.sides(points.value, lines.mean)
        return {"outside": outside, "shift": special_cause.unlikely_runs(side, *chances)}


@dataclass(frozen=True)
class ExactProportion(_Exact):
    """Proportions of which few have the outcome, or few lack it."""

    name: str = field(default="binomial", init=False)

    def distribution(self, middle: float, points: Points) -> Counts:
        return Binomial(np.rint(points.denominator), min(max(middle, 0.0), 1.0))


@dataclass(frozen=True)
class ExactRate(_Exact):
    """Rates of few events."""

    name: str = field(default="poisson", init=False)

    def distribution(self, middle: float, points: Points) -> Counts:
        return Poisson(max(middle, 0.0) * points.denominator)


def rhythm(points: Points, seasons: int) -> bool:
    """Whether the seasons' means differ more than the points within them (F test at 5%): for series that come without intervals."""
    from scipy.special import fdtrc  # slow to import, and most charts never need it

    there = points.at(~np.isnan(points.value))
    season, free = there.places % seasons, len(there) - seasons
    if free <= 0:
        return False
    within = Method(seasons=seasons)
    inside = float(((there.value - within.centres(there, there)) ** 2).sum())
    between = float(((within.centres(there, there) - there.value.mean()) ** 2).sum())
    shown = len(np.unique(season)) - 1
    return shown > 0 and (inside == 0 or bool(fdtrc(shown, free, between / shown / (inside / free)) < 0.05)) and between > 0
