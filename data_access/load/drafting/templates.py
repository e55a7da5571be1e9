"""Workbooks to fill in: one a table, with its columns, drop-downs of the allowed values, notes, and no rows."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from config.code_lists import WORDS
from data_access.load.checking import specification as spec
from data_access.load.checking.specification import Kind
from data_access.load.reading.template_mark import MARK

ROWS = 20_000
"""Rows that have drop-downs."""

MOST_OF_A_LIST = 250
"""Characters that Excel allows for the values of a drop-down that are written into it."""


def write_templates(folder: Path) -> list[Path]:
    """Writes a workbook for each extract into a folder, which is made where it isn't there. One that is there already is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in spec.EXTRACTS:
        path = folder / f"{table.name}.xlsx"
        if not path.exists():
            path.write_bytes(template(table))
            written.append(path)
    return written


def template(table: spec.Table) -> bytes:
    """The workbook of a table."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        book.set_properties({"title": f"{table.name}: to fill in", "keywords": MARK})
        sheet = book.add_worksheet(table.name[:31])
        header = book.add_format({"bold": True, "bottom": 1})
        dates, text = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "@"})
        for place, name in enumerate(table.columns):
            rule = table.rules.get(name, spec.FREE)
            # An id is text, so that it keeps the zeros in front.
            form = dates if rule.kind is Kind.DATE else text if rule.kind is Kind.TEXT else None
            sheet.set_column(place, place, max(14, len(name) + 4), form)
            sheet.write_string(0, place, name, header)
            sheet.write_comment(0, place, note(table, name), {"x_scale": 2.4, "y_scale": 1.6})
            _validate(sheet, place, rule)
        sheet.freeze_panes(1, 0)
    return held.getvalue()


def _validate(sheet: Worksheet, place: int, rule: spec.Rule) -> None:
    values = allowed(rule)
    if values and len(",".join(values)) <= MOST_OF_A_LIST and not any("," in value for value in values):
        # Other ways to say a value are read too, so Excel only warns.
        sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": values, "error_type": "warning"})
    elif rule.kind is Kind.DATE:
        sheet.data_validation(1, place, ROWS, place, {
            "validate": "any", "input_title": "A date", "input_message": "As Excel's date, or as text DD/MM/YYYY or YYYY-MM-DD.",
        })


def allowed(rule: spec.Rule) -> list[str]:
    """The values of a coded column, in the order of the dictionary; none for another."""
    if rule.kind is Kind.FLAG:
        return ["1", "0"]
    return list(dict.fromkeys(rule.codes(0).values())) if rule.kind is Kind.CODE and rule.codes else []


def note(table: spec.Table, name: str) -> str:
    """What a column takes, in words."""
    rule = table.rules.get(name, spec.FREE)
    values = allowed(rule)
    kinds = {
        Kind.DATE: "A date.", Kind.FLAG: "1 for yes, 0 for no, blank for not known.", Kind.NUMBER: "A number.",
        Kind.WHOLE: "A whole number.", Kind.TEXT: "Text.",
    }
    says = kinds.get(rule.kind, "")
    if rule.kind is Kind.CODE:
        said = [f"{value} ({WORDS[value][0]})" if value in WORDS else value for value in values]
        says = f"One of: {', '.join(said)}." if len(said) < 25 else f"One of: {' '.join(said)}"
    must = " Needed in every row." if rule.required else " May be blank."
    if name in table.one_of:
        must = f" One of {' and '.join(table.one_of)} is needed in every row, and not both."
    return says + must

