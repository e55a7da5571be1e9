"""Whether the dashboard can answer people now: what a proxy or a container's host asks before it sends anybody here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse

from config.settings import settings
from config.toml_file import ConfigError
from dashboard.figures.reporting import NoData
from data_access.engines import DatabaseUnavailable, NoDatabase, engine
from data_access.tables import data_version
from data_access.workspace import WorkspaceUnavailable
from data_access.workspace.engine import existing_workspace

PATH = "/ready"
ANSWERS, DOES_NOT = "answers", "does not answer"
NUMBERS, COUNTED = "numbers", "being counted"
_prepared = threading.Event()
_prepared.set()


def prepare_in_background(prepare: Callable[[], None]) -> threading.Thread:
    """Has the first page's numbers counted on a thread of its own; until then the dashboard isn't ready.

    What can't be counted stops nobody: whoever opens a page is told why. Where nothing was loaded yet there is nothing to count.
    """
    _prepared.clear()

    def work() -> None:
        try:
            prepare()
        except (NoData, NoDatabase):
            return
        except Exception as error:
            logging.getLogger(__name__).warning("The first page's numbers could not be counted at the start: %s", type(error).__name__)
        finally:
            _prepared.set()

    thread = threading.Thread(target=work, name="first page", daemon=True)
    thread.start()
    return thread


def ready(_request: Request) -> JSONResponse:
    """200 where the database and the workspace answer and the first page's numbers are counted, else 503; which of them it is, and
    nothing more, as anybody may ask."""
    found = {"database": _answers(_database), "workspace": _answers(_workspace)}
    if not _prepared.is_set():
        found[NUMBERS] = COUNTED
    return JSONResponse(found, status_code=200 if set(found.values()) == {ANSWERS} else 503, headers={"Cache-Control": "no-store"})


def _answers(ask: Callable[[], None]) -> str:
    try:
        ask()
    except (ConfigError, DatabaseUnavailable, WorkspaceUnavailable, sa.exc.SQLAlchemyError, OSError):
        return DOES_NOT
    return ANSWERS


def _database() -> None:
    reader = engine(settings().database)
    try:
        with reader.connect() as connection:
            connection.execute(sa.select(data_version.c.version).limit(1)).first()
    finally:
        reader.dispose()


def _workspace() -> None:
    """A workspace that nobody has written to yet need not be there."""
    workspace = existing_workspace(settings().workspace)
    if workspace is None:
        return
    try:
        with workspace.connect() as connection:
            connection.execute(sa.select(1))
    finally:
        workspace.dispose()
