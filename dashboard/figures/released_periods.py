"""Released periods: a complete period stays in the protected view as it was when it was first shown there, until a person releases it anew.

Without this, whoever kept the numbers of before a load could subtract them from those of after it. What was shown is kept in the workspace.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import polars as pl
import sqlalchemy as sa

from config.cohorts import Cohort
from data_access.workspace import (
    AlreadyReleased,
    Family,
    Release,
    WorkspaceUnavailable,
    keep_releases,
    last_anew,
    released_families,
    releases_of,
    start_over,
    was_released_otherwise,
)
from metrics.disclosure.releases import cells_from_bytes, cells_to_bytes, differing, fingerprint
from metrics.measures.kinds import Measure
from metrics.summary.cells import cells_schema
from metrics.units.unit import Unit

COUNTED_OTHERWISE = "how the numbers are counted has changed"
SOURCE_ADDED = "a source was added that was missing before"
_ATTEMPTS = 5


@dataclass(frozen=True)
class NewRelease:
    """That a person releases changed periods anew, and why."""

    who: str
    reason: str


@dataclass(frozen=True)
class Present:
    """A unit's cells of one grain as the data has them now. `periods` as `Facts` has them; `sources` are the source tables that the unit's
    measures need and that there are. `covered` has, by label, the ids of the measures of which the period is covered."""

    unit: Unit
    grain: str
    measures: tuple[Measure, ...]
    areas: bool
    version: str
    sources: frozenset[str]
    periods: pl.DataFrame
    cells: pl.DataFrame
    cohort: Cohort = Cohort.RECORDED
    covered: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def known(self, label: str) -> frozenset[str]:
        """What there is for a period: the sources, and the measures that are covered. A release from before that says nothing of it."""
        return self.sources | {_covered(measure) for measure in self.covered.get(label, ())}

    @property
    def complete(self) -> list[str]:
        """The labels of the periods that are over."""
        return self.periods.filter(pl.col("complete"))["label"].to_list()


@dataclass(frozen=True)
class ReleasedCells:
    """What the protected view is made from.

    `releases`: by label, the periods that are shown as released. `changed`: of those, the ones that the data has other numbers of by now,
    each with the ids of the measures whose numbers are others. `sources` are the present ones.
    """

    cells: pl.DataFrame
    sources: frozenset[str]
    releases: Mapping[str, Release]
    changed: Mapping[str, frozenset[str]]

    def lacking(self, measure: Measure) -> list[str]:
        """The released periods in which the measure's numerator has no source."""
        return [label for label, release in self.releases.items() if not measure.sources <= release.provided]

    def covered(self, measure: Measure) -> list[str]:
        """The released periods that were covered for the measure when they were released."""
        return [label for label, release in self.releases.items() if _covered(measure.id) in release.provided]


class Releases:
    """The released periods of one workspace. `workspace` gives its engine; whatever it raises is raised when a family is asked for."""

    def __init__(self, workspace: Callable[[], sa.Engine]) -> None:
        self._workspace = workspace

    def counter(self) -> int:
        """Differs after each time that a person released periods anew. Raises WorkspaceUnavailable."""
        return last_anew(self._workspace())

    def shown(self, present: Present, anew: NewRelease | None = None) -> ReleasedCells:
        """The unit's cells: of released periods as they were, of all others as the data has them now.

        Complete periods that were not released are released now, and with `anew` those that have changed are, too. Raises
        WorkspaceUnavailable, also where a release can't be written down: then nothing must be shown.
        """
        family = family_of(present)
        for _ in range(_ATTEMPTS):
            known = releases_of(self._workspace(), family)
            before = _holding(known, present)
            then = _cells(present, before)
            changed = _changed(present, before, then)
            kept = {label: release for label, release in before.items() if not (anew and label in changed)}
            added = self._new(family, present, known, kept, anew)
            try:
                keep_releases(self._workspace(), family, list(added.values()))
            except AlreadyReleased:
                continue
            left = {label: measures for label, measures in changed.items() if label in kept}
            cells = pl.concat([present.cells.filter(_others(left)), then.filter(~_others(left))]) if left else present.cells
            return ReleasedCells(cells, present.sources, _without_cells({**kept, **added}), left)
        raise WorkspaceUnavailable(
            "The released numbers can't be kept, because others are releasing periods at the same moment. Open the page again in a minute."
        )

    def changed(self, present: Present) -> dict[str, tuple[Release, frozenset[str]]]:
        """The released periods that the data has other numbers of by now, by label: the release, and the ids of the measures that changed.

        Raises WorkspaceUnavailable.
        """
        before = _holding(releases_of(self._workspace(), family_of(present)), present)
        changed = _changed(present, before, _cells(present, before))
        return {label: (before[label], measures) for label, measures in changed.items()}

    def start_over(self, by: NewRelease, data_version: str) -> int:
        """Forgets all released periods; gives how many they were. Raises WorkspaceUnavailable."""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        return start_over(self._workspace(), now, by.who, by.reason, data_version)

    def families(self) -> set[Family]:
        """The families of which any period was released. Raises WorkspaceUnavailable."""
        return released_families(self._workspace())

    def _new(
        self, family: Family, present: Present, known: Mapping[str, Release], kept: Mapping[str, Release], anew: NewRelease | None,
    ) -> dict[str, Release]:
        """The releases of the complete periods that are not kept. `known`: the releases there were when it was decided what is kept."""
        labels = [label for label in present.complete if label not in kept]
        if not labels:
            return {}
        first_reason = COUNTED_OTHERWISE if was_released_otherwise(self._workspace(), family) else ""
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        held = _holding(known, present)
        added = {}
        for label in labels:
            number = known[label].number + 1 if label in known else 1
            replaced = SOURCE_ADDED if number > 1 else first_reason
            who, reason = (anew.who, anew.reason) if anew and label in held else ("", replaced)
            added[label] = Release(
                label, number, now, who, reason, present.version, present.known(label), cells_to_bytes(present.cells, label),
            )
        return added


def unreleased(present: Present) -> ReleasedCells:
    """The same of data whose periods are never released, such as a made-up authority's."""
    return ReleasedCells(present.cells, present.sources, {}, {})


def family_of(present: Present) -> Family:
    """The family of cells that a unit's measures are released in."""
    return Family(
        present.unit.name, present.grain, fingerprint(present.unit, present.measures, present.grain, present.areas, present.cohort),
        present.cohort.value,
    )


def _covered(measure: str) -> str:
    """How a release says that its period is covered for a measure (its id)."""
    return f"covered: {measure}"


def _holding(known: Mapping[str, Release], present: Present) -> dict[str, Release]:
    """The releases that hold: of periods that are complete in the data. One from before a source was there says nothing of it."""
    complete = set(present.complete)
    return {label: release for label, release in known.items() if label in complete and present.known(label) <= release.provided}


def _cells(present: Present, released: Mapping[str, Release]) -> pl.DataFrame:
    """The cells of released periods as they were."""
    schema = cells_schema(present.unit, present.measures, present.areas)
    return cells_from_bytes((release.cells for release in released.values()), schema)


def _changed(present: Present, released: Mapping[str, Release], then: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Of released periods, whose cells were `then`: those that the data has other numbers of by now, with the ids of the measures."""
    return differing(then, present.cells.filter(~_others(released)), present.measures)


def _others(released: Collection[str]) -> pl.Expr:
    return ~pl.col("period").is_in(list(released))


def _without_cells(releases: Mapping[str, Release]) -> dict[str, Release]:
    """When and why periods were released, without what takes memory."""
    return {label: replace(release, cells=b"") for label, release in releases.items()}
