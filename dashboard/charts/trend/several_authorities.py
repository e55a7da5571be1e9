"""The authorities that are loaded together, as lines on the chart of one of them: its statistical neighbours, its region, all of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from dashboard.charts.theme import LOADED, KeyItem
from dashboard.charts.trend.parts import Hover, Line, Point, joined
from dashboard.content.several_authorities import Pooled
from dashboard.text.formatting import (
    HIDDEN,
    cell_words,
    counted,
    is_rounded_away,
    lower_first,
    period_words,
    plural,
    row_value,
    upper_first,
)
from metrics.comparators.published import Kind
from metrics.summary.summarise import State

SHORT = {Kind.NEIGHBOURS: "Neighbours", Kind.REGION: "Region", Kind.ENGLAND: "All loaded"}
"""What a line is called at the edge of the chart. All that are loaded need not be England."""
DASHES = {Kind.NEIGHBOURS: "10px,3px,2px,3px", Kind.REGION: "9px,4px", Kind.ENGLAND: "12px,3px,2px,3px,2px,3px"}
DASH_WORDS = {Kind.NEIGHBOURS: "dash and dot", Kind.REGION: "dashed", Kind.ENGLAND: "dash and two dots"}
_WIDTH = 1.6
_FOOT_STEP = 0.045
"""Of the height of the plot: how far apart the lines' crosses for hidden periods stand above its foot, where the authority's own is."""


@dataclass(frozen=True)
class LoadedLine:
    """A pool's numbers beside each row of the trend's frame: the frame's period, and the pool's numerator, denominator, value and state."""

    pooled: Pooled
    rows: tuple[dict[str, Any], ...]

    @property
    def kind(self) -> Kind:
        """Whose the numbers are."""
        return self.pooled.pool.kind

    @cached_property
    def shown(self) -> list[tuple[int, dict[str, Any]]]:
        """The rows with a value, each with its place on the axis of periods."""
        return [(index, row) for index, row in enumerate(self.rows) if row["value"] is not None]

    @cached_property
    def hidden(self) -> list[tuple[int, dict[str, Any]]]:
        """The same of the rows that are hidden."""
        return [(index, row) for index, row in enumerate(self.rows) if row["state"] == State.HIDDEN.value]


def loaded_lines(frame: pl.DataFrame, found: Sequence[Pooled]) -> list[LoadedLine]:
    """The lines that have a value in any period of the trend whose `frame` this is."""
    periods = frame.select("period", "period_start", "period_end", "complete")
    lines = [
        LoadedLine(pooled, tuple(periods.join(pooled.frame, on="period", how="left", maintain_order="left").iter_rows(named=True)))
        for pooled in found
    ]
    return [each for each in lines if each.shown]


def loaded_rows(lines: Sequence[LoadedLine]) -> list[Line]:
    """Each line from period to period, broken where there is no value."""
    return [
        Line(
            each.kind.value, SHORT[each.kind], LOADED, _WIDTH, DASHES[each.kind], levels, paths,
            tuple(tuple(_hover(each, each.rows[int(x)]) for x, _ in path) for path in paths),
        )
        for each in lines for levels in [tuple(row["value"] for row in each.rows)] for paths in [joined(levels)]
    ]


def loaded_points(lines: Sequence[LoadedLine], low: float, high: float) -> tuple[Point, ...]:
    """Their points: a mark where a period is not complete or no line would show the value, as both neighbours have none, and a cross near
    the foot of the chart (`low`) where it is hidden."""
    found = []
    for number, each in enumerate(lines, start=1):
        found += [
            Point(float(index), row["value"], "loaded" if row["complete"] else "loaded_incomplete", functools.partial(_hover, each, row))
            for index, row in each.shown if _has_point(each, index)
        ]
        foot = low + number * _FOOT_STEP * (high - low)
        found += [Point(float(index), foot, "loaded_hidden", functools.partial(_hover, each, row)) for index, row in each.hidden]
    return tuple(found)


def _has_point(each: LoadedLine, index: int) -> bool:
    """Periods that are not complete have a mark, and those that no line would show as both neighbours have no value."""
    alone = not any(0 <= other < len(each.rows) and each.rows[other]["value"] is not None for other in (index - 1, index + 1))
    return each.rows[index]["value"] is not None and (alone or not each.rows[index]["complete"])


def _hover(each: LoadedLine, row: dict[str, Any]) -> Hover:
    """Whose number it is, of which period, and what it is made from."""
    name, period = each.pooled.name.replace(" that ", "\nthat "), upper_first(period_words(row))
    if row["value"] is None:
        return Hover(name, below=(period, upper_first(HIDDEN)))
    measure = each.pooled.measure
    return Hover(name, below=(period, row_value(measure, row), counted(measure, row)))


def loaded_ends(lines: Sequence[LoadedLine]) -> list[tuple[float, str]]:
    """The height of each line's last value, and the line's name."""
    return [(each.shown[-1][1]["value"], SHORT[each.kind]) for each in lines]


def loaded_key(lines: Sequence[LoadedLine], drawn: set[str]) -> list[KeyItem]:
    """What each line is, in words; `drawn` are the marks that the key explains already."""
    items = [
        KeyItem(f"loaded_{each.kind.value}", f"Brown line, {DASH_WORDS[each.kind]}: {lower_first(each.pooled.name)}") for each in lines
    ]
    if any(each.hidden for each in lines):
        items.append(KeyItem("loaded_hidden", f"Brown cross at the foot: a number of a brown line, {HIDDEN}"))
    if "incomplete" not in drawn and any(not row["complete"] for each in lines for _, row in each.shown):
        items.append(KeyItem("loaded_incomplete", "Hollow brown circle: not complete yet"))
    return items


def loaded_alt(lines: Sequence[LoadedLine]) -> str:
    """The lines in words, for who can't see them: their first and last complete period with a value, and how many are hidden."""
    return " ".join(_alt(each) for each in lines)


def _alt(each: LoadedLine) -> str:
    complete = [row for _, row in each.shown if row["complete"]]
    ends = [complete[0], complete[-1]] if len(complete) > 1 else complete
    told = " to ".join(_told(each, row) for row in ends) or "no complete period with a value"
    hidden = f"; {plural(len(each.hidden), 'period')} {HIDDEN}" if each.hidden else ""
    return f"{each.pooled.name}: {told}{hidden}."


def _told(each: LoadedLine, row: dict[str, Any]) -> str:
    measure = each.pooled.measure
    made_from = "" if is_rounded_away(measure, row) else f" ({counted(measure, row)})"
    return f"{cell_words(measure, row)}{made_from} in {period_words(row)}"
