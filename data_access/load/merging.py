"""From all the tables of all the sources to one good frame of each, and the rows that were quarantined."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.checking.later_sources import Part, together
from data_access.load.checking.long_attendance import LongTable, check_long
from data_access.load.checking.outcome import QUARANTINE, SET_ASIDE, Judged, judge
from data_access.load.checking.reasons import unknown_child
from data_access.load.checking.rows import (
    FILE,
    KEY,
    LONG,
    REASON,
    ROW,
    TYPES,
    YEAR,
    also_bad,
    check_rows,
    constant,
    good_rows,
    refuse_repeats,
)
from data_access.load.kept import Kept, kept_rows
from data_access.load.provided import provided_tables
from data_access.load.reading.batches import Rows, stacked
from data_access.load.reading.long_files import LongRaw
from data_access.load.reading.pupils import with_pupils
from data_access.load.reading.recognising import Source
from data_access.load.reading.source_table import SourceTable
from data_access.load.same import with_new_teams
from data_access.load.ssd import joining
from data_access.load.ssd import mapping as ssd

KNOWN_FROM = (spec.HEADER, ssd.PERSON, spec.CHILDREN)
"""Tables whose children are known."""

ORDER = (spec.SAME_CHILD, spec.SAME_TEAM, *KNOWN_FROM, spec.ATTENDANCE, spec.PROGRAMMES, ssd.LEGAL_STATUS)
"""What is checked first: tables that others are held against, and attendance, by far the longest, so that it can soon be written."""

TABLES = (*ORDER, *(table for table in (*spec.RETURN_TABLES, *ssd.TABLES, *spec.EXTRACTS) if table not in ORDER))


@dataclass(frozen=True)
class Merged:
    """What is loaded of each source table.

    `frames` has one frame for every table, typed as checking leaves it, empty when no source has the table. Those of
    a return have the collection year in `_year`; of rows that replace one another there is the last.
    What a Standard Safeguarding Dataset holds is in the frames of the return's and the extracts' tables, and as it was in its own.
    `provided` are the names of `provided_table`. `replaced` counts the rows of each table that a later source replaced. `set_aside` are
    the values without which rows are loaded. `episodes_by_return` are the good rows of each return, in the
    order of their years, before any are replaced. `odd` are findings of the dataset: a sentence and the rows.
    `long` is attendance where it is too long for memory; its frame is then empty. `files`, `quarantine` and `set_aside` are of all files
    that the contents are from, `new_files` only of those that were read now; `kept` are the rows of `kept_source`. `outside_uasc` are the
    children of returns that have a UASC table, and have no row of any.
    """

    frames: dict[spec.Table, pl.DataFrame]
    provided: frozenset[str]
    files: pl.DataFrame
    quarantine: Rows
    set_aside: pl.DataFrame
    replaced: dict[str, int]
    episodes_by_return: Sequence[pl.DataFrame] = ()
    odd: Sequence[tuple[str, pl.DataFrame]] = ()
    long: LongTable | None = None
    new_files: pl.DataFrame = field(default_factory=pl.DataFrame)
    kept: pl.DataFrame = field(default_factory=pl.DataFrame)
    outside_uasc: frozenset[str] = frozenset()

    @property
    def return_years(self) -> frozenset[int]:
        """The collection years of the returns whose episodes are known: some were loaded, or there are none."""
        counts = self.files.filter(pl.col("collection_year").is_not_null() & (pl.col("table_name") == spec.EPISODES.name))
        return frozenset(counts.filter((pl.col("rows_loaded") > 0) | (pl.col("rows_read") == 0))["collection_year"])

    def children_in(self, table: spec.Table) -> Set[str]:
        """The ids of the children in a table."""
        return self.long.children if self.long and table is spec.ATTENDANCE else set(self.frames[table][table.child].unique())


NOTHING = Kept()
"""Nothing from earlier loads."""

Files = Sequence[tuple[int, SourceTable]]
"""Files of one table in one source, each with its number among all files."""


def merge(
    sources: Sequence[Source], progress: Callable[[str, float], None], attendance: Callable[[Rows], None] = lambda _rows: None,
    kept: Kept = NOTHING,
) -> Merged:
    """Checks every row of every table, quarantines the bad and lets later sources replace earlier rows.

    `attendance` is called with the rows of attendance that are loaded, as soon as they are known. `kept` is what comes before the sources.
    """
    tables = [table for source in sources for table in source.tables]
    judged, long = dict[int, Judged](), None
    frames, replaced = dict[spec.Table, pl.DataFrame](), dict[str, int]()
    every, headers = dict[spec.Table, list[Part]](), dict[int, set[str]]()
    known: set[str] = set()
    for done, table in enumerate(TABLES):
        progress(f"Checking {table.name}", done / len(TABLES))
        hold = partial(_held_against, table, known=known, frames=frames)
        groups = _sources_of(table, tables)
        if _is_long(groups):
            long = check_long(groups, hold, known)
            judged.update(long.judged)
        parts = [] if _is_long(groups) else [_checked(table, files, hold, judged) for files in groups]
        if table is spec.HEADER:
            headers = {files[0][0]: set(part.rows["CHILD"]) for files, part in zip(groups, parts, strict=True)}
            tables = with_pupils(tables, [part.rows for part in parts])
        every[table] = sorted([*kept.parts.get(table, ()), *parts], key=lambda part: part.year or 0)
        frames[table], replaced[table.name] = together(table, every[table], _empty(table))
        if table is spec.ATTENDANCE:
            replaced[table.name] += long.replaced if long else 0
            attendance(long.rows if long else frames[table])
        known |= set(frames[table][table.child]) if table in KNOWN_FROM else set()
    frames[spec.CHILDREN] = with_new_teams(frames[spec.CHILDREN], tables, kept.pairs(spec.SAME_TEAM))
    in_uasc, beside_uasc = _uasc(sources, headers, kept)
    # Of an extract what came out; of a return each by itself, because a later one between them would replace other rows.
    to_keep = {table: every[table] if table.is_return else [Part(frames[table], frozenset(table.columns))] for table in TABLES}
    return Merged(
        joining.joined(frames), provided_tables(tables, judged, frames, kept.provided), *_files_and_rows(tables, judged, kept),
        replaced, [part.rows for part in every[spec.EPISODES]],
        list(joining.findings(frames)), long, _files(tables, judged), kept_rows(to_keep, in_uasc, beside_uasc),
        frozenset(beside_uasc - in_uasc),
    )


def _files_and_rows(
    tables: Sequence[SourceTable], judged: Mapping[int, Judged], kept: Kept,
) -> tuple[pl.DataFrame, Rows, pl.DataFrame]:
    """The files that the contents are from, the rows of them in quarantine, and the values set aside."""
    files, outcomes = _files(tables, judged), [judged[number] for number in range(len(tables))]
    return (
        pl.concat([_others(kept.files, files), files]),
        stacked([pl.DataFrame(schema=QUARANTINE), _others(kept.quarantine, files), *(each.quarantine for each in outcomes)]),
        pl.concat([pl.DataFrame(schema=SET_ASIDE), _others(kept.set_aside, files), *(each.set_aside for each in outcomes)]),
    )


def _others(earlier: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """What is known of earlier files that are not loaded again."""
    return earlier.join(files, on=["source", "file", "table_name"], how="anti", maintain_order="left")


def _empty(table: spec.Table) -> pl.DataFrame:
    typed = {name: TYPES[table.rules.get(name, spec.FREE).kind] for name in table.columns}
    key: dict[str, pl.DataType] = {} if table.key else {KEY: pl.String()}
    return pl.DataFrame(schema={**typed, FILE: pl.UInt32(), ROW: pl.UInt32(), **key, YEAR: pl.Int32()})


def _checked(
    table: spec.Table, files: Files, hold: Callable[[pl.DataFrame], pl.DataFrame], judged: dict[int, Judged],
) -> Part:
    """The good rows of the files of one source; `judged` gets what became of each file."""
    frame = pl.concat([check_rows(source, number) for number, source in files])
    frame = refuse_repeats(hold(frame), table)
    good = good_rows(frame)
    for number, source in files:
        part, its = (frame, good) if len(files) == 1 else (frame.filter(pl.col(FILE) == number), good.filter(pl.col(FILE) == number))
        judged[number] = judge(source, part[[ROW, REASON]], its)
    year = files[0][1].year
    return Part(good.hstack([constant(YEAR, year, pl.Int32(), good.height)]), _columns(table, files), year)


def _is_long(groups: Sequence[Files]) -> bool:
    return any(isinstance(source.raw, LongRaw) for files in groups for _, source in files)


def _sources_of(table: spec.Table, tables: Sequence[SourceTable]) -> list[Files]:
    """The files of a table, each with its number, by source, in the order in which later ones win: a file with all its sheets is one."""
    files = [(number, each) for number, each in enumerate(tables) if each.table is table]
    if not table.is_return:
        files.sort(key=lambda numbered: numbered[1].place)
    return [list(group) for _, group in itertools.groupby(files, lambda numbered: numbered[1].whole_source)]


def _columns(table: spec.Table, files: Files) -> frozenset[str]:
    return frozenset(name for name in table.columns if any(source.has(name) for _, source in files))


def _held_against(table: spec.Table, frame: pl.DataFrame, known: Set[str], frames: dict[spec.Table, pl.DataFrame]) -> pl.DataFrame:
    """Checked rows, with a reason for those that other tables show to be wrong."""
    frame = joining.held_against_others(table, frame, frames)
    if table.child and table not in KNOWN_FROM:
        strangers = set(frame[table.child].unique() if frame.height >= LONG else frame[table.child]) - known - {None}
        if strangers:
            register = spec.HEADER if frames[ssd.PERSON].is_empty() else ssd.PERSON
            told = unknown_child(strangers, known, register.name)
            frame = also_bad(frame, pl.col(table.child).is_in(list(strangers)), pl.col(table.child).replace_strict(told, default=None))
    if table is spec.PROGRAMME_SESSIONS:
        ids = frames[spec.PROGRAMMES]["programme_id"]
        frame = also_bad(frame, ~pl.col("programme_id").is_in(ids.implode()), "the programme is in no loaded programmes row")
    return frame


def _uasc(sources: Sequence[Source], headers: Mapping[int, Set[str]], kept: Kept) -> tuple[Set[str], Set[str]]:
    """The children in any row of UASC, also in one that was quarantined, and those in the Header of a return that has such a table.

    `headers` are the children in each Header that are loaded, by the file's number.
    """
    inside, beside = set(kept.in_uasc), set(kept.beside_uasc)
    numbers = itertools.count()
    for source in sources:
        its = {table.table: (next(numbers), table) for table in source.tables}
        if spec.UASC in its:
            inside |= set(its[spec.UASC][1].texts(["CHILD"])["CHILD"].drop_nulls())
            beside |= headers[its[spec.HEADER][0]] if spec.HEADER in its else set()
    return inside, beside


def _files(tables: Sequence[SourceTable], judged: Mapping[int, Judged]) -> pl.DataFrame:
    rows = []
    for number, each in enumerate(tables):
        loaded, aside = judged[number].loaded, each.rows_set_aside
        rows.append((
            each.source, each.file, each.table.name, each.year, each.rows_read, loaded, each.rows_read - aside - loaded, aside,
        ))
    return pl.DataFrame(rows, orient="row", schema={
        "source": pl.String, "file": pl.String, "table_name": pl.String, "collection_year": pl.Int32,
        "rows_read": pl.Int32, "rows_loaded": pl.Int32, "rows_quarantined": pl.Int32, "rows_set_aside": pl.Int32,
    })
