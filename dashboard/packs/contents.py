"""What a meeting pack holds, apart from how it is written. All its numbers are a `View`'s, so they are what its person may see."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

from config.cohorts import Cohort
from dashboard.charts.trend.drawing import not_covered_words
from dashboard.content import sentences
from dashboard.content.comparisons.selection import Comparison
from dashboard.content.comparisons.wording import caveat, comparison_sentences, crossing_sentence, source
from dashboard.content.coverage.no_data import why_empty
from dashboard.content.data_quality.problems import BADGE
from dashboard.content.equality.wording import gap_sentences
from dashboard.content.measure_findings import MeasureFindings, findings_of
from dashboard.content.release_wording import changed_since_release_sentences
from dashboard.content.view import View
from dashboard.packs.wording import unmarked, without_names
from dashboard.text import formatting
from data_access.workspace import ActionRecord, ChangeRecord, NoteRecord, Record, Stage
from metrics.judgement import equality
from metrics.judgement.targets import TargetStatus
from metrics.judgement.trend import Trend
from metrics.measures.catalogue import measures_of, statement_of, statements
from metrics.measures.kinds import Measure, Statement
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown

R = TypeVar("R", bound=Record)
Progress = Callable[[str, float], None]
"""Called with what is being done, and the share that is done (0 to 1)."""

STAGES = {
    Stage.PLAN: "Plan", Stage.DO: "Do", Stage.STUDY: "Study", Stage.ACT: "Act", Stage.DONE: "Done",
}
GAP = "The gap that matters most."
MOST_TO_DISCUSS = 3
OWN_WORDS = (
    "Actions, changes and notes are people's own words, as they wrote them. Read them before you share this: no rule protects them."
)


@dataclass(frozen=True)
class Choice:
    """What someone wants in a pack: `measures` under a title, `in_order` or else what gives concern first. `statement` is the number of
    the page that shows them all, or None."""

    title: str
    measures: tuple[Measure, ...]
    breakdown: Breakdown
    statement: int | None = None
    in_order: bool = False


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
            "Made": f"by {self.made_by} on {formatting.long_date(self.made_at.date())} at {self.made_at:%H:%M} (UTC)",
            "Sharing": self.sharing,
        }


@dataclass(frozen=True)
class Part:
    """One measure of a pack, with the sentences of its page. `groups` are those of the latest complete period, in order.

    `empty` says why there is nothing to show, and is None otherwise. `hidden` names the periods whose value is hidden, and those
    that the data doesn't cover, `to_check` says what is wrong with its data. `beside` says what published
    figures and changes of definition stand beside the trend, and which periods are shown as they were released.
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
    comparison: tuple[str, ...]
    actions: tuple[ActionRecord, ...]
    changes: tuple[ChangeRecord, ...]
    notes: tuple[NoteRecord, ...]
    compared: Comparison = field(default_factory=Comparison)
    published: tuple[str, ...] = ()
    to_check: tuple[str, ...] = ()

    @property
    def reasons(self) -> list[str]:
        """Why a meeting should discuss it, the strongest first, in sentences; empty where there is no reason."""
        found = [self.control] if (self.trend.variation or "").startswith("concern") else []
        found += [self.target] if self.trend.target_status is TargetStatus.MISSED else []
        return found + ([self.gap] if self.gap.startswith(GAP) else [])

    @property
    def urgency(self) -> tuple[bool, bool, bool, bool]:
        """To sort by: what gives concern first, of that what misses its target, then what has a clear gap; without data last."""
        concern, missed = (self.trend.variation or "").startswith("concern"), self.trend.target_status is TargetStatus.MISSED
        return bool(self.empty), not concern, not missed, not self.gap.startswith(GAP)


