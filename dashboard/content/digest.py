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
from config.cohorts import Cohort
from dashboard.access.roles import Person
from dashboard.content.equality.wording import COMPARED
from dashboard.content.measure_findings import compared_groups
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from dashboard.figures.workspace_records import decisions, read
from dashboard.text.formatting import long_date, lower_first, plural, target_words
from data_access.workspace import ActionRecord, EvidenceRecord, everything
from data_access.workspace.snapshots import KeptState, SnapshotRecord, has_snapshot, keep_snapshot, snapshots_around
from metrics.judgement.digest import Change, MeasureState, News, changes
from metrics.judgement.equality import Standing
from metrics.judgement.trend import Trend
from metrics.measures.catalogue import get, measures, measures_of, statements
from metrics.measures.cohort_words import WHO
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import BREAKDOWNS

Progress = Callable[[str, float], None]
EVERYBODY = Person("", "snapshot", Role.VIEWER)


@dataclass(frozen=True)
class Digest:
    """What changed since `since`, the last day that counted in the data before; None where there is no data before.

    `measures` are those whose state changed; `sentences` say what is new about each, and what has become overdue. `cohort` is who is
    counted.
    """

    since: datetime.date | None
    measures: tuple[Measure, ...]
    sentences: tuple[str, ...]
    cohort: Cohort = Cohort.RECORDED


class _NothingExact:
    """The guard of a viewer's figures, which are never exact."""

    def before_exact(self) -> None:
        """Raises PermissionError."""
        raise PermissionError("A snapshot is made from protected figures only.")

    def before_export(self, what: str) -> None:
        """Nothing is exported."""


def keep(reporting: Reporting, workspace: sa.Engine, who: str, progress: Progress | None = None) -> None:
    """Keeps the snapshot of the data's version and cohort, unless it is there. The first time this takes a while.

    Of a made-up authority nothing is kept: real data must not be held against it.

    Raises WorkspaceUnavailable, ConfigError and DataChanged.
    """
    if reporting.made_up or has_snapshot(workspace, reporting.version, reporting.cohort):
        return
    view = View(PermittedReporting(reporting, EVERYBODY, _NothingExact()), Filters(), *decisions(read(workspace)))
    kept = tuple(_kept(state) for state in states(view, progress))
    record = SnapshotRecord(
        data_version=reporting.version, as_at=reporting.as_at, states=kept, overdue=tuple(_overdue(workspace, datetime.date.today())),
        cohort=reporting.cohort,
    )
    keep_snapshot(workspace, record, who)


def states(view: View, progress: Progress | None = None) -> list[MeasureState]:
    """How every measure stands, its groups compared as on its statement's page, by each characteristic in turn."""
    found: dict[str, MeasureState] = {}
    numbers = [statement.number for statement in statements()]
    for done, number in enumerate(numbers):
        if progress:
            progress(f"What changed: statement {number}", done / len(numbers))
        trends = {measure.id: view.trend(measure) for measure in measures_of(number, view.reporting.cohort)}
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


def digest(workspace: sa.Engine, version: str, cohort: Cohort = Cohort.RECORDED) -> Digest | None:
    """What changed in a version for a cohort, or None while its snapshot isn't there. Raises WorkspaceUnavailable."""
    before, now = snapshots_around(workspace, version, cohort)
    if now is None:
        return None
    if before is None:
        return Digest(None, (), (), cohort)
    known = {measure.id: measure for measure in measures(cohort)}
    found = [change for change in changes(_states(before), _states(now)) if change.measure in known]
    by_measure = {change.measure: [other for other in found if other.measure == change.measure] for change in found}
    told = [f"{known[id].title}: {'; '.join(change_words(change) for change in about)}." for id, about in by_measure.items()]
    overdue = _overdue_words(workspace, before, now)
    return Digest(before.as_at, tuple(known[id] for id in by_measure), (*told, *overdue), cohort)


def heading(found: Digest) -> str:
    """What the sentences are about, in one."""
    if found.since is None:
        if found.cohort is Cohort.RECORDED:
            return "This is the first data loaded, so there is nothing to compare it with."
        return f"This is the first data of which {WHO[found.cohort]} were looked at, so there is nothing to compare it with."
    of = "" if found.cohort is Cohort.RECORDED else f" for {WHO[found.cohort]}"
    if not found.sentences:
        return f"No measure has changed{of} since the data of {long_date(found.since)}."
    return f"What changed{of} since the data of {long_date(found.since)}"


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
            News.TARGET_UNCLEAR: f"it is no longer clear whether {target} is {change.was}",
            News.WILL_MEET: f"at this level {target} will now be met consistently",
            News.WILL_MISS: f"at this level {target} will now be missed consistently",
        }[change.news]
    return {
        News.CONCERN: "it is getting worse, by more than the usual ups and downs",
        News.IMPROVEMENT: "it is improving, by more than the usual ups and downs",
        News.COMMON_CAUSE: f"the {change.was} is over, and the latest periods vary no more than usual",
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
