"""How far what is shown pins a hidden number: the range left to every hidden cell of a table whose margins are known.

A table's hidden cells can be any whole numbers that keep each line's total. The least and the greatest value of one cell are the
answers of a linear programme that is a transport problem, so that a greatest flow gives them exactly and in whole numbers; the tests
hold it against SciPy's HiGHS. Because there are very many cells, most are settled by a bound: if children can be moved around a
rectangle of four hidden cells, the range is at least that wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]
Lines = NDArray[np.intp]

NO_LIMIT = 1000.0
NUMBERS_AT_ONCE = 400_000
TINY = 1e-6


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
        some = np.flatnonzero(beside[:, row].any(axis=1))  # elsewhere nothing can move
        if not len(some):
            continue
        others = beside[some]
        through = np.minimum(others[:, row, None, :], opposite[some])
        through[:, row, :] = 0
        best = through.argmax(axis=2)
        first = np.take_along_axis(through, best[:, :, None], axis=2)
        at_best = np.arange(columns)[None, None, :] == best[:, :, None]
        through[at_best] = -1.0
        along = np.where(at_best, through.max(axis=2, keepdims=True), first)
        reached = np.minimum(along, others)
        reached[:, row, :] = 0
        result[some, row, :] = reached.max(axis=1)
    return result


def wide_enough(room: Room, cells: NDArray[np.intp], amount: Numbers, needed: Numbers) -> Mask:
    """Whether some cells have a range as wide as `needed`, exactly. `cells` has a row (table, row, column) for each. `amount` is null
    (nan), or what is in the cell now, where only its greatest value counts.

    A cell can be raised by as much as flows from its row to its column, and lowered by as much as flows back.
    """
    result = np.zeros(len(cells), dtype=bool)
    step = max(1, NUMBERS_AT_ONCE // max(int(room.down.shape[1] * room.down.shape[2]), 1))
    for start in range(0, len(cells), step):
        table, row, column = cells[start:start + step].T
        down, up = room.down[table], room.up[table]
        whole, own = needed[start:start + step], np.isnan(amount[start:start + step])
        missing = np.where(own, whole, whole - amount[start:start + step])
        number = np.arange(len(table))
        own_up, own_down = up[number, row, column], down[number, row, column]
        up[number, row, column] = down[number, row, column] = 0.0
        missing = missing - greatest_flow(down, up, (row, column), np.minimum(missing, own_up))
        back = np.flatnonzero(own & (missing > TINY))
        most = np.minimum(missing, own_down)[back]
        missing[back] -= greatest_flow(up[back], down[back], (row[back], column[back]), most)
        result[start:start + step] = missing <= TINY
    return result


def greatest_flow(lower: Numbers, raise_: Numbers, ends: tuple[NDArray[np.intp], NDArray[np.intp]], most: Numbers) -> Numbers:
    """How much flows from a row to a column of each table, at most `most`: along a cell from its row to its column as far as the cell can
    be lowered, and from its column to its row as far as it can be raised.

    Ford and Fulkerson's augmenting paths, always along a widest one, in many tables at once. What has flowed along a cell leaves less
    to lower and more to raise. Both arrays have shape (tables, rows, columns).
    """
    found = np.zeros(len(most))
    going = np.flatnonzero(most > 0)
    lower, raise_ = lower[going], raise_[going]
    rows, columns = ends[0][going], ends[1][going]
    while len(going):
        width, from_row, from_column = _widest_paths(lower, raise_, rows, columns)
        width = np.minimum(width, most[going] - found[going])
        _send(lower, raise_, (rows, columns), (from_row, from_column), width)
        found[going] += width
        left = (width > 0) & (found[going] < most[going])
        going, lower, raise_, rows, columns = going[left], lower[left], raise_[left], rows[left], columns[left]
    return found


def _widest_paths(lower: Numbers, raise_: Numbers, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> tuple[Numbers, Lines, Lines]:
    """The width of a widest path, and from which row each column, and from which column each row is reached."""
    number = np.arange(len(rows))
    at_row, at_column = np.zeros(lower.shape[:2]), np.zeros((len(lower), lower.shape[2]))
    at_row[number, rows] = np.inf
    from_row, from_column = np.zeros(at_column.shape, dtype=np.intp), np.zeros(at_row.shape, dtype=np.intp)
    while True:
        better = _reach(np.minimum(at_row[:, :, None], lower), 1, at_column, from_row)
        if not better or not _reach(np.minimum(at_column[:, None, :], raise_), 2, at_row, from_column):
            return at_column[number, columns], from_row, from_column


def _reach(through: Numbers, axis: int, width: Numbers, origin: Lines) -> bool:
    """Takes over the widest ways where they are wider than what is known; whether there are any."""
    widest = through.max(axis=axis)
    better = widest > width
    if not better.any():
        return False
    np.copyto(origin, through.argmax(axis=axis), where=better)
    np.copyto(width, widest, where=better)
    return True


def _send(lower: Numbers, raise_: Numbers, ends: tuple[Lines, Lines], origins: tuple[Lines, Lines], width: Numbers) -> None:
    """Lets `width` flow along the paths, from their ends back to the rows where they begin."""
    begin, column = ends[0], ends[1].copy()
    number = np.flatnonzero(width > 0)
    while len(number):
        row = origins[0][number, column[number]]
        lower[number, row, column[number]] -= width[number]
        raise_[number, row, column[number]] += width[number]
        number, row = number[row != begin[number]], row[row != begin[number]]
        column[number] = origins[1][number, row]
        raise_[number, row, column[number]] -= width[number]
        lower[number, row, column[number]] += width[number]
