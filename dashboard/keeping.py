"""Keeping how all measures stand after a load, for the digest of the next one. It never fails a load: the data is there already."""

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
