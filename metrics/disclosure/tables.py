"""Hiding in every table of one population, for whatever is counted there.

A table of two axes falls into blocks: for two plain breakdowns one block, for ethnicity within its five groups one for each group.
A block's margins are in a coarser table, which is protected first. The groups whose margin is hidden are taken together, so that
within a block every margin is known; how they divide what they hold together stays open, in all tables alike. So a block
can be protected by itself, and what is safe in each block is safe in all together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from metrics.disclosure.audit import NO_LIMIT, Mask, Numbers, Room
from metrics.disclosure.complementary import Indices, Layer, Tables, hide_line, hide_tables, stuck
from metrics.disclosure.family import ALL, DISABILITY, EITHER, UnitRows


@dataclass
class Pattern:
    """What is hidden: for each pair of axes, by period and their groups; the one-way tables are pairs with ALL.

    `failed`: the pairs, and of each the periods, whose numbers could be worked out from what is known of empty cells. `withheld`: axes,
    and of each the periods, by which nothing is shown. `also`: what tables must hide because of what others show. `stuck`: of tables that
    have failed, cells that larger populations tell.
    """

    masks: dict[tuple[str, str], Mask] = field(default_factory=dict)
    failed: dict[tuple[str, str], Mask] = field(default_factory=dict)
    withheld: dict[str, Mask] = field(default_factory=dict)
    also: dict[tuple[str, str], Mask] = field(default_factory=dict)
    stuck: dict[tuple[str, str], Mask] = field(default_factory=dict)

    def of(self, first: str, second: str) -> Mask:
        """Shape (periods, groups of first, groups of second)."""
        if (first, second) in self.masks:
            return self.masks[first, second]
        return self.masks[second, first].swapaxes(1, 2)

    def has(self, first: str, second: str) -> bool:
        """Whether the pair has been decided."""
        return (first, second) in self.masks or (second, first) in self.masks

    def hide_also(self, first: str, second: str, shape: tuple[int, ...]) -> Mask:
        """The mask, of a table's shape, of what it must hide because of what others show."""
        if (first, second) not in self.also:
            self.also[first, second] = np.zeros(shape, dtype=bool)
            self.also[second, first] = self.also[first, second].swapaxes(1, 2)
        return self.also[first, second]

    def undecided(self, periods: Indices) -> Pattern:
        """One of some of the periods, in which nothing is decided yet but what must be hidden."""
        undecided = Pattern(withheld={name: mask[periods] for name, mask in self.withheld.items()})
        for pair, mask in self.also.items():
            undecided.hide_also(*pair, mask[periods].shape)[:] |= mask[periods]
        return undecided

    def take_over(self, newer: Pattern, periods: Indices) -> None:
        """Takes what another has decided of some of the periods."""
        for pair, mask in newer.masks.items():
            self.of(*pair)[periods] = mask

    def total(self) -> Mask:
        """Whether the total is hidden, by period."""
        return self.masks[ALL, ALL][:, 0, 0]


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


class Subject(Protocol):
    """What is counted in a population: its children, or those of them with an outcome."""

    rows: UnitRows

    def counted(self, first: str, second: str) -> tuple[Numbers, tuple[Numbers, ...]]:
        """The children of each cell of two axes, and what must be protected."""

    def measured(self, first: str, second: str) -> Measured:
        """The table of two axes."""

    def line_needs(self, period: int, measured: Measured, members: Indices) -> list[tuple[Numbers, float]]:
        """What the hidden groups of a one-way line must hold together."""

    def few(self, size: Numbers, amounts: list[Numbers], period: int) -> Mask:
        """Which numbers are of so few that they must be hidden by themselves."""

    def block_needs(self) -> tuple[Numbers, Numbers]:
        """What the hidden cells of a line of a block must hold together, and how wide ranges must be: by period."""


def protect(subject: Subject, pattern: Pattern) -> Pattern:
    """Completes a pattern that has the total (and whatever else is decided already)."""
    axes = _parents_first(subject.rows)
    for name, periods in pattern.withheld.items():
        for pair in [pair for pair in pattern.masks if name in pair]:
            size = subject.measured(*pair).size
            held = (size.sum(axis=2) > 0)[:, :, None] & (size.sum(axis=1) > 0)[:, None, :]
            pattern.masks[pair] |= periods[:, None, None] & held
    for name in axes:
        if not pattern.has(name, ALL):
            pattern.masks[name, ALL] = _one_way(subject, pattern, name)
    _nested_pairs(subject, pattern)
    pairs = [(first, second) for index, first in enumerate(axes) for second in axes[index + 1:] if not pattern.has(first, second)]
    for stage in sorted({_stage(subject.rows, pair) for pair in pairs}):
        _two_way(subject, pattern, [pair for pair in pairs if _stage(subject.rows, pair) == stage])
    return pattern


