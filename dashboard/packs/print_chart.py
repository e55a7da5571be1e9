"""A chart for paper: where each of its parts lies, in shares of the width and the height, for the page's own drawing."""

from __future__ import annotations

import itertools
from typing import Any

from dashboard.charts.theme import AVERAGE, COMMON_CAUSE, TARGET
from dashboard.charts.trend import point_states, tick_label, tick_positions
from dashboard.packs.contents import Part
from dashboard.packs.scales import Scale, decimals, scale
from dashboard.sentences import grain, trend_alt
from dashboard.words import figure
from metrics.trend import Trend

Point = list[float]
LINES = (
    ("target", TARGET, 1.4, "dashed"), ("mean", AVERAGE, 1.2, "solid"), ("median", AVERAGE, 1.2, "solid"),
    ("upper_limit", AVERAGE, 0.8, "dashed"), ("lower_limit", AVERAGE, 0.8, "dashed"),
)
KEY = {
    "improvement": "blue diamond: improvement that is more than chance", "concern": "orange square: a change for the worse that is more "
    "than chance", "incomplete": "hollow circle: not complete yet", "hidden": "cross: hidden to protect children",
}
LINE_KEY = {
    "target": "purple dashes: the target", "mean": "solid grey line: the average", "median": "solid grey line: the median",
    "upper_limit": "grey dashes: the limits; chance alone keeps nearly all points between them",
    "lower": "grey area: the 95 % interval",
}


def drawn(part: Part) -> dict[str, Any]:
    """The trend's chart: `lines`, `band`, `marks`, the axes' labels, its alt text and its key in words."""
    trend = part.trend
    names = ("value", "lower", "upper", *(name for name, *_ in LINES))
    found = scale(part.measure, [value for name in names for value in trend.frame[name]])
    labels = trend.frame["period"].to_list()
    by = grain(trend)
    return {
        "alt": trend_alt(trend), "key": _key(trend),
        "ticks": [{"y": found.place(level), "label": figure(part.measure, level, decimals(part.measure, found))} for level in found.ticks],
        "labels": [{"x": _x(index, len(labels)), "label": tick_label(labels[index], by).split("<br>")}
                   for index in tick_positions(labels, by)],
        "band": _band(trend, found),
        "lines": [
            *({"points": points, "colour": colour, "width": width, "dash": dash}
              for name, colour, width, dash in LINES for points in _stretches(trend, name, found)),
            *({"points": points, "colour": COMMON_CAUSE, "width": 1.2, "dash": "solid"} for points in _stretches(trend, "value", found)),
        ],
        "marks": _marks(trend, found),
    }


def _x(index: int, count: int) -> float:
    return (index + 0.5) / count


def _stretches(trend: Trend, column: str, found: Scale) -> list[list[Point]]:
    """A line's points, apart where a period has no number; a single one becomes a short line."""
    levels = trend.frame[column].to_list()
    count = len(levels)
    parts = []
    for there, group in itertools.groupby(range(count), key=lambda index: levels[index] is not None):
        if there:
            points = [[_x(index, count), found.place(levels[index])] for index in group]
            (first, height), alone = points[0], len(points) == 1
            parts.append([[first - 0.2 / count, height], [first + 0.2 / count, height]] if alone else points)
    return parts


def _band(trend: Trend, found: Scale) -> list[list[Point]]:
    """The intervals as shapes."""
    rows = trend.frame.select("lower", "upper").rows()
    parts = []
    for there, group in itertools.groupby(range(len(rows)), key=lambda index: None not in rows[index]):
        inside = list(group)
        if there and len(inside) > 1:
            below = [[_x(index, len(rows)), found.place(rows[index][0])] for index in inside]
            above = [[_x(index, len(rows)), found.place(rows[index][1])] for index in reversed(inside)]
            parts.append(below + above)
    return parts


def _marks(trend: Trend, found: Scale) -> list[dict[str, Any]]:
    values = trend.frame["value"].to_list()
    states = point_states(trend)
    return [
        {"x": _x(index, len(values)), "y": 0.03 if value is None else found.place(value), "state": state}
        for index, (value, state) in enumerate(zip(values, states, strict=True)) if state
    ]


def _key(trend: Trend) -> str:
    states = set(point_states(trend))
    told = [words for state, words in KEY.items() if state in states]
    told += [words for name, words in LINE_KEY.items() if trend.frame[name].drop_nulls().len()]
    return f"Circles: the value of each {grain(trend)}. {'; '.join(told)}."
