"""Two populations that both are some of a third's children, and what they tell of each other; what must be in a cell at least."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.beside import Beside, groups_beside_to_hide, least_in_cells
from metrics.disclosure.larger import Larger
from tests.metrics.disclosure.made_up import children_of, counted, hides

LARGER, SCHOOL, TRAINED = "education_plan", "persistent_absence", "carer_trained"
AXES = ("placement", "age_band")
Table = tuple[Numbers, Mask, Mask, Numbers, Mask]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Children, which cells are hidden, of which columns the total is shown, what each row has at least outside the full columns, which
    are the last of the table's."""
    rows, columns = draw(st.integers(2, 4)), draw(st.integers(2, 4))
    size = draw(arrays(np.int64, (rows, columns), elements=st.integers(0, 9))).astype(float)
    hidden, shown_columns = draw(arrays(np.bool_, (rows, columns))), draw(arrays(np.bool_, columns))
    full = np.arange(columns) >= draw(st.integers(1, columns))
    needs = size[:, ~full].sum(axis=1) - draw(arrays(np.int64, rows, elements=st.integers(0, 5)))
    return size, hidden, shown_columns, needs, full


def least_by_linear_programming(table: Table, cell: int) -> float:
    """The least that a cell can hold: the rows have their totals, and so have the columns whose totals are shown."""
    size, hidden, shown_columns, needs, full = table
    number = np.arange(size.size).reshape(size.shape)
    sums = [*number, *number.T[shown_columns]]
    equal = np.array([np.isin(np.arange(size.size), cells) for cells in sums], dtype=float)
    at_least = np.array([np.isin(np.arange(size.size), row[~full]) for row in number], dtype=float)
    flat = size.ravel()
    bounds = [(0, None) if away else (value, value) for value, away in zip(flat, hidden.ravel(), strict=True)]
    weights = (np.arange(size.size) == cell).astype(float)
    found = linprog(weights, A_ub=-at_least, b_ub=-needs, A_eq=equal, b_eq=equal @ flat, bounds=bounds, method="highs")
    return float(found.fun)


@given(tables())
@settings(max_examples=100, deadline=None)
def test_no_cell_is_said_to_hold_more_than_it_must(table: Table) -> None:
    size, hidden, shown_columns, needs, full = table
    least = least_in_cells(size[None], hidden[None], shown_columns[None, None], needs[None], full[None, None])[0]
    assert not least[~hidden].any() and not least[:, full].any()
    for cell in np.flatnonzero(hidden.ravel() & (least.ravel() > 0)):
        assert least.ravel()[cell] <= least_by_linear_programming(table, int(cell)) + 1e-6


SCHOOL_AGE = {
    ("foster_carer", "5 to 10"): 52, ("foster_carer", "11 to 15"): 60, ("kinship", "5 to 10"): 22, ("kinship", "11 to 15"): 26,
    ("residential", "5 to 10"): 40, ("residential", "11 to 15"): 45,
}
OLDER = {("foster_carer", "16 and over"): 32, ("kinship", "16 and over"): 6, ("residential", "16 and over"): 5}


@pytest.mark.parametrize(("not_at_school", "hidden_of_kinship"), [(0, True), (5, False), (6, False)])
def test_who_does_not_go_to_school_is_told_by_who_does(not_at_school: int, hidden_of_kinship: bool) -> None:
    """Where everybody of school age goes to school, and 48 of the 54 children with kinship carers do, six of these are older. Then of the
    eleven older ones whose placement is hidden five are left: too few. Where five of school age don't go to school, they may be these."""
    frame = children_of(AXES, {
        **{group: {LARGER: (count, 0), SCHOOL: (count, 0), TRAINED: (count, 0)} for group, count in SCHOOL_AGE.items()},
        **{group: {LARGER: (count + 20, 0), SCHOOL: (0, 0), TRAINED: (count, 0)} for group, count in OLDER.items()},
        ("adoptive", "5 to 10"): {LARGER: (20 + not_at_school, 0), SCHOOL: (20, 0), TRAINED: (0, 0)},
    })
    trained, school, larger = (counted(frame, measure) for measure in (TRAINED, SCHOOL, LARGER))
    hidden = [("kinship", "16 and over"), ("residential", "16 and over")]
    shown = hides(trained, AXES, [])
    beside = Beside(school.values, shown, Larger(larger.rows, larger.values, shown, apart=False))
    found = dict(groups_beside_to_hide(trained, hides(trained, AXES, hidden), [beside])).get("placement", np.zeros((1, 9), dtype=bool))
    placements = trained.rows.axes["placement"].groups
    assert [placements[group] for group in np.flatnonzero(found[0])] == (["kinship"] if hidden_of_kinship else [])
