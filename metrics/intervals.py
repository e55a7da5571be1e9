"""95 % intervals of the kinds of measure: for one value, and for whole columns at once.

| What | Method | Source |
|---|---|---|
| proportion | Wilson's score interval, no continuity correction | Wilson 1927; Newcombe 1998, Statist. Med. 17, 857 to 872 |
| rate | exact Poisson below 10 events, Byar's approximation from 10 | Breslow and Day 1987, volume II; APHO technical briefing 3 |
| mean | Student's t | any textbook |
| ratio of totals | Student's t on the linearised ratio, children as clusters | Cochran 1977, Sampling Techniques, chapter 6 |
| difference of two proportions | Newcombe's hybrid score interval (his method 10) | Newcombe 1998, Statist. Med. 17, 873 to 890 |

Groups are added up before an interval is taken: never average intervals. `proportion` and `difference` ask statsmodels; their
column forms work the same formulas out without its slow import, and the tests hold the two together.

The functions of one value raise ValueError for numbers that can't be: more cases than there are children, a denominator of 0,
anything below 0 or not finite. The column forms raise it too, except that a row without enough to go on (a denominator of 0, fewer
than two values, a missing number) gets NaN limits, as a summary has such rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri, ndtri, stdtrit

CONFIDENCE = 0.95
TAIL = (1 - CONFIDENCE) / 2
BYAR_FROM = 10
"""Byar's approximation is used from this many events on; it is poor below."""

Z = float(ndtri(1 - TAIL))

FloatArray = npt.NDArray[np.float64]
Column = npt.NDArray[np.generic] | Sequence[float | None]
Limits = tuple[float, float]
LimitArrays = tuple[FloatArray, FloatArray]


def proportion(numerator: float, denominator: float) -> Limits:
    """Wilson's interval of numerator / denominator, as a fraction from 0 to 1."""
    _check_finite(numerator=numerator, denominator=denominator)
    _check_above_zero(denominator=denominator)
    _check_share(*_columns(numerator=[numerator], denominator=[denominator]))
    from statsmodels.stats.proportion import proportion_confint  # slow to import, and most runs never need it

    lower, upper = proportion_confint(numerator, denominator, alpha=1 - CONFIDENCE, method="wilson")
    return (0.0 if numerator == 0 else float(lower)), (1.0 if numerator == denominator else float(upper))


def rate(events: float, exposure: float) -> Limits:
    """The interval of events / exposure, per one unit of the exposure. There may be more events than exposure."""
    _check_finite(events=events, exposure=exposure)
    _check_above_zero(exposure=exposure)
    return _only_row(rates([events], [exposure]))


def mean(n: float, total: float, total_of_squares: float) -> Limits | tuple[None, None]:
    """Student's t interval of the mean of n values with this sum and sum of squares, in the unit of the values.

    The values may be below 0. (None, None) for one value, which says nothing of its spread.
    """
    _check_finite(n=n, total=total, total_of_squares=total_of_squares)
    _check_above_zero(n=n)
    limits = means([n], [total], [total_of_squares])
    return _only_row(limits) if n >= 2 else (None, None)


def ratio_of_totals(n: float, sum_x: float, sum_y: float, sum_xx: float, sum_yy: float, sum_xy: float) -> Limits | tuple[None, None]:
    """The interval of R = sum_x / sum_y over n children, each with an x and a y, clipped to 0 to 1.

    var(R) = n / (n - 1) * sum((x - R y)^2) / sum_y^2, with Student's t on n - 1 degrees of freedom: a child's sessions are alike, so
    the children are the sample, not the sessions. (None, None) for one child.
    """
    _check_finite(n=n, sum_x=sum_x, sum_y=sum_y, sum_xx=sum_xx, sum_yy=sum_yy, sum_xy=sum_xy)
    _check_above_zero(n=n, sum_y=sum_y)
    limits = ratios_of_totals([n], [sum_x], [sum_y], [sum_xx], [sum_yy], [sum_xy])
    return _only_row(limits) if n >= 2 else (None, None)


def difference(numerator_1: float, denominator_1: float, numerator_2: float, denominator_2: float) -> Limits:
    """Newcombe's interval of proportion 1 less proportion 2, as a fraction from -1 to 1."""
    _check_finite(numerator_1=numerator_1, denominator_1=denominator_1, numerator_2=numerator_2, denominator_2=denominator_2)
    _check_above_zero(denominator_1=denominator_1, denominator_2=denominator_2)
    _check_share(*_columns(numerator=[numerator_1, numerator_2], denominator=[denominator_1, denominator_2]))
    from statsmodels.stats.proportion import confint_proportions_2indep

    lower, upper = confint_proportions_2indep(
        numerator_1, denominator_1, numerator_2, denominator_2, compare="diff", method="newcomb", alpha=1 - CONFIDENCE
    )
    return max(float(lower), -1.0), min(float(upper), 1.0)


