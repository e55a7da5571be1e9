"""The blocks that a table of two axes falls into, each with what is taken together as one row and one column more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.disclosure.audit import NO_LIMIT, Mask, Numbers, Room
from metrics.disclosure.complementary import Indices, Layer, Tables
from metrics.disclosure.decided import keys_of
from metrics.disclosure.primary import smallest_of

SHAPES = (8, 12, 20, 40, 80, 160, 320, 1000)


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

    def within(self, rows: Indices, columns: Indices) -> Measured:
        """The same for some of the groups."""
        if self.size.shape[1:] == (len(rows), len(columns)):
            return self
        cells = np.ix_(np.arange(len(self.size)), rows, columns)
        amounts, growth = (tuple(each[cells] for each in several) for several in (self.amounts, self.growth))
        return Measured(
            self.size[cells], amounts, self.seeds[cells], self.free[cells], growth, self.whole[cells], self.known_empty[cells],
            self.told[cells], tuple((amount[cells], need) for amount, need in self.rests),
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
                    margins = (merged_rows[:, rows, other], merged_columns[:, outer, columns])
                    yield Block(rows, columns, self.measured.within(rows, columns), *margins, totals[:, outer, other], self.needs)


@dataclass(frozen=True)
class Block:
    """One block of one table: its rows and columns, what is counted there, and by period which of them have hidden margins, and whether its
    own total is hidden. `needs`: see `Table`."""

    rows: Indices
    columns: Indices
    measured: Measured
    hidden_rows: Mask
    hidden_columns: Mask
    unknown: Mask
    needs: tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Collected:
    """Blocks in which the rows and columns whose margins are hidden are taken together: which these are, which cells could hold anybody at
    all, and the tables with one row and one column more for what is taken together."""

    merged_rows: Mask
    merged_columns: Mask
    possible: Mask
    tables: Tables

    def hidden(self) -> Mask:
        """What is hidden of the blocks' own rows and columns: what was taken together is hidden wherever it holds anybody."""
        count, rows, columns = self.possible.shape
        row = np.where(self.merged_rows, rows, np.arange(rows))
        column = np.where(self.merged_columns, columns, np.arange(columns))
        found: Mask = self.tables.hidden[np.arange(count)[:, None, None], row[:, :, None], column[:, None, :]] & self.possible
        return found


def rounded(block: Block) -> tuple[int, int]:
    """Blocks of roughly the same shape are worked on together: a step takes about as long for ten as for a hundred small tables."""
    rows, columns = (next(size for size in SHAPES if size > length) for length in (len(block.rows), len(block.columns)))
    return rows - 1, columns - 1


def padded(arrays: Sequence[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
    """Arrays one after another, each filled up with nothing to a shape that leaves out their first axis."""
    together = np.zeros((sum(map(len, arrays)), *shape), dtype=arrays[0].dtype)
    start = 0
    for values in arrays:
        part = (slice(start, start := start + len(values)), *(slice(length) for length in values.shape[1:]))
        together[part] = values
    return together


def joined(blocks: Sequence[Block], shape: tuple[int, int]) -> Block:
    """Blocks one after another, each padded with empty cells at its end."""
    measured = [block.measured for block in blocks]

    def every(several: Iterable[Sequence[np.ndarray]]) -> tuple[np.ndarray, ...]:
        return tuple(padded(alike, shape) for alike in zip(*several, strict=True))

    whole = Measured(
        padded([each.size for each in measured], shape), every(each.amounts for each in measured),
        padded([each.seeds for each in measured], shape), padded([each.free for each in measured], shape),
        every(each.growth for each in measured), padded([each.whole for each in measured], shape),
        ~padded([~each.known_empty for each in measured], shape), padded([each.told for each in measured], shape),
        tuple(zip(
            every([amount for amount, _ in each.rests] for each in measured),
            (np.concatenate(needs) for needs in zip(*([need for _, need in each.rests] for each in measured), strict=True)), strict=True,
        )),
    )
    line, width = (np.concatenate(needs) for needs in zip(*(block.needs for block in blocks), strict=True))
    return Block(
        np.arange(shape[0]), np.arange(shape[1]), whole, padded([block.hidden_rows for block in blocks], shape[:1]),
        padded([block.hidden_columns for block in blocks], shape[1:]), np.concatenate([block.unknown for block in blocks]), (line, width),
    )


def collected(block: Block) -> Collected:
    """Takes together the rows and columns of a block whose margins are hidden."""
    measured, unknown = block.measured, block.unknown[:, None, None]
    size = measured.size
    merged_rows, merged_columns = _merged(block, 2), _merged(block, 1)
    count = len(measured.amounts)
    several = (*measured.amounts, *measured.growth, *(rest for rest, _ in measured.rests))
    each = np.stack([size, measured.free, ~measured.known_empty, *several], dtype=np.float64)
    total, open_, possible_groups, *others = _with_sums(_with_sums(each, merged_rows[:, :, None], 2), merged_columns[:, None, :], 3)
    amounts, growth, rests = others[:count], [np.minimum(most, NO_LIMIT) for most in others[count:2 * count]], others[2 * count:]
    own = ~merged_rows[:, :, None] & ~merged_columns[:, None, :]
    apart, seeds, told = (_with_last(values & own) for values in (own, measured.seeds, measured.told))
    layers = tuple(_layer(block.needs, amounts, index, (open_ > 0, growth[index])) for index in range(count))
    layers += tuple(Layer(rest, (), need, need, rest=True) for rest, (_, need) in zip(rests, measured.rests, strict=True))
    possible = ((size.sum(axis=2) > 0) | merged_rows)[:, :, None] & ((size.sum(axis=1) > 0) | merged_columns)[:, None, :]
    possible &= ~measured.known_empty
    known_empty = possible_groups == 0
    for axis, last in ((2, np.s_[:, -1:]), (1, np.s_[:, :, -1:])):
        empty = total.sum(axis=axis, keepdims=True) == 0
        empty[last] &= ~unknown  # the total of those taken together is known where the block's is
        known_empty |= empty
    is_whole = unknown | (measured.whole & own).any(axis=(1, 2), keepdims=True)
    hidden = (seeds | (~apart & (total > 0)) | (is_whole & ~known_empty)) & ~told
    tables = Tables(total, hidden, layers, known_empty, told, possible_groups > 1, np.zeros(len(total), dtype=bool))
    return Collected(merged_rows, merged_columns, possible, tables)


def _merged(block: Block, axis: int) -> Mask:
    """The rows (for axis 2; columns for axis 1) that are taken together. A single one can't be taken together with nothing: the next
    smallest goes with it."""
    held = block.measured.size.sum(axis=axis)
    merged = (block.hidden_rows if axis == 2 else block.hidden_columns) | (block.unknown[:, None] & (held > 0))
    single = (merged & (held > 0)).sum(axis=1, keepdims=True) == 1
    both: Mask = merged | (single & smallest_of(held, ~merged & (held > 0)))
    return both


def _with_sums(values: Numbers, merged: Mask, axis: int) -> Numbers:
    """With one line more along an axis, that has the sums of the merged lines; these hold nothing then."""
    sums = np.where(merged, values, 0).sum(axis=axis, keepdims=True)
    return np.concatenate([np.where(merged, 0, values), sums], axis=axis)


def _with_last(mask: Mask) -> Mask:
    """With a row and a column more that have nothing."""
    return np.pad(mask, ((0, 0), (0, 1), (0, 1)))


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
