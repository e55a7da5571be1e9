"""Protecting all measures of one unit and grain: the populations, how they belong together, and what is hidden of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from config.disclosure import DisclosureRules
from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.beside import Beside, groups_beside_to_hide
from metrics.disclosure.family import ALL, DISABILITY, EITHER, Axis, UnitRows, unit_rows
from metrics.disclosure.implied import Pair, hide_differences, known_within, not_finer_breakdowns
from metrics.disclosure.larger import Larger, empty_in_larger, groups_told_to_hide, hide_in_larger, hide_outcome_in_larger
from metrics.disclosure.margins import groups_to_hide
from metrics.disclosure.populations import Population, in_periods, link, populations_of, same_outcome_in_larger, same_outcomes_of
from metrics.disclosure.primary import few_children
from metrics.disclosure.tables import Pattern, protect
from metrics.disclosure.values import Children, Outcome
from metrics.kinds import Measure

METHOD = 5
"""Counted up when other numbers come to be hidden of the same rows, so that periods which were released before are released anew."""
ROUNDS = 20


@dataclass(frozen=True)
class Protected:
    """What is hidden of one unit and grain: by measure, of its denominators and of its values, in tables of `periods` and `axes`."""

    periods: tuple[str, ...]
    axes: Mapping[str, Axis]
    denominators: dict[str, Pattern]
    values: dict[str, Pattern]


@dataclass(frozen=True)
class Undecided:
    """What is counted of one unit and grain, by row of the frame: nothing is decided yet of what is hidden. See `undecided`."""

    rows: UnitRows
    numbers: dict[str, Numbers]
    populations: list[Population]
    rules: DisclosureRules

    def protect(self, labels: Collection[str]) -> Protected:
        """Decides what is hidden of some of the periods."""
        periods = np.array([index for index, label in enumerate(self.rows.periods) if label in labels], dtype=np.intp)
        populations, values = in_periods(self.populations, periods), dict[str, Pattern]()
        _decide(populations, {name: self.rows.in_periods(number, periods) for name, number in self.numbers.items()}, values, self.rules)
        denominators = {id: population.pattern for population in populations for id in population.measures}
        return Protected(tuple(self.rows.periods[index] for index in periods), self.rows.axes, denominators, values)


def undecided(frame: pl.DataFrame, periods: tuple[str, ...], measures: tuple[Measure, ...], rules: DisclosureRules) -> Undecided:
    """Finds which measures count the same children, and whose children are among others', in all periods together.

    `frame`: what `children_select` gives, for the measures. `periods`: the labels of the periods, in order.
    """
    rows = unit_rows(frame, periods)
    numbers = {name: frame[name].to_numpy().astype(np.float64) for name in frame.columns if "." in name}
    populations = populations_of(numbers, measures, rows)
    link(populations, numbers)
    return Undecided(rows, numbers, populations, rules)


def protect_unit(frame: pl.DataFrame, periods: tuple[str, ...], measures: tuple[Measure, ...], rules: DisclosureRules) -> Protected:
    """Decides what is hidden, of all periods. Takes what `undecided` takes."""
    return undecided(frame, periods, measures, rules).protect(periods)


def _decide(
    populations: list[Population], numbers: dict[str, Numbers], values: dict[str, Pattern], rules: DisclosureRules, rounds: int = ROUNDS,
) -> None:
    """Completes the patterns of the populations and, by measure, of the values. Periods in which a table has failed are decided anew, each
    with all of its tables, as one table follows another."""
    for index, population in enumerate(populations):
        children = _protect_children(population, populations[:index], values, rules)
        outcomes = [id for id in population.measures if f"{id}.with" in numbers]
        for id in outcomes:
            values[id] = _protect_outcome(population, children, id, numbers, values, populations)
        for id in set(population.measures) - set(outcomes):
            values[id] = _sums_of(population.pattern, [values[id] for id in outcomes])
    periods = _hide_more(populations, values, numbers)
    if not len(periods) or not rounds:
        return
    kept = {name: populations[0].rows.in_periods(number, periods) for name, number in numbers.items()}
    some = in_periods(populations, periods)
    again = {id: pattern.undecided(periods) for id, pattern in values.items()}
    _decide(some, kept, again, rules, rounds - 1)
    for population, newer in zip(populations, some, strict=True):
        population.pattern.take_over(newer.pattern, periods)
    for id, pattern in again.items():
        values[id].take_over(pattern, periods)


def _sums_of(children: Pattern, outcomes: list[Pattern]) -> Pattern:
    """A mean of scores is hidden wherever how many have a high score is: with a low mean, only few can have one."""
    pattern = Pattern({pair: mask.copy() for pair, mask in children.masks.items()})
    for outcome in outcomes:
        for pair, mask in pattern.masks.items():
            mask |= outcome.of(*pair)
    return pattern


def _hide_more(populations: list[Population], values: dict[str, Pattern], numbers: dict[str, Numbers]) -> NDArray[np.intp]:
    """Takes note of what more must be hidden where a table has failed, and gives the periods that must be decided anew.

    First the larger populations hide what they tell of it. Then all of the table's children are hidden, so that nobody knows which of its
    cells are empty; and if that is not enough, the outcome (or the children) by one of the two breakdowns.
    """
    again = np.zeros(len(populations[0].rows.periods) if populations else 0, dtype=bool)
    for population in populations:
        helped = _helped_by_larger(population, values, numbers)
        for periods in helped.values():
            again |= periods
        if population.children and population.values.any():
            again |= _tell_empty(population.children, population.pattern, populations)
            beside = groups_beside_to_hide(population.children, population.pattern, _beside(population, populations))
            told = groups_told_to_hide(population.children, population.pattern, not_finer_breakdowns(population.children))
            for name, groups in (*groups_to_hide(population.children, population.pattern), *beside, *told):
                again |= _hide_groups(population, name, groups)
        before = dict(population.unsafe)
        for id, pattern in ((None, population.pattern), *((id, values[id]) for id in population.measures)):
            for pair, failed in pattern.failed.items():
                periods = failed & ~helped[id, pair] if (id, pair) in helped else failed
                known = before.get(pair, np.zeros_like(periods))
                population.unsafe[pair] = population.unsafe[pair[::-1]] = population.unsafe.get(pair, known) | periods
                if (periods & known).any():
                    axis = _to_withhold(pair, population.rows)
                    pattern.withheld[axis] = pattern.withheld.get(axis, known & False) | (periods & known)
                again |= periods
    return np.flatnonzero(again)


def _beside(population: Population, populations: list[Population]) -> Iterator[Beside]:
    """The other populations that are some of a larger one which holds this one too."""
    others = [other for other in populations if not np.all(population.values <= other.values)]
    for larger in population.children.within if population.children else ():
        for other in others:
            if np.all(other.values <= larger.values):
                yield Beside(other.values, other.pattern, larger)


def _helped_by_larger(
    population: Population, values: dict[str, Pattern], numbers: dict[str, Numbers],
) -> dict[tuple[str | None, Pair], Mask]:
    """Has the larger populations hide what they tell of this one; of its children (None) and its outcomes by table, in which periods that
    is anything new."""
    helped: dict[tuple[str | None, Pair], Mask] = {}
    if population.children and population.values.any():
        for pair in [pair for pair in population.pattern.masks if ALL not in pair]:
            helped[None, pair] = hide_in_larger(population.children, population.pattern, pair)
    for id in population.measures:
        if same := same_outcome_in_larger(population, id, numbers):
            helped.update({(id, pair): periods for pair, periods in hide_outcome_in_larger(values[id], values[same]).items()})
    return helped


def _tell_empty(children: Children, pattern: Pattern, populations: list[Population]) -> Mask:
    """Has larger populations know which of their cells are told to be empty here; in which periods that is anything new."""
    again = np.zeros(len(children.rows.periods), dtype=bool)
    for larger in children.within:
        other = next(population for population in populations if population.pattern is larger.pattern)
        for pair in [pair for pair in pattern.masks if ALL not in pair and larger.pattern.has(*pair)]:
            empty = empty_in_larger(larger, children, pattern, pair)
            if empty.any():
                known = other.empty.get(pair, empty & False)
                other.empty[pair], other.empty[pair[::-1]] = known | empty, (known | empty).swapaxes(1, 2)
                again |= (empty & ~known).any(axis=(1, 2))
    return again


def _hide_groups(population: Population, name: str, groups: Mask) -> Mask:
    """Has groups of a breakdown hidden, by the larger population where that decides; in which periods that is anything new."""
    pattern, second = population.pattern, ALL
    if population.part_of:
        larger, made = population.part_of
        pattern, second = larger.pattern, ALL if larger.rows.axes[name].parent == made else made
    also = pattern.hide_also(name, second, (*groups.shape, 1 if second == ALL else 2))[:, :, 0]
    new = np.asarray((groups & ~also).any(axis=1))
    np.copyto(also, True, where=groups)
    return new


def _to_withhold(pair: tuple[str, str], rows: UnitRows) -> str:
    """Of two axes the one that loses less: what is made from others, or the one with fewer groups."""
    return min(pair, key=lambda name: (name != EITHER, len(rows.axes[name].groups)))


def _subjects(pair: tuple[str, str]) -> frozenset[str]:
    """What a table is about: tables about the same are decided one after another, the coarser first."""
    same = {"ethnicity": "ethnicity_group", **dict.fromkeys((*DISABILITY, EITHER), EITHER)}
    return frozenset(same.get(name, name.partition(":")[0]) for name in pair)


def _protect_children(population: Population, larger: list[Population], values: dict[str, Pattern], rules: DisclosureRules) -> Children:
    holding = [other for other in larger if np.all(population.values <= other.values)]
    within = [Larger(population.rows, other.values, other.pattern, _same_outcomes(population, other)) for other in holding]
    population.known = [{}, *(other.known[0] for other in holding)]
    children = Children(
        population.rows, population.values, rules, population.rows.most_of_a_child(population.values), within, population.unsafe,
        population.empty, population.decided,
    )
    population.children = children
    settled: dict[tuple[str, str], Mask] = {}
    if population.numerator_of:
        settled = _shared(values[population.numerator_of], population.rows)
    elif population.part_of:
        settled = _of_part(population.part_of[0].pattern, population.part_of[1], population)
    population.pattern.masks.update(settled)
    if not population.pattern.has(ALL, ALL):
        size, _ = children.counted(ALL, ALL)
        population.pattern.masks[ALL, ALL] = children.seeds(ALL, ALL, size) | few_children(size, rules)
    _protect(population, children, population.pattern, settled)
    return children


def _protect(population: Population, subject: Children | Outcome, pattern: Pattern, settled: Mapping[tuple[str, str], Mask]) -> None:
    """Decides what is left to decide, and anew where two tables tell something together. `settled`: what a larger population decides."""
    for _ in range(ROUNDS):
        protect(subject, pattern)
        if isinstance(subject, Children):
            population.known = [known_within(subject, pattern), *population.known[1:]]
        changed = [pair for pair in hide_differences(subject, pattern, population.known) if not {pair, pair[::-1]} & settled.keys()]
        if not changed:
            break
        # Where a breakdown's own groups are hidden, all of its tables are others, and of what is within it.
        everything, subjects = any(ALL in pair for pair in changed), {_subjects(pair) for pair in changed}
        for other in [other for other in pattern.masks if other != (ALL, ALL) and other not in settled]:
            if everything or (ALL not in other and _subjects(other) in subjects):
                for decided in (pattern.masks, pattern.failed, pattern.stuck):
                    decided.pop(other, None)


def _same_outcomes(population: Population, other: Population) -> bool:
    return population.part_of is not None and population.part_of[0] is other


def _shared(pattern: Pattern, rows: UnitRows) -> dict[tuple[str, str], Mask]:
    """The masks of the axes that a population has."""
    return {pair: mask.copy() for pair, mask in pattern.masks.items() if set(pair) <= rows.axes.keys()}


def _of_part(pattern: Pattern, made: str, population: Population) -> dict[tuple[str, str], Mask]:
    """What the larger population's tables say of the part 'in': its total and one-way tables, and the tables of the dividing breakdown."""
    larger, _ = population.part_of or (population, "")
    divided = next(name for name, axis in larger.rows.axes.items() if axis.parent == made)
    inside = np.array(larger.rows.axes[divided].class_of) == 0
    masks = {(ALL, ALL): pattern.of(made, ALL)[:, :1, :]}
    for name in population.rows.axes:
        if name in (ALL, made) or name not in larger.rows.axes:
            continue
        if name == divided:
            masks[name, ALL] = pattern.of(name, ALL) & inside[None, :, None]
            continue
        masks[name, ALL] = pattern.of(name, made)[:, :, :1]
        masks[divided, name] = pattern.of(divided, name) & inside[None, :, None]
    return masks


