"""What stands before exact figures in a visitor's session: the person still has the role, and the audit log has the look."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from dashboard.access.roles import Person
from data_access.audit import Action, AuditUnavailable, Entry, record
from data_access.load import outcomes
from data_access.workspace import WorkspaceUnavailable

_LAST_LOOK = "_last_exact_look"


class NotInRole(Exception):
    """The person's role doesn't have what was asked for. No page asks so: this stands behind the navigation and the pages' own checks."""


class AccessChanged(Exception):
    """The person may no longer have what they ask for: the sign-in has ended, or the role is another."""


@dataclass
class SessionGuard:
    """The guard of one run of the dashboard for one person.

    `workspace` is where the audit log is. `still` says who the person is by now. `memory` lasts as long as the visitor's session
    and keeps one look from being written down at every redrawing of the page. `page` and `filters` are words.
    """

    workspace: Callable[[], sa.Engine]
    person: Person
    still: Callable[[], Person | None]
    data_version: str
    memory: MutableMapping[Any, Any] = field(default_factory=dict)
    page: str = ""
    filters: str = ""

    def must_have(self, page: str) -> None:
        """Raises NotInRole unless the person's role has a page, for what must not be given or done whoever asks for it how."""
        if not self.person.may_have(page):
            raise NotInRole("Your role can't open this page.")

    def before_exact(self) -> None:
        """Raises AccessChanged, AuditUnavailable when the look can't be written down, and NotInRole."""
        self._check_person()
        if not self.person.role.exact:
            raise NotInRole("Your role can only see the protected view.")
        look = self._entry(Action.EXACT_VIEW, self.page)
        if self.memory.get(_LAST_LOOK) != look:
            self._record(look)
            self.memory[_LAST_LOOK] = look

    def before_export(self, what: str) -> None:
        """Writes each export down. Raises AccessChanged and AuditUnavailable."""
        self._check_person()
        self._record(self._entry(Action.EXPORT, what))

    def change(self, what: str) -> None:
        """Writes down that the person is about to change something. Raises AccessChanged and AuditUnavailable."""
        self._check_person()
        self._record(self._entry(Action.CHANGE, what))

    @contextlib.contextmanager
    def replacing(self, what: str) -> Iterator[Callable[[str], None]]:
        """Writes down that the person is about to replace the data, and after the block what came of it: what it gives is told the
        version that is there then. Raises AccessChanged, and AuditUnavailable before anything is done."""
        self._check_person()
        workspace = self._audited()
        intention = outcomes.begun(workspace, self._entry(Action.BEGUN, what))
        with outcomes.told(workspace, intention, contextlib.suppress(AuditUnavailable)) as replaced:
            yield lambda version: replaced(what, version)

    def _record(self, entry: Entry) -> None:
        record(self._audited(), entry)

    def _audited(self) -> sa.Engine:
        try:
            return self.workspace()
        except WorkspaceUnavailable as problem:
            raise AuditUnavailable(f"Exact numbers are not shown while the audit log can't record who sees them. {problem}") from problem

    def _check_person(self) -> None:
        if self.still() != self.person:
            raise AccessChanged("Your sign-in has ended or your role has changed. Open the page again.")

    def _entry(self, action: Action, what: str) -> Entry:
        return Entry(self.person.who, self.person.role_words, action, what, self.filters, self.data_version)


@dataclass
class CommandGuard:
    """The guard of one command, which is one look: whoever can run it holds the database's credentials."""

    workspace: Callable[[], sa.Engine]
    look: Entry
    _recorded: bool = False

    def before_exact(self) -> None:
        """Writes the look down, once. Raises AuditUnavailable, and WorkspaceUnavailable where there is no audit log to be had."""
        if not self._recorded:
            record(self.workspace(), self.look)
            self._recorded = True

    def before_export(self, what: str) -> None:
        """Writes each export down. Raises as `before_exact` does."""
        record(self.workspace(), replace(self.look, action=Action.EXPORT, what=what))
