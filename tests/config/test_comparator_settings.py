"""The settings of published figures: they may be left out, and an environment variable wins."""

from pathlib import Path

import pytest

from config.settings import PROJECT_FOLDER, settings

OLDER = 'authority = "Kent"\ndatabase = "duckdb:///data/a.duckdb"\nworkspace = "sqlite:///data/w.sqlite"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))
    for name in ("QS133_AUTHORITY", "QS133_REGION", "QS133_COMPARATORS"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_a_file_from_before_there_were_published_figures_still_works(folder: Path) -> None:
    (folder / "settings.toml").write_text(OLDER, encoding="utf-8")
    assert (settings().region, settings().comparators) == ("", PROJECT_FOLDER / "data" / "comparators.csv")


def test_the_file_and_then_the_environment_win(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "settings.toml").write_text(f'{OLDER}region = "London"\ncomparators = "kept/c.csv"\n', encoding="utf-8")
    assert (settings().region, settings().comparators) == ("London", PROJECT_FOLDER / "kept" / "c.csv")
    monkeypatch.setenv("QS133_REGION", "South West")
    monkeypatch.setenv("QS133_COMPARATORS", str(folder / "c.csv"))
    assert (settings().region, settings().comparators) == ("South West", folder / "c.csv")
