"""The charts of the equality page: each group's value and the rest's, the gap between them, and the gap over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.axis_range import BEYOND, arrow, value_range
from dashboard.charts.key import DOT_WORDS
from dashboard.charts.theme import AVERAGE, COMMON_CAUSE, CONCERN, IMPROVEMENT, Drawing, KeyItem, axis, figure_of, layout, line, plain_html
from dashboard.charts.trend.time_axis import tick_label, tick_positions
from dashboard.content.equality.wording import (
    COMPARED,
    Row,
    gap_label,
    gaps_alt,
    standing_of,
    trend_alt,
    value_label,
    values_alt,
)
from dashboard.text.formatting import figure, period_words, upper_first
from metrics.judgement.equality import Standing
from metrics.judgement.targets import grain_of
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import Breakdown

ROW_HEIGHT, LINE_HEIGHT = 66, 18
AXIS_HEIGHT = 46
TREND_HEIGHT = 300
ABOVE, BELOW = 0.75, 0.7
"""How far the vertical axis reaches above the first dot and, from the number of rows, below the last."""
LINE_ABOVE, LINE_BELOW = 0.11, 0.22
"""How far a short upright line reaches from a row's middle: above it are the row's words."""

LOOKS = {
    Standing.WORSE: (CONCERN, "square"), Standing.MAYBE_WORSE: (CONCERN, "square-open"),
    Standing.BETTER: (IMPROVEMENT, "diamond"), Standing.MAYBE_BETTER: (IMPROVEMENT, "diamond-open"),
    Standing.NOT_RECORDED: (COMMON_CAUSE, "circle-open"), Standing.TOO_FEW: (COMMON_CAUSE, "circle-open"),
}
"""Colour and shape of a standing: worse orange and square, better blue and diamond, all else a grey circle."""

KEY = (
    (KeyItem("concern", "Orange square: clearly worse than the rest (only the outline: perhaps by chance)"),
     (Standing.WORSE, Standing.MAYBE_WORSE)),
    (KeyItem("improvement", "Blue diamond: clearly better than the rest (only the outline: perhaps by chance)"),
     (Standing.BETTER, Standing.MAYBE_BETTER)),
    (KeyItem("common_cause", "Grey circle: no clear difference"), (Standing.NO_CLEAR_DIFFERENCE,)),
)
"""Each mark of a gap, and the standings that it is drawn for."""


def values_chart(measure: Measure, breakdown: Breakdown, rows: Sequence[Row], overall: float | None = None) -> Drawing:
    """Each group's value with its 95% confidence interval, and a short line at the rest's value, or at `overall` if none is compared."""
    scale = 100 if measure.percent else 1
    drawn = [(index, row) for index, row in enumerate(rows) if row["value"] is not None]
    levels = [(index, row["rest_value"] if overall is None else overall) for index, row in drawn if overall is not None
              or standing_of(row) in COMPARED]
    span = value_range(
        measure, [*(row["value"] for _, row in drawn), *(level for _, level in levels)],
        [(row["value_lower"], row["value_upper"]) for _, row in drawn],
    )
    beyond = [(index, row) for index, row in drawn if row["value_upper"] is not None and row["value_upper"] * scale > span[1]]
    traces = [
        *_upright_lines([(index, level * scale) for index, level in levels]),
        *(_dot(index, row, scale, ("value", "value_lower", "value_upper"), end=span[1]) for index, row in drawn),
        *(arrow(index, span[1], _look(row)[0]) for index, row in beyond),
    ]
    picture = _rows_figure(traces, rows, breakdown, lambda row: value_label(measure, row), {
        "range": span, "ticksuffix": "%" if measure.percent else "",
    })
    line_words = "the value of the rest" if overall is None else f"all together, {figure(measure, overall)}"
    key = (
        KeyItem("common_cause", DOT_WORDS),
        *((KeyItem("overall", f"Short grey line: {line_words}"),) if levels else ()),
        *((BEYOND,) if beyond else ()),
    )
    return Drawing(picture, values_alt(measure, breakdown, rows), key)


def gaps_chart(measure: Measure, breakdown: Breakdown, rows: Sequence[Row]) -> Drawing:
    """Each group's gap to the rest in percentage points, with Newcombe's interval, around a short line at 0, which crosses no words."""
    made = [(index, row) for index, row in enumerate(rows) if standing_of(row) in COMPARED]
    reach = max((abs(row[end]) * 100 for _, row in made for end in ("lower", "upper")), default=10.0) * 1.06
    zeros = _upright_lines([(index, 0.0) for index, _ in made])
    traces = [*zeros, *(_dot(index, row, 100, ("difference", "lower", "upper")) for index, row in made)]
    picture = _rows_figure(traces, rows, breakdown, lambda row: gap_label(row).replace(": ", "<br>"), {"range": [-reach, reach]}, lines=3)
    key = (*_marks_key(made), KeyItem("overall", "Short grey line at 0: as the rest"))
    return Drawing(picture, gaps_alt(measure, breakdown, rows), key)


def _marks_key(made: Sequence[tuple[int, Row]]) -> list[KeyItem]:
    """The marks that are drawn, each with its meaning."""
    there = {standing_of(row) for _, row in made}
    return [item for item, standings in KEY if there.intersection(standings)]


def gap_trend_chart(measure: Measure, breakdown: Breakdown, rows: Sequence[Row]) -> Drawing:
    """One group's gap to the rest in every period: rows of `metrics.judgement.equality.over_time`."""
    made = [(index, row) for index, row in enumerate(rows) if row["difference"] is not None]
    zero = _stroke([-0.5, len(rows) - 0.5], [0, 0], line(AVERAGE, 2))
    joined = _stroke(*_joined(rows), line(COMMON_CAUSE, 1))
    marks = [_dot(index, row, 100, ("difference", "lower", "upper"), upright=True) for index, row in made]
    labels = [row["period"] for row in rows]
    grain = grain_of(labels[0], rows[0]["period_start"])
    ticks = tick_positions(labels, grain)
    picture = figure_of([zero, joined, *marks], layout(
        TREND_HEIGHT,
        xaxis=axis(range=[-0.5, len(rows) - 0.5], tickvals=ticks, showgrid=False, tickangle=0,
                   ticktext=["<br>".join(tick_label(labels[tick], grain)) for tick in ticks]),
        yaxis=axis(nticks=6, rangemode="tozero"),
    ), checked=True)
    key = (
        KeyItem("concern", "Orange square: worse than the rest"), KeyItem("improvement", "Blue diamond: better than the rest"),
        KeyItem("common_cause", "Grey circle: no clear difference"), KeyItem("average", "Level line at 0: as the rest"),
    )
    return Drawing(picture, trend_alt(measure, breakdown, rows), key)


