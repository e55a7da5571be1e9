"""Funnel plots: how far an authority's value may be from that of all together by chance alone, given its size.

Source: D. J. Spiegelhalter, 'Funnel plots for comparing institutional performance', Statistics in Medicine 24 (2005), 1185 to 1202,
appendix A.1: exact binomial limits for proportions and Poisson limits for rates, made smooth by interpolation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = NDArray[np.float64]

WARNING, ALARM = 0.95, 0.998
"""About two and three standard deviations."""


class Place(StrEnum):
    """Where a value lies."""

    INSIDE = "inside"
    ABOVE_WARNING = "above the 95 % limit"
    ABOVE_ALARM = "above the 99.8 % limit"
    BELOW_WARNING = "below the 95 % limit"
    BELOW_ALARM = "below the 99.8 % limit"


@dataclass(frozen=True)
class Limits:
    """Lower and upper limits of both levels, one for each size asked for, in the unit of the centre."""

    lower_alarm: Numbers
    lower_warning: Numbers
    upper_warning: Numbers
    upper_alarm: Numbers

    def place(self, index: int, value: float) -> Place:
        """Where a value lies; one on a limit is inside it."""
        if value > self.upper_alarm[index]:
            return Place.ABOVE_ALARM
        if value < self.lower_alarm[index]:
            return Place.BELOW_ALARM
        if value > self.upper_warning[index]:
            return Place.ABOVE_WARNING
        return Place.BELOW_WARNING if value < self.lower_warning[index] else Place.INSIDE


def proportion_limits(centre: float, sizes: Numbers) -> Limits:
    """The limits of a proportion (0 to 1) for numbers of children. Raises ValueError for a centre outside 0 to 1 or a size below 1."""
    if not 0 <= centre <= 1:
        raise ValueError(f"A proportion is between 0 and 1, not {centre}.")
    return _limits(sizes, lambda size: stats.binom(size, centre), np.rint(_checked(sizes)))


def rate_limits(centre: float, exposures: Numbers) -> Limits:
    """The limits of events for one of an exposure. Raises ValueError for a negative centre or an exposure that isn't above 0."""
    if centre < 0:
        raise ValueError(f"A rate is not negative, but {centre} is.")
    return _limits(exposures, lambda exposure: stats.poisson(centre * exposure), _checked(exposures))


def _checked(sizes: Numbers) -> Numbers:
    if np.any(~np.isfinite(sizes)) or np.any(sizes <= 0):
        raise ValueError("A funnel needs sizes above 0.")
    return sizes


def _limits(sizes: Numbers, distribution: Callable[[Numbers], stats.rv_frozen], checked: Numbers) -> Limits:
    of_size = distribution(checked)
    tails = [(1 - ALARM) / 2, (1 - WARNING) / 2, (1 + WARNING) / 2, (1 + ALARM) / 2]
    return Limits(*(_quantile(of_size, tail) / checked for tail in tails))


def _quantile(of_size: stats.rv_frozen, tail: float) -> Numbers:
    """The count below which `tail` of the distribution lies, between whole counts in proportion."""
    count = np.maximum(np.asarray(of_size.ppf(tail), dtype=float), 0.0)
    reached, before = of_size.cdf(count), of_size.cdf(count - 1)
    width = reached - before
    back = np.divide(reached - tail, width, out=np.zeros_like(count), where=width > 0)
    smoothed: Numbers = np.maximum(count - back, 0.0)
    return smoothed
