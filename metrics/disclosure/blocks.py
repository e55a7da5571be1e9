"""The blocks that a table of two axes falls into, each with what is taken together as one row and one column more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.disclosure.audit import NO_LIMIT, Mask, Numbers, Room
from metrics.disclosure.complementary import Indices, Layer, Tables
from metrics.disclosure.decided import keys_of

SHAPES = (8, 12, 20, 40, 80, 1000)


@dataclass(frozen=True)
class Measured:
    """One table of what is counted: all of shape (periods, groups, groups).

    `size`: children or events. `amounts`: what must be protected. `seeds`: what is hidden to begin with. `free`: where an amount has
    no upper limit, because the size is not shown. `growth`: by how much each amount could be more there all the same, as larger populations
    tell. `whole`: where everything is hidden, empty cells too. `known_empty`: empty cells that are known to be empty from elsewhere.
    `told`: cells that stay shown, as another population tells them. `rests`: what a larger population has beyond this one, and how much
    of each the hidden cells of a line must hold, if any.
    """

    size: Numbers
    amounts: tuple[Numbers, ...]
    seeds: Mask
    free: Mask
    growth: tuple[Numbers, ...]
    whole: Mask
    known_empty: Mask
    told: Mask
    rests: tuple[tuple[Numbers, Numbers], ...] = ()

    def of(self, periods: Indices) -> Measured:
        """The same for some of the periods."""
        amounts, growth = (tuple(each[periods] for each in several) for several in (self.amounts, self.growth))
        return Measured(
            self.size[periods], amounts, self.seeds[periods], self.free[periods], growth, self.whole[periods], self.known_empty[periods],
            self.told[periods], tuple((amount[periods], need[periods]) for amount, need in self.rests),
        )

    def all(self) -> list[np.ndarray]:
        """All that it consists of, by period."""
        rests = [values for rest in self.rests for values in rest]
        return [self.size, *self.amounts, self.seeds, self.free, *self.growth, self.whole, self.known_empty, self.told, *rests]


@dataclass(frozen=True)
class Table:
    """A table that is to be decided, and all that this depends on.

    `parts`: the groups of its two axes, in those of their parents. `merged`: its rows and its columns whose margins are hidden, by the
    groups of the other axis' parent, and the hidden totals of its blocks. `needs`: what the hidden cells of a line must hold together, and
    how wide ranges must be, by period.
    """

    parts: tuple[list[Indices], list[Indices]]
    measured: Measured
    merged: tuple[Mask, Mask, Mask]
    needs: tuple[Numbers, Numbers]

    def of(self, periods: Indices) -> Table:
        """The same in fewer periods."""
        rows, columns, totals = (mask[periods] for mask in self.merged)
        line, width = (need[periods] for need in self.needs)
        return replace(self, measured=self.measured.of(periods), merged=(rows, columns, totals), needs=(line, width))

    def keys(self) -> list[bytes]:
        """For each period what stands for everything that is decided from."""
        parts = "/".join(",".join(str(groups.tolist()) for groups in parts) for parts in self.parts)
        return keys_of([*self.measured.all(), *self.merged, *self.needs], parts)

    def blocks(self) -> Iterator[Block]:
        """Its blocks that have any cells."""
        merged_rows, merged_columns, totals = self.merged
        for outer, rows in enumerate(self.parts[0]):
            for other, columns in enumerate(self.parts[1]):
                if len(rows) and len(columns):
                    unknown = totals[:, outer, other]
                    size = self.measured.size[np.ix_(np.arange(len(totals)), rows, columns)]
                    without_total = (unknown[:, None] & (size.sum(axis=axis) > 0) for axis in (2, 1))
                    margins = (merged_rows[:, rows, other], merged_columns[:, outer, columns])
                    of_rows, of_columns = (mask | more for mask, more in zip(margins, without_total, strict=True))
                    yield _block(self, (rows, columns), (of_rows, of_columns, unknown))


@dataclass(frozen=True)
class Block:
    """One block of one table: its rows and columns, which of them are taken together (their margins are hidden), by period, which
    cells could hold anybody at all, and the block itself with one row and one column more for what is taken together."""

    rows: Indices
    columns: Indices
    merged_rows: Mask
    merged_columns: Mask
    possible: Mask
    tables: Tables


def _block(table: Table, groups: tuple[Indices, Indices], merged: tuple[Mask, Mask, Mask]) -> Block:
    """`merged`: the rows and the columns that are taken together, and where the block's own total is hidden."""
    measured = table.measured
    cells = np.ix_(np.arange(len(measured.size)), *groups)
    size = measured.size[cells]
    seeds, free, whole = (values[cells] for values in (measured.seeds, measured.free, measured.whole))
    merged_rows, merged_columns = _two_or_none(size, merged[0], 2), _two_or_none(size, merged[1], 1)
    collect_rows, collect_columns = _collect(merged_rows), _collect(merged_columns)
    possible_here = ~measured.known_empty[cells]
    count = len(measured.amounts)
    several = (*measured.amounts, *measured.growth, *(rest for rest, _ in measured.rests))
    each = np.stack([size, free, possible_here, *(values[cells] for values in several)], dtype=np.float64)
    total, open_, possible_groups, *others = collect_rows @ each @ collect_columns.swapaxes(1, 2)
    amounts, growth, rests = others[:count], np.minimum(others[count:2 * count], NO_LIMIT), others[2 * count:]
    apart = np.zeros(total.shape, dtype=bool)
    apart[:, :-1, :-1] = ~merged_rows[:, :, None] & ~merged_columns[:, None, :]
    is_seed = apart.copy()
    is_seed[:, :-1, :-1] &= seeds
    layers = tuple(_layer(table.needs, amounts, index, (open_ > 0, growth[index])) for index in range(count))
    told = np.zeros_like(apart)
    told[:, :-1, :-1] = measured.told[cells] & apart[:, :-1, :-1]
    layers += tuple(Layer(rest, (), need, need, rest=True) for rest, (_, need) in zip(rests, measured.rests, strict=True))
    possible = ((size.sum(axis=2) > 0) | merged_rows)[:, :, None] & ((size.sum(axis=1) > 0) | merged_columns)[:, None, :]
    possible &= possible_here
    known_empty = possible_groups == 0
    unknown = merged[2][:, None, None]
    for axis, last in ((2, np.s_[:, -1:]), (1, np.s_[:, :, -1:])):
        empty = total.sum(axis=axis, keepdims=True) == 0
        empty[last] &= ~unknown  # the total of those taken together is known where the block's is
        known_empty |= empty
    is_whole = unknown | (whole & apart[:, :-1, :-1]).any(axis=(1, 2), keepdims=True)
    hidden = (is_seed | (~apart & (total > 0)) | (is_whole & ~known_empty)) & ~told
    tables = Tables(total, hidden, layers, known_empty, told, possible_groups > 1, np.zeros(len(total), dtype=bool))
    return Block(*groups, merged_rows, merged_columns, possible, tables)