def _parents_first(rows: UnitRows) -> list[str]:
    return sorted((name for name in rows.axes if name != ALL), key=lambda name: rows.axes[name].parent != ALL)


def _stage(rows: UnitRows, pair: tuple[str, str]) -> int:
    """Coarser tables first, and those of 'either' after those of its two parts."""
    return sum(rows.axes[name].parent != ALL for name in pair) + 10 * (EITHER in pair)


def _one_way(subject: Subject, pattern: Pattern, name: str) -> Mask:
    axis, measured = subject.rows.axes[name], subject.measured(name, ALL)
    size, seeds = measured.size[:, :, 0], measured.seeds[:, :, 0]
    if (name, ALL) in pattern.also:
        seeds = seeds | pattern.also[name, ALL][:, :, 0]
    hidden = measured.whole[:, :, 0] | pattern.withheld.get(name, np.zeros(len(size), dtype=bool))[:, None]
    outer = pattern.of(axis.parent, ALL)[:, :, 0]
    for period in np.flatnonzero(~hidden.all(axis=1)):
        for group, members in enumerate(subject.rows.parts(name)):
            if outer[period, group]:
                hidden[period, members] = True
                continue
            needs = subject.line_needs(int(period), measured, members)
            hidden[period, members] = hide_line(size[period, members], seeds[period, members], needs)
    return hidden[:, :, None] & ~measured.known_empty


def _nested_pairs(subject: Subject, pattern: Pattern) -> None:
    """A breakdown by what it is nested in shows nothing new: each group has one cell, hidden as the group is."""
    for name, axis in subject.rows.axes.items():
        if axis.parent == ALL:
            continue
        own = pattern.of(name, ALL)
        inside = np.array(axis.class_of)[:, None] == np.arange(len(subject.rows.axes[axis.parent].groups))[None, :]
        pattern.masks[name, axis.parent] = own & inside[None]


@dataclass(frozen=True)
class _Block:
    """One block of one table: its rows and columns, which of them are taken together (their margins are hidden), by period, which
    cells could hold anybody at all, and the block itself with one row and one column more for what is taken together."""

    pair: tuple[str, str]
    rows: Indices
    columns: Indices
    merged_rows: Mask
    merged_columns: Mask
    possible: Mask
    tables: Tables


def _two_way(subject: Subject, pattern: Pattern, pairs: list[tuple[str, str]]) -> None:
    blocks = [block for pair in pairs for block in _blocks(subject, pattern, pair)]
    for shape in {_rounded(block) for block in blocks}:
        alike = [block for block in blocks if _rounded(block) == shape]
        together = joined([block.tables for block in alike], shape)
        hide_tables(together)
        held = stuck(together)
        step = len(subject.rows.periods)
        for index, block in enumerate(alike):
            part = slice(index * step, (index + 1) * step)
            _write(pattern, block, together.hidden[part])
            if together.failed[part].any():
                pattern.failed[block.pair] = pattern.failed.get(block.pair, False) | together.failed[part]
                told = pattern.stuck.setdefault(block.pair, np.zeros_like(pattern.masks[block.pair]))
                told[np.ix_(np.arange(step), block.rows, block.columns)] |= held[part, :len(block.rows), :len(block.columns)]


def _blocks(subject: Subject, pattern: Pattern, pair: tuple[str, str]) -> list[_Block]:
    first, second = (subject.rows.axes[name] for name in pair)
    measured = subject.measured(*pair)
    if pair in pattern.also:
        also = pattern.also[pair]
        measured = replace(measured, seeds=measured.seeds | also, told=measured.told & ~also)
    pattern.masks[pair] = np.zeros_like(measured.seeds)
    row_margins, column_margins = pattern.of(first.name, second.parent), pattern.of(first.parent, second.name)
    totals = pattern.of(first.parent, second.parent)
    result = []
    for outer, rows in enumerate(subject.rows.parts(first.name)):
        for other, columns in enumerate(subject.rows.parts(second.name)):
            unknown = totals[:, outer, other]
            if len(rows) and len(columns):
                size = measured.size[np.ix_(np.arange(len(measured.size)), rows, columns)]
                merged_rows = row_margins[:, rows, other] | _with_parts(pattern, pair, rows)
                merged_columns = column_margins[:, outer, columns] | _with_parts(pattern, (pair[1], pair[0]), columns)
                merged_rows |= unknown[:, None] & (size.sum(axis=2) > 0)
                merged_columns |= unknown[:, None] & (size.sum(axis=1) > 0)
                result.append(_block(subject, measured, pair, (rows, columns), (merged_rows, merged_columns, unknown)))
    return result


