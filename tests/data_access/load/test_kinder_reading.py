"""What local systems write in an extract is read: dates, flags, words and names of columns, packed files; and what can't be is refused."""

from __future__ import annotations

import datetime
import gzip
import os
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from config.code_lists import PLACEMENTS, WORDS, in_words
from data_access.load import LoadError
from data_access.load.errors import FileProblem
from data_access.load.reading import limits
from data_access.load.reading.formats import packed
from data_access.load.reading.formats.packed import DataFile
from data_access.load.reading.formats.spreadsheets import read_parquet, read_workbook
from data_access.load.reading.values import UnknownFormat, date_format, month_first, one_date, read_dates
from tests.data_access.files import counts, loaded, reasons, rows_of

A_DAY = datetime.date(2025, 3, 4)
CHILDREN = "Child ID,SEX,Date of Birth,Ethnicity,disabled,Mental health problem,origin,UASC,Team\n"


def source(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "source"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_children_as_a_system_writes_them(tmp_path: Path) -> None:
    rows = ("1,Male,01/02/2015,White British,Yes,N,From the UK,False,North\n"
            "2,f,2016-03-04T00:00:00,gypsy / roma,TRUE,no,Overseas,y,\n3,M,31/01/2017,any  other-mixed background,0,1,uk,0,\n")
    report, url = loaded(tmp_path, source(tmp_path, children=CHILDREN + rows), as_at=A_DAY)
    assert counts(report) == {"children": (3, 3, 0)}
    read = [(row["sex"], row["date_of_birth"], row["ethnicity"], row["disabled"], row["mental_health_problem"], row["origin"],
             row["unaccompanied"]) for row in rows_of(url, "child")]
    assert read == [
        ("M", datetime.date(2015, 2, 1), "WBRI", 1, 0, "uk", 0), ("F", datetime.date(2016, 3, 4), "WROM", 1, 0, "overseas", 1),
        ("M", datetime.date(2017, 1, 31), "MOTH", 0, 1, "uk", 0),
    ]


def test_month_first_dates_are_quarantined_where_day_first_ones_are_and_refused_where_none_is(tmp_path: Path) -> None:
    children = CHILDREN + "1,,31/01/2015,,,,,,\n2,,01/31/2015,,,,,,\n3,,05/06/2015,,,,,,\n4,,32/01/2015,,,,,,\n"
    report, url = loaded(tmp_path, source(tmp_path, children=children), as_at=A_DAY)
    assert counts(report) == {"children": (4, 2, 2)}
    assert [line for line, _ in reasons(url, "children")] == [3, 5]
    assert "the other way round" in reasons(url, "children")[0][1]
    with pytest.raises(LoadError, match=r"children\.csv: date_of_birth has dates with the month first, such as 01/31/2015"):
        loaded(tmp_path, source(tmp_path, children=CHILDREN + "2,,01/31/2015,,,,,,\n3,,05/06/2015,,,,,,\n"), as_at=A_DAY)


@pytest.mark.parametrize(("text", "date"), [
    ("2024-02-29", datetime.date(2024, 2, 29)), ("2024-02-29 23:59", datetime.date(2024, 2, 29)), ("0000-01-01", None),
    ("2024-02-29T23:59:59.123Z", datetime.date(2024, 2, 29)), ("2024-02-29T09:00:00+01:00", datetime.date(2024, 2, 29)),
    ("2024-02-30", None), ("2024-02-29 24:00", None), ("29/02/2024", datetime.date(2024, 2, 29)), ("29/2/2024", None), ("45351", None),
    ("29/02/24", None), ("2024-2-9", None), ("29-02-2024", None),
])
@pytest.mark.parametrize("long", [0, 100])
def test_dates(text: str, date: datetime.date | None, long: int) -> None:
    assert read_dates(pl.Series([text, None, text]), ("DD/MM/YYYY",), long).to_list() == [date, None, date]


@pytest.mark.parametrize(("written", "text", "date"), [
    ("D MMM YYYY", "3 Sep 2024", datetime.date(2024, 9, 3)), ("DD MMMM YYYY", "03 september 2024", datetime.date(2024, 9, 3)),
    ("D/M/YY", "3/9/24", datetime.date(2024, 9, 3)), ("D/M/YY", "3/9/69", datetime.date(1969, 9, 3)),
    ("DD.MM.YYYY HH:mm", "03.09.2024 13:05", datetime.date(2024, 9, 3)), ("YYYYMMDD", "20240903", datetime.date(2024, 9, 3)),
    ("MM/DD/YYYY", "09/03/2024", datetime.date(2024, 9, 3)), ("D MMM YYYY", "31 Sep 2024", None), ("DD/MM/YYYY", "3/9/2024", None),
])
def test_formats(written: str, text: str, date: datetime.date | None) -> None:
    assert one_date(text, (written,)) == date


@pytest.mark.parametrize("written", ["", "DD/MM", "%d/%m/%Y", "DD/MM/YYYY/YYYY", "day month year", "MM/MMM/YYYY"])
def test_what_is_no_format(written: str) -> None:
    with pytest.raises(UnknownFormat):
        date_format(written)


def test_month_first_is_meant_where_a_format_says_so() -> None:
    dates = pl.Series(["01/31/2015", "2015-01-31"])
    assert month_first(dates, ("DD/MM/YYYY",)) == (["01/31/2015"], False)
    assert month_first(dates, ("MM/DD/YYYY",))[0] == []
    assert month_first(dates, ("DD/MM/YYYY", "MM/DD/YYYY")) == ([], False)


def test_no_two_codes_are_said_alike() -> None:
    assert len(in_words(WORDS)) == sum(1 + len(words) for words in WORDS.values())
    assert in_words(PLACEMENTS)["special guardian"] == "special_guardian"


def test_packed_files_are_read(tmp_path: Path) -> None:
    folder = source(tmp_path)
    (folder / "children.csv.gz").write_bytes(gzip.compress((CHILDREN + "1,,,,,,,,\n").encode()))
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("in/attachment_needs.csv", "child_id;status;start_date;end_date\n1;At risk;01/09/2024;\n")
        archive.writestr("__MACOSX/._attachment_needs.csv", "x")
    report, url = loaded(tmp_path, folder, as_at=A_DAY)
    assert counts(report) == {"children": (1, 1, 0), "attachment_needs": (1, 1, 0)}
    assert {each.file for each in report.files} == {"children.csv.gz", "more.zip: in/attachment_needs.csv"}
    assert rows_of(url, "attachment_need")[0]["status"] == "at_risk"


def test_a_name_behind_which_there_is_no_file_is_told(tmp_path: Path) -> None:
    folder = source(tmp_path, children=CHILDREN)
    (folder / "attendance.csv").symlink_to(tmp_path / "nowhere.csv")
    (folder / "exclusions.csv").mkdir()
    os.mkfifo(folder / "assessments.csv.gz")
    (folder / "programmes.ods").write_text("x")
    (folder / "notes.txt").write_text("not looked at")
    with pytest.raises(LoadError) as problem:
        loaded(tmp_path, folder, as_at=A_DAY)
    told = problem.value.sentences
    assert [sentence.split()[0] for sentence in told] == ["assessments.csv.gz", "attendance.csv", "exclusions.csv", "programmes.ods"]
    assert "a link to a file that is not there" in told[1] and "a folder" in told[2] and "a pipe" in told[0]


def test_a_workbook_with_two_sheets_that_have_rows_is_refused(tmp_path: Path) -> None:
    folder = source(tmp_path)
    with xlsxwriter.Workbook(str(folder / "children.xlsx")) as book:
        for name in ("Autumn", "Empty", "Spring"):
            sheet = book.add_worksheet(name)
            if name != "Empty":
                sheet.write_row(0, 0, CHILDREN.strip().split(","))
    with pytest.raises(LoadError, match=r"children\.xlsx has 2 sheets with rows \(Autumn, Spring\)"):
        loaded(tmp_path, folder, as_at=A_DAY)


def test_what_would_become_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "MOST_BYTES", 2**20)
    monkeypatch.setattr(limits, "MOST_BYTES", 2**20)
    path = tmp_path / "children.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2**19))
    with pytest.raises(FileProblem, match=r"children\.csv\.gz would take more than 1 megabytes"):
        DataFile(path).contents()
    pl.DataFrame({"a": ["x" * 1000] * 5000}).write_parquet(tmp_path / "wide.parquet")
    with pytest.raises(FileProblem, match=r"wide\.parquet would take more than"):
        read_parquet(tmp_path / "wide.parquet")


def lying(path: Path, says: int) -> Path:
    """A workbook whose sheet is a megabyte of spaces and is said to be of another size."""
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet().write(0, 0, "x")
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in entries.items():
            archive.writestr(name, held + b" " * 2**20 if "worksheets" in name else held)
            if "worksheets" in name:
                archive.getinfo(name).file_size = says
    return path


@pytest.mark.parametrize("says", [18, 2**20, 2**31 - 1])
def test_a_workbook_is_measured_and_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: int) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES", 2**20)
    with pytest.raises(FileProblem, match="would take more than"):
        read_workbook(lying(tmp_path / "lying.xlsx", says))


def test_a_sheet_that_reaches_far_is_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "far.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "x")
        sheet.write(1_048_575, 16_383, "y")
    with pytest.raises(FileProblem, match="reaches to row 1,048,576 and column 16,384"):
        read_workbook(tmp_path / "far.xlsx")
