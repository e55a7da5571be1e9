"""The distributions of counts, against sums of probabilities term by term and against scipy's own."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics.distributions import Binomial, Counts, Poisson

SHARES = (0.00135, 0.02275, 0.31, 0.97725, 0.99865)
chances = st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(0.001, 0.999))


def agree(found: Counts, probabilities: list[float]) -> None:
    """Each count's chances, and each share's lowest count, as adding up gives them."""
    for count in range(-1, min(len(probabilities), 40)):
        below = math.fsum(probabilities[:count + 1])
        assert found.at_most(np.array([float(count)]))[0] == pytest.approx(below, abs=1e-9)
        assert found.more_than(np.array([float(count)]))[0] == pytest.approx(1 - below, abs=1e-9)
    for share in SHARES:
        lowest = int(found.quantile(share)[0])
        assert math.fsum(probabilities[:lowest + 1]) >= share - 1e-9
        assert math.fsum(probabilities[:lowest]) < share + 1e-9


@given(st.integers(0, 60), chances)
def test_the_binomial_distribution_is_what_adding_up_gives(size: int, chance: float) -> None:
    agree(Binomial(np.array([float(size)]), chance), [math.comb(size, k) * chance**k * (1 - chance) ** (size - k) for k in range(size + 1)])


@given(st.one_of(st.just(0.0), st.floats(0.01, 40)))
def test_the_poisson_distribution_is_what_adding_up_gives(expected: float) -> None:
    many = int(expected * 4) + 60
    agree(Poisson(np.array([expected])), [
        math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) if expected else float(k == 0) for k in range(many)
    ])


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=8), st.floats(0.0005, 0.9995))
def test_columns_of_large_counts_are_as_scipy_has_them(sizes: list[int], chance: float) -> None:
    column = np.array(sizes, dtype=float)
    for found, known in (
        (Binomial(column, chance), scipy.stats.binom(column, chance)), (Poisson(column * chance), scipy.stats.poisson(column * chance)),
    ):
        for share in SHARES:
            np.testing.assert_array_equal(found.quantile(share), known.ppf(share))
        np.testing.assert_allclose(found.at_most(np.floor(column / 2)), known.cdf(np.floor(column / 2)), atol=1e-12)
        np.testing.assert_allclose(found.more_than(np.floor(column / 2)), known.sf(np.floor(column / 2)), atol=1e-12)
