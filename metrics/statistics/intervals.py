"""95% confidence intervals of the kinds of measure: for one value, and for whole columns at once.

| What | Method | Source |
|---|---|---|
| proportion | Wilson's score interval, no continuity correction | Wilson 1927; Newcombe 1998, Statist. Med. 17, 857 to 872 |
| rate | exact Poisson below 10 events, Byar's approximation from 10 | Breslow and Day 1987, volume II; APHO technical briefing 3 |
| mean | Student's t | any textbook |
| ratio of totals | Student's t on the linearised ratio, children as clusters | Cochran 1977, Sampling Techniques, chapter 6 |
| difference of two proportions | Newcombe's hybrid score interval (his method 10) | Newcombe 1998, Statist. Med. 17, 873 to 890 |

Groups are added up before an interval is taken: never average intervals.

Each interval takes numbers and gives a lower and an upper limit, or takes columns of one length and gives two arrays. It raises
ValueError for numbers that can't be: more cases than there are children, a denominator of 0, anything below 0 or not finite. In
columns a row without enough to go on (a denominator of 0, fewer than two values, a missing number) gets NaN limits instead, as a
summary has such rows.
"""

from __future__ import annotations

import functools
import inspect
import math
import statistics
from collections.abc import Callable, Sequence
from typing import Protocol, cast, overload

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2
BYAR_FROM = 10
"""Byar's approximation is used from this many events on; it is poor below."""

Z = statistics.NormalDist().inv_cdf(1 - TAIL)

FloatArray = npt.NDArray[np.float64]
Column = npt.NDArray[np.generic] | Sequence[float | None]
Limits = tuple[float, float]
LimitArrays = tuple[FloatArray, FloatArray]


class Interval(Protocol):
    """Numbers to two limits, or columns to two arrays of limits."""

    @overload
    def __call__(self, *numbers: float) -> Limits: ...
    @overload
    def __call__(self, *columns: Column) -> LimitArrays: ...


def _of_numbers_too(*above_zero: str) -> Callable[[Callable[..., LimitArrays]], Interval]:
    """Lets an interval of columns take numbers as well, of which those named have to be above 0.

    Numbers that say nothing of their spread, as a single value, have the limits (None, None).
    """

    def decorated(of_columns: Callable[..., LimitArrays]) -> Interval:
        signature = inspect.signature(of_columns)

        @functools.wraps(of_columns)
        def interval(*given: float | Column, **named: float | Column) -> Limits | tuple[None, None] | LimitArrays:
            values = signature.bind(*given, **named).arguments
            if not all(isinstance(value, int | float | np.number) for value in values.values()):
                return of_columns(**values)
            numbers = {name: float(cast(float, value)) for name, value in values.items()}
            _check_finite(**numbers)
            _check_above_zero(**{name: numbers[name] for name in above_zero})
            lower, upper = (float(limits[0]) for limits in of_columns(**{name: [number] for name, number in numbers.items()}))
            return (None, None) if math.isnan(lower) else (lower, upper)

        return cast(Interval, interval)

    return decorated


def rounding_error(numerator: float, denominator: float, variance: float) -> float:
    """By how much a proportion of two numbers, each rounded with an error of this variance, may be off: half of a 95% interval."""
    smaller = min(numerator, denominator - numerator) / denominator
    return Z * math.sqrt(variance * (1 + smaller**2)) / denominator


@_of_numbers_too("denominator")
def proportion(numerator: Column, denominator: Column) -> LimitArrays:
    """Wilson's interval of numerator / denominator, as a fraction from 0 to 1."""
    x, n = _columns(numerator=numerator, denominator=denominator)
    _check_share(x, n)
    usable = n > 0
    n = np.where(usable, n, np.nan)
    share = x / n
    middle = (x + Z**2 / 2) / (n + Z**2)
    half = Z / (n + Z**2) * np.sqrt(np.maximum(n * share * (1 - share), 0) + Z**2 / 4)
    lower = np.where(x == 0, 0.0, np.maximum(middle - half, 0))
    upper = np.where(x == n, 1.0, np.minimum(middle + half, 1))
    return _blank(usable & ~np.isnan(x), lower, upper)


@_of_numbers_too("exposure")
def rate(events: Column, exposure: Column) -> LimitArrays:
    """The interval of events / exposure, per one unit of the exposure. There may be more events than exposure."""
    from scipy.special import chdtri  # slow to import, and a load never needs it

    x, over = _columns(events=events, exposure=exposure)
    usable = (over > 0) & ~np.isnan(x)
    few = np.where(usable & (x < BYAR_FROM), x, 0.0)
    many = np.where(usable & (x >= BYAR_FROM), x, float(BYAR_FROM))
    exact_lower = np.where(few > 0, chdtri(2 * np.where(few > 0, few, 1.0), 1 - TAIL) / 2, 0.0)
    exact_upper = chdtri(2 * few + 2, TAIL) / 2
    byar_lower = many * (1 - 1 / (9 * many) - Z / (3 * np.sqrt(many))) ** 3
    byar_upper = (many + 1) * (1 - 1 / (9 * (many + 1)) + Z / (3 * np.sqrt(many + 1))) ** 3
    by_byar = x >= BYAR_FROM
    over = np.where(usable, over, 1.0)
    return _blank(usable, np.where(by_byar, byar_lower, exact_lower) / over, np.where(by_byar, byar_upper, exact_upper) / over)


