"""What is counted in a population's tables: its children, and of them those with and without an outcome."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from config.disclosure import DisclosureRules
from metrics.disclosure.audit import NO_LIMIT, Mask, Numbers
from metrics.disclosure.blocks import Measured
from metrics.disclosure.complementary import Indices
from metrics.disclosure.decided import Decided
from metrics.disclosure.family import ALL, DISABILITY, EITHER, UnitRows, never
from metrics.disclosure.larger import Larger, hardly_more, most_more, tells_of_few, told_by, told_of_outcome
from metrics.disclosure.primary import all_or_none, few_children, few_with_or_without, nothing
from metrics.disclosure.tables import Pattern

COMBINATIONS = (DISABILITY, *((name, ALL) for name in (*DISABILITY, EITHER)))
BEYOND_THE_TABLE = 2
"""How much wider the range of a number of children must be in its own table, because tables by other breakdowns narrow it a little."""


@dataclass
class Children:
    """The children of a population: `values` has how many each row stands for.

    `most_events`: by period, the most rows that one child has (1 where a row is a child), by which numbers of rows are held to stand
    for children. `within`: larger populations that hold this one: what is hidden there is hidden here. `unsafe`: pairs of axes, and the
    periods, of which everything must be hidden. `empty`: cells of pairs of axes that smaller populations tell to be empty.
    `decided`: what has been decided of any tables.
    """

    rows: UnitRows
    values: Numbers
    rules: DisclosureRules
    most_events: Numbers
    within: Sequence[Larger] = ()
    unsafe: Mapping[tuple[str, str], Mask] = field(default_factory=dict)
    empty: Mapping[tuple[str, str], Mask] = field(default_factory=dict)
    decided: Decided = field(default_factory=Decided)

    def counted(self, first: str, second: str) -> tuple[Numbers, tuple[Numbers, ...]]:
        """The children of each cell, and what must be protected: these."""
        size = self._sums(first, second)
        return size, (size,)

    @functools.cached_property
    def _sums(self) -> Callable[[str, str], Numbers]:
        return self.rows.sums_of(self.values)

    @functools.cached_property
    def hardly_more(self) -> Callable[..., Mask]:
        """See there; of the larger populations all is decided before."""
        return functools.cache(functools.partial(hardly_more, self))

    @functools.cached_property
    def most_more(self) -> Callable[[str, str], Numbers]:
        """See there; each outcome asks for the same."""
        return functools.cache(lambda first, second: most_more(self, (first, second), self._sums(first, second)))

    @functools.cached_property
    def combinations_small(self) -> Mask:
        """Whether a combination of disability and mental health problem, or a group of one of the three, is hidden by itself: by period."""
        found = np.zeros(len(self.rows.periods), dtype=bool)
        for pair in COMBINATIONS:
            found |= self.seeds(*pair, self._sums(*pair)).any(axis=(1, 2))
        return found

    def measured(self, first: str, second: str) -> Measured:
        """The table of two axes (see `Measured`)."""
        size, amounts = self.counted(first, second)
        known_empty = nothing(size) | never(self.rows.axes[first], self.rows.axes[second])
        for larger in self.within:
            if larger.pattern.has(first, second):
                known_empty |= (larger.counted(first, second) == 0) & ~larger.pattern.of(first, second)
        if (first, second) in self.empty:
            known_empty |= self.empty[first, second]
        whole = _unless_either(self, first, second, size) | self._unsafe_pair(first, second)
        rests = tuple((larger.counted(first, second) - size, self.block_needs()[0]) for larger in self.within if larger.apart)
        told = nothing(size)
        for larger in self.within:
            told |= told_by(larger, self, (first, second), size)
        seeds = self.seeds(first, second, size)
        growth = (self.most_more(first, second),)
        return Measured(size, amounts, seeds, np.ones(size.shape, dtype=bool), growth, whole, known_empty, told & ~seeds, rests)

    def _unsafe_pair(self, first: str, second: str) -> Mask:
        """By period, whether the pair has failed, or one of which it is a finer table: then it doesn't say which cells are empty."""
        found = np.zeros((1, 1, 1), dtype=bool)
        with_parents = ({name, self.rows.axes[name].parent} - {ALL} for name in (first, second))
        for coarser, other in itertools.product(*with_parents):
            if (coarser, other) in self.unsafe:
                found = found | self.unsafe[coarser, other][:, None, None]
        return found

    def seeds(self, first: str, second: str, size: Numbers) -> Mask:
        """What is hidden because of itself, or because of a larger population."""
        several = self.rows.child is not None and bool((self.most_events > 1).any())
        children = self.rows.distinct(self.values > 0, first, second) if several else size
        hidden = few_children(children, self.rules)
        for larger in self.within:
            if larger.pattern.has(first, second):
                hidden |= larger.pattern.of(first, second)
            if larger.apart:
                hidden |= few_children(larger.counted(first, second) - size, self.rules)
            if ALL in (first, second) and first != second:
                hidden |= tells_of_few(larger, self, (first, second), size)
        return hidden & (size > 0)

    def line_needs(self, period: int, measured: Measured, members: Indices) -> list[tuple[Numbers, float]]:
        """The hidden groups hold enough children."""
        return [(measured.size[period, members, 0], float(self.block_needs()[0][period]))]

    def few(self, size: Numbers, amounts: list[Numbers], period: Indices) -> Mask:
        """Fewer children than a cell may show; of events, what may be that few children's."""
        few: Mask = (size > 0) & (size < self.rules.smallest_cell * self.most_events[period, None])
        return few

    def block_needs(self) -> tuple[Numbers, Numbers]:
        """What hidden cells hold together on a line, and the width of ranges, by period."""
        return self.rules.group_total * self.most_events, (self.rules.smallest_range + BEYOND_THE_TABLE) * self.most_events


