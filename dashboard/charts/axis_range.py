"""The axis of a chart of groups, and intervals that go on beyond it: a very small group's would leave those of all others flat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.charts.theme import KeyItem
from metrics.measures.kinds import Measure

FAR = 2.0
"""An interval that reaches so many times as far as all else would leave all else less than half of the chart."""
BEYOND = KeyItem("beyond", "Arrow: the interval goes on, further than there is room for")


def value_range(measure: Measure, levels: Sequence[float], intervals: Sequence[tuple[float | None, float | None]]) -> list[float]:
    """From 0, so that distances can be compared from measure to measure; an average score from near its lowest.

    `levels`: the values and whatever is drawn beside them. `intervals`: the lower and upper end of each group's, if it has one.
    """
    lower, upper = [low for low, _ in intervals if low is not None], [high for _, high in intervals if high is not None]
    if measure.kind == "mean":
        high, low = max([*levels, *upper], default=1.0) or 1.0, min([*levels, *lower], default=0.0)
        return [low - (high - low) * 0.08 - 0.1, high + (high - low) * 0.08 + 0.1]
    high = axis_end(upper, levels) * (100 if measure.percent else 1)
    return [-high * 0.02, min(high * 1.06, 102.0) if measure.percent else high * 1.06]


def axis_end(ends: Sequence[float], levels: Sequence[float]) -> float:
    """Where an axis that begins at 0 ends: at the furthest of the upper `ends` of intervals, but for those of fewer than half of the
    groups that reach far further than all else. The `levels` (values, targets) are always within."""
    longest = sorted(ends, reverse=True)
    found = max([*longest, *levels], default=0.0)
    for left_out in range(1, (len(longest) + 1) // 2):
        rest = max([*longest[left_out:], *levels])
        if longest[left_out - 1] > FAR * rest > 0:
            found = rest
    return found or 1.0


def arrow(row: int, end: float, colour: str) -> dict[str, Any]:
    """The mark, at the end of the axis, of an interval that goes on."""
    return {
        "type": "scatter", "mode": "markers", "x": [end], "y": [row], "cliponaxis": False, "hoverinfo": "skip",
        "marker": {"color": colour, "size": 10, "symbol": "triangle-right"},
    }
