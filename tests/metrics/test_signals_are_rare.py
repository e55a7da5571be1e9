"""Where nothing changes, signals are rare: in quarterly series of every measure, made child by child (the bench prints all grains)."""

import numpy as np
import pytest

from metrics.measures import catalogue
from tests.bench.signals import ANY, LATEST, SEED, now, points_of
from tests.bench.unchanged import POINTS, SERIES, calendar

TIMES = 150


def test_every_measure_has_series_like_it():
    assert SERIES.keys() == {measure.id for measure in catalogue.measures()}


@pytest.mark.parametrize("id", SERIES)
def test_few_unchanged_series_have_a_signal(id):
    measure, quarters = catalogue.get(id), calendar("quarter", POINTS)
    made = SERIES[id][0](np.random.default_rng(SEED), quarters, TIMES, 1.0)
    flagged = [now(measure, points) for points in points_of(measure, quarters, made)]
    assert 100 * np.mean([any(causes) for causes in flagged]) <= ANY
    assert 100 * np.mean([causes[-1] is not None for causes in flagged]) <= LATEST
