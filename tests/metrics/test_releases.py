"""Released periods written down and read back, and what has changed since, held against slow references in plain Python."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from config.disclosure import disclosure_rules
from config.settings import PROJECT_FOLDER
from metrics.catalogue import get, measures
from metrics.disclosure.family import ALL, Axis
from metrics.disclosure.protection import Protected
from metrics.disclosure.tables import Pattern
from metrics.releases import (
    differing,
    fingerprint,
    hidden_from_bytes,
    hidden_to_bytes,
    needed_sources,
    rows_from_bytes,
    rows_to_bytes,
    together,
)
from metrics.units import UNITS

NAMES = ("sex", "origin", "placement")
PERIODS = ("2025-26 Q1", "2025-26 Q2", "2025-26 Q3")
GROUPS = ("a", "b", "c", "d")


@st.composite
def protections(draw: st.DrawFn, periods: tuple[str, ...] = PERIODS) -> Protected:
    """Anything that may be hidden of two measures by three breakdowns, whose groups differ from one protection to the next."""
    axes = {ALL: Axis(ALL, (ALL,))}
    axes |= {name: Axis(name, tuple(sorted(draw(st.sets(st.sampled_from(GROUPS), min_size=1))))) for name in NAMES}
    axes["placement: a"] = Axis("placement: a", ("in", "out"))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))

    def pattern() -> Pattern:
        return Pattern({
            (one, other): random.random((len(periods), len(axes[one].groups), len(axes[other].groups))) < 0.5
            for one, other in [(ALL, ALL), *((name, ALL) for name in NAMES), *itertools.combinations(NAMES, 2)]
        })

    shared = pattern()
    return Protected(periods, axes, {"one": shared, "other": shared}, {"one": pattern(), "other": pattern()})


def hidden(protected: Protected, which: str, measure: str, period: str, cell: dict[str, str]) -> bool | None:
    """Whether one cell is hidden; None where the protection knows no such group."""
    names = [*cell, ALL, ALL][:2]
    if any(group not in protected.axes[name].groups for name, group in cell.items()):
        return None
    places = [protected.axes[name].groups.index(cell.get(name, ALL)) for name in names]
    return bool(getattr(protected, which)[measure].of(*names)[protected.periods.index(period)][tuple(places)])


@given(protections(PERIODS[2:]), protections(PERIODS[:2]))
def test_periods_put_together_are_hidden_each_as_it_was(now: Protected, then: Protected) -> None:
    found = together({
        period: hidden_from_bytes(hidden_to_bytes(then if period in then.periods else now, period)) for period in PERIODS
    })
    assert found.periods == PERIODS
    for name in NAMES:
        assert set(found.axes[name].groups) == {*now.axes[name].groups, *then.axes[name].groups}
    cells = [{}, *({name: group} for name in NAMES for group in GROUPS), *(
        {one: a, other: b} for one, other in itertools.permutations(NAMES, 2) for a in GROUPS for b in GROUPS
    )]
    for which, measure, period, cell in itertools.product(("denominators", "values"), ("one", "other"), PERIODS, cells):
        wanted = hidden(then if period in then.periods else now, which, measure, period, cell)
        got = hidden(found, which, measure, period, cell)
        assert got is None or got == (wanted or False), (which, measure, period, cell)


def test_without_any_period_there_is_nothing_to_put_together() -> None:
    with pytest.raises(ValueError, match="no period"):
        together({})


ROWS = st.lists(st.tuples(st.sampled_from(PERIODS), st.sampled_from(GROUPS), st.integers(0, 3), st.floats(0, 40), st.integers(0, 3)))
SCHEMA = {"period": pl.String(), "sex": pl.String(), "one.n": pl.Int64(), "one.total": pl.Float64(), "other.n": pl.Int64()}


def frame(rows: list[tuple[str, str, int, float, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@given(ROWS, ROWS, st.randoms())
def test_what_differs_is_what_a_slow_comparison_finds(released: list, present: list, random: object) -> None:
    def added_up(rows: list[tuple[str, str, int, float, int]]) -> dict[tuple[str, str], tuple[float, float, float]]:
        sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for period, group, *numbers in rows:
            for place, value in enumerate(numbers):
                sums[period, group][place] += value
        return {key: tuple(value) for key, value in sums.items()}

    then, now = added_up(released), added_up(present)
    wanted: dict[str, set[str]] = defaultdict(set)
    for key in {*then, *now}:
        for place, measure in enumerate(("one", "one", "other")):
            if abs(then.get(key, (0, 0, 0))[place] - now.get(key, (0, 0, 0))[place]) > 1e-6:
                wanted[key[0]].add(measure)
    assert differing(frame(released), frame(present)) == wanted
    shuffled = sorted(present, key=lambda _: random.random())
    assert differing(frame(shuffled), frame(present)) == {}


def test_rows_come_back_and_a_childs_numbers_are_the_periods_own() -> None:
    rows = pl.DataFrame(
        {"period": [PERIODS[0], PERIODS[1], PERIODS[0], PERIODS[0]], "child_number": [900, 900, 17, 900], "one.children": [1, 2, 3, 4]},
    )
    schema = {"period": pl.String(), "child_number": pl.Int64(), "one.children": pl.Int64()}
    found = rows_from_bytes([rows_to_bytes(rows, period) for period in PERIODS], schema)
    assert sorted(found.rows()) == [(PERIODS[0], 1, 3), (PERIODS[0], 2, 1), (PERIODS[0], 2, 4), (PERIODS[1], 1, 2)]
    assert_frame_equal(rows_from_bytes([], schema), pl.DataFrame(schema=schema))


PRINT_FINGERPRINTS = """
from config.disclosure import disclosure_rules
from metrics.catalogue import measures
from metrics.releases import fingerprint
from metrics.units import UNITS
for unit in UNITS:
    print(fingerprint(unit, tuple(each for each in measures() if each.unit is unit), "quarter", False, disclosure_rules()))
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


def test_a_fingerprint_changes_with_measures_grain_areas_and_rules() -> None:
    unit, rules = UNITS[0], disclosure_rules()
    own = tuple(each for each in measures() if each.unit is unit)
    stricter = rules.model_copy(update={"smallest_cell": rules.smallest_cell + 1})
    found = {
        fingerprint(unit, own, "quarter", False, rules), fingerprint(unit, own[:-1], "quarter", False, rules),
        fingerprint(unit, own, "month", False, rules), fingerprint(unit, own, "quarter", True, rules),
        fingerprint(unit, own, "quarter", False, stricter),
    }
    assert len(found) == 5


def test_the_sources_that_measures_need_are_those_of_the_numerator_and_of_who_is_counted() -> None:
    assert {"education_plans", "attachment_needs"} <= needed_sources([get("education_plan")])
    assert {"programmes", "assessments"} <= needed_sources([get("assessed_before_programme")])
    assert {"outcome_scores", "OC2"} <= needed_sources([get("social_emotional_mean")])
    assert "attendance" not in needed_sources([get("carer_trained")])
