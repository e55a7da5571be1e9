"""Numbers of a summary's row in a pack's tables: what is hidden or missing is said in words, never left empty and never 0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dashboard.words import NO_VALUE, figure, number
from metrics.kinds import Measure
from metrics.summarise import State

HIDDEN = "hidden"
"""The short word, where a cell has no room for more; what it means stands beside the table."""


def why_missing(row: Mapping[str, Any]) -> str:
    """Why a number of the row isn't there."""
    return HIDDEN if row["state"] == State.HIDDEN.value else NO_VALUE


def count(row: Mapping[str, Any], column: str) -> str:
    """The numerator or denominator, or why there is none."""
    return why_missing(row) if row[column] is None else number(row[column])


def value(measure: Measure, row: Mapping[str, Any]) -> str:
    """The value, or why there is none."""
    return why_missing(row) if row["state"] != State.SHOWN.value or row["value"] is None else figure(measure, row["value"])


def unmarked(markdown: str) -> str:
    """Markdown as plain words: without stars, and links as what they are called."""
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", markdown.replace("**", ""))
