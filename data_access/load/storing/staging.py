"""A new database file beside those of earlier loads. At the end of a load it is the one that the database's address means.

It is written by a thread of its own, so that a long table can be written while others are still read and checked: DuckDB needs a
processor for that, but not Python's lock.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from functools import cache
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import sqlalchemy as sa

from data_access.database_files import PointsNowhere, current_file, new_version, point_to, points, version_files
from data_access.engines import DatabaseUnavailable, attach
from data_access.file_system import locked as lock_held
from data_access.file_system import remove_if_unused, write_names_through, write_through
from data_access.load.errors import LoadError
from data_access.load.reading.batches import Rows, frames_of
from data_access.load.storing.history import Load, history
from data_access.load.storing.retention import keep_file, prune_files
from data_access.tables import load_history, metadata

BUSY = "Another load into this database is under way. Wait until it has ended and try again."
ROW_GROUP = 122_880
"""Rows that DuckDB compresses together. Given in just such batches, several threads do it in parallel and none twice."""

LONG = 1_000_000
"""Rows from which on DuckDB gets a second thread. For fewer it only costs time, as Python has work for the other processor."""

FILE_OPTIONS: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    # The oldest DuckDB that the file can be read with; compression for files of before takes twice as long.
    "storage_compatibility_version": "v1.3.0",
    # Many small tables leave less of a small block empty, so there is less to write.
    "default_block_size": "65536",
}


class Draft:
    """The new file, while the database file's lock is held. Made by `drafted`."""

    def __init__(self, file: Path, new: Path, thread: ThreadPoolExecutor) -> None:
        self._file, self._new, self._thread = file, new, thread
        self._given_up = False
        self._known: list[Load] = []
        self._written: dict[str, Future[None]] = {}
        self._opened = thread.submit(self._open)  # last, as it sets what is above

    def begin(self, name: str, rows: Rows) -> None:
        """Begins to write a table and doesn't wait for it. What was begun isn't written again."""
        if name not in self._written:
            self._written[name] = self._thread.submit(self._write, name, rows)

    def known(self) -> list[Load]:
        """The loads that there were before."""
        self._opened.result()
        return self._known

    def take_place(
        self, tables: Mapping[str, Rows], replaced: str | None, made: Load, keep: int, progress: Callable[[str, float], None],
    ) -> None:
        """Writes what wasn't begun, and puts the file in place (see `put_in_place`)."""
        for done, (name, rows) in enumerate(tables.items()):
            progress(f"Writing {name}", done / len(tables))
            self.begin(name, rows)
            self._written[name].result()
        self._thread.submit(self._close, commit=True).result()
        put_in_place(self._new, self._file, replaced, made, keep)

    def give_up(self) -> None:
        """Writes nothing any more."""
        self._given_up = True
        self._thread.submit(self._close)

    def _open(self) -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect(str(self._new), config=FILE_OPTIONS)
        # Otherwise it writes a progress bar into what the load prints, where that takes seconds.
        connection.execute("SET enable_progress_bar_print = false")
        self._known = _known(connection, self._file)
        connection.begin()
        connection.execute(_tables_made())
        return connection

    def _write(self, name: str, rows: Rows) -> None:
        connection = self._opened.result()
        columns = metadata.tables[name].columns.keys()
        for frame in frames_of(rows):
            if frame.is_empty() or self._given_up:
                continue
            if frame.height >= LONG:
                connection.execute("SET threads = 2")
            connection.from_arrow(_in_row_groups(pl.DataFrame([frame[column] for column in columns]))).insert_into(name)
            if frame.height >= ROW_GROUP or not isinstance(rows, pl.DataFrame):
                # Until then DuckDB keeps the frame in memory and compresses nothing. Nobody reads this file yet.
                connection.commit()
                connection.begin()

    def _close(self, *, commit: bool = False) -> None:
        connection = self._opened.result()
        if commit:
            # Straight into the file, not first into a log beside it.
            connection.execute("SET checkpoint_threshold = '1b'")
            connection.commit()
        connection.close()


