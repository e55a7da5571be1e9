"""One version of the reporting database, and the summaries made from it.

Cells are computed when first asked for and kept: one `Reporting` is shared by everybody who looks at the same data version.
"""

from __future__ import annotations

import copy
import datetime
import functools
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from config.code_lists import NOT_RECORDED
from config.cohorts import Cohort, cohort_of
from config.disclosure import disclosure_rules
from config.local_choices import local_choices
from config.settings import settings
from dashboard.figures.coverage import read_coverage
from dashboard.figures.released_periods import NewRelease, Present, ReleasedCells, Releases, family_of, unreleased
from data_access.cells import fetch
from data_access.engines import has_table
from data_access.tables import attachment_need, authority_source, carer, child_authority, data_version, made_up, period, provided_table
from data_access.workspace import Release, secret_at
from metrics.disclosure.releases import needed_sources
from metrics.disclosure.view import Protection, protected_summary
from metrics.measures.catalogue import measures
from metrics.measures.kinds import Measure
from metrics.summary.areas import leave_out
from metrics.summary.cells import cells_schema, cells_select
from metrics.summary.coverage import BY_CARER, Covered
from metrics.summary.summarise import Facts, Where, check_breakdowns, summarise
from metrics.units import UNITS
from metrics.units.breakdowns import AREAS, BREAKDOWNS, PROVIDER, TEAM, Breakdown
from metrics.units.common import providers_of
from metrics.units.unit import Responsibility, Scope, Unit

_Key = tuple[str, str, Cohort, tuple[str, ...], bool]

GRAINS = ("month", "quarter", "term", "year")
PERIOD_SCHEMA: dict[str, pl.DataType] = {
    "grain": pl.String(), "label": pl.String(), "start_date": pl.Date(), "last_date": pl.Date(),
}


class NoData(Exception):
    """The reporting database is empty: nothing has been loaded."""


class DataChanged(Exception):
    """The database holds another version than this `Reporting` was made from."""


@dataclass(frozen=True)
class ChangedPeriod:
    """A released period of a unit of which the data has other numbers by now. `released_at` is UTC; `measures` are the ids of those
    whose numbers changed."""

    unit: Unit
    grain: str
    period: str
    released_at: datetime.datetime
    measures: frozenset[str]


