"""Complementary hiding: what else must be hidden so that a hidden number can't be worked out from the totals beside it.

`hide_line` is for one line whose total is known (a one-way table); `hide_tables` for many two-way tables whose margins are known.
Both begin with what is hidden already and hide the next smallest until the rules hold, and the empty cells beside them. A table in which
nothing is left to hide, and which is not safe, has failed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from metrics.disclosure.audit import TINY, Mask, Numbers, Room, certain_moves, wide_enough
from metrics.disclosure.programme import Question, are_wide

Indices = NDArray[np.intp]
CELLS_AT_ONCE = 3


@dataclass(frozen=True)
class Layer:
    """Something that is counted in every cell and whose line totals are shown: children, or those with or without an outcome.

    `amount`: how many, shape (tables, rows, columns). `rooms`: how far it could go from there if the cell is hidden; one after another is
    tried, as each by itself is possible. `line`: what the hidden cells of a line must hold together; `range`: how wide the range of a
    hidden cell must be. One for each table. `rest`: it is what a larger population has beyond this one: it has no range of its own, and
    none of it on a line tells nothing.
    """

    amount: Numbers
    rooms: tuple[Room, ...]
    line: Numbers
    range: Numbers
    rest: bool = False

    def of(self, tables: Indices) -> Layer:
        """The same for some of the tables."""
        rooms = tuple(room.of(tables) for room in self.rooms)
        return Layer(self.amount[tables], rooms, self.line[tables], self.range[tables], self.rest)


@dataclass
class Tables:
    """Two-way tables with known margins.

    The last row and the last column stand for the groups whose own total is hidden, taken together (empty if there is none).
    `size`: children in each cell, by which the next smallest is chosen. `hidden`: what is hidden already. `known_empty`: empty cells
    that everybody knows to be so. `told`: cells that stay shown, as a larger population tells them. `split`: cells of several groups taken
    together that may share what they hold in any way. `failed`: the tables that are unsafe even when all else is hidden. `lonely`: what
    `_alone` gives, once it has been found.
    """

    size: Numbers
    hidden: Mask
    layers: tuple[Layer, ...]
    known_empty: Mask
    told: Mask
    split: Mask
    failed: Mask
    lonely: tuple[Mask, Mask] | None = None

    def of(self, tables: Indices) -> Tables:
        """The same for some of the tables."""
        layers = tuple(layer.of(tables) for layer in self.layers)
        along, down = self._alone()
        return Tables(
            self.size[tables], self.hidden[tables], layers, self.known_empty[tables], self.told[tables], self.split[tables],
            self.failed[tables], (along[tables], down[tables]),
        )

    def alone(self) -> Mask:
        """Cells beside which, on a line, there are only cells that are known to be empty: as each line's total is known, they are that
        total, whether hidden or not, so that they protect nothing and need no protection of their own."""
        along, down = self._alone()
        return along | down

    def told_by_a_total(self) -> Mask:
        """The same, where the total is shown by itself and is of one group: there is nothing to hide."""
        along, down = (mask.copy() for mask in self._alone())
        along[:, -1], down[:, :, -1] = False, False
        return (along | down) & ~self.split

    def _alone(self) -> tuple[Mask, Mask]:
        if self.lonely is None:
            others = ~self.known_empty
            self.lonely = others & (others.sum(axis=2, keepdims=True) == 1), others & (others.sum(axis=1, keepdims=True) == 1)
        return self.lonely


def hide_line(size: Numbers, hidden: Mask, needs: list[tuple[Numbers, float]]) -> Mask:
    """What is hidden of one line: nothing, or enough, and its empty groups with it.

    `size`: children by group. `needs`: amounts by group, and how much of each the hidden groups must hold together.
    """
    hidden = hidden.copy()
    while hidden.any() and ((hidden & (size > 0)).sum() < 2 or any(amount[hidden].sum() < need for amount, need in needs)):
        left = np.flatnonzero(~hidden & (size > 0))
        if not len(left):
            break
        hidden[left[size[left].argmin()]] = True
    with_empty: Mask = hidden | ((size == 0) & hidden.any())
    return with_empty


def hide_tables(tables: Tables) -> None:
    """Hides more in `tables` until every line and every cell is safe, or the table has failed. A safe cell stays so when more is hidden."""
    going = np.flatnonzero(tables.hidden.any(axis=(1, 2)))
    safe = np.zeros((len(tables.layers), *tables.hidden.shape), dtype=bool)
    safe[[layer.rest for layer in tables.layers]] = True
    while len(going):
        some = tables.of(going)
        _satisfy_lines(some)
        known = safe[:, going]
        _settle_by_bounds(some, known)
        unsafe = _first_unsafe(some, known)
        safe[:, going] = known
        failing = unsafe.any(axis=(1, 2))
        _hide_beside(some, unsafe)
        tables.hidden[going], tables.failed[going] = some.hidden, some.failed
        going = going[failing & ~some.failed]
    tables.hidden &= ~tables.told_by_a_total()
    doubtful = np.flatnonzero(tables.failed)
    tables.failed[doubtful] = ~are_wide([_question(tables, int(table), safe[:, table]) for table in doubtful])
    tables.failed |= _hold_too_little(tables)


def _hold_too_little(tables: Tables) -> Mask:
    """Whether the hidden cells of any line hold too little together, because others of it must stay shown: by table."""
    found = np.zeros(len(tables.size), dtype=bool)
    for axis in (2, 1) if tables.told.any() else ():
        wrong = _lines_that_give_away(tables, axis, rests=False) & tables.told.any(axis=axis)
        found |= wrong.any(axis=1)
    return found


def stuck(tables: Tables) -> Mask:
    """In the tables that have failed, the told cells on lines that give something away; if there are no such lines, all of them."""
    if not (tables.told & tables.failed[:, None, None]).any():
        return np.zeros_like(tables.told)
    wrong = _lines_that_give_away(tables, 2)[:, :, None] | _lines_that_give_away(tables, 1)[:, None, :]
    found = tables.told & wrong
    elsewhere = tables.told & ~found.any(axis=(1, 2), keepdims=True)
    result: Mask = (found | elsewhere) & tables.failed[:, None, None]
    return result


def _satisfy_lines(some: Tables) -> None:
    """On each line: no hidden cell, or at least two that hold enough together; else the next smallest is hidden, and again."""
    going = np.arange(len(some.size))
    while len(going):
        now = some.of(going)
        before = now.hidden.sum(axis=(1, 2))
        for axis in (2, 1):
            _hide_next_smallest(now, _lines_that_give_away(now, axis), axis)
        some.hidden[going] = now.hidden
        going = going[now.hidden.sum(axis=(1, 2)) > before]
    _hide_empty(some)


def _hide_empty(some: Tables) -> None:
    """Hides the empty cells where the lines of both directions have somebody hidden, so that nobody knows which are empty."""
    somebody = some.hidden & (some.size > 0)
    beside = somebody.any(axis=2, keepdims=True) & somebody.any(axis=1, keepdims=True)
    some.hidden |= beside & (some.size == 0) & ~some.known_empty


def _lines_that_give_away(now: Tables, axis: int, *, rests: bool = True) -> Mask:
    """Which lines (rows for axis 2, columns for axis 1) have too little hidden. The last line's total is not shown by itself. `rests`:
    whether what larger populations have beyond this one counts too."""
    hidden = now.hidden & ~now.alone() & (now.size > 0)
    count = hidden.sum(axis=axis) + (hidden & now.split).sum(axis=axis)
    wrong = count < 2
    for layer in [layer for layer in now.layers if rests or not layer.rest]:
        held = np.where(hidden, layer.amount, 0).sum(axis=axis)
        wrong |= (held < layer.line[:, None]) & ((held > 0) | (not layer.rest))
    lines: Mask = wrong & hidden.any(axis=axis)
    lines[:, -1] = False
    return lines


def _hide_next_smallest(now: Tables, lines: Mask, axis: int) -> None:
    """Hides the smallest cell that is shown on each of the lines, if there is one."""
    candidates = _candidates(now)
    index = candidates.argmin(axis=axis)
    table, line = np.nonzero(lines & np.isfinite(candidates.min(axis=axis)))
    chosen = index[table, line]
    if axis == 2:
        now.hidden[table, line, chosen] = True
    else:
        now.hidden[table, chosen, line] = True


def _candidates(now: Tables) -> Numbers:
    """The sizes of the cells that could be hidden next; infinite for all others."""
    return np.where(now.hidden | now.told | (now.size == 0) | now.alone(), np.inf, now.size)


def _audited(now: Tables) -> Mask:
    audited: Mask = now.hidden & ~now.alone()
    return audited


def _settle_by_bounds(now: Tables, safe: Mask) -> None:
    hidden = _audited(now)
    for number, layer in enumerate(now.layers):
        for room in layer.rooms:
            left = np.flatnonzero((hidden & ~safe[number]).any(axis=(1, 2)))
            if len(left):
                safe[number, left] |= _certainly_safe(layer.of(left), room.of(left).where(hidden[left]), now.split[left])


def _first_unsafe(now: Tables, safe: Mask) -> Mask:
    """Of each table the first hidden cells that what is shown pins to too narrow a range, if any; `safe` (layers, tables, rows, columns)
    learns of those that were looked at and found safe."""
    hidden = _audited(now)
    unsafe = np.zeros_like(hidden)
    for number, layer in enumerate(now.layers):
        rooms = tuple(room.where(hidden) for room in layer.rooms)
        while len(cells := _first_of_each(hidden & ~safe[number] & ~unsafe.any(axis=(1, 2), keepdims=True))):
            wide = _is_wide(layer, rooms, cells, now.split)
            safe[(number, *cells[wide].T)] = True
            unsafe[tuple(cells[~wide].T)] = True
    return unsafe


def _question(now: Tables, table: int, safe: Mask) -> Question:
    """What the flows could not settle of one table."""
    hidden = _audited(now.of(np.array([table])))[0]
    free = now.layers[0].rooms[0].up[table] > 0
    return Question(
        tuple(layer.amount[table] for layer in now.layers if not layer.rest), hidden, free, now.split[table],
        tuple(hidden & ~known for known, layer in zip(safe, now.layers, strict=True) if not layer.rest),
        tuple(np.where(free, layer.rooms[0].up[table], layer.rooms[-1].up[table]) for layer in now.layers if not layer.rest),
        float(now.layers[0].range[table]),
    )


def _first_of_each(cells: Mask) -> Indices:
    """The first few (table, row, column) of each table."""
    flat = cells.reshape(len(cells), -1)
    first: Indices = np.argwhere((flat & (flat.cumsum(axis=1) <= CELLS_AT_ONCE)).reshape(cells.shape))
    return first


def _certainly_safe(layer: Layer, room: Room, split: Mask) -> Mask:
    """Of a cell that is split among groups in any way only the greatest value counts."""
    up, down = certain_moves(room, layer.range)
    needed = layer.range[:, None, None] - TINY
    wide: Mask = np.where(split, layer.amount + up >= needed, up + down >= needed)
    return wide


def _is_wide(layer: Layer, rooms: tuple[Room, ...], cells: Indices, split: Mask) -> Mask:
    place = tuple(cells.T)
    return wide_enough(rooms, cells, np.where(split[place], layer.amount[place], np.nan), layer.range[place[0]])


def _hide_beside(now: Tables, unsafe: Mask) -> None:
    """Hides, for the first unsafe cell of each table, the next smallest in its row and in its column, or else anywhere."""
    flat = unsafe.reshape(len(unsafe), -1).argmax(axis=1)
    row, column = np.divmod(flat, unsafe.shape[2])
    among = _candidates(now)
    for table in np.flatnonzero(unsafe.any(axis=(1, 2))):
        candidates = among[table]
        places = [(row[table], candidates[row[table]].argmin()), (candidates[:, column[table]].argmin(), column[table])]
        found = [place for place in places if np.isfinite(candidates[place])]
        anywhere = np.unravel_index(candidates.argmin(), candidates.shape)
        if not found and np.isfinite(candidates[anywhere]):
            found = [anywhere]
        for place in found:
            now.hidden[(table, *place)] = True
        now.failed[table] = not found
