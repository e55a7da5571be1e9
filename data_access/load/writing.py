"""Replacing the reporting database's contents in one step."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import psycopg.sql
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from data_access.engines import DatabaseUnavailable, database_file
from data_access.load.errors import LoadError
from data_access.tables import metadata

LOCK_NUMBER = 903_133
"""The number of PostgreSQL's advisory lock that a load holds."""

BUSY = "Another load into this database is under way. Wait until it has ended and try again."
ROWS_AT_A_TIME = 10_000


def fingerprint(contents: Mapping[str, pl.DataFrame], as_at: datetime.date) -> str:
    """16 hexadecimal digits that differ when the contents or the as-at date do."""
    digest = hashlib.sha256(as_at.isoformat().encode())
    for name in sorted(contents):
        digest.update(f"{name}: {contents[name].schema}".encode())
        digest.update(contents[name].hash_rows().to_numpy().tobytes())
    return digest.hexdigest()[:16]


def replace_contents(
    url: str, contents: Mapping[str, pl.DataFrame], as_at: datetime.date, progress: Callable[[str, float], None], *, made_up: bool = False,
) -> str:
    """Puts these contents, and nothing else, into the reporting database and returns their version.

    `made_up` marks them as not about real children.

    Readers see the old contents until the new are complete, also when the process is killed half-way. Raises LoadError
    when another load is under way or the database can't be written.
    """
    frames = {table.name: contents[table.name].select(table.columns.keys()) for table in metadata.sorted_tables if table.name in contents}
    version = fingerprint(frames, as_at)
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    frames["data_version"] = pl.DataFrame({"version": [version], "loaded_at": [now], "as_at": [as_at]})
    frames["made_up"] = pl.DataFrame({"version": [version] if made_up else []}, schema={"version": pl.String()})
    try:
        file = database_file(url)
        if file is not None:
            _replace_file(Path(os.path.realpath(file)), frames, progress)
        else:
            _replace_rows(url, frames, progress)
    except DatabaseUnavailable as problem:
        raise LoadError(str(problem)) from None
    except (sa.exc.SQLAlchemyError, psycopg.Error, OSError) as error:
        shown = sa.make_url(url).render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise LoadError(f"The database {shown} can't be written ({reason}). Nothing in it was changed.") from error
    return version


def _replace_file(file: Path, frames: Mapping[str, pl.DataFrame], progress: Callable[[str, float], None]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with _locked(file):
        for stale in file.parent.glob(f".{file.name}.loading-*"):
            stale.unlink()
        new = file.with_name(f".{file.name}.loading-{os.getpid()}")
        try:
            _write_file(new, frames, progress)
            if file.exists():
                shutil.copymode(file, new)
            _flush(new)
            file.with_name(f"{file.name}.wal").unlink(missing_ok=True)
            os.replace(new, file)
            _flush(file.parent)
        finally:
            new.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Holds the lock of a database file, which the system gives back when the process ends, however it ends."""
    with file.with_name(f".{file.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LoadError(BUSY) from None
        yield


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_file(file: Path, frames: Mapping[str, pl.DataFrame], progress: Callable[[str, float], None]) -> None:
    writer = sa.create_engine(sa.URL.create("duckdb", database=str(file)), poolclass=NullPool)
    with writer.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(sa.schema.CreateTable(table))
        raw: Any = connection.connection.driver_connection
        for done, (name, frame) in enumerate(frames.items()):
            progress(f"Writing {name}", done / len(frames))
            if frame.is_empty():
                continue
            raw.register("incoming", frame.to_arrow())
            incoming = sa.table("incoming", *(sa.column(column) for column in frame.columns))
            connection.execute(sa.insert(metadata.tables[name]).from_select(frame.columns, sa.select(incoming)))
            raw.unregister("incoming")


def _replace_rows(url: str, frames: Mapping[str, pl.DataFrame], progress: Callable[[str, float], None]) -> None:
    """One transaction: PostgreSQL's readers see what was there before until it is committed."""
    writer = sa.create_engine(url, poolclass=NullPool)
    with writer.begin() as connection:
        postgresql = connection.dialect.name == "postgresql"
        if postgresql and not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK_NUMBER))):
            raise LoadError(BUSY)
        metadata.create_all(connection)
        for done, (name, frame) in enumerate(frames.items()):
            progress(f"Writing {name}", done / len(frames))
            connection.execute(sa.delete(metadata.tables[name]))
            if postgresql:
                _copy(connection, name, frame)
            else:
                for part in frame.iter_slices(ROWS_AT_A_TIME):
                    connection.execute(sa.insert(metadata.tables[name]), part.to_dicts())


def _copy(connection: sa.Connection, name: str, frame: pl.DataFrame) -> None:
    """COPY from CSV, in which an empty field without quotes is a null; no text in the frames is empty."""
    names = psycopg.sql.SQL(", ").join(psycopg.sql.Identifier(column) for column in frame.columns)
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(psycopg.sql.Identifier(name), names)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for part in frame.iter_slices(ROWS_AT_A_TIME):
            copy.write(part.write_csv(include_header=False))
