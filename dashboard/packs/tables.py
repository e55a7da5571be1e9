"""The pack as accessible tables: a cover, notes, and one table a sheet. How they are written to a file is for the writers.

After the Government Analysis Function's guidance for statistics in spreadsheets, which is ONS's too.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.charts.trend.drawing import line_columns
from dashboard.content.chart_tables import numerator_title
from dashboard.content.sentences import counted_words
from dashboard.packs.contents import OWN_WORDS, STAGES, Pack, Part, note_words
from dashboard.packs.wording import HIDDEN, why_missing
from dashboard.text.formatting import (
    EXACT,
    NO_VALUE,
    better_words,
    denominator_noun,
    long_date,
    lower_first,
    period_words,
    row_figure,
    upper_first,
)
from dashboard.text.protection import how_protected
from data_access.workspace import ActionRecord
from metrics.measures.kinds import Mean, Measure, Rate
from metrics.summary.summarise import State

Value = str | int | float | datetime.date
NONE = "none"
NOTES = "Notes"
INSTRUCTIONS = f"This worksheet contains one table. Words in place of numbers are explained on the worksheet '{NOTES}'."
NARROWEST, WIDEST = 12, 60
DECIMALS = 4


@dataclass(frozen=True)
class Sheet:
    """One table with what stands above it. `name` is the table's own, for whoever reads the file with a program.

    All rows have a value in each column: nothing is left empty.
    """

    label: str
    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class Book:
    """A whole spreadsheet. `cover` is told in paragraphs, by heading; `notes` are the meanings of words, by the word."""

    title: str
    author: str
    cover: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, str]
    sheets: tuple[Sheet, ...]


def book(pack: Pack) -> Book:
    """The spreadsheet of a pack."""
    sheets = [_summary(pack), *(sheet for number, part in enumerate(pack.parts, 1) for sheet in _of_part(number, part))]
    sheets += [sheet for sheet in (_changed(pack), _actions(pack), _changes(pack), _notes(pack)) if sheet.rows]
    return Book(f"{pack.stamp.authority}: {lower_first(pack.title)}", pack.stamp.made_by, cover(pack), meanings(pack), tuple(sheets))


def cover(pack: Pack) -> dict[str, tuple[str, ...]]:
    """The cover's paragraphs by heading."""
    own = (OWN_WORDS,) if any(part.actions or part.changes or part.notes for part in pack.parts) else ()
    return {
        "About this pack": (
            "Measures of NICE quality standard QS133, children's attachment, for an improvement meeting. It says what the pages of the "
            "dashboard say under the same filters.",
        ),
        "Where it is from": tuple(f"{name}: {value}" for name, value in pack.stamp.facts().items()),
        **({"Periods as they were released": pack.released} if pack.released else {}),
        **({"Before you share it": own} if own else {}),
    }


def meanings(pack: Pack) -> dict[str, str]:
    """What the words in cells mean, and how each measure is counted."""
    found = {
        HIDDEN: "The number is hidden to protect children: it is about very few of them.",
        NO_VALUE: "There is no number: nobody was counted, or the source of the numerator was not loaded.",
        NONE: "There is nothing of that kind, such as no target or no limits.",
        "95% confidence interval": "The range in which the true level probably lies.",
        "Average and limits": "Process control: the average and the limits between which nearly all periods lie while nothing changes.",
    }
    return found | {part.measure.title: _counted(part.measure) for part in pack.parts}


def _counted(measure: Measure) -> str:
    return " ".join(f"{better_words(measure)} {measure.nice}. {counted_words(measure).replace('**', '')}".split())


# --- sheets ---------------------------------------------------------------------------------------------------------


def _summary(pack: Pack) -> Sheet:
    columns = ("Statement", "Measure", "Period", "In a sentence", "What has changed", "Against the target", "Groups")
    rows = tuple(
        (
            part.statement.number, part.measure.title,
            upper_first(period_words(part.trend.latest)) if part.trend.latest else NO_VALUE,
            part.headline, part.empty or part.control, part.target if not part.empty else NONE, part.gap or NONE,
        )
        for part in pack.parts
    )
    return Sheet("Summary", "summary", f"Summary of {lower_first(pack.title)}", columns, rows, _about(pack.stamp.exact))


def _of_part(number: int, part: Part) -> list[Sheet]:
    """A measure's periods, and its groups in the latest one."""
    if part.empty and not part.trend.frame.height:
        return []
    title = part.measure.title
    trend = part.trend.told.rows(named=True)
    sheets = [Sheet(
        f"{number} over time", f"{part.measure.id}_over_time", f"{title}, by period", _columns(part, "Period"),
        tuple((upper_first(period_words(row)), *_numbers(part.measure, row), *_lines(part, row)) for row in trend),
        (part.headline + ".", *(() if part.empty else (part.control,)), *part.comparison),
    )]
    if part.groups.height and part.trend.latest:
        breakdown, columns = part.breakdown, _columns(part, part.breakdown.title)
        sheets.append(Sheet(
            f"{number} by group", f"{part.measure.id}_by_{breakdown.id}",
            f"{title} by {lower_first(breakdown.title)}, {period_words(part.groups.row(0, named=True))}",
            columns[: len(columns) - len(line_columns(part.trend))],
            tuple((breakdown.label(row[breakdown.id]), *_numbers(part.measure, row)) for row in part.groups.iter_rows(named=True)),
            (part.gap,) if part.gap else (),
        ))
    return sheets


