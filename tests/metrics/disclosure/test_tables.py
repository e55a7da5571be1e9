"""Complementary hiding in two-way tables: the rules in plain Python and linear programming, for any small tables."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from metrics.disclosure.audit import Mask, Numbers, Room
from metrics.disclosure.blocks import padded
from metrics.disclosure.complementary import Layer, Tables, hide_tables
from tests.metrics.disclosure.test_audit import NO_LIMIT, moves_by_linear_programming

SMALLEST, TOGETHER, RANGE = 10, 10, 6


def without_small_totals(size: Numbers) -> Numbers:
    """A total of few children is not shown, so that it binds nothing."""
    for line in lines(size):
        if 0 < line.sum() < SMALLEST:
            line[line.argmax()] += SMALLEST
    return size


def lines(values: Numbers | Mask) -> list[np.ndarray]:
    return [*values, *values.T]


sizes = st.tuples(st.integers(2, 5), st.integers(2, 5)).flatmap(
    lambda shape: arrays(np.int64, shape, elements=st.one_of(st.just(0), st.integers(0, 12), st.integers(10, 60)))
).map(lambda size: without_small_totals(size.astype(float)))


def table_of(size: Numbers) -> Tables:
    """Children by two breakdowns, every total shown: so nobody is in the last row and the last column."""
    return tables_of(size[None])


def tables_of(sizes: Numbers) -> Tables:
    """Several of one shape, one after another."""
    whole = np.pad(sizes, ((0, 0), (0, 1), (0, 1)))
    room = Room(whole, np.full(whole.shape, NO_LIMIT))
    layer = Layer(whole, (room,), np.full(len(whole), float(TOGETHER)), np.full(len(whole), float(RANGE)))
    empty_lines = (whole.sum(axis=2, keepdims=True) == 0) | (whole.sum(axis=1, keepdims=True) == 0)
    hidden = (whole > 0) & (whole < SMALLEST)
    nowhere = np.zeros(whole.shape, dtype=bool)
    return Tables(whole, hidden, (layer,), empty_lines, nowhere, nowhere.copy(), np.zeros(len(whole), dtype=bool))


@given(sizes)
@settings(max_examples=150, deadline=None)
def test_every_small_cell_is_hidden_and_no_line_gives_one_away(size: Numbers) -> None:
    tables = table_of(size)
    hide_tables(tables)
    hidden = tables.hidden[0, :-1, :-1]
    if tables.failed[0]:
        return
    for line, away in zip(lines(size), lines(hidden), strict=True):
        small = [number for number, cell in enumerate(line) if 0 < cell < SMALLEST]
        assert all(away[number] for number in small)
        held = [cell for cell, is_hidden in zip(line, away, strict=True) if is_hidden and cell > 0]
        assert not held or (len(held) >= 2 and sum(held) >= TOGETHER) or len(held) == np.count_nonzero(line)


@given(sizes)
@settings(max_examples=100, deadline=None)
def test_every_hidden_cell_has_a_wide_range_by_linear_programming(size: Numbers) -> None:
    tables = table_of(size)
    hide_tables(tables)
    hidden = tables.hidden[0, :-1, :-1]
    if tables.failed[0]:
        return
    down, up = np.where(hidden, size, 0.0), np.where(hidden, NO_LIMIT, 0.0)
    for row, column in np.argwhere(hidden):
        assert sum(moves_by_linear_programming(down, up, row, column)) >= RANGE - 1e-6


@given(sizes)
@settings(max_examples=50, deadline=None)
def test_a_failed_table_is_unsafe_even_when_all_of_it_is_hidden(size: Numbers) -> None:
    tables = table_of(size)
    hide_tables(tables)
    if not tables.failed[0]:
        return
    possible = ~tables.known_empty[0, :-1, :-1]
    down, up = np.where(possible, size, 0.0), np.where(possible, NO_LIMIT, 0.0)
    assert any(sum(moves_by_linear_programming(down, up, row, column)) < RANGE for row, column in np.argwhere(tables.hidden[0, :-1, :-1]))


PERMANENCE = np.array([[4.0, 73, 16], [42, 50, 54], [5, 35, 29], [56, 20, 53]])


@given(sizes.flatmap(lambda size: st.tuples(st.just(size), arrays(np.bool_, size.shape))))
@example((PERMANENCE, np.array([[False] * 3, [True, False, False], [False] * 3, [True, False, False]])))
@settings(max_examples=100, deadline=None)
def test_a_table_fails_where_cells_that_stay_shown_leave_a_line_too_little(size_and_told: tuple[Numbers, Mask]) -> None:
    """However wide the ranges are that other lines leave."""
    size, told = size_and_told
    tables = table_of(size)
    tables.told[0, :-1, :-1] = told & (size >= SMALLEST)
    hide_tables(tables)
    if tables.failed[0]:
        return
    for cells, away, stays in zip(lines(size), lines(tables.hidden[0, :-1, :-1]), lines(tables.told[0, :-1, :-1]), strict=True):
        held = cells[away & (cells > 0)]
        assert not len(held) or not stays.any() or (len(held) >= 2 and held.sum() >= TOGETHER)


@given(st.lists(sizes, min_size=1, max_size=4), st.integers(5, 8))
@settings(max_examples=50, deadline=None)
def test_what_is_hidden_does_not_depend_on_the_tables_worked_on_beside_or_on_the_padding(several: list[Numbers], longest: int) -> None:
    alone = [table_of(size) for size in several]
    together = tables_of(padded([size[None] for size in several], (longest, longest)))
    hide_tables(together)
    for number, tables in enumerate(alone):
        hide_tables(tables)
        _, rows, columns = tables.hidden.shape
        assert np.array_equal(together.hidden[number, :rows - 1, :columns - 1], tables.hidden[0, :-1, :-1])
        assert together.failed[number] == tables.failed[0]
