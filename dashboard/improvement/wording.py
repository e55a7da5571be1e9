"""What people wrote, and whether a change helped, in sentences. No drawing here."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from config.rebases import Rebase
from dashboard.content.comparisons.selection import crossed_by
from dashboard.content.comparisons.wording import crossing_sentence
from dashboard.content.sentences import grain
from dashboard.figures.workspace_records import Written
from dashboard.text.formatting import (
    HIDDEN,
    MOST_DECIMALS,
    NOUNS,
    escape_markdown,
    figure,
    listing,
    long_date,
    lower_first,
    number,
    plain,
    plural,
    points,
    times_hundred,
)
from data_access.workspace import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    Record,
    Revision,
    SavedViewRecord,
    Stage,
    TargetRecord,
)
from metrics.judgement.before_after import Basis, BeforeAfter, before_after
from metrics.judgement.trend import POINTS_FOR_LIMITS, Trend
from metrics.measures.catalogue import UnknownMeasure, get, statements
from metrics.measures.kinds import Better, Measure
from metrics.statistics.special_cause import SHIFT_POINTS
from metrics.summary.summarise import State
from metrics.units.breakdowns import BREAKDOWNS

STAGES = {Stage.PLAN: "Plan", Stage.DO: "Do", Stage.STUDY: "Study", Stage.ACT: "Act", Stage.DONE: "Done"}
STATES = {EvidenceState.IN_PLACE: "In place", EvidenceState.PARTLY: "Partly in place", EvidenceState.NOT_IN_PLACE: "Not in place"}
TITLES: dict[type[Record], str] = {
    EvidenceRecord: "Evidence", TargetRecord: "Target", ChangeRecord: "Change", ActionRecord: "Action", NoteRecord: "Note",
    SavedViewRecord: "Saved view",
}
FIELDS: dict[type[Record], dict[str, str]] = {
    EvidenceRecord: {
        "state": "How far this is in place", "words": "What is in place", "link": "Link or file reference", "owner": "Owner",
        "review_date": "Review due",
    },
    ActionRecord: {
        "aim": "Aim", "change_idea": "Change idea", "owner": "Owner", "due": "Due", "stage": "Stage", "outcome": "Outcome",
    },
    ChangeRecord: {"on": "Day of the change", "words": "What was changed", "rebase_reason": "Reason for new limits"},
    NoteRecord: {"words": "Note", "period": "Period", "view_words": "Shown with"},
    TargetRecord: {"level": "Target", "from_date": "Start date", "placement": "Placement", "period": "Length of period",
                   "reason": "Reason for this level"},
    SavedViewRecord: {"name": "Name", "everyone": "Share with everyone"},
}
"""What a form, an error and the history call each field of what is written down."""
NOT_THE_CAUSE = "This shows what came after the change, not that the change was the cause: other things may have changed too."


# --- did it help ----------------------------------------------------------------------------------------------------


def help_words(trend: Trend, on: datetime.date, rebases: Sequence[Rebase] = ()) -> str:
    """What came after a dated change, in the words of process control, in sentences. Never that the change was the cause."""
    found = before_after(trend, on, [rebase.on for rebase in rebases])
    one, many = NOUNS[grain(trend)]
    if not found.before.points:
        return f"No complete {one} with a value lies before this day, so there is nothing to compare with."
    if not found.after.points and trend.frame.filter(pl.col("period_start") >= on, "complete", state=State.HIDDEN.value).height:
        return f"The {many} that have begun since are {HIDDEN}, so nothing can be compared."
    if not found.after.points:
        return f"No complete {one} with a value has begun since, so it is too early to compare."
    crossed = crossed_by(trend, ())
    across = [crossing_sentence(crossed, "this comparison")] if crossed else []
    said = [_means(trend.measure, found, many), _difference(trend.measure, found), _verdict(found, one, many)]
    return " ".join([*said, *across, NOT_THE_CAUSE])


def _means(measure: Measure, found: BeforeAfter, many: str) -> str:
    decimals = _decimals(measure, found)
    before, after = (
        f"{figure(measure, side.mean, decimals)} on average over {plural(side.points, many.removesuffix('s'), many)}"
        for side in (found.before, found.after)
    )
    return f"Before {long_date(found.on)}: {before}. Since then: {after}."


def _decimals(measure: Measure, found: BeforeAfter) -> int | None:
    """With how many decimals the two averages differ by as much as is said; None for as many as each has by itself."""
    before, after = found.before.mean, found.after.mean
    if before is None or after is None:
        return None
    sizes = [times_hundred(size) if measure.percent else size for size in (before, after, abs(after - before))]
    for decimals in range(MOST_DECIMALS):
        low, high, apart = (float(number(size, decimals).replace(",", "")) for size in sizes)  # as they are written, halves up
        if abs(abs(high - low) - apart) < 10.0 ** -decimals / 2 and apart:
            return decimals
    return None


def _difference(measure: Measure, found: BeforeAfter) -> str:
    difference = found.difference or 0.0
    if abs(difference) < 1e-9:
        return "Both averages are the same."
    decimals = _decimals(measure, found)
    size = points(difference, decimals) if measure.percent else figure(measure, abs(difference), decimals)
    way = "higher" if difference > 0 else "lower"
    good = (difference > 0) == (measure.better == Better.HIGHER)
    return f"That is {size} {way}, which is {'better' if good else 'worse'}."


def _verdict(found: BeforeAfter, one: str, many: str) -> str:
    if found.basis is None:
        count = found.before.points + found.after.points
        return (
            f"It is too early to say whether this is more than the usual ups and downs: that needs {POINTS_FOR_LIMITS} complete "
            f"{many}, and there are {number(count)}."
        )
    limits = (
        f"the limits of the {number(found.before.points)} {many} before it" if found.basis == Basis.BEFORE
        else f"the limits of all {number(found.before.points + found.after.points)} {many}"
    )
    shaky = f" But the {many} before were not steady themselves, so the comparison says less." if found.steady is False else ""
    return f"{_cause(found, one, many, limits)}{shaky}"


def _cause(found: BeforeAfter, one: str, many: str, limits: str) -> str:
    if not found.better and not found.worse:
        # How many it takes depends on the measure's rule: none signals a run of fewer than two, and the longest takes SHIFT_POINTS.
        since = f"With {plural(found.after.points, one, many)} since then"
        early = f" {since}, a lasting change may not show yet." if found.after.points < SHIFT_POINTS else ""
        return f"No special cause since then: against {limits}, this is within the usual ups and downs.{early}"
    flagged = [
        f"{plural(count, one, many)} {verb} {what}" for count, what in (
            (found.better, "improvement beyond the usual ups and downs"),
            (found.worse, "a change for the worse beyond the usual ups and downs"),
        ) for verb in ("shows" if count == 1 else "show",) if count
    ]
    earlier = [what for there, what in ((found.better_had_begun, "improvement"), (found.worse_had_begun, "change for the worse")) if there]
    begun = f" The {listing(earlier)} had begun before {long_date(found.on)}, though." if earlier else ""
    return f"Special cause since then: against {limits}, {listing(flagged)}.{begun}"


# --- items ----------------------------------------------------------------------------------------------------------


def counts_words(written: Written, measure: Measure, today: datetime.date) -> str:
    """'2 actions (1 overdue), 1 change'; empty without any."""
    actions = written.of(ActionRecord, measure)
    late = sum(item.record.overdue(today) for item in actions)
    parts = [f"{plural(len(actions), 'action')}{f' ({late} overdue)' if late else ''}"] if actions else []
    others: tuple[tuple[type[Record], str], ...] = ((ChangeRecord, "change"), (NoteRecord, "note"), (TargetRecord, "target"))
    parts += [plural(len(found), noun) for kind, noun in others if (found := written.of(kind, measure))]
    return listing(parts) if parts else ""


def who_when(item: Revision[Record]) -> str:
    """'ann@council.example, 3 November 2026, 14:05 (UTC)'."""
    return f"{item.who}, {long_date(item.at.date())}, {item.at:%H:%M} (UTC)"


def level_words(measure: Measure, level: float) -> str:
    """A target's level as people read it: '85%', '14'."""
    return f"{plain(level)}%" if measure.percent else plain(level)


