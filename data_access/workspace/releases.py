"""Periods as they were released in the protected view: the cells that their numbers are made from.

The first writer of a release wins, and everybody else takes what is there. Releases are added; of one that has been replaced by a later
one only who, when and why stay.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, fields

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.workspace.engine import ID, explained, metadata

period_release = sa.Table(
    "period_release", metadata,
    sa.Column("release_id", ID, primary_key=True, autoincrement=True),
    sa.Column("unit", sa.String(100), nullable=False, comment="what one row of the measures' denominators is"),
    sa.Column("grain", sa.String(20), nullable=False, comment="month, quarter, term or year"),
    sa.Column("cohort", sa.String(20), nullable=False, server_default="recorded", comment="whose numbers: the children who are counted"),
    sa.Column("period", sa.String(100), nullable=False, comment="the period's label"),
    sa.Column("declarations", sa.String(64), nullable=False, comment="a fingerprint of how the unit's numbers are counted"),
    sa.Column("number", sa.Integer, nullable=False, comment="1, 2, 3 of the period under these declarations; the last one holds"),
    sa.Column("at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("who", sa.String(320), nullable=False, comment="who released it anew; empty where it was shown for the first time"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("data_version", sa.Text, nullable=False, comment="of the reporting database"),
    sa.Column("provided", sa.JSON, nullable=False, comment="the source tables that there were then, of those that the measures need"),
    sa.Column("cells", sa.LargeBinary, comment="the unit's cells (Parquet); null once a later release holds"),
    sa.UniqueConstraint("unit", "grain", "cohort", "period", "declarations", "number", name="one_of_each_release"),
    sa.Index("period_release_number", "number"),
    comment="One row a release of one period of one unit. No child's id is in it.",
)


_RELEASED = period_release.c.unit != ""
"""Rows of released periods, and not of a time that all were forgotten."""


class AlreadyReleased(Exception):
    """Another process has just released one of the periods: take what is there."""


@dataclass(frozen=True)
class Family:
    """The cells that are released together: a unit's of one grain and cohort, under one fingerprint of its declarations."""

    unit: str
    grain: str
    declarations: str
    cohort: str = "recorded"


@dataclass(frozen=True)
class Release:
    """One period's release. `at` is UTC; `who` is empty where the period was shown for the first time."""

    period: str
    number: int
    at: datetime.datetime
    who: str
    reason: str
    data_version: str
    provided: frozenset[str]
    cells: bytes


def releases_of(engine: sa.Engine, family: Family) -> dict[str, Release]:
    """The release that holds of each released period, by its label. Raises WorkspaceUnavailable."""
    last = (
        sa.select(period_release.c.period, sa.func.max(period_release.c.number).label("number"))
        .where(*_of(family)).group_by(period_release.c.period).subquery()
    )
    same = sa.and_(period_release.c.period == last.c.period, period_release.c.number == last.c.number)
    columns = [period_release.c[name] for name in ("period", "number", "at", "who", "reason", "data_version", "provided", "cells")]
    wanted = sa.select(*columns).join(last, same).where(*_of(family)).order_by(period_release.c.release_id)
    with explained(), engine.connect() as connection:
        rows = connection.execute(wanted).mappings().all()
    return {row["period"]: Release(**{**row, "provided": frozenset(row["provided"])}) for row in rows}


def keep_releases(engine: sa.Engine, family: Family, releases: Sequence[Release]) -> None:
    """Adds releases, all of them or none, and empties those that they replace.

    Raises AlreadyReleased when a period's release of the same number is there, and WorkspaceUnavailable.
    """
    if not releases:
        return
    rows = [
        {
            **vars(family), **vars(release), "provided": sorted(release.provided),
        }
        for release in releases
    ]
    replaced = [
        sa.and_(period_release.c.period == release.period, period_release.c.number < release.number)
        for release in releases if release.number > 1
    ]
    with explained():
        try:
            with engine.begin() as connection:
                connection.execute(period_release.insert(), rows)
                if replaced:
                    emptied = period_release.update().where(*_of(family), sa.or_(*replaced))
                    connection.execute(emptied.values(cells=None))
        except IntegrityError:
            raise AlreadyReleased from None


def start_over(engine: sa.Engine, at: datetime.datetime, who: str, reason: str, data_version: str) -> int:
    """Forgets every released period, and keeps who did so, when (UTC) and why. Gives how many there were. Raises WorkspaceUnavailable.

    What is kept has no unit, and a number above 1: as after periods that were released anew, `last_anew` differs. It does so also where
    a database gives ids again, as a release that replaced another came later than that one.
    """
    with explained(), engine.begin() as connection:
        count = connection.scalar(sa.select(sa.func.count()).where(_RELEASED)) or 0
        before = connection.scalar(sa.select(sa.func.max(period_release.c.number)).where(~_RELEASED)) or 1
        connection.execute(period_release.delete().where(_RELEASED))
        connection.execute(period_release.insert().values(
            unit="", grain="", cohort="", period="", declarations="", number=before + 1, at=at, who=who, reason=reason,
            data_version=data_version, provided=[], cells=None,
        ))
    return count


def released_families(engine: sa.Engine) -> set[Family]:
    """The families of which any period was released. Raises WorkspaceUnavailable."""
    wanted = sa.select(*(period_release.c[each.name] for each in fields(Family))).where(_RELEASED).distinct()
    with explained(), engine.connect() as connection:
        return {Family(*row) for row in connection.execute(wanted)}


def last_anew(engine: sa.Engine) -> int:
    """The number of the last release that replaced another, 0 before the first: differs after each. Raises WorkspaceUnavailable."""
    wanted = sa.select(sa.func.max(period_release.c.release_id)).where(period_release.c.number > 1)
    with explained(), engine.connect() as connection:
        return connection.scalar(wanted) or 0


def was_released_otherwise(engine: sa.Engine, family: Family) -> bool:
    """Whether the unit's periods of this grain were released under other declarations. Raises WorkspaceUnavailable."""
    wanted = sa.select(period_release.c.release_id).where(
        period_release.c.unit == family.unit, period_release.c.grain == family.grain, period_release.c.cohort == family.cohort,
        period_release.c.declarations != family.declarations,
    )
    with explained(), engine.connect() as connection:
        return connection.execute(wanted.limit(1)).first() is not None


def _of(family: Family) -> tuple[sa.ColumnElement[bool], ...]:
    return tuple(period_release.c[name] == value for name, value in vars(family).items())
