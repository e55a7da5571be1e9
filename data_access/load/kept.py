"""The rows that were loaded of each source table, kept in the database, so that a later load can be put beside them (`--add`)."""

from __future__ import annotations

import base64
import datetime
import io
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import polars as pl
import sqlalchemy as sa

from data_access import tables
from data_access.cells import fetch
from data_access.engines import DatabaseUnavailable, current_version, engine
from data_access.load.checking import specification as spec
from data_access.load.checking.later_sources import Part
from data_access.load.checking.outcome import QUARANTINE, SET_ASIDE
from data_access.load.checking.rows import BETWEEN, FILE, KEY, ROW, YEAR, keys_of
from data_access.load.errors import LoadError, UsageError
from data_access.load.ssd import mapping as ssd

IN_UASC, BESIDE_UASC = "in UASC", "beside UASC"
"""Lists of children: in any row of UASC, and in the Header of a return that has such a table."""

PRIVATE = ("UPN", "HOME_POST", "PL_POST")
BY_NAME = {table.name: table for table in (*spec.RETURN_TABLES, *ssd.TABLES, *spec.EXTRACTS)}
SCHEMA = {"name": pl.String(), "collection_year": pl.Int32(), "place": pl.Int32(), "rows": pl.String()}
LOAD_FILE = {
    "source": pl.String(), "file": pl.String(), "table_name": pl.String(), "collection_year": pl.Int32(), "rows_read": pl.Int32(),
    "rows_loaded": pl.Int32(), "rows_quarantined": pl.Int32(), "rows_set_aside": pl.Int32(),
}
NOTHING_KEPT = "The database doesn't keep what files are put beside: load everything once in its place, and add from then on."
SEVERAL = "The database holds several authorities, and nothing is put beside those: load all of them together again."
MIXED = (
    "A Standard Safeguarding Dataset and an SSDA903 return hold the same, so one can't be added to the other. "
    "Load one of them with the local extracts, without --add."
)


@dataclass(frozen=True)
class Kept:
    """What a database holds from earlier loads, as sources: `parts` have the rows of each table, of a return's for each return."""

    parts: Mapping[spec.Table, Sequence[Part]] = field(default_factory=dict)
    files: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LOAD_FILE))
    quarantine: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=QUARANTINE))
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SET_ASIDE))
    provided: frozenset[str] = frozenset()
    in_uasc: Set[str] = frozenset()
    beside_uasc: Set[str] = frozenset()
    as_at: datetime.date | None = None
    version: str = ""

    def pairs(self, table: spec.Table) -> dict[str, str]:
        """Old to new of same_child or same_team."""
        old, new = table.columns
        return dict(row for part in self.parts.get(table, ()) for row in part.rows.select(old, new).iter_rows())

    def with_new_ids(self, same: Mapping[str, str]) -> Kept:
        """The same, with the new id of each child whose id changed; of rows that have the same key by then, the first."""
        if not same:
            return self
        changed = {table: [_renamed(table, part, same) for part in parts] for table, parts in self.parts.items()}
        in_uasc, beside = ({same.get(id, id) for id in ids} for ids in (self.in_uasc, self.beside_uasc))
        return Kept(changed, self.files, self.quarantine, self.set_aside, self.provided, in_uasc, beside, self.as_at, self.version)

    def refuse_mixture(self, *, has_return: bool, has_dataset: bool) -> None:
        """Raises UsageError when a return would come beside a dataset."""
        dataset = any(part.rows.height for table in ssd.TABLES for part in self.parts.get(table, ()))
        returned = self.files["collection_year"].null_count() < self.files.height
        if (dataset and has_return) or (returned and has_dataset):
            raise UsageError(MIXED)


def _renamed(table: spec.Table, part: Part, same: Mapping[str, str]) -> Part:
    if not table.child or not part.rows[table.child].is_in(list(same)).any():
        return part
    rows = part.rows.with_columns(pl.col(table.child).replace(same))
    if not table.key:
        place = table.columns.index(table.child)
        keys = [_key_of(key, place, same) for key in rows[KEY]]
        rows = rows.with_columns(pl.Series(KEY, keys, dtype=pl.String))
    return Part(rows.filter(keys_of(rows, table).to_struct().is_first_distinct()), part.columns, part.year)