@dataclass(frozen=True)
class Pack:
    """A pack, ready to be written. `changed` says what changed since the data that was loaded before, a sentence each, and `released` which
    periods are shown as they were released."""

    title: str
    stamp: Stamp
    parts: tuple[Part, ...]
    changed: tuple[str, ...] = ()
    released: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Part, ...]:
        """The measures that have something to show."""
        return tuple(part for part in self.parts if not part.empty)

    @property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """The measures that have nothing to show, each with why."""
        return tuple((part.measure.title, part.empty) for part in self.parts if part.empty)

    @property
    def discuss(self) -> tuple[tuple[str, str], ...]:
        """The three measures that a meeting should discuss first, each with why; fewer where fewer give a reason."""
        found = sorted((part for part in self.shown if part.reasons), key=lambda part: part.urgency)
        return tuple((part.measure.title, f"{part.headline}. {part.reasons[0]}") for part in found[:MOST_TO_DISCUSS])

    @property
    def nothing_to_discuss(self) -> str:
        """What stands where no measure gives a reason; it reassures about no measure that has nothing to show."""
        told, all = len(self.shown), formatting.plural(len(self.parts), "measure")
        if not told:
            return f"None of {all} has a number to show. The list at the end says why."
        of = all if told == len(self.parts) else f"{all}, {told} {'has' if told == 1 else 'have'} a number, and of these"
        unsure = sentences.not_judged_sentences([part.trend for part in self.shown])
        return f"Of {of}, none gives concern, misses its target or shows a group that is clearly worse off. {unsure}".strip()


def of_statement(number: int, breakdown: Breakdown, cohort: Cohort = Cohort.RECORDED) -> Choice:
    """All measures that a statement's page shows, in the words of a cohort."""
    statement = statements()[number - 1]
    return Choice(f"Statement {number}: {formatting.lower_first(statement.title)}", measures_of(number, cohort), breakdown, number)


def of_measures(title: str, measures: Sequence[Measure], breakdown: Breakdown) -> Choice:
    """These measures, in this order."""
    return Choice(title, tuple(dict.fromkeys(measures)), breakdown, in_order=True)


def make_pack(
    view: View, choice: Choice, stamp: Stamp, *, changed: Sequence[str] = (), progress: Progress | None = None,
) -> Pack:
    """Works everything out; `progress` is called before each measure."""
    tell = progress or (lambda doing, share: None)
    families: dict[int, dict[str, MeasureFindings]] = {}
    parts = []
    for done, measure in enumerate(choice.measures):
        tell(measure.title, done / len(choice.measures))
        number = choice.statement or statement_of(measure).number
        if number not in families:
            # Groups are compared as on the measure's page, whose comparisons are one family: so the pack says what the page says.
            families[number] = findings_of(view, measures_of(number, view.reporting.cohort), choice.breakdown)
        parts.append(_part(view, measure, choice.breakdown, families[number][measure.id]))
    if not choice.in_order:
        parts.sort(key=lambda part: part.urgency)
    return Pack(choice.title, stamp, tuple(parts), tuple(changed), _released(view, [part.trend for part in parts]))


def _part(view: View, measure: Measure, breakdown: Breakdown, shown: MeasureFindings) -> Part:
    trend, row = shown.trend, shown.trend.latest
    return Part(
        measure, statement_of(measure), trend, breakdown, shown.groups,
        empty=without_names(why_empty(view, measure)) if row is None else None,
        headline=formatting.upper_first(formatting.headline(trend)),
        period="" if row is None else f"{formatting.upper_first(formatting.period_words(row))}, "
        f"{formatting.row_interval(measure, row)}.",
        target=formatting.target_sentence(trend), control=sentences.control_sentence(trend), gap=_gap(measure, breakdown, shown),
        hidden=_without_value(trend), comparison=(*_to_check(view, measure), *_released(view, [trend]), *_beside(shown)),
        actions=tuple(sorted(_of(view, ActionRecord, measure), key=_by_due)),
        changes=tuple(sorted(_of(view, ChangeRecord, measure), key=lambda change: change.on)),
        notes=tuple(note for note in _of(view, NoteRecord, measure) if _fits(note, trend)),
        compared=shown.comparison,
        to_check=view.badges.get(measure.id, ()),
        published=tuple(comparison_sentences(trend, shown.comparison)) if not shown.comparison.why_not else (),
    )


def _of(view: View, kind: type[R], measure: Measure) -> list[R]:
    return [item.record for item in view.written.of(kind, measure)]


