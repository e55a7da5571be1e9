"""Complementary hiding: what else must be hidden so that a hidden number can't be worked out from the totals beside it.

`hide_line` is for one line whose total is known (a one-way table); `hide_tables` for many two-way tables whose margins are known.
Both begin with what is hidden already and hide the next smallest until the rules hold. When nothing is left to hide, everything
is hidden, empty cells too: then only the margins are known, and these leave room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.disclosure.audit import TINY, Mask, Numbers, Room, rectangle_moves, wide_enough

Indices = NDArray[np.intp]
ROUNDS = 200
CELLS_AT_ONCE = 3


@dataclass(frozen=True)
class Layer:
    """Something that is counted in every cell and whose line totals are shown: children, or those with or without an outcome.

    `amount`: how many, shape (tables, rows, columns). `down`, `up`: how far it could go from there if the cell is hidden. `line`:
    what the hidden cells of a line must hold together; `range`: how wide the range of a hidden cell must be. One for each table.
    """

    amount: Numbers
    down: Numbers
    up: Numbers
    line: Numbers
    range: Numbers

    def of(self, tables: Indices) -> Layer:
        """The same for some of the tables."""
        return Layer(self.amount[tables], self.down[tables], self.up[tables], self.line[tables], self.range[tables])


@dataclass
class Tables:
    """Two-way tables with known margins.

    The last row and the last column stand for the groups whose own total is hidden, taken together (empty if there is none).
    `size`: children in each cell, by which the next smallest is chosen. `hidden`: what is hidden already. `whole`: the tables of
    which everything is hidden, empty cells too. `known_empty`: empty cells that are known to be so even then. `failed`: the tables that
    are unsafe even then, because too much is known of which cells are empty.
    """

    size: Numbers
    hidden: Mask
    layers: tuple[Layer, ...]
    whole: Mask
    known_empty: Mask
    failed: Mask

    def of(self, tables: Indices) -> Tables:
        """The same for some of the tables."""
        layers = tuple(layer.of(tables) for layer in self.layers)
        return Tables(
            self.size[tables], self.hidden[tables], layers, self.whole[tables], self.known_empty[tables], self.failed[tables],
        )

    def alone(self, empty: Mask) -> Mask:
        """Cells with somebody beside whom, on a line whose total is known, there are only cells that are known to be empty: they are
        that total, whether hidden or not, so that they protect nothing and need no protection of their own."""
        others = ~empty
        along, down = others.sum(axis=2, keepdims=True) == 1, others.sum(axis=1, keepdims=True) == 1
        along[:, -1], down[:, :, -1] = False, False
        result: Mask = others & (along | down)
        result[:, -1, -1] = False
        return result


def hide_line(size: Numbers, hidden: Mask, needs: list[tuple[Numbers, float]]) -> Mask:
    """What is hidden of one line; everything, empty groups too, when nothing less will do.

    `size`: children by group. `needs`: amounts by group, and how much of each the hidden groups must hold together.
    """
    hidden = hidden.copy()
    while hidden.any() and (hidden.sum() < 2 or any(amount[hidden].sum() < need for amount, need in needs)):
        left = np.flatnonzero(~hidden & (size > 0))
        if not len(left):
            return np.ones_like(hidden)
        hidden[left[size[left].argmin()]] = True
    return hidden


def hide_tables(tables: Tables) -> None:
    """Hides more in `tables` until every line and every cell is safe, or the table has failed."""
    going = np.flatnonzero(tables.hidden.any(axis=(1, 2)) & ~tables.whole)
    _hide_cells(tables, going)
    whole = np.flatnonzero(tables.whole & tables.known_empty[:, :-1, :-1].any(axis=(1, 2)))
    if len(whole):
        some = tables.of(whole)
        tables.failed[whole] = _unsafe_when_whole(some).any(axis=(1, 2))


def _hide_cells(tables: Tables, going: Indices) -> None:
    """Until every cell of each table is safe, hides more beside the first that isn't. A safe cell stays so when more is hidden."""
    safe = np.zeros((len(tables.layers), *tables.hidden.shape), dtype=bool)
    for number in range(ROUNDS):
        if not len(going):
            return
        some = tables.of(going)
        _satisfy_lines(some)
        known = safe[:, going]
        if number == 0:
            _settle_by_rectangles(some, known)
        unsafe = _first_unsafe(some, known)
        safe[:, going] = known
        failing = unsafe.any(axis=(1, 2))
        _hide_beside(some, unsafe)
        tables.hidden[going], tables.whole[going] = some.hidden, some.whole
        going = going[failing & ~some.whole]
    tables.whole[going] = True


def _satisfy_lines(some: Tables) -> None:
    """On each line: no hidden cell, or at least two that hold enough together; else the next smallest is hidden, and again."""
    going = np.arange(len(some.size))
    while len(going):
        now = some.of(going)
        before = now.hidden.sum(axis=(1, 2))
        for axis in (2, 1):
            lines = _lines_that_give_away(now, axis)
            _hide_next_smallest(now, lines, axis)
        some.hidden[going], some.whole[going] = now.hidden, now.whole
        going = going[(now.hidden.sum(axis=(1, 2)) > before) & ~now.whole]


