"""Reading the Standard Safeguarding Dataset's tables from the database that holds them: only SELECTs, and nothing in it is changed."""

from __future__ import annotations

import datetime
import decimal
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from data_access.load.checking.specification import Table
from data_access.load.errors import LoadError
from data_access.load.reading.files import Raw
from data_access.load.ssd.mapping import PLACEHOLDERS, TABLES

ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+_]+://")
VARIABLE = re.compile(r"^env:([A-Za-z_][A-Za-z0-9_]*)$")
SCHEMA = "schema"
"""The key of an address's query that names the schema of the tables; the driver never sees it."""

FILE_ENGINES = ("duckdb", "sqlite")
SECRETS = re.compile(r"(pwd|password|accesstoken|token)=(\{[^}]*\}|[^;&]*)", re.IGNORECASE)
MIDNIGHT = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9]{2}:[0-9]{2}(:[0-9.]+)?$")
DRIVERS = {"mssql": "pip install '.[sqlserver]', in the project's folder (docs/ssd.md says what else SQL Server needs)"}
EXAMPLE = "mssql+pyodbc://server/database?driver=ODBC+Driver+18+for+SQL+Server&trusted_connection=yes&schema=ssd_development"


def is_address(source: str) -> bool:
    """Whether a source is a database's address, or `env:NAME` for a variable that holds one, and no path."""
    return bool(ADDRESS.match(source) or VARIABLE.match(source))


def shown_address(address: str) -> str:
    """An address as people may see it: engine, server, database and schema, without who connects, with what and how."""
    url, schema = _parsed(address)
    public = sa.URL.create(url.drivername, host=url.host, port=url.port, database=url.database, query={SCHEMA: schema} if schema else {})
    return public.render_as_string(hide_password=True)


def read_database(address: str) -> list[tuple[Table, Raw]]:
    """Every table of the dataset, as text: rows in the order of their values, a date without its time of day.

    A row's line is its place in that order; the first is 1. In PostgreSQL all tables are read in one read-only transaction.
    Raises LoadError with a sentence for each table or column that is missing, and when the database can't be reached or read.
    """
    url, schema = _parsed(address)
    shown = shown_address(address)
    try:
        reader = sa.create_engine(url, poolclass=NullPool, hide_parameters=True)
    except sa.exc.NoSuchModuleError:
        raise LoadError(f"{shown}: there is no database engine {url.drivername!r}. An address looks like {EXAMPLE}.") from None
    except ModuleNotFoundError as error:
        how = DRIVERS.get(url.get_backend_name(), f"pip install {error.name}")
        raise LoadError(f"{shown}: its driver, the package {error.name}, is not installed. Install it with: {how}") from None
    try:
        with reader.connect() as connection:
            return _read(_read_only(connection), schema, shown)
    except sa.exc.SQLAlchemyError as error:
        reason = without_secrets(str(getattr(error, "orig", None) or error).splitlines()[0], url)
        raise LoadError(
            f"The database {shown} can't be read ({reason}). Check the address, that the database is running, and that you may read it."
        ) from None
    finally:
        reader.dispose()


def statement(table: Table, columns: Mapping[str, str], schema: str | None) -> sa.Select[Any]:
    """The SELECT of a table's columns; `columns` gives the name that the database has for each."""
    source = sa.table(table.name, *(sa.column(columns[name]) for name in table.columns), schema=schema)
    return sa.select(*source.c)


def _parsed(address: str) -> tuple[sa.URL, str | None]:
    """The address for the driver, and the schema. Raises LoadError; its words hold nothing of an address that can't be read."""
    variable = VARIABLE.match(address)
    if variable:
        address = os.environ.get(variable[1], "")
        if not address:
            raise LoadError(f"{variable[0]}: the environment variable {variable[1]} is not set. Set it to the database's address.")
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise LoadError(f"A source is no database address that can be read. One looks like {EXAMPLE}.") from None
    if url.get_backend_name() in FILE_ENGINES:
        raise LoadError(
            f"{url.get_backend_name()}: a Standard Safeguarding Dataset is read from a database server, not from a database file. "
            f"An address looks like {EXAMPLE}."
        )
    schema = url.query.get(SCHEMA)
    return url.difference_update_query([SCHEMA]), schema if isinstance(schema, str) else None


def without_secrets(text: str, url: sa.URL) -> str:
    """A driver's words, in case it repeats what it was given."""
    secrets = {str(url.password)} if url.password else set()
    for value in url.query.values():
        secrets |= {match[2] for match in SECRETS.finditer(value if isinstance(value, str) else ";".join(value))}
    secrets |= {str(value) for key, value in url.query.items() if SECRETS.match(f"{key}=")}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return SECRETS.sub(r"\1=***", text)


def _read_only(connection: sa.Connection) -> sa.Connection:
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection


def _read(connection: sa.Connection, schema: str | None, shown: str) -> list[tuple[Table, Raw]]:
    inspector = sa.inspect(connection)
    found: list[tuple[Table, dict[str, str]]] = []
    problems: list[str] = []
    for table in TABLES:
        try:
            held = [str(column["name"]) for column in inspector.get_columns(table.name, schema=schema)]
        except sa.exc.NoSuchTableError:
            problems.append(_missing_table(table, schema, shown))
            continue
        columns = {name.lower(): name for name in held}
        missing = [name for name in table.columns if name not in columns]
        if missing:
            problems.append(
                f"{shown}: {table.name} has the columns {', '.join(held)}; {', '.join(table.columns)} were expected. "
                f"Missing: {', '.join(missing)}."
            )
        found.append((table, columns))
    if problems:
        raise LoadError(problems)
    return [(table, raw_table(table, connection.execute(statement(table, columns, schema)))) for table, columns in found]


def _missing_table(table: Table, schema: str | None, shown: str) -> str:
    where = f"in the schema {schema}" if schema else "in your own schema; another is named with ?schema=NAME at the end of the address"
    return (
        f"{shown} has no table {table.name} {where}. The tables {', '.join(each.name for each in TABLES)} were expected, each of "
        f"which may be empty; {table.name} has the columns {', '.join(table.columns)}."
    )


def raw_table(table: Table, rows: Iterable[Sequence[object]]) -> Raw:
    """The rows of a table, in the order of the values that are read, as text."""
    names = [str(place) for place in range(len(table.columns))]
    texts = [tuple(_text(value) for value in row) for row in rows]
    frame = pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String()), orient="row").sort(names, nulls_last=True)
    lines = pl.Series("line", range(1, frame.height + 1), dtype=pl.Int64)
    return Raw(table.columns, frame.insert_column(0, lines), table=table.name)


def _text(value: object) -> str | None:
    """A value as a file would hold it. A day's time is left out: the dataset keeps days in columns that also hold a time."""
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float | decimal.Decimal) and math.isfinite(value) and value == int(value):
        return str(int(value))
    text = str(value).strip()
    midnight = MIDNIGHT.match(text)
    if midnight:
        return midnight[1]
    return None if text in ("", *PLACEHOLDERS) else text
