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

from data_access.spark import NAME as SPARK
from data_access.tables import data_version

registry.register(SPARK, "data_access.spark.dialect", "SparkDialect")

_ABSENT = "There is no database at {file}. Load data into it with 'qs133 load', or run 'qs133 demo'."


class DatabaseUnavailable(Exception):
    """The database can't be reached or read; the message says what to check and holds no password."""


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

    Each connection to a DuckDB file opens it anew, read-only, and sees the file as it was then, also after a load has
    put another in its place. A connection to PostgreSQL sees one state of the database until it is given back, and can't write.
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
    # Within one process DuckDB shares an open file by its path, and would go on showing a reader the file that a load
    # has replaced for as long as any other reader is still connected. An attached file isn't shared.
    if not file.is_file():
        raise DatabaseUnavailable(_ABSENT.format(file=file))
    try:
        attach(connection, file, "reporting")
        connection.execute("USE reporting")
    except Exception as error:
        raise DatabaseUnavailable(
            f"The database {file} can't be opened ({str(error).splitlines()[0]}). Check that the file is a DuckDB database, that you "
            "may read it, and that no other program has it open for writing."
        ) from None


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
            f"The database {shown} lacks a table or column that is needed, or has one of another type. Run 'qs133 check' to see which, or "
            "'qs133 load' to fill it."
        ) from original


def _has_other_tables(error: BaseException | None) -> bool:
    """Whether an engine says that it has no such table or column, or can't compare a column of this type."""
    says = ("42P01", "42703", "42883", "42804")
    return getattr(error, "sqlstate", None) in says or type(error).__name__ in ("CatalogException", "BinderException")


def current_version(url: str) -> str:
    """What changes whenever the data does: cheap to ask often.

    For a DuckDB file it is the file's identity, without opening it; otherwise the version in the table data_version.
    Raises DatabaseUnavailable.
    """
    file = database_file(url)
    if file is not None:
        try:
            status = file.stat()
        except OSError:
            raise DatabaseUnavailable(_ABSENT.format(file=file)) from None
        return f"{status.st_ino}-{status.st_mtime_ns}-{status.st_size}"
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
