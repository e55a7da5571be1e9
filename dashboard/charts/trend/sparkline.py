"""A small trend as a picture without axes: where a measure comes from, and where it stands against its target.

Drawn as SVG, because a page with a Plotly chart for each measure would take seconds to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.charts.svg import image, mark, polyline
from dashboard.charts.theme import COMMON_CAUSE, TARGET
from dashboard.charts.trend.drawing import mark_of, point_states, trend_lines
from dashboard.text.formatting import period_words, row_value
from metrics.judgement.trend import Trend

WIDTH, HEIGHT, ROOM = 200, 52, 8


def sparkline(trend: Trend, *, target_line: bool = True) -> str:
    """An <img> of the complete periods' values, the latest marked in the variation icon's colour and shape, and the target, if
    it is asked for, dashed."""
    lines = {line.name: line.levels for line in trend_lines(trend)}
    values, states = lines.get("value", ()), point_states(trend)
    target = trend.latest["target"] if trend.latest and target_line else None
    y = _scale([value for value in [*values, target] if value is not None])
    drawn = [(_x(index, len(values)), y(value), states[index]) for index, value in enumerate(values) if value is not None]
    complete = [(x, height) for x, height, state in drawn if state != "incomplete"]
    parts = [
        *([polyline([(0, y(target)), (WIDTH, y(target))], TARGET, 2, "6 4")] if target is not None else []),
        polyline(complete, COMMON_CAUSE, 2),
        *(mark(x, height, "incomplete", 0.8) for x, height, state in drawn if state == "incomplete"),
        *(mark(x, height, mark_of(trend.variation)) for x, height in complete[-1:]),
    ]
    return image("".join(parts), WIDTH, HEIGHT, alt(trend))


def alt(trend: Trend) -> str:
    """The picture in words."""
    rows = trend.taking_part
    if not rows.height:
        return "No complete period with a value"
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    return (
        f"From {row_value(trend.measure, first)} in {period_words(first)} "
        f"to {row_value(trend.measure, last)} in {period_words(last)}"
    )


def _scale(values: Sequence[float]) -> Callable[[float], float]:
    low, high = min(values, default=0.0), max(values, default=1.0)
    span = (high - low) or 1.0
    return lambda value: HEIGHT - ROOM - (value - low) / span * (HEIGHT - 2 * ROOM)


def _x(index: int, count: int) -> float:
    return ROOM + (WIDTH - 2 * ROOM) * (index / (count - 1) if count > 1 else 0.5)
