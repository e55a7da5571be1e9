"""Ways into the reporting database: reading without a lock, telling when it can't be read, and which data it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.pool import NullPool

from data_access.database_files import PointsNowhere, current_file
from data_access.spark import NAME as SPARK
from data_access.tables import data_version

registry.register(SPARK, "data_access.spark.dialect", "SparkDialect")

SMALL_FILE = 50_000_000
"""Up to this size, in bytes, DuckDB reads with one thread: with two, the cells of one authority take it a third more processor time, most
of which goes into planning."""
_ABSENT = "There is no database at {file}. Load data into it with 'qs133 load', or run 'qs133 demo'."


class DatabaseUnavailable(Exception):
    """The database can't be reached or read; the message says what to check and holds no password."""


class NoDatabase(DatabaseUnavailable):
    """There is no file at a DuckDB address: nothing was loaded yet, or it was moved away."""


def database_file(url: str) -> Path | None:
    """The file of a DuckDB address, or None for any other engine. Raises DatabaseUnavailable for an address that can't be read."""
    address = _address(url)
    if address.get_backend_name() != "duckdb":
        return None
    if not address.database or address.database.startswith(":memory:"):
        raise DatabaseUnavailable("The database address names no DuckDB file. Give one, such as duckdb:///data/qs133.duckdb.")
    return Path(address.database)


def engine(url: str) -> sa.Engine:
    """An engine for readers.

    Each connection to a DuckDB file opens the one that the address means then, read-only, and goes on seeing that one after a
    load has put another in its place. A connection to PostgreSQL sees one state of the database until it is given back, and can't write.
    Every failure to connect or to read a table that isn't there is raised as DatabaseUnavailable.
    """
    file = database_file(url)
    if file is not None:
        made = sa.create_engine("duckdb:///:memory:", poolclass=NullPool, hide_parameters=True)
        sa.event.listen(made, "connect", lambda connection, _record: _attach(connection, file))
    else:
        options: dict[str, Any] = {}
        if _address(url).get_backend_name() == "postgresql":
            options = {"isolation_level": "REPEATABLE READ", "execution_options": {"postgresql_readonly": True}}
        made = sa.create_engine(_address(url), pool_pre_ping=True, hide_parameters=True, **options)
    sa.event.listen(made, "handle_error", lambda context: _explain(context, url))
    return made


def address_of_file(url: str) -> str:
    """For a DuckDB database the address of the file that its own address means now; any other address as it is.

    For whoever changes tables where they are, as the owner of a warehouse does. Raises DatabaseUnavailable.
    """
    file = database_file(url)
    if file is None:
        return url
    return sa.URL.create("duckdb", database=str(_meant(file))).render_as_string()


def _address(url: str) -> sa.URL:
    try:
        address = sa.make_url(url)
        address.get_dialect().import_dbapi()
        return address
    except ModuleNotFoundError as error:
        raise DatabaseUnavailable(
            f"The database address needs the Python package {error.name}, which is not installed. Install it, or give another address, "
            "such as duckdb:///data/qs133.duckdb or postgresql+psycopg://user@host/name."
        ) from None
    except sa.exc.ArgumentError:
        raise DatabaseUnavailable(
            "The database address is not one that can be read. Check QS133_DATABASE_URL or the setting 'database'; "
            "it looks like duckdb:///data/qs133.duckdb or postgresql+psycopg://user@host/name."
        ) from None


def _attach(connection: Any, file: Path) -> None:
    # Within one process DuckDB shares an open file by its path, and would go on showing a reader what stood at the path before
    # for as long as any other reader is still connected. An attached file isn't shared.
    while True:
        meant = _current(file)
        try:
            attach(connection, meant, "reporting")
            connection.execute("USE reporting")
            if meant.stat().st_size < SMALL_FILE:
                connection.execute("SET threads = 1")
            return
        except Exception as error:
            if _current(file) != meant:
                continue  # a load has put another in its place meanwhile, and this one is gone
            raise DatabaseUnavailable(
                f"The database {file} can't be opened ({str(error).splitlines()[0]}). Check that the file is a DuckDB database, that you "
                "may read it, and that no other program has it open for writing."
            ) from None


