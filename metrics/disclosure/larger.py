"""What a larger population tells of one that it holds, as everybody knows from the definitions that it does.

Where the larger one is seen to have hardly more on a line (the children of 5 to 10 years who went to school, among all of these years), the
numbers of the two are about the same in each cell of that line: what the one shows can't be hidden in the other. So either both show a
cell, or both hide it.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from metrics.disclosure.audit import NO_LIMIT, Mask, Numbers
from metrics.disclosure.family import ALL, UnitRows
from metrics.disclosure.implied import Pair
from metrics.disclosure.primary import few_children, nothing, smallest_of
from metrics.disclosure.tables import Pattern

if TYPE_CHECKING:
    from metrics.disclosure.values import Children


@dataclass(frozen=True, eq=False)
class Larger:
    """A larger population: how many of its children each of the `rows` stands for, what is hidden of it, and whether it measures the same
    outcomes, so that the difference of the two is protected too."""

    rows: UnitRows
    values: Numbers
    pattern: Pattern
    apart: bool

    @functools.cached_property
    def counted(self) -> Callable[[str, str], Numbers]:
        """Its children by two axes."""
        return self.rows.sums_of(self.values)


def told_by(larger: Larger, children: Children, pair: Pair, size: Numbers) -> Mask:
    """The cells of a table, of `size` children, that a larger population shows, on lines on which it has hardly anybody else."""
    if ALL in pair or not larger.pattern.has(*pair):
        return nothing(size)
    told: Mask = _about_the_same(larger, children, pair) & ~larger.pattern.of(*pair) & (size > 0)
    return told


def most_more(children: Children, pair: Pair, size: Numbers) -> Numbers:
    """How many more children each cell of a table, of `size` children, could hold: no more than a larger population shows."""
    most = np.full(size.shape, NO_LIMIT)
    for larger in children.within if ALL not in pair else ():
        if larger.pattern.has(*pair):
            most = np.where(larger.pattern.of(*pair), most, np.minimum(most, larger.counted(*pair) - size))
    return most


def empty_in_larger(larger: Larger, children: Children, pattern: Pattern, pair: Pair) -> Mask:
    """The cells that are known to be empty in a larger population too: on lines whose totals are shown of both, and about the same, and of
    which `pattern` shows that nobody is there, by themselves or as nobody is on the other line."""
    along, down = (children.hardly_more(larger, *margin) & ~pattern.of(*margin) for margin in (_margin(pair, axis) for axis in (2, 1)))
    told: Mask = (along | down) & (larger.counted(*pair) == 0) & larger.pattern.of(*pair)
    if told.any():
        nobody = [(children.counted(*margin)[0] == 0) & ~pattern.of(*margin) for margin in (pair, (pair[0], ALL), (ALL, pair[1]))]
        told &= nobody[0] | nobody[1] | nobody[2]
    return told


def told_of_outcome(larger: Larger, outcome: Pattern, children: Children, pair: Pair, size: Numbers) -> Mask:
    """The cells of a table, of `size` children, of which a larger population shows the same outcome, and is seen to have hardly anybody
    else.

    `outcome`: what is hidden of it there.
    """
    if ALL in pair or not outcome.has(*pair):
        return nothing(size)
    hardly: Mask = larger.counted(*pair) - size < children.rules.smallest_range
    seen: Mask = hardly & ~larger.pattern.of(*pair) | _about_the_same(larger, children, pair)
    told: Mask = seen & ~outcome.of(*pair) & (size > 0)
    return told


def hide_outcome_in_larger(outcome: Pattern, larger: Pattern) -> dict[Pair, Mask]:
    """Has a larger population hide of the same outcome what it tells of tables that are not safe by themselves; by table, in which periods
    that is anything new."""
    helped: dict[Pair, Mask] = {}
    for pair, cells in outcome.stuck.items():
        also = larger.hide_also(*pair, cells.shape)
        helped[pair] = np.asarray((cells & ~also).any(axis=(1, 2)))
        also |= cells
    return helped


def _about_the_same(larger: Larger, children: Children, pair: Pair) -> Mask:
    """The cells on lines, either rows or columns, on which the larger population is seen to have hardly anybody else."""
    same: Mask = children.hardly_more(larger, *_margin(pair, 2)) | children.hardly_more(larger, *_margin(pair, 1))
    return same


def hardly_more(children: Children, larger: Larger, *margin: str) -> Mask:
    """The groups, by a table of totals, of which the larger population shows the total, and has hardly more."""
    rest = larger.counted(*margin) - children.counted(*margin)[0]
    hardly: Mask = (rest < children.rules.smallest_range) & ~larger.pattern.of(*margin)
    return hardly


def _margin(pair: Pair, axis: int) -> Pair:
    """The table of the totals of the rows (for axis 2) or the columns (for axis 1)."""
    return (pair[0], ALL) if axis == 2 else (ALL, pair[1])


def tells_of_few(larger: Larger, children: Children, pair: Pair, size: Numbers) -> Mask:
    """Of a one-way table, the groups that tell by the totals of the two how few of a kind there are: those of which the larger population
    has hardly more, and among these few of a kind that nobody here is; and those of which it has few more, where another breakdown says
    who they are, as all of some of its groups are here and nobody of the others."""
    if not larger.pattern.has(*pair):
        return nothing(size)
    seen, rest = ~larger.pattern.of(*pair), larger.counted(*pair) - size
    hardly = seen & (rest > 0) & (rest < children.rules.smallest_range)
    name = pair[0] if pair[1] == ALL else pair[1]
    tells = np.zeros((2, len(size), size[0].size), dtype=bool)
    for other in [other for other in children.rows.axes if other not in (ALL, name)] if few_children(rest, children.rules).any() else ():
        there, here = larger.counted(name, other), children.counted(name, other)[0]
        tells[0] |= (few_children(there, children.rules) & (here == 0)).any(axis=2)
        tells[1] |= few_children(_in_other_groups(there, here, children.rules.smallest_range), children.rules)
    found: Mask = hardly & tells[0].reshape(size.shape) | seen & tells[1].reshape(size.shape)
    return found


def _in_other_groups(there: Numbers, here: Numbers, few: int) -> Numbers:
    """Of each row of a table of the larger population how many are in columns in which nobody is here, where all children of the other
    columns are; or else none: shape (periods, rows)."""
    whole, own = there.sum(axis=1, keepdims=True), here.sum(axis=1, keepdims=True)
    divided = ((own == 0) | (whole - own < few)).all(axis=2, keepdims=True)
    others: Numbers = np.where(divided & (own == 0), there, 0).sum(axis=2)
    return others


def hide_in_larger(children: Children, pattern: Pattern, pair: Pair) -> Mask:
    """Has the larger populations hide what they tell of a table; in which periods that is anything new.

    That is: what must be hidden here for its own sake, what is told where a table is not safe by itself, and what tells how many few are
    together.
    """
    size, _ = children.counted(*pair)
    helped = np.zeros(len(size), dtype=bool)
    told = few_children(size, children.rules) | pattern.stuck.get(pair, nothing(size)) | pattern.also.get(pair, nothing(size))
    for larger in children.within:
        if not larger.pattern.has(*pair):
            continue
        cells = told & told_by(larger, children, pair, size)
        for more in _that_tell_sums(larger, children, pattern, pair, size):
            cells |= more
        if cells.any():
            also = larger.pattern.hide_also(*pair, size.shape)
            helped |= (cells & ~also).any(axis=(1, 2))
            also |= cells
    return helped


def groups_told_to_hide(children: Children, pattern: Pattern, names: Sequence[str]) -> Iterator[tuple[str, Mask]]:
    """Of each breakdown the smallest shown group, by period, where larger populations tell of hidden groups, and of the others too little
    is left: shape (periods, groups). `pattern`: what is hidden of the children.

    Where all children under 5 with a video are with two teams, and so are all of them whose placement is looked at, the one's number in a
    care status, less those with other teams, is the other's.
    """
    for name, larger in itertools.product(names, children.within):
        hidden, size = pattern.of(name, ALL)[:, :, 0], children.counted(name, ALL)[0][:, :, 0]
        smallest = smallest_of(size, ~hidden & (size > 0))
        can_be = (hidden & (size > 0)).any(axis=1) & smallest.any(axis=1) & ~pattern.total()
        told = can_be & _hidden_tell_of_few(larger, children, pattern, name, names)
        if told.any():
            yield name, smallest & told[:, None]
        for other in [other for other in names if other != name and larger.pattern.has(name, other)] if can_be.any() else ():
            left = np.where(hidden & ~_groups_told(children, pattern, larger, (name, other)), size, 0).sum(axis=1)
            narrow = can_be & (left > 0) & (left < children.block_needs()[0])
            if narrow.any():
                yield name, smallest & narrow[:, None]


def _hidden_tell_of_few(larger: Larger, children: Children, pattern: Pattern, name: str, names: Sequence[str]) -> Mask:
    """By period, whether the hidden groups together tell what `tells_of_few` says of one: that the larger population has hardly more, and
    among these some of a kind that nobody here is seen to be. Where it has hardly more of all groups, the totals tell that anyway."""
    hidden, few = pattern.of(name, ALL)[:, :, 0], children.rules.smallest_range
    more = (larger.counted(name, ALL) - children.counted(name, ALL)[0])[:, :, 0]
    rest = np.where(hidden, more, 0).sum(axis=1)
    hardly = (rest > 0) & (rest < few) & (more.sum(axis=1) >= few) & ~larger.pattern.total()
    found = np.zeros_like(hardly)
    for other in [other for other in names if other != name] if hardly.any() else ():
        among = np.where(hidden[:, :, None], larger.counted(name, other), 0).sum(axis=1)
        found |= ((among > 0) & _nobody_seen(children, pattern, other, names)).any(axis=1)
    told: Mask = hardly & found
    return told


def _nobody_seen(children: Children, pattern: Pattern, name: str, names: Sequence[str]) -> Mask:
    """The groups of which a table shows that nobody is there: shape (periods, groups)."""
    shown = ~pattern.of(name, ALL)[:, :, 0]
    for other in [other for other in names if other != name]:
        shown |= ~pattern.of(name, other).any(axis=2)
    nobody: Mask = shown & (children.counted(name, ALL)[0][:, :, 0] == 0)
    return nobody


def _groups_told(children: Children, pattern: Pattern, larger: Larger, pair: Pair) -> Mask:
    """Of the first breakdown the groups that a larger population shows, with all of them in columns that are not about the same in both:
    shape (periods, groups)."""
    columns = (ALL, pair[1])
    own, whole = children.counted(*columns)[0], larger.counted(*columns)
    same = children.hardly_more(larger, *columns) & ~pattern.of(*columns)
    cells, hidden = larger.counted(*pair), larger.pattern.of(*pair)
    if not same.any():
        return nothing(cells[:, :, 0])
    beyond = np.where(same, whole - own, 0).sum(axis=2)
    could_be = np.where(~pattern.of(*columns), np.minimum(cells, own), cells)
    unknown = beyond + np.where(same, 0, could_be).sum(axis=2)
    told: Mask = ~(hidden & ~same).any(axis=2) & ~larger.pattern.of(pair[0], ALL)[:, :, 0] & (unknown < children.rules.smallest_range)
    return told & same.any(axis=2)


def _that_tell_sums(larger: Larger, children: Children, pattern: Pattern, pair: Pair, size: Numbers) -> Iterator[Mask]:
    """Where the larger population hides, of a line, only cells that are about the same here, it tells how many the other hidden cells of
    the line hold together: so it must hide the smallest of these too."""
    for axis in (2, 1):
        margin, crossing = _margin(pair, axis), _margin(pair, 3 - axis)
        same = children.hardly_more(larger, *crossing) & ~pattern.of(*crossing)
        if not same.any():
            continue
        here, whole = pattern.of(*pair) & (size > 0), larger.counted(*pair)
        there = larger.pattern.of(*pair) & (whole > 0)
        others = here & ~same
        told = (here & same).any(axis=axis, keepdims=True) & ~(there & ~same).any(axis=axis, keepdims=True)
        told &= ~larger.pattern.of(*margin) & ~pattern.of(*margin)
        if not told.any():
            continue
        cost = np.where(others & told & (whole > 0), whole, np.inf)
        smallest: Mask = np.isfinite(cost) & (cost == cost.min(axis=axis, keepdims=True))
        yield smallest
