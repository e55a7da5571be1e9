"""Protecting all measures of one unit and grain: the populations, how they belong together, and what is hidden of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from config.disclosure import DisclosureRules
from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.family import ALL, Axis, UnitRows, unit_rows
from metrics.disclosure.primary import few_children
from metrics.disclosure.tables import DISABILITY, EITHER, Pattern, protect
from metrics.disclosure.values import Children, Outcome
from metrics.kinds import Measure

ROUNDS = 20
NAMED_IN_DEFINITIONS = ("care_status", "age_band")


@dataclass
class Population:
    """Children that measures have as their denominator. `values`: how many each row of `rows` stands for. `unsafe`: the pairs of axes,
    and of each the periods, of which everything is hidden."""

    values: Numbers
    measures: list[str]
    rows: UnitRows
    part_of: tuple[Population, str] | None = None
    numerator_of: str | None = None
    pattern: Pattern = field(default_factory=Pattern)
    unsafe: dict[tuple[str, str], Mask] = field(default_factory=dict)


@dataclass(frozen=True)
class Protected:
    """What is hidden of one unit and grain: by measure, of its denominators and of its values, in tables of `periods` and `axes`."""

    periods: tuple[str, ...]
    axes: Mapping[str, Axis]
    denominators: dict[str, Pattern]
    values: dict[str, Pattern]


def protect_unit(frame: pl.DataFrame, periods: tuple[str, ...], measures: tuple[Measure, ...], rules: DisclosureRules) -> Protected:
    """Decides what is hidden.

    `frame`: what `children_select` gives, for the measures. `periods`: the labels of the periods, in order.
    """
    rows = unit_rows(frame, periods)
    numbers = {name: frame[name].to_numpy().astype(np.float64) for name in frame.columns if "." in name}
    populations = _populations(numbers, measures, rows)
    _link(populations, numbers)
    values: dict[str, Pattern] = {}
    for _ in range(ROUNDS):
        for index, population in enumerate(populations):
            children = _protect_children(population, populations[:index], values, rules)
            outcomes = [id for id in population.measures if f"{id}.with" in numbers]
            for id in outcomes:
                values[id] = _protect_outcome(population, children, id, numbers, values, populations)
            for id in set(population.measures) - set(outcomes):
                values[id] = _sums_of(population.pattern, [values[id] for id in outcomes])
        if not _hide_more(populations, values):
            break
    return Protected(periods, rows.axes, {id: population.pattern for population in populations for id in population.measures}, values)


def _sums_of(children: Pattern, outcomes: list[Pattern]) -> Pattern:
    """A mean of scores is hidden wherever how many have a high score is: with a low mean, only few can have one."""
    pattern = Pattern({pair: mask.copy() for pair, mask in children.masks.items()})
    for outcome in outcomes:
        for pair, mask in pattern.masks.items():
            mask |= outcome.of(*pair)
    return pattern


def _hide_more(populations: list[Population], values: dict[str, Pattern]) -> bool:
    """Hides more where a table has failed, and gives whether there is anything to decide anew.

    First all of the table's children, so that nobody knows which of its cells are empty; if that is not enough, because a larger
    population tells, then the outcome (or the children) by one of the two breakdowns.
    """
    again = False
    for index, population in enumerate(populations):
        before = dict(population.unsafe)
        for pattern in (population.pattern, *(values[id] for id in population.measures)):
            for pair, periods in pattern.failed.items():
                known = before.get(pair, np.zeros_like(periods))
                news = periods & ~known
                if news.any():
                    population.unsafe[pair] = population.unsafe[pair[::-1]] = population.unsafe.get(pair, known) | periods
                    _forget(populations[index:], values, pair)
                    again = True
                for axis in pair[:1] if (periods & known).any() else ():
                    pattern.withheld[axis] = pattern.withheld.get(axis, known & False) | (periods & known)
                    pattern.masks = {other: mask for other, mask in pattern.masks.items() if other == (ALL, ALL)}
                    again = True
            pattern.failed.clear()
    return again


def _forget(populations: list[Population], values: dict[str, Pattern], pair: tuple[str, str]) -> None:
    """Takes away what has been decided of the tables about the same as a pair's."""
    for population in populations:
        for pattern in (population.pattern, *(values[id] for id in population.measures)):
            for other in [other for other in pattern.masks if ALL not in other and _subjects(other) == _subjects(pair)]:
                del pattern.masks[other]


def _subjects(pair: tuple[str, str]) -> frozenset[str]:
    """What a table is about: tables about the same are decided one after another, the coarser first."""
    same = {"ethnicity": "ethnicity_group", **dict.fromkeys((*DISABILITY, EITHER), EITHER)}
    return frozenset(same.get(name, name.partition(":")[0]) for name in pair)


def _populations(numbers: dict[str, Numbers], measures: tuple[Measure, ...], rows: UnitRows) -> list[Population]:
    """The populations, the largest first: measures that count the same children share one."""
    found: dict[bytes, Population] = {}
    for measure in measures:
        values = numbers[f"{measure.id}.children"]
        found.setdefault(values.tobytes(), Population(values, [], rows)).measures.append(measure.id)
    return sorted(found.values(), key=lambda population: -population.values.sum())


