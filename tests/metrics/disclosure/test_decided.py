"""Tables that come again: what has been decided of the same numbers is taken over, and only that."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from metrics.catalogue import get
from metrics.disclosure.decided import Answers, Decided, keys_of
from metrics.disclosure.protection import protect_unit
from tests.metrics.disclosure.made_up import RULES, children_of

MEASURE = "suspended"
AXES = ("placement", "age_band", "sex")


def some_children(seed: int) -> pl.DataFrame:
    """Children in few groups, so that many cells are small."""
    random = np.random.default_rng(seed)
    groups = {
        (f"placement {placement}", f"age {age}", sex): int(random.integers(0, 25))
        for placement in range(4) for age in range(4) for sex in ("female", "male")
    }
    return children_of(AXES, {group: {MEASURE: (count, int(random.integers(0, count + 1)))} for group, count in groups.items()})


@pytest.mark.parametrize("seed", range(3))
def test_periods_are_decided_together_as_each_by_itself(seed: int) -> None:
    """The third is as the first, the fourth nearly so."""
    first, second = some_children(seed), some_children(seed + 100)
    frames = [first, second, first, first.tail(-1)]
    labels = tuple(str(number) for number in range(len(frames)))
    every = pl.concat([frame.with_columns(period=pl.lit(label)) for frame, label in zip(frames, labels, strict=True)])
    together = protect_unit(every, labels, (get(MEASURE),), RULES)
    for label in labels:
        alone = protect_unit(every.filter(pl.col("period") == label), (label,), (get(MEASURE),), RULES)
        for what in ("denominators", "values"):
            pattern, own = getattr(together, what)[MEASURE], getattr(alone, what)[MEASURE]
            for pair, mask in own.masks.items():
                assert np.array_equal(pattern.of(*pair)[int(label)], mask[0]), (label, what, pair)


def test_a_key_stands_for_every_number_and_shape() -> None:
    numbers, mask = np.arange(12.0).reshape(2, 2, 3), np.zeros((2, 1, 3), dtype=bool)
    before = keys_of([numbers, mask], "alike")
    assert before[0] != before[1]
    for place in ((0, 0, 0), (0, 1, 2)):
        more, other = numbers.copy(), mask.copy()
        more[place], other[0, 0, 1] = -1, True
        for changed in ([more, mask], [numbers, other]):
            after = keys_of(changed, "alike")
            assert after[0] != before[0] and after[1] == before[1]
    assert keys_of([numbers.swapaxes(1, 2), mask], "alike") != keys_of([numbers.reshape(2, 3, 2), mask], "alike")
    assert not set(keys_of([numbers.reshape(2, 3, 2), mask], "alike")) & set(before)
    assert not set(keys_of([numbers, mask], "other")) & set(before)


def test_of_the_same_keys_the_first_is_asked_for_and_answers_all() -> None:
    known, keys = Decided(), [b"a", b"b", b"a"]
    assert known.not_yet(keys).tolist() == [0, 1]
    answers = Answers(np.array([[[True]], [[False]]]), np.array([False, True]), np.array([[[False]], [[True]]]))
    known.add([b"a", b"b"], answers)
    assert known.not_yet([*keys, b"c"]).tolist() == [3]
    found = known.of(keys, (3, 1, 1))
    assert found.hidden.ravel().tolist() == [True, False, True]
    assert found.failed.tolist() == found.stuck.ravel().tolist() == [False, True, False]
