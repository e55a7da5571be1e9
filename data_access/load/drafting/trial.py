"""What would become of a file: its first rows as they would be loaded, and how many would be quarantined. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from config.sources import SourceDescription
from data_access.load.checking import specification as spec
from data_access.load.checking.reasons import unknown_child
from data_access.load.checking.rows import FILE, REASON, ROW, also_bad, check_rows, good_rows, refuse_repeats
from data_access.load.errors import FileProblem
from data_access.load.reading.described import check_descriptions, fitting, read_described
from data_access.load.reading.formats.packed import DataFile
from data_access.load.reading.pupils import children_by_upn
from data_access.load.reading.recognising import Source, read_own, read_sources, with_collection_years
from data_access.load.reading.source_table import SourceTable

HIDDEN = "•••"
"""Stands for a UPN where no return was given to look it up in."""


@dataclass(frozen=True)
class Trial:
    """One table of a file: `rows` are the first that would be loaded; `reasons` say why others would not, each with its rows and the
    first of their lines."""

    file: str
    table: spec.Table
    rows: pl.DataFrame
    rows_read: int
    rows_loaded: int
    rows_set_aside: int
    reasons: Sequence[tuple[str, int, Sequence[int]]]

    @property
    def rows_quarantined(self) -> int:
        """How many rows would not be loaded and are not set aside."""
        return self.rows_read - self.rows_loaded - self.rows_set_aside


@dataclass(frozen=True)
class Known:
    """Which children there are, and which child each UPN is of, in what lies beside a file."""

    children: frozenset[str]
    upns: dict[str, str]


def known_in(sources: Sequence[Path]) -> Known:
    """What returns and extracts of children hold. Raises LoadError."""
    read = with_collection_years(read_sources(sources, lambda _doing, _share: None), None, None) if sources else list[Source]()
    tables = [table for source in read for table in source.tables]
    headers = [good_rows(check_rows(table, 0)) for table in tables if table.table is spec.HEADER]
    children = [good_rows(check_rows(table, 0)) for table in tables if table.table is spec.CHILDREN]
    ids = [*(header["CHILD"] for header in headers), *(each["child_id"] for each in children)]
    return Known(frozenset(child for each in ids for child in each if child), dict(children_by_upn(headers)))


def tried(file: DataFile, described: Sequence[SourceDescription], known: Known | None = None, rows: int = 10) -> list[Trial]:
    """What would become of a file, table by table. Raises FileProblem when the file would stop a load, and ConfigError."""
    check_descriptions(described)
    fit = fitting(file, described)
    read = [read_described("", file, each, order) for order, each in fit] or [[table] for table in read_own("", file).tables]
    return [trial for tables in read for trial in _trials(tables, known, rows)]


def _trials(tables: Sequence[SourceTable], known: Known | None, rows: int) -> list[Trial]:
    """Trials of the sheets of one file, whose keys are judged together."""
    if not tables:
        return []
    if known is None:
        found = [_hidden(table) if table.by_upn else table for table in tables]
    else:
        found = [replace(table, upns=known.upns) if table.by_upn else table for table in tables]
    table = found[0].table
    frame = pl.concat([check_rows(each, number) for number, each in enumerate(found)])
    if known is not None and table.child and table is not spec.CHILDREN:
        told = unknown_child(set(frame[table.child]) - known.children - {None}, known.children, spec.HEADER.name)
        frame = also_bad(frame, pl.col(table.child).is_in(list(told)), pl.col(table.child).replace_strict(told, default=None))
    if not any(each.by_upn for each in tables) or known is not None:
        frame = refuse_repeats(frame, table)
    return [_trial(each, frame.filter(pl.col(FILE) == number), rows) for number, each in enumerate(found)]


def _hidden(table: SourceTable) -> SourceTable:
    place = str(table.raw.columns.index(table.table.child))
    rows = table.raw.rows.with_columns(pl.when(pl.col(place).is_not_null()).then(pl.lit(HIDDEN)).alias(place))
    return replace(table, by_upn=False, raw=replace(table.raw, rows=rows))


def _trial(source: SourceTable, frame: pl.DataFrame, rows: int) -> Trial:
    good = good_rows(frame)
    bad = frame.filter(pl.col(REASON).is_not_null())
    lines = source.raw.rows["line"].gather(bad[ROW]).alias("line")
    reasons = bad.select(REASON).hstack([lines]).group_by(REASON, maintain_order=True).agg(pl.len().alias("rows"), pl.col("line").head(5))
    told = [(str(reason), int(count), list(first)) for reason, count, first in reasons.sort("rows", descending=True).iter_rows()]
    if source.raw.ragged:
        first_lines = [line for line, _ in source.raw.ragged[:5]]
        told.append(("the row has more or fewer fields than the header", len(source.raw.ragged), first_lines))
    return Trial(
        source.file, source.table, good.select(source.table.columns).head(rows), source.rows_read, good.height,
        source.raw.rows_set_aside, told,
    )


def own_shape(file: DataFile) -> str:
    """What a file is known as without a description, in words; empty where it needs one."""
    try:
        source = read_own("", file)
    except FileProblem:
        return ""
    named = [*(table.table.name for table in source.tables), *(table for _, table in source.unused)]
    kind = "SSDA903 return" if source.is_return else "local extract"
    return f"{kind} {', '.join(dict.fromkeys(named))}" if named else "template that nobody filled in"


def data_file(path: Path) -> DataFile:
    """A file by its path. Raises FileProblem when there is none."""
    if not path.is_file():
        raise FileProblem(f"{path} is no file. Check the spelling of the path.")
    return DataFile(path)
