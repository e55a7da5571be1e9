"""Numbers of a summary's row in a pack's tables: what is hidden or missing is said in words, never left empty and never 0."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dashboard.text.formatting import NO_VALUE, number, row_figure
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State

HIDDEN = "hidden"
"""The short word, where a cell has no room for more; what it means stands beside the table."""


def why_missing(row: Mapping[str, Any]) -> str:
    """Why a number of the row isn't there."""
    return {State.HIDDEN.value: HIDDEN, State.NOT_COVERED.value: "not covered"}.get(row["state"], NO_VALUE)


def count(row: Mapping[str, Any], column: str) -> str:
    """The numerator or denominator, or why there is none."""
    return why_missing(row) if row[column] is None else number(row[column])


def value(measure: Measure, row: Mapping[str, Any]) -> str:
    """The value, or why there is none."""
    return why_missing(row) if row["state"] != State.SHOWN.value or row["value"] is None else row_figure(measure, row)


def unmarked(markdown: str) -> str:
    """Markdown as plain words: without stars, and links as what they are called."""
    return re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", markdown.replace("**", ""))


def without_names(sentence: str) -> str:
    """A sentence without the names of files and tables, which say nothing to a meeting: 'the local extract 'carer_training'' is 'data on
    carer training'."""
    plain = re.sub(r"the local extract '(\w+)'", lambda found: f"data on {found[1].replace('_', ' ')}", sentence)
    plain = plain.replace("the SSDA903 table PrevPerm", "the return's data on earlier permanence")
    plain = re.sub(r", which (was|were) not among the files that were loaded\.", r", which \1 not loaded.", plain)
    return re.sub(r" Load the files again together with (it|them)\.", "", plain)