def _columns(part: Part, first: str) -> tuple[str, ...]:
    measure = part.measure
    counts = () if isinstance(measure, Mean) else (numerator_title(measure),)
    unit = " (%)" if measure.percent else f" {measure.per_words}" if isinstance(measure, Rate) else ""
    value = ("As the page shows it", f"Value{unit}", f"95% confidence interval from{unit}", f"95% confidence interval to{unit}")
    return (first, *counts, upper_first(denominator_noun(measure)[1]), *value, *(f"{name}{unit}" for name, _ in line_columns(part.trend)))


def _numbers(measure: Measure, row: Mapping[str, Any]) -> tuple[Value, ...]:
    """What a row says in numbers; where one is missing, why. A hidden value hides its interval, too."""
    counts = () if isinstance(measure, Mean) else (_count(row, "numerator"),)
    shown = why_missing(row) if row["value"] is None or row["state"] != State.SHOWN.value else row_figure(measure, row)
    ends = [NONE if row["value"] is not None and row[name] is None else _scaled(measure, row, name) for name in ("lower", "upper")]
    return (*counts, _count(row, "denominator"), shown, _scaled(measure, row, "value"), *ends)


def _count(row: Mapping[str, Any], column: str) -> Value:
    found = row[column]
    return why_missing(row) if found is None else int(found) if float(found).is_integer() else float(found)


def _scaled(measure: Measure, row: Mapping[str, Any], column: str) -> Value:
    """A number in the unit of its column: percent for shares."""
    if row["state"] != State.SHOWN.value or row[column] is None:
        return why_missing(row)
    return _in_unit(measure, row[column])


def _in_unit(measure: Measure, value: float) -> float:
    return round(value * (100 if measure.percent else 1), DECIMALS)


def _lines(part: Part, row: Mapping[str, Any]) -> tuple[Value, ...]:
    return tuple(NONE if row[column] is None else _in_unit(part.measure, row[column]) for _, column in line_columns(part.trend))


def _changed(pack: Pack) -> Sheet:
    rows = tuple((number, sentence) for number, sentence in enumerate(pack.changed, 1))
    return Sheet("What changed", "what_changed", "What changed since the data before", ("Number", "What changed"), rows)


def _actions(pack: Pack) -> Sheet:
    columns = ("Measure", "Aim", "Change idea", "Owner", "Due", "Overdue", "Stage", "Outcome")
    today = pack.stamp.made_at.date()
    rows = tuple((part.measure.title, *_action(action, today)) for part in pack.parts for action in part.actions)
    return Sheet("Actions", "actions", "Improvement actions", columns, rows, (OWN_WORDS,))


def _action(action: ActionRecord, today: datetime.date) -> tuple[Value, ...]:
    return (
        action.aim, action.change_idea or NONE, action.owner, action.due or NONE, "yes" if action.overdue(today) else "no",
        STAGES[action.stage], action.outcome or NONE,
    )


def _changes(pack: Pack) -> Sheet:
    rows = tuple(
        (part.measure.title, change.on, change.words, change.rebase_reason or NONE) for part in pack.parts for change in part.changes
    )
    return Sheet("Changes", "changes", "Dated changes", ("Measure", "Day", "What was changed", "Reason for new limits"), rows, (OWN_WORDS,))


def _notes(pack: Pack) -> Sheet:
    rows = tuple((part.measure.title, note_words(note)) for part in pack.parts for note in part.notes)
    return Sheet("Notes on charts", "notes_on_charts", "Notes on charts", ("Measure", "Note"), rows, (OWN_WORDS,))


def _about(exact: bool) -> tuple[str, ...]:
    if exact:
        return (EXACT,)
    return (how_protected(), f"'{HIDDEN}' is a number that is hidden to protect children, '{NO_VALUE}' is none.")


def notes_sheet(book: Book) -> Sheet:
    """The notes as a sheet."""
    return Sheet(NOTES, "notes", "Notes", ("Word", "What it means"), tuple(book.notes.items()))


def widths(sheet: Sheet) -> list[int]:
    """A width for each column, in letters: longer text is wrapped."""
    longest = [max([len(value_words(row[column])) for row in sheet.rows], default=0) for column in range(len(sheet.columns))]
    words = [max(len(word) for word in name.split()) + 2 for name in sheet.columns]
    return [max(min(cell + 2, WIDEST), word, NARROWEST) for cell, word in zip(longest, words, strict=True)]


def lines_of(values: tuple[Value, ...], letters: list[int]) -> int:
    """How many lines the row needs in columns so wide."""
    return max(len(textwrap.wrap(value_words(value), max(width - 1, 1))) or 1 for value, width in zip(values, letters, strict=True))


def value_words(value: Value) -> str:
    """A cell's value as text."""
    return long_date(value) if isinstance(value, datetime.date) else str(value)