class Reporting:
    """The data of one version: `version`, `as_at`, `made_up`, `provided` source tables and `periods` of every grain; `areas` says whether
    it is that of several authorities. `cohort` says who is counted: `own_cohort`, the one that the local choice means, and `of` another.

    With a `responsibility`, of its children only; no row of another child becomes a cell. With `releases`, the protected view shows
    released periods as they were released; a made-up authority's are never released, nor is a part of the children.
    """

    def __init__(
        self, engine: sa.Engine, responsibility: Responsibility | None = None, releases: Releases | None = None,
        secret: Callable[[], bytes] | None = None,
    ) -> None:
        """`secret` gives what the protected view rounds with; without it, that of the settings' workspace.

        Raises NoData when nothing was loaded yet.
        """
        self.responsibility = responsibility
        self._engine = engine
        self._lock = threading.Lock()
        self._groups: dict[tuple[str, str, Cohort], list[str]] = {}
        self._cells: dict[_Key, pl.DataFrame] = {}
        self._shown: dict[_Key, ReleasedCells] = {}
        self._covered: dict[Cohort, Covered] = {}
        self._releasing = threading.Lock()
        self._secret = secret or (lambda: secret_at(settings().workspace))
        self._release_counter: int | None = None
        with engine.connect() as connection:
            self.version, self.as_at = _version(connection)
            self.made_up = _is_made_up(connection, self.version)
            self._releases = None if self.made_up or responsibility is not None else releases
            self.provided = _provided(connection)
            self.needs_recorded = connection.execute(sa.select(attachment_need.c.child_id).limit(1)).first() is not None
            self.areas = _has_areas(connection)
            self._provided_by = _provided_by(connection) if self.areas else {}
            self._regions = _regions(connection) if self.areas else {}
            by_authority = {authority: self._provided_by.get(authority, self.provided) for authority in self._regions}
            self.coverage = read_coverage(connection, self.as_at, self.provided, by_authority)
            every = fetch(connection, sa.select(*(period.c[name] for name in PERIOD_SCHEMA)), PERIOD_SCHEMA)
        self.cohort = cohort_of(local_choices().cohort, needs_recorded=self.needs_recorded)
        self.own_cohort = self.cohort
        self._of_cohorts = {self.cohort: self}
        self._periods = {grain: _up_to(self.as_at, every.filter(pl.col("grain") == grain)) for grain in GRAINS}

    def of(self, cohort: Cohort) -> Reporting:
        """The same data, of another cohort. What was worked out of either is kept once for all."""
        if cohort not in self._of_cohorts:
            other = copy.copy(self)  # the caches are the same objects: their keys name the cohort
            other.cohort = cohort
            self._of_cohorts.setdefault(cohort, other)
        return self._of_cohorts[cohort]

    def periods(self, grain: str) -> pl.DataFrame:
        """label, start_date, last_date, period_end, complete of a grain's periods up to the as-at date, in time order."""
        return self._periods[grain]

    @property
    def breakdowns(self) -> dict[str, Breakdown]:
        """The breakdowns there are, by id: by region and authority only where there are several, and by team only where there aren't."""
        if not self.areas:
            return BREAKDOWNS
        return {**AREAS, **{name: breakdown for name, breakdown in BREAKDOWNS.items() if breakdown is not TEAM}}

    @functools.cached_property
    def providers(self) -> tuple[str, ...]:
        """The providers of the children's placements in care, of all time, with 'Not recorded'; none where no placement has one or the
        data is that of several authorities. Exact numbers have a breakdown by them. Raises DataChanged."""
        found = [] if self.areas else self._rows(providers_of(self.responsibility), {PROVIDER.id: pl.String()})[PROVIDER.id].to_list()
        return tuple(PROVIDER.order([*found, NOT_RECORDED])) if found else ()

    def regions(self, measure: Measure) -> dict[str, str]:
        """The region of each authority that provided what a measure needs, by authority; empty where the data is that of one."""
        without = self._without(measure)
        return {authority: region for authority, region in self._regions.items() if authority not in without}

    def _without(self, measure: Measure) -> list[str]:
        """Of several authorities, those that provided nothing of something that a measure needs: they have no part in it."""
        part = self.covered.taking_part(measure)
        return [
            authority for authority in self._regions
            if authority not in part or not measure.sources <= self._provided_by.get(authority, measure.sources)
        ]

    @property
    def covered(self) -> Covered:
        """Which periods what was loaded covers, for the measures of the cohort."""
        if self.cohort not in self._covered:
            self._covered[self.cohort] = Covered(self.cohort, self.provided, self.coverage, self._regions)
        return self._covered[self.cohort]

    def prepare(self, grain: str) -> None:
        """Computes the cells of every unit of a grain, if they are not there yet; for one authority this takes seconds."""
        for unit in UNITS:
            self._cells_of(unit, grain)

    def is_prepared(self, wanted: Iterable[Measure], grain: str, *, protected: bool) -> bool:
        """Whether the cells that exact or protected summaries of measures are made from are there, so that nobody waits for them."""
        there_are, units = self._shown if protected else self._cells, dict.fromkeys(measure.unit for measure in wanted)
        return all(self._key(unit, grain) in there_are for unit in units)

    def prepare_as(self, other: Reporting) -> list[str]:
        """Works out what has been worked out of another version, so that nobody waits for it. Gives the grains among it."""
        by_name = {unit.name: unit for unit in UNITS}
        for name, grain, cohort, *_ in list(other._cells):
            self.of(cohort)._cells_of(by_name[name], grain)
        for name, grain, cohort, *_ in list(other._shown):
            self.of(cohort).shown(by_name[name], grain)
        return sorted({grain for _, grain, *_ in other._cells})

    def groups(self, breakdown: str, grain: str) -> list[str]:
        """The groups of a breakdown that occur in any unit's cells of a grain."""
        key = (breakdown, grain, self.cohort)
        if key not in self._groups:
            self._groups[key] = sorted({group for unit in UNITS for group in self._cells_of(unit, grain)[breakdown].unique()})
        return self._groups[key]

    def facts(self, unit: Unit, grain: str, *, provider: bool = False) -> Facts:
        """What a summary of the unit's measures is made from; with `provider`, also one by provider.

        Raises DataChanged when the database was loaded anew since.
        """
        return Facts(self._cells_of(unit, grain, provider=provider), self.periods(grain), self.provided, self.covered)

    def summary(self, measure: Measure, grain: str, *, by: Sequence[str] = (), where: Where | None = None) -> pl.DataFrame:
        """The summary of a measure (see `metrics.summary.summarise.summarise`)."""
        provider = PROVIDER.id in (*by, *(where or {})) and not self.areas
        return summarise(measure, self.facts(measure.unit, grain, provider=provider), by=by, where=where)

    def protected_summary(
        self, measure: Measure, grain: str, *, by: Sequence[str] = (), where: Mapping[str, str] | None = None,
    ) -> pl.DataFrame:
        """The summary as anybody may see it: the same columns, with numbers for groups rounded, and with nulls and the state 'hidden' where
        a number is hidden.

        `where` has one group of a breakdown; `by` and `where` together at most two breakdowns. Raises DataChanged, and WorkspaceUnavailable
        where the released periods or the secret can't be read or kept, and UnknownBreakdown by provider.
        """
        shown = self.shown(measure.unit, grain)
        check_breakdowns([*by, *(where or {})], shown.cells.columns)
        lacking = set(shown.lacking(measure))
        present = measure.sources <= shown.sources
        labels = self.periods(grain)["label"]
        provided = {label: label not in lacking if label in shown.releases else present for label in labels}
        exact_totals_of = None if self.cohort is self.own_cohort else self.of(self.own_cohort).shown(measure.unit, grain).cells
        protection = Protection(disclosure_rules(), self._secret(), exact_totals_of)
        groups = {name: self.groups(name, grain) for name in (*by, *(where or {}))}
        covered = self.covered.and_also(measure, self.periods(grain), shown.covered(measure))
        parts = [
            protected_summary(
                measure, Facts(shown.cells, self.periods(grain), measure.sources if each else frozenset(), covered), protection,
                by=by, where=where, groups=groups,
            ).filter(pl.col("period").is_in([label for label in labels if provided[label] == each]))
            for each in set(provided.values()) or {present}
        ]
        return parts[0] if len(parts) == 1 else pl.concat(parts).sort("period_start", *by)

    def forget_what_was_replaced(self) -> int:
        """Lets go of what is shown of released periods if a person has released any anew since: the next who looks gets the new numbers.

        Gives a number that differs after each such release. Raises WorkspaceUnavailable.
        """
        if self._releases is None:
            return 0
        counter = self._releases.counter()
        if counter != self._release_counter:
            with self._releasing:
                if self._release_counter is not None:
                    self._shown.clear()
                self._release_counter = counter
        return counter

    def changed_since_release(self, measure: Measure, grain: str) -> dict[str, Release]:
        """Of what was given so far: the periods, by label, in which the protected numbers of a measure are the released ones and the data
        has others by now."""
        shown = self._shown.get(self._key(measure.unit, grain))
        return {label: shown.releases[label] for label, measures in shown.changed.items() if measure.id in measures} if shown else {}

    def changed(self) -> list[ChangedPeriod]:
        """The released periods of all grains and cohorts that the data has other numbers of by now. Raises DataChanged and
        WorkspaceUnavailable."""
        return [
            ChangedPeriod(unit, grain, label, release.at, measures)
            for reporting, unit, grain in self._released_families()
            for label, (release, measures) in reporting._changed_of(unit, grain).items()
        ]

    def release_again(self, anew: NewRelease) -> None:
        """Releases all changed periods anew, of all grains and cohorts: they are then shown as the data has them. This takes a while.

        Raises DataChanged and WorkspaceUnavailable.
        """
        if self._releases is None:
            return
        for reporting, unit, grain in self._released_families():
            if reporting._changed_of(unit, grain):
                present = reporting._present(unit, grain)
                with self._releasing:
                    self._shown[reporting._key(unit, grain)] = self._releases.shown(present, anew)
        self._release_counter = self._releases.counter()

    def _released_families(self) -> list[tuple[Reporting, Unit, str]]:
        """The units and grains of which any period was released, each with the data of the cohort."""
        there_are = self._releases.families() if self._releases else set()
        names = {(family.unit, family.grain, family.cohort) for family in there_are}
        every = ((self.of(cohort), unit, grain) for cohort in Cohort for unit in UNITS for grain in GRAINS)
        return [
            (reporting, unit, grain) for reporting, unit, grain in every
            if (unit.name, grain, reporting.cohort.value) in names and family_of(reporting._present(unit, grain)) in there_are
        ]

    def _changed_of(self, unit: Unit, grain: str) -> dict[str, tuple[Release, frozenset[str]]]:
        return self._releases.changed(self._present(unit, grain)) if self._releases else {}

    def shown(self, unit: Unit, grain: str) -> ReleasedCells:
        """The cells that protected summaries are made from: of released periods as they were. Kept. Raises as `protected_summary` does."""
        key = self._key(unit, grain)
        with self._releasing:
            if key not in self._shown:
                present = self._present(unit, grain)
                self._shown[key] = self._releases.shown(present) if self._releases else unreleased(present)
            return self._shown[key]

    def _present(self, unit: Unit, grain: str) -> Present:
        declared = _declared(unit)
        sources = self.provided & needed_sources(declared, self.cohort) if self._releases else self.provided
        return Present(
            unit, grain, declared, self.areas, self.version, sources, self.periods(grain), self._cells_of(unit, grain), self.cohort,
            self._covered_measures(declared, grain),
        )

    def _covered_measures(self, declared: tuple[Measure, ...], grain: str) -> dict[str, frozenset[str]]:
        """By label, the ids of the measures of which the period is covered."""
        by_measure = {measure.id: self.covered.periods(measure, self.periods(grain)) for measure in declared}
        return {
            label: frozenset(id for id, labels in by_measure.items() if label in labels) for label in self.periods(grain)["label"].to_list()
        }

    def _cells_of(self, unit: Unit, grain: str, *, provider: bool = False) -> pl.DataFrame:
        declared, key = _declared(unit), self._key(unit, grain, provider=provider)
        with self._lock:
            if key not in self._cells:
                select = cells_select(unit, declared, self._scope(declared, grain, provider=provider))
                rows = self._rows(select, cells_schema(unit, declared, self.areas, provider))
                self._cells[key] = leave_out(rows, declared, self._without) if self.areas else rows
            return self._cells[key]

    def _scope(self, declared: tuple[Measure, ...], grain: str, *, provider: bool) -> Scope:
        first = self.covered.first(declared, self.periods(grain)) or self.as_at + datetime.timedelta(days=1)
        return Scope(grain, self.as_at, self.responsibility, self.areas, self.cohort, self.covered.arrangements(), first, provider)

    def _key(self, unit: Unit, grain: str, *, provider: bool = False) -> _Key:
        """What tells the unit's cells apart from those of other units, grains, cohorts and declarations, and those by provider too."""
        return unit.name, grain, self.cohort, tuple(measure.id for measure in _declared(unit)), provider

    def _rows(self, statement: sa.Select[Any], schema: dict[str, pl.DataType]) -> pl.DataFrame:
        with self._engine.connect() as connection:
            # A connection sees one state of the database, so the version that is checked is the version that is read.
            if _version(connection)[0] != self.version:
                raise DataChanged("New data was loaded. Open the page again to see it.")
            return fetch(connection, statement, schema)


