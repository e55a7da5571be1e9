"""Replacing the reporting database's contents in one step."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import psycopg
import psycopg.sql
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from data_access.database_files import real_file
from data_access.engines import DatabaseUnavailable, database_file
from data_access.file_system import FULL, is_full
from data_access.load.errors import LoadError
from data_access.load.reading.batches import Rows, changed, frames_of
from data_access.load.storing.history import LOAD, NOT_KNOWN, Load, load_id, now_after, read_history
from data_access.load.storing.retention import keep_rows, prune_schemas
from data_access.load.storing.staging import BUSY, Draft, drafted, locked
from data_access.spark.writing import read_latest, tables_folder, write_state
from data_access.tables import load_history, metadata

LOCK_NUMBER = 903_133
"""The number of PostgreSQL's advisory lock that a load holds."""

ROWS_AT_A_TIME = 10_000
ABOUT_ROWS = (
    sa.exc.IntegrityError, sa.exc.DataError, duckdb.IntegrityError, duckdb.DataError, psycopg.IntegrityError, psycopg.DataError,
)
"""Errors in which a database may quote the row that it didn't take, with the child's id."""
NOT_TAKEN = "it didn't take a row; 'qs133 check' says whether its tables are as they should be"


def fingerprint(contents: Mapping[str, Rows], as_at: datetime.date) -> str:
    """16 hexadecimal digits that differ when the contents or the as-at date do. They don't tell of record keys, which a secret makes."""
    digest = hashlib.sha256(as_at.isoformat().encode())
    for name in sorted(contents):
        rows = changed(contents[name], _without_record_keys)
        digest.update(f"{name}: {rows.schema}".encode())
        for frame in frames_of(rows):
            digest.update(frame.hash_rows().to_numpy().tobytes())
    return digest.hexdigest()[:16]


def _without_record_keys(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.drop("record_key", strict=False)


@contextlib.contextmanager
def begun(url: str | None) -> Iterator[Draft | None]:
    """The draft of a database that is a file, so that tables can be handed in before all are known; None for every other.

    Raises LoadError when another load is under way or the database can't be written.
    """
    with contextlib.ExitStack() as held:
        draft = None
        if url is not None:
            with told_as_load_error(url):
                file = database_file(url)
                draft = held.enter_context(drafted(real_file(file))) if file is not None else None
        yield draft


def replace_contents(
    url: str, contents: Mapping[str, Rows], as_at: datetime.date, progress: Callable[[str, float], None], *, made_up: bool = False,
    who: str = NOT_KNOWN, keep: int = 0, draft: Draft | None = None, counted: pl.DataFrame | None = None, what: str = LOAD,
) -> str:
    """Puts these contents, and nothing else, into the reporting database and returns their version.

    `made_up` marks them as not about real children, `who` is the person for the history of loads, `keep` how many earlier loads are kept
    where they can be. `draft` is what `begun` gave for the address, where some of these contents were already handed in. `counted` are the
    files (as in load_file) whose rows the history counts, all of them without it; `what` was done.

    Readers see the old contents until the new are complete, also when the process is killed half-way. Raises LoadError
    when another load is under way or the database can't be written.
    """
    frames = prepared(contents)
    version = fingerprint(frames, as_at)
    frames["made_up"] = pl.DataFrame({"version": [version] if made_up else []}, schema={"version": pl.String()})
    files = frames if counted is None else {"load_file": counted}
    read, quarantined = (_total(files, name) for name in ("rows_read", "rows_quarantined"))

    def entry(known: Sequence[Load]) -> Load:
        at = now_after(known)
        return Load(load_id(at), at, who, what, load_id(at), version, as_at, read, quarantined)

    with contextlib.nullcontext(draft) if draft else begun(url) as file, told_as_load_error(url):
        folder = tables_folder(url)
        if file is not None:
            _replace_file(file, frames, entry, keep, progress)
        elif folder is not None:
            _replace_folder(folder, frames, entry, progress)
        else:
            _replace_rows(url, frames, entry, keep, progress)
    return version


def _total(frames: Mapping[str, Rows], name: str) -> int:
    """What the files of a load have of something, all together."""
    return sum(sum(frame[name].to_list()) for frame in frames_of(frames["load_file"])) if "load_file" in frames else 0


def prepared(contents: Mapping[str, Rows]) -> dict[str, Rows]:
    """The rows with the columns of their tables, as they are written and as the version is made from."""
    return {
        table.name: changed(contents[table.name], partial(_with_columns_of, table))
        for table in metadata.sorted_tables if table.name in contents
    }


def _with_columns_of(table: sa.Table, frame: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([frame[column.name] for column in table.columns])


@contextlib.contextmanager
def told_as_load_error(url: str) -> Iterator[None]:
    """Raises whatever keeps a database from being written as a LoadError that says so."""
    try:
        yield
    except DatabaseUnavailable as problem:
        raise LoadError(str(problem)) from None
    except (sa.exc.SQLAlchemyError, duckdb.Error, psycopg.Error, OSError) as error:
        shown = sa.make_url(url).render_as_string(hide_password=True)
        said = getattr(error, "orig", None) or error
        reason = NOT_TAKEN if isinstance(error, ABOUT_ROWS) else FULL if is_full(said) else str(said).splitlines()[0]
        raise LoadError(f"The database {shown} can't be written ({reason}). Nothing in it was changed.") from error


def _replace_file(
    draft: Draft, frames: dict[str, Rows], entry: Callable[[Sequence[Load]], Load], keep: int, progress: Callable[[str, float], None],
) -> None:
    known = draft.known()
    made = entry(known)
    tables = {**frames, **_dated(made), "load_history": _frame([*known, made])}
    draft.take_place(tables, known[0].contents_of if known else None, made, keep, progress)


def _dated(made: Load) -> dict[str, pl.DataFrame]:
    return {"data_version": pl.DataFrame({"version": [made.version], "loaded_at": [made.at], "as_at": [made.as_at]})}


def _frame(loads: Sequence[Load]) -> pl.DataFrame:
    return pl.DataFrame([load.row() for load in loads])


def _replace_folder(
    folder: Path, frames: dict[str, Rows], entry: Callable[[Sequence[Load]], Load], progress: Callable[[str, float], None],
) -> None:
    """A new state beside the one that Spark reads."""
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        known = [Load(**row) for row in read_latest(folder, load_history.name).sort("load_id", descending=True).to_dicts()]
        made = entry(known)
        write_state(folder, {**frames, "load_history": _frame([*known, made]), **_dated(made)}, progress)


@contextlib.contextmanager
def writing_rows(url: str) -> Iterator[sa.Connection]:
    """One transaction that no other load can begin beside: PostgreSQL's readers see what was there before until it is committed."""
    writer = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    with writer.begin() as connection:
        if connection.dialect.name == "postgresql" and not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK_NUMBER))):
            raise LoadError(BUSY)
        metadata.create_all(connection)
        yield connection
        if connection.dialect.name == "postgresql":
            _look_over(connection)


