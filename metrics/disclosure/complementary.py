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
    which everything is hidden, empty cells too.
    """

    size: Numbers
    hidden: Mask
    layers: tuple[Layer, ...]
    whole: Mask

    def of(self, tables: Indices) -> Tables:
        """The same for some of the tables."""
        return Tables(self.size[tables], self.hidden[tables], tuple(layer.of(tables) for layer in self.layers), self.whole[tables])


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
    """Hides more in `tables` until every line and every cell is safe."""
    going = np.flatnonzero(tables.hidden.any(axis=(1, 2)) & ~tables.whole)
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
    count = now.hidden.sum(axis=axis) + now.hidden.take(-1, axis=axis)  # the last cell stands for two or more
    wrong = count < 2
    for layer in now.layers:
        wrong |= np.where(now.hidden, layer.amount, 0).sum(axis=axis) < layer.line[:, None]
    wrong &= now.hidden.any(axis=axis)
    wrong[:, -1] = False
    return wrong


def _hide_next_smallest(now: Tables, lines: Mask, axis: int) -> None:
    """Hides the smallest cell that is shown on each of the lines; a table with a line that has none is hidden as a whole."""
    candidates = np.where(now.hidden | (now.size == 0), np.inf, now.size)
    index = candidates.argmin(axis=axis)
    none_left = np.isinf(candidates.min(axis=axis))
    now.whole |= (lines & none_left).any(axis=1)
    table, line = np.nonzero(lines & ~none_left)
    chosen = index[table, line]
    if axis == 2:
        now.hidden[table, line, chosen] = True
    else:
        now.hidden[table, chosen, line] = True


def _unsafe_cells(now: Tables) -> Mask:
    """The hidden cells that what is shown pins to too narrow a range."""
    unsafe = np.zeros_like(now.hidden)
    for layer in now.layers:
        room = Room(np.where(now.hidden, layer.down, 0), np.where(now.hidden, layer.up, 0))
        up, down = rectangle_moves(room)
        too_narrow = now.hidden & ~_wide_enough(layer, up, down)
        cells = np.argwhere(too_narrow & ~now.whole[:, None, None])
        if len(cells):
            table, row, column = cells.T
            up[table, row, column], down[table, row, column] = solved_moves(room, cells)
            too_narrow = now.hidden & ~_wide_enough(layer, up, down)
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
        candidates = np.where(now.hidden | (now.size == 0), np.inf, now.size)[table]
        along = candidates[np.arange(len(table)), line[table], :] if axis == 2 else candidates[np.arange(len(table)), :, line[table]]
        chosen = along.argmin(axis=1)
        there = np.isfinite(along.min(axis=1))
        where = (table[there], line[table][there], chosen[there]) if axis == 2 else (table[there], chosen[there], line[table][there])
        now.hidden[where] = True
    now.whole |= found & (now.hidden.sum(axis=(1, 2)) == before)
