"""Decisions in a workspace, on SQLite and on PostgreSQL: the first of each key stays, and old ones go."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.workspace import WorkspaceUnavailable, decision_of, keep_decision, workspace_engine
from data_access.workspace.decisions import KEPT_FOR, decision
from tests.data_access.workspaces import workspace_address

HIDDEN = {"2025-26 Q1": b"nothing", "2025-26 Q2": b"all"}


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return workspace_engine(workspace_address(request, tmp_path))


def test_the_first_of_a_key_stays(workspace: sa.Engine) -> None:
    assert decision_of(workspace, "a") == {}
    keep_decision(workspace, "a", HIDDEN)
    keep_decision(workspace, "b", {"2025-26 Q1": b"some"})
    keep_decision(workspace, "a", {"2025-26 Q3": b"more", "2025-26 Q1": b"other"})
    assert decision_of(workspace, "a") == HIDDEN and decision_of(workspace, "b") == {"2025-26 Q1": b"some"}


def test_old_ones_go_when_another_is_kept(workspace: sa.Engine) -> None:
    keep_decision(workspace, "a", HIDDEN)
    keep_decision(workspace, "b", HIDDEN)
    with workspace.begin() as connection:
        long_ago = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) - KEPT_FOR - datetime.timedelta(hours=1)
        connection.execute(decision.update().where(decision.c.key == "a").values(at=long_ago))
    keep_decision(workspace, "c", HIDDEN)
    assert decision_of(workspace, "a") == {} and decision_of(workspace, "b") == decision_of(workspace, "c") == HIDDEN


def test_a_workspace_without_the_table_is_told_in_a_sentence(workspace: sa.Engine) -> None:
    with workspace.begin() as connection:
        decision.drop(connection)
    for ask in (lambda: decision_of(workspace, "a"), lambda: keep_decision(workspace, "a", HIDDEN)):
        with pytest.raises(WorkspaceUnavailable, match="can't be read"):
            ask()
