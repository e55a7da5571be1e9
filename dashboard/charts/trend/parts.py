"""What a trend's chart is made of.

Horizontally it is measured in periods: the first is at 0, and each reaches half a unit to both sides. Vertically it is in the unit of the
measure's value, where a share is 0 to 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Path = tuple[tuple[float, float], ...]
"""Points (x, y) that a line joins."""


@dataclass(frozen=True)
class Hover:
    """What appears under the pointer: lines of plain text, `strong` the one that matters."""

    strong: str
    above: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Line:
    """A line. `levels` is its value in each period (None where it has none), `paths` how it is drawn: one for each stretch without a gap.

    `name` is the trend's column or another line's kind, `title` what a legend or a table calls it. `dash` is 'solid', 'dash', 'dot',
    'longdashdot' or lengths such as '9px,4px'. `hover` has an entry for each point of each path, or nothing.
    """

    name: str
    title: str
    colour: str
    width: float
    dash: str
    levels: tuple[float | None, ...]
    paths: tuple[Path, ...]
    hover: tuple[tuple[Hover, ...], ...] = ()


@dataclass(frozen=True)
class Point:
    """A point: `state` names its mark (`dashboard.charts.theme.POINT_MARKS`). What stands for a hidden value is near the foot."""

    x: float
    y: float
    state: str
    hover: Callable[[], Hover]


@dataclass(frozen=True)
class Upright:
    """An upright line: `kind` is 'rebase' (new limits), 'change' (with its number as `label`, at the height `y`) or 'definition' (with
    its letter, at the foot)."""

    kind: str
    x: float
    label: str = ""
    y: float = 0.0
    hover: Hover | None = None


def joined(levels: Sequence[float | None]) -> tuple[Path, ...]:
    """Paths from period to period: those without a value are not joined."""
    return tuple(
        tuple((float(index), float(level)) for index, level in group if level is not None)
        for there, group in itertools.groupby(enumerate(levels), key=lambda pair: pair[1] is not None) if there
    )


def steps(levels: Sequence[float | None], *, over_gaps: bool = False) -> tuple[Path, ...]:
    """Paths of levels that each hold for their whole period. They end at a gap unless drawn over gaps."""
    stretches: list[list[tuple[float, float]]] = []
    before: int | None = None
    for index, level in enumerate(levels):
        if level is None:
            continue
        if before is None or not (over_gaps or before == index - 1):
            stretches.append([])
        stretches[-1] += [(index - 0.5, level), (index + 0.5, level)]
        before = index
    return tuple(tuple(stretch) for stretch in stretches)


def within(levels: Sequence[float | None], baselines: Sequence[float | None]) -> tuple[Path, ...]:
    """Paths from point to point within a baseline, of which each has one level, and over the whole of its first and last period. They end
    at a point without a level."""
    known = [index for index, baseline in enumerate(baselines) if baseline is not None]
    paths = []
    for _, group in itertools.groupby(known, key=lambda index: (baselines[index], levels[index] is None)):
        inside = [(float(index), level) for index in group if (level := levels[index]) is not None]
        if inside:
            (first, start), (last, end) = inside[0], inside[-1]
            paths.append(((first - 0.5, start), *inside, (last + 0.5, end)))
    return tuple(paths)
