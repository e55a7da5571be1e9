"""The same tables as an ODS file, which gptables doesn't write: the same cover, contents, notes and sheets, with odfdo."""

from __future__ import annotations

import io
from collections.abc import Iterable

from odfdo import Cell, Column, Document, Row, Style, Table

from dashboard.packs.tables import INSTRUCTIONS, Book, Sheet, Value, notes_sheet, value_words, widths

CONTENTS = "Contents"
CENTIMETRES_A_LETTER = 0.24
ON_PAPER = {
    "fo:page-width": "29.7cm", "fo:page-height": "21cm", "style:print-orientation": "landscape", "style:scale-to-X": "1",
    "style:scale-to-Y": "0",
}
"""A4 across; one page wide, and as many high as it takes."""
COVER_WIDTH, TITLE_SIZE, TEXT_SIZE = 22.0, "16pt", "12pt"


def opendocument(book: Book) -> bytes:
    """The spreadsheet as an ODS file."""
    document = Document("spreadsheet")
    document.body.clear()
    meta = document.meta
    meta.title, meta.creator, meta.language = book.title, book.author, "en-GB"
    # Not by `Style.set_properties`, which leaves out those that came to the format with version 1.3.
    for layout in document.styles.get_elements("//style:page-layout-properties"):
        for name, value in ON_PAPER.items():
            layout.set_attribute(name, value)
    styles = _Styles(document)
    sheets = [notes_sheet(book), *book.sheets]
    document.body.append(_cover(book, styles))
    titles = tuple((sheet.label, sheet.title) for sheet in sheets)
    listed = Sheet(CONTENTS, "contents", "Table of contents", ("Sheet name", "Table description"), titles)
    for sheet in [listed, *sheets]:
        document.body.append(_table(sheet, styles))
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


class _Styles:
    """The document's few styles, made once; `column` gives one for each width."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.title = self._cell("title", weight="bold", size=TITLE_SIZE)
        self.heading = self._cell("heading", weight="bold", wrap=True, border=True)
        self.text = self._cell("text")
        self.wrapped = self._cell("wrapped", wrap=True)
        self.number = self._cell("number", align="end")

    def column(self, centimetres: float) -> str:
        """The name of the style of a column so wide."""
        name = f"wide{round(centimetres * 10)}"
        if self._document.get_style("table-column", name) is None:
            style = Style("table-column", name=name)
            style.set_properties({"style:column-width": f"{centimetres:.1f}cm"}, area="table-column")
            self._document.insert_style(style, automatic=True)
        return name

    def _cell(self, name: str, *, weight: str = "normal", size: str = TEXT_SIZE, wrap: bool = False, border: bool = False,
              align: str = "start") -> str:
        style = Style("table-cell", name=name)
        style.set_properties({"fo:font-weight": weight, "fo:font-size": size, "fo:font-family": "Arial"}, area="text")
        cell = {"style:vertical-align": "top", "fo:wrap-option": "wrap" if wrap else "no-wrap"}
        style.set_properties(cell | ({"fo:border-bottom": "1pt solid #000000"} if border else {}), area="table-cell")
        style.set_properties({"fo:text-align": align}, area="paragraph")
        self._document.insert_style(style, automatic=True)
        return name


def _cover(book: Book, styles: _Styles) -> Table:
    table = Table("Cover")
    table.append(Column(style=styles.column(COVER_WIDTH)))
    _rows(table, [[_text(book.title, styles.title)]])
    for heading, told in book.cover.items():
        _rows(table, [[_text(heading, styles.title)], *([_text(line, styles.wrapped)] for line in told)])
    return table


def _table(sheet: Sheet, styles: _Styles) -> Table:
    table = Table(sheet.label)
    for letters in widths(sheet):
        table.append(Column(style=styles.column(letters * CENTIMETRES_A_LETTER)))
    _rows(table, [[_text(sheet.title, styles.title)], [_text(INSTRUCTIONS, styles.text)]])
    _rows(table, [[_text(line, styles.text)] for line in sheet.above])
    _rows(table, [[_text(name, styles.heading) for name in sheet.columns]])
    _rows(table, [[_cell(value, styles) for value in row] for row in sheet.rows])
    return table


def _rows(table: Table, rows: Iterable[list[Cell]]) -> None:
    for cells in rows:
        row = Row()
        row.extend_cells(cells)
        table.append_row(row)


def _cell(value: Value, styles: _Styles) -> Cell:
    """A number as a number; all else as text, which is never a formula."""
    if isinstance(value, int | float):
        return Cell(value, style=styles.number)
    return _text(value_words(value), styles.wrapped)


def _text(text: str, style: str) -> Cell:
    return Cell(text, cell_type="string", style=style)
