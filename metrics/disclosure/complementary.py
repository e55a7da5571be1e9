"""Complementary hiding: what else must be hidden so that a hidden number can't be worked out from the totals beside it.

`hide_line` is for one line whose total is known (a one-way table); `hide_tables` for many two-way tables whose margins are known.
Both begin with what is hidden already and hide the next smallest until the rules hold. When nothing is left to hide, everything
is hidden, empty cells too: then only the margins are known, and these leave room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.disclosure.audit import Mask, Numbers, Room, rectangle_moves, solved_moves

Indices = NDArray[np.intp]
ROUNDS = 200


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
    for _ in range(ROUNDS):
        if not len(going):
            return
        some = tables.of(going)
        _satisfy_lines(some)
        unsafe = _unsafe_cells(some)
        unsafe[some.whole] = False
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


def _unsafe_cells(now: Tables) -> Mask:
    """The hidden cells that what is shown pins to too narrow a range."""
    return _unsafe(now, now.hidden & ~now.alone(now.size == 0) & ~now.whole[:, None, None])


def _unsafe_when_whole(now: Tables) -> Mask:
    """The same of tables of which everything is hidden; what matters are the cells that hold somebody."""
    hidden = ~now.known_empty & ~now.alone(now.known_empty)
    hidden[:, -1, -1] = ~now.known_empty[:, -1, -1]
    unsafe = _unsafe(now, hidden, whole=True)
    unsafe[:, -1, -1] = False  # neither of its totals is known
    return unsafe & (now.size > 0)


def _unsafe(now: Tables, hidden: Mask, *, whole: bool = False) -> Mask:
    unsafe = np.zeros_like(hidden)
    for layer in now.layers:
        room = Room(np.where(hidden, layer.amount if whole else layer.down, 0), np.where(hidden, layer.up, 0))
        up, down = rectangle_moves(room)
        too_narrow = hidden & ~_wide_enough(layer, up, down)
        cells = np.argwhere(too_narrow)
        if len(cells):
            table, row, column = cells.T
            up[table, row, column], down[table, row, column] = solved_moves(room, cells)
            too_narrow = hidden & ~_wide_enough(layer, up, down)
        unsafe |= too_narrow
    return unsafe


def _wide_enough(layer: Layer, up: Numbers, down: Numbers) -> Mask:
    """A cell of groups taken together is split among them in any way, so that only its greatest value counts."""
    needed = layer.range[:, None, None] - 1e-6
    wide = up + down >= needed
    greatest = layer.amount + up >= needed
    wide[:, -1, :], wide[:, :, -1] = greatest[:, -1, :], greatest[:, :, -1]
    return wide


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