@_of_numbers_too("n")
def mean(n: Column, total: Column, total_of_squares: Column) -> LimitArrays:
    """Student's t interval of the mean of n values with this sum and sum of squares, in the unit of the values, which may be below 0."""
    values, squares = _columns(n=n, total_of_squares=total_of_squares)
    (totals,) = _columns(may_be_negative=True, total=total)
    usable = values >= 2
    values = np.where(usable, values, 2.0)
    centre = totals / values
    # The difference of two nearly equal sums can fall just below 0 where every value is the same.
    variance = np.maximum(squares - totals * centre, 0) / (values - 1)
    half = _t(values - 1) * np.sqrt(variance / values)
    return _blank(usable, centre - half, centre + half)


@_of_numbers_too("n", "sum_y")
def ratio_of_totals(n: Column, sum_x: Column, sum_y: Column, sum_xx: Column, sum_yy: Column, sum_xy: Column) -> LimitArrays:
    """The interval of R = sum_x / sum_y over n children, each with an x and a y, clipped to 0 to 1.

    var(R) = n / (n - 1) * sum((x - R y)^2) / sum_y^2, with Student's t on n - 1 degrees of freedom: a child's sessions are alike, so
    the children are the sample, not the sessions.
    """
    children, x, y, xx, yy, xy = _columns(n=n, sum_x=sum_x, sum_y=sum_y, sum_xx=sum_xx, sum_yy=sum_yy, sum_xy=sum_xy)
    usable = (children >= 2) & (y > 0)
    children, y = np.where(usable, children, 2.0), np.where(usable, y, 1.0)
    ratio = x / y
    residuals = np.maximum(xx - 2 * ratio * xy + ratio**2 * yy, 0)
    half = _t(children - 1) * np.sqrt(children / (children - 1) * residuals) / y
    return _blank(usable, np.clip(ratio - half, 0, 1), np.clip(ratio + half, 0, 1))


@_of_numbers_too("denominator_1", "denominator_2")
def difference(numerator_1: Column, denominator_1: Column, numerator_2: Column, denominator_2: Column) -> LimitArrays:
    """Newcombe's interval of proportion 1 less proportion 2, as a fraction from -1 to 1."""
    x_1, n_1 = _columns(numerator=numerator_1, denominator=denominator_1)
    x_2, n_2 = _columns(numerator=numerator_2, denominator=denominator_2)
    lower_1, upper_1 = proportion(x_1, n_1)
    lower_2, upper_2 = proportion(x_2, n_2)
    share_1, share_2 = x_1 / np.where(n_1 > 0, n_1, np.nan), x_2 / np.where(n_2 > 0, n_2, np.nan)
    gap = share_1 - share_2
    lower = gap - np.hypot(share_1 - lower_1, upper_2 - share_2)
    upper = gap + np.hypot(upper_1 - share_1, share_2 - lower_2)
    return np.maximum(lower, -1), np.minimum(upper, 1)


def _blank(usable: npt.NDArray[np.bool_], lower: FloatArray, upper: FloatArray) -> LimitArrays:
    return np.where(usable, lower, np.nan), np.where(usable, upper, np.nan)


def _columns(*, may_be_negative: bool = False, **columns: Column) -> list[FloatArray]:
    """The columns as arrays of floats (missing: NaN), once none holds an impossible number."""
    arrays = {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}
    for name, array in arrays.items():
        if np.isinf(array).any():
            raise ValueError(f"No interval can be worked out: {name} is infinite. Give finite numbers.")
        if not may_be_negative and (array < 0).any():
            raise ValueError(f"No interval can be worked out: {name} is {array[array < 0][0]:g}, and it can't be below 0.")
    return list(arrays.values())


def _check_finite(**numbers: float) -> None:
    for name, number in numbers.items():
        if not math.isfinite(number):
            raise ValueError(f"No interval can be worked out: {name} is {number}. Give a finite number.")


def _check_above_zero(**numbers: float) -> None:
    for name, number in numbers.items():
        if number <= 0:
            raise ValueError(f"No interval can be worked out: {name} is {number:g}, and it has to be above 0.")


def _check_share(numerators: FloatArray, denominators: FloatArray) -> None:
    over = numerators > denominators
    if over.any():
        x, n = numerators[over][0], denominators[over][0]
        raise ValueError(f"No interval can be worked out: a numerator of {x:g} is more than its denominator of {n:g}.")


def _t(freedom: FloatArray) -> FloatArray:
    """The quantile of Student's t that leaves `TAIL` above it."""
    from scipy.special import stdtrit

    quantile: FloatArray = stdtrit(freedom, 1 - TAIL)
    return quantile
