"""Released periods: a complete period stays in the protected view as it was when it was first shown there, until a person releases it anew.

Without this, whoever kept the numbers of before a load could subtract them from those of after it. What was shown is kept in the workspace.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl
import sqlalchemy as sa

from config.disclosure import disclosure_rules
from data_access.workspace import (
    AlreadyReleased,
    Family,
    Release,
    WorkspaceUnavailable,
    decision_of,
    keep_decision,
    keep_releases,
    last_anew,
    released_families,
    releases_of,
    was_released_otherwise,
)
from metrics.cells import cells_schema
from metrics.decisions import Kept, hidden_of
from metrics.disclosure.protection import Protected, protect_unit
from metrics.disclosure.select import children_schema
from metrics.kinds import Measure
from metrics.releases import (
    differing,
    fingerprint,
    hidden_from_bytes,
    hidden_to_bytes,
    rows_from_bytes,
    rows_to_bytes,
    together,
)
from metrics.unit import Unit

COUNTED_OTHERWISE = "how the numbers are counted or hidden has changed"
SOURCE_ADDED = "a source was added that was missing before"
_ATTEMPTS = 5


@dataclass(frozen=True)
class Anew:
    """That a person releases changed periods anew, and why."""

    who: str
    reason: str


@dataclass(frozen=True)
class Present:
    """A unit's rows of one grain as the data has them now. `periods` as `Facts` has them; `sources` are the source tables that the unit's
    measures need and that there are. `children` reads how many children each cell stands for (see `children_select`)."""

    unit: Unit
    grain: str
    measures: tuple[Measure, ...]
    areas: bool
    version: str
    sources: frozenset[str]
    periods: pl.DataFrame
    cells: pl.DataFrame
    children: Callable[[], pl.DataFrame]

    @property
    def complete(self) -> list[str]:
        """The labels of the periods that are over."""
        return self.periods.filter(pl.col("complete"))["label"].to_list()


@dataclass(frozen=True)
class Shown:
    """What the protected view is made from.

    `releases`: by label, the periods that are shown as released. `changed`: of those, the ones that the data has other numbers of by now,
    each with the ids of the measures whose numbers are others. `sources` are the present ones.
    """

    cells: pl.DataFrame
    protected: Protected
    sources: frozenset[str]
    releases: Mapping[str, Release]
    changed: Mapping[str, frozenset[str]]

    def lacking(self, measure: Measure) -> list[str]:
        """The released periods in which the measure's numerator has no source."""
        return [label for label, release in self.releases.items() if not measure.sources() <= release.provided]


class Releases:
    """The released periods of one workspace. `workspace` gives its engine; whatever it raises is raised when a family is asked for."""

    def __init__(self, workspace: Callable[[], sa.Engine]) -> None:
        self._workspace = workspace
        self.decisions: Kept = _InWorkspace(workspace)

    def counter(self) -> int:
        """Differs after each time that a person released periods anew. Raises WorkspaceUnavailable."""
        return last_anew(self._workspace())

    def shown(self, present: Present, anew: Anew | None = None) -> Shown:
        """The unit's rows and what is hidden of them: released periods as they were, all others as the data has them now.

        Complete periods that were not released are released now, and with `anew` those that have changed are, too. Raises
        WorkspaceUnavailable, also where a release can't be written down: then nothing must be shown.
        """
        family, children = self._family(present), functools.cache(present.children)
        for _ in range(_ATTEMPTS):
            known = releases_of(self._workspace(), family)
            before = _holding(known, present)
            then = _cells(present, before)
            changed = _changed(present, before, then)
            kept = {label: release for label, release in before.items() if not (anew and label in changed)}
            protected = _protected(present, children, kept, self.decisions)
            added = self._new(family, present, children, known, kept, protected, anew)
            try:
                keep_releases(self._workspace(), family, list(added.values()))
            except AlreadyReleased:
                continue
            left = {label: measures for label, measures in changed.items() if label in kept}
            cells = pl.concat([present.cells.filter(_others(kept)), then.filter(~_others(kept))])
            return Shown(cells, protected, present.sources, _without_rows({**kept, **added}), left)
        raise WorkspaceUnavailable(
            "The released numbers can't be kept, because others are releasing periods at the same moment. Open the page again in a minute."
        )

    def changed(self, present: Present) -> dict[str, tuple[Release, frozenset[str]]]:
        """The released periods that the data has other numbers of by now, by label: the release, and the ids of the measures that changed.

        Raises WorkspaceUnavailable.
        """
        before = _holding(releases_of(self._workspace(), self._family(present)), present)
        changed = _changed(present, before, _cells(present, before))
        return {label: (before[label], measures) for label, measures in changed.items()}

    def families(self) -> set[Family]:
        """The families of which any period was released. Raises WorkspaceUnavailable."""
        return released_families(self._workspace())

    def _family(self, present: Present) -> Family:
        return family_of(present.unit, present.measures, present.grain, present.areas)

    def _new(
        self, family: Family, present: Present, children: Callable[[], pl.DataFrame], known: Mapping[str, Release],
        kept: Mapping[str, Release], protected: Protected, anew: Anew | None,
    ) -> dict[str, Release]:
        """The releases of the complete periods that are not kept. `known`: the releases there were when it was decided what is kept."""
        labels = [label for label in present.complete if label not in kept]
        if not labels:
            return {}
        first_reason = COUNTED_OTHERWISE if was_released_otherwise(self._workspace(), family) else ""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        added = {}
        for label in labels:
            number = known[label].number + 1 if label in known else 1
            replaced = SOURCE_ADDED if number > 1 else first_reason
            who, reason = (anew.who, anew.reason) if anew and label in _holding(known, present) else ("", replaced)
            added[label] = Release(
                label, number, now, who, reason, present.version, present.sources, rows_to_bytes(present.cells, label),
                rows_to_bytes(children(), label), hidden_to_bytes(protected, label),
            )
        return added


