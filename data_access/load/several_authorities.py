"""The contents of several authorities as those of one reporting database.

A child's id is only unique within an authority, so every id gets its authority's name in front, and nothing that joins on ids has to
know of authorities. Teams and providers are an authority's own, and get the name as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from config.toml_file import ConfigError, check_text, read_entries
from data_access.load.errors import UsageError
from data_access.load.reading.batches import Rows, changed, frames_of, stacked
from data_access.tables import authority_source, child_authority, kept_source

SEPARATOR = "/"
QUALIFIED = ("child_id", "assessment_id", "programme_id", "plan_id", "carer_id")
NAMED = ("team", "provider", "source")
COUNTED = {"data_quality": ["finding"], "return_check": ["rule", "finding"], "source_pair": ["present_in", "absent_from"]}
"""What is counted in each authority and added up, by the table and what a row is about."""


@dataclass(frozen=True)
class Authority:
    """One of several authorities: its name, its region, and where its returns and extracts are."""

    name: str
    region: str | None
    sources: tuple[Path, ...]


def read_authorities(path: Path) -> list[Authority]:
    """The authorities of a TOML file; the sources of each are taken from that file's folder.

    Raises UsageError, naming the line, for a file that can't be used.
    """
    try:
        entries = read_entries(path, "authority", ("name", "sources"), ("region",))
        found = [_authority(path, at, entry) for at, _, entry in entries]
    except ConfigError as error:
        raise UsageError(str(error)) from None
    names = [authority.name for authority in found]
    if len(set(names)) < max(len(names), 2):
        raise UsageError(f"{path.name} must name at least two authorities, each once. To load one, name its sources on the command line.")
    return found


def _authority(path: Path, at: str, entry: Mapping[str, object]) -> Authority:
    name, sources = check_text(at, "name", entry["name"]).strip(), entry["sources"]
    if not name or SEPARATOR in name:
        raise UsageError(f"{at}: name must be an authority's name, without {SEPARATOR!r}, not {name!r}.")
    if not isinstance(sources, list) or not sources or not all(isinstance(source, str) for source in sources):
        raise UsageError(f'{at}: sources must be a list of folders and files, such as ["returns/2025-26", "extracts"].')
    region = check_text(at, "region", entry["region"]).strip() if "region" in entry else None
    return Authority(name, region or None, tuple(path.parent / source for source in sources))


def pooled(contents: Sequence[tuple[Authority, Mapping[str, Rows]]]) -> dict[str, Rows]:
    """The rows of every reporting table, from those of each authority."""
    parts = [
        (authority, {name: changed(rows, partial(_qualified, authority=authority.name)) for name, rows in tables.items()})
        for authority, tables in contents
    ]
    together = {name: stacked([tables[name] for _, tables in parts]) for name in parts[0][1]}
    together["period"] = _whole(together["period"]).unique(maintain_order=True)
    together["provided_table"] = _whole(together["provided_table"]).unique().sort("name")
    for name, keys in COUNTED.items():
        every = _whole(together[name])
        together[name] = every.group_by(keys, maintain_order=True).sum().select(every.columns)
    together["coverage"] = pl.concat(
        _whole(tables["coverage"]).with_columns(pl.lit(authority.name).alias("authority")) for authority, tables in parts
    )
    together[kept_source.name] = _whole(together[kept_source.name]).clear()  # nothing is added to several authorities
    whose = [_whole(tables["child"]).select("child_id", **_labels(authority)) for authority, tables in parts]
    provided = [_whole(tables["provided_table"]).select(pl.lit(authority.name).alias("authority"), "name") for authority, tables in parts]
    return together | {child_authority.name: pl.concat(whose), authority_source.name: pl.concat(provided)}


def qualified(authority: Authority, id: str) -> str:
    """An id as the database of several authorities has it."""
    return f"{authority.name}{SEPARATOR}{id}"


def _whole(rows: Rows) -> pl.DataFrame:
    return pl.concat(frames_of(rows))


def _labels(authority: Authority) -> dict[str, pl.Expr]:
    return {"authority": pl.lit(authority.name), "region": pl.lit(authority.region, dtype=pl.String)}


def _qualified(frame: pl.DataFrame, authority: str) -> pl.DataFrame:
    ids = [pl.lit(f"{authority}{SEPARATOR}") + pl.col(name) for name in QUALIFIED if name in frame.columns]
    names = [pl.lit(f"{authority}: ") + pl.col(name) for name in NAMED if name in frame.columns]
    columns = [name for name in (*QUALIFIED, *NAMED) if name in frame.columns]
    return frame.with_columns(expression.alias(name) for name, expression in zip(columns, [*ids, *names], strict=True))
