"""What follows a load or a way back on the command line: the audit log has it, and for the next digest it is kept how all measures stand.

Neither fails the command: the data is there already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from config.settings import settings
from dashboard.console import user_name


def keep_states(database: str, progress: Callable[[str, float], None] | None = None) -> None:
    """Keeps the states of the version that was just loaded. What goes wrong is said on standard error."""
    try:
        from dashboard import digest  # slow to import, and only needed once the load is done
        from dashboard.command_data import releases_for
        from dashboard.release_words import changed_sentence
        from dashboard.reporting import Reporting
        from data_access.engines import engine
        from data_access.workspace import workspace_engine

        reporting = Reporting(engine(database), releases=releases_for(database))
        digest.keep(reporting, workspace_engine(settings().workspace), user_name(), progress)
        if changed := reporting.changed():
            print(changed_sentence(changed), file=sys.stderr)
    except Exception as problem:
        lost = "how the measures stand could not be kept, so `qs133 digest` won't know of it"
        print(f"The data is loaded. But {lost}: {problem}", file=sys.stderr)


def write_down(database: str, what: str, version: str) -> None:
    """Writes into the audit log that a command has replaced the data of the settings' database, whose log it is; of no other database.

    `what` was done and `version` is of the data that is there now. What goes wrong is said on standard error; the database's own history
    has the load all the same.
    """
    if database != settings().database:
        return
    from dashboard.command_data import command_entry  # slow to import, as above
    from data_access.audit import Action, AuditUnavailable, record
    from data_access.workspace import WorkspaceUnavailable, workspace_engine

    try:
        record(workspace_engine(settings().workspace), command_entry(Action.CHANGE, what, version))
    except (AuditUnavailable, WorkspaceUnavailable) as problem:
        print(f"The data is loaded. But the audit log could not be written; only the history of loads has it: {problem}", file=sys.stderr)
