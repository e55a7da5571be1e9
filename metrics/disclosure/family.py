"""The fixed family of tables: for each population and period the total, all one-way and all two-way tables.

A population is a set of children that measures have as their denominator; measures with the same one share it, so that no measure
shows what another hides. Where one population is the part of another that belongs to some groups of a breakdown (the children
in care among all), the larger has an axis more that says so, 'in' or 'out', because the tables of the smaller are tables of it.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from config.code_lists import ETHNICITY_GROUP, NOT_RECORDED
from metrics.breakdowns import EVERY, NO, YES
from metrics.disclosure.audit import Mask, Numbers

ALL = "all"
DISABILITY = ("disabled", "mental_health_problem")
EITHER = "disability_or_mental_health"
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class Axis:
    """A breakdown, or a coarser one made from it. `groups` in the order of the codes; `parent` is the axis into whose groups this
    one's groups fall (everybody, unless it is nested in another), and `class_of` says into which."""

    name: str
    groups: tuple[str, ...]
    parent: str = ALL
    class_of: tuple[int, ...] = ()

    def members(self, group: int) -> NDArray[np.intp]:
        """The groups that fall into one group of the parent."""
        return np.flatnonzero(np.array(self.class_of) == group) if self.parent != ALL else np.arange(len(self.groups))


@dataclass
class UnitRows:
    """The rows of one unit and grain: children (or events), by period and every breakdown.

    `period` and `codes` have one number a row. `child` is a number for each child where a row is an event, else None.
    """

    periods: tuple[str, ...]
    period: Codes
    axes: dict[str, Axis]
    codes: dict[str, Codes]
    child: Codes | None = None
    _combined: dict[tuple[str, str], Codes] = field(default_factory=dict)
    _sums_of: dict[int, Callable[[str, str], Numbers]] = field(default_factory=dict)
    _parts: dict[str, list[Codes]] = field(default_factory=dict)

    def sums(self, values: Numbers, first: str, second: str) -> Numbers:
        """`values` added up by period and the groups of two axes: shape (periods, groups, groups)."""
        shape = (len(self.periods), len(self.axes[first].groups), len(self.axes[second].groups))
        key = (first, second)
        if key not in self._combined:
            self._combined[key] = np.ravel_multi_index((self.period, self.codes[first], self.codes[second]), shape)
        sums: Numbers = np.bincount(self._combined[key], weights=values, minlength=math.prod(shape)).astype(np.float64, copy=False)
        return sums.reshape(shape)

    def sums_of(self, values: Numbers) -> Callable[[str, str], Numbers]:
        """By two axes the sums of `values`, that can't be changed; each added up once, as they are asked for again and again."""
        if id(values) in self._sums_of:
            return self._sums_of[id(values)]

        @functools.cache
        def sums(first: str, second: str) -> Numbers:
            found = self.sums(values, first, second)
            found.flags.writeable = False
            return found

        self._sums_of[id(values)] = sums  # it holds the values, so that no others come to have their id
        return sums

    def distinct(self, counted: Mask, first: str, second: str) -> Numbers:
        """The number of children with a row that is counted: the same shape."""
        self.sums(counted.astype(float), first, second)
        shape = (len(self.periods), len(self.axes[first].groups), len(self.axes[second].groups))
        if self.child is None:
            raise ValueError("Only events have several rows a child.")
        pairs = np.unique(np.column_stack([self._combined[first, second][counted], self.child[counted]]), axis=0)
        return np.bincount(pairs[:, 0], minlength=math.prod(shape)).astype(float).reshape(shape)

    def most_of_a_child(self, values: Numbers) -> Numbers:
        """By period, the most rows that one child has, where each row stands for `values`; 1 where a row is a child."""
        if self.child is None or not len(self.child):
            return np.ones(len(self.periods))
        counts = np.zeros((len(self.periods), int(self.child.max()) + 1))
        np.add.at(counts, (self.period, self.child), values)
        most: Numbers = np.maximum(counts.max(axis=1), 1.0)
        return most

    def parts(self, name: str) -> list[Codes]:
        """The groups of an axis, in those of its parent."""
        if name not in self._parts:
            axis = self.axes[name]
            self._parts[name] = [axis.members(group) for group in range(len(self.axes[axis.parent].groups))]
        return self._parts[name]

    def of_periods(self, periods: Codes) -> UnitRows:
        """The rows of some of the periods: these, with all that is known of them, where it is all periods."""
        if len(periods) == len(self.periods):
            return self
        kept = np.isin(self.period, periods)
        child = self.child[kept] if self.child is not None else None
        labels = tuple(self.periods[number] for number in periods)
        codes = {name: code[kept] for name, code in self.codes.items()}
        return UnitRows(labels, np.searchsorted(periods, self.period[kept]), self.axes, codes, child)

    def in_periods(self, values: Numbers, periods: Codes) -> Numbers:
        """Of values by row those of the rows of some of the periods."""
        return values if len(periods) == len(self.periods) else values[np.isin(self.period, periods)]

    def with_axis(self, axis: Axis, codes: Codes, nested: Axis) -> UnitRows:
        """The same rows with an axis more, and `nested` now inside it."""
        axes = {**self.axes, axis.name: axis, nested.name: nested}
        return UnitRows(self.periods, self.period, axes, {**self.codes, axis.name: codes}, self.child)


