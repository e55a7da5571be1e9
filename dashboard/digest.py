"""What changed since the data before: taking a version's snapshot, and saying in sentences what differs from the one before it.

Snapshots are made from protected figures, whoever has them made, so that anybody may read the digest.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from config.access import Role
from dashboard.access import Person
from dashboard.equality_words import COMPARED
from dashboard.improvement_records import decisions, read
from dashboard.personal import PersonalReporting
from dashboard.reporting import Reporting
from dashboard.shown import compared_groups
from dashboard.view import Filters, View
from dashboard.words import long_date, lower_first, plural, target_words
from data_access.workspace import ActionRecord, EvidenceRecord, everything
from data_access.workspace.snapshots import KeptState, SnapshotRecord, has_snapshot, keep_snapshot, snapshots_around
from metrics.breakdowns import BREAKDOWNS
from metrics.catalogue import get, measures, measures_of, statements
from metrics.digest import Change, MeasureState, News, changes
from metrics.equality import Standing
from metrics.kinds import Measure
from metrics.trend import Trend

Progress = Callable[[str, float], None]
EVERYBODY = Person("", "snapshot", Role.VIEWER)


@dataclass(frozen=True)
class Digest:
    """What changed since `since`, the last day that counted in the data before; None where there is no data before.

    `measures` are those whose state changed; `sentences` say what is new about each, and what has become overdue.
    """

    since: datetime.date | None
    measures: tuple[Measure, ...]
    sentences: tuple[str, ...]


class _NothingExact:
    """The guard of a viewer's figures, which are never exact."""

    def before_exact(self) -> None:
        """Raises PermissionError."""
        raise PermissionError("A snapshot is made from protected figures only.")

    def before_export(self, what: str) -> None:
        """Nothing is exported."""


def keep(reporting: Reporting, workspace: sa.Engine, who: str, progress: Progress | None = None) -> None:
    """Keeps the snapshot of the data's version, unless it is there. The first time for a version this takes a while.

    Of a made-up authority nothing is kept: real data must not be held against it.

    Raises WorkspaceUnavailable, ConfigError and DataChanged.
    """
    if reporting.made_up or has_snapshot(workspace, reporting.version):
        return
    view = View(PersonalReporting(reporting, EVERYBODY, _NothingExact()), Filters(), *decisions(read(workspace)))
    kept = tuple(_kept(state) for state in states(view, progress))
    record = SnapshotRecord(
        data_version=reporting.version, as_at=reporting.as_at, states=kept, overdue=tuple(_overdue(workspace, datetime.date.today())),
    )
    keep_snapshot(workspace, record, who)


def states(view: View, progress: Progress | None = None) -> list[MeasureState]:
    """How every measure stands, its groups compared as on its statement's page, by each characteristic in turn."""
    found: dict[str, MeasureState] = {}
    numbers = [statement.number for statement in statements()]
    for done, number in enumerate(numbers):
        if progress:
            progress(f"What changed: statement {number}", done / len(numbers))
        trends = {measure.id: view.trend(measure) for measure in measures_of(number)}
        compared = [row for breakdown in BREAKDOWNS.values() for row in compared_groups(view, trends, breakdown).iter_rows(named=True)]
        for id, trend in trends.items():
            found.setdefault(id, _state(trend, [row for row in compared if row["measure"] == id]))
    return list(found.values())


def _state(trend: Trend, compared: Sequence[Mapping[str, Any]]) -> MeasureState:
    latest = trend.latest or {"period": None, "target": None}
    status = trend.target_status.value if trend.target_status else None
    return MeasureState(
        trend.measure.id, latest["period"], trend.variation, trend.assurance, status, latest["target"],
        gaps=_groups(row for row in compared if row["standing"] == Standing.WORSE.value),
        compared=_groups(row for row in compared if Standing(row["standing"]) in COMPARED),
    )


