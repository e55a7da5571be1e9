"""Dated changes on a trend's chart: an upright line on the day, with a number at its top that the chart's key explains."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Sequence

import polars as pl

from dashboard.charts.theme import KeyItem
from dashboard.charts.trend.parts import Hover, Upright
from dashboard.text.formatting import long_date
from data_access.workspace import ChangeRecord

LONGEST_WORDS = 160
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


def change_uprights(placed: Sequence[tuple[float, ChangeRecord]], width: int, low: float, high: float) -> list[Upright]:
    """A line for each, numbered from 1 at its top; the number is lower where it would cover the one before. `width`: how many periods."""
    found: list[Upright] = []
    for number, (x, change) in enumerate(placed, start=1):
        lowered = bool(found) and x - found[-1].x < _LEAST_APART * width and found[-1].y == high
        hover = Hover(long_date(change.on), below=tuple(textwrap.wrap(_shortened(change.words), 38)))
        found.append(Upright("change", x, str(number), high - _STEP * (high - low) if lowered else high, hover))
    return found


def change_key(placed: Sequence[tuple[float, ChangeRecord]]) -> list[KeyItem]:
    """Each line with its number, day and words."""
    return [KeyItem("change", f"Line {number}, {words}") for number, words in enumerate(change_words(placed), start=1)]


def change_words(placed: Sequence[tuple[float, ChangeRecord]]) -> list[str]:
    """'1 September 2024: The assessment team is at full strength', cut where it is long."""
    return [f"{long_date(change.on)}: {_shortened(change.words)}" for _, change in placed]


def _shortened(words: str) -> str:
    return textwrap.shorten(words, LONGEST_WORDS, placeholder=" …")