def _lines_that_give_away(now: Tables, axis: int) -> Mask:
    """Which lines (rows for axis 2, columns for axis 1) have too little hidden. The last line's total is not shown by itself."""
    hidden = now.hidden & ~now.alone(now.size == 0)
    count = hidden.sum(axis=axis) + hidden.take(-1, axis=axis)  # the last cell stands for two or more
    wrong = count < 2
    for layer in now.layers:
        wrong |= np.where(hidden, layer.amount, 0).sum(axis=axis) < layer.line[:, None]
    lines: Mask = wrong & hidden.any(axis=axis)
    lines[:, -1] = False
    return lines


def _hide_next_smallest(now: Tables, lines: Mask, axis: int) -> None:
    """Hides the smallest cell that is shown on each of the lines; a table with a line that has none is hidden as a whole."""
    candidates = _candidates(now)
    index = candidates.argmin(axis=axis)
    none_left = np.isinf(candidates.min(axis=axis))
    now.whole |= (lines & none_left).any(axis=1)
    table, line = np.nonzero(lines & ~none_left)
    chosen = index[table, line]
    if axis == 2:
        now.hidden[table, line, chosen] = True
    else:
        now.hidden[table, chosen, line] = True


def _candidates(now: Tables) -> Numbers:
    """The sizes of the cells that could be hidden next; infinite for all others."""
    return np.where(now.hidden | (now.size == 0) | now.alone(now.size == 0), np.inf, now.size)


def _audited(now: Tables) -> Mask:
    return now.hidden & ~now.alone(now.size == 0) & ~now.whole[:, None, None]


def _settle_by_rectangles(now: Tables, safe: Mask) -> None:
    hidden = _audited(now)
    for number, layer in enumerate(now.layers):
        safe[number] |= _safe_by_rectangles(layer, _room(layer, hidden))


def _first_unsafe(now: Tables, safe: Mask) -> Mask:
    """Of each table the first hidden cells that what is shown pins to too narrow a range, if any; `safe` (layers, tables, rows, columns)
    learns of those that were looked at and found safe."""
    hidden = _audited(now)
    unsafe = np.zeros_like(hidden)
    for number, layer in enumerate(now.layers):
        room = _room(layer, hidden)
        while len(cells := _first_of_each(hidden & ~safe[number] & ~unsafe.any(axis=(1, 2), keepdims=True))):
            wide = _is_wide(layer, room, cells)
            safe[(number, *cells[wide].T)] = True
            unsafe[tuple(cells[~wide].T)] = True
    return unsafe


def _first_of_each(cells: Mask) -> Indices:
    """The first few (table, row, column) of each table."""
    flat = cells.reshape(len(cells), -1)
    first: Indices = np.argwhere((flat & (flat.cumsum(axis=1) <= CELLS_AT_ONCE)).reshape(cells.shape))
    return first


def _unsafe_when_whole(now: Tables) -> Mask:
    """The unsafe cells of tables of which everything is hidden; what matters are the cells that hold somebody."""
    hidden = ~now.known_empty & ~now.alone(now.known_empty)
    hidden[:, -1, -1] = ~now.known_empty[:, -1, -1]
    audited = hidden & (now.size > 0)
    audited[:, -1, -1] = False  # neither of its totals is known
    unsafe = np.zeros_like(hidden)
    for layer in now.layers:
        room = _room(layer, hidden, whole=True)
        cells = np.argwhere(audited & ~_safe_by_rectangles(layer, room))
        unsafe[tuple(cells[~_is_wide(layer, room, cells)].T)] = True
    return unsafe


def _room(layer: Layer, hidden: Mask, *, whole: bool = False) -> Room:
    return Room(np.where(hidden, layer.amount if whole else layer.down, 0), np.where(hidden, layer.up, 0))


def _safe_by_rectangles(layer: Layer, room: Room) -> Mask:
    """A cell of groups taken together is split among them in any way, so that only its greatest value counts."""
    up, down = rectangle_moves(room)
    needed = layer.range[:, None, None] - TINY
    wide: Mask = up + down >= needed
    greatest = layer.amount + up >= needed
    wide[:, -1, :], wide[:, :, -1] = greatest[:, -1, :], greatest[:, :, -1]
    return wide


def _is_wide(layer: Layer, room: Room, cells: Indices) -> Mask:
    table, row, column = cells.T
    together = (row == layer.amount.shape[1] - 1) | (column == layer.amount.shape[2] - 1)
    return wide_enough(room, cells, np.where(together, layer.amount[table, row, column], np.nan), layer.range[table])


def _hide_beside(now: Tables, unsafe: Mask) -> None:
    """Hides, for the first unsafe cell of each table, the next smallest in its row and in its column; nothing left: the table."""
    found = unsafe.any(axis=(1, 2))
    flat = unsafe.reshape(len(unsafe), -1).argmax(axis=1)
    row, column = np.divmod(flat, unsafe.shape[2])
    table = np.flatnonzero(found)
    before = now.hidden.sum(axis=(1, 2))
    for axis, line in ((2, row), (1, column)):
        candidates = _candidates(now)[table]
        along = candidates[np.arange(len(table)), line[table], :] if axis == 2 else candidates[np.arange(len(table)), :, line[table]]
        chosen = along.argmin(axis=1)
        there = np.isfinite(along.min(axis=1))
        where = (table[there], line[table][there], chosen[there]) if axis == 2 else (table[there], chosen[there], line[table][there])
        now.hidden[where] = True
    now.whole |= found & (now.hidden.sum(axis=(1, 2)) == before)
