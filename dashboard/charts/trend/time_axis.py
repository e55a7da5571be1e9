"""The axis of periods: which of them get a label, and what it says."""

from __future__ import annotations

from collections.abc import Sequence

MOST_TICKS = 8
_YEAR_STARTS = {"quarter": ("Q1",), "month": ("-04",), "term": ("Autumn",)}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def tick_positions(labels: Sequence[str], by: str) -> list[int]:
    """Which periods get a label: all of a few, otherwise those that begin a year, thinned until they fit on a phone."""
    if len(labels) <= MOST_TICKS // 2:
        return list(range(len(labels)))
    ends = _YEAR_STARTS.get(by, ())
    starts = [index for index, label in enumerate(labels) if any(end in label[4:] for end in ends)] if ends else list(range(len(labels)))
    if len(starts) < 2:
        starts = list(range(0, len(labels), -(-len(labels) // 4)))
    return starts[:: -(-len(starts) // MOST_TICKS)]


def tick_label(label: str, by: str) -> tuple[str, ...]:
    """A period's label in at most two short lines."""
    if by == "quarter":
        year, quarter = label.split()
        return quarter, year
    if by == "term":
        year, term = label.split()
        return term, year
    if by == "month":
        year, month = label.split("-")
        return _MONTHS[int(month) - 1], year
    return (label,)
