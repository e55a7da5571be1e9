"""Whether the dashboard can answer people now: what a proxy or a container's host asks before it sends anybody here."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import JSONResponse

from config.settings import settings
from config.toml_file import ConfigError
from data_access.engines import DatabaseUnavailable, current_version
from data_access.workspace import WorkspaceUnavailable
from data_access.workspace.engine import existing_workspace

PATH = "/ready"
ANSWERS, DOES_NOT = "answers", "does not answer"


def ready(_request: Request) -> JSONResponse:
    """200 where the database and the workspace answer, else 503; which of them does, and nothing more, as anybody may ask."""
    found = {"database": _answers(_database), "workspace": _answers(_workspace)}
    return JSONResponse(found, status_code=200 if set(found.values()) == {ANSWERS} else 503, headers={"Cache-Control": "no-store"})


def _answers(ask: Callable[[], None]) -> str:
    try:
        ask()
    except (ConfigError, DatabaseUnavailable, WorkspaceUnavailable, sa.exc.SQLAlchemyError, OSError):
        return DOES_NOT
    return ANSWERS


def _database() -> None:
    current_version(settings().database)


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
