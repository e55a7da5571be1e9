"""The chart of a measure's groups: a dot with its interval for each, and its numbers in words above it."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.charts.axis_range import BEYOND, arrow, value_range
from dashboard.charts.key import DOT_WORDS
from dashboard.charts.theme import (
    AVERAGE,
    COMMON_CAUSE,
    IMPROVEMENT,
    TARGET,
    Drawing,
    KeyItem,
    axis,
    figure_of,
    layout,
    line,
    margin,
    plain_html,
)
from dashboard.content.sentences import group_words, groups_alt
from dashboard.text.formatting import cell_words, figure, figure_and_count, target_words
from metrics.measures.kinds import Measure
from metrics.statistics.comparison import NOT_RECORDED
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown

LINE_HEIGHT = 17
DOT_HEIGHT = 34
AXIS_HEIGHT = 46
ABOVE, BELOW = 0.75, 0.75
"""How far the vertical axis reaches above the first dot and, from the number of rows, below the last."""
MARK_PIXELS = 8
"""Upright lines reach so far above and below a dot's middle: not into the words."""
LABEL_LETTERS = 42
"""So many letters fit beside each other on a phone."""


def groups_chart(
    measure: Measure, breakdown: Breakdown, groups: pl.DataFrame, *, overall: float | None, targets: Mapping[str, float] | None = None,
) -> Drawing:
    """The chart of `groups`, a summary's rows of one period with the breakdown's column, in the order they are drawn.

    `overall` is the value of all children together, `targets` the target of each group, both in the unit of the value.
    """
    rows, scale, held = groups.rows(named=True), 100 if measure.percent else 1, targets or {}
    labels = [_label(measure, breakdown, row) for row in rows]
    lines = 2 if any(len(name) + len(numbers) > LABEL_LETTERS for name, numbers in labels) else 1
    row_height = DOT_HEIGHT + lines * LINE_HEIGHT
    held_rows = {index: held[row[breakdown.id]] for index, row in enumerate(rows) if row[breakdown.id] in held}
    reach = MARK_PIXELS / row_height
    levels = [row["value"] for row in rows if row["value"] is not None] + [*held.values(), *([overall] if overall is not None else [])]
    span = value_range(measure, levels, [(row["lower"], row["upper"]) for row in rows])
    beyond = [(index, row) for index, row in enumerate(rows) if row["upper"] is not None and row["upper"] * scale > span[1]]
    traces = [
        *_marks(dict.fromkeys(range(len(rows)), overall) if overall is not None else {}, scale, reach, AVERAGE),
        *_marks(held_rows, scale, reach, TARGET),
        *_dots(measure, breakdown, rows, scale, span[1]),
        *(arrow(index, span[1], _colour(row, breakdown)) for index, row in beyond),
    ]
    x_axis = axis(range=span, ticksuffix="%" if measure.percent else "", nticks=6, side="bottom", showgrid=False)
    y_axis = axis(range=[len(rows) - BELOW, -ABOVE], visible=False)
    annotations = [_annotation(*label, index, lines) for index, label in enumerate(labels)]
    room = margin(16 if measure.percent else 8, AXIS_HEIGHT - 8, 22 if measure.percent and span[1] >= 100 else 12)
    picture = figure_of(traces, layout(
        row_height * len(rows) + AXIS_HEIGHT, margin=room, xaxis=x_axis, yaxis=y_axis, annotations=annotations,
    ))
    key = (*_key(measure, overall, held, rows, breakdown), *([BEYOND] if beyond else []))
    return Drawing(picture, groups_alt(measure, breakdown, groups), key)


def _colour(row: dict[str, Any], breakdown: Breakdown) -> str:
    return COMMON_CAUSE if row[breakdown.id] == NOT_RECORDED else IMPROVEMENT


