"""How far what is shown pins a hidden number: the range left to every hidden cell of a table whose margins are known.

A table's hidden cells can be any whole numbers that keep each line's total. The least and the greatest value of one cell are
found by linear programming (HiGHS); the constraints are a transport problem, so that the ranges of the fractions are those of
the whole numbers. Because there are very many cells, most are settled by a bound that needs no solver: if children can be moved
around a rectangle of four hidden cells, the range is at least that wide. Only what the rectangles cannot settle is solved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import linprog

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]

NO_LIMIT = 1000.0
VARIABLES_AT_ONCE = 40_000


@dataclass(frozen=True)
class Room:
    """How far each cell may go `down` and `up` from its true number; 0 where it is shown. Shape (tables, rows, columns)."""

    down: Numbers
    up: Numbers

    def of(self, tables: NDArray[np.intp]) -> Room:
        """The same for some of the tables."""
        return Room(self.down[tables], self.up[tables])


def rectangle_moves(room: Room) -> tuple[Numbers, Numbers]:
    """(up, down): how far each cell can certainly move, over the best rectangle of which it is a corner."""
    up = np.minimum(room.up, _best_rectangle(room.down, room.up))
    down = np.minimum(room.down, _best_rectangle(room.up, room.down))
    return up, down


def _best_rectangle(beside: Numbers, opposite: Numbers) -> Numbers:
    """For each cell (i, j) the greatest min(beside[i, k], beside[h, j], opposite[h, k]) over h != i and k != j.

    The best k for a pair of rows does not depend on j, except that it must not be j itself: so the best two are kept.
    """
    _, rows, columns = beside.shape
    result = np.zeros_like(beside)
    if rows < 2 or columns < 2:
        return result
    for row in range(rows):
        through = np.minimum(beside[:, row, None, :], opposite)
        through[:, row, :] = 0
        best = through.argmax(axis=2)
        first = np.take_along_axis(through, best[:, :, None], axis=2)
        np.put_along_axis(through, best[:, :, None], -1.0, axis=2)
        second = through.max(axis=2, keepdims=True)
        along = np.where(np.arange(columns)[None, None, :] == best[:, :, None], second, first)
        reached = np.minimum(along, beside)
        reached[:, row, :] = 0
        result[:, row, :] = reached.max(axis=1)
    return result


def solved_moves(room: Room, cells: NDArray[np.intp]) -> tuple[Numbers, Numbers]:
    """(up, down) of some cells, exactly, by linear programming. `cells` has a row (table, row, column) for each.

    Many small problems that have nothing to do with each other are solved as one, which HiGHS takes apart.
    """
    up, down = np.zeros(len(cells)), np.zeros(len(cells))
    size = int(room.down.shape[1] * room.down.shape[2])
    step = max(1, VARIABLES_AT_ONCE // max(size, 1))
    for start in range(0, len(cells), step):
        some = cells[start:start + step]
        up[start:start + step] = _solve(room, some, 1.0)
        down[start:start + step] = _solve(room, some, -1.0)
    return up, down


def _solve(room: Room, cells: NDArray[np.intp], sign: float) -> Numbers:
    """How far each cell can move in the direction of the sign, every line's sum kept."""
    _, rows, columns = room.down.shape
    table = cells[:, 0]
    free = (room.up[table] + room.down[table]) > 0
    problem, row, column = np.nonzero(free)
    number = np.arange(len(problem))
    line_of_row, line_of_column = problem * rows + row, len(cells) * rows + problem * columns + column
    sums = scipy.sparse.coo_matrix(
        (np.ones(2 * len(problem)), (np.concatenate([line_of_row, line_of_column]), np.concatenate([number, number]))),
        shape=(len(cells) * (rows + columns), len(problem)),
    ).tocsr()
    sums = sums[np.diff(sums.indptr) > 0]
    asked = (row == cells[problem, 1]) & (column == cells[problem, 2])
    bounds = np.column_stack([-room.down[table][free], room.up[table][free]])
    found = linprog(np.where(asked, -sign, 0.0), A_eq=sums, b_eq=np.zeros(sums.shape[0]), bounds=bounds, method="highs")
    if not found.success:
        raise ArithmeticError(f"The audit of hidden numbers could not be solved: {found.message}")
    moved = np.zeros(len(cells))
    moved[problem[asked]] = sign * found.x[asked]
    return np.maximum(moved, 0.0)
