"""How far what is shown pins a hidden number: the range left to every hidden cell of a table whose margins are known.

A table's hidden cells can be any whole numbers that keep each line's total. The least and the greatest value of one cell are the
answers of a linear programme that is a transport problem, so that a greatest flow gives them exactly and in whole numbers; the tests
hold it against SciPy's HiGHS. Because there are very many cells, most are settled by a bound that is worked out for a whole table at once.
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

    def where(self, hidden: Mask) -> Room:
        """The same, but for what is shown there is no room."""
        return Room(np.where(hidden, self.down, 0), np.where(hidden, self.up, 0))


def certain_moves(room: Room, needed: Numbers) -> tuple[Numbers, Numbers]:
    """(up, down): how far each cell can certainly move, as far as `needed` (one number a table) asks.

    To raise a cell, others of its row and of its column must be lowered, and where those lines cross as much be added. If the amounts
    are sent across in proportion to what each line has, none gets more than it can give. To lower a cell it is the other way round, and
    what crosses is limited by what is there. Cells that can be raised by `needed` and more never limit anything.
    """
    most = needed[:, None, None]
    open_ = (room.up >= most - TINY).astype(np.float64)
    give = np.minimum(room.down, most)
    raised = _sent_across(give, open_)
    lowered = _taken_across(open_, give)
    return np.minimum(room.up, raised), np.minimum(room.down, lowered)


def _sent_across(give: Numbers, open_: Numbers) -> Numbers:
    """For each cell (i, j) the sum of give[i, k] open[h, k] give[h, j] over h != i and k != j, divided by the larger of what row i and
    column j give: this much can flow."""
    across = give @ open_.swapaxes(1, 2) @ give
    along = give * (open_ * give).sum(axis=1, keepdims=True)
    down = give * (open_ * give).sum(axis=2, keepdims=True)
    across = across - along - down + give * give * open_
    larger = np.maximum(give.sum(axis=2, keepdims=True) - give, give.sum(axis=1, keepdims=True) - give)
    sent: Numbers = np.divide(across, larger, out=np.zeros_like(across), where=larger > 0)
    return sent


def _taken_across(open_: Numbers, give: Numbers) -> Numbers:
    """For each cell (i, j) the sum of open[i, k] give[h, k] open[h, j] over h != i and k != j."""
    across = open_ @ give.swapaxes(1, 2) @ open_
    along = open_ * (give * open_).sum(axis=1, keepdims=True)
    down = open_ * (give * open_).sum(axis=2, keepdims=True)
    taken: Numbers = across - along - down + open_ * open_ * give
    return taken


def wide_enough(rooms: tuple[Room, ...], cells: NDArray[np.intp], amount: Numbers, needed: Numbers) -> Mask:
    """Whether some cells have a range as wide as `needed`. `cells` has a row (table, row, column) for each. `amount` is null
    (nan), or what is in the cell now, where only its greatest value counts.

    A cell can be raised by as much as flows from its row to its column, and lowered by as much as flows back; in one room after another,
    where the later ones have what the earlier have left. With one room that is exact.
    """
    result = np.zeros(len(cells), dtype=bool)
    step = max(1, NUMBERS_AT_ONCE // max(int(rooms[0].down.shape[1] * rooms[0].down.shape[2]), 1))
    for start in range(0, len(cells), step):
        some = cells[start:start + step]
        whole, now = needed[start:start + step], amount[start:start + step]
        own = np.isnan(now)
        missing = np.where(own, whole, whole - now)
        missing = missing - _moved(rooms, some, missing, up=True)
        back = np.flatnonzero(own & (missing > TINY))
        missing[back] -= _moved(rooms, some[back], missing[back], up=False)
        result[start:start + step] = missing <= TINY
    return result


def _moved(rooms: tuple[Room, ...], cells: NDArray[np.intp], most: Numbers, *, up: bool) -> Numbers:
    """How far each cell can be raised (or lowered), at most `most`."""
    table, row, column = cells.T
    number = np.arange(len(cells))
    moved, changed = np.zeros(len(cells)), np.zeros((len(cells), *rooms[0].down.shape[1:]))
    for room in rooms:
        down, raised = room.down[table], room.up[table]
        down = np.where(down > 0, np.maximum(down + changed, 0), 0)
        own = raised[number, row, column] if up else np.maximum(down[number, row, column] - moved, 0)
        down[number, row, column] = raised[number, row, column] = 0.0
        lower, raise_ = (down, raised) if up else (raised, down)
        before = down.copy()
        moved += greatest_flow(lower, raise_, (row, column), np.minimum(most - moved, own))
        changed += down - before
    return moved


def greatest_flow(lower: Numbers, raise_: Numbers, ends: tuple[NDArray[np.intp], NDArray[np.intp]], most: Numbers) -> Numbers:
    """How much flows from a row to a column of each table, at most `most`: along a cell from its row to its column as far as the cell can
    be lowered, and from its column to its row as far as it can be raised. Both arrays, of shape (tables, rows, columns), are left as the
    flow leaves them.

    Ford and Fulkerson's augmenting paths, always along a widest one, in many tables at once. What has flowed along a cell leaves less
    to lower and more to raise.
    """
    found = np.zeros(len(most))
    going = np.flatnonzero(most > 0)
    left_lower, left_raise = lower[going], raise_[going]
    rows, columns = ends[0][going], ends[1][going]
    while len(going):
        width, from_row, from_column = _widest_paths(left_lower, left_raise, rows, columns)
        width = np.minimum(width, most[going] - found[going])
        _send(left_lower, left_raise, (rows, columns), (from_row, from_column), width)
        found[going] += width
        left = (width > 0) & (found[going] < most[going])
        lower[going[~left]], raise_[going[~left]] = left_lower[~left], left_raise[~left]
        going, left_lower, left_raise, rows, columns = going[left], left_lower[left], left_raise[left], rows[left], columns[left]
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
