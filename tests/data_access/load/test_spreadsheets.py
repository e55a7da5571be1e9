"""Local extracts as XLSX and Parquet give what the same extract gives as CSV."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from data_access.load import LoadError
from data_access.load.errors import FileProblem
from data_access.load.reading.formats.spreadsheets import read_parquet, read_xlsx
from tests.data_access.files import TABLES, contents_of, counts, loaded, reasons, write

A_DAY = datetime.date(2025, 3, 4)


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(line, place, value)
    return path


def same_contents(tmp_path: Path, one: Path, other: Path) -> None:
    first, second = (contents_of(loaded(tmp_path / name, source)[1]) for name, source in (("one", one), ("other", other)))
    for name in ("load_file", "data_version"):
        del first[name], second[name]
    assert first == second


@pytest.mark.parametrize(("name", "contents", "words"), [
    ("marks.xls", b"<html><table><tr><td>UPN</td></tr></table></html>", "it is a web page or XML"),
    ("marks.xls", b"UPN\tMark\nA123456789012\t/\n", "it is text"),
    ("marks.xls", "UPN\tMark\n".encode("utf-16"), "it is text"),
    ("marks.xls", b"", "it is empty"),
    ("marks.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "it has a password"),
])
def test_what_is_only_called_a_workbook_is_told_in_a_sentence(tmp_path: Path, name: str, contents: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(FileProblem, match=rf"can't be read as an Excel workbook \({words}.*\)\. Save it again as \.xlsx, or as CSV\."):
        read_xlsx(tmp_path / name)


CHILD = {"child_id": "101", "date_of_birth": "2015-01-02", "disabled": "1", "uasc": "0", "team": "North"}
SESSION = {"session_date": "2025-03-04", "minutes": "60", "filmed_minutes": "12.5", "watched_together": "1"}


@pytest.fixture
def as_csv(tmp_path: Path) -> Path:
    folder = tmp_path / "csv"
    write(folder, "children", CHILD)
    write(folder, "programmes", {"child_id": "101", "offered_date": "2025-03-01"})
    write(folder, "programme_sessions", SESSION)
    return folder


def test_a_workbook_with_real_dates_numbers_and_booleans(tmp_path: Path, as_csv: Path) -> None:
    folder = tmp_path / "xlsx"
    folder.mkdir()
    birth, offered = datetime.date(2015, 1, 2), datetime.date(2025, 3, 1)
    children = [TABLES["children"].columns, [101, None, birth, None, True, None, None, False, " North "], [None] * 9]
    programmes = [TABLES["programmes"].columns, ["p", "101", "video_feedback", offered, None, None, None]]
    sessions = [TABLES["programme_sessions"].columns, ["p", A_DAY, 60.0, 12.5, 1]]
    for name, rows in (("Children", children), ("programmes", programmes), ("programme_sessions", sessions)):
        workbook(folder / f"{name}.xlsx", rows)
    (folder / "~$Children.xlsx").write_text("a lock file of Excel")
    same_contents(tmp_path, as_csv, folder)


def test_parquet_with_real_types(tmp_path: Path, as_csv: Path) -> None:
    folder = tmp_path / "parquet"
    folder.mkdir()
    child = {name: [None] for name in TABLES["children"].columns} | {
        "child_id": [101.0], "date_of_birth": [datetime.datetime(2015, 1, 2)], "disabled": [True], "uasc": [0], "team": ["North"],
    }
    pl.DataFrame(child, schema_overrides={"team": pl.Categorical}).write_parquet(folder / "children.parquet")
    programme = {"programme_id": ["p"], "child_id": [101], "programme": ["video_feedback"], "offered_date": [datetime.date(2025, 3, 1)]}
    pl.DataFrame(programme | {name: [None] for name in ("start_date", "end_date", "provider")}).write_parquet(folder / "programmes.parquet")
    session = {"programme_id": ["p"], "session_date": [A_DAY], "minutes": [60], "filmed_minutes": [12.5], "watched_together": [True]}
    pl.DataFrame(session).write_parquet(folder / "programme_sessions.parquet")
    same_contents(tmp_path, as_csv, folder)


def test_lines_of_a_workbook_are_excels(tmp_path: Path) -> None:
    folder = tmp_path / "xlsx"
    folder.mkdir()
    rows = [TABLES["children"].columns, ["1"], [], ["2", "?"], ["3", None, datetime.datetime(2025, 1, 1, 12, 30)], ["4", None, 45_658]]
    workbook(folder / "children.xlsx", rows)
    report, url = loaded(tmp_path, folder, as_at=A_DAY)
    assert counts(report) == {"children": (4, 3, 1)}
    assert [each.reason for each in report.set_aside] == ["sex '?' is not a code; allowed: M F U"]
    number = "date_of_birth '45658' is not a date DD/MM/YYYY or YYYY-MM-DD of the years 1900 to 2200 (looks like Excel's number of a day)"
    assert reasons(url, "children") == [(6, number)]


def test_odd_numbers_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pl.DataFrame({"a": [1.5, float("nan"), 1e300, -0.0], "b": pl.Series([1, 2, 3, 4], dtype=pl.Decimal(10, 2))}).write_parquet(path)
    assert read_parquet(path).rows.drop("line").rows() == [("1.5", "1"), (None, "2"), ("1e+300", "3"), ("0", "4")]


def test_unreadable_files_are_told_in_a_sentence(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense"
    nonsense.write_text("neither the one nor the other")
    with pytest.raises(FileProblem, match="nonsense can't be read as Parquet"):
        read_parquet(nonsense)
    with pytest.raises(FileProblem, match="nonsense can't be read as an Excel workbook"):
        read_xlsx(nonsense)
    with pytest.raises(FileProblem, match=r"^empty\.xlsx is empty"):
        read_xlsx(workbook(tmp_path / "empty.xlsx", []))
    pl.DataFrame({"a": [[1]]}).write_parquet(tmp_path / "lists.parquet")
    with pytest.raises(FileProblem, match="the column a holds List"):
        read_parquet(tmp_path / "lists.parquet")
    pl.DataFrame({"a": ["x\0y"]}).write_parquet(tmp_path / "nul.parquet")
    with pytest.raises(FileProblem, match="NUL"):
        read_parquet(tmp_path / "nul.parquet")


def test_a_return_is_not_read_from_a_workbook(tmp_path: Path) -> None:
    folder = tmp_path / "xlsx"
    folder.mkdir()
    workbook(folder / "header.xlsx", [TABLES["Header"].columns])
    with pytest.raises(LoadError, match=r"header\.xlsx holds the SSDA903 table Header"):
        loaded(tmp_path, folder)
