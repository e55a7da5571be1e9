"""Files that are too long for memory, read a part at a time: what comes out is what reading the whole file would have given.

The parts are put aside on the disk: so that they can be checked when the tables are known that they are held against, and so that what
is checked is what was read, whatever becomes of the file.
"""

from __future__ import annotations

import codecs
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from data_access.load.reading.batches import SpilledFrames
from data_access.load.reading.files import (
    BYTE_ORDER_MARK,
    END_MARK,
    Raw,
    not_readable,
    not_text,
    quoted_rows,
    read_plain,
    read_quoted,
    separator_of,
    shaped,
    with_nul,
)
from data_access.load.reading.formats.spreadsheets import not_parquet, parquet_rows
from data_access.load.reading.limits import check_parquet

CHUNK = 8 * 2**20
"""Bytes of a CSV file that are read at a time."""

ROWS = 300_000
"""Rows that are read at a time where bytes don't tell how many there are."""

BYTES_A_ROW = 24
"""What a row of attendance takes in a CSV file, about: to tell how long a Parquet file is, which is packed."""

NOT_CP1252 = (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d")
RAGGED = pl.Schema({"line": pl.Int64(), "fields": pl.List(pl.String())})


@dataclass(frozen=True)
class LongRaw(Raw):
    """A table whose rows are on the disk: `rows` and `ragged` are empty, and `parts` gives what there is."""

    kept: _Kept = field(kw_only=True)

    @property
    def rows_read(self) -> int:
        return self.kept.rows_read

    @property
    def parts(self) -> Sequence[Raw]:
        return self.kept


class _Kept(Sequence[Raw]):
    """Parts of one table, put aside."""

    def __init__(self, columns: tuple[str, ...], schema: pl.Schema) -> None:
        self.columns = columns
        self._rows, self._ragged, self._trimmed = SpilledFrames(schema), SpilledFrames(RAGGED), list[bool]()
        self.rows_read = 0

    def add(self, part: Raw) -> None:
        self._rows.add(part.rows)
        self._ragged.add(pl.DataFrame([*part.ragged], schema=RAGGED, orient="row"))
        self._trimmed.append(part.trimmed)
        self.rows_read += part.rows_read

    def __len__(self) -> int:
        return len(self._trimmed)

    def __getitem__(self, number: Any) -> Any:
        return Raw(self.columns, self._rows[number], self._ragged[number].rows(), trimmed=self._trimmed[number])


def length(path: Path) -> int:
    """How long a file is: the bytes that it takes, or would take, as CSV; 0 where that can't be told and for a workbook, which is short."""
    try:
        if path.suffix.lower() == ".parquet":
            return int(pl.scan_parquet(path).select(pl.len()).collect().item()) * BYTES_A_ROW
        return path.stat().st_size if path.suffix.lower() == ".csv" and _has_commas(path) else 0
    except (OSError, pl.exceptions.PolarsError):
        return 0


def _has_commas(path: Path) -> bool:
    """Whether a CSV file is written with commas, and not in UTF-16; others are read whole."""
    with path.open("rb") as file:
        begun = file.read(CHUNK)
    return not begun.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and separator_of(begun) == ","


def read_long(path: Path) -> Raw:
    """What `read_csv` or `read_parquet` would give, put aside on the disk. Raises FileProblem as they do."""
    parts = _parquet_parts(path) if path.suffix.lower() == ".parquet" else _csv_parts(path)
    first = next(parts)
    kept = _Kept(first.columns, first.rows.schema)
    for part in itertools.chain([first], parts):
        kept.add(part)
    return LongRaw(first.columns, first.rows.clear(), kept=kept)


def _parquet_parts(path: Path) -> Iterator[Raw]:
    check_parquet(path, in_parts=True)
    try:
        count = int(pl.scan_parquet(path).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as error:
        raise not_parquet(path, error) from None
    for first in range(0, max(count, 1), ROWS):
        yield parquet_rows(path, first, ROWS)


def _csv_parts(path: Path) -> Iterator[Raw]:
    try:
        with path.open("rb") as file:
            written = _looked_through(path, file)
            file.seek(len(BYTE_ORDER_MARK) if written.marked else 0)
            yield from _quoted_parts(file, written, path) if written.by_record else _plain_parts(file, written, path)
    except OSError as error:
        raise not_readable(path, error) from None


@dataclass(frozen=True)
class _Written:
    """How a CSV file is written. `by_record`: its records can't be told apart by its line feeds."""

    encoding: str
    marked: bool
    by_record: bool


def _looked_through(path: Path, file: BinaryIO) -> _Written:
    """Goes once through a file's bytes. Raises FileProblem when it isn't text."""
    utf8, cp1252, by_record, after_return, nul = codecs.getincrementaldecoder("utf-8")(), True, False, False, False
    is_utf8 = True
    marked = file.read(len(BYTE_ORDER_MARK)) == BYTE_ORDER_MARK
    file.seek(len(BYTE_ORDER_MARK) if marked else 0)
    for chunk in _chunks(file):
        nul = nul or b"\0" in chunk
        cp1252 = cp1252 and not any(byte in chunk for byte in NOT_CP1252)
        is_utf8 = is_utf8 and _continues(utf8, chunk)
        # A carriage return that ends a chunk is judged with the next one.
        text = (b"\r" if after_return else b"") + chunk
        after_return = text.endswith(b"\r")
        by_record = by_record or b'"' in text or text.count(b"\r") - after_return != text.count(b"\r\n")
    if nul:
        raise with_nul(path.name)
    is_utf8 = is_utf8 and _continues(utf8, b"", final=True)
    if not is_utf8 and not cp1252:
        raise not_text(path.name)
    return _Written("utf-8" if is_utf8 else "cp1252", marked, by_record or after_return)


def _continues(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(CHUNK), b"")


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The rest of a file in chunks of whole lines."""
    begun = b""
    for chunk in _chunks(file):
        end = chunk.rfind(b"\n") + 1
        if end:
            yield begun + chunk[:end]
            begun = chunk[end:]
        else:
            begun += chunk
    if begun:
        yield begun


def _plain_parts(file: BinaryIO, written: _Written, path: Path) -> Iterator[Raw]:
    """A file in which each line is a record: each chunk is read as a file of its own, under the header."""
    before, columns = 0, None
    for chunk in _whole_lines(file):
        text = chunk if written.encoding == "utf-8" else chunk.decode(written.encoding).encode("utf-8")
        lines = text.count(b"\n")
        if columns is None and text.decode("utf-8").strip():
            part = _read(text, path)
            columns = part.columns
            yield replace(part, rows=_moved(part.rows, before), ragged=[(line + before, fields) for line, fields in part.ragged])
        elif columns is not None:
            part = _read(",".join(columns).encode("utf-8") + b"\n" + text, path)
            yield replace(part, rows=_moved(part.rows, before - 1), ragged=[(line + before - 1, fields) for line, fields in part.ragged])
        before += lines
    if columns is None:
        read_quoted(b"", path.name)


def _read(data: bytes, path: Path) -> Raw:
    raw = read_plain(data)
    return raw if raw is not None else read_quoted(data, path.name)


def _moved(rows: pl.DataFrame, lines: int) -> pl.DataFrame:
    return rows.with_columns(pl.col("line") + lines)


def _quoted_parts(file: BinaryIO, written: _Written, path: Path) -> Iterator[Raw]:
    """A file whose quoted fields may hold line ends: it is read record by record."""
    rows = quoted_rows(_with_end_mark(io.TextIOWrapper(file, written.encoding, newline="")), path.name)
    _, header = next(rows)
    yield shaped(header, list(itertools.islice(rows, ROWS)))
    while some := list(itertools.islice(rows, ROWS)):
        yield shaped(header, some)


def _with_end_mark(lines: Iterator[str]) -> Iterator[str]:
    """A file's lines and the line of our own, as they would be if it were written behind the text and a line feed."""
    last = ""
    for line in lines:
        if last:
            yield last
        last = line
    if last.endswith("\n"):
        yield last
        last = ""
    yield f"{last}\n"
    yield END_MARK