def proportions(numerators: Column, denominators: Column) -> LimitArrays:
    """`proportion` for every row; NaN where the denominator is 0 or a number is missing."""
    x, n = _columns(numerator=numerators, denominator=denominators)
    _check_share(x, n)
    usable = n > 0
    n = np.where(usable, n, np.nan)
    share = x / n
    middle = (x + Z**2 / 2) / (n + Z**2)
    half = Z / (n + Z**2) * np.sqrt(np.maximum(n * share * (1 - share), 0) + Z**2 / 4)
    lower = np.where(x == 0, 0.0, np.maximum(middle - half, 0))
    upper = np.where(x == n, 1.0, np.minimum(middle + half, 1))
    return _blank(usable & ~np.isnan(x), lower, upper)


def rates(events: Column, exposures: Column) -> LimitArrays:
    """`rate` for every row; NaN where the exposure is 0 or a number is missing."""
    x, exposure = _columns(events=events, exposure=exposures)
    usable = (exposure > 0) & ~np.isnan(x)
    few = np.where(usable & (x < BYAR_FROM), x, 0.0)
    many = np.where(usable & (x >= BYAR_FROM), x, float(BYAR_FROM))
    exact_lower = np.where(few > 0, chdtri(2 * np.where(few > 0, few, 1.0), 1 - TAIL) / 2, 0.0)
    exact_upper = chdtri(2 * few + 2, TAIL) / 2
    byar_lower = many * (1 - 1 / (9 * many) - Z / (3 * np.sqrt(many))) ** 3
    byar_upper = (many + 1) * (1 - 1 / (9 * (many + 1)) + Z / (3 * np.sqrt(many + 1))) ** 3
    by_byar = x >= BYAR_FROM
    exposure = np.where(usable, exposure, 1.0)
    return _blank(usable, np.where(by_byar, byar_lower, exact_lower) / exposure, np.where(by_byar, byar_upper, exact_upper) / exposure)


def means(ns: Column, totals: Column, totals_of_squares: Column) -> LimitArrays:
    """`mean` for every row; NaN for fewer than two values or a missing number."""
    n, squares = _columns(n=ns, total_of_squares=totals_of_squares)
    (total,) = _columns(may_be_negative=True, total=totals)
    usable = n >= 2
    n = np.where(usable, n, 2.0)
    centre = total / n
    # The difference of two nearly equal sums can fall just below 0 where every value is the same.
    variance = np.maximum(squares - total * centre, 0) / (n - 1)
    half = stdtrit(n - 1, 1 - TAIL) * np.sqrt(variance / n)
    return _blank(usable, centre - half, centre + half)


def ratios_of_totals(
    ns: Column, sums_x: Column, sums_y: Column, sums_xx: Column, sums_yy: Column, sums_xy: Column
) -> LimitArrays:
    """`ratio_of_totals` for every row; NaN for fewer than two children, a sum of y of 0 or a missing number."""
    n, x, y, xx, yy, xy = _columns(n=ns, sum_x=sums_x, sum_y=sums_y, sum_xx=sums_xx, sum_yy=sums_yy, sum_xy=sums_xy)
    usable = (n >= 2) & (y > 0)
    n, y = np.where(usable, n, 2.0), np.where(usable, y, 1.0)
    ratio = x / y
    residuals = np.maximum(xx - 2 * ratio * xy + ratio**2 * yy, 0)
    half = stdtrit(n - 1, 1 - TAIL) * np.sqrt(n / (n - 1) * residuals) / y
    return _blank(usable, np.clip(ratio - half, 0, 1), np.clip(ratio + half, 0, 1))


def differences(numerators_1: Column, denominators_1: Column, numerators_2: Column, denominators_2: Column) -> LimitArrays:
    """`difference` for every row; NaN where a denominator is 0 or a number is missing."""
    x_1, n_1 = _columns(numerator=numerators_1, denominator=denominators_1)
    x_2, n_2 = _columns(numerator=numerators_2, denominator=denominators_2)
    lower_1, upper_1 = proportions(x_1, n_1)
    lower_2, upper_2 = proportions(x_2, n_2)
    share_1, share_2 = x_1 / np.where(n_1 > 0, n_1, np.nan), x_2 / np.where(n_2 > 0, n_2, np.nan)
    gap = share_1 - share_2
    lower = gap - np.hypot(share_1 - lower_1, upper_2 - share_2)
    upper = gap + np.hypot(upper_1 - share_1, share_2 - lower_2)
    return np.maximum(lower, -1), np.minimum(upper, 1)


def _only_row(limits: LimitArrays) -> Limits:
    return float(limits[0][0]), float(limits[1][0])


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