def never(first: Axis, second: Axis) -> Mask:
    """The combinations that nobody can have, as everybody knows from how 'either' is made from its two parts."""
    if {first.name, second.name} - set(DISABILITY) != {EITHER}:
        return np.zeros((len(first.groups), len(second.groups)), dtype=bool)
    if first.name == EITHER:
        return never(second, first).T
    impossible: Mask = np.array([
        (part == YES and either != YES) or (part == NOT_RECORDED and either == NO) for part in first.groups for either in second.groups
    ], dtype=bool).reshape(len(first.groups), len(second.groups))
    return impossible


def unit_rows(frame: pl.DataFrame, periods: tuple[str, ...]) -> UnitRows:
    """The rows of a frame with period, every breakdown and, for events, child_number."""
    axes: dict[str, Axis] = {ALL: Axis(ALL, (ALL,))}
    codes: dict[str, Codes] = {ALL: np.zeros(frame.height, dtype=np.intp)}
    for name in [name for name in EVERY if name in frame.columns]:
        groups = tuple(sorted(frame[name].unique().to_list()))
        axes[name] = Axis(name, groups)
        codes[name] = _codes(frame[name], groups)
    within = [ETHNICITY_GROUP.get(code, NOT_RECORDED) for code in axes["ethnicity"].groups]
    outer = axes["ethnicity_group"].groups
    axes["ethnicity"] = Axis("ethnicity", axes["ethnicity"].groups, "ethnicity_group", tuple(outer.index(group) for group in within))
    if "authority" in axes:
        axes["authority"] = _within_regions(frame, axes)
    child = frame["child_number"].to_numpy().astype(np.intp) if "child_number" in frame.columns else None
    return UnitRows(periods, _codes(frame["period"], periods), axes, codes, child)


def _within_regions(frame: pl.DataFrame, axes: dict[str, Axis]) -> Axis:
    """The authorities, each in its region. If one were in two regions they would be two breakdowns like any other two."""
    region_of = dict(frame.select("authority", "region").unique().iter_rows())
    groups, regions = axes["authority"].groups, axes["region"].groups
    if frame.select("authority", "region").n_unique() != len(groups):
        return axes["authority"]
    return Axis("authority", groups, "region", tuple(regions.index(region_of[group]) for group in groups))


def _codes(values: pl.Series, groups: tuple[str, ...]) -> Codes:
    number = {group: index for index, group in enumerate(groups)}
    return values.replace_strict(number, return_dtype=pl.Int64).to_numpy().astype(np.intp) if len(values) else np.zeros(0, dtype=np.intp)
