"""The baseline assessment of QS133, in the shape of NICE's service improvement template: each statement with its current position,
evidence, gap, action, owner and date.

NICE: 'Quality standards: service improvement template' and the baseline assessment tools that come with its guidance.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dashboard.figures.workspace_records import Written
from dashboard.packs.contents import STAGES, Pack, Part
from dashboard.packs.tables import NONE, Book, Sheet, Value, cover, meanings
from dashboard.text.formatting import listing, long_date, lower_first, plural, upper_first
from data_access.workspace import EvidenceRecord, EvidenceState, Stage
from metrics.judgement.targets import TargetStatus
from metrics.measures.catalogue import statements
from metrics.measures.kinds import Evidence, Statement

COLUMNS = ("Quality statement", "What NICE asks for", "Kind", "Current position", "Evidence", "Gap", "Action", "Owner", "Date")
SUMMARY = ("Quality statement", "In NICE's words", "Current position", "Evidence", "Gap", "Actions", "Owners", "Next date")
STATES = {EvidenceState.IN_PLACE: "In place", EvidenceState.PARTLY: "Partly in place", EvidenceState.NOT_IN_PLACE: "Not in place"}
NO_EVIDENCE = "No evidence recorded yet."
Row = tuple[Value, ...]


def baseline_book(pack: Pack, written: Written) -> Book:
    """The assessment as a spreadsheet. `pack` has the measures of all statements, `written` the evidence."""
    known = {id: item.record for id, item in written.evidence().items()}
    today = pack.stamp.made_at.date()
    details = tuple(row for statement in statements() for row in _details(statement, pack, known, today))
    summary = tuple(_summary(statement, pack, known, today) for statement in statements())
    return Book(
        f"{pack.stamp.authority}: baseline assessment, NICE quality standard QS133", pack.stamp.made_by, cover(pack), meanings(pack),
        (
            Sheet("Statements", "statements", "Baseline assessment by quality statement", SUMMARY, summary),
            Sheet("In detail", "in_detail", "Baseline assessment by what NICE asks for", COLUMNS, details),
        ),
    )


def _details(statement: Statement, pack: Pack, known: dict[str, EvidenceRecord], today: datetime.date) -> list[Row]:
    """A row for each structure measure, and one for each action on each measure (or one, where there is none)."""
    name = _name(statement)
    rows: list[Row] = [(name, *_structure(structure, known.get(structure.id), today)) for structure in statement.structure]
    for part in _parts(statement, pack):
        told = (name, part.measure.title, part.measure.nice, _position(part), part.period or NONE, _gap(part))
        actions = part.actions or (None,)
        rows += [
            (*told, *((NONE, NONE, NONE) if action is None else (
                f"{action.aim} ({STAGES[action.stage].lower()})", action.owner, action.due or NONE,
            ))) for action in actions
        ]
    return rows


def _structure(structure: Evidence, record: EvidenceRecord | None, today: datetime.date) -> Row:
    words = upper_first(structure.words)
    if record is None:
        return words, "Structure", "Nothing recorded", NO_EVIDENCE, "Not known until somebody writes it down", NONE, NONE, NONE
    link = f" ({record.link})" if record.link else ""
    gap = "No gap" if record.state is EvidenceState.IN_PLACE else f"{STATES[record.state]}: see the evidence"
    due = (f"Review {long_date(record.review_date)}" + (" (overdue)" if record.overdue(today) else "")) if record.review_date else NONE
    return words, "Structure", STATES[record.state], f"{record.words}{link}", gap, NONE, record.owner or NONE, due


def _position(part: Part) -> str:
    return part.empty or f"{part.headline}. {part.control}"


def _gap(part: Part) -> str:
    """What is not as it should be: the target, a change for the worse, a group that is served worse."""
    if part.empty:
        return "Not known without data"
    status = part.trend.target_status
    found = [part.target] if status in (TargetStatus.MISSED, TargetStatus.NOT_CLEAR) else []
    found += [part.control] if (part.trend.variation or "").startswith("concern") else []
    found += [part.gap.removeprefix("The gap that matters most. ")] if part.gap.startswith("The gap that matters most") else []
    if found:
        return " ".join(found)
    met = "No gap: the target is met" if status is TargetStatus.MET else "No target is set"
    return f"{met}, and nothing gives concern"


def _summary(statement: Statement, pack: Pack, known: dict[str, EvidenceRecord], today: datetime.date) -> Row:
    parts = _parts(statement, pack)
    structure = [_structure(structure, known.get(structure.id), today) for structure in statement.structure]
    gaps = [f"{part.measure.title}: {_gap(part)}." for part in parts if not part.empty and not _gap(part).startswith("No ")]
    actions = [action for part in parts for action in part.actions if action.stage is not Stage.DONE]
    dates = [action.due for action in actions if action.due]
    owners = list(dict.fromkeys(action.owner for action in actions))
    return (
        _name(statement), statement.words, " ".join(_positions(parts)), " ".join(f"{row[2]}: {row[3]}" for row in structure) or NONE,
        " ".join(gaps) or "No gap", " ".join(f"{action.aim}." for action in actions) or NONE, listing(owners) if owners else NONE,
        min(dates) if dates else NONE,
    )


def _positions(parts: Sequence[Part]) -> list[str]:
    """How many measures stand how, in sentences."""
    counted = {
        TargetStatus.MET: "meets its target|meet their targets", TargetStatus.MISSED: "misses its target|miss their targets",
        TargetStatus.NOT_CLEAR: "may meet its target or not|may meet their targets or not", None: "has no target|have no target",
    }
    shown = [part for part in parts if not part.empty]
    told = []
    for status, words in counted.items():
        count = sum(part.trend.target_status == status for part in shown)
        one, many = words.split("|")
        told += [f"{plural(count, 'measure')} {one if count == 1 else many}."] if count else []
    without = len(parts) - len(shown)
    return [*told, *([f"{plural(without, 'measure has', 'measures have')} no data."] if without else [])]


def _parts(statement: Statement, pack: Pack) -> list[Part]:
    return [part for part in pack.parts if part.statement.number == statement.number]


def _name(statement: Statement) -> str:
    return f"{statement.number}. {upper_first(lower_first(statement.title))}"
