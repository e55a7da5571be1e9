"""One version of the reporting database, and the summaries made from it.

Cells are computed when first asked for and kept: one `Reporting` is shared by everybody who looks at the same data version.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import sqlalchemy as sa

from config.code_lists import NOT_RECORDED
from dashboard.releases import Anew, Present, Releases, Shown, family_of, unreleased
from data_access.cells import fetch
from data_access.tables import authority_source, child_authority, data_version, made_up, period, provided_table
from data_access.workspace import Release
from metrics.areas import leave_out
from metrics.breakdowns import AREAS, BREAKDOWNS, TEAM, Breakdown
from metrics.catalogue import measures
from metrics.cells import cells_schema, cells_select
from metrics.decisions import Nowhere
from metrics.disclosure.masking import mask
from metrics.disclosure.select import children_schema, children_select
from metrics.kinds import Measure
from metrics.releases import needed_sources
from metrics.summarise import Facts, Where, summarise
from metrics.unit import Responsibility, Scope, Unit
from metrics.units import UNITS

_Key = tuple[str, str, tuple[str, ...]]

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
    it is that of several authorities.

    With a `responsibility`, of its children only; no row of another child becomes a cell. With `releases`, the protected view shows
    released periods as they were released; a made-up authority's are never released, nor is a part of the children.
    """

    def __init__(
        self, engine: sa.Engine, responsibility: Responsibility | None = None, releases: Releases | None = None,
    ) -> None:
        """Raises NoData when nothing was loaded yet."""
        self.responsibility = responsibility
        self._engine = engine
        self._lock = threading.Lock()
        self._groups: dict[tuple[str, str], list[str]] = {}
        self._cells: dict[_Key, pl.DataFrame] = {}
        self._protected: dict[_Key, Shown] = {}
        self._protecting = threading.Lock()
        self._released_anew: int | None = None
        with engine.connect() as connection:
            self.version, self.as_at = _version(connection)
            self.made_up = _is_made_up(connection, self.version)
            self._releases = None if self.made_up or responsibility is not None else releases
            self._decisions = releases.decisions if releases else Nowhere()
            self.provided = frozenset(connection.scalars(sa.select(provided_table.c.name)))
            self.areas = _has_areas(connection)
            self._provided_by = _provided_by(connection) if self.areas else {}
            self._regions = _regions(connection) if self.areas else {}
            every = fetch(connection, sa.select(*(period.c[name] for name in PERIOD_SCHEMA)), PERIOD_SCHEMA)
        self._periods = {grain: _up_to(self.as_at, every.filter(pl.col("grain") == grain)) for grain in GRAINS}

    def periods(self, grain: str) -> pl.DataFrame:
        """label, start_date, last_date, period_end, complete of a grain's periods up to the as-at date, in time order."""
        return self._periods[grain]

    @property
    def breakdowns(self) -> dict[str, Breakdown]:
        """The breakdowns there are, by id: by region and authority only where there are several, and by team only where there aren't."""
        if not self.areas:
            return BREAKDOWNS
        return {**AREAS, **{name: breakdown for name, breakdown in BREAKDOWNS.items() if breakdown is not TEAM}}

    def regions(self, measure: Measure) -> dict[str, str]:
        """The region of each authority that provided what a measure needs, by authority; empty where the data is that of one."""
        return {
            authority: region for authority, region in self._regions.items()
            if measure.sources() <= self._provided_by.get(authority, measure.sources())
        }

    def prepare(self, grain: str) -> None:
        """Computes the cells of every unit of a grain, if they are not there yet; for one authority this takes seconds."""
        for unit in UNITS:
            self._cells_of(unit, grain)

    def is_prepared(self, wanted: Iterable[Measure], grain: str, *, protected: bool) -> bool:
        """Whether the exact or the protected tables that measures are made from are there, so that nobody waits for them."""
        there_are, units = self._protected if protected else self._cells, dict.fromkeys(measure.unit for measure in wanted)
        return all(_declared(unit, grain)[1] in there_are for unit in units)

    def prepare_as(self, other: Reporting) -> list[str]:
        """Works out what has been worked out of another version, so that nobody waits for it. Gives the grains among it."""
        by_name = {unit.name: unit for unit in UNITS}
        for name, grain, _ in list(other._cells):
            self._cells_of(by_name[name], grain)
        for name, grain, _ in list(other._protected):
            self._protected_of(by_name[name], grain)
        return sorted({grain for _, grain, _ in other._cells})

    def groups(self, breakdown: str, grain: str) -> list[str]:
        """The groups of a breakdown that occur in any unit's cells of a grain."""
        key = (breakdown, grain)
        if key not in self._groups:
            self._groups[key] = sorted({group for unit in UNITS for group in self._cells_of(unit, grain)[breakdown].unique()})
        return self._groups[key]

    def facts(self, unit: Unit, grain: str) -> Facts:
        """What a summary of the unit's measures is made from.

        Raises DataChanged when the database was loaded anew since.
        """
        return Facts(self._cells_of(unit, grain), self.periods(grain), self.provided)

    def summary(self, measure: Measure, grain: str, *, by: Sequence[str] = (), where: Where | None = None) -> pl.DataFrame:
        """The summary of a measure (see `metrics.summarise.summarise`)."""
        return summarise(measure, self.facts(measure.unit, grain), by=by, where=where)

    def protected_summary(
        self, measure: Measure, grain: str, *, by: Sequence[str] = (), where: Mapping[str, str] | None = None,
    ) -> pl.DataFrame:
        """The summary as anybody may see it: the same columns, with nulls and the state 'hidden' where a number is hidden.

        `where` has one group of a breakdown; `by` and `where` together at most two breakdowns. What is hidden is decided once for all
        tables of a unit and grain, when the first of them is asked for, and kept. Raises DataChanged, and WorkspaceUnavailable where
        the released periods can't be read or kept.
        """
        shown = self._protected_of(measure.unit, grain)
        lacking = set(shown.lacking(measure))
        present = measure.sources() <= shown.sources
        labels = self.periods(grain)["label"]
        provided = {label: label not in lacking if label in shown.releases else present for label in labels}
        parts = [
            self._masked(measure, grain, shown, by, dict(where or {}), provided=each)
            .filter(pl.col("period").is_in([label for label in labels if provided[label] == each]))
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
        if counter != self._released_anew:
            with self._protecting:
                if self._released_anew is not None:
                    self._protected.clear()
                self._released_anew = counter
        return counter

    def kept(self, measure: Measure, grain: str) -> dict[str, Release]:
        """Of what was given so far: the periods, by label, in which the protected numbers of a measure are the released ones and the data
        has others by now."""
        shown = self._protected.get(_declared(measure.unit, grain)[1])
        return {label: shown.releases[label] for label, measures in shown.changed.items() if measure.id in measures} if shown else {}

    def changed(self) -> list[ChangedPeriod]:
        """The released periods of all grains that the data has other numbers of by now. Raises DataChanged and WorkspaceUnavailable."""
        return [
            ChangedPeriod(unit, grain, label, release.at, measures)
            for unit, grain in self._released_families()
            for label, (release, measures) in self._changed_of(unit, grain).items()
        ]

    def release_anew(self, anew: Anew) -> None:
        """Releases all changed periods anew, of all grains: they are then shown as the data has them. This takes a while.

        Raises DataChanged and WorkspaceUnavailable.
        """
        if self._releases is None:
            return
        for unit, grain in self._released_families():
            if self._changed_of(unit, grain):
                with self._protecting:
                    self._protected[_declared(unit, grain)[1]] = self._releases.shown(self._present(unit, grain), anew)
        self._released_anew = self._releases.counter()

    def _released_families(self) -> list[tuple[Unit, str]]:
        there_are = self._releases.families() if self._releases else set()
        return [
            (unit, grain) for unit in UNITS for grain in GRAINS
            if there_are and family_of(unit, _declared(unit, grain)[0], grain, self.areas) in there_are
        ]

    def _changed_of(self, unit: Unit, grain: str) -> dict[str, tuple[Release, frozenset[str]]]:
        return self._releases.changed(self._present(unit, grain)) if self._releases else {}

    def _masked(
        self, measure: Measure, grain: str, shown: Shown, by: Sequence[str], where: dict[str, str], *, provided: bool,
    ) -> pl.DataFrame:
        """The protected summary, with or without a source for the numerators."""
        facts = Facts(shown.cells, self.periods(grain), measure.sources() if provided else frozenset())
        exact = summarise(measure, facts, by=by, where={name: (group,) for name, group in where.items()})
        return mask(exact, shown.protected, self.periods(grain), measure=measure.id, by=by, where=where, provided=provided)

    def _protected_of(self, unit: Unit, grain: str) -> Shown:
        key = _declared(unit, grain)[1]
        with self._protecting:
            if key not in self._protected:
                present = self._present(unit, grain)
                self._protected[key] = self._releases.shown(present) if self._releases else unreleased(present, self._decisions)
            return self._protected[key]

    def _present(self, unit: Unit, grain: str) -> Present:
        declared, _ = _declared(unit, grain)
        select, schema = children_select(unit, declared, self._scope(grain)), children_schema(unit, declared, self.areas)
        return Present(
            unit, grain, declared, self.areas, self.version, self.provided & needed_sources(declared), self.periods(grain),
            self._cells_of(unit, grain), lambda: self._read(select, schema, declared),
        )

    def _cells_of(self, unit: Unit, grain: str) -> pl.DataFrame:
        declared, key = _declared(unit, grain)
        with self._lock:
            if key not in self._cells:
                select, schema = cells_select(unit, declared, self._scope(grain)), cells_schema(declared, self.areas)
                self._cells[key] = self._read(select, schema, declared)
            return self._cells[key]

    def _scope(self, grain: str) -> Scope:
        return Scope(grain, self.as_at, self.responsibility, self.areas)

    def _read(self, statement: sa.Select[Any], schema: dict[str, pl.DataType], declared: tuple[Measure, ...]) -> pl.DataFrame:
        with self._engine.connect() as connection:
            # A connection sees one state of the database, so the version that is checked is the version that is read.
            if _version(connection)[0] != self.version:
                raise DataChanged("The data was loaded anew. Open the page again to see it.")
            rows = fetch(connection, statement, schema)
        return leave_out(rows, declared, self._provided_by) if self.areas else rows


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


def _declared(unit: Unit, grain: str) -> tuple[tuple[Measure, ...], _Key]:
    """The unit's measures, and what tells their cells apart from those of other units, grains and declarations."""
    declared = tuple(measure for measure in measures() if measure.unit is unit)
    return declared, (unit.name, grain, tuple(measure.id for measure in declared))


def _version(connection: sa.Connection) -> tuple[str, datetime.date]:
    row = connection.execute(sa.select(data_version.c.version, data_version.c.as_at)).one_or_none()
    if row is None:
        raise NoData("Nothing has been loaded yet. Load your return and extracts with `qs133 load`, or see made-up data with `qs133 demo`.")
    return row.version, row.as_at


def _is_made_up(connection: sa.Connection, version: str) -> bool:
    """Whether a load said so of this very version. A warehouse need not have the table."""
    if not sa.inspect(connection).has_table(made_up.name):
        return False
    return connection.execute(sa.select(made_up.c.version).where(made_up.c.version == version)).first() is not None


def _has_areas(connection: sa.Connection) -> bool:
    """Whether the data is that of several authorities. A warehouse need not have the table."""
    if not sa.inspect(connection).has_table(child_authority.name):
        return False
    return (connection.scalar(sa.select(sa.func.count(sa.distinct(child_authority.c.authority)))) or 0) > 1


def _regions(connection: sa.Connection) -> dict[str, str]:
    """The region of each authority, in the order of their names."""
    authority, region = child_authority.c.authority, sa.func.coalesce(child_authority.c.region, NOT_RECORDED)
    named = sa.select(authority, sa.func.min(region)).group_by(authority).order_by(authority)
    return {str(name): str(held) for name, held in connection.execute(named)}


def _provided_by(connection: sa.Connection) -> dict[str, frozenset[str]]:
    """By authority, the source tables that it provided; empty where the warehouse doesn't say, and every authority then has them all."""
    if not sa.inspect(connection).has_table(authority_source.name):
        return {}
    found: dict[str, set[str]] = {}
    for authority, name in connection.execute(sa.select(authority_source.c.authority, authority_source.c.name)):
        found.setdefault(authority, set()).add(name)
    return {authority: frozenset(names) for authority, names in found.items()}
