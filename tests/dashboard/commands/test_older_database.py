"""A database that an older version filled: each command that reads it says in a sentence what to do."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.command_line import main
from data_access import tables
from data_access.engines import address_of_file
from data_access.load import load
from tests.data_access.files import write


@pytest.fixture
def older(tmp_path: Path) -> str:
    url = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    load([write(tmp_path / "source", "children", {"child_id": "1"}).parent], url, as_at=datetime.date(2026, 6, 30))
    changing = sa.create_engine(address_of_file(url))
    with changing.begin() as connection:
        connection.execute(sa.schema.DropTable(tables.load_history))
        connection.execute(sa.schema.CreateTable(sa.Table(tables.load_history.name, sa.MetaData(), sa.Column("load_id", sa.String))))
        connection.execute(sa.schema.DropTable(tables.attendance_summary))
        connection.execute(sa.schema.DropTable(tables.quarantine))
    changing.dispose()
    return url


COMMANDS = ["measures --period year", "rollback --list", "rollback", "digest", "quarantine", "quarantine --reasons"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_asks_to_load_once_more(
    older: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str,
) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", older)
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    assert main(command.split()) == 1
    said = capsys.readouterr()
    assert said.out == "" and "Load your files once more with 'qs133 load'" in said.err


def test_the_page_to_load_from_says_so_too(older: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", older)
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")

    def script() -> None:
        from dashboard.screens.load import page

        page._history()

    shown = AppTest.from_function(script).run()
    assert not shown.exception and "Load your files once more with 'qs133 load'" in shown.warning[0].value
    assert all("Nothing has been loaded" not in each.value for each in shown.markdown)
