"""A small trend as a picture without axes: where a measure comes from, and where it stands against its target.

Drawn as SVG, because a page with a Plotly chart for each measure would take seconds to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import quote

from dashboard.charts.theme import COMMON_CAUSE, CONCERN, IMPROVEMENT, TARGET
from dashboard.sentences import taking_part
from dashboard.words import period_words, value_words
from metrics.trend import Trend

WIDTH, HEIGHT, ROOM = 200, 52, 8
_COLOURS = {"improvement": IMPROVEMENT, "concern": CONCERN}


def sparkline(trend: Trend, *, target_line: bool = True) -> str:
    """An <img> of the complete periods' values, the latest marked in the variation icon's colour and shape, and the target, if
    it is asked for, dashed."""
    values = trend.frame["value"].to_list()
    complete = trend.frame["complete"].to_list()
    target = trend.latest["target"] if trend.latest and target_line else None
    y = _scale([value for value in [*values, target] if value is not None])
    points = [(_x(index, len(values)), y(value)) for index, value in enumerate(values) if value is not None and complete[index]]
    hollow = [(_x(index, len(values)), y(value)) for index, value in enumerate(values) if value is not None and not complete[index]]
    drawn = [
        _line([(0, y(target)), (WIDTH, y(target))], TARGET, 'stroke-dasharray="6 4"') if target is not None else "",
        _line(points, COMMON_CAUSE),
        *(f'<circle cx="{x:.1f}" cy="{h:.1f}" r="4" fill="none" stroke="{COMMON_CAUSE}" stroke-width="2"/>' for x, h in hollow),
        _last(points[-1], trend.variation) if points else "",
    ]
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(drawn)}</svg>'
    return f'<img alt="{alt(trend)}" width="{WIDTH}" height="{HEIGHT}" src="data:image/svg+xml,{quote(svg)}">'


def alt(trend: Trend) -> str:
    """The picture in words."""
    rows = taking_part(trend)
    if not rows.height:
        return "No complete period with a value"
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    return (
        f"From {value_words(trend.measure, first['value'])} in {period_words(first)} "
        f"to {value_words(trend.measure, last['value'])} in {period_words(last)}"
    )


def _scale(values: Sequence[float]) -> Callable[[float], float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = (high - low) or 1.0
    return lambda value: HEIGHT - ROOM - (value - low) / span * (HEIGHT - 2 * ROOM)


def _x(index: int, count: int) -> float:
    return ROOM + (WIDTH - 2 * ROOM) * (index / (count - 1) if count > 1 else 0.5)


def _line(points: Sequence[tuple[float, float]], colour: str, more: str = "") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" {more}/>'


def _last(point: tuple[float, float], variation: str | None) -> str:
    """The latest complete point: a diamond for improvement, a square for concern, otherwise a circle, as in the big charts."""
    x, y = point
    state = (variation or "").split("_")[0]
    colour = _COLOURS.get(state, COMMON_CAUSE)
    if state == "improvement":
        return f'<path d="M{x:.1f} {y - 7:.1f} l7 7 l-7 7 l-7 -7 Z" fill="{colour}"/>'
    if state == "concern":
        return f'<rect x="{x - 5.5:.1f}" y="{y - 5.5:.1f}" width="11" height="11" fill="{colour}"/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
