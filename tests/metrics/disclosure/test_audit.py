"""The audit's flows against SciPy's HiGHS, for any small tables."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from metrics.disclosure.audit import Numbers, Room, rectangle_moves, wide_enough


def moves_by_linear_programming(down: Numbers, up: Numbers, row: int, column: int) -> tuple[float, float]:
    """(up, down): how far one cell of a table can be raised and lowered while every line keeps its sum."""
    rows, columns = down.shape
    sums = np.zeros((rows + columns, down.size))
    for number, (i, j) in enumerate(np.ndindex(rows, columns)):
        sums[i, number] = sums[rows + j, number] = 1
    weights = np.zeros(down.size)
    weights[row * columns + column] = 1
    bounds = np.column_stack([-down.ravel(), up.ravel()])
    raised, lowered = (
        linprog(sign * weights, A_eq=sums, b_eq=np.zeros(rows + columns), bounds=bounds, method="highs") for sign in (-1, 1)
    )
    return -float(raised.fun), -float(lowered.fun)


@st.composite
def rooms(draw: st.DrawFn) -> Room:
    shape = draw(st.tuples(st.integers(1, 2), st.integers(1, 5), st.integers(1, 4)))
    down, up, hidden = (draw(arrays(np.int64, shape, elements=st.integers(0, most))) for most in (9, 9, 1))
    return Room((down * hidden).astype(float), (up * hidden).astype(float))


@given(rooms(), st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_a_range_is_wide_enough_where_linear_programming_says_so(room: Room, needed: int) -> None:
    cells = np.argwhere(room.down >= 0)
    own = wide_enough(room, cells, np.full(len(cells), np.nan), np.full(len(cells), float(needed)))
    greatest = wide_enough(room, cells, np.full(len(cells), 2.0), np.full(len(cells), float(needed)))
    for (table, row, column), wide, great in zip(cells, own, greatest, strict=True):
        up, down = moves_by_linear_programming(room.down[table], room.up[table], row, column)
        assert wide == (up + down >= needed - 1e-6)
        assert great == (2.0 + up >= needed - 1e-6)


@given(rooms())
@settings(max_examples=30, deadline=None)
def test_a_rectangle_never_promises_more_than_linear_programming(room: Room) -> None:
    up, down = rectangle_moves(room)
    for table, row, column in np.argwhere(room.down + room.up > 0):
        most_up, most_down = moves_by_linear_programming(room.down[table], room.up[table], row, column)
        assert up[table, row, column] <= most_up + 1e-6
        assert down[table, row, column] <= most_down + 1e-6
