"""What two populations tell of each other that both are some of a third's children.

Where one of them has all of the third's children of some groups (everybody of school age has sessions), the other can't have more of
these. So what it has beyond the first, of any other group, must be in the groups that are left: of 54 children with kinship carers, where
48 go to school, six at least are not of school age. The less of a line is left open, the less there is to hide behind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.family import ALL
from metrics.disclosure.implied import Pair, not_finer_breakdowns
from metrics.disclosure.larger import Larger
from metrics.disclosure.primary import smallest_of
from metrics.disclosure.tables import Pattern

if TYPE_CHECKING:
    from metrics.disclosure.values import Children


class Beside(NamedTuple):
    """Another population (how many children each row stands for, and what is hidden of them), and a larger one that holds both."""

    values: Numbers
    pattern: Pattern
    larger: Larger


def groups_beside_to_hide(children: Children, pattern: Pattern, others: Iterable[Beside]) -> Iterator[tuple[str, Mask]]:
    """Of each breakdown the smallest group whose total tells too much of what a column hides, by period: shape (periods, groups).

    `pattern`: what is hidden of the children.
    """
    names = not_finer_breakdowns(children)
    for other in others:
        beyond_other = {name: _least_beyond(children, pattern, other, name) for name in names}
        for second in names:
            rest = other.larger.counted(ALL, second) - children.rows.sums_of(other.values)(ALL, second)
            full = rest < children.rules.smallest_range
            full &= ~other.pattern.of(ALL, second) & ~other.larger.pattern.of(ALL, second)
            if not (full.any(axis=2) & ~full.all(axis=2)).any():
                continue
            beyond = np.where(full, rest, 0).sum(axis=2)
            for first in [name for name in names if name != second]:
                needs = beyond_other[first] - beyond
                if (needs > 0).any() and (found := _smallest_group(children, pattern, (first, second), (needs, full))).any():
                    yield first, found


def _least_beyond(children: Children, pattern: Pattern, other: Beside, name: str) -> Numbers:
    """How many more children than the other population each group has, where both are shown (or else none): (periods, groups)."""
    more = children.counted(name, ALL)[0] - children.rows.sums_of(other.values)(name, ALL)
    least: Numbers = np.where(pattern.of(name, ALL) | other.pattern.of(name, ALL), 0, more)[:, :, 0]
    return least


def _smallest_group(children: Children, pattern: Pattern, pair: Pair, told: tuple[Numbers, Mask]) -> Mask:
    """The smallest row that must hold some of a column of which too little is left open. `told`: by row, what it has at least outside some
    columns, and these."""
    size, hidden, shown = children.counted(*pair)[0], pattern.of(*pair), ~pattern.of(ALL, pair[1])
    least = least_in_cells(size, hidden, shown, *told)
    left = np.where(hidden, size, 0).sum(axis=1, keepdims=True) - least.sum(axis=1, keepdims=True)
    tells = ((least > 0) & shown & (left < children.rules.smallest_range)).any(axis=2)
    return smallest_of(size.sum(axis=2), tells)


def least_in_cells(size: Numbers, hidden: Mask, shown_columns: Mask, needs: Numbers, full: Mask) -> Numbers:
    """How many children each hidden cell must hold at least: shape (periods, rows, columns).

    `size` and `hidden`: the children of a table, of that shape, and which cells are hidden. `needs`: by period and row, how many children
    it has at least outside the `full` columns. `shown_columns`: whose total is shown; both of shape (periods, 1, columns).
    """
    unknown = np.where(hidden, size, 0)
    in_row, in_column = unknown.sum(axis=2, keepdims=True), unknown.sum(axis=1, keepdims=True)
    most = np.where(hidden, np.where(shown_columns, np.minimum(in_row, in_column), in_row), size)
    most = np.where(full, 0, most)
    least: Numbers = np.clip(needs[:, :, None] - (most.sum(axis=2, keepdims=True) - most), 0, None) * (hidden & ~full)
    return least
