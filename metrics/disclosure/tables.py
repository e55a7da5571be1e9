"""Hiding in every table of one population, for whatever is counted there.

A table of two axes falls into blocks: for two plain breakdowns one block, for ethnicity within its five groups one for each group.
A block's margins are in a coarser table, which is protected first. The groups whose margin is hidden are taken together, so that
within a block every margin is known; how they divide what they hold together stays open, in all tables alike. So a block
can be protected by itself, and what is safe in each block is safe in all together.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.blocks import Measured, Table, collected, joined, rounded
from metrics.disclosure.complementary import Indices, hide_line, hide_tables, stuck
from metrics.disclosure.decided import Answers, Decided
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


class Subject(Protocol):
    """What is counted in a population: its children, or those of them with an outcome."""

    rows: UnitRows

    @property
    def decided(self) -> Decided:
        """What has been decided of any tables."""

    def counted(self, first: str, second: str) -> tuple[Numbers, tuple[Numbers, ...]]:
        """The children of each cell of two axes, and what must be protected."""

    def measured(self, first: str, second: str) -> Measured:
        """The table of two axes."""

    def line_needs(self, period: int, measured: Measured, members: Indices) -> list[tuple[Numbers, float]]:
        """What the hidden groups of a one-way line must hold together."""

    def few(self, size: Numbers, amounts: list[Numbers], period: Indices) -> Mask:
        """Which numbers are of so few that they must be hidden by themselves: of lines, each of one period."""

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
    open_ = ~hidden.all(axis=1)
    for group, members in enumerate(subject.rows.parts(name)):
        hidden[:, members] |= outer[:, [group]]
        for period in np.flatnonzero(open_ & ~outer[:, group] & seeds[:, members].any(axis=1)):
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


def _two_way(subject: Subject, pattern: Pattern, pairs: list[tuple[str, str]]) -> None:
    """Decides tables of which none depends on another. What has been decided of the same numbers is taken over."""
    tables = [_table(subject, pattern, pair) for pair in pairs]
    keys = [table.keys() for table in tables]
    known = subject.decided
    new = [known.not_yet(each) for each in keys]
    asked = [index for index, periods in enumerate(new) if len(periods)]
    for index, answers in zip(asked, _answers([tables[index].of(new[index]) for index in asked]), strict=True):
        known.add([keys[index][period] for period in new[index]], answers)
    for pair, table, each in zip(pairs, tables, keys, strict=True):
        answers = known.of(each, table.measured.size.shape)
        pattern.masks[pair] = answers.hidden
        if answers.failed.any():
            pattern.failed[pair], pattern.stuck[pair] = answers.failed, answers.stuck


def _answers(tables: list[Table]) -> list[Answers]:
    answers = [Answers.none(table.measured.size.shape) for table in tables]
    blocks = [(block, answer) for table, answer in zip(tables, answers, strict=True) for block in table.blocks()]
    for shape in {rounded(block) for block, _ in blocks}:
        alike = [(block, answer) for block, answer in blocks if rounded(block) == shape]
        together = collected(joined([block for block, _ in alike], shape))
        hide_tables(together.tables)
        hidden, held = together.hidden(), stuck(together.tables)
        start = 0
        for block, answer in alike:
            every = slice(start, start := start + len(block.unknown))
            part = (every, slice(len(block.rows)), slice(len(block.columns)))
            cells = np.ix_(np.arange(len(block.unknown)), block.rows, block.columns)
            answer.hidden[cells], answer.stuck[cells] = hidden[part], held[part]
            answer.failed[:] |= together.tables.failed[every]
    return answers


def _table(subject: Subject, pattern: Pattern, pair: tuple[str, str]) -> Table:
    first, second = (subject.rows.axes[name] for name in pair)
    measured = subject.measured(*pair)
    if pair in pattern.also:
        also = pattern.also[pair]
        measured = replace(measured, seeds=measured.seeds | also, told=measured.told & ~also)
    merged_rows = pattern.of(first.name, second.parent) | _with_parts(pattern, pair)[:, :, None]
    merged_columns = pattern.of(first.parent, second.name) | _with_parts(pattern, (pair[1], pair[0]))[:, None, :]
    merged = (merged_rows, merged_columns, pattern.of(first.parent, second.parent))
    return Table((subject.rows.parts(first.name), subject.rows.parts(second.name)), measured, merged, subject.block_needs())


def _with_parts(pattern: Pattern, pair: tuple[str, str]) -> Mask:
    """Where a group of `pair[0]` hides something by disability or by mental health problem, it hides everything by 'either'."""
    name, either = pair
    if either != EITHER or name in DISABILITY:
        return np.zeros((1, 1), dtype=bool)
    hidden: Mask = np.any([pattern.of(part, name).any(axis=1) for part in DISABILITY], axis=0)
    return hidden
