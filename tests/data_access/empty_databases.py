"""Empty databases and workspaces for the tests, of the engines that a fixture's parameters name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def empty_database(request: pytest.FixtureRequest, folder: Path, name: str = "reporting") -> str:
    """The address of a new database of the engine that a fixture's parameter names; a file is called `name`, with the engine's ending."""
    if request.param != "postgresql":
        return f"{request.param}:///{folder / name}.{request.param}"
    made: Callable[[], str] = request.getfixturevalue("postgresql_database")
    return made()
