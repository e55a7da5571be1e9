"""Funnel plots: how far an authority's value may be from that of all together by chance alone, given its size.

Source: D. J. Spiegelhalter, 'Funnel plots for comparing institutional performance', Statistics in Medicine 24 (2005), 1185 to 1202,
appendix A.1: exact binomial limits for proportions and Poisson limits for rates, made smooth by interpolation. The upper limits are
the mirror image of the lower ones, so that where 97% is usual, 3 of 3 is nothing unusual.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy import stats

Numbers = NDArray[np.float64]

WARNING, ALARM = 0.95, 0.998
"""About two and three standard deviations."""


class Place(StrEnum):
    """Where a value lies."""

    INSIDE = "inside"
    ABOVE_WARNING = "above the 95% limit"
    ABOVE_ALARM = "above the 99.8% limit"
    BELOW_WARNING = "below the 95% limit"
    BELOW_ALARM = "below the 99.8% limit"


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
    sizes = np.rint(_checked(sizes))
    from scipy.stats import binom  # slow to import

    limits = _limits(binom(sizes, centre), sizes)
    return Limits(*(np.minimum(part, 1.0) for part in (limits.lower_alarm, limits.lower_warning, limits.upper_warning, limits.upper_alarm)))


def rate_limits(centre: float, exposures: Numbers) -> Limits:
    """The limits of events for one of an exposure. Raises ValueError for a negative centre or an exposure that isn't above 0."""
    if centre < 0:
        raise ValueError(f"A rate is not negative, but {centre} is.")
    from scipy.stats import poisson

    return _limits(poisson(centre * _checked(exposures)), exposures)


def _checked(sizes: Numbers) -> Numbers:
    if np.any(~np.isfinite(sizes)) or np.any(sizes <= 0):
        raise ValueError("A funnel needs sizes above 0.")
    return sizes


def _limits(counts: stats.rv_frozen, sizes: Numbers) -> Limits:
    alarm, warning = (1 - ALARM) / 2, (1 - WARNING) / 2
    found = (_lowest(counts, alarm), _lowest(counts, warning), _highest(counts, warning), _highest(counts, alarm))
    return Limits(*(count / sizes for count in found))


def _lowest(counts: stats.rv_frozen, tail: float) -> Numbers:
    """A count below which are the counts that, with all lower ones, have a probability under `tail`; between whole counts in proportion."""
    count = np.maximum(np.asarray(counts.ppf(tail), dtype=float), 0.0)
    found: Numbers = np.maximum(count - _part(counts.cdf(count) - tail, counts.pmf(count)), 0.0)
    return found


def _highest(counts: stats.rv_frozen, tail: float) -> Numbers:
    """The same from above: the mirror image, so that a count is outside only if it and all higher ones are that improbable."""
    count = np.maximum(np.asarray(counts.isf(tail), dtype=float), 0.0)
    found: Numbers = count + _part(counts.sf(count - 1) - tail, counts.pmf(count))
    return found


def _part(over: Numbers, of: Numbers) -> Numbers:
    part: Numbers = np.divide(over, of, out=np.zeros_like(of), where=of > 0)
    return part