@dataclass
class Outcome:
    """Those of a population with and without an outcome, where its children's own pattern is decided.

    `least_with`: fewer with the outcome than this are hidden; it is more than the rule for numerators where the children with the
    outcome are another measure's denominator. `apart`: the same outcome in a larger population that holds this one (children, with,
    without, and what is hidden of it). `shown_of_part`: whether it is shown of a part of the population too.
    """

    rows: UnitRows
    children: Children
    hidden: Pattern
    with_outcome: Numbers
    without: Numbers
    least_with: int
    apart: tuple[Larger, Numbers, Numbers, Pattern] | None = None
    shown_of_part: bool = False
    _finer: frozenset[str] = field(init=False)

    @property
    def decided(self) -> Decided:
        """What has been decided of any tables."""
        return self.children.decided

    def __post_init__(self) -> None:
        self._finer = frozenset(axis.parent for axis in self.rows.axes.values()) - {ALL}

    def counted(self, first: str, second: str) -> tuple[Numbers, tuple[Numbers, ...]]:
        """The children of each cell, and what must be protected: those with and those without the outcome."""
        yes, no = (sums(first, second) for sums in self._sums)
        return self.children.counted(first, second)[0], (yes, no)

    @functools.cached_property
    def _sums(self) -> tuple[Callable[[str, str], Numbers], ...]:
        return tuple(self.rows.sums_of(values) for values in (self.with_outcome, self.without))

    @functools.cached_property
    def combinations_small(self) -> Mask:
        """The same as of children, of the outcome."""
        found = np.zeros(len(self.rows.periods), dtype=bool)
        for pair in COMBINATIONS:
            size, amounts = self.counted(*pair)
            found |= ((self.hidden.of(*pair) | self._few(*pair, size, *amounts)) & (size > 0)).any(axis=(1, 2))
        return found

    def measured(self, first: str, second: str) -> Measured:
        """The table of two axes (see `Measured`)."""
        size, (yes, no) = self.counted(first, second)
        not_shown = self.hidden.of(first, second)
        seeds = not_shown | self._few(first, second, size, yes, no)
        rests: list[Numbers] = []
        told = nothing(size)
        growth = [np.where(not_shown, self.children.most_more(first, second), NO_LIMIT)] * 2
        if self.apart:
            larger, larger_yes, larger_no, pattern = self.apart
            rests = [larger.counted(first, second) - size]
            rests += [self.rows.sums_of(values)(first, second) - here for values, here in ((larger_yes, yes), (larger_no, no))]
            seeds |= pattern.of(first, second) if pattern.has(first, second) else nothing(size)
            seeds |= self._few(first, second, *rests)
            if ALL not in (first, second) and pattern.has(first, second):
                seen = ~pattern.of(first, second)
                growth = [np.where(seen, np.minimum(most, rest), most) for most, rest in zip(growth, rests[1:], strict=True)]
            told = told_of_outcome(larger, pattern, self.children, (first, second), size)
        whole = _unless_either(self, first, second, size)
        needed = self.children.rules.smallest_range * self.children.most_events
        return Measured(
            size, (yes, no), (seeds & (size > 0)) | not_shown, not_shown, tuple(growth), whole, (size == 0) & ~not_shown, told & ~seeds,
            tuple((rest, needed) for rest in rests[1:]),
        )

    def _few(self, first: str, second: str, size: Numbers, yes: Numbers, no: Numbers) -> Mask:
        rules = self.children.rules
        finer = self.shown_of_part or ALL in (first, second) or first in self._finer or second in self._finer
        few = few_with_or_without(yes, no, rules) | all_or_none(size, yes, no, rules, finer=finer)
        return few | ((yes > 0) & (yes < self.least_with))

    def line_needs(self, period: int, measured: Measured, members: Indices) -> list[tuple[Numbers, float]]:
        """The hidden groups hold enough with, and enough without the outcome."""
        need = self.block_needs()[0][period]
        return [(amount[period, members, 0], need) for amount in measured.amounts]

    def few(self, size: Numbers, amounts: list[Numbers], period: Indices) -> Mask:
        """With or without the outcome too few; or none, of so few that it tells about each."""
        return (size > 0) & (self._few("", "", size, *amounts) | self.children.few(size, [size], period))

    def block_needs(self) -> tuple[Numbers, Numbers]:
        """What hidden cells hold together on a line, and the width of ranges, by period."""
        rules, events = self.children.rules, self.children.most_events
        return max(rules.smallest_range, self.least_with) * events, rules.smallest_range * events


def _unless_either(subject: Children | Outcome, first: str, second: str, size: Numbers) -> Mask:
    """'Disability or mental health problem' and its two parts give each other's combinations away: the number with both is what the
    parts have together beyond 'either'. So 'either', and the table of the two parts, are shown only where all combinations could be."""
    whole = nothing(size)
    if (EITHER in (first, second) and (ALL in (first, second) or set(DISABILITY) & {first, second})) or {first, second} == set(DISABILITY):
        whole |= subject.combinations_small[:, None, None]
    return whole
