"""Children whose id changed and teams that were renamed: who is the same as whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.checking.rows import REASON, check_rows
from data_access.load.errors import LoadError
from data_access.load.reading.recognising import Source
from data_access.load.reading.source_table import SourceTable

Pairs = Iterable[tuple[str, str]]


def with_same_children(sources: Sequence[Source], before: Mapping[str, str]) -> list[Source]:
    """The sources, whose rows have a child's new id wherever they have an old one.

    `before` says what is known from sources that were loaded earlier. Raises LoadError when ids go round in a circle.
    """
    same = same_children(sources, before)
    if not same:
        return list(sources)
    return [replace(source, tables=[replace(table, same=same) for table in source.tables]) for source in sources]


def same_children(sources: Sequence[Source], before: Mapping[str, str] | None = None) -> dict[str, str]:
    """The last id of each child that has had another. Raises LoadError when ids go round in a circle."""
    tables = [table for source in sources for table in source.tables]
    return followed(_pairs(tables, spec.SAME_CHILD, before or {}), "same_child")


def with_new_teams(children: pl.DataFrame, tables: Sequence[SourceTable], before: Mapping[str, str] | None = None) -> pl.DataFrame:
    """The rows of `children` with the new names of teams. Raises LoadError when names go round in a circle."""
    same = followed(_pairs(tables, spec.SAME_TEAM, before or {}), "same_team")
    return children.with_columns(pl.col("team").replace(same)) if same else children


def _pairs(tables: Sequence[SourceTable], table: spec.Table, before: Mapping[str, str]) -> dict[str, str]:
    """Old to new of a table's good rows: the last source's word counts, and in one source the first."""
    old, new = table.columns
    found = dict(before)
    for each in in_order(tables, table):
        good = check_rows(each, 0).filter(pl.col(REASON).is_null())
        found |= dict(reversed(good.select(old, new).rows()))
    return found


def in_order(tables: Sequence[SourceTable], table: spec.Table) -> list[SourceTable]:
    """The files of a table of an extract in the order in which later ones replace earlier ones."""
    return sorted((each for each in tables if each.table is table), key=lambda each: each.place)


def followed(pairs: Mapping[str, str], name: str) -> dict[str, str]:
    """Where each chain of pairs ends. Raises LoadError when one goes round in a circle."""
    ends: dict[str, str] = {}
    for begun in pairs:
        seen, end = [begun], pairs[begun]
        while end in pairs and end not in seen:
            seen.append(end)
            end = pairs[end]
        if end in seen:
            raise LoadError(f"{name} goes round in a circle: {' to '.join([*seen, end])}. Remove the row that is wrong.")
        ends[begun] = end
    return ends
