"""Somebody who has everything the protected view can show of one period, and works out what it hides.

Every number that is shown and every rule that everybody knows (groups add up to totals, ethnic groups to the five groups, the children
in care are some of all children, those with an outcome are not more than all, a mean is of scores from 0 to 40) becomes part of one
linear programme, with an unknown for each number of every table. Its least and greatest solutions bound each hidden number.

It knows nothing of how the numbers were hidden and uses none of the code that hides them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy.sparse
from numpy.typing import NDArray
from scipy.optimize import linprog

from config.code_lists import ETHNICITY_GROUP
from tests.metrics.disclosure.populations import Population

MOST = 5000.0
NARROW = 6
IN_CARE = ("section_20", "care_order", "other_looked_after")
DISABLED, MENTAL, EITHER = "disabled", "mental_health_problem", "disability_or_mental_health"

Look = Callable[[str, Sequence[str]], pl.DataFrame]
"""(measure, breakdowns) to the protected summary of every period."""
Pair = tuple[str, ...]
Numbers = NDArray[np.float64]
Indices = NDArray[np.intp]


def tables(breakdowns: Sequence[str]) -> Iterator[Pair]:
    """The total, every breakdown, every two of them."""
    for size in (0, 1, 2):
        yield from itertools.combinations(breakdowns, size)


@dataclass
class Seen:
    """One number's table in one period: which unknowns stand for it."""

    at: Indices
    hidden: NDArray[np.bool_]


