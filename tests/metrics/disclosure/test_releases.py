"""Released periods written down and read back, and what has changed since, held against slow references in plain Python."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from config.settings import PROJECT_FOLDER
from metrics.disclosure.releases import cells_from_bytes, cells_to_bytes, differing, fingerprint, needed_sources
from metrics.measures.catalogue import get, measures
from metrics.units import UNITS

PERIODS = ("2025-26 Q1", "2025-26 Q2", "2025-26 Q3")
GROUPS = ("a", "b", "c", "d")

ONE, OTHER = get("social_emotional_mean"), get("social_emotional_concern")
ROWS = st.lists(st.tuples(
    st.sampled_from(PERIODS), st.sampled_from(GROUPS), st.integers(0, 3), st.floats(0, 40), st.integers(0, 3), st.integers(0, 3),
))
"""period, group, children, their scores, those of concern, the sum of their record keys."""


def frame(rows: list[tuple[str, str, int, float, int, int]]) -> pl.DataFrame:
    columns = ["period", "sex", "children", "scores", "concern", "keys"]
    types = [pl.String, pl.String, pl.Int64, pl.Float64, pl.Int64, pl.Int64]
    made = pl.DataFrame(rows, schema=dict(zip(columns, types, strict=True)), orient="row")
    squares = pl.col("scores").alias("social_emotional_mean.squares")
    return made.select(
        "period", "sex", pl.col("children").alias("social_emotional_mean.denominator"),
        pl.col("scores").alias("social_emotional_mean.numerator"), squares,
        pl.col("children").alias("social_emotional_concern.denominator"), pl.col("concern").alias("social_emotional_concern.numerator"),
        pl.col("keys").alias(ONE.key_column),
    )


@given(ROWS, ROWS, st.randoms())
def test_what_differs_is_what_a_slow_comparison_finds(released: list, present: list, random: object) -> None:
    def added_up(rows: list[tuple[str, str, int, float, int, int]]) -> dict[tuple[str, str], tuple[float, ...]]:
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0] * 4)
        for period, group, *numbers in rows:
            for place, value in enumerate(numbers):
                sums[period, group][place] += value
        return {key: tuple(value) for key, value in sums.items()}

    then, now = added_up(released), added_up(present)
    wanted: dict[str, set[str]] = defaultdict(set)
    both = {ONE.id, OTHER.id}
    for key in {*then, *now}:
        for place, ids in enumerate((both, {ONE.id}, {OTHER.id}, both)):
            if abs(then.get(key, (0,) * 4)[place] - now.get(key, (0,) * 4)[place]) > 1e-6:
                wanted[key[0]] |= ids
    assert ONE.key_column == OTHER.key_column
    assert differing(frame(released), frame(present), (ONE, OTHER)) == wanted
    shuffled = sorted(present, key=lambda _: random.random())
    assert differing(frame(shuffled), frame(present), (ONE, OTHER)) == {}


def test_cells_come_back_and_a_childs_numbers_are_the_periods_own() -> None:
    rows = pl.DataFrame(
        {"period": [PERIODS[0], PERIODS[1], PERIODS[0], PERIODS[0]], "child_number": [900, 900, 17, 900], "one.children": [1, 2, 3, 4]},
    )
    schema = {"period": pl.String(), "child_number": pl.Int64(), "one.children": pl.Int64()}
    found = cells_from_bytes([cells_to_bytes(rows, period) for period in PERIODS], schema)
    assert sorted(found.rows()) == [(PERIODS[0], 1, 3), (PERIODS[0], 2, 1), (PERIODS[0], 2, 4), (PERIODS[1], 1, 2)]
    assert_frame_equal(cells_from_bytes([], schema), pl.DataFrame(schema=schema))


PRINT_FINGERPRINTS = """
from metrics.measures.catalogue import measures
from metrics.disclosure.releases import fingerprint
from metrics.units import UNITS
for unit in UNITS:
    print(fingerprint(unit, tuple(each for each in measures() if each.unit is unit), "quarter", False))
"""


def fingerprints(**changed: str) -> list[str]:
    environment = {**os.environ, **changed}
    done = subprocess.run(
        [sys.executable, "-c", PRINT_FINGERPRINTS], cwd=PROJECT_FOLDER, env=environment, capture_output=True, text=True, check=True,
    )
    return done.stdout.split()


def test_a_fingerprint_is_the_same_in_every_process_and_another_for_every_unit() -> None:
    one, other = fingerprints(PYTHONHASHSEED="1"), fingerprints(PYTHONHASHSEED="2")
    assert one == other and len(set(one)) == len(UNITS)


def test_a_fingerprint_changes_with_measures_grain_and_areas() -> None:
    unit = UNITS[0]
    own = tuple(each for each in measures() if each.unit is unit)
    found = {
        fingerprint(unit, own, "quarter", False), fingerprint(unit, own[:-1], "quarter", False), fingerprint(unit, own, "month", False),
        fingerprint(unit, own, "quarter", True),
    }
    assert len(found) == 4


def test_the_sources_that_measures_need_are_those_of_the_numerator_and_of_who_is_counted() -> None:
    assert {"education_plans", "attachment_needs"} <= needed_sources([get("education_plan")])
    assert {"programmes", "assessments"} <= needed_sources([get("assessed_before_programme")])
    assert {"outcome_scores", "OC2"} <= needed_sources([get("social_emotional_mean")])
    assert "attendance" not in needed_sources([get("carer_trained")])
