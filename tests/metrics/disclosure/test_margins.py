"""How many the hidden groups of a breakdown must hold at least, against linear programming."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.margins import least_of_groups

Table = tuple[Numbers, Mask, Mask, Mask]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Children, which cells are hidden, and which rows and columns have a hidden total: all of whose cells that hold anybody are hidden."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    size = draw(arrays(np.int64, (rows, columns), elements=st.integers(0, 9))).astype(float)
    hidden_rows, hidden_columns = draw(arrays(np.bool_, rows)), draw(arrays(np.bool_, columns))
    hidden = draw(arrays(np.bool_, (rows, columns)))
    hidden |= (hidden_rows[:, None] | hidden_columns[None, :]) & (size > 0)
    return size, hidden, hidden_rows, hidden_columns


def least_by_linear_programming(table: Table, row: int) -> float:
    """The least total of a row, with all that is shown: cells, totals, and the total of the hidden rows, and columns, together."""
    size, hidden, hidden_rows, hidden_columns = table
    number = np.arange(size.size).reshape(size.shape)
    sums = [cells for cells, away in zip(number, hidden_rows, strict=True) if not away]
    sums += [cells for cells, away in zip(number.T, hidden_columns, strict=True) if not away]
    sums += [number[hidden_rows].ravel(), number[:, hidden_columns].ravel()]
    equal = np.array([np.isin(np.arange(size.size), cells) for cells in sums if len(cells)], dtype=float)
    flat = size.ravel()
    bounds = [(0, None) if away else (value, value) for value, away in zip(flat, hidden.ravel(), strict=True)]
    weights = np.isin(np.arange(size.size), number[row]).astype(float)
    return float(linprog(weights, A_eq=equal, b_eq=equal @ flat, bounds=bounds, method="highs").fun)


@given(tables())
@settings(max_examples=150, deadline=None)
def test_hidden_groups_are_never_said_to_hold_more_than_they_must(table: Table) -> None:
    size, hidden, hidden_rows, hidden_columns = table
    least = least_of_groups(size[None], hidden[None], hidden_rows[None], hidden_columns[None])[0]
    assert least <= sum(least_by_linear_programming(table, int(row)) for row in np.flatnonzero(hidden_rows)) + 1e-6


def test_what_no_other_group_can_hold_must_be_in_the_hidden_one() -> None:
    """Of 79 children whose care status is hidden, 78 at most are with adopters; so one at least has no placement recorded."""
    adopted, not_recorded, care_order = [70, 0, 8], [0, 9, 0], [0, 0, 5]
    size = np.array([adopted, not_recorded, care_order], dtype=float)[None]
    hidden = np.array([[True, False, True], [False, True, False], [False, False, True]])[None]
    hidden_rows, hidden_columns = np.array([[False, True, True]]), np.array([[True, True, False]])
    assert least_of_groups(size, hidden, hidden_rows, hidden_columns).tolist() == [1.0]
    assert least_by_linear_programming((size[0], hidden[0], hidden_rows[0], hidden_columns[0]), 1) == 1.0
