"""Which published areas an authority is compared with: itself, its region, and its ten statistical neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from data_access.comparators.series import LOCAL_AUTHORITY, NATIONAL, NEIGHBOURS, REGIONAL

_TITLES = re.compile(
    r"\b(the|council|london borough|royal borough|metropolitan|borough|district|county|city|unitary|authority|childrens|children s|trust|"
    r"services|of|mbc)\b"
)


@dataclass(frozen=True)
class Places:
    """The codes and names of the areas. `own` and `neighbours` are empty where the authority's name is none of the published ones,
    `region` where neither the settings nor the files name one. `problem` says in a sentence what of the settings wasn't found."""

    country: str = ""
    country_name: str = "England"
    region: str = ""
    region_name: str = ""
    own: str = ""
    own_name: str = ""
    neighbours: tuple[str, ...] = ()
    neighbour_names: tuple[str, ...] = ()
    problem: str = ""


def places(published: pl.DataFrame, authority: str, region: str = "") -> Places:
    """The areas for an authority's name, and a region's where the authority's own is not to be used or not known.

    `published` has the columns of `data_access.comparators.SCHEMA`. Names are compared without 'Council', 'London Borough of' and the
    like, and otherwise whole: a name that is merely similar is not taken for the authority's.
    """
    figures = published.filter(pl.col("series") != NEIGHBOURS)
    own = _own(published, authority)
    own_name, own_region = _last(figures, own, "name"), _last(figures, own, "region")
    regions = dict(figures.filter(pl.col("level") == REGIONAL).select("name", "area").unique().rows())
    wanted = next((name for name in regions if _plain(name) == _plain(region or own_region)), "")
    model = published.filter((pl.col("series") == NEIGHBOURS) & (pl.col("area") == own))
    neighbours = tuple(model["value"][0].split()) if model.height else ()
    problem = ""
    if region and not wanted:
        problem = f"There is no region {region!r} in the published figures. The regions are {', '.join(sorted(regions))}."
    country = figures.filter(pl.col("level") == NATIONAL)
    return Places(
        country=country["area"][0] if country.height else "", region=regions.get(wanted, ""), region_name=wanted, own=own,
        own_name=own_name, neighbours=neighbours, neighbour_names=tuple(_last(published, code, "name") for code in neighbours),
        problem=problem,
    )


def named_alike(name: str, others: Iterable[str]) -> str:
    """Which of the others is the same authority, whatever kind of council its name says it is; empty if none is."""
    return next((other for other in others if _plain(other) == _plain(name)), "")


def _own(published: pl.DataFrame, authority: str) -> str:
    """The code of the authority of this name; of several (an authority made anew under its old name), the one that there is today."""
    areas = published.filter(pl.col("level") == LOCAL_AUTHORITY)
    wanted = _plain(authority)
    found = areas.filter(pl.col("name").is_in([name for name in areas["name"].unique() if wanted and _plain(name) == wanted]))
    if not found.height:
        return ""
    today = found.filter(pl.col("series") == NEIGHBOURS)
    chosen = today if today.height else found.filter(pl.col("value") != "z").sort("year")
    return str((chosen if chosen.height else found)["area"][-1])


def _last(frame: pl.DataFrame, area: str, column: str) -> str:
    found = frame.filter(pl.col("area") == area).sort("year")
    return str(found[column][-1]) if found.height else ""


def _plain(name: str) -> str:
    """A name without the words that say what kind of authority it is, in small letters: 'Kent County Council' is 'kent'."""
    words = re.sub(r"[^a-z0-9 ]+", " ", name.casefold().replace("'", "").replace("&", " and "))
    left = " ".join(_TITLES.sub(" ", words).split())
    return left or " ".join(words.split())
