"""What a meeting pack holds, apart from how it is written. All its numbers are a `View`'s, so they are what its person may see."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from dashboard import sentences, words
from dashboard.comparator_words import caveat, comparison_sentences, crossing_sentence, source
from dashboard.emptiness import why_empty
from dashboard.equality_words import gap_sentences
from dashboard.packs.wording import unmarked
from dashboard.release_words import kept_sentences
from dashboard.shown import Shown, shown_of
from dashboard.view import View
from data_access.workspace import ActionRecord, ChangeRecord, NoteRecord, Record, Stage
from metrics import equality
from metrics.breakdowns import Breakdown
from metrics.catalogue import measures_of, statement_of, statements
from metrics.kinds import Measure, Statement
from metrics.summarise import State
from metrics.trend import Trend

R = TypeVar("R", bound=Record)
Progress = Callable[[str, float], None]
"""Called with what is being done, and the share that is done (0 to 1)."""

STAGES = {
    Stage.PLAN: "Plan", Stage.DO: "Do", Stage.STUDY: "Study", Stage.ACT: "Act", Stage.DONE: "Done",
}
OWN_WORDS = (
    "Actions, changes and notes are people's own words, as they wrote them. Read them before you share this: no rule protects them."
)


@dataclass(frozen=True)
class Choice:
    """What somebody wants in a pack: `measures` in order, under a title. `statement` is the number of the page that shows them all
    or None."""

    title: str
    measures: tuple[Measure, ...]
    breakdown: Breakdown
    statement: int | None = None


@dataclass(frozen=True)
class Stamp:
    """Where a pack is from. `filters` are words, `made_at` is UTC."""

    authority: str
    data_version: str
    as_at: datetime.date
    filters: str
    sharing: str
    exact: bool
    made_by: str
    made_at: datetime.datetime

    def facts(self) -> dict[str, str]:
        """The same in words, by what each of them is."""
        return {
            "Authority": self.authority,
            "Shown": f"{self.filters}.",
            "Data version": self.data_version,
            "Made": f"by {self.made_by} on {words.long_date(self.made_at.date())} at {self.made_at:%H:%M} (UTC)",
            "Sharing": self.sharing,
        }


@dataclass(frozen=True)
class Part:
    """One measure of a pack, with the sentences of its page. `groups` are those of the latest complete period, in order.

    `empty` says why there is nothing to show, and is None otherwise. `hidden` names the periods whose value is hidden. `beside` says
    what published figures and changes of definition stand beside the trend, and which periods are shown as they were released.
    """

    measure: Measure
    statement: Statement
    trend: Trend
    breakdown: Breakdown
    groups: pl.DataFrame
    empty: str | None
    headline: str
    period: str
    target: str
    control: str
    gap: str
    hidden: str
    beside: tuple[str, ...]
    actions: tuple[ActionRecord, ...]
    changes: tuple[ChangeRecord, ...]
    notes: tuple[NoteRecord, ...]


@dataclass(frozen=True)
class Pack:
    """A pack, ready to be written. `changed` says what changed since the data that was loaded before, a sentence each, and `released` which
    periods are shown as they were released."""

    title: str
    stamp: Stamp
    parts: tuple[Part, ...]
    changed: tuple[str, ...] = ()
    released: tuple[str, ...] = ()


def of_statement(number: int, breakdown: Breakdown) -> Choice:
    """All measures that a statement's page shows."""
    statement = statements()[number - 1]
    return Choice(f"Statement {number}: {words.lower_first(statement.title)}", measures_of(number), breakdown, number)


def of_measures(title: str, measures: Sequence[Measure], breakdown: Breakdown) -> Choice:
    """These measures, in this order."""
    return Choice(title, tuple(dict.fromkeys(measures)), breakdown)


def make_pack(
    view: View, choice: Choice, stamp: Stamp, *, changed: Sequence[str] = (), progress: Progress | None = None,
) -> Pack:
    """Works everything out; `progress` is called before each measure."""
    tell = progress or (lambda doing, share: None)
    families: dict[int, dict[str, Shown]] = {}
    parts = []
    for done, measure in enumerate(choice.measures):
        tell(measure.title, done / len(choice.measures))
        number = choice.statement or statement_of(measure).number
        if number not in families:
            # Groups are compared as on the measure's page, whose comparisons are one family: so the pack says what the page says.
            families[number] = shown_of(view, measures_of(number), choice.breakdown)
        parts.append(_part(view, measure, choice.breakdown, families[number][measure.id]))
    return Pack(choice.title, stamp, tuple(parts), tuple(changed), _released(view, [part.trend for part in parts]))


