"""The pack on paper: a tagged PDF that a screen reader can read (PDF/UA), typeset with Typst, its charts drawn as vectors."""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import typst

from dashboard.content.chart_tables import groups_table, trend_table
from dashboard.content.sentences import counted_words, hidden_groups_sentence, without_hidden
from dashboard.packs.contents import OWN_WORDS, Pack, Part, action_words, change_words, note_words
from dashboard.packs.print_chart import drawn
from dashboard.text.formatting import HIDDEN, lower_first

TEMPLATE = Path(__file__).resolve().parent / "printable.typ"
HIDDEN_NOTE = "Hidden to protect children: about very few of them."
PERIODS = 8
"""How many of the latest periods the table has; the chart has them all."""
LEFT_OUT = ("Target", "Average", "Lower limit", "Upper limit", "Median", "Unusual")
"""Columns of the page's table for which there is no room on paper: the chart has them."""
_UNKNOWN = re.compile(r"[^\n\t\x20-\x7e\xa0-\u04ff\u2000-\u22ff]")
"""All but Latin, Greek and Cyrillic letters, punctuation and the signs of mathematics."""


def printable(pack: Pack) -> bytes:
    """The PDF. What people wrote reaches the template as data, so nothing in it is read as markup."""
    contents = {
        "title": pack.title, "authority": pack.stamp.authority, "author": pack.stamp.made_by, "exact": pack.stamp.exact,
        "facts": list(pack.stamp.facts().items()), "sharing": pack.stamp.sharing, "changed": list(pack.changed),
        "own_words": OWN_WORDS if any(part.actions or part.changes or part.notes for part in pack.parts) else "",
        "discuss": [list(thing) for thing in pack.discuss], "nothing": pack.nothing_to_discuss,
        "left_out": [list(measure) for measure in pack.left_out],
        "parts": [_part(part, pack.stamp.made_at.date()) for part in pack.shown],
        "version": pack.stamp.data_version,
    }
    try:
        return _typeset(contents, pack.stamp.made_at)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return _typeset(_in_known_letters(contents), pack.stamp.made_at)


def _typeset(contents: dict[str, Any], made_at: datetime.datetime) -> bytes:
    return typst.compile(
        str(TEMPLATE), format="pdf", sys_inputs={"contents": json.dumps(contents)}, pdf_standards="ua-1",
        timestamp=made_at.replace(microsecond=0, tzinfo=datetime.UTC),
    )


def _in_known_letters(held: Any) -> Any:
    """The same with a box for each character that the fonts may lack, an emoji in a note for instance: PDF/UA allows no such gap."""
    if isinstance(held, str):
        return _UNKNOWN.sub("□", held)
    if isinstance(held, dict):
        return {key: _in_known_letters(value) for key, value in held.items()}
    return [_in_known_letters(each) for each in held] if isinstance(held, list | tuple) else held


def _part(part: Part, today: datetime.date) -> dict[str, Any]:
    has_values = bool(part.trend.frame["value"].drop_nulls().len())
    return {
        "title": part.measure.title, "statement": f"Statement {part.statement.number}. {part.measure.nice}.",
        "headline": f"{part.headline}.", "control": part.control,
        "said": [words for words in (f"{part.period} {part.target}", part.gap, part.hidden, *part.comparison) if words],
        "chart": drawn(part) if has_values else None,
        "tables": [table for table in (_over_time(part), _by_group(part)) if table] if has_values else [],
        "lists": [
            {"title": title, "items": items} for title, items in (
                ("Actions", [action_words(action, today) for action in part.actions]),
                ("Changes", [change_words(change) for change in part.changes]), ("Notes", [note_words(note) for note in part.notes]),
            ) if items
        ],
        "counted": [line for line in counted_words(part.measure).replace("**", "").split("\n\n") if line],
    }


def _over_time(part: Part) -> dict[str, Any]:
    labels = part.trend.frame["period"].reverse().alias("Period")  # shorter than in words: there are two tables beside each other
    table = trend_table(part.trend).with_columns(labels).head(PERIODS)
    title = "By period" if part.trend.frame.height <= PERIODS else f"The latest {PERIODS} periods"
    return _table(title, table.drop(name for name in LEFT_OUT if name in table.columns))


def _by_group(part: Part) -> dict[str, Any] | None:
    if not part.groups.height:
        return None
    shown, hidden = without_hidden(part.groups)
    rows = groups_table(part.measure, part.breakdown, shown)
    note = hidden_groups_sentence(hidden, part.groups.height) if hidden else ""
    return _table(f"By {lower_first(part.breakdown.title)}", rows, note)


def _table(title: str, table: pl.DataFrame, note: str = "") -> dict[str, Any]:
    """A table's cells as text, with a note below. Markdown's backslashes are the page's; an empty cell is said to have nothing."""
    rows = [[(text or "").replace("\\", "") or ("hidden" if HIDDEN in row else "none") for text in row] for row in table.rows()]
    hidden = any(HIDDEN in text for row in rows for text in row)
    return {"title": title, "columns": table.columns, "rows": rows, "note": note or (HIDDEN_NOTE if hidden else "")}
