"""How large a workbook or Parquet file would become in memory, found without making it that large: files lie about their sizes."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_access.load.errors import FileProblem
from data_access.load.reading.files import not_readable
from data_access.load.reading.formats.packed import CHUNK, MOST_BYTES, ZIPPED, too_large

MOST_CELLS = 20_000_000
"""Cells of a sheet, empty ones between the others included: a million rows of twenty columns."""

MOST_PARQUET_VALUES = 250_000_000
ROWS_AT_ONCE = 200_000
LOCAL_HEADER = struct.Struct("<4s22xHH")
OVERLAP = 24
"""Bytes at the end of a chunk that are looked at again with the next one: no cell's place is longer."""

FAR_PLACE = re.compile(rb'r="([A-Z]{2,3}[0-9]|[A-Z]{1,3}[0-9]{6,7}")')
PLACE = re.compile(rb'r="([A-Z]{1,3})([0-9]{1,7})"')


def check_workbook(path: Path) -> None:
    """Raises FileProblem for a workbook that would become larger than there is room for, whatever sizes it says it has."""
    if not zipfile.is_zipfile(path):
        return  # an old .xls is not packed; anything else says itself that it is no workbook
    rest = MOST_BYTES // 2
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            for entry in archive.infolist():
                is_sheet = "worksheets/" in entry.filename
                extent = _Extent()
                for chunk in _inflated(file, entry):
                    rest -= len(chunk)
                    if rest < 0:
                        raise too_large(path.name)
                    if is_sheet:
                        extent.add(chunk)
                if extent.cells > MOST_CELLS:
                    raise FileProblem(
                        f"{path.name} has a sheet that reaches to row {extent.rows:,} and column {extent.columns:,}, where at most "
                        f"{MOST_CELLS:,} cells were expected. Delete what lies far from the table, or give it as CSV."
                    )
    except (*ZIPPED, struct.error):
        raise FileProblem(f"{path.name} can't be read as an Excel workbook (it is damaged). Save it again as .xlsx, or as CSV.") from None
    except OSError as error:
        raise not_readable(path, error) from None


def _inflated(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry's bytes in chunks, as far as its packed bytes go: the unpacked size that the zip file says is not believed."""
    file.seek(entry.header_offset)
    _, name, extra = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
    file.seek(name + extra, 1)
    left = entry.compress_size
    unpack = zlib.decompressobj(-zlib.MAX_WBITS)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError
    while left > 0 and (packed := file.read(min(left, CHUNK))):
        left -= len(packed)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield packed
            continue
        while packed:
            yield unpack.decompress(packed, CHUNK)
            packed = unpack.unconsumed_tail


class _Extent:
    """The last row and column that a sheet's cells are in. Places far from the first cell are rare, and only then counted."""

    def __init__(self) -> None:
        self.rows, self.columns, self._before, self._far = 0, 0, b"", False

    def add(self, chunk: bytes) -> None:
        text = self._before + chunk
        self._before = text[-OVERLAP:]
        if FAR_PLACE.search(text) is None:
            self.rows, self.columns = max(self.rows, 99_999), max(self.columns, 26)
            return
        for letters, row in set(PLACE.findall(text)):
            self.rows, self.columns = max(self.rows, int(row)), max(self.columns, _column(letters))

    @property
    def cells(self) -> int:
        return self.rows * self.columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def check_parquet(path: Path, *, in_parts: bool = False) -> None:
    """Raises FileProblem when a Parquet file, or a part of it where it is read in parts, would become larger than there is room for.

    A value that is there often is packed once, so neither the file's size nor the sizes in its footer say how much it becomes.
    """
    try:
        with pq.ParquetFile(path) as file:
            meta, schema = file.metadata, file.schema_arrow
        sizes = (meta.row_group(group).column(column).total_uncompressed_size
                 for group in range(meta.num_row_groups) for column in range(meta.num_columns))
        if max(sizes, default=0) > MOST_BYTES or (meta.num_rows * meta.num_columns > MOST_PARQUET_VALUES and not in_parts):
            raise too_large(path.name)
        texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
        total = 0
        with pq.ParquetFile(path, read_dictionary=texts) as file:
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=texts) if texts else ():
                total = sum(_length(column) for column in batch.columns) + (0 if in_parts else total)
                if total > MOST_BYTES:
                    raise too_large(path.name)
    except (pa.ArrowException, OSError):
        return  # reading it says what is wrong


def _length(column: pa.Array) -> int:
    """The bytes of a column's text, each value counted as often as it is there."""
    if not pa.types.is_dictionary(column.type):
        return pc.sum(pc.binary_length(column)).as_py() or 0
    return pc.sum(pc.take(pc.binary_length(column.dictionary).cast(pa.int64()), column.indices)).as_py() or 0
