"""Parquet and XLSX files to the same raw text as a CSV file."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from data_access.load.errors import FileProblem
from data_access.load.reading.files import Raw
from data_access.load.reading.limits import check_parquet, check_workbook

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""What an old workbook begins with, and a new one that has a password."""


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook that has filled cells: its name, and its rows as text, each with the `line` that Excel shows for it."""

    name: str
    cells: pl.DataFrame

    def under(self, header: int) -> Raw:
        """The rows below the row of this place (0 is the first that has a filled cell), which names the columns."""
        names = tuple(" ".join((value or "").split()) for value in self.cells.row(header)[1:])
        return Raw(names, self.cells.slice(header + 1))


def read_workbook(path: Path) -> list[Sheet]:
    """The sheets of a workbook that have filled cells: dates as ISO text, whole numbers without a point, true and false as 1 and 0.

    A merged cell's text is its first cell's. Raises FileProblem when it is not a workbook, or would be too large for memory.
    """
    check_workbook(path)
    try:
        book = fastexcel.read_excel(str(path))
        sheets = [_sheet(book, name, path.name) for name in book.sheet_names]
    except fastexcel.FastExcelError as error:
        reason = _other_kind(path) or str(error).splitlines()[0]
        raise FileProblem(f"{path.name} can't be read as an Excel workbook ({reason}). Save it again as .xlsx, or as CSV.") from None
    return [sheet for sheet in sheets if not sheet.cells.is_empty()]


def _other_kind(path: Path) -> str:
    """What a file is that is called a workbook and is none: some systems call a web page or a text so, which Excel opens all the same."""
    with path.open("rb") as file:
        begins = file.read(1024)
    if not begins:
        return "it is empty"
    if begins.startswith(OLE) and path.suffix.lower() != ".xls":
        return "it has a password, or is in another format than its name says"
    try:
        text = begins.decode("utf-16" if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "cp1252")
    except UnicodeDecodeError:
        return ""
    return "" if "\0" in text else "it is a web page or XML" if text.lstrip("\ufeffï»¿ \r\n").startswith("<") else "it is text"


def _sheet(book: fastexcel.ExcelReader, name: str, file: str) -> Sheet:
    cells = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    cells = cells.rename({column: str(place) for place, column in enumerate(cells.columns)})
    names = list(cells.columns)
    cells = cells.with_row_index("line", offset=1).with_columns(pl.col("line").cast(pl.Int64))
    filled = [pl.col(column).str.strip_chars().ne("").fill_null(False) for column in names]
    cells = cells.filter(pl.any_horizontal(pl.lit(False), *filled))
    _refuse_nul(cells, file)
    midnight = pl.col(names).str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00(\.0+)?$", "${1}")
    return Sheet(name, cells.with_columns(midnight.replace({"true": "1", "false": "0", "": None})) if names else cells)


def read_xlsx(path: Path) -> Raw:
    """The only sheet of a workbook that has filled cells. Otherwise as `read_workbook`.

    Raises FileProblem also when there is no such sheet, or more than one: which is meant has to be said.
    """
    sheets = read_workbook(path)
    if not sheets:
        raise FileProblem(f"{path.name} is empty; a header row with the names of the columns was expected.")
    if len(sheets) > 1:
        raise FileProblem(
            f"{path.name} has {len(sheets)} sheets with rows ({', '.join(sheet.name for sheet in sheets)}), where one was expected. Keep "
            "one, or say in sources.toml which of them are to be read."
        )
    return sheets[0].under(0)


def read_parquet(path: Path) -> Raw:
    """A Parquet file; the first row counts as line 2, as if it had a header line.

    Raises FileProblem when it is not Parquet or a column holds something that is no single value.
    """
    check_parquet(path)
    return parquet_rows(path, 0, None)


def parquet_rows(path: Path, first: int, count: int | None) -> Raw:
    """So many rows of a Parquet file from one on, or all of them. Otherwise as `read_parquet`."""
    try:
        frame = pl.read_parquet(path) if count is None else pl.scan_parquet(path).slice(first, count).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise not_parquet(path, error) from None
    return raw_of_frame(frame, path.name, first)


def raw_of_frame(frame: pl.DataFrame, name: str, first: int = 0) -> Raw:
    """A frame's rows as text; the first row of all is line 2, and this frame begins so many rows later.

    Raises FileProblem when a column holds something that is no single value.
    """
    columns = [_as_text(frame[column], name).alias(str(position)) for position, column in enumerate(frame.columns)]
    lines = pl.Series("line", range(first + 2, first + frame.height + 2), dtype=pl.Int64)
    rows = pl.DataFrame([lines, *columns])
    _refuse_nul(rows, name)
    return Raw(tuple(column.strip() for column in frame.columns), rows)


def not_parquet(path: Path, error: Exception) -> FileProblem:
    """For a file that should be Parquet and can't be read."""
    reason = str(error).splitlines()[0]
    return FileProblem(f"{path.name} can't be read as Parquet ({reason}). Write the file again, or give it as CSV.")


def _refuse_nul(rows: pl.DataFrame, name: str) -> None:
    if any(column.str.contains("\0", literal=True).any() for column in rows.iter_columns() if column.dtype == pl.String):
        raise FileProblem(f"{name} holds NUL characters in its text. Remove them, or give the table as CSV.")


def _as_text(values: pl.Series, name: str) -> pl.Series:
    kind = values.dtype
    if kind == pl.Boolean:
        values = values.cast(pl.Int8)
    elif kind.is_float() or kind.is_decimal():
        column = pl.col(values.name)
        whole = column.is_finite() & (column == column.round(0)) & (column.abs() < 2**53)
        text = pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
        values = values.cast(pl.Float64).fill_nan(None).to_frame().select(text).to_series()
    elif isinstance(kind, pl.Datetime):
        return values.dt.strftime("%Y-%m-%d %H:%M:%S%.f").str.replace(" 00:00:00$", "")
    elif kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise FileProblem(f"{name}: the column {values.name} holds {kind}, where text, numbers or dates were expected. Write it as text.")
    return values.cast(pl.String).replace("", None)
