"""`qs133 load` and `qs133 check`: exit codes, what goes to which stream, the two forms of the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from config.code_lists import LEGAL_STATUS
from dashboard import command_line
from dashboard.commands import check, load
from data_access.audit import Action, entries
from data_access.workspace import workspace_engine
from tests.data_access.files import database, rows_of, write

LS = f"LS '?' is not a code of 2025/26; allowed: {' '.join(LEGAL_STATUS)}"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    try:
        code = command_line.main([str(argument) for argument in arguments])
    except SystemExit as leaving:
        code = int(str(leaving.code or 0))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A return with a good and a bad episode."""
    folder = tmp_path / "source"
    write(folder, "Header", {})
    write(folder, "Episodes", {}, {"LS": "?"})
    write(folder, "Reviews")
    return folder


def test_the_report_as_text(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "load", source, "--database", database(tmp_path))
    assert (code, err) == (0, "")
    assert "Episodes  2025/26     2       1            1" in out
    assert LS in out and "not used: Reviews" in out
    assert "3 rows read, 2 loaded, 1 quarantined. As at 2026-03-31." in out


def test_the_report_as_json(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "load", source, "--database", database(tmp_path), "--format", "json", "--as-at", "2026-01-31")
    report = json.loads(out)
    assert (code, err, report["as_at"]) == (0, "", "2026-01-31")
    assert [each["rows_quarantined"] for each in report["files"]] == [1, 0]
    assert report["quarantined"] == [
        {"source": str(source), "file": "Episodes.csv", "table": "Episodes", "reason": LS, "rows": 1},
    ]
    assert report["version"] == rows_of(database(tmp_path), "data_version")[0]["version"]


def test_without_an_address_the_settings_say_where(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", database(tmp_path))
    assert run(capsys, "load", source)[0] == 0
    status, out, err = run(capsys, "check")
    assert (status, err) == (0, "")
    assert out.startswith("Nothing is missing: the dashboard can be built on this database.\n")
    assert "arrangements: from 1 April 2025 to 31 March 2026.\n" in out


@pytest.mark.parametrize(("options", "words"), [
    ([], "No source was given"),
    (["SOURCE", "--as-at", "2026-02-30"], "'2026-02-30' is not a date"),
    (["SOURCE", "--as-at", "20260228"], "'20260228' is not a date"),
    (["SOURCE", "--as-at", "9999-12-31"], "9999-12-31 can't be the last day that counts"),
    (["SOURCE", "--as-at", "0001-01-01"], "0001-01-01 can't be the last day that counts"),
    (["SOURCE", "--collection-year", "this"], "invalid int value"),
    (["SOURCE", "--collection-year", "25"], "25 is no collection year"),
    (["SOURCE", "SOURCE", "--collection-year", "2026"], "exactly one SSDA903 return"),
    (["SOURCE", "--format", "xml"], "invalid choice"),
])
def test_usage_errors(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    given = [str(source) if option == "SOURCE" else option for option in options]
    code, out, err = run(capsys, "load", "--database", database(tmp_path), *given)
    assert (code, out) == (2, "") and words in err
    assert not Path(tmp_path / "reporting.duckdb").exists()


def test_files_that_stop_the_load_are_one_sentence_each(tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (source / "a.csv").write_text("x,y\n")
    (source / "b.csv").write_text("")
    code, out, err = run(capsys, "load", source, "--database", database(tmp_path))
    assert (code, out) == (1, "")
    assert [line.split()[0] for line in err.splitlines()] == ["Nothing", "a.csv", "b.csv"]


def test_progress_is_shown_when_a_person_watches(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = run(capsys, "load", source, "--database", database(tmp_path))
    assert code == 0 and "Reading Episodes.csv" in err and "Writing placement" in err and "Reading" not in out
    code, _, err = run(capsys, "load", tmp_path / "nowhere", "--database", database(tmp_path))
    assert code == 1 and "does not exist" in err


def test_check_says_what_is_missing_and_makes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "check", "--database", database(tmp_path))
    assert (code, out) == (1, "") and "There is no database" in err
    code, out, _ = run(capsys, "check", "--create", "--database", database(tmp_path))
    assert code == 1 and out.startswith("data_version has 0 rows")
    code, out, _ = run(capsys, "check", "--database", database(tmp_path))
    assert code == 1 and len(out.splitlines()) == 2


@pytest.mark.parametrize("command", ["load", "check"])
def test_every_command_has_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0 and "--database" in out
    assert (load.NAME, check.NAME) == ("load", "check")


def test_no_or_an_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys)[0] == 2
    assert run(capsys, "lod")[0] == 2
    code, out, _ = run(capsys, "--help")
    assert code == 0 and "load" in out and "check" in out


def test_the_audit_log_has_each_load_and_each_way_back(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_DATABASE_URL", database(tmp_path))
    monkeypatch.setenv("QS133_WORKSPACE_URL", workspace)
    for arguments in (["load", "--dry-run", source], ["load", source], ["load", source, "--as-at", "2026-04-30"], ["rollback"]):
        assert run(capsys, *arguments)[0] == 0
    log = entries(workspace_engine(workspace), actions=[Action.CHANGE])
    loads = [load["contents_of"] for load in rows_of(database(tmp_path), "load_history")]
    said = [what.partition(" (begun in entry ")[0] for what in log["what"]]
    assert said == [f"qs133 rollback: back to the load {min(loads)}", "qs133 load: 2 tables", "qs133 load: 2 tables"]
    begun = entries(workspace_engine(workspace), actions=[Action.BEGUN])
    assert begun["what"].to_list() == ["qs133 rollback", "qs133 load", "qs133 load"] and begun["at"].max() < log["at"].max()
    assert log["data_version"][0] == log["data_version"][2] != log["data_version"][1]
    assert set(log["role"]) == {"command line"} and all(log["who"])


def test_a_load_stands_though_the_audit_log_can_not_be_written(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", database(tmp_path))
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'nowhere' / 'workspace.sqlite'}")
    (tmp_path / "nowhere").write_text("no folder")
    code, _, err = run(capsys, "load", source)
    assert code == 0 and "audit log could not be written" in err
    assert len(rows_of(database(tmp_path), "load_history")) == 1
