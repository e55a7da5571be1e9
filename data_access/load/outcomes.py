"""What the audit log says of loads: the intention before, the outcome after, and at the next start the outcome of those that were cut off.

A load that is killed after its data is in the database can't write that down any more. The history of loads in the database tells then.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from data_access.audit import Action, AuditUnavailable, Entry, audit_log, begin, record
from data_access.database_files import real_file
from data_access.engines import DatabaseUnavailable, database_file, engine
from data_access.load.errors import LoadError
from data_access.load.storing.history import Load, history
from data_access.load.storing.staging import locked
from data_access.load.storing.writing import LOCK_NUMBER
from data_access.spark.writing import tables_folder

CUT_OFF, FOUND = "cut off, and nothing was changed", "cut off once the data was in the database"


@dataclass(frozen=True)
class Begun:
    """An entry of the log that says that somebody was about to replace the data. `at` is UTC."""

    number: int
    at: datetime.datetime
    entry: Entry

    @property
    def mark(self) -> str:
        """How the entry of the outcome ends."""
        return f" (begun in entry {self.number})"


def begun(workspace: sa.Engine, entry: Entry) -> Begun:
    """Writes down that somebody is about to replace the data. Raises AuditUnavailable."""
    number, at = begin(workspace, replace(entry, action=Action.BEGUN))
    return Begun(number, at, entry)


def done(workspace: sa.Engine, intention: Begun, what: str, version: str) -> None:
    """Writes down that the data was replaced, unless another process has found that out and did. Raises AuditUnavailable."""
    if not _has_outcome(workspace, intention, Action.CHANGE):
        record(workspace, replace(intention.entry, action=Action.CHANGE, what=what + intention.mark, data_version=version))


def not_done(workspace: sa.Engine, intention: Begun, why: str) -> None:
    """Writes down that nothing came of it. Raises AuditUnavailable."""
    record(workspace, replace(intention.entry, action=Action.NOT_DONE, what=f"{intention.entry.what}: {why}{intention.mark}"))


@contextlib.contextmanager
def told(
    workspace: sa.Engine, intention: Begun, lenient: contextlib.AbstractContextManager[object],
) -> Iterator[Callable[[str, str], None]]:
    """Writes the outcome of the block down, within `lenient`, because the data is there by then.

    What it gives is told what was done and the version that is there. Whatever else ends the block than that or a LoadError is settled
    at the next start, as the data may be there or not.
    """
    said: list[tuple[str, str]] = []
    try:
        yield lambda what, version: said.append((what, version))
    except LoadError:
        with lenient:
            not_done(workspace, intention, "nothing was changed")
        raise
    if said:
        with lenient:
            done(workspace, intention, *said[-1])


def settle(workspace: sa.Engine, url: str) -> int:
    """Writes down what came of loads that were cut off, from the database's own history; gives how many.

    Nothing while a load is under way, or where the database can't be read. Raises AuditUnavailable.
    """
    cut_off = _unfinished(workspace)
    if not cut_off:
        return 0
    try:
        with _idle(url):
            loads = list(reversed(history(url)))
    except (LoadError, DatabaseUnavailable, OSError, sa.exc.SQLAlchemyError):
        return 0
    known = _told(workspace, loads)
    for intention in cut_off:
        made = next((load for load in loads if load.who == intention.entry.who and load.at >= intention.at and load not in known), None)
        if made is None:
            not_done(workspace, intention, CUT_OFF)
        else:
            known.append(made)
            done(workspace, intention, f"{intention.entry.what}: {FOUND}", made.version)
    return len(cut_off)


def _has_outcome(workspace: sa.Engine, intention: Begun, *actions: Action) -> bool:
    asked = sa.select(audit_log.c.entry_id).where(
        audit_log.c.entry_id > intention.number, audit_log.c.action.in_([action.value for action in actions]),
        audit_log.c.what.endswith(intention.mark, autoescape=True),
    )
    with _reading(workspace) as connection:
        return connection.execute(asked.limit(1)).first() is not None


def _unfinished(workspace: sa.Engine) -> list[Begun]:
    """Those without an outcome, the oldest first."""
    asked = sa.select(audit_log).where(audit_log.c.action == Action.BEGUN.value).order_by(audit_log.c.entry_id)
    with _reading(workspace) as connection:
        rows = connection.execute(asked).mappings().all()
    found = [
        Begun(row["entry_id"], row["at"], Entry(row["who"], row["role"], Action.BEGUN, row["what"], row["filters"], row["data_version"]))
        for row in rows
    ]
    return [each for each in found if not _has_outcome(workspace, each, Action.CHANGE, Action.NOT_DONE)]


def _told(workspace: sa.Engine, loads: Sequence[Load]) -> list[Load]:
    """The loads whose outcome the log has."""
    asked = sa.select(audit_log.c.who, audit_log.c.data_version, audit_log.c.at).where(audit_log.c.action == Action.CHANGE.value)
    with _reading(workspace) as connection:
        rows = connection.execute(asked).all()
    return [load for load in loads if any(row.who == load.who and row.data_version == load.version and row.at >= load.at for row in rows)]


@contextlib.contextmanager
def _reading(workspace: sa.Engine) -> Iterator[sa.Connection]:
    try:
        with workspace.connect() as connection:
            yield connection
    except sa.exc.SQLAlchemyError as error:
        raise AuditUnavailable("The audit log can't be read. Check that the workspace database can be reached.") from error


@contextlib.contextmanager
def _idle(url: str) -> Iterator[None]:
    """Keeps a load from beginning meanwhile. Raises LoadError where one is under way."""
    file = database_file(url)
    place = real_file(file) if file is not None else tables_folder(url)
    if place is not None:
        with locked(place):
            yield
        return
    reader = engine(url)
    try:
        with reader.connect() as connection:
            free = sa.select(sa.func.pg_try_advisory_xact_lock(LOCK_NUMBER))
            if connection.dialect.name == "postgresql" and not connection.scalar(free):
                raise LoadError("A load is under way.")
            yield
    finally:
        reader.dispose()