def _part(view: View, measure: Measure, breakdown: Breakdown, shown: Shown) -> Part:
    trend, row = shown.trend, shown.trend.latest
    return Part(
        measure, statement_of(measure), trend, breakdown, shown.groups,
        empty=why_empty(view, measure) if row is None else None,
        headline=words.upper_first(words.headline(trend)),
        period="" if row is None else f"{words.upper_first(words.period_words(row))}, "
        f"{words.interval_words(measure, row['lower'], row['upper'])}.",
        target=words.target_sentence(trend), control=sentences.control_sentence(trend), gap=_gap(measure, breakdown, shown),
        hidden=_hidden(trend), beside=(*_released(view, [trend]), *_beside(shown)),
        actions=tuple(sorted(_of(view, ActionRecord, measure), key=_by_due)),
        changes=tuple(sorted(_of(view, ChangeRecord, measure), key=lambda change: change.on)),
        notes=tuple(note for note in _of(view, NoteRecord, measure) if _fits(note, trend)),
    )


def _of(view: View, kind: type[R], measure: Measure) -> list[R]:
    return [item.record for item in view.written.of(kind, measure)]


def _by_due(action: ActionRecord) -> tuple[bool, datetime.date]:
    """What is not done first, and of that what is due first."""
    return action.stage is Stage.DONE, action.due or datetime.date.max


def _fits(note: NoteRecord, trend: Trend) -> bool:
    return note.period is None or note.period in trend.frame["period"]


def _gap(measure: Measure, breakdown: Breakdown, shown: Shown) -> str:
    """The sentences of the gap that matters most; empty where the page compares nothing."""
    if not equality.comparable(measure) or shown.groups.height < 2:
        return ""
    if shown.gap:
        return f"The gap that matters most. {gap_sentences(measure, breakdown, shown.gap)}"
    return sentences.no_gap_sentence(breakdown, shown.groups)


def _beside(shown: Shown) -> Iterator[str]:
    """What the page says below the chart: published figures to compare with, and the changes of definition that the trend crosses."""
    beside = shown.beside
    if beside.why_not:
        yield beside.why_not
    elif beside.comparator is not None and beside.lines:
        yield from comparison_sentences(shown.trend, beside)
        yield unmarked(f"{caveat(beside.comparator, part=beside.part)} {source(beside.comparator)}")
    if beside.changes:
        yield crossing_sentence(beside.changes, "this trend")


def _released(view: View, trends: Sequence[Trend]) -> tuple[str, ...]:
    """Which periods of these trends are shown as they were released, because a later load changed the data; a sentence for each day."""
    labels = view.reporting.periods(view.filters.grain)["label"].to_list()
    kept = view.kept(trend.measure for trend in trends)
    shown = {trend.measure: {label: kept[trend.measure][label] for label in trend.frame["period"] if label in kept[trend.measure]}
             for trend in trends if trend.measure in kept}
    return tuple(kept_sentences(shown, labels))


def _hidden(trend: Trend) -> str:
    """Which periods have a value that is not shown, in a sentence."""
    periods = trend.frame.filter(pl.col("state") == State.HIDDEN.value)["period"].to_list()
    return f"{words.upper_first(words.HIDDEN)}: {words.listing(periods)}." if periods else ""


# --- what people wrote, in words ------------------------------------------------------------------------------------


def action_words(action: ActionRecord, today: datetime.date) -> str:
    """An action in a few sentences: 'Aim. Change idea. Owner: ... Due 1 May 2026 (overdue). Stage: do.'"""
    told = [_sentence(action.aim), _sentence(action.change_idea), f"Owner: {_sentence(action.owner)}"]
    if action.due:
        told.append(f"Due {words.long_date(action.due)}{' (overdue)' if action.overdue(today) else ''}.")
    return " ".join([part for part in told if part] + [f"Stage: {STAGES[action.stage].lower()}.", _sentence(action.outcome)]).strip()


def change_words(change: ChangeRecord) -> str:
    """A dated change: '1 May 2025: the panel began to meet weekly. New limits from that day, because ...'"""
    begun = f" New limits from that day, because: {_sentence(change.rebase_reason)}" if change.rebase_reason else ""
    return f"{words.long_date(change.on)}: {_sentence(change.words)}{begun}"


def note_words(note: NoteRecord) -> str:
    """A note with what it is about."""
    about = "; ".join(part for part in (note.period, note.view_words) if part)
    return f"{f'({about}) ' if about else ''}{_sentence(note.words)}"


def _sentence(text: str | None) -> str:
    """The text with an end."""
    text = " ".join((text or "").split())
    return text if not text or text[-1] in ".!?:…" else f"{text}."
