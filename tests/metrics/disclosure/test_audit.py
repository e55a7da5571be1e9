"""The audit's bounds, flows and programmes against SciPy's HiGHS, one cell at a time, for any small tables."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from metrics.disclosure.audit import Mask, Numbers, Room, certain_moves, wide_enough
from metrics.disclosure.programme import Question, are_wide

NO_LIMIT = 1000.0


def line_sums(rows: int, columns: int) -> Numbers:
    """A row for each line of a table: which of its cells are on it."""
    sums = np.zeros((rows + columns, rows * columns))
    for number, (i, j) in enumerate(np.ndindex(rows, columns)):
        sums[i, number] = sums[rows + j, number] = 1
    return sums


def moves_by_linear_programming(down: Numbers, up: Numbers, row: int, column: int) -> tuple[float, float]:
    """(up, down): how far one cell of a table can be raised and lowered while every line keeps its sum."""
    rows, columns = down.shape
    sums = line_sums(rows, columns)
    weights = np.zeros(down.size)
    weights[row * columns + column] = 1
    bounds = np.column_stack([-down.ravel(), up.ravel()])
    raised, lowered = (
        linprog(sign * weights, A_eq=sums, b_eq=np.zeros(len(sums)), bounds=bounds, method="highs") for sign in (-1, 1)
    )
    return -float(raised.fun), -float(lowered.fun)


def range_by_linear_programming(
    yes: Numbers, no: Numbers, hidden: Mask, free: Mask, row: int, column: int, growth: tuple[Numbers, Numbers] | None = None,
) -> float:
    """How wide the range of one number of those with an outcome is: both amounts keep their line sums, and shown children are kept. No
    number can be more than by its `growth` above what it is."""
    cells = yes.size
    lines = line_sums(*yes.shape)
    equal = np.vstack([
        np.hstack([lines, np.zeros_like(lines)]), np.hstack([np.zeros_like(lines), lines]), np.hstack([np.eye(cells)] * 2)[~free.ravel()],
    ])
    true = np.concatenate([yes.ravel(), no.ravel()])
    shown = np.tile(~hidden.ravel(), 2)
    most = true + np.concatenate([limit.ravel() for limit in growth]) if growth else NO_LIMIT
    bounds = np.column_stack([np.where(shown, true, 0), np.where(shown, true, most)])
    weights = np.zeros(2 * cells)
    weights[row * yes.shape[1] + column] = 1
    least, greatest = (linprog(sign * weights, A_eq=equal, b_eq=equal @ true, bounds=bounds, method="highs").fun for sign in (1, -1))
    return -float(greatest) - float(least)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    shape = draw(st.tuples(st.integers(1, 2), st.integers(1, 5), st.integers(1, 4)))
    down, up, hidden = (draw(arrays(np.int64, shape, elements=st.integers(0, most))) for most in (9, 9, 1))
    no_limit = draw(st.booleans())
    return Room((down * hidden).astype(float), np.where(no_limit, NO_LIMIT, up) * hidden)


@st.composite
def outcomes(draw: st.DrawFn) -> tuple[Numbers, Numbers, Mask, Mask]:
    """With and without an outcome, what is hidden, and of what is hidden where the children are hidden too."""
    shape = draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    yes, no = (draw(arrays(np.int64, shape, elements=st.integers(0, 8))).astype(float) for _ in range(2))
    hidden, free = (draw(arrays(np.bool_, shape)) for _ in range(2))
    return yes, no, hidden, hidden & free


@given(rooms(), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_a_range_is_wide_enough_where_linear_programming_says_so(room: Room, needed: int) -> None:
    cells = np.argwhere(room.down >= 0)
    own = wide_enough((room,), cells, np.full(len(cells), np.nan), np.full(len(cells), float(needed)))
    greatest = wide_enough((room,), cells, np.full(len(cells), 2.0), np.full(len(cells), float(needed)))
    for (table, row, column), wide, great in zip(cells, own, greatest, strict=True):
        up, down = moves_by_linear_programming(room.down[table], room.up[table], row, column)
        assert wide == (up + down >= needed - 1e-6)
        assert great == (2.0 + up >= needed - 1e-6)


@given(rooms(), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_a_bound_never_promises_more_than_linear_programming(room: Room, needed: int) -> None:
    up, down = certain_moves(room, np.full(len(room.down), float(needed)))
    for table, row, column in np.argwhere(room.down + room.up > 0):
        most_up, most_down = moves_by_linear_programming(room.down[table], room.up[table], row, column)
        assert min(up[table, row, column], needed) <= most_up + 1e-6
        assert min(down[table, row, column], needed) <= most_down + 1e-6


@given(outcomes(), st.integers(1, 10))
@settings(max_examples=60, deadline=None)
def test_two_rooms_never_promise_more_than_the_programme_of_both_amounts(
    table: tuple[Numbers, Numbers, Mask, Mask], needed: int,
) -> None:
    yes, no, hidden, free = table
    ways = ((free, yes, NO_LIMIT), (hidden, yes, no))
    rooms = tuple(Room(np.where(where, down, 0)[None], np.where(where, up, 0)[None]) for where, down, up in ways)
    cells = np.column_stack([np.zeros(hidden.sum(), dtype=np.intp), *np.nonzero(hidden)])
    wide = wide_enough(rooms, cells, np.full(len(cells), np.nan), np.full(len(cells), float(needed)))
    for (_, row, column), said in zip(cells, wide, strict=True):
        assert not said or range_by_linear_programming(yes, no, hidden, free, row, column) >= needed - 1e-6


@given(st.lists(outcomes(), min_size=1, max_size=3), st.integers(1, 10), st.data())
@settings(max_examples=40, deadline=None)
def test_tables_side_by_side_have_the_answers_that_each_cell_has_alone(
    tables: list[tuple[Numbers, Numbers, Mask, Mask]], needed: int, data: st.DataObject,
) -> None:
    tables = [table for table in tables if table[2].any()]
    nothing = [np.zeros(yes.shape, dtype=bool) for yes, *_ in tables]
    limits = st.sampled_from([0.0, 1.0, 3.0, 6.0, NO_LIMIT])
    growths = [tuple(data.draw(arrays(np.float64, yes.shape, elements=limits)) for _ in range(2)) for yes, *_ in tables]
    answers = are_wide([
        Question((yes, no), hidden, free, none, (hidden, none), growth, float(needed))
        for (yes, no, hidden, free), none, growth in zip(tables, nothing, growths, strict=True)
    ])
    assert answers.tolist() == [
        all(range_by_linear_programming(*table, row, column, growth) >= needed - 1e-6 for row, column in np.argwhere(table[2]))
        for table, growth in zip(tables, growths, strict=True)
    ]
