"""What people wrote, with its history: every change is a new revision with who and when, and none is ever overwritten.

A change is one INSERT, so it is there wholly or not at all, also when the process is killed. Two people who edit the same revision
both write the next one: the database takes the first and refuses the second.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from data_access.workspace.engine import ID, explained, metadata
from data_access.workspace.records import KINDS, Record

R = TypeVar("R", bound=Record)
R_co = TypeVar("R_co", bound=Record, covariant=True)

item_revision = sa.Table(
    "item_revision", metadata,
    sa.Column("revision_id", ID, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("item_id", sa.String(100), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="1, 2, 3 of the item"),
    sa.Column("at", sa.DateTime, nullable=False, comment="UTC"),
    sa.Column("who", sa.String(320), nullable=False),
    sa.Column("withdrawn", sa.Boolean, nullable=False, comment="from this revision on, the item is not shown"),
    sa.Column("contents", sa.JSON, nullable=False, comment="the record of this kind"),
    sa.UniqueConstraint("kind", "item_id", "revision", name="one_of_each_revision"),
    comment="All revisions of all items. Rows are added and never changed.",
)
_COUNT = sa.select(sa.func.count(), sa.func.max(item_revision.c.revision_id))


class EditConflict(Exception):
    """Someone else changed the item since it was read; the message says who and when."""


@dataclass(frozen=True)
class Revision(Generic[R_co]):
    """One revision of an item. `at` is UTC; `revision` counts from 1."""

    item_id: str
    revision: int
    at: datetime.datetime
    who: str
    withdrawn: bool
    record: R_co


def new_id() -> str:
    """An id for a new item."""
    return uuid.uuid4().hex


def save(engine: sa.Engine, item_id: str, record: R, *, after: int, who: str) -> Revision[R]:
    """Writes the next revision of an item; `after` is the revision that the person saw, 0 for a new item.

    Raises EditConflict when there is a later one, and WorkspaceUnavailable.
    """
    return _write(engine, item_id, record, after=after, who=who, withdrawn=False)


def withdraw(engine: sa.Engine, kind: type[Record], item_id: str, *, after: int, who: str) -> None:
    """Takes an item off the pages; its history stays. Raises EditConflict and WorkspaceUnavailable."""
    last = history(engine, kind, item_id)[0]
    _write(engine, item_id, last.record, after=after, who=who, withdrawn=True)


def undo(engine: sa.Engine, kind: type[Record], item_id: str, *, after: int, who: str) -> None:
    """Brings back the item as it was before revision `after`, as a new revision; undoing the first withdraws it.

    Raises EditConflict and WorkspaceUnavailable.
    """
    revisions = {revision.revision: revision for revision in history(engine, kind, item_id)}
    before = revisions.get(after - 1)
    if before is None:
        _write(engine, item_id, revisions[after].record, after=after, who=who, withdrawn=True)
    else:
        _write(engine, item_id, before.record, after=after, who=who, withdrawn=before.withdrawn)


def history(engine: sa.Engine, kind: type[R], item_id: str) -> list[Revision[R]]:
    """All revisions of an item, latest first; empty for one that isn't there. Raises WorkspaceUnavailable."""
    wanted = sa.select(item_revision).where(item_revision.c.kind == kind.kind, item_revision.c.item_id == item_id)
    with explained(), engine.connect() as connection:
        rows = connection.execute(wanted.order_by(item_revision.c.revision.desc())).mappings().all()
    return [_revision(kind, row) for row in rows]


def current(engine: sa.Engine, kind: type[R]) -> list[Revision[R]]:
    """The items of a kind as they are now, in the order they were first written. Raises WorkspaceUnavailable."""
    return [_revision(kind, row) for row in _rows_now(engine, (kind,))]


def everything(engine: sa.Engine, kinds: Sequence[type[Record]] = tuple(KINDS.values())) -> list[Revision[Record]]:
    """The items of all kinds as they are now, without those withdrawn, in one query. Raises WorkspaceUnavailable."""
    return [_revision(KINDS[row["kind"]], row) for row in _rows_now(engine, kinds)]


def taken_away(engine: sa.Engine, kinds: Sequence[type[Record]] = tuple(KINDS.values())) -> list[Revision[Record]]:
    """The items that were withdrawn, as they were last: undoing that brings one back. Raises WorkspaceUnavailable."""
    return [_revision(KINDS[row["kind"]], row) for row in _rows_now(engine, kinds, withdrawn=True)]


def change_counter(engine: sa.Engine) -> tuple[int, int]:
    """Differs after every change. Counts as well as looks at the greatest number: PostgreSQL may commit numbers out of order.

    Raises WorkspaceUnavailable.
    """
    with explained(), engine.connect() as connection:
        count, last = connection.execute(_COUNT).one()
    return count, last or 0


def _write(engine: sa.Engine, item_id: str, record: R, *, after: int, who: str, withdrawn: bool) -> Revision[R]:
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    values = {
        "kind": record.kind, "item_id": item_id, "revision": after + 1, "at": now, "who": who, "withdrawn": withdrawn,
        "contents": record.as_json(),
    }
    with explained():
        try:
            with engine.begin() as connection:
                connection.execute(item_revision.insert().values(values))
        except IntegrityError:
            raise EditConflict(_conflict(history(engine, type(record), item_id)[0])) from None
    return Revision(item_id, after + 1, now, who, withdrawn, record)


def _conflict(theirs: Revision[Record]) -> str:
    did = "took this away" if theirs.withdrawn else "changed this"
    return (
        f"{theirs.who} {did} at {theirs.at:%H:%M} (UTC) on {theirs.at.day} {theirs.at:%B %Y}, after you opened it. Nothing was "
        "overwritten: theirs is kept, and yours is not saved yet. Look at what they wrote, then write yours again."
    )


def _revision(kind: type[R], row: sa.RowMapping) -> Revision[R]:
    return Revision(row["item_id"], row["revision"], row["at"], row["who"], row["withdrawn"], kind.model_validate(row["contents"]))


def _rows_now(engine: sa.Engine, kinds: Sequence[type[Record]], *, withdrawn: bool = False) -> Sequence[sa.RowMapping]:
    """The last revision of each item that is withdrawn or isn't, in the order of the first ones."""
    latest = (
        sa.select(item_revision.c.kind, item_revision.c.item_id, sa.func.max(item_revision.c.revision).label("revision"),
                  sa.func.min(item_revision.c.revision_id).label("first"))
        .where(item_revision.c.kind.in_([kind.kind for kind in kinds]))
        .group_by(item_revision.c.kind, item_revision.c.item_id).subquery()
    )
    same = sa.and_(*(item_revision.c[name] == latest.c[name] for name in ("kind", "item_id", "revision")))
    wanted = sa.select(item_revision).join(latest, same).where(item_revision.c.withdrawn == withdrawn).order_by(latest.c.first)
    with explained(), engine.connect() as connection:
        return connection.execute(wanted).mappings().all()
