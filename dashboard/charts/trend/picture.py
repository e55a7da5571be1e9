"""A trend's chart as a picture: the same lines, marks and colours as the page's interactive chart, without a script in the browser.

Its text follows the page's light or dark theme: inside an <img>, `prefers-color-scheme` is that of the element that holds it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator

from dashboard.charts.svg import dashes, image, mark, polyline
from dashboard.charts.theme import BAND, CHANGE, COMMON_CAUSE, FONT_SIZE, GRID, NOT_COVERED, ON_CHANGE, TEXT, TICK_SIZE, UPRIGHTS
from dashboard.charts.trend.drawing import TrendDrawing
from dashboard.charts.trend.interactive import CHANGE_SIZE, HEIGHT, LABEL_LINE, MANY_POINTS, SMALLER, margins

WIDTH, PAD = 640, 9
"""Pixels: a picture's usual width, and how far the labels of its axes are from the plot."""
Place = Callable[[float], float]

STYLE = (
    f"<style>text{{font-family:'Source Sans','Source Sans 3',sans-serif;font-size:{TICK_SIZE}px;fill:{TEXT[0]}}}"
    f"@media(prefers-color-scheme:dark){{text{{fill:{TEXT[1]}}}}}</style>"
)


def trend_picture(drawing: TrendDrawing, width: int = WIDTH, height: int = HEIGHT) -> str:
    """An <img> with the chart and its alternative text. It shrinks with its container and keeps its proportions: give the `width` in
    pixels at which it is mostly seen, so that its words are as large as the page's."""
    room = margins(drawing)
    left, right, top, bottom = room["l"], width - room["r"], room["t"], height - room["b"]

    def x(place: float) -> float:
        return left + (place + 0.6) / (drawing.width + 0.2) * (right - left)

    def y(level: float) -> float:
        return bottom - (level - drawing.low) / (drawing.high - drawing.low) * (bottom - top)

    frame = f'<clipPath id="plot"><rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"/></clipPath>'
    parts = [
        STYLE, frame, *_levels(drawing, left, right, y), *_periods(drawing, x, bottom),
        '<g clip-path="url(#plot)">', *_shades(drawing, x, top, bottom), *_uprights(drawing, x, top, bottom),
        *_shapes(drawing, x, y), "</g>",
        *_points(drawing, x, y), *_labels(drawing, x, y, bottom, right),
    ]
    return image("".join(parts), width, height, drawing.alt, "max-width:100%;height:auto")


def _levels(drawing: TrendDrawing, left: float, right: float, y: Place) -> Iterator[str]:
    for level, label in drawing.levels:
        yield polyline([(left, y(level)), (right, y(level))], GRID, 1)
        yield _text(left - PAD, y(level) + 4.5, label, "end")


def _periods(drawing: TrendDrawing, x: Place, bottom: float) -> Iterator[str]:
    for index, lines in drawing.periods:
        yield polyline([(x(index), bottom + PAD), (x(index), bottom + PAD + 5)], COMMON_CAUSE, 1)
        yield from (_text(x(index), bottom + PAD + 19 + LABEL_LINE * number, line, "middle") for number, line in enumerate(lines))


def _shades(drawing: TrendDrawing, x: Place, top: float, bottom: float) -> Iterator[str]:
    """The stretches that the data doesn't cover."""
    for first, last in drawing.not_covered:
        left, right = x(first - 0.5), x(last + 0.5)
        place = f'x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{bottom - top}"'
        yield f'<rect {place} fill="{NOT_COVERED}"/>'


def _uprights(drawing: TrendDrawing, x: Place, top: float, bottom: float) -> Iterator[str]:
    for upright in drawing.uprights:
        colour, width, dash = UPRIGHTS[upright.kind]
        yield polyline([(x(upright.x), top), (x(upright.x), bottom)], colour, width, dashes(dash))


def _shapes(drawing: TrendDrawing, x: Place, y: Place) -> Iterator[str]:
    """Lines and band, in the order in which they lie upon each other."""
    def lines(of: str) -> Iterator[str]:
        for line in getattr(drawing, of):
            for path in line.paths:
                if len(path) > 1:
                    yield polyline([(x(place), y(level)) for place, level in path], line.colour, line.width, dashes(line.dash))

    yield from lines("others")
    for stretch in drawing.band:
        rows = stretch if len(stretch) > 1 else [(stretch[0][0] + aside, *stretch[0][1:]) for aside in (-0.12, 0.12)]
        edge = [(x(place), y(high)) for place, _, high in rows] + [(x(place), y(low)) for place, low, _ in reversed(rows)]
        yield f'<polygon points="{" ".join(f"{across:.1f},{up:.1f}" for across, up in edge)}" fill="{BAND}"/>'
    yield from lines("lines")


def _points(drawing: TrendDrawing, x: Place, y: Place) -> Iterator[str]:
    small = 1.0 if drawing.width <= MANY_POINTS else SMALLER
    for points, size in ((drawing.other_points, 1.0), (drawing.points, small)):
        yield from (mark(x(point.x), y(point.y), point.state, size) for point in points)


def _labels(drawing: TrendDrawing, x: Place, y: Place, bottom: float, right: float) -> Iterator[str]:
    """The names of lines at the right edge, the letters of changed definitions and the numbers of dated changes."""
    yield from (_text(right + 4, y(height) + 4.5, name, "start") for height, name in drawing.names)
    for upright in drawing.uprights:
        if upright.kind == "definition":
            yield _text(x(upright.x) + 2, bottom - 3, upright.label, "start", "font-weight:700")
        elif upright.kind == "change":
            centre, height = x(upright.x), max(y(upright.y), CHANGE_SIZE / 2)
            yield f'<circle cx="{centre:.1f}" cy="{height:.1f}" r="{CHANGE_SIZE / 2:g}" fill="{CHANGE}"/>'
            yield _text(centre, height + 4.5, upright.label, "middle", f"fill:{ON_CHANGE};font-size:{FONT_SIZE - 1}px")


def _text(x: float, y: float, words: str, anchor: str, style: str = "") -> str:
    more = f' style="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(words)}</text>'
