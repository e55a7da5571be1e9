"""The data as one person may see it. Pages, exports and commands get their numbers here and have no other way to them.

A viewer gets the protected figures and nothing else; a manager's figures come from cells that hold only their own children; and no
exact figure is given before the guard has made sure that the person still has the role and that the look is in the audit log.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Protocol

import polars as pl

from config.access import Role
from config.cohorts import Cohort
from config.disclosure import disclosure_rules
from dashboard.access.roles import Person
from dashboard.figures.reporting import Reporting
from dashboard.text.formatting import listing
from metrics.disclosure.pairs import is_offered
from metrics.judgement.several_authorities import SUM_SCHEMA, Pool, sum_of_shown
from metrics.measures.kinds import Measure
from metrics.summary.coverage import Covered
from metrics.summary.summarise import Where
from metrics.units.breakdowns import BREAKDOWNS, EVERY, PROVIDER, Breakdown
from metrics.units.unit import Responsibility


class NotInProtectedView(Exception):
    """The protected view has no such table; the message says what it has instead."""


class WrongData(Exception):
    """The data given for a person is not the data that they answer for."""


class Guard(Protocol):
    """What stands before exact figures and exports. Both methods raise when they must not be given."""

    def before_exact(self) -> None:
        """Called before each exact summary."""

    def before_export(self, what: str) -> None:
        """Called before each export is made; `what` is its file name."""


class PermittedReporting:
    """A `Reporting` for one person."""

    def __init__(self, reporting: Reporting, person: Person, guard: Guard) -> None:
        """Raises WrongData when `reporting` is not restricted to what a manager answers for."""
        if reporting.responsibility != responsibility_of(person):
            raise WrongData("The figures are not those of the children that this person answers for.")
        self._reporting = reporting
        self._guard = guard
        self.person = person

    @property
    def cohort(self) -> Cohort:
        """Who is counted."""
        return self._reporting.cohort

    def of(self, cohort: Cohort) -> PermittedReporting:
        """The same data for the same person, of another cohort."""
        return PermittedReporting(self._reporting.of(cohort), self.person, self._guard)

    @property
    def exact(self) -> bool:
        """Whether the figures are exact, so not for sharing."""
        return self.person.role.exact

    @property
    def version(self) -> str:
        """The data version."""
        return self._reporting.version

    @property
    def made_up(self) -> bool:
        """Whether the data is a made-up authority's."""
        return self._reporting.made_up

    @property
    def as_at(self) -> datetime.date:
        """The last day that counts."""
        return self._reporting.as_at

    @property
    def breakdowns(self) -> dict[str, Breakdown]:
        """The breakdowns that can be chosen, by id: by provider in exact numbers, and those by region and authority last, where there are
        several."""
        there_are = self._reporting.breakdowns
        exact = {PROVIDER.id: PROVIDER} if self.exact and self._reporting.providers else {}
        return {**{name: there_are[name] for name in BREAKDOWNS if name in there_are}, **exact, **there_are}

    @property
    def provided(self) -> frozenset[str]:
        """The source tables that were in any source."""
        return self._reporting.provided

    @property
    def covered(self) -> Covered:
        """Which periods what was loaded covers, for the measures of the cohort."""
        return self._reporting.covered

    @property
    def areas(self) -> bool:
        """Whether the data is that of several authorities."""
        return self._reporting.areas

    def periods(self, grain: str) -> pl.DataFrame:
        """See `Reporting.periods`."""
        return self._reporting.periods(grain)

    def prepare(self, measure: Measure, grain: str) -> None:
        """Works out what the summaries of a measure are made from, and gives nothing: the first time it takes a while."""
        if self.exact:
            self._reporting.facts(measure.unit, grain)
        else:
            self._reporting.shown(measure.unit, grain)

    def is_prepared(self, wanted: Iterable[Measure], grain: str) -> bool:
        """Whether what the summaries of measures are made from is there already."""
        return self._reporting.is_prepared(wanted, grain, protected=not self.exact)

    def summary(self, measure: Measure, grain: str, *, by: Sequence[str] = (), where: Where | None = None) -> pl.DataFrame:
        """The summary of a measure (see `metrics.summary.summarise.summarise`), protected for a viewer.

        Raises NotInProtectedView for what the protected view doesn't have, and whatever the guard raises.
        """
        kept = {name: tuple(groups) for name, groups in (where or {}).items()}
        if self.exact:
            self._guard.before_exact()
            return self._reporting.summary(measure, grain, by=by, where=kept)
        if not is_in_protected_view(by, kept):
            raise NotInProtectedView(protected_limit())
        return self._reporting.protected_summary(measure, grain, by=tuple(by), where={name: group for name, (group,) in kept.items()})

    def regions(self, measure: Measure) -> dict[str, str]:
        """See `Reporting.regions`."""
        return self._reporting.regions(measure)

    def pooled(self, measure: Measure, grain: str, pool: Pool, where: Where) -> pl.DataFrame:
        """period, numerator, denominator, value and state of a pool's children together; `where` says which of them, by no area.

        Raises as `summary` does.
        """
        if self.exact or all(len(areas) == 1 for areas in pool.where.values()):
            return self.summary(measure, grain, where={**where, **pool.where}).select(*SUM_SCHEMA)
        return sum_of_shown(measure, self.summary(measure, grain, by=("authority",), where=where), pool.members)

    def before_look(self) -> None:
        """Called before numbers are shown that were worked out for another person who may see the same; raises when they must not be."""
        if self.exact:
            self._guard.before_exact()

    def changed_since_release(self, wanted: Iterable[Measure], grain: str) -> dict[Measure, dict[str, datetime.datetime]]:
        """Of what has been worked out in the protected view: by measure, the periods that are shown as they were released while the data
        has other numbers by now, each with when it was released (UTC). Nothing of exact figures."""
        kept = {} if self.exact else {measure: self._reporting.changed_since_release(measure, grain) for measure in wanted}
        return {measure: {label: release.at for label, release in periods.items()} for measure, periods in kept.items() if periods}

    def before_export(self, what: str) -> None:
        """Called before an export is made; raises when it must not be."""
        self._guard.before_export(what)


def protected_limit() -> str:
    """What the protected view has, in sentences, for whoever asked for something else."""
    rules = disclosure_rules()
    pairs = "; ".join(
        f"{EVERY[name].title} with {listing([EVERY[other].title for other in others], 'or')}" for name, others in rules.pairs.items()
        if name in BREAKDOWNS and others
    )
    return (
        "The protected view shows at most two characteristics at a time, one group of each that is filtered. "
        f"Only these go together: {pairs}. {PROVIDER.title} is for exact numbers only. Choose fewer, or others."
    )


def is_in_protected_view(by: Sequence[str], where: Where) -> bool:
    """Whether the protected view has a table: one group of a characteristic, two characteristics at most, of those that go together."""
    return is_offered(by, where, disclosure_rules())


def responsibility_of(person: Person) -> Responsibility | None:
    """The children whom a person's figures are about: a manager's own, or None for all."""
    return Responsibility(person.teams, person.providers) if person.role is Role.MANAGER else None