def _joined(rows: Sequence[Row]) -> tuple[list[float | None], list[float | None]]:
    """The line from gap to gap, broken where there is none."""
    return list(range(len(rows))), [None if row["difference"] is None else row["difference"] * 100 for row in rows]


def _look(row: Row) -> tuple[str, str]:
    return LOOKS.get(standing_of(row), (COMMON_CAUSE, "circle"))


def _dot(
    index: int, row: Row, scale: int, names: tuple[str, str, str], *, upright: bool = False, end: float = math.inf,
) -> dict[str, Any]:
    """One dot with its interval, which Plotly measures from the dot; up to the end of the axis."""
    value, low, high = (row[name] for name in names)
    colour, symbol = _look(row)
    if not row["complete"]:
        symbol = symbol.removesuffix("-open") + "-open"
    interval = {
        "type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
        "array": [min(high * scale, end) - value * scale if high is not None else 0.0],
        "arrayminus": [(value - low) * scale if low is not None else 0.0],
    }
    place, level = ("x", "y") if upright else ("y", "x")
    return {
        "type": "scatter", "mode": "markers", place: [index], level: [value * scale], f"error_{level}": interval, "cliponaxis": False,
        "marker": {"color": colour, "size": 11, "symbol": symbol, "line": {"width": 2, "color": colour}},
        "hoverinfo": "text", "hovertext": _hover(row) if upright else "", "name": row["group"],
    }


def _hover(row: Row) -> str:
    return f"{upper_first(period_words(row))}<br>{gap_label(row)}<br>{row['denominator']} in the group"


def _stroke(x: list[Any], y: list[Any], style: dict[str, Any]) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": style, "hoverinfo": "skip"}


def _upright_lines(levels: Sequence[tuple[int, float]]) -> list[dict[str, Any]]:
    """A short upright line at a level in each row."""
    x = [place for _, level in levels for place in (level, level, None)]
    y = [place for index, _ in levels for place in (index - LINE_ABOVE, index + LINE_BELOW, None)]
    return [_stroke(x, y, line(AVERAGE, 3))] if levels else []


def _rows_figure(
    traces: list[dict[str, Any]], rows: Sequence[Row], breakdown: Breakdown, label: Callable[[Row], str], x_axis: dict[str, Any],
    lines: int = 2,
) -> go.Figure:
    """A figure of one row a group, its words in `lines` at the left above its dot: so they take no width from the dots, also on a phone."""
    names = [plain_html(breakdown.label(row["group"])) for row in rows]
    annotations = [
        {
            "x": 0, "xref": "paper", "xanchor": "left", "y": index, "yshift": 8, "yanchor": "bottom", "align": "left", "showarrow": False,
            "text": f"<b>{name}</b><br>{label(row)}", "font": {"size": 13},
        }
        for index, (name, row) in enumerate(zip(names, rows, strict=True))
    ]
    height = (ROW_HEIGHT + LINE_HEIGHT * (lines - 2)) * len(rows) + AXIS_HEIGHT
    return figure_of(traces, layout(
        height, annotations=annotations, xaxis=axis(nticks=6, side="bottom", showgrid=False, **x_axis),
        yaxis=axis(range=[len(rows) - BELOW, -ABOVE], visible=False),
    ), checked=True)