class Puzzle:
    """The linear programme of one cluster in one period."""

    def __init__(self, cluster: Sequence[Population], look: Look, period: str, breakdowns: Sequence[str]) -> None:
        self.breakdowns = tuple(breakdowns)
        self._lower: list[Numbers] = []
        self._upper: list[Numbers] = []
        self._size = 0
        self._equal: list[tuple[Indices, Indices, Numbers]] = []
        self._at_most: list[tuple[Indices, Indices, Numbers]] = []
        self._rows = {"equal": 0, "at_most": 0}
        self._combined: dict[str, Indices] = {}
        self.seen: dict[tuple[str, str, Pair], Seen] = {}
        frames = {
            (measure, pair): look(measure, pair).filter(pl.col("period") == period)
            for population in cluster for measure in (*population.measures, *([population.mean] if population.mean else []))
            for pair in tables(self.breakdowns)
        }
        self.groups = {
            name: sorted({group for (_, pair), frame in frames.items() if pair == (name,) for group in frame[name]})
            for name in self.breakdowns
        }
        for population in cluster:
            self._add(population, frames)
        for population in cluster:
            self._relate(population)

    def _add(self, population: Population, frames: Mapping[tuple[str, Pair], pl.DataFrame]) -> None:
        for pair in tables(self.breakdowns):
            self._read("children", population.name, pair, frames[population.name, pair], "denominator")
            for outcome in population.outcomes:
                self._read(outcome, population.name, pair, frames[outcome, pair], "numerator")
                self._at_most_rows([(self._at(outcome, population, pair), 1.0), (self._at("children", population, pair), -1.0)])
            if population.mean:
                self._read("score", population.name, pair, frames[population.mean, pair], "numerator")
                self._score(population, pair)
        for kind in ("children", *population.outcomes, *(["score"] if population.mean else [])):
            self._add_up(kind, population)
        if len(self.breakdowns) == 3:
            for kind in ("children", *population.outcomes):
                self._combine(kind, population)
        if {DISABLED, MENTAL, EITHER} <= set(self.breakdowns):
            for kind in ("children", *population.outcomes):
                self._either(kind, population)

    def _read(self, kind: str, name: str, pair: Pair, frame: pl.DataFrame, column: str) -> None:
        """The unknowns of a table. A combination without a row has nobody."""
        shape = tuple(len(self.groups[axis]) for axis in pair)
        value, hidden = np.zeros(shape), np.zeros(shape, dtype=bool)
        for row in frame.iter_rows(named=True):
            place = tuple(self.groups[axis].index(row[axis]) for axis in pair)
            hidden[place] = row[column] is None
            value[place] = row[column] or 0
        at = np.arange(self._size, self._size + value.size).reshape(shape)
        self._size += value.size
        self._lower.append(np.where(hidden, 0, value).ravel())
        self._upper.append(np.where(hidden, MOST * (40 if kind == "score" else 1), value).ravel())
        self.seen[kind, name, pair] = Seen(at, hidden)

    def _at(self, kind: str, population: Population | str, pair: Pair) -> Indices:
        name = population if isinstance(population, str) else population.name
        if (kind, name, pair) not in self.seen:
            return self.seen[kind, name, pair[::-1]].at.swapaxes(0, 1)
        return self.seen[kind, name, pair].at

    def _add_up(self, kind: str, population: Population) -> None:
        """Groups add up to what is one breakdown coarser, and ethnicities to the five groups."""
        for pair in tables(self.breakdowns):
            for axis in range(len(pair)):
                at = np.moveaxis(self._at(kind, population, pair), axis, -1)
                self._sums(at.reshape(-1, at.shape[-1]), self._at(kind, population, pair[:axis] + pair[axis + 1:]).ravel())
        if not {"ethnicity", "ethnicity_group"} <= set(self.breakdowns):
            return
        for other in (None, *(name for name in self.breakdowns if name not in ("ethnicity", "ethnicity_group"))):
            rest = (other,) if other else ()
            fine, coarse = self._at(kind, population, ("ethnicity", *rest)), self._at(kind, population, ("ethnicity_group", *rest))
            for index, group in enumerate(self.groups["ethnicity_group"]):
                codes = self.groups["ethnicity"]
                inside = [number for number, code in enumerate(codes) if ETHNICITY_GROUP.get(code, "Not recorded") == group]
                self._sums(np.atleast_2d(fine[inside].T), np.atleast_1d(coarse[index]))

    def _either(self, kind: str, population: Population) -> None:
        """Disability or mental health problem, over new unknowns for both with each group of everything else."""
        sizes = [len(self.groups[name]) for name in (DISABLED, MENTAL)]
        for other in (None, *(name for name in self.breakdowns if name not in (DISABLED, MENTAL, EITHER))):
            rest = (other,) if other else ()
            shape = (*sizes, *(len(self.groups[name]) for name in rest))
            at = self._new(shape)
            for axis, summed in ((DISABLED, 1), (MENTAL, 0)):
                cells = np.moveaxis(at, summed, -1)
                self._sums(cells.reshape(-1, cells.shape[-1]), self._at(kind, population, (axis, *rest)).ravel())
            self._sums(at.reshape(int(np.prod(sizes)), -1), self._at(kind, population, (DISABLED, MENTAL)).ravel())
            for group, chosen in (("yes", self._cells_of("yes", any)), ("no", self._cells_of("no", all))):
                if group in self.groups[EITHER] and chosen:
                    cells = np.array([at[place] for place in chosen])
                    target = self._at(kind, population, (EITHER, *rest))[self.groups[EITHER].index(group)]
                    self._sums(np.atleast_2d(cells.T), np.atleast_1d(target))

    def _cells_of(self, group: str, how: Callable[[list[bool]], bool]) -> list[tuple[int, int]]:
        return [
            (first, second) for first, one in enumerate(self.groups[DISABLED]) for second, other in enumerate(self.groups[MENTAL])
            if how([one == group, other == group])
        ]

    def _combine(self, kind: str, population: Population) -> None:
        """New unknowns for every combination of all the breakdowns, of which every table is a sum."""
        shape = tuple(len(self.groups[name]) for name in self.breakdowns)
        at = self._new(shape)
        for pair in tables(self.breakdowns):
            if len(pair) == 2:
                axes = tuple(self.breakdowns.index(name) for name in pair)
                cells = np.moveaxis(at, axes, (0, 1))
                self._sums(cells.reshape(cells.shape[0] * cells.shape[1], -1), self._at(kind, population, pair).ravel())
        self._combined[kind] = at
        if kind != "children":
            self._at_most_rows([(at, 1.0), (self._combined["children"], -1.0)])

    def _new(self, shape: tuple[int, ...]) -> Indices:
        at = np.arange(self._size, self._size + int(np.prod(shape))).reshape(shape)
        self._size += at.size
        self._lower.append(np.zeros(at.size))
        self._upper.append(np.full(at.size, MOST))
        return at

    def _score(self, population: Population, pair: Pair) -> None:
        """Scores are 0 to 40, and 17 or more for those with the outcome."""
        score, children, high = (self._at(kind, population, pair) for kind in ("score", "children", population.outcomes[0]))
        self._at_most_rows([(high, 17.0), (score, -1.0)])
        self._at_most_rows([(score, 1.0), (children, -16.0), (high, -24.0)])

    def _relate(self, population: Population) -> None:
        for pair in tables(self.breakdowns):
            own = self._at("children", population, pair)
            if population.numerator_of:
                larger = next(name for kind, name, _ in self.seen if kind == population.numerator_of)
                self._same(own, self._at(population.numerator_of, larger, pair))
            elif larger := population.part_of or population.within:
                self._at_most_rows([(own, 1.0), (self._at("children", larger, pair), -1.0)])
                for outcome, same in population.same_outcomes.items():
                    yes, all_yes = self._at(outcome, population, pair), self._at(same, larger, pair)
                    self._at_most_rows([(yes, 1.0), (all_yes, -1.0)])
                    self._at_most_rows([(own, 1.0), (yes, -1.0), (self._at("children", larger, pair), -1.0), (all_yes, 1.0)])
            if population.part_of and "care_status" in pair:
                self._part(population, pair)

    def _part(self, population: Population, pair: Pair) -> None:
        """Of the children in care, each care status has all its children; the others have none."""
        axis = pair.index("care_status")
        kinds = [("children", "children"), *population.same_outcomes.items()]
        for index, status in enumerate(self.groups["care_status"]):
            for kind, larger in kinds:
                own = self._at(kind, population, pair).take(index, axis=axis)
                if status in IN_CARE:
                    self._same(own, self._at(larger, str(population.part_of), pair).take(index, axis=axis))
                else:
                    self._sums(np.empty((own.size, 0), dtype=np.intp), own.ravel())

    def _same(self, first: Indices, second: Indices) -> None:
        self._sums(np.reshape(first, (-1, 1)), np.ravel(second))

    def _sums(self, parts: Indices, whole: Indices) -> None:
        """Each row of `parts` adds up to its place in `whole`."""
        parts = parts.reshape(len(whole), -1)
        count, width = parts.shape
        start = self._rows["equal"]
        rows = np.arange(start, start + count)
        self._equal.append((
            np.concatenate([np.repeat(rows, width), rows]), np.concatenate([parts.ravel(), whole]),
            np.concatenate([np.ones(count * width), -np.ones(count)]),
        ))
        self._rows["equal"] += count

    def _at_most_rows(self, terms: Sequence[tuple[Indices, float]]) -> None:
        """Cell by cell, the sum of the terms is at most 0."""
        count = terms[0][0].size
        rows = np.arange(self._rows["at_most"], self._rows["at_most"] + count)
        self._at_most.append((
            np.tile(rows, len(terms)), np.concatenate([at.ravel() for at, _ in terms]),
            np.concatenate([np.full(count, factor) for _, factor in terms]),
        ))
        self._rows["at_most"] += count

    def matrices(self) -> tuple[scipy.sparse.csr_matrix, scipy.sparse.csr_matrix, Numbers, Numbers]:
        """The equalities (to 0), the inequalities (at most 0), and the bounds of every unknown."""
        made = []
        for name, blocks in (("equal", self._equal), ("at_most", self._at_most)):
            rows, columns, factors = (np.concatenate([block[part] for block in blocks]) for part in range(3))
            made.append(scipy.sparse.csr_matrix((factors, (rows, columns)), shape=(self._rows[name], self._size)))
        return made[0], made[1], np.concatenate(self._lower), np.concatenate(self._upper)


