"""The audit of the tables that flows can't settle, by linear programming with SciPy's HiGHS: all amounts of a table together.

With and without an outcome are tables of the same cells. Each has its line totals; where the children of a cell are shown, the two must
add up to them, so that what moves in one table moves back in the other. Many tables are put into one programme, as they have
nothing in common: one solution then tells about all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import linprog

from metrics.disclosure.audit import TINY, Mask, Numbers

MOST_AT_ONCE = 6
"""How often many numbers are asked for at once, as long as that settles any."""


@dataclass(frozen=True)
class Question:
    """One table: what is counted of each cell, what is `hidden`, where the whole of a cell is not known (`free`), which cells are `split`
    among several groups (of these only the greatest value counts), which hidden numbers are asked about (a mask for each amount), how far
    each could grow, and how wide their range must be. Shape (rows, columns)."""

    amounts: tuple[Numbers, ...]
    hidden: Mask
    free: Mask
    split: Mask
    wanted: tuple[Mask, ...]
    growth: tuple[Numbers, ...]
    needed: float


def are_wide(questions: list[Question]) -> Mask:
    """Whether all of the numbers asked about have a range as wide as is needed: for each table."""
    if not questions:
        return np.zeros(0, dtype=bool)
    return _Programme(questions).answers()


class _Programme:
    """All tables side by side: of each the hidden cells of the first amount, then of the next."""

    def __init__(self, questions: list[Question]) -> None:
        equal = scipy.sparse.block_diag([_equalities(each) for each in questions])
        self._twice = scipy.sparse.block_diag([equal, equal], format="csc")
        self._true = np.concatenate([amount[each.hidden] for each in questions for amount in each.amounts])
        most = self._true + np.concatenate([growth[each.hidden] for each in questions for growth in each.growth])
        self._bounds = np.tile(np.column_stack([np.zeros(len(most)), most]), (2, 1))
        self._wanted = np.concatenate([wanted[each.hidden] for each in questions for wanted in each.wanted])
        counts = [len(each.amounts) * int(each.hidden.sum()) for each in questions]
        self._table = np.repeat(np.arange(len(questions)), counts)
        self._needed = np.repeat([each.needed - TINY for each in questions], counts)
        self._totals = self._twice @ np.tile(self._true, 2)
        self._greatest = self._true.copy()
        split = np.concatenate([each.split[each.hidden] for each in questions for _ in each.amounts])
        self._least = np.where(split, 0.0, self._true)
        self._failed = np.zeros(len(questions), dtype=bool)

    def answers(self) -> Mask:
        """A few solutions that move many numbers at once settle most; what is left is asked for one by one, in all tables at a time."""
        random = np.random.default_rng(133)
        signs = np.ones(len(self._true))
        for _ in range(MOST_AT_ONCE):
            left = self._open()
            self._look(np.where(left, signs * random.uniform(0.5, 1.5, len(left)), 0.0))
            if not (left & ~self._open()).any():
                break
            signs = random.choice((-1.0, 1.0), len(left))
        while (left := self._open()).any():
            places = np.flatnonzero(left)
            _, first = np.unique(self._table[places], return_index=True)
            asked = np.isin(np.arange(len(left)), places[first])
            self._look(np.where(asked, 1.0, 0.0))
            self._failed[self._table[asked & self._open()]] = True
        return ~self._failed

    def _open(self) -> Mask:
        """The numbers of which it is not known yet whether their range is wide enough, in tables that have not failed."""
        open_: Mask = self._wanted & (self._greatest - self._least < self._needed) & ~self._failed[self._table]
        return open_

    def _look(self, weights: Numbers) -> None:
        """Takes note of the solutions where the weighted sum is greatest and where it is least, both in one programme."""
        if weights.any():
            both = np.concatenate([-weights, weights])
            found = linprog(both, A_eq=self._twice, b_eq=self._totals, bounds=self._bounds, method="highs").x.reshape(2, -1)
            np.minimum(self._least, found.min(axis=0), out=self._least)
            np.maximum(self._greatest, found.max(axis=0), out=self._greatest)


def _equalities(question: Question) -> scipy.sparse.csr_matrix:
    """The sums that stay as they are: of every line and amount, and of all amounts of a cell whose whole is known."""
    places = np.nonzero(question.hidden)
    count, amounts = len(places[0]), len(question.amounts)
    number = np.arange(count)
    kept = np.flatnonzero(~question.free[question.hidden])
    rows: list[NDArray[np.intp]] = []
    columns: list[NDArray[np.intp]] = []
    start = 0
    for amount in range(amounts):
        for line, size in zip(places, question.hidden.shape, strict=True):
            rows.append(start + line)
            columns.append(amount * count + number)
            start += size
        rows.append(amounts * sum(question.hidden.shape) + np.arange(len(kept)))
        columns.append(amount * count + kept)
    row, column = np.concatenate(rows), np.concatenate(columns)
    return scipy.sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(start + len(kept), amounts * count))
