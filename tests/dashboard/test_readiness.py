"""What a proxy is told about the dashboard."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from starlette.requests import Request

from dashboard.readiness import prepare_in_background, ready


def asked() -> tuple[int, dict[str, str]]:
    answer = ready(Request({"type": "http", "method": "GET", "path": "/ready", "headers": []}))
    return answer.status_code, json.loads(bytes(answer.body))


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def test_both_answer(demo_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    assert asked() == (200, {"database": "answers", "workspace": "answers"})


def test_a_database_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", f"duckdb:///{tmp_path / 'gone.duckdb'}")
    assert asked() == (503, {"database": "does not answer", "workspace": "answers"})


def test_a_workspace_that_can_not_be_read(demo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    (tmp_path / "workspace.sqlite").write_bytes(b"not a database at all" * 100)
    assert asked() == (503, {"database": "answers", "workspace": "does not answer"})


def test_it_is_not_ready_until_the_first_pages_numbers_are_counted(demo_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    go_on = threading.Event()

    def prepare() -> None:
        go_on.wait(30)
        raise OSError("What can't be counted stops nobody.")

    counting = prepare_in_background(prepare)
    try:
        assert asked() == (503, {"database": "answers", "workspace": "answers", "numbers": "being counted"})
    finally:
        go_on.set()
        counting.join()
    assert asked() == (200, {"database": "answers", "workspace": "answers"})