def _layer(needs: tuple[Numbers, Numbers], amounts: list[Numbers], index: int, limits: tuple[Mask, Numbers]) -> Layer:
    """Where the whole of a cell isn't shown, an amount can grow while the others stay. Or else the wholes stay, and one can grow by as much
    as the others of its cell could shrink. `limits`: where that is, and how far the amount can grow."""
    amount, (free, growth) = amounts[index], limits
    down = np.minimum(amount, NO_LIMIT)
    rooms = [Room(np.where(free, down, 0), np.where(free, growth, 0))]
    if len(amounts) > 1:
        others = sum((other for number, other in enumerate(amounts) if number != index), start=np.zeros_like(amount))
        rooms.append(Room(down, np.minimum(others, growth)))
    return Layer(amount, tuple(rooms), *needs)


def _two_or_none(size: Numbers, merged: Mask, axis: int) -> Mask:
    """A single group can't be taken together with nothing: the next smallest goes with it."""
    merged = merged.copy()
    held = size.sum(axis=axis)
    for period in np.flatnonzero((merged & (held > 0)).sum(axis=1) == 1):
        left = np.flatnonzero(~merged[period] & (held[period] > 0))
        if len(left):
            merged[period, left[held[period, left].argmin()]] = True
    return merged


def _collect(merged: Mask) -> Numbers:
    """Matrices (periods, groups + 1, groups) that add the merged groups up in the last place."""
    periods, groups = merged.shape
    collect = np.zeros((periods, groups + 1, groups))
    collect[:, np.arange(groups), np.arange(groups)] = ~merged
    collect[:, groups, :] = merged
    return collect


def rounded(block: Block) -> tuple[int, int]:
    """Blocks of roughly the same shape are worked on together: a step takes about as long for ten as for a hundred small tables."""
    rows, columns = (next(size for size in SHAPES if size >= length) for length in block.tables.size.shape[1:])
    return rows, columns


def joined(tables: list[Tables], shape: tuple[int, int]) -> Tables:
    """Tables one after another, each padded with empty cells before its last row and column."""

    def fit(values: np.ndarray) -> np.ndarray:
        _, rows, columns = values.shape
        fitted = np.zeros((len(values), *shape), dtype=values.dtype)
        fitted[:, :rows - 1, :columns - 1] = values[:, :-1, :-1]
        fitted[:, -1, :columns - 1], fitted[:, :rows - 1, -1] = values[:, -1, :-1], values[:, :-1, -1]
        fitted[:, -1, -1] = values[:, -1, -1]
        return fitted

    def rooms(layers: Sequence[Layer]) -> tuple[Room, ...]:
        return tuple(
            Room(*(np.concatenate([fit(getattr(room, name)) for room in alike]) for name in ("down", "up")))
            for alike in zip(*(layer.rooms for layer in layers), strict=True)
        )

    def layer(alike: Sequence[Layer]) -> Layer:
        line, width = (np.concatenate([getattr(layer, name) for layer in alike]) for name in ("line", "range"))
        return Layer(np.concatenate([fit(layer.amount) for layer in alike]), rooms(alike), line, width, alike[0].rest)

    def every(name: str) -> np.ndarray:
        return np.concatenate([fit(getattr(table, name)) for table in tables])

    return Tables(
        every("size"), every("hidden"), tuple(layer(alike) for alike in zip(*(table.layers for table in tables), strict=True)),
        ~np.concatenate([fit(~table.known_empty) for table in tables]), every("told"), every("split"),
        np.concatenate([table.failed for table in tables]),
    )


def apart(block: Block, hidden: Mask) -> Mask:
    """What is hidden of a block's own rows and columns: what was taken together is hidden wherever it holds anybody."""
    rows = np.where(block.merged_rows, hidden.shape[1] - 1, np.arange(len(block.rows))[None, :])
    columns = np.where(block.merged_columns, hidden.shape[2] - 1, np.arange(len(block.columns))[None, :])
    found: Mask = hidden[np.arange(len(hidden))[:, None, None], rows[:, :, None], columns[:, None, :]] & block.possible
    return found