class Solver:
    """The programme without what is known already: shown numbers are put in, and rows that say nothing any more are left out."""

    def __init__(self, puzzle: Puzzle) -> None:
        equal, at_most, lower, upper = puzzle.matrices()
        self.free = np.flatnonzero(upper > lower)
        self.known = np.where(upper > lower, 0.0, lower)
        self.lower, self.upper = lower[self.free], upper[self.free]
        self.equal, self.equal_to = _reduced(equal, self.free, self.known, lambda rest: np.abs(rest) > 1e-9)
        self.at_most, self.limit = _reduced(at_most, self.free, self.known, lambda rest: rest < -1e-9)

    def solve(self, weights: Numbers) -> Numbers:
        """Every unknown, where the weighted sum is greatest."""
        found = linprog(
            -weights[self.free], A_eq=self.equal, b_eq=self.equal_to, A_ub=self.at_most, b_ub=self.limit,
            bounds=np.column_stack([self.lower, self.upper]), method="highs",
        )
        if not found.success:
            raise ArithmeticError(f"What is shown contradicts itself: {found.message}")
        solution = self.known.copy()
        solution[self.free] = found.x
        return solution


def _reduced(
    matrix: scipy.sparse.csr_matrix, free: Indices, known: Numbers, wrong: Callable[[Numbers], NDArray[np.bool_]],
) -> tuple[scipy.sparse.csr_matrix, Numbers]:
    rest = -(matrix @ known)
    left = matrix[:, free]
    says = np.diff(left.indptr) > 0
    if wrong(rest[~says]).any():
        raise ArithmeticError("What is shown contradicts itself.")
    return left[says], rest[says]