def _with_parts(pattern: Pattern, pair: tuple[str, str], groups: Indices) -> Mask:
    """Where a group of `pair[0]` hides something by disability or by mental health problem, it hides everything by 'either'."""
    name, either = pair
    hidden = np.zeros((len(pattern.total()), len(groups)), dtype=bool)
    if either != EITHER or name in DISABILITY:
        return hidden
    for part in DISABILITY:
        hidden |= pattern.of(part, name)[:, :, groups].any(axis=1)
    return hidden


def _block(
    subject: Subject, measured: Measured, pair: tuple[str, str], groups: tuple[Indices, Indices], merged: tuple[Mask, Mask, Mask],
) -> _Block:
    """`merged`: the rows and the columns that are taken together, and where the block's own total is hidden."""
    cells = np.ix_(np.arange(len(measured.size)), *groups)
    size = measured.size[cells]
    seeds, free, whole = (values[cells] for values in (measured.seeds, measured.free, measured.whole))
    merged_rows, merged_columns = _two_or_none(size, merged[0], 2), _two_or_none(size, merged[1], 1)
    collect_rows, collect_columns = _collect(merged_rows), _collect(merged_columns)

    def together(values: Numbers) -> Numbers:
        return collect_rows @ values @ collect_columns.swapaxes(1, 2)

    amounts = [together(amount[cells]) for amount in measured.amounts]
    total = together(size)
    apart = np.zeros(total.shape, dtype=bool)
    apart[:, :-1, :-1] = ~merged_rows[:, :, None] & ~merged_columns[:, None, :]
    is_seed = apart.copy()
    is_seed[:, :-1, :-1] &= seeds
    growth = [np.minimum(together(most[cells]), NO_LIMIT) for most in measured.growth]
    layers = tuple(_layer(subject, amounts, index, (together(free.astype(float)) > 0, growth[index])) for index in range(len(amounts)))
    told = np.zeros_like(apart)
    told[:, :-1, :-1] = measured.told[cells] & apart[:, :-1, :-1]
    layers += tuple(Layer(together(amount[cells]), (), need, need, rest=True) for amount, need in measured.rests)
    possible = ((size.sum(axis=2) > 0) | merged_rows)[:, :, None] & ((size.sum(axis=1) > 0) | merged_columns)[:, None, :]
    possible &= ~measured.known_empty[cells]
    possible_groups = together((~measured.known_empty[cells]).astype(float))
    known_empty = possible_groups == 0
    unknown = merged[2][:, None, None]
    for axis, last in ((2, np.s_[:, -1:]), (1, np.s_[:, :, -1:])):
        empty = total.sum(axis=axis, keepdims=True) == 0
        empty[last] &= ~unknown  # the total of those taken together is known where the block's is
        known_empty |= empty
    is_whole = unknown | (whole & apart[:, :-1, :-1]).any(axis=(1, 2), keepdims=True)
    hidden = (is_seed | (~apart & (total > 0)) | (is_whole & ~known_empty)) & ~told
    tables = Tables(total, hidden, layers, known_empty, told, possible_groups > 1, np.zeros(len(total), dtype=bool))
    return _Block(pair, *groups, merged_rows, merged_columns, possible, tables)


def _layer(subject: Subject, amounts: list[Numbers], index: int, limits: tuple[Mask, Numbers]) -> Layer:
    """Where the whole of a cell isn't shown, an amount can grow while the others stay. Or else the wholes stay, and one can grow by as much
    as the others of its cell could shrink. `limits`: where that is, and how far the amount can grow."""
    amount, (free, growth) = amounts[index], limits
    down = np.minimum(amount, NO_LIMIT)
    rooms = [Room(np.where(free, down, 0), np.where(free, growth, 0))]
    if len(amounts) > 1:
        others = sum((other for number, other in enumerate(amounts) if number != index), start=np.zeros_like(amount))
        rooms.append(Room(down, np.minimum(others, growth)))
    return Layer(amount, tuple(rooms), *subject.block_needs())


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


def _rounded(block: _Block) -> tuple[int, int]:
    """Blocks of about the same shape are worked on together."""
    rows, columns = (next(size for size in (3, 5, 8, 12, 20, 40, 80, 1000) if size >= length) for length in block.tables.size.shape[1:])
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


def _write(pattern: Pattern, block: _Block, hidden: Mask) -> None:
    """Puts what is hidden of a block into its table: what was taken together is hidden wherever it holds anybody."""
    rows = np.where(block.merged_rows, hidden.shape[1] - 1, np.arange(len(block.rows))[None, :])
    columns = np.where(block.merged_columns, hidden.shape[2] - 1, np.arange(len(block.columns))[None, :])
    periods = np.arange(len(hidden))
    found = hidden[periods[:, None, None], rows[:, :, None], columns[:, None, :]]
    pattern.masks[block.pair][np.ix_(periods, block.rows, block.columns)] = found & block.possible
