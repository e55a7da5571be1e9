"""Files to raw text: rows as they were written, each with the line it began on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from data_access.load.errors import FileProblem

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LINE_FEED, SPACE, COMMA, LAST_PRINTED = 10, 32, 44, 126
END_MARK = "\x1eend of file\x1e"


@dataclass(frozen=True)
class Raw:
    """One table as it was read.

    `columns` are the header's names, without surrounding spaces. `rows` has the `line` of each row (Int64, the header
    is usually 1) and one String column for each of them, named by position ('0', '1', ...), as written; empty is null.
    `ragged` are the rows with more or fewer fields than the header: line and fields.
    `table` is the name of the source table where the file itself says so (XML). `trimmed` says that no value has a space
    around it.
    """

    columns: tuple[str, ...]
    rows: pl.DataFrame
    ragged: Sequence[tuple[int, list[str]]] = field(default_factory=list)
    table: str = ""
    trimmed: bool = False

    @property
    def rows_read(self) -> int:
        """How many rows there are, well shaped or not."""
        return self.rows.height + len(self.ragged)

    @property
    def parts(self) -> Sequence[Raw]:
        """The table in parts that fit into memory, in order."""
        return [self]


def read_csv(path: Path) -> Raw:
    """A CSV file: UTF-8 with or without a byte-order mark, otherwise cp1252; LF, CRLF or CR; fields may be quoted.

    Raises FileProblem for a file that holds NUL bytes, a quote that never closes, or nothing.
    """
    data = text_bytes(path)
    raw = read_plain(data)
    return raw if raw is not None else read_quoted(data, path.name)


def text_bytes(path: Path) -> bytes:
    """The contents of a text file as UTF-8 without a byte-order mark. Raises FileProblem when it isn't text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise not_readable(path, error) from None
    if b"\0" in data:
        raise with_nul(path)
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252").encode("utf-8")
    except UnicodeDecodeError:
        raise not_text(path) from None


def not_readable(path: Path, error: OSError) -> FileProblem:
    """For a file that the system doesn't give."""
    return FileProblem(f"{path.name} can't be read ({error.strerror}). Check that the file is there and that you may read it.")


def with_nul(path: Path) -> FileProblem:
    """For a file that holds NUL bytes."""
    return FileProblem(f"{path.name} holds NUL bytes, so it is not UTF-8 or cp1252 text. Save it as 'CSV UTF-8' and try again.")


def not_text(path: Path) -> FileProblem:
    """For a file in no encoding that is read."""
    return FileProblem(f"{path.name} is neither UTF-8 nor cp1252 text. Save it as 'CSV UTF-8' and try again.")


def read_plain(data: bytes) -> Raw | None:
    """The fast way, for a file without quotes and blank lines in which every row has the header's number of fields.

    Returns None for any other file: that one goes the slow way.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n")
    if b'"' in data or b"\r" in data or not data:
        return None
    if not data.endswith(b"\n"):
        data += b"\n"
    header = data[: data.index(b"\n")].decode("utf-8").split(",")
    numbers = np.frombuffer(data, dtype=np.uint8)
    lines = np.count_nonzero(numbers == LINE_FEED)
    width = len(header)
    # The reader refuses a row with more fields than the header, so with just enough commas in all no row has fewer either.
    if width < 2 or np.count_nonzero(numbers == COMMA) != lines * (width - 1):
        return None
    if lines == 1:
        return Raw(_names(header), _frame([], [], width))
    schema = {str(position): pl.String() for position in range(width)}
    try:
        rows = pl.read_csv(data, has_header=False, skip_rows=1, quote_char=None, schema=schema)
    except pl.exceptions.PolarsError:
        return None
    if len(rows) != lines - 1:
        return None
    body = numbers[data.index(b"\n") :]
    trimmed = body.max() <= LAST_PRINTED and np.count_nonzero(body <= SPACE) == lines
    rows.insert_column(0, pl.Series("line", np.arange(2, lines + 1)))
    return Raw(_names(header), rows, trimmed=trimmed)


def read_quoted(data: bytes, name: str) -> Raw:
    """The slow, obvious way, for every file."""
    rows = quoted_rows(io.StringIO(data.decode("utf-8") + "\n" + END_MARK, newline=""), name)
    _, header = next(rows)
    return shaped(header, list(rows))


def quoted_rows(text: Iterable[str], name: str) -> Iterator[tuple[int, list[str]]]:
    """The line and fields of each row, the header first, of a file's lines, whose last is a line of our own.

    Raises FileProblem when there is no row or a quote never closes.
    """
    # The reader forgives a quote that is still open at the end of the file; the line of our own shows whether one was.
    reader = csv.reader(text)
    begun, last = 1, None
    empty = True
    try:
        for fields in reader:
            if len(fields) > 1 or (fields and fields[0].strip()):
                if last is not None:
                    empty = False
                    yield last
                last = (begun, fields)
            begun = reader.line_num + 1
    except csv.Error:
        last = None
    if last is None or last[1] != [END_MARK]:
        raise FileProblem(f"{name} has a quotation mark that never closes. Correct the quotation marks and try again.")
    if empty:
        raise FileProblem(f"{name} is empty; a header row with the names of the columns was expected.")


def shaped(header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> Raw:
    """Rows (line and fields) as a table."""
    whole = [row for row in rows if len(row[1]) == len(header)]
    ragged = [row for row in rows if len(row[1]) != len(header)]
    return Raw(_names(header), _frame([line for line, _ in whole], [fields for _, fields in whole], len(header)), ragged)


def _names(header: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in header)


def _frame(lines: list[int], rows: list[list[str]], width: int) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    frame = pl.DataFrame(
        {"line": lines, **{str(position): column for position, column in enumerate(columns)}},
        schema={"line": pl.Int64(), **{str(position): pl.String() for position in range(width)}},
    )
    return frame.with_columns(pl.col(pl.String).replace("", None))


def as_written(fields: Sequence[str | None]) -> str:
    """Fields as one line of CSV."""
    line = io.StringIO()
    # The writer quotes a line end only when it writes one itself.
    csv.writer(line, lineterminator="\r\n").writerow(["" if value is None else value for value in fields])
    return line.getvalue().removesuffix("\r\n")
