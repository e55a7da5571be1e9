"""`qs133 check`: what is missing, and then what time the data covers and what a warehouse has to fill for it."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.toml_file import config_folder
from dashboard.command_line import main
from data_access import tables
from data_access.engines import address_of_file
from data_access.load import load
from tests.data_access.files import database, write


@pytest.fixture
def url(tmp_path: Path) -> str:
    write(tmp_path / "made", "Header", {})
    write(tmp_path / "made", "Episodes", {})
    write(tmp_path / "made", "assessments", {"completed_date": "2025-01-20"})
    write(tmp_path / "made", "exclusions")
    load([tmp_path / "made"], database(tmp_path))
    return database(tmp_path)


def told(url: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> list[str]:
    assert main(["check", "--database", url]) == code
    return capsys.readouterr().out.splitlines()


def change(url: str, *statements: sa.Executable) -> None:
    writer = sa.create_engine(address_of_file(url), poolclass=sa.pool.NullPool)
    with writer.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_time_is_covered_is_told(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    first, where, *lines, without = told(url, capsys)
    assert first.startswith("Nothing is missing")
    assert where.startswith("What time is covered is what the table coverage says")
    assert lines == [
        "assessments: from 1 January 2025 to 31 March 2026.", "arrangements: from 1 April 2025 to 31 March 2026.",
        "exclusions: all time, as there is no row and nothing happened.",
    ]
    assert without.startswith("Nothing is covered by programmes, programme_sessions,")
    assert without.endswith("prev_perm: no measure that needs one of these is told.")


@pytest.mark.parametrize(("statement", "what"), [(sa.delete(tables.coverage), "empty"), (sa.schema.DropTable(tables.coverage), "missing")])
def test_a_warehouse_hears_what_to_fill(url: str, capsys: pytest.CaptureFixture[str], statement: sa.Executable, what: str) -> None:
    change(url, statement)
    _, where, *lines, _ = told(url, capsys)
    assert where.startswith(f"The table coverage is {what}, so what time is covered was worked out")
    assert "name, start_date, and end_date, the day after the last one covered" in where
    assert "arrangements: from 1 May 2025 to 31 March 2026." in lines


def test_gaps_and_open_ends_are_told(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    until, since = datetime.date(2025, 9, 1), datetime.date(2026, 1, 1)
    rows = [{"name": "carers", "start_date": None, "end_date": until}, {"name": "carers", "start_date": since, "end_date": None}]
    change(url, sa.delete(tables.coverage), sa.insert(tables.coverage).values(rows))
    assert told(url, capsys)[2] == "carers: from the beginning to 31 August 2025, and from 1 January 2026."


def test_rows_of_a_year_each_are_one_interval(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    of_2024, of_2025 = (
        {"name": "carers", "start_date": datetime.date(year, 4, 1), "end_date": datetime.date(year + 1, 4, 1)} for year in (2024, 2025)
    )
    change(url, sa.delete(tables.coverage), sa.insert(tables.coverage).values([of_2025, of_2024]))
    assert told(url, capsys)[2] == "carers: from 1 April 2024 to 31 March 2026."


def test_what_is_wrong_is_told_alone(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    change(url, sa.insert(tables.coverage).values(name="plans"))
    assert [line.split(" of ")[0] for line in told(url, capsys, 1)] == ["In 1 row coverage.name is none"]


GRANT = """
sign_in_hours = 8
everyone_else = "viewer"
deployment_protects = false
targets_and_rebases_by = "manager"
[[grant]]
role = "manager"
claim = "groups"
is = "managers"
teams = ["North", "South"]
providers = ["PR4", "Oak Homes"]
"""


def test_a_grant_for_a_team_or_provider_that_the_data_lacks_is_told(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    change(url, sa.update(tables.child).values(team="North"), sa.update(tables.placement).values(provider="PR4"))
    config = tmp_path / "config"
    shutil.copytree(config_folder(), config)
    (config / "access.toml").write_text(GRANT)
    monkeypatch.setenv("QS133_CONFIG", str(config))
    team, provider = told(url, capsys)[-2:]
    assert team.startswith("config/access.toml, line 6, gives exact numbers of the team ‘South’, which no child has")
    assert provider.startswith("config/access.toml, line 6, gives exact numbers of the provider ‘Oak Homes’, which no placement has")
    change(url, sa.update(tables.child).values(team="South"), sa.update(tables.placement).values(provider="Oak Homes"))
    assert [line.split("‘")[1].split("’")[0] for line in told(url, capsys)[-2:]] == ["North", "PR4"]
