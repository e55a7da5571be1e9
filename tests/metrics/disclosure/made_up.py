"""A few made-up children of one period, of whom only some breakdowns matter, and what a viewer sees of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from config.disclosure import disclosure_rules
from metrics.breakdowns import EVERY
from metrics.catalogue import get
from metrics.disclosure.family import ALL, unit_rows
from metrics.disclosure.protection import Protected, protect_unit
from metrics.disclosure.tables import Pattern
from metrics.disclosure.values import Children

PERIOD = "2025/26"
RULES = disclosure_rules()
Cell = tuple[str, str]


def children_of(axes: Sequence[str], groups: Mapping[tuple[str, ...], Mapping[str, tuple[int, int]]]) -> pl.DataFrame:
    """Children by group of the axes, who are alike in all else. Of each measure: how many of a group it counts, and how many of them with
    the outcome; the measures count the same children first."""
    constant = {name: "Not recorded" for name in EVERY if name not in ("authority", "region")}
    made = []
    for group, counts in groups.items():
        for number in range(max(count for count, _ in counts.values())):
            row = {"period": PERIOD, **constant, **dict(zip(axes, group, strict=True))}
            for measure, (count, outcome) in counts.items():
                here, yes = int(number < count), int(number < outcome)
                row |= {f"{measure}.children": here, f"{measure}.with": yes, f"{measure}.without": here - yes}
            made.append(row)
    return pl.DataFrame(made)


def protected(frame: pl.DataFrame, measures: Sequence[str]) -> Protected:
    return protect_unit(frame, (PERIOD,), tuple(get(measure) for measure in measures), RULES)


def shown(frame: pl.DataFrame, hidden: Protected, measure: str, axes: tuple[str, str], what: str = "children") -> dict[Cell, int]:
    """What a viewer sees of a measure's children, or of those `with` the outcome: the table of two axes, its totals and its lines'."""
    unit = unit_rows(frame, (PERIOD,))
    values = frame[f"{measure}.{what}"].to_numpy().astype(float)
    seen = {}
    for first, second in itertools.product((axes[0], ALL), (axes[1], ALL)):
        mask = hidden.denominators[measure].of(first, second)[0]
        if what != "children":
            mask = mask | hidden.values[measure].of(first, second)[0]
        size = unit.sums(values, first, second)[0]
        for (row, group), (column, other) in itertools.product(enumerate(unit.axes[first].groups), enumerate(unit.axes[second].groups)):
            if not mask[row, column]:
                seen[group, other] = int(size[row, column])
    return seen


def counted(frame: pl.DataFrame, measure: str) -> Children:
    """The children that a measure counts."""
    return Children(unit_rows(frame, (PERIOD,)), frame[f"{measure}.children"].to_numpy().astype(float), RULES, np.ones(1))


def hides(children: Children, pair: Cell, cells: Sequence[Cell]) -> Pattern:
    """A pattern that hides these cells of one table, and nothing else."""
    axes = children.rows.axes
    pattern = Pattern({
        (first, second): np.zeros((1, len(axes[first].groups), len(axes[second].groups)), dtype=bool)
        for first, second in itertools.combinations_with_replacement(axes, 2)
    })
    for group, other in cells:
        pattern.of(*pair)[0, axes[pair[0]].groups.index(group), axes[pair[1]].groups.index(other)] = True
    return pattern