def target_words(record: TargetRecord) -> str:
    """'85% from 1 April 2026, for residential care', as plain text."""
    measure = get(record.measure)
    only = f", only for {BREAKDOWNS['placement'].label(record.placement)}" if record.placement else ""
    return f"{level_words(measure, record.level)} from {long_date(record.from_date)}{only}{period_of_target(record.period)}"


def period_of_target(period: str | None) -> str:
    """', for quarters'; empty where a target holds at every length."""
    return f", for {NOUNS[period][1]}" if period else ""


def measure_title(id: str) -> str:
    """A measure's title; its id where there is no such measure any more."""
    try:
        return get(id).title
    except UnknownMeasure:
        return id


def structure_label(evidence_id: str) -> str:
    """What a structure measure is called: 'Statement 4, structure a'."""
    labels = {found.id: f"Statement {one.number}, {found.label}" for one in statements() for found in one.structure}
    return labels.get(evidence_id, evidence_id)


def name_of(record: Record) -> str:
    """What an item is called in a list, as plain text."""
    match record:
        case EvidenceRecord():
            return structure_label(record.evidence_id)
        case TargetRecord():
            return target_words(record)
        case ChangeRecord():
            return f"{long_date(record.on)}: {record.words}"
        case ActionRecord():
            return record.aim
        case SavedViewRecord():
            return record.name
        case NoteRecord():
            return record.words
    return TITLES[type(record)]