def _key_of(key: str, place: int, same: Mapping[str, str]) -> str:
    values = key.split(BETWEEN)
    values[place] = same.get(values[place], values[place])
    return BETWEEN.join(values)


def kept_rows(parts: Mapping[spec.Table, Sequence[Part]], in_uasc: Set[str], beside_uasc: Set[str]) -> pl.DataFrame:
    """The rows of the reporting table `kept_source`. Attendance isn't among them: the table attendance has all of it."""
    rows = [
        (table.name, part.year, place, _written(part.rows, table))
        for table, its in parts.items() if table is not spec.ATTENDANCE
        for place, part in enumerate(its) if part.rows.height or table.is_return
    ]
    for name, ids in ((IN_UASC, in_uasc), (BESIDE_UASC, beside_uasc)):
        rows.append((name, None, 0, _text(pl.DataFrame({"CHILD": sorted(ids)}, schema={"CHILD": pl.String()}))))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _written(rows: pl.DataFrame, table: spec.Table) -> str:
    private = [name for name in PRIVATE if name in table.columns]
    return _text(rows.drop(FILE, ROW).with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in private))


def _text(frame: pl.DataFrame) -> str:
    data = frame.write_ipc_stream(None, compression="zstd")
    return base64.b64encode(data.getbuffer()).decode()


def _frame(text: str) -> pl.DataFrame:
    return pl.read_ipc_stream(io.BytesIO(base64.b64decode(text)))


def read_kept(url: str) -> Kept:
    """What a database holds. Raises LoadError when it can't be added to."""
    try:
        version = current_version(url)
        reader = engine(url)
        try:
            with reader.connect() as connection:
                inspector = sa.inspect(connection)
                if not inspector.has_table(tables.kept_source.name):
                    raise LoadError(NOTHING_KEPT)
                return _read(connection, version)
        finally:
            reader.dispose()
    except DatabaseUnavailable as problem:
        raise LoadError(f"There is nothing to add to. {problem}") from None


def _read(connection: sa.Connection, version: str) -> Kept:
    found = fetch(connection, sa.select(tables.kept_source), SCHEMA).sort("name", "place")
    if found.is_empty():
        several = connection.scalar(sa.select(sa.func.count(tables.child_authority.c.authority.distinct())))
        raise LoadError(SEVERAL if several else NOTHING_KEPT)
    parts: dict[spec.Table, list[Part]] = {}
    lists = {IN_UASC: frozenset[str](), BESIDE_UASC: frozenset[str]()}
    for name, year, _, text in found.iter_rows():
        if name in lists:
            lists[name] = frozenset(_frame(text)["CHILD"])
        elif name in BY_NAME:
            parts.setdefault(BY_NAME[name], []).append(Part(_with_origin(_frame(text)), frozenset(BY_NAME[name].columns), year))
    marks = fetch(connection, sa.select(tables.attendance), {
        "child_id": pl.String(), "session_date": pl.Date(), "session": pl.String(), "mark": pl.String(),
    }).rename({"session_date": "date"}).with_columns(pl.lit(None, dtype=pl.Int32).alias(YEAR))
    if marks.height:
        parts[spec.ATTENDANCE] = [Part(_with_origin(marks), frozenset(spec.ATTENDANCE.columns))]
    return Kept(
        parts, fetch(connection, sa.select(tables.load_file), LOAD_FILE), fetch(connection, sa.select(tables.quarantine), dict(QUARANTINE)),
        fetch(connection, sa.select(tables.value_set_aside), dict(SET_ASIDE)),
        frozenset(connection.scalars(sa.select(tables.provided_table.c.name))), lists[IN_UASC], lists[BESIDE_UASC],
        connection.scalar(sa.select(tables.data_version.c.as_at)), version,
    )


def _with_origin(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, dtype=pl.UInt32).alias(FILE), pl.lit(None, dtype=pl.UInt32).alias(ROW))