@cache
def _tables_made() -> str:
    """The statements that make every table."""
    return ";".join(_in_duckdb(sa.schema.CreateTable(table)) for table in metadata.sorted_tables)


@cache
def _history_asked(database: str) -> str:
    """The query for the history in an attached database, with the columns in the order of a `Load`'s fields."""
    table = load_history.to_metadata(sa.MetaData(), schema=database)
    return _in_duckdb(sa.select(*(table.c[each.name] for each in fields(Load))).order_by(table.c.load_id.desc()))


def _in_duckdb(statement: sa.ClauseElement) -> str:
    return str(statement.compile(dialect=sa.make_url("duckdb://").get_dialect()()))


def _in_row_groups(frame: pl.DataFrame) -> pa.Table:
    newest = pl.CompatLevel.newest()
    return pa.concat_tables(part.to_arrow(compat_level=newest) for part in frame.rechunk().iter_slices(ROW_GROUP))


@contextlib.contextmanager
def drafted(file: Path) -> Iterator[Draft]:
    """A new file for a database file, whose lock is held until the end of the block; what didn't take the place is then gone.

    Raises LoadError when another load is under way.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file), beside(file) as new, ThreadPoolExecutor(1) as thread:
        draft = Draft(file, new, thread)
        try:
            yield draft
        finally:
            draft.give_up()


def _known(connection: duckdb.DuckDBPyConnection, file: Path) -> list[Load]:
    """The history in a database file; none where there is no file, or one that can't be read."""
    with contextlib.suppress(duckdb.Error, PointsNowhere):
        # Much quicker than asking as readers do, which a file without a history needs.
        attach(connection, current_file(file), "before")
        try:
            found = [Load(*row) for row in connection.execute(_history_asked("before")).fetchall()]
        finally:
            connection.execute("DETACH before")
        if found:
            return found
    try:
        return history(sa.URL.create("duckdb", database=str(file)).render_as_string())
    except DatabaseUnavailable:
        return []


@contextlib.contextmanager
def beside(file: Path) -> Iterator[Path]:
    """The path of a new file beside a database's, whose lock is held; it is gone at the end of the block unless it was put in place.

    What loads that were killed left behind is removed first.
    """
    for stale in file.parent.glob(f".{file.name}.loading-*"):
        remove_if_unused(stale)
    _remove_unfinished(file)
    new = file.with_name(f".{file.name}.loading-{os.getpid()}")
    try:
        yield new
    finally:
        new.unlink(missing_ok=True)


def _remove_unfinished(file: Path) -> None:
    """Removes files of loads that were killed just before the address meant them: they are newer than the one in use."""
    with contextlib.suppress(PointsNowhere):
        if not points(file):
            return
        in_use = current_file(file)
        versions = version_files(file)
        entry = next((version.entry for version in versions if version.path == in_use), None)
        for version in versions:
            if entry is not None and version.entry > entry:
                remove_if_unused(version.path)


def put_in_place(new: Path, file: Path, replaced: str | None, made: Load, keep: int) -> None:
    """Has the database's address mean a new file, in one step.

    `replaced` is the load whose contents the database holds: they are kept. `made` is the entry for what takes their place.
    """
    write_through(new)
    if file.exists():
        shutil.copymode(file, new)
    version = new_version(file, made.contents_of, made.load_id)
    os.replace(new, version)
    write_names_through(file.parent)
    file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
    if replaced and keep:
        keep_file(file, replaced)
    draft = file.with_name(f".{file.name}.loading-name-{os.getpid()}")
    point_to(file, version, draft)
    prune_files(file, keep, made.contents_of)


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock of a database, which the system gives back when the process ends. Raises LoadError where another load holds it."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(lock_held(file.with_name(f".{file.name}.lock")))
        except BlockingIOError:
            raise LoadError(BUSY) from None
        yield
