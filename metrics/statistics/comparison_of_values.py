"""Two groups' rates, averages or ratios of totals held against each other.

The interval of a difference is put together from the two values' own intervals (Zou and Donner 2008, Statist. Med. 27, 1693 to
1702; for two shares it is Newcombe's). For rates the p value is that of the exact conditional test (Przyborowski and Wilenski 1940,
Biometrika 31, 313 to 323): of all events, as many in the first group as its part of the exposure gives. That takes events as
independent, which those of one child are not: `spread_between_children` says by how much more they vary. For averages and ratios of
totals it is that at which the interval would just reach 0, with Student's t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from metrics.statistics import intervals
from metrics.statistics.intervals import TAIL


@dataclass(frozen=True)
class Difference:
    """The first value less the second, its 95% interval, and a two-sided p value; in the unit of the values."""

    difference: float
    lower: float
    upper: float
    p_value: float


def rates(events_1: int, exposure_1: float, events_2: int, exposure_2: float, *, rounding: float = 0.0) -> Difference:
    """Two rates for one unit of exposure. `rounding` is the variance of the error that each number of events was rounded with."""
    from scipy.stats import binomtest  # slow to import

    (low_1, high_1), (low_2, high_2) = (intervals.rate(x, over) for x, over in ((events_1, exposure_1), (events_2, exposure_2)))
    rate_1, rate_2 = events_1 / exposure_1, events_2 / exposure_2
    gap = rate_1 - rate_2
    error = intervals.Z * math.sqrt(rounding) * math.hypot(1 / exposure_1, 1 / exposure_2)
    lower = gap - math.hypot(rate_1 - low_1, high_2 - rate_2, error)
    upper = gap + math.hypot(high_1 - rate_1, rate_2 - low_2, error)
    events = events_1 + events_2
    p = float(binomtest(events_1, events, exposure_1 / (exposure_1 + exposure_2)).pvalue) if events else 1.0
    return Difference(gap, lower, upper, p)


def spread_between_children(events: float, children: float, with_any: float) -> float:
    """How many times a Poisson's is the variance of a number of events of which some children have several; 1 where they have one each.

    `with_any` is how many of the children have an event. Events are taken to be negative binomial among children, whose spread follows
    from their mean and from how many have none (Anscombe 1950, Biometrika 37, 358 to 382).
    """
    from scipy.optimize import brentq  # slow to import

    if not 0 < with_any < events or with_any > children:
        return 1.0
    # With a mean m and a spread s, a child has no event with the chance s ** (-m / (s - 1)).
    seen = -math.log1p(-min(with_any / children, 1 - 0.5 / children)) / (events / children)
    if seen > 1 - 1e-6:
        return 1.0
    return float(brentq(lambda spread: math.log(spread) / (spread - 1) - seen, 1 + 1e-9, 1e9))


def values(value_1: float, half_1: float, number_1: int, value_2: float, half_2: float, number_2: int) -> Difference:
    """Two averages or ratios of totals: each with half its 95% interval and of how many children it is. Both have two children or more."""
    from scipy.special import stdtr, stdtrit

    gap, half, freedom = value_1 - value_2, math.hypot(half_1, half_2), min(number_1, number_2) - 1
    if half == 0:
        return Difference(gap, gap, gap, 0.0 if gap else 1.0)
    p = 2 * float(stdtr(freedom, -abs(gap) / half * float(stdtrit(freedom, 1 - TAIL))))
    return Difference(gap, gap - half, gap + half, p)


def of_repeated(found: Difference, effect: float) -> Difference:
    """The same where what is counted is less than so many independent children or events: the variance is `effect` times theirs."""
    from scipy.special import ndtr, ndtri

    wider = math.sqrt(effect)
    lower, upper = found.difference - (found.difference - found.lower) * wider, found.difference + (found.upper - found.difference) * wider
    z = -float(ndtri(max(found.p_value, 1e-300) / 2)) / wider
    return Difference(found.difference, lower, upper, min(2 * float(ndtr(-z)), 1.0))
