"""The rules of what is hidden, held in plain Python against every table of a made-up authority; and lines against a slow reference."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.disclosure import disclosure_rules
from dashboard.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from metrics.breakdowns import BREAKDOWNS
from metrics.catalogue import get
from metrics.disclosure.complementary import hide_line
from metrics.kinds import Proportion

MEASURES = ("education_plan_up_to_date", "persistent_absence_in_care", "video_feedback_offered", "three_or_more_placements")
RULES = disclosure_rules()

Rows = dict[tuple[str, ...], dict[str, Any]]


@pytest.fixture(scope="module")
def reporting(tmp_path_factory: pytest.TempPathFactory) -> Reporting:
    folder = tmp_path_factory.mktemp("authority")
    address = f"duckdb:///{folder / 'authority.duckdb'}"
    load(write_demo(folder / "sources", seed=7, children=250, years=1), address, made_up=True)
    return Reporting(engine(address))


@pytest.fixture(scope="module")
def tables(reporting: Reporting) -> dict[tuple[str, tuple[str, ...]], tuple[Rows, Rows]]:
    """By measure and breakdowns: the protected and the exact rows by (period, groups)."""
    found = {}
    for id in MEASURES:
        for pair in [(), *((name,) for name in BREAKDOWNS), *itertools.combinations(BREAKDOWNS, 2)]:
            both = (reporting.protected_summary(get(id), "year", by=pair), reporting.summary(get(id), "year", by=pair))
            found[id, pair] = tuple(
                {(row["period"], *(row[name] for name in pair)): row for row in frame.iter_rows(named=True)} for frame in both
            )
    return found


def all_rows(tables: dict[tuple[str, tuple[str, ...]], tuple[Rows, Rows]]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(measure, protected row, exact row) of every table; a combination that has no exact row is empty."""
    for (id, _), (protected, exact) in tables.items():
        for key, row in protected.items():
            yield id, row, exact.get(key, {"denominator": 0, "numerator": 0.0, "value": None, "lower": None, "upper": None})


def test_what_is_shown_is_exact_and_what_is_hidden_is_null(tables: dict[Any, tuple[Rows, Rows]]) -> None:
    states = set()
    for _, row, exact in all_rows(tables):
        states.add(row["state"])
        if row["state"] == "hidden":
            assert row["numerator"] is row["value"] is row["lower"] is row["upper"] is None
            assert row["denominator"] in (None, exact["denominator"])
        else:
            assert {name: row[name] for name in exact if name in ("denominator", "numerator", "value", "lower", "upper")} == {
                name: exact[name] for name in ("denominator", "numerator", "value", "lower", "upper")
            }
    assert states == {"shown", "hidden", "no data"}


def test_every_combination_with_children_has_a_row(tables: dict[Any, tuple[Rows, Rows]]) -> None:
    for protected, exact in tables.values():
        assert {key for key, row in exact.items() if row["denominator"]} <= set(protected)


def test_no_small_cell_and_no_small_numerator_is_shown(tables: dict[Any, tuple[Rows, Rows]]) -> None:
    for id, row, exact in all_rows(tables):
        assert isinstance(get(id), Proportion)
        if 0 < exact["denominator"] < RULES.smallest_cell:
            assert row["denominator"] is None
        if exact["denominator"] and row["numerator"] is not None:
            with_outcome, without = exact["numerator"], exact["denominator"] - exact["numerator"]
            assert not 0 < with_outcome <= RULES.numerator_hidden_to
            assert not 0 < without <= RULES.numerator_hidden_to
            assert exact["denominator"] >= RULES.extreme_needs or (with_outcome and without)


