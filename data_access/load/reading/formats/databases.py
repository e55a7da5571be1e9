"""What a database holds in another shape: the rows of a SELECT that its description in `sources.toml` gives. Nothing in it is changed."""

from __future__ import annotations

import os
import re
import sqlite3
import uuid
from typing import Any

import polars as pl
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.sources import SourceDescription
from data_access.load.errors import FileProblem
from data_access.load.reading.files import Raw
from data_access.load.reading.formats.spreadsheets import raw_of_frame
from data_access.load.ssd.database import DRIVERS, without_secrets

_NAMES_AND_COMMENTS = r"""\[[^\]]*\]|`[^`]*`|--[^\n]*|/\*(?!!)(?:(?!/\*).)*?\*/"""
LITERALS = (
    re.compile(rf"""'(?:[^']|'')*'|"(?:[^"]|"")*"|{_NAMES_AND_COMMENTS}""", re.DOTALL),
    re.compile(
        rf"""(?<![\w$])\$([^\W\d]\w*|)\$.*?\$\1\$|'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|{_NAMES_AND_COMMENTS}""", re.DOTALL
    ),
)
"""Text, quoted names and comments, in which anything may stand: as the SQL standard has them, and with PostgreSQL's text between dollar
signs and with backslashes; a comment within a comment is neither. Engines differ in where a text ends, so SQL has to be one SELECT
whichever way it is read."""

COLONS = re.compile(r"(?<![:\w$\\]):(?=[\w$])")
"""What SQLAlchemy would take for the beginning of a parameter's name; there are none."""

WRITES = re.compile(
    r"\b(insert|update|delete|merge|drop|alter|create|truncate|grant|revoke|attach|copy|call|exec|execute|into|replace|pragma|set|vacuum)\b",
    re.IGNORECASE,
)


def check_select(description: SourceDescription) -> None:
    """Raises FileProblem for SQL that is more than one SELECT: nothing else is sent to the database."""
    if not all(_is_select(literals.sub(" ", description.sql or "")) for literals in LITERALS):
        raise FileProblem(f"{description.at('sql')}: sql must be one SELECT, which only reads. Correct it.")


def _is_select(sql: str) -> bool:
    """Whether SQL without its literals is one SELECT."""
    bare = sql.strip().removesuffix(";").strip()
    return re.match(r"(select|with)\b", bare, re.IGNORECASE) is not None and not _writes(bare) and ";" not in bare and "/*" not in bare


def _writes(bare: str) -> bool:
    found = [match for match in WRITES.finditer(bare) if match[1].lower() != "replace" or not bare[match.end() :].lstrip().startswith("(")]
    return bool(found)


def read_query(description: SourceDescription) -> Raw:
    """The rows of a description's SELECT as text; the first is line 2, as if there were a header. Raises FileProblem."""
    check_select(description)
    at = description.at("database")
    variable = str(description.database).removeprefix("env:")
    address = os.environ.get(variable, "")
    if not address:
        raise FileProblem(f"{at}: the environment variable {variable} is not set. Set it to the database's address.")
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise FileProblem(f"{at}: the variable {variable} holds no database address that can be read.") from None
    try:
        reader = _reader(url)
        try:
            with reader.connect() as connection:
                return raw_of_frame(_rows(connection, str(description.sql)), description.at("sql"))
        finally:
            reader.dispose()
    except sa.exc.NoSuchModuleError:
        raise FileProblem(f"{at}: there is no database engine {url.drivername!r}.") from None
    except ModuleNotFoundError as error:
        how = DRIVERS.get(url.get_backend_name(), f"pip install {error.name}")
        raise FileProblem(f"{at}: its driver, the package {error.name}, is not installed. Install it with: {how}") from None
    except (sa.exc.SQLAlchemyError, pl.exceptions.PolarsError, OSError, sqlite3.Error) as error:
        said = str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__]
        reason = without_secrets(said[0], url)
        raise FileProblem(f"{at}: the database can't be read ({reason}). Check the address, the SQL, and that you may read it.") from None


def _rows(connection: sa.Connection, sql: str) -> pl.DataFrame:
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        frame = pl.read_database(COLONS.sub(r"\:", sql), connection=connection, infer_schema_length=None)
        return frame.with_columns(_uuids_as_text(column) for column in frame.iter_columns() if column.dtype == pl.Object)
    finally:
        connection.rollback()


def _uuids_as_text(column: pl.Series) -> pl.Series:
    """A column of UUIDs, which are ids in some systems, as text; any other as it is."""
    values = column.to_list()
    if not all(value is None or isinstance(value, uuid.UUID) for value in values):
        return column
    return pl.Series(column.name, [None if value is None else str(value) for value in values], dtype=pl.String)


def _reader(url: sa.URL) -> sa.Engine:
    """An engine that reads: a database in a file is opened so that it can't be changed, nor made where there is none."""
    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    if url.get_backend_name() == "duckdb":
        return sa.create_engine(url, connect_args={"read_only": True}, **options)
    if url.get_backend_name() == "sqlite" and url.database:
        path = url.database
        return sa.create_engine(url, creator=lambda: sqlite3.connect(f"file:{_quoted(path)}?mode=ro", uri=True), **options)
    return sa.create_engine(url, **options)


def _quoted(path: str) -> str:
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
