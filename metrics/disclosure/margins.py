"""What tables by two breakdowns tell of groups whose totals are hidden.

The hidden groups of a breakdown hold together what the total leaves. Where a table shows that some of them must hold a part of that (nearly
all children of the care statuses that are hidden must be with adopters, but not all can be), the less is left open the less there is to
hide behind.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.family import ALL
from metrics.disclosure.implied import plain_breakdowns
from metrics.disclosure.primary import smallest_of
from metrics.disclosure.tables import Pattern, Subject


def groups_to_hide(subject: Subject, pattern: Pattern) -> Iterator[tuple[str, Mask]]:
    """Of each breakdown whose hidden groups are left too little, the next smallest group, by period: shape (periods, groups).

    `subject`: the children of a population. `pattern`: what is hidden of them.
    """
    needed = subject.block_needs()[1]
    for name in plain_breakdowns(subject):
        hidden, size = pattern.of(name, ALL)[:, :, 0], subject.counted(name, ALL)[0][:, :, 0]
        together = np.where(hidden, size, 0).sum(axis=1)
        smallest = smallest_of(size, ~hidden & (size > 0))
        can_be = (together > 0) & smallest.any(axis=1) & ~pattern.total()
        for other in [other for other in subject.rows.axes if other not in (ALL, name) and ":" not in other]:
            counted, columns = subject.counted(name, other)[0], pattern.of(other, ALL)[:, :, 0]
            narrow = can_be & (together - least_of_groups(counted, pattern.of(name, other), hidden, columns) < needed)
            if narrow.any():
                yield name, smallest & narrow[:, None]


def least_of_groups(size: Numbers, hidden: Mask, hidden_rows: Mask, hidden_columns: Mask) -> Numbers:
    """What the rows whose totals are hidden must hold at least, all together, by period.

    `size` and `hidden`: the children of a table, shape (periods, rows, columns), and which cells are hidden. A column's total has to be
    somewhere: what the other rows can't hold of it is in this one. Columns whose totals are hidden are taken together.
    """
    together = np.where(hidden_rows[:, :, None], size, 0).sum(axis=(1, 2))
    left_in_row = np.where(hidden, size, 0).sum(axis=2)
    most = np.where(hidden_rows, together[:, None], left_in_row)
    capacity = np.where(hidden, most[:, :, None], size)
    single = np.where(hidden_columns[:, None, :], 0, capacity)
    merged_cells = hidden_columns[:, None, :]
    merged = np.where(merged_cells & ~hidden, size, 0).sum(axis=2) + np.where((merged_cells & hidden).any(axis=2), most, 0)
    capacities = np.concatenate([single, merged[:, :, None]], axis=2)
    totals = np.concatenate(
        [np.where(hidden_columns, 0, size.sum(axis=1)), np.where(hidden_columns, size.sum(axis=1), 0).sum(axis=1, keepdims=True)], axis=1,
    )
    elsewhere = capacities.sum(axis=1, keepdims=True) - capacities
    must = np.clip(totals[:, None, :] - elsewhere, 0, None).sum(axis=2)
    least: Numbers = np.where(hidden_rows, must, 0).sum(axis=1)
    return least
