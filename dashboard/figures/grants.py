"""Grants of `access.toml` for teams and providers that the data does not have: whoever holds one sees nothing of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from config.access import Grant
from data_access import tables


@dataclass(frozen=True)
class Named:
    """The teams of children and the providers of placements that a reporting database names."""

    teams: frozenset[str]
    providers: frozenset[str]


def named(connection: sa.Connection) -> Named:
    """Every team and provider in the data, of all time."""
    return Named(_distinct(connection, tables.child.c.team), _distinct(connection, tables.placement.c.provider))


def grants_without_data(grants: Iterable[Grant], data: Named) -> list[str]:
    """A sentence for each team or provider of a grant that no row names, in the file's order."""
    return [sentence for grant in grants for sentence in _without_data(grant, data)]


def _without_data(grant: Grant, data: Named) -> Iterator[str]:
    start = f"config/access.toml, line {grant.line}, gives exact numbers of"
    for team in (name for name in grant.teams if name not in data.teams):
        yield (
            f"{start} the team ‘{team}’, which no child has: its manager sees none of its children. Correct the name; if the team was "
            "renamed, give its new name here, or load same_team with the old and the new name."
        )
    for provider in (name for name in grant.providers if name not in data.providers):
        yield (
            f"{start} the provider ‘{provider}’, which no placement has: its manager sees none of its children. Correct the name, or load "
            "placements with their providers."
        )


def _distinct(connection: sa.Connection, column: sa.Column[str]) -> frozenset[str]:
    return frozenset(connection.scalars(sa.select(column).where(column.is_not(None)).distinct()))
