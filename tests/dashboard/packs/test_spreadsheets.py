"""XLSX and ODS: the same tables, read back cell by cell with another library, safe from formulas, opened with LibreOffice."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import fastexcel
import pypdfium2
import pytest

from dashboard.content.view import View
from dashboard.packs.baseline import baseline_book
from dashboard.packs.contents import Pack, of_measures
from dashboard.packs.opendocument import opendocument
from dashboard.packs.tables import Book, Sheet, book, notes_sheet, value_words
from dashboard.packs.workbook import workbook
from dashboard.text.formatting import figure
from metrics.measures.catalogue import measures, statements
from metrics.units.breakdowns import PLACEMENT
from tests.dashboard.packs.made import HARMFUL, made_pack, written
from tests.office import as_pdf

WRITERS = {"xlsx": workbook, "ods": opendocument}


@pytest.fixture(scope="module")
def made(exact_pack: Pack) -> Book:
    return book(exact_pack)


@pytest.fixture(scope="module", params=list(WRITERS))
def file(request: pytest.FixtureRequest, made: Book) -> tuple[str, bytes]:
    """The format and the file in it."""
    return request.param, WRITERS[request.param](made)


def cells(contents: bytes, sheet: Sheet) -> list[list[object]]:
    """A sheet's header and rows as another program reads them."""
    read = fastexcel.read_excel(contents).load_sheet(sheet.label, header_row=None, dtypes="string").to_polars()
    rows = [list(row) for row in read.iter_rows()]
    return rows[2 + len(sheet.above) :]


def same(read: object, written: object) -> bool:
    if isinstance(written, int | float):
        return read is not None and abs(float(str(read)) - written) < 1e-9
    # gptables' links and notes are taken apart, and a cell has to have a letter that can be read aloud.
    told = value_words(written).replace("](", "] (").replace("$$", "$ $")
    return str(read) in (told, f"Text: {told}", value_words(written))


def test_every_cell_says_what_the_pack_says(file: tuple[str, bytes], made: Book) -> None:
    format, contents = file
    names = fastexcel.read_excel(contents).sheet_names
    assert names == ["Cover", "Contents", "Notes", *(sheet.label for sheet in made.sheets)]
    for sheet in (notes_sheet(made), *made.sheets):
        head, *rows = cells(contents, sheet)
        assert head == list(sheet.columns), (format, sheet.label)
        assert len(rows) == len(sheet.rows)
        wrong = [(read, told) for row, values in zip(rows, sheet.rows, strict=True) for read, told in zip(row, values, strict=True)
                 if not same(read, told)]
        assert not wrong, (format, sheet.label, wrong[:3])


def test_the_tables_hold_the_numbers_of_the_summary(exact_pack: Pack, made: Book) -> None:
    part = exact_pack.parts[0]
    sheet = next(sheet for sheet in made.sheets if sheet.label == "1 over time")
    trend = part.trend.frame.rows(named=True)
    assert [row[1] for row in sheet.rows] == [row["numerator"] for row in trend]
    assert [row[2] for row in sheet.rows] == [row["denominator"] for row in trend]
    assert [row[3] for row in sheet.rows] == [figure(part.measure, row["value"]) for row in trend]
    assert [row[4] for row in sheet.rows] == [round(row["value"] * 100, 4) for row in trend]


def test_what_people_typed_never_becomes_a_formula_or_a_link(file: tuple[str, bytes], made: Book) -> None:
    _, contents = file
    parts = zipfile.ZipFile(io.BytesIO(contents))
    for name in parts.namelist():
        if name.endswith(".xml"):
            text = parts.read(name).decode()
            assert "<f>" not in text and "table:formula" not in text, name
    links = [name for name in parts.namelist() if name.endswith(".rels") and "example.org" in parts.read(name).decode()]
    assert not links
    actions = next(sheet for sheet in made.sheets if sheet.label == "Actions")
    aims = [str(row[1]) for row in cells(contents, actions)[1:]]
    assert any(aim.startswith("=HYPERLINK(") for aim in aims) and any(aim.endswith("@SUM(1)") for aim in aims)
    assert HARMFUL in [row[1] for row in actions.rows]


def test_no_cell_of_a_table_is_empty(made: Book) -> None:
    assert not [sheet.label for sheet in made.sheets for row in sheet.rows if len(row) != len(sheet.columns) or "" in row or None in row]
    assert len({sheet.label for sheet in made.sheets}) == len(made.sheets) == len({sheet.name for sheet in made.sheets})


def test_hidden_numbers_are_called_hidden(protected_pack: Pack) -> None:
    protected = book(protected_pack)
    concealed = [row for sheet in protected.sheets for row in sheet.rows if "hidden" in row]
    assert concealed
    contents = workbook(protected)
    for sheet in protected.sheets:
        read = cells(contents, sheet)[1:]
        assert [["hidden" in row] for row in read] == [["hidden" in row] for row in sheet.rows]


def test_libreoffice_opens_it_without_a_complaint_and_prints_each_sheet_one_page_wide(
    file: tuple[str, bytes], made: Book, tmp_path: Path,
) -> None:
    format, contents = file
    path = tmp_path / f"pack.{format}"
    path.write_bytes(contents)
    pdf = pypdfium2.PdfDocument(as_pdf(path, tmp_path))
    pages = [page.get_textpage().get_text_bounded() for page in pdf]
    assert "Exampleshire: statement 3: video feedback" in pages[0]
    for sheet in made.sheets:
        heading = {word for column in sheet.columns for word in column.split()}
        assert not min((heading - set(page.split()) for page in pages), key=len), sheet.label
    assert all(page.get_width() > page.get_height() for page in list(pdf)[1:])


def test_the_baseline_assessment_has_what_nices_template_has(exact_view: View) -> None:
    pack = made_pack(exact_view, of_measures("Baseline assessment", measures(), PLACEMENT))
    assessment = baseline_book(pack, written())
    summary, details = assessment.sheets
    assert [str(row[0])[:2] for row in summary.rows] == [f"{statement.number}." for statement in statements()]
    assert details.columns[3:] == ("Current position", "Evidence", "Gap", "Action", "Owner", "Date")
    asked = [row[1] for row in details.rows]
    assert all(measure.title in asked for measure in measures())
    partly = next(row for row in details.rows if row[3] == "Partly in place")
    assert partly[4] == "One provider of two." and partly[7] == "Commissioner" and "overdue" in str(partly[8])
    received = [row for row in details.rows if row[1] == "Preschool children whose parents or carers received video feedback"]
    assert len(received) == 3 and received[0][6] == "Every family is offered a place within a month (do)"
    position = next(part for part in pack.parts if part.measure.title == received[0][1])
    assert str(received[0][3]).startswith(position.headline)
    names = fastexcel.read_excel(workbook(assessment)).sheet_names
    assert names == ["Cover", "Contents", "Notes", "Statements", "In detail"]
