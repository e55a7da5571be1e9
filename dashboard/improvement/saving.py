"""Writing into the workspace for the person who looks: who may write what, and the audit log before every save."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from config.access import Role, access
from dashboard.access.audit_guard import SessionGuard
from dashboard.access.roles import WITHOUT_SIGN_IN, Person
from data_access import workspace as ws
from data_access.workspace import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    NoteRecord,
    Record,
    Revision,
    SavedViewRecord,
    TargetRecord,
)

R = TypeVar("R", bound=Record)
NOUNS: dict[type[Record], str] = {
    EvidenceRecord: "evidence", TargetRecord: "target", ChangeRecord: "change", ActionRecord: "action", NoteRecord: "note",
    SavedViewRecord: "saved view",
}
MAY_NOT = "Your role can't edit this. Ask a service manager or an analyst."


class MayNotWrite(Exception):
    """The person's role doesn't allow it; the message says whom to ask."""


def may_write(person: Person, kind: type[Record]) -> bool:
    """Whether a person may write items of a kind. Raises ConfigError for a faulty `access.toml`.

    Evidence, changes, actions and notes: managers and above. Targets: the role that `access.toml` names. Saved views: whoever has
    signed in, for themselves.
    """
    if kind is SavedViewRecord:
        return person != WITHOUT_SIGN_IN
    return may_decide(person) if kind is TargetRecord else person.role.rank >= Role.MANAGER.rank


def may_decide(person: Person) -> bool:
    """Whether a person may set targets and begin limits anew. Raises ConfigError for a faulty `access.toml`."""
    return person.role.rank >= access().targets_and_rebases_by.rank


def may_change(person: Person, item: Revision[Record]) -> bool:
    """Whether a person may change an item that is there: a saved view only whoever saved it, or an administrator."""
    if isinstance(item.record, SavedViewRecord):
        return may_write(person, SavedViewRecord) and (person.role is Role.ADMINISTRATOR or owner_of(item) == person.who)
    return may_write(person, type(item.record))


@dataclass(frozen=True)
class RecordEditor:
    """Where one person writes. Every method raises MayNotWrite, EditConflict, WorkspaceUnavailable, and what the guard raises."""

    engine: Callable[[], sa.Engine]
    guard: SessionGuard

    @property
    def person(self) -> Person:
        """Who writes."""
        return self.guard.person

    def save(self, item_id: str, record: R, *, after: int) -> Revision[R]:
        """Writes the next revision of an item; `after` is the revision that the person saw, 0 for a new one."""
        before = next((found for found in self.history(type(record), item_id) if found.revision == after), None)
        self._check(before, record)
        self.guard.change(f"{'changes' if after else 'adds'} {described(record)}")
        return ws.save(self.engine(), item_id, record, after=after, who=self.person.who)

    def withdraw(self, item: Revision[Record]) -> None:
        """Takes an item off the pages."""
        self._check(item, None)
        self.guard.change(f"takes away {described(item.record)}")
        ws.withdraw(self.engine(), type(item.record), item.item_id, after=item.revision, who=self.person.who)

    def undo(self, item: Revision[Record]) -> None:
        """Brings an item back as it was before its last revision; so a withdrawn one is there again."""
        earlier = next((found for found in self.history(type(item.record), item.item_id) if found.revision == item.revision - 1), None)
        self._check(item, None if earlier is None or earlier.withdrawn else earlier.record)
        self.guard.change(f"undoes the last change of {described(item.record)}")
        ws.undo(self.engine(), type(item.record), item.item_id, after=item.revision, who=self.person.who)

    def history(self, kind: type[R], item_id: str) -> list[Revision[R]]:
        """All revisions of an item, latest first."""
        return ws.history(self.engine(), kind, item_id)

    def taken_away(self, *kinds: type[Record]) -> list[Revision[Record]]:
        """The withdrawn items of some kinds."""
        return ws.taken_away(self.engine(), kinds)

    def _check(self, before: Revision[Record] | None, after: Record | None) -> None:
        """Raises MayNotWrite. `before` is None for a new item, `after` where it is taken away."""
        person = self.person
        if (after is not None and not may_write(person, type(after))) or (before is not None and not may_change(person, before)):
            raise MayNotWrite(MAY_NOT)
        if isinstance(after, SavedViewRecord):
            _check_view(person, before, after)
        now = None if before is None or before.withdrawn else before.record
        if not may_decide(person) and _new_limits(now) != _new_limits(after):
            raise MayNotWrite("Your role can't start new limits or undo them. Ask an analyst.")


def _check_view(person: Person, before: Revision[Record] | None, after: SavedViewRecord) -> None:
    if after.everyone and not person.role.exact:
        raise MayNotWrite("Your role can only save views for yourself.")
    if after.owner != (owner_of(before) if before is not None else person.who):
        raise MayNotWrite("A saved view stays with whoever saved it.")


def owner_of(item: Revision[Record]) -> str:
    """Whose saved view it is; whoever wrote it last where it doesn't say."""
    return (item.record.owner if isinstance(item.record, SavedViewRecord) else "") or item.who


def _new_limits(record: Record | None) -> tuple[object, ...] | None:
    return (record.measure, record.on, record.rebase_reason) if isinstance(record, ChangeRecord) and record.rebase_reason else None


def described(record: Record) -> str:
    """What the audit log calls an item: never its words, in which somebody may have named a child."""
    about = getattr(record, "measure", None) or getattr(record, "evidence_id", None)
    return f"{NOUNS[type(record)]} on {about}" if about else NOUNS[type(record)]
