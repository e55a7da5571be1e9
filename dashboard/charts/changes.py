"""Dated changes on a trend's chart: an upright line on the day, with a number at its top that the chart's key explains."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence
from typing import Any

import polars as pl

from dashboard.charts.theme import CHANGE, FONT_SIZE, ON_CHANGE, KeyItem, line, plain_html
from dashboard.words import long_date
from data_access.workspace import ChangeRecord

LONGEST_WORDS = 160
SIZE = 20
_LEAST_APART = 0.055
"""Of the chart's width, so that two numbers don't cover each other on a phone."""
_STEP = 0.13
"""Of the chart's height: how much lower a number is that would cover the one before it."""


def places(frame: pl.DataFrame, changes: Sequence[ChangeRecord]) -> list[tuple[float, ChangeRecord]]:
    """The changes that fall into the periods of a trend's frame, by their day, each with its place on the axis of periods (0-based,
    a period reaches from half a unit before its number to half a unit after it)."""
    rows = frame.select("period_start", "period_end", "complete").rows()
    found = []
    for change in sorted(changes, key=lambda change: change.on):
        index = next((i for i, (start, end, _) in enumerate(rows) if start <= change.on <= end), None)
        if index is not None:
            days = (change.on - rows[index][0]).days
            found.append((index - 0.5 + days / _length(rows, index), change))
    return found


def _length(rows: Sequence[tuple[datetime.date, datetime.date, bool]], index: int) -> int:
    """A period's days; one that is not complete yet is taken to be as long as the one before it."""
    start, end, complete = rows[index]
    if not complete and index:
        start, end = rows[index - 1][0], rows[index - 1][1]
    return (end - start).days + 1


def change_shapes(placed: Sequence[tuple[float, ChangeRecord]]) -> list[dict[str, Any]]:
    """The upright lines, below the numbers at their tops."""
    style = {"type": "line", "yref": "paper", "y0": 0, "y1": 1, "layer": "below", "line": line(CHANGE, 1.5)}
    return [{**style, "x0": x, "x1": x} for x, _ in placed]


def change_marks(placed: Sequence[tuple[float, ChangeRecord]], width: int, low: float, high: float) -> list[dict[str, Any]]:
    """The numbers at the lines' tops, whose words appear under the pointer: one trace, or none. `width` is the number of periods."""
    if not placed:
        return []
    heights: list[float] = []
    for index, (x, _) in enumerate(placed):
        lowered = index > 0 and x - placed[index - 1][0] < _LEAST_APART * width and heights[-1] == high
        heights.append(high - _STEP * (high - low) if lowered else high)
    return [{
        "type": "scatter", "x": [x for x, _ in placed], "y": heights, "mode": "markers+text", "cliponaxis": False,
        "marker": {"color": CHANGE, "symbol": "circle", "size": SIZE, "line": {"width": 0}},
        "text": [str(number) for number in range(1, len(placed) + 1)], "textposition": "middle center",
        "textfont": {"color": ON_CHANGE, "size": FONT_SIZE - 1}, "hoverinfo": "text",
        "hovertext": [f"<b>{long_date(change.on)}</b><br>{_wrapped(change.words)}" for _, change in placed],
    }]


def change_key(placed: Sequence[tuple[float, ChangeRecord]]) -> list[KeyItem]:
    """Each line with its number, day and words."""
    return [KeyItem("change", f"Line {number}, {words}") for number, words in enumerate(change_words(placed), start=1)]


def change_words(placed: Sequence[tuple[float, ChangeRecord]]) -> list[str]:
    """'1 September 2024: The assessment team is at full strength', cut where it is long."""
    return [f"{long_date(change.on)}: {textwrap.shorten(change.words, LONGEST_WORDS, placeholder=' …')}" for _, change in placed]


def _wrapped(words: str) -> str:
    """Words on lines that fit a phone, with nothing in them that Plotly would read as HTML."""
    lines = textwrap.wrap(textwrap.shorten(words, LONGEST_WORDS, placeholder=" …"), 38)
    return "<br>".join(plain_html(part) for part in lines)
