"""Where data and settings live, and results that go to a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.settings import settings
from config.toml_file import PACKAGED, ConfigError
from dashboard.command_line import main


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QS133_CONFIG", "QS133_HOME", "QS133_DATABASE_URL", "QS133_WORKSPACE_URL", "QS133_COMPARATORS", "QS133_AUTHORITY"):
        monkeypatch.delenv(name, raising=False)


def test_everything_lives_in_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for choose in (lambda: monkeypatch.chdir(tmp_path), lambda: monkeypatch.setenv("QS133_HOME", str(tmp_path))):
        choose()
        found = settings()
        assert found.database == f"duckdb:///{tmp_path / 'data' / 'qs133.duckdb'}"
        assert found.workspace == f"sqlite:///{tmp_path / 'data' / 'workspace.sqlite'}"
        assert found.comparators == tmp_path / "data" / "comparators.csv"
        monkeypatch.chdir("/")


def test_init_writes_the_settings_which_then_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "new" / "home"
    assert main(["init", "--home", str(home)]) == 0
    assert {path.name for path in (home / "config").iterdir()} == {path.name for path in PACKAGED.glob("*.toml")}
    changed = home / "config" / "settings.toml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("Your authority", "Rutland"), encoding="utf-8")
    assert main([f"--home={home}", "init"]) == 0
    assert "already, and are left as they are" in capsys.readouterr().err
    monkeypatch.setenv("QS133_HOME", str(home))
    assert settings().authority == "Rutland"
    changed.unlink()  # what the folder lacks is as the program brings it
    assert settings().authority == "Your authority"
    monkeypatch.setenv("QS133_CONFIG", str(home / "config"))
    with pytest.raises(ConfigError, match="is missing"):
        settings()


def test_a_home_that_is_a_file_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["check", "--home", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err == f"{tmp_path / 'file'} is no folder. Name one with --home.\n"


def test_results_go_to_a_file(
    tmp_path: Path, demo_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QS133_HOME", str(tmp_path))
    asked = ["measures", "--measure", "education_plan", "--period", "year", "--format", "json", "--database", demo_database]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    file = tmp_path / "measures.json"
    for _ in range(2):
        assert main([*asked, "--output", str(file)]) == 0
        assert capsys.readouterr().out == "" and file.read_text(encoding="utf-8") == printed and json.loads(printed)
    assert main(["measures", "--database", demo_database, "--output", str(tmp_path / "none" / "file")]) == 1
    assert "There is no folder" in capsys.readouterr().err