@dataclass(frozen=True)
class Target:
    """Something hidden: `what` is a number of children, with an outcome or without. Each is the sum of unknowns times factors."""

    what: str
    measure: str
    pair: Pair
    place: tuple[int, ...]
    terms: tuple[tuple[int, float], ...]


def targets(puzzle: Puzzle) -> list[Target]:
    """Everything that is hidden."""
    found = []
    for (kind, name, pair), seen in puzzle.seen.items():
        if kind == "score":
            continue
        for place in map(tuple, np.argwhere(seen.hidden)):
            at = int(seen.at[place])
            if kind == "children":
                found.append(Target("children", name, pair, place, ((at, 1.0),)))
            else:
                children = int(puzzle.seen["children", name, pair].at[place])
                found.append(Target("with", kind, pair, place, ((at, 1.0),)))
                found.append(Target("without", kind, pair, place, ((children, 1.0), (at, -1.0))))
    return found


def ranges(puzzle: Puzzle, wanted: Sequence[Target], *, rounds: int = 12, most_alone: int = 2000) -> tuple[Numbers, Numbers]:
    """The least and the greatest that each target can be, as far as it had to be known whether the range is narrow.

    A range that is wide enough is shown to be by two solutions; so most targets are settled by a few solutions that move many of
    them at once, and only what is left is looked at alone.
    """
    solver = Solver(puzzle)
    size = len(solver.known)
    rows = [index for index, target in enumerate(wanted) for _ in target.terms]
    columns = [at for target in wanted for at, _ in target.terms]
    factors = [factor for target in wanted for _, factor in target.terms]
    matrix = scipy.sparse.csr_matrix((factors, (rows, columns)), shape=(len(wanted), size))
    least, greatest = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    random = np.random.default_rng(133)

    def look(weights: Numbers) -> None:
        values = matrix @ solver.solve(matrix.T @ weights)
        np.minimum(least, values, out=least)
        np.maximum(greatest, values, out=greatest)

    if not len(wanted):
        return least, greatest
    for number in range(rounds):
        left = greatest - least < NARROW - 1e-6
        if not left.any():
            break
        signs = (1.0, -1.0)[number % 2] if number < 2 else random.choice((-1.0, 1.0), len(wanted))
        look(np.where(left, signs * random.uniform(0.5, 1.5, len(wanted)), 0.0))
    alone = np.flatnonzero(greatest - least < NARROW - 1e-6)
    for index in alone[:most_alone]:
        for sign in (1.0, -1.0):
            if greatest[index] - least[index] < NARROW - 1e-6:
                weights = np.zeros(len(wanted))
                weights[index] = sign
                look(weights)
    return least, greatest