def _link(populations: list[Population], numbers: dict[str, Numbers]) -> None:
    """Finds the populations that are another's numerator, or the part of another that some groups of a breakdown are."""
    for index, population in enumerate(populations):
        if not population.values.any():
            continue
        for larger in populations[:index]:
            outcomes = [id for id in larger.measures if np.array_equal(numbers.get(f"{id}.with", np.empty(0)), population.values)]
            if outcomes:
                population.numerator_of = outcomes[0]
                break
            if population.part_of is None and (axis := _part(larger, population)):
                population.part_of = larger, axis
    for population in reversed(populations):
        if population.part_of and population.part_of[1] in population.part_of[0].rows.axes:
            _hand_up(population, *population.part_of)


def _part(larger: Population, smaller: Population) -> str | None:
    """The axis (made now) whose group 'in' is the smaller population, if one breakdown divides the larger so."""
    rows = larger.rows
    if not np.all(smaller.values <= larger.values):
        return None
    breakdowns = [name for name in rows.axes if name != ALL and ":" not in name]
    # In few children a set may be divided off by other breakdowns too, by chance; everybody knows of those that definitions name.
    for name in sorted(breakdowns, key=lambda name: name not in NAMED_IN_DEFINITIONS):
        axis, code = rows.axes[name], rows.codes[name]
        inside = np.zeros(len(axis.groups), dtype=bool)
        inside[code[smaller.values > 0]] = True
        if not np.array_equal(np.where(inside[code], larger.values, 0), smaller.values):
            continue
        made = f"{name}: {', '.join(group for group, belongs in zip(axis.groups, inside, strict=True) if belongs)}"
        if made not in rows.axes:
            if axis.parent != ALL or any(other.parent == name for other in rows.axes.values()):
                continue
            larger.rows = _with_part(rows, made, name, inside)
        return made
    return None


def _with_part(rows: UnitRows, made: str, name: str, inside: Mask) -> UnitRows:
    axis = rows.axes[name]
    nested = Axis(name, axis.groups, made, tuple(np.where(inside, 0, 1).tolist()))
    return rows.with_axis(Axis(made, ("in", "out")), np.where(inside[rows.codes[name]], 0, 1), nested)


def _hand_up(smaller: Population, larger: Population, _: str) -> None:
    """What divides the part divides the whole too, so that the tables of the part are tables of the whole."""
    for name in smaller.rows.axes:
        nested = next((other for other in smaller.rows.axes.values() if other.parent == name and ":" in name), None)
        if nested and name not in larger.rows.axes and larger.rows.axes[nested.name].parent == ALL:
            larger.rows = _with_part(larger.rows, name, nested.name, np.array(nested.class_of) == 0)


def _protect_children(population: Population, larger: list[Population], values: dict[str, Pattern], rules: DisclosureRules) -> Children:
    contains = [other for other in larger if np.all(population.values <= other.values)]
    within = [(other.values, other.pattern, _same_outcomes(population, other)) for other in contains]
    children = Children(population.rows, population.values, rules, _most_events(population), within, population.unsafe)
    if population.numerator_of:
        population.pattern.masks.update(_shared(values[population.numerator_of], population.rows))
    elif population.part_of:
        population.pattern.masks.update(_of_part(population.part_of[0].pattern, population.part_of[1], population))
    if not population.pattern.has(ALL, ALL):
        size = children.rows.sums(children.values, ALL, ALL)
        population.pattern.masks[ALL, ALL] = children.seeds(ALL, ALL, size) | few_children(size, rules)
    protect(children, population.pattern)
    return children


def _same_outcomes(population: Population, other: Population) -> bool:
    return population.part_of is not None and population.part_of[0] is other


def _most_events(population: Population) -> Numbers:
    """By period, the most rows that one child has."""
    rows = population.rows
    if rows.child is None or not len(rows.child):
        return np.ones(len(rows.periods))
    counts = np.zeros((len(rows.periods), int(rows.child.max()) + 1))
    np.add.at(counts, (rows.period, rows.child), population.values)
    most: Numbers = np.maximum(counts.max(axis=1), 1.0)
    return most


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
    same = _same_outcome_in_larger(population, id, numbers)
    apart = None
    pattern = values.get(id, Pattern())
    if same and population.part_of:
        larger = population.part_of[0]
        apart = (larger.values, numbers[f"{same}.with"], numbers[f"{same}.without"], values[same])
        pattern.masks.update(_of_part(values[same], population.part_of[1], population))
    rules = children.rules
    subject = Outcome(
        population.rows, children, population.pattern, with_outcome, without, rules.smallest_cell if is_denominator else 0, apart,
    )
    for pair, mask in pattern.masks.items():
        mask |= population.pattern.of(*pair)
    if not pattern.has(ALL, ALL):
        pattern.masks[ALL, ALL] = subject.measured(ALL, ALL).seeds | population.pattern.of(ALL, ALL)
    return protect(subject, pattern)


def _same_outcome_in_larger(population: Population, id: str, numbers: dict[str, Numbers]) -> str | None:
    """The measure of the population that this one is part of whose outcome, among the children here, is this measure's."""
    if population.part_of is None:
        return None
    here = population.values > 0
    for other in population.part_of[0].measures:
        if f"{other}.with" in numbers and all(
            np.array_equal(numbers[f"{other}.{part}"][here], numbers[f"{id}.{part}"][here]) for part in ("with", "without")
        ):
            return other
    return None
