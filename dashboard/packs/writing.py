"""From a pack to a file: which writer a format has, and how a file gets to its place whole or not at all."""

from __future__ import annotations

from dashboard.figures.workspace_records import Written
from dashboard.packs.contents import Pack, Progress

FORMATS = {
    "pptx": ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "xlsx": ("Spreadsheet for Excel (XLSX)", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": ("Spreadsheet, open format (ODS)", "application/vnd.oasis.opendocument.spreadsheet"),
    "pdf": ("PDF to print or read aloud", "application/pdf"),
}
"""What a pack can be written as: in words, and as the web calls it."""


def contents_of(pack: Pack, format: str, progress: Progress | None = None) -> bytes:
    """The pack as a file of one of FORMATS. Each writer's libraries are loaded only when it is needed."""
    if format == "pptx":
        from dashboard.packs.presentation import presentation

        return presentation(pack, progress)
    if format == "pdf":
        from dashboard.packs.printable import printable

        return printable(pack)
    from dashboard.packs.tables import book

    if format == "ods":
        from dashboard.packs.opendocument import opendocument

        return opendocument(book(pack))
    from dashboard.packs.workbook import workbook

    return workbook(book(pack))


def baseline(pack: Pack, written: Written) -> bytes:
    """The baseline assessment as an XLSX file; `pack` has the measures of all statements."""
    from dashboard.packs.baseline import baseline_book
    from dashboard.packs.workbook import workbook

    return workbook(baseline_book(pack, written))