def _up_to(as_at: datetime.date, periods: pl.DataFrame) -> pl.DataFrame:
    """The periods that have begun by the as-at date, with the last day of each that counts, and whether it is whole."""
    return (
        periods.filter(pl.col("start_date") <= as_at)
        .drop("grain")
        .with_columns(
            pl.min_horizontal(pl.col("last_date"), pl.lit(as_at)).alias("period_end"), (pl.col("last_date") <= as_at).alias("complete"),
        )
        .sort("start_date")
    )


def _declared(unit: Unit) -> tuple[Measure, ...]:
    """The unit's measures."""
    return tuple(measure for measure in measures() if measure.unit is unit)


def _version(connection: sa.Connection) -> tuple[str, datetime.date]:
    row = connection.execute(sa.select(data_version.c.version, data_version.c.as_at)).one_or_none()
    if row is None:
        raise NoData("Nothing has been loaded yet. Load your return and extracts with `qs133 load`, or see made-up data with `qs133 demo`.")
    return row.version, row.as_at


def _provided(connection: sa.Connection) -> frozenset[str]:
    """The source tables that were provided. Training that is known by carer says nothing where no carer is known to look after a child."""
    names = frozenset(connection.scalars(sa.select(provided_table.c.name)))
    if BY_CARER in names and connection.execute(sa.select(carer.c.carer_id).limit(1)).first() is None:
        return names - {"carer_training"}
    return names


