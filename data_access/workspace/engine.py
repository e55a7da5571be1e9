"""Ways into the workspace database: its address, its schema brought up to date, and sentences for when it can't be used.

The workspace is apart from the reporting database, so that a load never touches what people wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from data_access.file_system import FULL, is_full

metadata = sa.MetaData()
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A number that the database counts up: SQLite only counts up an INTEGER."""

HEAD = "0008"
"""The newest migration. Known here so that a workspace that is up to date is opened without loading Alembic."""

SECONDS_TO_WAIT = 2
"""For another writer, so that a click ends in a sentence and not in waiting. A write takes milliseconds."""

SECONDS_TO_MIGRATE = 60
"""For another server that starts together with this one, and brings the schema up to date."""

_MIGRATIONS = Path(__file__).resolve().parent / "migrations"
_MIGRATION_LOCK = 133
_IMMEDIATE = "begin_immediate"


class WorkspaceUnavailable(Exception):
    """The workspace can't be opened, read or written; the message says what to check."""


UNAVAILABLE = "The workspace database can't be read. Check the setting 'workspace': that the address is right and you may write there."


def workspace_engine(url: str) -> sa.Engine:
    """An engine for the workspace, whose schema is brought up to date first; makes a SQLite file and its folder where there is none.

    Raises WorkspaceUnavailable.
    """
    try:
        address = sa.make_url(url)
        if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        made = _engine(address)
        if schema_version(made) != HEAD:
            migrate(made)
    except (OSError, SQLAlchemyError) as error:
        raise _unavailable(error) from error
    return made


def existing_workspace(url: str) -> sa.Engine | None:
    """The same, or None where there is no SQLite file yet: for who only reads, and should not leave an empty one behind.

    Raises WorkspaceUnavailable.
    """
    try:
        address = sa.make_url(url)
    except SQLAlchemyError as error:
        raise WorkspaceUnavailable(UNAVAILABLE) from error
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file():
        return None
    return workspace_engine(url)


@contextmanager
def explained() -> Iterator[None]:
    """Turns whatever the database complains about into WorkspaceUnavailable."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _unavailable(error) from error


def _unavailable(error: OSError | SQLAlchemyError) -> WorkspaceUnavailable:
    full = is_full(getattr(error, "orig", None) or error)
    return WorkspaceUnavailable(f"The workspace database can't be written: {FULL}." if full else UNAVAILABLE)


def schema_version(engine: sa.Engine) -> str | None:
    """Which migration the schema is at; None before the first."""
    table = sa.table("alembic_version", sa.column("version_num"))
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table(table.name):
            return None
        found: str | None = connection.scalar(sa.select(table.c.version_num))
    return found


def migrate(engine: sa.Engine, target: str = "head") -> None:
    """Brings the schema up to a migration, in one transaction: killed half-way, it is as it was. Servers that start together take turns.

    A workspace that was made before there were migrations keeps everything it holds.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with _patient(engine) as patient, patient.connect().execution_options(**{_IMMEDIATE: True}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, target)
        except CommandError as error:
            raise WorkspaceUnavailable(
                "The workspace database was made by a newer version of the dashboard. Use that version, or name another workspace."
            ) from error


@contextmanager
def _patient(engine: sa.Engine) -> Iterator[sa.Engine]:
    """The same database for who may have to wait for another's migration; a database in memory is only in its own engine.

    Nothing of it stays open, because Windows neither moves nor removes a file that is.
    """
    if engine.url.get_backend_name() == "sqlite" and not engine.url.database:
        yield engine
        return
    patient = _engine(engine.url, SECONDS_TO_MIGRATE)
    try:
        yield patient
    finally:
        patient.dispose()


def _engine(address: sa.URL, seconds: int = SECONDS_TO_WAIT) -> sa.Engine:
    if address.get_backend_name() == "postgresql" and "options" not in address.query:
        limits = {"options": f"-c lock_timeout={1000 * seconds}"}
        return sa.create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=limits)
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True, hide_parameters=True)
    made = sa.create_engine(address, connect_args={"timeout": seconds}, hide_parameters=True)
    # Python's sqlite3 begins transactions late and leaves changes to the schema out of them. We begin them ourselves.
    sa.event.listen(made, "connect", _leave_transactions_to_us)
    sa.event.listen(made, "begin", _begin)
    return made


def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(_IMMEDIATE):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