def _replace_rows(
    url: str, frames: dict[str, Rows], entry: Callable[[Sequence[Load]], Load], keep: int, progress: Callable[[str, float], None],
) -> None:
    with writing_rows(url) as connection:
        known = read_history(connection)
        made = entry(known)
        if known and keep:
            progress("Keeping the load before", 0.0)
            keep_rows(connection, known[0].contents_of)
        begun = connection.scalar(sa.select(sa.func.count()).select_from(load_history))
        for done, (name, rows) in enumerate({**frames, **_dated(made)}.items()):
            progress(f"Writing {name}", done / len(frames))
            connection.execute(sa.delete(metadata.tables[name]))
            if connection.dialect.name == "postgresql":
                _copy(connection, name, rows)
            else:
                for part in _slices(rows):
                    connection.execute(sa.insert(metadata.tables[name]), part.to_dicts())
        connection.execute(sa.insert(load_history), [load.row() for load in ([] if begun else known)] + [made.row()])
        prune_schemas(connection, keep, made.contents_of)


def _look_over(connection: sa.Connection) -> None:
    """Has PostgreSQL look how much there is now. It would do so by itself after a minute, and until then plan for tables of before."""
    raw: Any = connection.connection.driver_connection
    for table in metadata.sorted_tables:
        raw.execute(psycopg.sql.SQL("ANALYZE {}").format(psycopg.sql.Identifier(table.name)))


def _slices(rows: Rows) -> Iterator[pl.DataFrame]:
    return (part for frame in frames_of(rows) for part in frame.iter_slices(ROWS_AT_A_TIME))


def _copy(connection: sa.Connection, name: str, rows: Rows) -> None:
    """COPY from CSV, in which an empty field without quotes is a null; no text in the frames is empty."""
    names = psycopg.sql.SQL(", ").join(psycopg.sql.Identifier(column) for column in rows.schema)
    statement = psycopg.sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(psycopg.sql.Identifier(name), names)
    raw: Any = connection.connection.driver_connection
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for part in _slices(rows):
            copy.write(part.write_csv(include_header=False))