def test_on_a_line_whose_total_is_shown_hidden_cells_are_none_or_hold_enough_together(tables: dict[Any, tuple[Rows, Rows]]) -> None:
    lines = 0
    for (id, pair), (protected, exact) in tables.items():
        for axis in range(len(pair)):
            totals = tables[id, pair[:axis] + pair[axis + 1:]][0]
            for key, total in totals.items():
                cells = [row for other, row in protected.items() if other[:axis + 1] + other[axis + 2:] == key]
                hidden = [row for row in cells if row["denominator"] is None]
                if total["denominator"] is None or not hidden:
                    continue
                lines += 1
                sizes = [exact.get((row["period"], *(row[name] for name in pair)), {"denominator": 0})["denominator"] for row in hidden]
                if any(sizes):
                    assert len(hidden) > 1 or sizes == [total["denominator"]]  # alone on its line it is the total
                    assert sum(sizes) >= RULES.group_total
    assert lines > 100


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.data())
def test_a_line_is_hidden_as_the_slow_reference_hides_it(sizes: list[int], data: st.DataObject) -> None:
    seeds = [0 < size < 10 or (size > 0 and data.draw(st.booleans())) for size in sizes]
    size = np.array(sizes, dtype=float)
    found = hide_line(size, np.array(seeds), [(size, 10.0)])
    assert found.tolist() == slowly_hidden(sizes, seeds)


def slowly_hidden(sizes: list[int], seeds: list[bool]) -> list[bool]:
    """While fewer than two are hidden or they hold fewer than 10 together, the next smallest is hidden, if there is one; and then the
    empty groups, so that nobody knows which they are."""
    hidden = {number for number, seed in enumerate(seeds) if seed}
    left = sorted((size, number) for number, size in enumerate(sizes) if size and number not in hidden)
    while hidden and left and (len(hidden) < 2 or sum(sizes[number] for number in hidden) < 10):
        hidden.add(left.pop(0)[1])
    return [number in hidden or bool(hidden and not size) for number, size in enumerate(sizes)]


def test_no_difference_of_a_group_and_one_within_it_tells_of_few(tables: dict[Any, tuple[Rows, Rows]]) -> None:
    """Where a table shows that everybody in one group is in another, what is shown of both by a third breakdown tells of the others."""
    tried = 0
    for id, pair in [key for key in tables if len(key[1]) == 2 and not set(key[1]) & NOT_BY_THEMSELVES]:
        for inner, outer in (pair, pair[::-1]):
            for period, group, in_group in known_within(tables, id, inner, outer):
                for other in BREAKDOWNS.keys() - {inner, outer} - NOT_BY_THEMSELVES:
                    tried += 1
                    smaller, larger = (
                        {cell: row["denominator"] for cell, row in by_group(tables, id, (name, other), period, value).items()}
                        for name, value in ((inner, group), (outer, in_group))
                    )
                    shown = [cell for cell in larger if larger[cell] is not None and smaller.get(cell, 0) is not None]
                    assert not [cell for cell in shown if 0 < larger[cell] - smaller.get(cell, 0) < RULES.smallest_cell]
    assert tried > 20


NOT_BY_THEMSELVES = {"ethnicity", "disabled", "mental_health_problem", "disability_or_mental_health"}
"""Breakdowns that are within others or made of others; these have rules of their own."""


def by_group(tables: dict[Any, tuple[Rows, Rows]], id: str, pair: tuple[str, str], period: str, group: str) -> Rows:
    """The protected rows of one group of the first breakdown by the second, by the group of the second."""
    if (id, pair) in tables:
        return {(key[2],): row for key, row in tables[id, pair][0].items() if key[:2] == (period, group)}
    return {(key[1],): row for key, row in tables[id, pair[::-1]][0].items() if (key[0], key[2]) == (period, group)}


def known_within(tables: dict[Any, tuple[Rows, Rows]], id: str, inner: str, outer: str) -> Iterator[tuple[str, str, str]]:
    """(period, group, larger group): all of the group are in the larger one, as shown empty cells and totals tell."""
    totals = tables[id, (inner,)][0]
    for (period, group), total in totals.items():
        if not total["denominator"]:
            continue
        possible = [
            name for (name,), row in by_group(tables, id, (inner, outer), period, group).items() if row["denominator"] != 0
        ]
        if len(possible) == 1:
            whole = tables[id, (outer,)][0][period, possible[0]]["denominator"]
            if whole is not None and whole > total["denominator"]:
                yield period, group, possible[0]