def _protect_outcome(
    population: Population, children: Children, id: str, numbers: dict[str, Numbers], values: dict[str, Pattern],
    populations: list[Population],
) -> Pattern:
    with_outcome, without = numbers[f"{id}.with"], numbers[f"{id}.without"]
    is_denominator = any(other.numerator_of == id for other in populations)
    same = same_outcome_in_larger(population, id, numbers)
    apart, settled = None, dict[tuple[str, str], Mask]()
    pattern = values.get(id, Pattern())
    if same and population.part_of:
        larger = next(each for each in children.within if each.apart)
        apart = (larger, numbers[f"{same}.with"], numbers[f"{same}.without"], values[same])
        settled = _of_part(values[same], population.part_of[1], population)
        pattern.masks.update(settled)
    rules = children.rules
    subject = Outcome(
        population.rows, children, population.pattern, with_outcome, without, rules.smallest_cell if is_denominator else 0, apart,
        any(
            id in same_outcomes_of(population, other, numbers).values() for other in populations
            if other.part_of and other.part_of[0] is population
        ),
    )
    for pair, mask in pattern.masks.items():
        mask |= population.pattern.of(*pair)
    if not pattern.has(ALL, ALL):
        pattern.masks[ALL, ALL] = subject.measured(ALL, ALL).seeds | population.pattern.of(ALL, ALL)
    _protect(population, subject, pattern, settled)
    return pattern
