"""Made-up authorities of any size, with always the same secret, and a guard that lets nobody near exact numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.figures.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from data_access.workspace import workspace_engine
from data_access.workspace.secret import DISCLOSURE, secret


class NoGuard:
    """A viewer needs none."""

    def before_exact(self) -> None:
        raise PermissionError

    def before_export(self, what: str) -> None:
        raise PermissionError


def authority(folder: Path, children: int, years: int = 1) -> Reporting:
    """One of so many children, over so many years. What is drawn is the same in every run."""
    workspace = f"sqlite:///{folder / 'workspace.sqlite'}"
    made = workspace_engine(workspace)
    with made.begin() as connection:
        connection.execute(sa.insert(secret), {"name": DISCLOSURE, "value": b"always the same secret of 32 byte"})
    made.dispose()
    address = f"duckdb:///{folder / 'authority.duckdb'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QS133_WORKSPACE_URL", workspace)
        load(write_demo(folder / "sources", seed=children, children=children, years=years), address, made_up=True)
    return Reporting(engine(address), secret=lambda: b"always the same secret of 32 byte")