def _groups(rows: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The groups of the rows, by breakdown."""
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row["breakdown"]] = (*found.get(row["breakdown"], ()), row["group"])
    return found


def digest(workspace: sa.Engine, version: str) -> Digest | None:
    """What changed in a version, or None while its snapshot isn't there. Raises WorkspaceUnavailable."""
    before, now = snapshots_around(workspace, version)
    if now is None:
        return None
    if before is None:
        return Digest(None, (), ())
    known = {measure.id for measure in measures()}
    found = [change for change in changes(_states(before), _states(now)) if change.measure in known]
    by_measure = {change.measure: [other for other in found if other.measure == change.measure] for change in found}
    told = [f"{get(id).title}: {'; '.join(change_words(change) for change in about)}." for id, about in by_measure.items()]
    return Digest(before.as_at, tuple(get(id) for id in by_measure), (*told, *_overdue_words(workspace, before, now)))


def heading(found: Digest) -> str:
    """What the sentences are about, in one."""
    if found.since is None:
        return "This is the first data that was looked at: there is nothing before it to compare it with."
    if not found.sentences:
        return f"No measure changed its state since the data of {long_date(found.since)}."
    return f"What changed since the data of {long_date(found.since)}"


def change_words(change: Change) -> str:
    """One change, to follow the measure's title and a colon."""
    if change.group is not None and change.breakdown is not None:
        breakdown = BREAKDOWNS[change.breakdown]
        group = f"{lower_first(breakdown.title)} ‘{breakdown.label(change.group)}’"
        return f"{group} is {'now' if change.news is News.GAP_OPENED else 'no longer'} clearly served worse than the rest"
    if change.target is not None:
        target = f"the {'new ' if change.new_target else ''}{target_words(get(change.measure), change.target)}"
        return {
            News.TARGET_MET: f"{target} is now met", News.TARGET_MISSED: f"{target} is now missed",
            News.TARGET_UNCLEAR: f"it is not clear any more whether {target} is {change.was}",
            News.WILL_MEET: f"at this level {target} will now be met consistently",
            News.WILL_MISS: f"at this level {target} will now be missed consistently",
        }[change.news]
    return {
        News.CONCERN: "it is getting worse, more than chance would have it",
        News.IMPROVEMENT: "it is improving, more than chance would have it",
        News.COMMON_CAUSE: f"the {change.was} is over, and the latest periods vary as chance would have them",
    }[change.news]


def _kept(state: MeasureState) -> KeptState:
    return KeptState(
        measure=state.measure, period=state.period, variation=state.variation, assurance=state.assurance,
        target_status=state.target_status, target=state.target, gaps=dict(state.gaps), compared=dict(state.compared),
    )


def _states(record: SnapshotRecord) -> list[MeasureState]:
    return [MeasureState(**dict(state)) for state in record.states]


def _overdue(workspace: sa.Engine, today: datetime.date) -> list[str]:
    """The ids of the actions and reviews that are overdue."""
    items = everything(workspace, (ActionRecord, EvidenceRecord))
    return [item.item_id for item in items if isinstance(item.record, ActionRecord | EvidenceRecord) and item.record.overdue(today)]


def _overdue_words(workspace: sa.Engine, before: SnapshotRecord, now: SnapshotRecord) -> Sequence[str]:
    """How many actions and reviews have become overdue in between, and still are, in sentences."""
    new = (set(now.overdue) - set(before.overdue)) & set(_overdue(workspace, datetime.date.today()))
    kinds = {item.item_id: item.record.kind for item in everything(workspace, (ActionRecord, EvidenceRecord))}
    actions, reviews = (sum(kinds.get(id) == kind.kind for id in new) for kind in (ActionRecord, EvidenceRecord))
    return [
        f"{words} become overdue." for count, words in (
            (actions, f"{plural(actions, 'action has', 'actions have')}"),
            (reviews, f"{plural(reviews, 'review of evidence has', 'reviews of evidence have')}"),
        ) if count
    ]
