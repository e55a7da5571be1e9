"""Workbooks to fill in: filled in they load, and one that nobody filled in is told and is no source."""

from __future__ import annotations

import datetime
import zipfile
from pathlib import Path

import fastexcel
import pytest

from data_access.load import LoadError
from data_access.load.checking import specification as spec
from data_access.load.drafting.templates import allowed, note, template, write_templates
from data_access.load.reading.formats.spreadsheets import read_xlsx
from tests.data_access.files import counts, loaded, write


def test_one_workbook_a_table_with_its_columns_and_no_rows(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "new")
    assert [path.stem for path in written] == [table.name for table in spec.EXTRACTS]
    for path, table in zip(written, spec.EXTRACTS, strict=True):
        raw = read_xlsx(path)
        assert raw.columns == table.columns
        assert raw.rows.is_empty()
        assert fastexcel.read_excel(str(path)).sheet_names == [table.name]
    assert write_templates(tmp_path / "new") == []


@pytest.mark.parametrize("table", spec.EXTRACTS, ids=lambda table: table.name)
def test_drop_downs_and_notes(tmp_path: Path, table: spec.Table) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template(table))
    with zipfile.ZipFile(path) as book:
        sheet, comments = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/comments1.xml").decode()
    coded = [rule for name in table.columns if allowed(rule := table.rules.get(name, spec.FREE))]
    assert sheet.count('type="list"') == len(coded)
    assert all(note(table, name).split(".")[0].split("(")[0].split("'")[0] in comments.replace("&amp;", "&") for name in table.columns)


def test_one_that_nobody_filled_in_is_told_and_is_no_source(tmp_path: Path) -> None:
    write_templates(tmp_path / "templates")
    with pytest.raises(LoadError, match="holds only workbooks that nobody filled in"):
        loaded(tmp_path, tmp_path / "templates")
    write(tmp_path / "known", "children", {})
    (tmp_path / "known" / "attendance.xlsx").write_bytes((tmp_path / "templates" / "attendance.xlsx").read_bytes())
    report, _ = loaded(tmp_path, tmp_path / "known", as_at=datetime.date(2025, 1, 1))
    assert counts(report) == {"children": (1, 1, 0)}
    assert [(each.file, each.table) for each in report.not_used] == [("attendance.xlsx", "a workbook that nobody filled in")]