class _InWorkspace:
    """What was decided to be hidden, in the workspace. Where that can't be used, it is decided anew."""

    def __init__(self, workspace: Callable[[], sa.Engine]) -> None:
        self._workspace = workspace

    def find(self, key: str) -> Mapping[str, bytes]:
        try:
            return decision_of(self._workspace(), key)
        except WorkspaceUnavailable:
            return {}

    def keep(self, key: str, hidden: Mapping[str, bytes]) -> Mapping[str, bytes]:
        try:
            keep_decision(self._workspace(), key, hidden)
        except WorkspaceUnavailable:
            return hidden
        return self.find(key) or hidden


def unreleased(present: Present, decisions: Kept) -> Shown:
    """The same of data whose periods are never released, such as a made-up authority's."""
    protected = _protected(present, present.children, {}, decisions)
    return Shown(present.cells, protected, present.sources, {}, {})


def family_of(unit: Unit, measures: tuple[Measure, ...], grain: str, areas: bool) -> Family:
    """The family of tables that a unit's measures are released in."""
    return Family(unit.name, grain, fingerprint(unit, measures, grain, areas, disclosure_rules()))


def _holding(known: Mapping[str, Release], present: Present) -> dict[str, Release]:
    """The releases that hold: of periods that are complete in the data. One from before a source was there says nothing of it."""
    complete = set(present.complete)
    return {label: release for label, release in known.items() if label in complete and present.sources <= release.provided}


def _cells(present: Present, released: Mapping[str, Release]) -> pl.DataFrame:
    """The cells of released periods as they were."""
    return rows_from_bytes((release.cells for release in released.values()), cells_schema(present.measures, present.areas))


def _changed(present: Present, released: Mapping[str, Release], then: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Of released periods, whose cells were `then`: those that the data has other numbers of by now, with the ids of the measures."""
    return differing(then, present.cells.filter(~_others(released)))


def _others(released: Mapping[str, Release]) -> pl.Expr:
    return ~pl.col("period").is_in(list(released))


def _without_rows(releases: Mapping[str, Release]) -> dict[str, Release]:
    """When and why periods were released, without what takes memory."""
    return {label: replace(release, cells=b"", children=b"", hidden=b"") for label, release in releases.items()}


def _protected(
    present: Present, present_children: Callable[[], pl.DataFrame], kept: Mapping[str, Release], decisions: Kept,
) -> Protected:
    """What is hidden: of kept periods as it was; of all others it is decided, if it wasn't before."""
    periods = tuple(present.periods["label"])
    if not periods:
        return protect_unit(present_children(), periods, present.measures, disclosure_rules())
    hidden = {label: hidden_from_bytes(kept[label].hidden) for label in periods if label in kept}
    if left := [label for label in periods if label not in hidden]:
        schema = children_schema(present.unit, present.measures, present.areas)
        then = rows_from_bytes((release.children for release in kept.values()), schema)
        children = pl.concat([present_children().filter(_others(kept)), then])
        hidden |= hidden_of(left, children, periods, present.measures, disclosure_rules(), decisions)
    return together({label: hidden[label] for label in periods})
