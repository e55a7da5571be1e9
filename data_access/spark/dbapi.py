"""Python's database interface (PEP 249), as far as SELECTs need it, over a Spark Connect session.

The tables are Parquet. Each state of the data is a folder of its own within the folder that the address names, with one file or folder
for each table: `child.parquet`, `attendance.parquet` and so on. `data_version.parquet` is written last; the state whose `loaded_at` is
the latest is the one that is read. A transaction keeps to the state that it found, so that what it reads belongs together.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

apilevel = "2.0"
threadsafety = 2
paramstyle = "named"

VERSION_FILE = "data_version.parquet"
RETRIES = 4
"""Of what did not reach the server, within a second or two. Spark's client would try for ten minutes, and keep a page waiting."""
HINT = "Spark's client is not installed. Install it: .venv/bin/python -m pip install 'pyspark[connect]' sqlglot"


class Error(Exception):
    """Something went wrong in Spark or on the way there. `sqlstate` is the standard's code for it, where there is one."""

    sqlstate: str | None = None


class DatabaseError(Error):
    """An error that the database reports."""


class OperationalError(DatabaseError):
    """The server can't be reached."""


class ProgrammingError(DatabaseError):
    """A table or column that isn't there, or a SELECT that Spark refuses."""


class InterfaceError(Error):
    """Never raised; SQLAlchemy looks for it."""


class Warning(Exception):
    """Never raised; SQLAlchemy looks for it."""


class DataError(DatabaseError):
    """Never raised; SQLAlchemy looks for it."""


class IntegrityError(DatabaseError):
    """Never raised; SQLAlchemy looks for it."""


class InternalError(DatabaseError):
    """Never raised; SQLAlchemy looks for it."""


class NotSupportedError(DatabaseError):
    """What is no SELECT."""


_sessions: dict[str, Any] = {}
_sessions_lock = threading.Lock()


def connect(address: str, folder: str | None) -> Connection:
    """A connection to the tables in a folder, through the Spark Connect server at an address. Sessions of Spark are shared."""
    if not folder:
        raise OperationalError("The address names no folder of tables. Add it: sc://host:15002?tables=FOLDER.")
    return Connection(address, folder.rstrip("/"))


class Connection:
    """One state of the tables until the transaction ends."""

    def __init__(self, address: str, folder: str) -> None:
        self.address = address
        self.folder = folder
        self._state: str | None = None

    def cursor(self) -> Cursor:
        return Cursor(self)

    def commit(self) -> None:
        self._state = None

    def rollback(self) -> None:
        self._state = None

    def close(self) -> None:
        self._state = None

    def run(self, statement: str, parameters: Mapping[str, Any]) -> Any:
        """The Arrow table of a SELECT in Spark's words. Raises OperationalError and ProgrammingError."""
        try:
            return self.session().sql(statement, args=dict(parameters)).toArrow()
        except Exception as error:
            raise explained(error) from error

    def session(self) -> Any:
        """Spark's session, shared by all connections to one address, and made anew when the server has forgotten it."""
        try:
            from pyspark.sql.connect.client.retries import DefaultPolicy
            from pyspark.sql.connect.session import SparkSession
        except ImportError as error:
            raise OperationalError(HINT) from error
        with _sessions_lock:
            session = _sessions.get(self.address)
            if session is None or session.is_stopped:
                session = SparkSession.builder.remote(self.address).create()
                session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
                _sessions[self.address] = session
            return session

    def state(self) -> str:
        """The folder of the latest state of the data."""
        if self._state is None:
            try:
                versions = self.session().read.parquet(f"{self.folder}/*/{VERSION_FILE}")
                latest = versions.select("loaded_at", "_metadata.file_path").toArrow().sort_by([("loaded_at", "descending")])
            except Exception as error:
                raise explained(error) from error
            if not latest.num_rows:
                raise missing("data_version")
            path = latest["file_path"][0].as_py()
            self._state = path[:path.rindex(f"/{VERSION_FILE}")]
        return self._state

    def path(self, table: str) -> str:
        """Where a table's rows are."""
        return f"{self.state()}/{table}.parquet"

    def has_table(self, table: str) -> bool:
        """Whether the current state has a table."""
        return bool(list(self.columns(table)))

    def columns(self, table: str) -> Iterator[tuple[str, str]]:
        """The name and Spark's type of each of a table's columns; none of a table that is not there."""
        try:
            found = self.session().read.parquet(self.path(table)).schema
        except Exception as error:
            problem = error if isinstance(error, Error) else explained(error)
            if problem.sqlstate in MISSING:
                return
            raise problem from error
        yield from ((field.name, field.dataType.simpleString()) for field in found)


class Cursor:
    """Runs a SELECT and gives its rows. `arrow` is the whole result as an Arrow table."""

    arraysize = 1
    rowcount = -1

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.arrow: Any = None
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    @property
    def description(self) -> list[tuple[Any, ...]] | None:
        if self.arrow is None:
            return None
        return [(field.name, field.type, None, None, None, None, None) for field in self.arrow.schema]

    def execute(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Runs a SELECT written in the words that SQLAlchemy and DuckDB share, on the tables' Parquet files."""
        from data_access.spark.carrying import carried

        self.arrow = self.connection.run(carried(statement, self.connection.path), parameters or {})
        columns = [column.to_pylist() for column in self.arrow.columns]
        self._rows = iter(zip(*columns, strict=True)) if columns else iter(())

    def executemany(self, statement: str, parameters: Sequence[Any]) -> None:
        raise NotSupportedError("Spark reads the tables and doesn't write them.")

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchmany(self, size: int = 1) -> list[tuple[Any, ...]]:
        return [row for row, _ in zip(self._rows, range(size), strict=False)]

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def close(self) -> None:
        self.arrow = None

    def setinputsizes(self, _sizes: Any) -> None:
        """Nothing to prepare."""

    def setoutputsize(self, _size: Any) -> None:
        """Nothing to prepare."""


MISSING = ("42P01", "42703", "42K03")
"""The standard's codes for a table, a column and a path that are not there."""


def missing(table: str) -> ProgrammingError:
    """The error for a table that is not there."""
    error = ProgrammingError(f"There is no table {table}.")
    error.sqlstate = MISSING[0]
    return error


def explained(error: Exception) -> Error:
    """What Spark's client raised, as an error of this interface."""
    if isinstance(error, Error):
        return error
    find = getattr(error, "getSqlState", None)
    sqlstate = find() if find else None
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    kind = ProgrammingError if sqlstate else OperationalError
    problem = kind(reason)
    problem.sqlstate = MISSING[0] if sqlstate in MISSING[2:] else sqlstate
    return problem
