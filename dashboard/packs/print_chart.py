"""A trend's chart for paper: where each of its parts lies, in shares of the width and the height, for the page's own drawing."""

from __future__ import annotations

from typing import Any

from dashboard.charts.theme import MARKS
from dashboard.charts.trend.drawing import TrendDrawing, trend_drawing
from dashboard.packs.contents import Part

NARROWER = 0.6
"""Lines are as wide in points as they are on the page in pixels times this."""
DASHES: dict[str, list[float]] = {"solid": [], "dash": [4, 3], "longdashdot": [7, 3, 1.5, 3]}
"""A description's dashes, in points."""


def drawn(part: Part) -> dict[str, Any]:
    """The trend's chart: `lines`, `shades`, `band`, `marks`, the axes' labels, its alt text and its key in words."""
    chart = trend_drawing(part.trend, comparison=part.compared)
    return {
        "alt": chart.alt, "key": " ".join(f"{item.words}." for item in chart.key),
        "ticks": [{"y": _y(chart, level), "label": label} for level, label in chart.levels],
        "labels": [{"x": _x(chart, index), "label": list(lines)} for index, lines in chart.periods],
        "shades": [[_x(chart, first - 0.5), _x(chart, last + 0.5)] for first, last in chart.not_covered],
        "band": [
            [[_x(chart, x), _y(chart, low)] for x, low, _ in stretch]
            + [[_x(chart, x), _y(chart, high)] for x, _, high in reversed(stretch)]
            for stretch in chart.band if len(stretch) > 1
        ],
        "lines": [
            {"points": [[_x(chart, x), _y(chart, level)] for x, level in path], "colour": line.colour, "width": line.width * NARROWER,
             "dash": dashes(line.dash)}
            for line in (*chart.others, *chart.lines) for path in line.paths if len(path) > 1
        ],
        "marks": [
            {"x": _x(chart, point.x), "y": _y(chart, point.y), "shape": MARKS[point.state].symbol, "colour": MARKS[point.state].colour}
            for point in chart.points
        ],
    }


def dashes(dash: str) -> list[float]:
    """A description's dash in points; lengths such as '9px,4px' are given in pixels."""
    if dash in DASHES:
        return DASHES[dash]
    return [float(length) * NARROWER for length in dash.replace("px", "").split(",")] if dash[:1].isdigit() else [2, 2]


def _x(chart: TrendDrawing, place: float) -> float:
    return (place + 0.5) / chart.width


def _y(chart: TrendDrawing, level: float) -> float:
    return (level - chart.low) / (chart.high - chart.low)