def _is_made_up(connection: sa.Connection, version: str) -> bool:
    """Whether a load said so of this very version. A warehouse need not have the table."""
    if not has_table(connection, made_up):
        return False
    return connection.execute(sa.select(made_up.c.version).where(made_up.c.version == version)).first() is not None


def _has_areas(connection: sa.Connection) -> bool:
    """Whether the data is that of several authorities. A warehouse need not have the table."""
    if not has_table(connection, child_authority):
        return False
    return (connection.scalar(sa.select(sa.func.count(sa.distinct(child_authority.c.authority)))) or 0) > 1


def _regions(connection: sa.Connection) -> dict[str, str]:
    """The region of each authority, in the order of their names."""
    authority, region = child_authority.c.authority, sa.func.coalesce(child_authority.c.region, NOT_RECORDED)
    named = sa.select(authority, sa.func.min(region)).group_by(authority).order_by(authority)
    return {str(name): str(held) for name, held in connection.execute(named)}


def _provided_by(connection: sa.Connection) -> dict[str, frozenset[str]]:
    """By authority, the source tables that it provided; empty where the warehouse doesn't say, and every authority then has them all."""
    if not has_table(connection, authority_source):
        return {}
    found: dict[str, set[str]] = {}
    for authority, name in connection.execute(sa.select(authority_source.c.authority, authority_source.c.name)):
        found.setdefault(authority, set()).add(name)
    return {authority: frozenset(names) for authority, names in found.items()}
