"""The page's chart of a trend: its description, drawn with Plotly."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.charts.theme import (
    BAND,
    CHANGE,
    FONT_SIZE,
    NOT_COVERED,
    ON_CHANGE,
    POINT_MARKS,
    UPRIGHTS,
    Drawing,
    axis,
    figure_of,
    layout,
    line,
    margin,
    plain_html,
)
from dashboard.charts.trend.drawing import TrendDrawing
from dashboard.charts.trend.parts import Hover, Line, Point, Upright

HEIGHT = 300
BELOW_PLOT, LABEL_LINE = 28, 18
"""Room below the plot, and for each line of the periods' names, in pixels."""
MANY_POINTS, SMALLER = 24, 0.7
CHANGE_SIZE = 20
_CHARACTER = 7
"""Room for a character of the names at the right edge and of the labels at the left, in pixels."""
Trace = dict[str, Any]


def interactive(drawing: TrendDrawing) -> Drawing:
    """The chart with Plotly. Shares are drawn in percent."""
    scale = 100.0 if drawing.measure.percent else 1.0
    small = 1.0 if drawing.width <= MANY_POINTS else SMALLER
    # What lies beneath comes first: with `zorder` Plotly would cut what reaches over the edge of the plot.
    traces = [
        *_lines(drawing.others, scale), *_points(drawing.other_points, scale), *_band(drawing, scale), *_lines(drawing.lines, scale),
        *_points(drawing.points, scale, small), *_numbers(drawing.uprights, scale),
    ]
    labels = {"tickvals": [level * scale for level, _ in drawing.levels], "ticktext": [label for _, label in drawing.levels]}
    y_axis = axis(range=[drawing.low * scale, drawing.high * scale], **labels)
    notes = [*(_name(y * scale, name) for y, name in drawing.names), *_letters(drawing.uprights)]
    looks = layout(
        HEIGHT, margin=margins(drawing), xaxis=_time_axis(drawing), yaxis=y_axis,
        shapes=[*_shades(drawing), *(_shape(upright) for upright in drawing.uprights)],
        **({"annotations": notes} if notes else {}),
    )
    return Drawing(figure_of(traces, looks), drawing.alt, drawing.key)


def margins(drawing: TrendDrawing) -> dict[str, int]:
    """The room around the plot, in pixels: for the labels of its axes, and the names of lines at its right edge."""
    return margin(
        left=18 + _CHARACTER * max(len(label) for _, label in drawing.levels),
        bottom=BELOW_PLOT + LABEL_LINE * max((len(lines) for _, lines in drawing.periods), default=1),
        right=10 + _CHARACTER * max(len(name) for _, name in drawing.names) if drawing.names else 12,
    )


def _trace(x: Sequence[float | None], y: Sequence[float | None], **more: Any) -> Trace:
    return {"type": "scatter", "x": x, "y": y, "hoverinfo": "skip", **more}


def _html(hover: Hover) -> str:
    """Plain text, in which Plotly would read HTML."""
    strong = f"<b>{_plain(hover.strong)}</b>" if hover.strong else ""
    return "<br>".join(part for part in (_plain(hover.above), strong, *map(_plain, hover.below)) if part)


def _plain(text: str) -> str:
    return plain_html(text).replace("\n", "<br>")


def _lines(lines: Iterable[Line], scale: float) -> list[Trace]:
    """A trace for each line; neighbours that look alike and say nothing under the pointer share one."""
    traces = []
    for (colour, width, dash, hover), group in itertools.groupby(lines, key=lambda each: (each.colour, each.width, each.dash, each.hover)):
        x: list[float | None] = []
        y: list[float | None] = []
        for path in itertools.chain.from_iterable(each.paths for each in group):
            x += [None] * bool(x) + [place for place, _ in path]
            y += [None] * bool(y) + [level * scale for _, level in path]
        said = {"hoverinfo": "text", "hovertext": _with_gaps(hover)} if hover else {}
        traces.append(_trace(x, y, mode="lines", line=line(colour, width, dash=dash), connectgaps=False, **said))
    return traces


def _with_gaps(hover: Sequence[Sequence[Hover]]) -> list[str]:
    texts: list[str] = []
    for path in hover:
        texts += [""] * bool(texts) + [_html(each) for each in path]
    return texts


