"""`qs133 sources`, `templates` and `quarantine`, as a person runs them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard.command_line import main
from data_access.audit import audit_log
from data_access.load import load
from tests.data_access.files import write

PEPS = "ePEP export\n\nUPN,Date of PEP,Key adult identified\nA123456789012,03/09/2024,Yes\nB123456789012,31/09/2024,No\nTotal,,\n"


@pytest.fixture(autouse=True)
def own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.mkdir()
    for path in (Path(__file__).parents[3] / "config").glob("*.toml"):
        (config / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("QS133_CONFIG", str(config))
    monkeypatch.setenv("QS133_DATABASE_URL", f"duckdb:///{tmp_path / 'reporting.duckdb'}")
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def test_a_draft_that_is_taken_over_can_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ePEP 2024-09.csv"
    file.write_text(PEPS)
    assert main(["sources", "draft", str(file)]) == 0
    block = capsys.readouterr().out
    assert 'becomes = "education_plans"' in block
    assert 'completed_date = "Date of PEP"  # 03/09/2024, 31/09/2024' in block
    assert "UPN" in block and 'ignore_rows = { "UPN" = ["Total"] }' in block
    (tmp_path / "config" / "sources.toml").write_text(block)
    assert main(["sources", "try", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "becomes education_plans: 3 rows read, 1 would be loaded, 1 quarantined, 1 set aside." in shown
    assert "completed_date '31/09/2024' is not a date" in shown and "(line 5)" in shown
    assert "A123456789012" not in shown
    write(tmp_path / "return", "Header", {"CHILD": "7", "SEX": "", "UPN": "A123456789012"})
    write(tmp_path / "return", "Episodes", {"CHILD": "7"})
    assert main(["sources", "try", str(file), "--beside", str(tmp_path / "return")]) == 0
    assert "| 7 " in capsys.readouterr().out
    assert not (tmp_path / "reporting.duckdb").exists()


def test_a_file_that_is_not_there_and_one_in_our_own_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "draft", str(tmp_path / "nowhere.csv")]) == 1
    assert "is no file" in capsys.readouterr().err
    (tmp_path / "attachment_needs.csv").write_text("child_id,status,start_date,end_date\n1,possible,2024-09-01,\n")
    assert main(["sources", "try", str(tmp_path / "attachment_needs.csv")]) == 0
    told = capsys.readouterr()
    assert "1 row read, 1 would be loaded" in told.out and "No description" in told.err


def test_ids_that_lost_their_zeros_are_told_and_padded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "return", "Header", {"CHILD": "00012", "SEX": ""})
    write(tmp_path / "return", "Episodes", {"CHILD": "00012"})
    file = tmp_path / "PEP list.csv"
    file.write_text("Child ID,PEP date\n12,03/09/2024\n77,03/09/2024\n")
    assert main(["sources", "draft", str(file)]) == 0
    block = capsys.readouterr().out
    for more, said in (("", "0 would be loaded, 2 quarantined"), (", pad = 5", "1 would be loaded, 1 quarantined")):
        (tmp_path / "config" / "sources.toml").write_text(block.replace('is = "child_id"', f'is = "child_id"{more}'))
        assert main(["sources", "try", str(file), "--beside", str(tmp_path / "return")]) == 0
        shown = capsys.readouterr().out
        assert said in shown and ("one with more or fewer zeros in front is" in shown) == (not more)


def test_what_needs_no_description_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = write(tmp_path / "return", "Header", {"CHILD": "7"}, name="children looked after")
    needs = write(tmp_path / "extracts", "attachment_needs", {"child_id": "7"})
    assert main(["sources", "draft", str(header), str(needs)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "# children looked after.csv needs no description: it is read as the SSDA903 return Header.",
        "# attachment_needs.csv needs no description: it is read as the local extract attachment_needs.",
    ]
    with pytest.raises(SystemExit) as ended:
        main(["sources", "draft", "--becomes", "needs", str(needs)])
    assert ended.value.code == 2 and "'attachment_needs'" in capsys.readouterr().err
    assert main(["sources", "draft", "--becomes", "attachment_needs", str(needs)]) == 0
    assert 'status = "status"' in capsys.readouterr().out


def test_templates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", str(tmp_path / "templates")]) == 0
    assert (tmp_path / "templates" / "carers.xlsx").is_file()
    assert "workbooks written" in capsys.readouterr().out


def test_the_quarantine_is_printed_and_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "source", "children", {"child_id": "1"}, {"child_id": "1"}, {"child_id": "2", "date_of_birth": "x"})
    load([tmp_path / "source"], f"duckdb:///{tmp_path / 'reporting.duckdb'}", as_at=datetime.date(2025, 1, 1))
    assert main(["quarantine", "--reasons"]) == 0
    assert "1 row: repeats an earlier row" in capsys.readouterr().out
    assert main(["quarantine", "--table", "children", "--output", str(tmp_path / "bad.csv")]) == 0
    lines = (tmp_path / "bad.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "source,file,table,line,reason,row" and len(lines) == 3
    assert main(["quarantine", "--table", "attendance"]) == 0
    assert "No row is in quarantine" in capsys.readouterr().err
    workspace = sa.create_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    with workspace.connect() as connection:
        assert list(connection.scalars(sa.select(audit_log.c.what))) == ["qs133 quarantine: 2 rows"]
    workspace.dispose()
