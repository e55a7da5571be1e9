"""Parquet and XLSX files to the same raw text as a CSV file."""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from data_access.load.errors import FileProblem
from data_access.load.reading import Raw


def read_xlsx(path: Path) -> Raw:
    """The first sheet of a workbook: dates as ISO text, whole numbers without a point, true and false as 1 and 0.

    Raises FileProblem when it is not a workbook or its first sheet is empty.
    """
    try:
        sheet = fastexcel.read_excel(str(path)).load_sheet(0, header_row=None, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        reason = str(error).splitlines()[0]
        raise FileProblem(f"{path.name} can't be read as an Excel workbook ({reason}). Save it again as .xlsx, or as CSV.") from None
    sheet = sheet.rename({name: str(position) for position, name in enumerate(sheet.columns)})
    names = list(sheet.columns)
    sheet = sheet.with_row_index("line", offset=1).with_columns(pl.col("line").cast(pl.Int64))
    filled = [pl.col(name).str.strip_chars().ne("").fill_null(False) for name in names]
    sheet = sheet.filter(pl.any_horizontal(pl.lit(False), *filled))
    if sheet.is_empty():
        raise FileProblem(f"The first sheet of {path.name} is empty; a header row with the names of the columns was expected.")
    header = tuple((value or "").strip() for value in sheet.row(0)[1:])
    cells = pl.col(names)
    _refuse_nul(sheet, path.name)
    plain = cells.str.replace(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}) 00:00:00(\.0+)?$", "${1}").replace({"true": "1", "false": "0", "": None})
    return Raw(header, sheet.slice(1).with_columns(plain))


def read_parquet(path: Path) -> Raw:
    """A Parquet file; the first row counts as line 2, as if it had a header line.

    Raises FileProblem when it is not Parquet or a column holds something that is no single value.
    """
    return parquet_rows(path, 0, None)


def parquet_rows(path: Path, first: int, count: int | None) -> Raw:
    """So many rows of a Parquet file from one on, or all of them. Otherwise as `read_parquet`."""
    try:
        frame = pl.read_parquet(path) if count is None else pl.scan_parquet(path).slice(first, count).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise not_parquet(path, error) from None
    columns = [_as_text(frame[name], path.name).alias(str(position)) for position, name in enumerate(frame.columns)]
    lines = pl.Series("line", range(first + 2, first + frame.height + 2), dtype=pl.Int64)
    rows = pl.DataFrame([lines, *columns])
    _refuse_nul(rows, path.name)
    return Raw(tuple(name.strip() for name in frame.columns), rows)


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