def differences(newer: Record, older: Record | None) -> Iterator[tuple[str, str, str]]:
    """What a revision changed: the field's name, what it says now, and what it said before ('' for nothing), as plain text."""
    before: dict[str, Any] = {} if older is None else {name: getattr(older, name) for name in type(older).model_fields}
    for name, label in FIELDS[type(newer)].items():
        if getattr(newer, name) != before.get(name):
            now, then = (_shown(newer, name, value) for value in (getattr(newer, name), before.get(name)))
            if now != then:
                yield label, now, then


def _shown(record: Record, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, Stage):
        return STAGES[value]
    if isinstance(value, EvidenceState):
        return STATES[value]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return long_date(value)
    if name == "level" and isinstance(record, TargetRecord):
        return level_words(get(record.measure), value)
    if name == "placement":
        return BREAKDOWNS["placement"].label(value)
    return str(value)


# --- what is overdue ------------------------------------------------------------------------------------------------


def overdue_reviews(written: Written, today: datetime.date) -> list[Revision[EvidenceRecord]]:
    """Evidence whose review should have happened, the longest overdue first."""
    late = [item for item in written.all(EvidenceRecord) if item.record.overdue(today)]
    return sorted(late, key=lambda item: item.record.review_date or today)


def overdue_actions(written: Written, today: datetime.date) -> list[Revision[ActionRecord]]:
    """Actions that should have been done, the longest overdue first."""
    late = [item for item in written.all(ActionRecord) if item.record.overdue(today)]
    return sorted(late, key=lambda item: item.record.due or today)


def overdue_words(written: Written, today: datetime.date) -> str:
    """What is overdue, in a sentence as Markdown; empty when nothing is."""
    reviews, actions = overdue_reviews(written, today), overdue_actions(written, today)
    parts = []
    if reviews:
        named = "; ".join(lower_first(escape_markdown(name_of(item.record))) for item in reviews)
        parts.append(f"{plural(len(reviews), 'review')} of evidence ({named})")
    if actions:
        parts.append(plural(len(actions), "improvement action"))
    return f"**Overdue:** {listing(parts)}." if parts else ""