def _band(drawing: TrendDrawing, scale: float) -> list[Trace]:
    """The intervals as one shaded shape for each stretch of neighbouring periods."""
    x: list[float | None] = []
    y: list[float | None] = []
    for stretch in drawing.band:
        rows = stretch
        if len(stretch) == 1:
            index, low, high = stretch[0]
            rows = ((index - 0.12, low, high), (index + 0.12, low, high))
        x += [place for place, _, _ in rows] + [place for place, _, _ in reversed(rows)] + [None]
        y += [high * scale for _, _, high in rows] + [low * scale for _, low, _ in reversed(rows)] + [None]
    return [_trace(x, y, mode="lines", line={"width": 0}, fill="toself", fillcolor=BAND)] if x else []


def _points(points: Sequence[Point], scale: float, size: float = 1.0) -> list[Trace]:
    traces = []
    for state, mark in POINT_MARKS.items():
        chosen = [point for point in points if point.state == state]
        if not chosen:
            continue
        marker = {"color": mark.colour, "symbol": mark.symbol, "size": mark.size * size, "line": line(mark.colour, mark.edge * size)}
        traces.append(_trace(
            [point.x for point in chosen], [point.y * scale for point in chosen], mode="markers", marker=marker, cliponaxis=False,
            hoverinfo="text", hovertext=[_html(point.hover()) for point in chosen],
        ))
    return traces


def _numbers(uprights: Sequence[Upright], scale: float) -> list[Trace]:
    """The numbers at the tops of the lines of changes, whose words appear under the pointer: one trace, or none."""
    changes = [(upright, upright.hover) for upright in uprights if upright.hover is not None]
    if not changes:
        return []
    return [_trace(
        [upright.x for upright, _ in changes], [upright.y * scale for upright, _ in changes], mode="markers+text", cliponaxis=False,
        marker={"color": CHANGE, "symbol": "circle", "size": CHANGE_SIZE, "line": {"width": 0}},
        text=[upright.label for upright, _ in changes], textposition="middle center",
        textfont={"color": ON_CHANGE, "size": FONT_SIZE - 1}, hoverinfo="text", hovertext=[_html(hover) for _, hover in changes],
    )]


def _shades(drawing: TrendDrawing) -> list[dict[str, Any]]:
    """The stretches that the data doesn't cover, from top to bottom beneath everything."""
    return [
        {
            "type": "rect", "x0": first - 0.5, "x1": last + 0.5, "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "fillcolor": NOT_COVERED, "line": {"width": 0},
        }
        for first, last in drawing.not_covered
    ]


def _shape(upright: Upright) -> dict[str, Any]:
    colour, width, dash = UPRIGHTS[upright.kind]
    below = {"layer": "below"} if upright.kind == "change" else {}  # below the numbers at their tops
    ends = {"x0": upright.x, "x1": upright.x, "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **ends, **below, "line": line(colour, width, dash=dash)}


def _letters(uprights: Sequence[Upright]) -> list[dict[str, Any]]:
    """The letters of changed definitions at the feet of their lines, where no points are."""
    return [
        {
            "text": f"<b>{upright.label}</b>", "x": upright.x, "yref": "paper", "y": 0, "yanchor": "bottom", "xanchor": "left", "xshift": 1,
            "showarrow": False, "font": {"size": FONT_SIZE - 1},
        }
        for upright in uprights if upright.kind == "definition"
    ]


def _name(height: float, name: str) -> dict[str, Any]:
    """A line's name at the right edge."""
    return {
        "text": name, "xref": "paper", "x": 1, "xanchor": "left", "xshift": 3, "y": height, "yanchor": "middle", "showarrow": False,
        "font": {"size": FONT_SIZE - 1},
    }


def _time_axis(drawing: TrendDrawing) -> dict[str, Any]:
    return axis(
        range=[-0.6, drawing.width - 0.4], tickvals=[index for index, _ in drawing.periods],
        ticktext=["<br>".join(lines) for _, lines in drawing.periods], showgrid=False,
        ticks="outside", ticklen=5, tickcolor="rgba(123, 135, 148, 0.6)", tickangle=0,
    )
