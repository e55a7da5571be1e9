"""Tables as an XLSX file, with ONS's gptables."""

from __future__ import annotations

import re
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.packs.tables import INSTRUCTIONS, Book, Sheet, Value, lines_of, notes_sheet, value_words, widths

if TYPE_CHECKING:
    from gptables import Cover, GPTable, GPWorkbook

OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Text stays text, whatever it looks like: what somebody typed never becomes a formula or a link."""
PIXELS_A_LETTER = 8
LINE_HEIGHT = 16.0
COVER_WIDTH = 100
A4 = 9


def workbook(book: Book) -> bytes:
    """The workbook: a cover, the contents, the notes, and a sheet for each table."""
    import gptables  # takes a second, as it brings pandas

    about, *others = book.cover.values()
    cover = gptables.Cover(title=_plain(book.title), intro=_lines(about), about=_lines(tuple(line for told in others for line in told)),
                           width=COVER_WIDTH)
    sheets = {sheet.label: sheet for sheet in (notes_sheet(book), *book.sheets)}
    with tempfile.TemporaryDirectory(prefix="qs133-") as folder:
        path = Path(folder) / "pack.xlsx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that there is no table of numbered notes: ours explains words
            made = gptables.produce_workbook(
                str(path), {label: _table(sheet) for label, sheet in sheets.items()}, cover=cover, auto_width=False,
                workbook_options=OPTIONS,
            )
        made.set_properties({"title": book.title, "author": book.author, "comments": " ".join(others[0])})
        _lay_out(made, "Contents", [16, 80], [])
        _lay_out(made, cover.cover_label, [COVER_WIDTH], [(index, (line,)) for index, line in enumerate(_written(cover))])
        for label, sheet in sheets.items():
            first = 2 + len(sheet.above)
            rows = ((first + index, row) for index, row in enumerate([sheet.columns, *sheet.rows]))
            _lay_out(made, label, widths(sheet), rows)
        made.close()
        return path.read_bytes()


def _written(cover: Cover) -> list[str]:
    """The cover's lines in the order in which gptables writes them."""
    return [cover.title, *(line for told in (cover.intro, cover.about) if told for line in ("Heading", *told))]


def _lay_out(made: GPWorkbook, label: str, letters: list[int], rows: Iterable[tuple[int, tuple[Value, ...]]]) -> None:
    """Widths of the columns, and heights of the rows whose text is wrapped: not every program works them out. One page wide on paper."""
    sheet = made.get_worksheet_by_name(label)
    for column, width in enumerate(letters):
        sheet.set_column_pixels(column, column, width * PIXELS_A_LETTER + 12)
    for index, row in rows:
        if (lines := lines_of(row, letters)) > 1:
            sheet.set_row(index, lines * LINE_HEIGHT)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)


def _table(sheet: Sheet) -> GPTable:
    import gptables
    import pandas as pd

    rows = [[_cell(value) for value in row] for row in sheet.rows]
    return gptables.GPTable(
        table=pd.DataFrame(rows, columns=[_plain(name) for name in sheet.columns], dtype=object), table_name=sheet.name,
        title=_plain(sheet.title), instructions=INSTRUCTIONS, legend=_lines(sheet.above), index_columns={2: 0},
        additional_formatting=_formats(sheet),
    )


def _formats(sheet: Sheet) -> list[dict[str, Any]]:
    """How each column's numbers are written."""
    everywhere = {"column": {"columns": list(range(len(sheet.columns))), "format": {"valign": "top"}, "include_names": False}}
    formats: list[dict[str, Any]] = [everywhere]
    for column in range(1, len(sheet.columns)):
        numbers = [value for value in (row[column] for row in sheet.rows) if isinstance(value, int | float)]
        if numbers:
            exact = not any(isinstance(number, float) for number in numbers)
            written = "#,##0" if exact else "#,##0.0" if max(numbers) >= 10 else "0.00"
            formats.append({"column": {"columns": [column], "format": {"num_format": written, "align": "right"}, "include_names": False}})
    return formats


def _cell(value: Value) -> str | int | float:
    return value if isinstance(value, int | float) else _plain(value_words(value))


def _lines(told: tuple[str, ...]) -> list[str]:
    return [_plain(line) for line in told]


def _plain(text: str) -> str:
    """Text without what gptables reads as a link or a note, and with something that a screen reader can say."""
    text = re.sub(r"\]\(", "] (", text).replace("$$", "$ $")
    return text if re.search("[a-zA-Z0-9]", text) else f"Text: {text}"
