"""The audit log in the workspace: who signed in, saw or took away exact numbers, or changed something. It only grows.

SQLite and PostgreSQL themselves refuse to change or remove an entry, by triggers that are made with the table (see
`data_access.workspace.append_only`, and the migrations).
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import polars as pl
import sqlalchemy as sa

from data_access.cells import fetch
from data_access.workspace.engine import ID, metadata


class AuditUnavailable(Exception):
    """An entry could not be written, so what it was to record must not happen."""


class Action(StrEnum):
    """What a person did."""

    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    REFUSED = "refused"
    EXACT_VIEW = "exact_view"
    EXPORT = "export"
    BEGUN = "begun"
    CHANGE = "change"
    NOT_DONE = "not_done"


audit_log = sa.Table(
    "audit_log", metadata,
    sa.Column("entry_id", ID, primary_key=True, autoincrement=True),
    sa.Column("at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("who", sa.String(320), nullable=False, comment="a person's e-mail address or other identity; on the command line, the user"),
    sa.Column("role", sa.String(100), nullable=False, comment="with a manager's teams and providers"),
    sa.Column("action", sa.String(20), nullable=False, comment="sign_in, sign_out, refused, exact_view, export, begun, change or not_done"),
    sa.Column("what", sa.Text, nullable=False, comment="the page, file or command"),
    sa.Column("filters", sa.Text, nullable=False, comment="which children and periods, in words; never a child"),
    sa.Column("data_version", sa.String(100), nullable=False, comment="of the reporting database; empty where none was read"),
    comment="One row an act. Rows are added and never changed.",
)
_ADD = audit_log.insert()


@dataclass(frozen=True)
class Entry:
    """One act: `filters` and `what` are words, `data_version` is empty where no data was read. Never holds a child's id."""

    who: str
    role: str
    action: Action
    what: str
    filters: str = ""
    data_version: str = ""


def record(engine: sa.Engine, entry: Entry) -> None:
    """Adds an entry, dated now.

    Raises AuditUnavailable when it can't be written; whoever asked must then not get what the entry was to record.
    """
    begin(engine, entry)


def begin(engine: sa.Engine, entry: Entry) -> tuple[int, datetime.datetime]:
    """The same, and gives the entry's number and time (UTC), for what its outcome is to be written down of."""
    at = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    try:
        with engine.begin() as connection:
            added = connection.execute(_ADD.values(
                at=at, who=entry.who, role=entry.role, action=entry.action.value, what=entry.what, filters=entry.filters,
                data_version=entry.data_version,
            ))
            (number,) = added.inserted_primary_key or (0,)
        return int(number), at
    except sa.exc.SQLAlchemyError as error:
        raise AuditUnavailable(
            "The audit log can't be written, so no exact numbers are shown. Check that the workspace database can be reached and written "
            "to (QS133_WORKSPACE_URL or the setting 'workspace'), and try again."
        ) from error


SCHEMA: dict[str, pl.DataType] = {
    "at": pl.Datetime("us"), "who": pl.String(), "role": pl.String(), "action": pl.String(), "what": pl.String(), "filters": pl.String(),
    "data_version": pl.String(),
}


def entries(
    engine: sa.Engine, *, actions: Sequence[Action] = (), who: str = "",
    first: datetime.date | None = None, last: datetime.date | None = None, newest: int | None = None,
) -> pl.DataFrame:
    """at (UTC), who, role, action, what, filters, data_version, latest first.

    `actions` and `who` (exactly) narrow it down, as do `first` and `last`, both days included (UTC); empty ones don't.
    `newest` is how many at most. Raises AuditUnavailable when the log can't be read.
    """
    wanted = sa.select(*(audit_log.c[name] for name in SCHEMA)).order_by(audit_log.c.entry_id.desc())
    if actions:
        wanted = wanted.where(audit_log.c.action.in_([action.value for action in actions]))
    if who:
        wanted = wanted.where(audit_log.c.who == who)
    if first is not None:
        wanted = wanted.where(audit_log.c.at >= datetime.datetime.combine(first, datetime.time.min))
    if last is not None:
        wanted = wanted.where(audit_log.c.at < datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time.min))
    if newest is not None:
        wanted = wanted.limit(newest)
    try:
        with engine.connect() as connection:
            return fetch(connection, wanted, SCHEMA)
    except sa.exc.SQLAlchemyError as error:
        raise AuditUnavailable("The audit log can't be read. Check that the workspace database can be reached.") from error


def recorded(engine: sa.Engine, entry: Entry) -> bool:
    """Whether the log already holds an entry that says the same. Raises AuditUnavailable when it can't be read."""
    same = sa.select(audit_log.c.entry_id).where(
        audit_log.c.who == entry.who, audit_log.c.role == entry.role, audit_log.c.action == entry.action.value,
        audit_log.c.what == entry.what, audit_log.c.filters == entry.filters, audit_log.c.data_version == entry.data_version,
    )
    try:
        with engine.connect() as connection:
            return connection.execute(same.limit(1)).first() is not None
    except sa.exc.SQLAlchemyError as error:
        raise AuditUnavailable("The audit log can't be read. Check that the workspace database can be reached.") from error


def has_signed_out(engine: sa.Engine, who: str, what: str) -> bool:
    """Whether the log says that a sign-in has ended. Raises AuditUnavailable when it can't be read."""
    said = sa.select(audit_log.c.entry_id).where(
        audit_log.c.action == Action.SIGN_OUT.value, audit_log.c.who == who, audit_log.c.what == what,
    )
    try:
        with engine.connect() as connection:
            return connection.execute(said.limit(1)).first() is not None
    except sa.exc.SQLAlchemyError as error:
        raise AuditUnavailable("The audit log can't be read. Check that the workspace database can be reached.") from error