def _dots(measure: Measure, breakdown: Breakdown, rows: list[dict[str, Any]], scale: int, end: float) -> list[dict[str, Any]]:
    """The dots with their intervals; 'Not recorded' is hollow, as it is compared with nothing."""
    traces = []
    for hollow in (False, True):
        chosen = [(index, row) for index, row in enumerate(rows)
                  if row["state"] == State.SHOWN.value and (row[breakdown.id] == NOT_RECORDED) == hollow]
        if not chosen:
            continue
        colour = _colour(chosen[0][1], breakdown)
        traces.append({
            "type": "scatter", "mode": "markers", "x": [row["value"] * scale for _, row in chosen], "y": [index for index, _ in chosen],
            "error_x": _reach([row for _, row in chosen], colour, scale, end), "cliponaxis": False,
            "marker": {"color": colour, "size": 11, "symbol": "circle-open" if hollow else "circle", "line": {"width": 2, "color": colour}},
            "hoverinfo": "text", "hovertext": [_hover(measure, breakdown, row) for _, row in chosen],
        })
    return traces


def _reach(rows: list[dict[str, Any]], colour: str, scale: int, end: float) -> dict[str, Any]:
    """The intervals as error bars, which Plotly measures from the value; up to the end of the axis."""
    return {
        "type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
        "array": [min(row["upper"] * scale, end) - row["value"] * scale if row["upper"] is not None else 0.0 for row in rows],
        "arrayminus": [(row["value"] - row["lower"]) * scale if row["lower"] is not None else 0.0 for row in rows],
    }


def _hover(measure: Measure, breakdown: Breakdown, row: dict[str, Any]) -> str:
    return "<br>".join(textwrap.wrap(group_words(measure, row, plain_html(breakdown.label(row[breakdown.id]))), LABEL_LETTERS))


def _label(measure: Measure, breakdown: Breakdown, row: dict[str, Any]) -> tuple[str, str]:
    """A group's name, and its numbers in words."""
    name = breakdown.label(row[breakdown.id])
    if row["state"] != State.SHOWN.value:
        return name, cell_words(measure, row)
    return name, figure_and_count(measure, row, short=True)


def _annotation(name: str, numbers: str, index: int, lines: int) -> dict[str, Any]:
    """A label at the left above its dot: so it takes no width from the dots, also on a phone."""
    return {
        "x": 0, "xref": "paper", "xanchor": "left", "y": index, "yshift": 9, "yanchor": "bottom", "align": "left", "showarrow": False,
        "text": f"<b>{plain_html(name)}</b>{'<br>' if lines == 2 else '  '}{numbers}", "font": {"size": 13},
    }


def _marks(levels: Mapping[int, float], scale: int, reach: float, colour: str) -> list[dict[str, Any]]:
    """A short upright line at a level in each of the rows of `levels`: short, so that it crosses no words."""
    x: list[float | None] = []
    y: list[float | None] = []
    for index, level in levels.items():
        x += [level * scale, level * scale, None]
        y += [index - reach, index + reach, None]
    return [{"type": "scatter", "mode": "lines", "x": x, "y": y, "hoverinfo": "skip", "line": line(colour, 3)}] if x else []


def _key(
    measure: Measure, overall: float | None, targets: Mapping[str, float], rows: list[dict[str, Any]], breakdown: Breakdown
) -> list[KeyItem]:
    items = [KeyItem("dot", DOT_WORDS)]
    if any(row[breakdown.id] == NOT_RECORDED and row["state"] == State.SHOWN.value for row in rows):
        items.append(KeyItem("incomplete", "Hollow dot: not recorded, not compared"))
    if overall is not None:
        items.append(KeyItem("overall", f"Grey line: all together, {figure(measure, overall)}"))
    levels = set(targets.values())
    if len(levels) == 1:
        items.append(KeyItem("target_mark", f"Purple line: the {target_words(measure, levels.pop())}"))
    elif levels:
        items.append(KeyItem("target_mark", "Purple lines: the target of each placement"))
    return items