def _current(file: Path) -> Path:
    """The DuckDB file that an address means now, which is there. Raises DatabaseUnavailable."""
    found = _meant(file)
    if not found.is_file():
        raise NoDatabase(_ABSENT.format(file=file))
    return found


def _meant(file: Path) -> Path:
    try:
        return current_file(file)
    except PointsNowhere as problem:
        raise DatabaseUnavailable(str(problem)) from None
    except OSError as error:
        raise DatabaseUnavailable(f"The database {file} can't be read ({error.strerror}). Check that you may read it.") from None


def attach(connection: Any, file: Path, name: str) -> None:
    """Attaches a DuckDB file, to be read only, under a name to one of DuckDB's own connections. Raises what DuckDB raises."""
    quoted = str(file).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS {name} (READ_ONLY)")


def _explain(context: sa.engine.ExceptionContext, url: str) -> None:
    original = context.original_exception
    if isinstance(original, DatabaseUnavailable) or context.is_pre_ping:
        return  # a kept connection that has ended is made anew
    shown = _address(url).render_as_string(hide_password=True)
    if context.connection is None or context.is_disconnect or isinstance(context.sqlalchemy_exception, sa.exc.OperationalError):
        raise DatabaseUnavailable(
            f"The database {shown} can't be reached. Check that it is running, that the address is right and that you may connect to it."
        ) from original
    if _has_other_tables(original):
        raise DatabaseUnavailable(
            f"The database {shown} lacks a table or column that is needed, or has one of another type: an older version of qs133 may have "
            "filled it. Load your files once more with 'qs133 load'; 'qs133 check' says what is missing."
        ) from original


def _has_other_tables(error: BaseException | None) -> bool:
    """Whether an engine says that it has no such table or column, or can't compare a column of this type."""
    says = ("42P01", "42703", "42883", "42804")
    return getattr(error, "sqlstate", None) in says or type(error).__name__ in ("CatalogException", "BinderException")


def current_version(url: str) -> str:
    """What changes whenever the data does: cheap to ask often.

    For DuckDB it is the identity of the file, without opening it; otherwise the version in the table data_version.
    Raises DatabaseUnavailable.
    """
    file = database_file(url)
    if file is not None:
        meant = _current(file)
        try:
            status = meant.stat()
        except OSError:
            raise NoDatabase(_ABSENT.format(file=file)) from None
        return f"{meant.name}-{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
    with _asking(url) as connection:
        row = connection.execute(sa.select(data_version.c.version, data_version.c.loaded_at)).first()
    if row is None:
        raise DatabaseUnavailable("The database holds no data yet. Fill it with 'qs133 load'; 'qs133 check' says what is missing.")
    return f"{row.version} {row.loaded_at}"


@contextmanager
def _asking(url: str) -> Iterator[sa.Connection]:
    """A connection for a question that every click asks. PostgreSQL's is kept: making one takes longer than the answer."""
    kept = _address(url).get_backend_name() == "postgresql"
    reader = _kept_engine(url) if kept else engine(url)
    try:
        with reader.connect() as connection:
            yield connection
    finally:
        if not kept:
            reader.dispose()


@lru_cache(maxsize=4)
def _kept_engine(url: str) -> sa.Engine:
    return engine(url)


def has_table(connection: sa.Connection, table: sa.Table) -> bool:
    """Whether the database has a table, or a view in its place.

    DuckDB is asked for its tables first: in looking for views it makes all of its own, which takes it 0.3 seconds.
    """
    inspector = sa.inspect(connection)
    if connection.dialect.name == "duckdb" and table.name in inspector.get_table_names():
        return True
    return bool(inspector.has_table(table.name))
