"""Matching the columns of an unknown file, without the page: proposal, choice, preview, and what is saved."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from config.sources import descriptions, written
from dashboard.figures.descriptions import every_description
from dashboard.screens.load.matching import described_as, lacking, not_asked, preview, proposal, questions, unknown_files
from dashboard.screens.load.uploads import LOOSE, UploadedFile, data_files
from data_access.load import load
from data_access.load.reading.described import TABLES
from data_access.workspace import workspace_engine
from data_access.workspace.descriptions import save_description, saved_descriptions
from tests.dashboard.screens.test_uploads import Given
from tests.data_access.files import rows_of, write

EXPORT = b"Register of needs\n\nMosaic ID,Attachment status,Date identified,Date ended\n" \
    b"1,Confirmed,03/09/2024,\n2,Suspected,04/09/2024,\n3,At risk,x,\n"


def uploaded(name: str, contents: bytes) -> UploadedFile:
    return UploadedFile(LOOSE, name, contents)


def test_only_files_in_no_known_shape_are_unknown(tmp_path: Path) -> None:
    ours = uploaded("attachment_needs.csv", b"child_id,status,start_date,end_date\n")
    export = uploaded("Register 2024.csv", EXPORT)
    broken = uploaded("broken.xlsx", b"no workbook")
    assert [each.file.name for each in unknown_files([ours, export, broken], ())] == ["Register 2024.csv"]
    described = descriptions(written(proposal(unknown_files([export], ())[0]).description), "x")
    assert described[0].file == "Register *.csv"
    assert unknown_files([ours, export], described) == []


def test_a_text_file_is_matched_where_it_has_columns_and_then_loads(tmp_path: Path) -> None:
    marks = uploaded("Marks week 36.txt", "Child ID\tDate\tSession\tMark\r\n1\t03/09/2024\tAM\t/\r\n".encode("utf-16"))
    words = uploaded("README.txt", b"These are the marks of September.\nAsk the virtual school.\n")
    (unknown,) = unknown_files([marks, words], ())
    described = descriptions(written(proposal(unknown).description), "x")
    assert [each.name for each in data_files([Given(each.name, each.contents) for each in (marks, words)], 1)] == [marks.name, words.name]
    write(tmp_path / "in", "children", {"child_id": "1"})
    for each in (marks, words):
        (tmp_path / "in" / each.name).write_bytes(each.contents)
    load([tmp_path / "in"], f"duckdb:///{tmp_path / 'r.duckdb'}", described=described)
    assert [row["mark"] for row in rows_of(f"duckdb:///{tmp_path / 'r.duckdb'}", "attendance")] == ["/"]


def test_what_nobody_is_asked_about_is_kept(tmp_path: Path) -> None:
    lines = [b"Child ID,Form,SDQ date,Total", *(f"{number},SDQ,03/09/2024,{number}".encode() for number in range(1, 4))]
    (unknown,) = unknown_files([uploaded("SDQ 2024.csv", b"\n".join(lines))], ())
    proposed = proposal(unknown)
    table = TABLES["outcome_scores"]
    columns = {ours: match.column.name for ours, match in proposed.matches.items()}
    assert columns["domain"] == columns["instrument"] == "Form"
    asked = {ours: questions(table, ours, match.column)[0] for ours, match in proposed.matches.items()}
    assert asked["domain"] == ["SDQ"] and not_asked(proposed, "domain", "Form", asked["domain"]) == {}
    values = {ours: not_asked(proposed, ours, columns[ours], asked[ours]) for ours in columns} | {"domain": {"SDQ": "social_emotional"}}
    assert values["instrument"] == {"SDQ": "sdq_total"} and not_asked(proposed, "instrument", "SDQ date", []) == {}
    (trial,) = preview(unknown, described_as(proposed, "SDQ*.csv", columns, values, last_day_included=False))
    assert trial.rows["instrument"].to_list() == ["sdq_total"] * 3


def test_what_is_chosen_is_previewed_saved_and_loads_next_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    assert every_description() == ()
    (unknown,) = unknown_files([uploaded("Register 2024-09.csv", EXPORT)], ())
    proposed = proposal(unknown)
    table = TABLES["attachment_needs"]
    assert proposed.description.becomes == table.name and "Register of needs" not in unknown.look.columns
    columns = {ours: match.column.name for ours, match in proposed.matches.items()}
    assert lacking(table, columns) == [] and lacking(table, {}) == ["child_id", "status", "start_date"]
    assert questions(table, "status", proposed.matches["status"].column) == (["Suspected"], ["possible", "at_risk", "confirmed"])
    values = {"status": {"Suspected": "possible"}, "end_date": {}}
    chosen = described_as(proposed, "Register *.csv", columns, values, last_day_included=True)
    (trial,) = preview(unknown, chosen)
    assert (trial.rows_read, trial.rows_loaded, trial.rows_quarantined) == (3, 2, 1)
    workspace = workspace_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    save_description(workspace, chosen, "ann")
    save_description(workspace, chosen.model_copy(update={"last_day_included": False}), "ann")
    assert [each.last_day_included for each in every_description()] == [False]
    source = tmp_path / "next month"
    write(source, "children", {"child_id": "1"}, {"child_id": "2"})
    (source / "Register 2024-10.csv").write_bytes(EXPORT)
    load([source], f"duckdb:///{tmp_path / 'r.duckdb'}", as_at=datetime.date(2025, 1, 1), described=every_description())
    assert [row["status"] for row in rows_of(f"duckdb:///{tmp_path / 'r.duckdb'}", "attachment_need")] == ["confirmed", "possible"]
    save_description(workspace, chosen, "ann", removed=True)
    assert saved_descriptions(workspace) == ()


def test_another_table_may_be_chosen(tmp_path: Path) -> None:
    (unknown,) = unknown_files([uploaded("Register 2024-09.csv", EXPORT)], ())
    assert proposal(unknown, "carers").description.becomes == "carers"
