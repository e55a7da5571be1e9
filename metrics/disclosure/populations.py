"""The populations of one unit and grain, and how they belong together: which is another's numerator, or a part of another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.decided import Decided
from metrics.disclosure.family import ALL, Axis, UnitRows
from metrics.disclosure.implied import Pair, Places
from metrics.disclosure.tables import Pattern
from metrics.disclosure.values import Children
from metrics.kinds import Measure

NAMED_IN_DEFINITIONS = ("care_status", "age_band")


@dataclass
class Population:
    """Children that measures have as their denominator. `values`: how many each row of `rows` stands for. `unsafe`: the pairs of axes,
    and of each the periods, of which everything is hidden. `empty`: cells that smaller populations tell to be empty. `known`: which groups
    are known to be parts of others, here and in larger populations. `children`: how they are protected. `decided`: what has been decided of
    any tables."""

    values: Numbers
    measures: list[str]
    rows: UnitRows
    part_of: tuple[Population, str] | None = None
    numerator_of: str | None = None
    pattern: Pattern = field(default_factory=Pattern)
    unsafe: dict[tuple[str, str], Mask] = field(default_factory=dict)
    empty: dict[tuple[str, str], Mask] = field(default_factory=dict)
    known: list[dict[Pair, Places]] = field(default_factory=list)
    children: Children | None = None
    decided: Decided = field(default_factory=Decided)


def populations_of(numbers: dict[str, Numbers], measures: tuple[Measure, ...], rows: UnitRows) -> list[Population]:
    """The populations, the largest first: measures that count the same children share one."""
    found: dict[bytes, Population] = {}
    decided = Decided()
    for measure in measures:
        values = numbers[f"{measure.id}.children"]
        found.setdefault(values.tobytes(), Population(values, [], rows, decided=decided)).measures.append(measure.id)
    return sorted(found.values(), key=lambda population: -population.values.sum())


def link(populations: list[Population], numbers: dict[str, Numbers]) -> None:
    """Finds the populations that are another's numerator, or the part of another that some groups of a breakdown are."""
    for index, population in enumerate(populations):
        if not population.values.any():
            continue
        outcomes = [id for larger in populations[:index] for id in larger.measures]
        population.numerator_of = next(
            (id for id in outcomes if np.array_equal(numbers.get(f"{id}.with", np.empty(0)), population.values)), None,
        )
        if population.numerator_of:
            continue
        # By chance it may be part of several; what matters is the one of which the same outcomes are shown.
        for larger in sorted(populations[:index], key=lambda larger: not same_outcomes_of(larger, population, numbers)):
            if axis := _part(larger, population):
                population.part_of = larger, axis
                break
    for population in reversed(populations):
        if population.part_of and population.part_of[1] in population.part_of[0].rows.axes:
            _hand_up(population, population.part_of[0])


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


def _hand_up(smaller: Population, larger: Population) -> None:
    """What divides the part divides the whole too, so that the tables of the part are tables of the whole."""
    for name in smaller.rows.axes:
        nested = next((other for other in smaller.rows.axes.values() if other.parent == name and ":" in name), None)
        if nested and name not in larger.rows.axes and larger.rows.axes[nested.name].parent == ALL:
            larger.rows = _with_part(larger.rows, name, nested.name, np.array(nested.class_of) == 0)


def in_periods(populations: list[Population], periods: NDArray[np.intp]) -> list[Population]:
    """The same populations in some of the periods, with nothing decided but what must be hidden entirely."""
    found: dict[int, Population] = {}
    some: dict[int, UnitRows] = {}
    for population in populations:
        if id(population.rows) not in some:  # most populations share their rows, and what is known of these
            some[id(population.rows)] = population.rows.of_periods(periods)
        part_of = (found[id(population.part_of[0])], population.part_of[1]) if population.part_of else None
        found[id(population)] = replace(
            population, values=population.rows.in_periods(population.values, periods), rows=some[id(population.rows)], part_of=part_of,
            pattern=population.pattern.undecided(periods), unsafe={pair: mask[periods] for pair, mask in population.unsafe.items()},
            empty={pair: mask[periods] for pair, mask in population.empty.items()},
        )
    return list(found.values())


def same_outcome_in_larger(population: Population, id: str, numbers: dict[str, Numbers]) -> str | None:
    """The measure of the population that this one is part of whose outcome, among the children here, is this measure's."""
    return same_outcomes_of(population.part_of[0], population, numbers).get(id) if population.part_of else None


def same_outcomes_of(larger: Population, smaller: Population, numbers: dict[str, Numbers]) -> dict[str, str]:
    """By measure of the smaller population the measure of the larger whose outcome, among the children of the smaller, is the same."""
    here = smaller.values > 0
    return {
        id: other for other in reversed(larger.measures) for id in smaller.measures
        if f"{id}.with" in numbers and f"{other}.with" in numbers and all(
            np.array_equal(numbers[f"{other}.{part}"][here], numbers[f"{id}.{part}"][here]) for part in ("with", "without")
        )
    }
