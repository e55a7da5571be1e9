"""Workspaces for the tests, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def workspace_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new workspace of the engine that a fixture's parameter names."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    database: Callable[[], str] = request.getfixturevalue("postgresql_database")
    return database()