def _by_due(action: ActionRecord) -> tuple[bool, datetime.date]:
    """What is not done first, and of that what is due first."""
    return action.stage is Stage.DONE, action.due or datetime.date.max


def _fits(note: NoteRecord, trend: Trend) -> bool:
    return note.period is None or note.period in trend.frame["period"]


def _gap(measure: Measure, breakdown: Breakdown, shown: MeasureFindings) -> str:
    """The sentences of the gap that matters most; empty where the page compares nothing."""
    if not equality.comparable(measure) or shown.groups.height < 2:
        return ""
    if shown.gap:
        return f"{GAP} {gap_sentences(measure, breakdown, shown.gap)}"
    return sentences.no_gap_sentence(breakdown, shown.groups)


def _to_check(view: View, measure: Measure) -> Iterator[str]:
    """The badge of the measure's data, with its reasons; nothing where it is within the local limits."""
    if reasons := view.badges.get(measure.id):
        yield f"{BADGE}: {' '.join(reasons)}"


def _beside(shown: MeasureFindings) -> Iterator[str]:
    """What the page says below the chart: published figures to compare with, and the changes of definition that the trend crosses."""
    comparison = shown.comparison
    if comparison.why_not:
        yield comparison.why_not
    elif comparison.comparator is not None and comparison.lines:
        yield from comparison_sentences(shown.trend, comparison)
        yield unmarked(f"{caveat(comparison.comparator, part=comparison.part, cohort=comparison.cohort)} {source(comparison.comparator)}")
    if comparison.changes:
        yield crossing_sentence(comparison.changes, "this trend")


def _released(view: View, trends: Sequence[Trend]) -> tuple[str, ...]:
    """Which periods of these trends are shown as they were released, because a later load changed the data; a sentence for each day."""
    labels = view.reporting.periods(view.filters.grain)["label"].to_list()
    kept = view.changed_since_release(trend.measure for trend in trends)
    shown = {trend.measure: {label: kept[trend.measure][label] for label in trend.frame["period"] if label in kept[trend.measure]}
             for trend in trends if trend.measure in kept}
    return tuple(changed_since_release_sentences(shown, labels))


def _without_value(trend: Trend) -> str:
    """Which periods have a value that is not shown, and which the data doesn't cover, in sentences."""
    periods = trend.frame.filter(pl.col("state") == State.HIDDEN.value)["period"].to_list()
    hidden = f"{formatting.upper_first(formatting.HIDDEN)}: {formatting.listing(periods)}." if periods else ""
    without = not_covered_words(trend.frame)
    return " ".join(filter(None, (hidden, f"The data loaded does not cover {without}." if without else "")))


# --- what people wrote, in words ------------------------------------------------------------------------------------


def action_words(action: ActionRecord, today: datetime.date) -> str:
    """An action in a few sentences: 'Aim. Change idea. Owner: ... Due 1 May 2026 (overdue). Stage: do.'"""
    told = [_sentence(action.aim), _sentence(action.change_idea), f"Owner: {_sentence(action.owner)}"]
    if action.due:
        told.append(f"Due {formatting.long_date(action.due)}{' (overdue)' if action.overdue(today) else ''}.")
    return " ".join([part for part in told if part] + [f"Stage: {STAGES[action.stage].lower()}.", _sentence(action.outcome)]).strip()


def change_words(change: ChangeRecord) -> str:
    """A dated change: '1 May 2025: the panel began to meet weekly. New limits from that day, because ...'"""
    begun = f" New limits from that day, because: {_sentence(change.rebase_reason)}" if change.rebase_reason else ""
    return f"{formatting.long_date(change.on)}: {_sentence(change.words)}{begun}"


def note_words(note: NoteRecord) -> str:
    """A note with what it is about."""
    about = "; ".join(part for part in (note.period, note.view_words) if part)
    return f"{f'({about}) ' if about else ''}{_sentence(note.words)}"


def _sentence(text: str | None) -> str:
    """The text with an end."""
    text = " ".join((text or "").split())
    return text if not text or text[-1] in ".!?:…" else f"{text}."
