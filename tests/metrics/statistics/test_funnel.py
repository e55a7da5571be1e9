"""Funnel limits, against sums of probabilities term by term."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.funnel import Limits, Place, proportion_limits, rate_limits


def slow_bounds(probabilities: list[float]) -> list[float]:
    """The limits as counts, by adding up: from below for the lower ones, and from above for the upper ones."""
    backwards = probabilities[::-1]
    last = len(probabilities) - 1
    return [slow_lowest(probabilities, 0.001), slow_lowest(probabilities, 0.025),
            last - slow_lowest(backwards, 0.025), last - slow_lowest(backwards, 0.001)]


def slow_lowest(probabilities: list[float], tail: float) -> float:
    """The first count at which the sum reaches the tail, less how much of its probability is too much; not below the first."""
    total = 0.0
    for count, probability in enumerate(probabilities):
        total += probability
        if total >= tail:
            return max(count - (total - tail) / probability, 0.0)
    raise AssertionError("The probabilities add up to less than the tail.")


def binomial(n: int, p: float) -> list[float]:
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def poisson(mean: float) -> list[float]:
    return [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(int(mean * 4) + 60)]


def bounds(limits: Limits) -> list[float]:
    return [float(each[0]) for each in (limits.lower_alarm, limits.lower_warning, limits.upper_warning, limits.upper_alarm)]


@given(st.integers(1, 300), st.floats(0.02, 0.98))
def test_limits_of_a_proportion_are_the_slow_ones(n, p):
    wanted = [count / n for count in slow_bounds(binomial(n, p))]
    assert bounds(proportion_limits(p, np.array([float(n)]))) == pytest.approx(wanted, abs=1e-6)


@given(st.floats(0.5, 400), st.floats(0.05, 0.9))
def test_limits_of_a_rate_are_the_slow_ones(exposure, rate):
    wanted = [count / exposure for count in slow_bounds(poisson(rate * exposure))]
    assert bounds(rate_limits(rate, np.array([exposure]))) == pytest.approx(wanted, rel=1e-5, abs=1e-5)


@given(st.integers(1, 200), st.floats(0.02, 0.98))
def test_a_count_is_outside_only_if_it_and_all_beyond_are_improbable(n, p):
    lower_alarm, lower_warning, upper_warning, upper_alarm = bounds(proportion_limits(p, np.array([float(n)])))
    probabilities = binomial(n, p)
    for count in range(n + 1):
        at_most, at_least = sum(probabilities[:count + 1]), sum(probabilities[count:])
        for limit, tail in ((lower_alarm, 0.001), (lower_warning, 0.025)):
            assert (count / n < limit) == (at_most < tail) or math.isclose(at_most, tail, rel_tol=1e-6)
        for limit, tail in ((upper_alarm, 0.001), (upper_warning, 0.025)):
            assert (count / n > limit) == (at_least < tail) or math.isclose(at_least, tail, rel_tol=1e-6)


def test_three_of_three_is_nothing_unusual_where_nearly_all_is_usual():
    limits = proportion_limits(0.972, np.array([3.0]))
    assert limits.place(0, 1.0) is Place.INSIDE


def test_large_units_have_the_normal_limits():
    n, p = 100_000.0, 0.3
    spread = math.sqrt(p * (1 - p) / n)
    wanted = [p + z * spread for z in (-3.0902, -1.96, 1.96, 3.0902)]
    assert bounds(proportion_limits(p, np.array([n]))) == pytest.approx(wanted, abs=2e-5)


@given(st.floats(0.05, 0.95), st.integers(1, 5000))
def test_limits_are_in_order_and_within_what_can_be(p, n):
    lower_alarm, lower_warning, upper_warning, upper_alarm = bounds(proportion_limits(p, np.array([float(n)])))
    assert 0 <= lower_alarm <= lower_warning <= upper_warning <= upper_alarm <= 1


@pytest.mark.parametrize("centre", [0.0, 1.0])
def test_where_everybody_is_alike_the_funnel_is_a_line(centre):
    assert bounds(proportion_limits(centre, np.array([50.0]))) == pytest.approx([centre] * 4, abs=1 / 50)


def test_a_value_on_a_limit_is_inside_it():
    limits = Limits(*(np.array([value]) for value in (0.1, 0.2, 0.4, 0.5)))
    places = [limits.place(0, value) for value in (0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.45, 0.5, 0.55)]
    assert places == [
        Place.BELOW_ALARM, Place.BELOW_WARNING, Place.BELOW_WARNING, Place.INSIDE, Place.INSIDE, Place.INSIDE, Place.ABOVE_WARNING,
        Place.ABOVE_WARNING, Place.ABOVE_ALARM,
    ]


@pytest.mark.parametrize(("centre", "size"), [(-0.1, 10.0), (1.1, 10.0), (0.5, 0.0), (0.5, float("nan"))])
def test_what_can_not_be_is_refused(centre, size):
    with pytest.raises(ValueError):
        proportion_limits(centre, np.array([size]))
