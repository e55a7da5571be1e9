"""From all the tables of all the sources to one good frame of each, and the rows that were quarantined."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial

import polars as pl

from data_access.load import specification as spec
from data_access.load.batches import Rows, stacked
from data_access.load.checking import FILE, LONG, REASON, ROW, TYPES, YEAR, also_bad, check_rows, constant, good_rows, refuse_repeats
from data_access.load.judging import QUARANTINE, Judged, judge
from data_access.load.long_attendance import LongTable, check_long
from data_access.load.long_files import LongRaw
from data_access.load.recognising import Source, SourceTable
from data_access.load.ssd import joining
from data_access.load.ssd import mapping as ssd

KNOWN_FROM = (spec.HEADER, ssd.PERSON, spec.CHILDREN)
"""Tables whose children are known."""

ORDER = (*KNOWN_FROM, spec.ATTENDANCE, spec.PROGRAMMES, ssd.LEGAL_STATUS)
"""What is checked first: tables that others are held against, and attendance, by far the longest, so that it can soon be written."""

TABLES = (*ORDER, *(table for table in (*spec.RETURN_TABLES, *ssd.TABLES, *spec.EXTRACTS) if table not in ORDER))


@dataclass(frozen=True)
class Merged:
    """What is loaded of each source table.

    `frames` has one frame for every table, typed as checking leaves it, empty when no source has the table. Those of
    a return have the collection year in `_year` and hold, of rows that replace one another, the last.
    What a Standard Safeguarding Dataset holds is in the frames of the return's and the extracts' tables, and as it was in its own.
    `replaced` counts the rows of each table that a later return replaced. `episodes_by_return` are the good rows of each return, in the
    order of their years, before any are replaced. `odd` are findings of the dataset: a sentence and the rows.
    `long` is attendance where it is too long for memory; its frame is then empty.
    """

    frames: dict[spec.Table, pl.DataFrame]
    provided: frozenset[str]
    files: pl.DataFrame
    quarantine: Rows
    replaced: dict[str, int]
    episodes_by_return: Sequence[pl.DataFrame] = ()
    odd: Sequence[tuple[str, pl.DataFrame]] = ()
    long: LongTable | None = None

    def children_in(self, table: spec.Table) -> Set[str]:
        """The ids of the children in a table."""
        return self.long.children if self.long and table is spec.ATTENDANCE else set(self.frames[table][table.child].unique())


def merge(
    sources: Sequence[Source], progress: Callable[[str, float], None], attendance: Callable[[Rows], None] = lambda _rows: None,
) -> Merged:
    """Checks every row of every table, quarantines the bad and lets later returns replace earlier rows.

    `attendance` is called with the rows of attendance that are loaded, as soon as they are known.
    """
    tables = [table for source in sources for table in source.tables]
    judged: dict[int, Judged] = {}
    long: LongTable | None = None
    frames: dict[spec.Table, pl.DataFrame] = {}
    replaced: dict[str, int] = {}
    episodes: list[pl.DataFrame] = []
    known: set[str] = set()
    for done, table in enumerate(TABLES):
        progress(f"Checking {table.name}", done / len(TABLES))
        good: list[pl.DataFrame] = [_empty(table)]
        for group in _judged_together(table, tables):
            files = [(number, tables[number]) for number in group]
            hold = partial(_held_against, table, known=known, frames=frames)
            if any(isinstance(source.raw, LongRaw) for _, source in files):
                long = check_long(files, hold, known)
                judged.update(long.judged)
                continue
            good.append(_checked(table, files, hold, judged))
        if table is spec.EPISODES:
            episodes = good[1:]
        frames[table], replaced[table.name] = _replace(table, pl.concat(good))
        if table is spec.ATTENDANCE:
            attendance(long.rows if long else frames[table])
        if table in KNOWN_FROM:
            known |= set(frames[table][table.child])
    provided = {table.table.name for table in tables if table.table not in ssd.TABLES}
    provided |= {name for table, name in ssd.STANDS_FOR.items() if not frames[table].is_empty()}
    quarantine = stacked([pl.DataFrame(schema=QUARANTINE), *(judged[number].quarantine for number in range(len(tables)))])
    odd = list(joining.findings(frames))
    return Merged(joining.joined(frames), frozenset(provided), _files(tables, judged), quarantine, replaced, episodes, odd, long)


def _empty(table: spec.Table) -> pl.DataFrame:
    typed = {name: TYPES[table.rules.get(name, spec.FREE).kind] for name in table.columns}
    return pl.DataFrame(schema={**typed, FILE: pl.UInt32(), ROW: pl.UInt32(), YEAR: pl.Int32()})


def _checked(
    table: spec.Table, files: Sequence[tuple[int, SourceTable]], hold: Callable[[pl.DataFrame], pl.DataFrame], judged: dict[int, Judged],
) -> pl.DataFrame:
    """The good rows of files whose keys are judged together; `judged` gets what became of each file."""
    frame = pl.concat([check_rows(source, number) for number, source in files])
    frame = refuse_repeats(hold(frame), table, [source for _, source in files])
    for number, source in files:
        part = frame if len(files) == 1 else frame.filter(pl.col(FILE) == number)
        judged[number] = judge(source, source.raw, part[[ROW, REASON]])
    good = good_rows(frame)
    return good.hstack([constant(YEAR, files[0][1].year, pl.Int32(), good.height)])


def _judged_together(table: spec.Table, tables: Sequence[SourceTable]) -> list[list[int]]:
    """The numbers of the files whose keys are judged together: each file of a return, all files of an extract."""
    numbers = [number for number, each in enumerate(tables) if each.table is table]
    if table.is_return:
        return [[number] for number in numbers]
    return [numbers] if numbers else []


def _held_against(table: spec.Table, frame: pl.DataFrame, known: Set[str], frames: dict[spec.Table, pl.DataFrame]) -> pl.DataFrame:
    """Checked rows, with a reason for those that other tables show to be wrong."""
    frame = joining.held_against_others(table, frame, frames)
    if table.child and table not in KNOWN_FROM:
        strangers = set(frame[table.child].unique() if frame.height >= LONG else frame[table.child]) - known - {None}
        if strangers:
            register = spec.HEADER if frames[ssd.PERSON].is_empty() else ssd.PERSON
            unknown = pl.col(table.child).is_in(list(strangers))
            frame = also_bad(frame, unknown, f"the child is in no loaded {register.name} or children row")
    if table is spec.PROGRAMME_SESSIONS:
        ids = frames[spec.PROGRAMMES]["programme_id"]
        frame = also_bad(frame, ~pl.col("programme_id").is_in(ids.implode()), "the programme is in no loaded programmes row")
    return frame


def _replace(table: spec.Table, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Of rows of several returns, the last of each key: OC2 and PrevPerm are kept once for each collection year."""
    if not table.is_return:
        return frame, 0
    key = [*table.key, YEAR] if table in (spec.OC2, spec.PREV_PERM) else list(table.key)
    last = frame.unique(key, keep="last", maintain_order=True)
    return last, frame.height - last.height


def _files(tables: Sequence[SourceTable], judged: Mapping[int, Judged]) -> pl.DataFrame:
    rows = []
    for number, each in enumerate(tables):
        loaded = judged[number].loaded
        rows.append((each.source, each.file, each.table.name, each.year, each.rows_read, loaded, each.rows_read - loaded))
    return pl.DataFrame(rows, orient="row", schema={
        "source": pl.String, "file": pl.String, "table_name": pl.String, "collection_year": pl.Int32,
        "rows_read": pl.Int32, "rows_loaded": pl.Int32, "rows_quarantined": pl.Int32,
    })
