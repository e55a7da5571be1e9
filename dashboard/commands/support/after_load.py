"""What goes with a load or a way back on the command line: the audit log has it, and for the next digest it is kept how all measures stand.

Neither fails the command, which may run unattended.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import sqlalchemy as sa

from config.settings import settings
from dashboard.commands.support.console import user_name
from data_access.audit import Action, AuditUnavailable
from data_access.load import outcomes
from data_access.workspace import WorkspaceUnavailable, workspace_engine


def keep_states(database: str, progress: Callable[[str, float], None] | None = None) -> None:
    """Keeps the states of the version that was just loaded. What goes wrong is said on standard error."""
    try:
        from dashboard.commands.support.reporting_data import releases_for
        from dashboard.content import digest  # slow to import, and only needed once the load is done
        from dashboard.content.release_wording import changed_sentence
        from dashboard.figures.reporting import Reporting
        from data_access.engines import engine

        reporting = Reporting(engine(database), releases=releases_for(database))
        digest.keep(reporting, workspace_engine(settings().workspace), user_name(), progress)
        if changed := reporting.changed():
            print(changed_sentence(changed), file=sys.stderr)
    except Exception as problem:
        lost = "how the measures stand could not be kept, so `qs133 digest` won't know of it"
        print(f"The data is loaded. But {lost}: {problem}", file=sys.stderr)


@contextlib.contextmanager
def audited(database: str, what: str) -> Iterator[Callable[[str, str], None]]:
    """Has the audit log say that a command is about to replace the data of the settings' database, whose log it is, and of no other; and
    after the block what came of it. What it gives is told what was done and the version that is there then.

    First it settles what became of loads that were cut off. What goes wrong is said on standard error; the database's own history has the
    load all the same.
    """
    begun = _begun(database, what) if database == settings().database else None
    if begun is None:
        yield lambda _done, _version: None
        return
    with outcomes.told(*begun, _said(loaded=True)) as replaced:
        yield replaced


def _begun(database: str, what: str) -> tuple[sa.Engine, outcomes.Begun] | None:
    from dashboard.commands.support.reporting_data import command_entry  # slow to import, as above

    with _said(loaded=False):
        workspace = workspace_engine(settings().workspace)
        outcomes.settle(workspace, database)
        return workspace, outcomes.begun(workspace, command_entry(Action.BEGUN, what, ""))
    return None


@contextlib.contextmanager
def _said(*, loaded: bool) -> Iterator[None]:
    """Has the command go on though the audit log can't be written, and says so."""
    try:
        yield
    except (AuditUnavailable, WorkspaceUnavailable) as problem:
        begins = "The data is loaded. But the" if loaded else "The"
        print(f"{begins} audit log could not be written; only the history of loads has it: {problem}", file=sys.stderr)
