"""The published figures that the dashboard compares with, of the areas that this authority stands beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import polars as pl

from config.settings import settings
from data_access.comparators import SCHEMA, ComparatorsUnavailable, Places, identity, places, published
from metrics.comparators.published import Kind

MADE_UP_REGION = "South West"
"""The region that a made-up authority stands beside, unless the settings name one."""
KINDS = {
    Kind.ENGLAND: "England", Kind.REGION: "Region", Kind.OWN: "Own published figure", Kind.NEIGHBOURS: "Statistical neighbours",
}
"""Whose figures there are, as the sidebar and the address name them."""
SHORT = {Kind.ENGLAND: "England", Kind.REGION: "Region", Kind.OWN: "Published", Kind.NEIGHBOURS: "Neighbours"}
"""The same, short enough for the edge of a chart on a phone."""


@dataclass(frozen=True)
class Published:
    """`values` has the columns of `data_access.comparators.SCHEMA`; `places` are the areas, and `chosen` the kinds that are shown.

    `problem` says in a sentence what can't be read or wasn't found; empty: nothing.
    """

    values: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SCHEMA), repr=False)
    places: Places = field(default_factory=Places)
    chosen: tuple[Kind, ...] = tuple(Kind)
    problem: str = ""
    peers: tuple[str, ...] = ()
    """The names of the statistical neighbours of the one authority that is chosen of several, also where the data is made up."""
    key: str = ""
    """Another for each state of the file of loaded figures."""

    def codes(self, kind: Kind) -> Sequence[str]:
        """The codes of a kind's areas; none where there are none."""
        held = self.places
        if kind == Kind.NEIGHBOURS:
            return held.neighbours
        code = {Kind.ENGLAND: held.country, Kind.REGION: held.region, Kind.OWN: held.own}[kind]
        return [code] if code else []

    def there(self) -> tuple[Kind, ...]:
        """The kinds that this authority has."""
        return tuple(kind for kind in Kind if self.codes(kind))

    def name(self, kind: Kind) -> str:
        """What a line is called where there is room: 'South East', 'Kent, published', 'Statistical neighbours, median'."""
        held = self.places
        return {
            Kind.ENGLAND: held.country_name, Kind.REGION: held.region_name, Kind.OWN: f"{held.own_name}, published",
            Kind.NEIGHBOURS: "Statistical neighbours, median",
        }[kind]


def current(*, made_up: bool, chosen: str = "") -> Published:
    """The published figures as they are now, shared by all sessions: of the authority of the settings, or of the one `chosen` of several.

    A made-up authority has no figures of its own, whatever it is called. Raises ConfigError as `settings` does.
    """
    given = settings()
    authority, region = (chosen, "") if chosen else (given.authority, given.region)
    if made_up:
        authority, region = "", given.region or MADE_UP_REGION
    return _read(
        file=str(given.comparators), key=identity(given.comparators), authority=authority, region=region, chosen=chosen,
    )


@lru_cache(maxsize=200)
def _read(file: str, key: str, authority: str, region: str, chosen: str) -> Published:
    values, problem = _values(file=file, key=key)
    found = places(values, authority, region)
    peers = places(values, chosen).neighbour_names if chosen else ()
    return Published(values, found, problem=problem or found.problem, peers=peers, key=key)


@lru_cache(maxsize=4)
def _values(file: str, key: str) -> tuple[pl.DataFrame, str]:
    try:
        return published(Path(file)), ""
    except ComparatorsUnavailable as error:
        return published(Path(file).with_name("none")), str(error)


def showing(figures: Published, chosen: Sequence[str]) -> Published:
    """The figures with only the chosen kinds shown."""
    return replace(figures, chosen=tuple(kind for kind in Kind if kind in chosen))
