"""How likely each true number is, given what the protected view shows of it: Bayes' rule on whole numbers, for every kind of measure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from metrics.disclosure.rounding import STEP_WEIGHTS
from metrics.measures.kinds import Mean, Measure, Proportion, Rate

Numbers = npt.NDArray[np.float64]
CONCERN = 17
"""The score from which a child is of concern."""
ABSENT = 0.1
"""The share of missed sessions from which a child is persistently absent."""
MOST_EVENTS = 8
NEXT_TO_IMPOSSIBLE = 1e-15
SPREAD_OF_ATTENDANCE = 0.12


@dataclass(frozen=True)
class Belief:
    """How likely each whole number from `low` on is."""

    low: int
    likely: Numbers

    def times(self, other: Belief) -> Belief:
        """Both together: the likelihoods multiplied, where both are possible."""
        low = max(self.low, other.low)
        high = min(self.low + len(self.likely), other.low + len(other.likely))
        if high <= low:
            return Belief(low, np.zeros(1))
        return Belief(low, self.likely[low - self.low:high - self.low] * other.likely[low - other.low:high - other.low])

    def plus(self, other: Belief) -> Belief:
        """The sum of two numbers that have nothing to do with each other."""
        return Belief(self.low + other.low, np.convolve(self.likely, other.likely))

    def over(self, other: Belief) -> Belief:
        """This likelihood without what the other already said."""
        both = self.times(Belief(other.low, np.ones_like(other.likely)))
        cut = other.likely[both.low - other.low:both.low - other.low + len(both.likely)]
        return Belief(both.low, np.divide(both.likely, cut, out=np.zeros_like(both.likely), where=cut > 1e-300))

    def scaled(self) -> Belief:
        """The same, adding up to 1; without what is next to impossible."""
        total = self.likely.sum()
        if total <= 0:
            return self
        span = np.flatnonzero(self.likely > total * NEXT_TO_IMPOSSIBLE)
        return Belief(self.low + int(span[0]), self.likely[span[0]:span[-1] + 1] / total)


@dataclass(frozen=True)
class Common:
    """What everybody knows of a measure in a period: the share, rate or mean of all and its spread by child; how many the exact total is
    of, and its numerator where that is exact too. `another_cohort`: that total is of another cohort than the cells are. `insider`: whether
    somebody looks who knows how many children are in every cell, and how often the outcome is; others know what is shown."""

    measure: Measure
    centre: float
    spread: float
    whole_n: int
    whole_k: float | None
    another_cohort: bool
    insider: bool


def summed(beliefs: Iterable[Belief]) -> Belief:
    """The sum of many."""
    found = Belief(0, np.ones(1))
    for belief in beliefs:
        found = found.plus(belief).scaled()
    return found


def before(common: Common, n: int, exposure: float) -> Belief:
    """Of `n` rows, when only the total is known; `exposure` counts sessions of a ratio of totals."""
    measure = common.measure
    if not common.insider and n > 1 and isinstance(measure, Proportion | Rate):
        return Belief(-2, np.ones(2 * n + MOST_EVENTS))
    if isinstance(measure, Proportion):
        return Belief(0, stats.binom.pmf(np.arange(n + 1), n, common.centre))
    if isinstance(measure, Rate):
        most = int(n * common.centre + 10 * math.sqrt(n * common.centre + 1)) + MOST_EVENTS
        return Belief(0, stats.poisson.pmf(np.arange(most + 1), n * common.centre))
    largest = n * (measure.highest_score or 0) if isinstance(measure, Mean) else exposure
    size = 1.0 if isinstance(measure, Mean) else exposure / max(n, 1)
    middle, spread = common.centre * n * size, common.spread * math.sqrt(max(n, 1)) * size
    low, high = max(int(middle - 6 * spread), 0), min(int(middle + 6 * spread) + 1, int(largest))
    return Belief(low, stats.norm.pdf(np.arange(low, max(high, low) + 1), middle, max(spread, 1e-9)) + 1e-12)


def has_outcome(measure: Measure, amounts: Numbers, exposure: float) -> npt.NDArray[np.bool_]:
    """Which amounts of one child mean that it has the outcome."""
    if isinstance(measure, Mean):
        return amounts >= CONCERN
    if isinstance(measure, Proportion | Rate):
        return amounts >= 1
    return amounts <= (1 - ABSENT) * exposure


def seen(common: Common, row: Mapping[str, Any], n: int, exposure: float) -> Belief | None:
    """How likely the shown row is for each true number, for somebody who knows how many rows it is of; None where it tells nothing."""
    if row["state"] != "shown":
        return None
    if not row["rounded"]:
        return Belief(round(row["numerator"]), np.ones(1))
    measure, beside = common.measure, n - common.whole_n
    near = common.whole_n > 0 and abs(beside) < 3 and (beside < 0 or common.another_cohort)
    by_draw_too = isinstance(measure, Proportion) or (isinstance(measure, Rate) and common.another_cohort)
    if near and (common.whole_k is None or not by_draw_too):
        return None  # it is shown as the total says, whatever these children's outcomes are
    follow = (beside, common.whole_n, round(common.whole_k or 0)) if near else None
    if isinstance(measure, Proportion):
        return _rounded_share(row, n, follow) if common.insider else _near(row)
    if isinstance(measure, Rate):
        amounts = np.arange(max(int(row["numerator"]) - 2, 0), int(row["numerator"]) + 3)
        all_events = None if follow is None else np.full(len(amounts), follow[2])
        return Belief(int(amounts[0]), _rounding(amounts, np.full(len(amounts), int(row["numerator"])), np.inf, beside, all_events))
    return _with_noise(measure, row, n, exposure)


def _near(row: Mapping[str, Any]) -> Belief:
    """Of a share, for somebody who knows neither how many children there are nor which of the two parts was rounded, if both may be."""
    counted, numerator = int(row["denominator"]), int(row["numerator"])
    off = Belief(-2, np.array([1, 2, 3, 2, 1]) / 9)
    having, lacking = off.plus(Belief(numerator, np.ones(1))), off.plus(off).plus(Belief(numerator, np.ones(1)))
    if abs(2 * numerator - counted) <= 3:
        return Belief(lacking.low, np.pad(having.likely, 2) + lacking.likely)
    return having if 2 * numerator < counted else lacking


def _rounded_share(row: Mapping[str, Any], n: int, follow: tuple[int, int, int] | None) -> Belief:
    amounts = np.arange(n + 1)
    counted, numerator = int(row["denominator"]), int(row["numerator"])
    if follow is None:
        have, of_all, beside = amounts <= n - amounts, None, 0
    else:
        beside, whole, with_it = follow
        have = np.full(n + 1, 2 * with_it <= whole)
        of_all = np.where(have, with_it, whole - with_it)
    few = np.where(have, amounts, n - amounts)
    return Belief(0, _rounding(few, np.where(have, numerator, counted - numerator), counted, beside, of_all))


def _rounding(
    true: npt.NDArray[Any], shown: npt.NDArray[Any], most: float, beside: int, of_all: npt.NDArray[Any] | None, base: int = 3,
) -> Numbers:
    """How likely a number is shown so: a remainder of 1 goes down with a chance of 2 in 3, and so on; or as the total of nearly the same
    children says, where `beside` more of them are."""
    rest = true % base
    chance = rest / base
    if of_all is not None:
        said = base * {-1: of_all // base, 0: (of_all + 1) // base, 1: -(-of_all // base)}[int(np.sign(beside))]
        allowed = (abs(said - true) < base) & ((rest > 0) | (said == true))
        chance = np.where(allowed, (said > true).astype(np.float64), chance)
    down, up = np.minimum(true - rest, most), np.minimum(true - rest + base, most)
    return np.asarray((shown == down) * (1 - chance) + (shown == up) * chance, dtype=np.float64)


def _with_noise(measure: Measure, row: Mapping[str, Any], n: int, exposure: float) -> Belief:
    """Of a mean or a ratio: the value was moved by steps and written with few decimals."""
    of_mean = isinstance(measure, Mean)
    step, decimals = ((measure.highest_score or 0) / 5, 1) if isinstance(measure, Mean) else (0.25, 2)
    under, highest = (n, measure.most or 0) if of_mean else (exposure, 1.0)
    reach = (2 * step / n + 10.0**-decimals) * under
    amounts = np.arange(max(int(row["value"] * under - reach) - 1, 0), int(row["value"] * under + reach) + 2)
    least = 0.0 if of_mean else 0.01
    likely = np.zeros(len(amounts))
    for number, weight in enumerate(STEP_WEIGHTS):
        moved = np.floor((amounts / under + (number - 2) * step / n) * 10**decimals + 0.5 + 1e-9) / 10**decimals
        likely += weight / sum(STEP_WEIGHTS) * (np.abs(np.clip(moved, least, highest - least) - row["value"]) < 1e-6)
    if row["value"] <= least + 1e-9 or row["value"] >= highest - least - 1e-9:
        likely += 1e-6  # cut at the end of the scale: anything beyond it looks the same
    return Belief(int(amounts[0]), likely)
