"""Files to raw text: rows as they were written, each with the line it began on."""

from __future__ import annotations

import codecs
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
SEPARATORS = (",", ";", "\t")
MOST_COLUMNS, MOST_CHARACTERS = 2000, 1_000_000
"""Of a header: the tables that are read have at most a few dozen columns."""

END_MARK = "\x1eend of file\x1e"


@dataclass(frozen=True)
class Raw:
    """One table as it was read.

    `columns` are the header's names, without surrounding spaces. `rows` has the `line` of each row (Int64, the header
    is usually 1) and one String column for each of them, named by position ('0', '1', ...), as written; empty is null.
    `ragged` are the rows with more or fewer fields than the header: line and fields.
    `table` is the name of the source table where the file itself says so (XML). `trimmed` says that no value has a space
    around it. `rows_set_aside` are rows that were read and are neither here nor ragged, because a description of the file says so.
    """

    columns: tuple[str, ...]
    rows: pl.DataFrame
    ragged: Sequence[tuple[int, list[str]]] = field(default_factory=list)
    table: str = ""
    trimmed: bool = False
    rows_set_aside: int = 0

    @property
    def rows_read(self) -> int:
        """How many rows there are, well shaped or not, and set aside."""
        return self.rows.height + len(self.ragged) + self.rows_set_aside

    @property
    def parts(self) -> Sequence[Raw]:
        """The table in parts that fit into memory, in order."""
        return [self]


def read_csv(path: Path) -> Raw:
    """A CSV file by its path. Raises FileProblem as `read_text` does, and when the system doesn't give it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise not_readable(path, error) from None
    return read_text(data, path.name)


def read_text(data: bytes, name: str) -> Raw:
    """A table as text: UTF-8 or UTF-16 with a byte-order mark, UTF-8 without one, otherwise cp1252; LF, CRLF or CR; fields may be quoted
    and are separated by commas, semicolons or tabs, whichever the header has most.

    Raises FileProblem for a file that holds NUL bytes, a quote that never closes, or nothing.
    """
    data = as_utf8(data, name)
    raw = read_plain(data)
    return raw if raw is not None else read_quoted(data, name, separator_of(data))


def separator_of(data: bytes) -> str:
    """What separates the fields of the first line that has a comma, semicolon or tab outside of quotes: the one that it has most."""
    for line in data.splitlines():
        outside = b"".join(line.split(b'"')[::2])
        counts = {separator: outside.count(separator.encode()) for separator in SEPARATORS}
        if any(counts.values()):
            return max(SEPARATORS, key=lambda separator: counts[separator])
    return SEPARATORS[0]


def as_utf8(data: bytes, name: str) -> bytes:
    """The contents of a text file as UTF-8 without a byte-order mark. Raises FileProblem when it isn't text."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            data = data.decode("utf-16").encode("utf-8")
        except UnicodeError:
            raise not_text(name) from None
    if b"\0" in data:
        raise with_nul(name)
    data = data.removeprefix(BYTE_ORDER_MARK)
    _check_width(data, name)
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252").encode("utf-8")
    except UnicodeDecodeError:
        raise not_text(name) from None


def _check_width(data: bytes, name: str) -> None:
    """Raises FileProblem for a first line that is no header of a table: each column costs memory and time."""
    start = data[:MOST_CHARACTERS]
    first = start.replace(b"\r", b"\n").partition(b"\n")[0]
    columns = 1 + max(first.count(separator.encode()) for separator in SEPARATORS)
    if columns > MOST_COLUMNS:
        raise FileProblem(
            f"{name} has {columns:,} columns or more in its first line, and {MOST_COLUMNS:,} are the most. "
            "Check what it is, and leave out the columns that are not needed."
        )


def not_readable(path: Path, error: OSError) -> FileProblem:
    """For a file that the system doesn't give."""
    return FileProblem(f"{path.name} can't be read ({error.strerror}). Check that the file is there and that you may read it.")


def with_nul(name: str) -> FileProblem:
    """For a file that holds NUL bytes."""
    return FileProblem(f"{name} holds NUL bytes, so it is not UTF-8, UTF-16 or cp1252 text. Save it as 'CSV UTF-8' and try again.")


def not_text(name: str) -> FileProblem:
    """For a file in no encoding that is read."""
    return FileProblem(f"{name} is neither UTF-8 nor cp1252 text. Save it as 'CSV UTF-8' and try again.")


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


def read_quoted(data: bytes, name: str, separator: str = ",") -> Raw:
    """The slow, obvious way, for every file."""
    rows = quoted_rows(with_end_mark(data), name, separator)
    _, header = next(rows)
    return shaped(header, list(rows))


def with_end_mark(data: bytes) -> io.StringIO:
    """The lines of a text in UTF-8, and the line of our own."""
    return io.StringIO(data.decode("utf-8") + "\n" + END_MARK, newline="")


def quoted_rows(text: Iterable[str], name: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """The line and fields of each row, the header first, of a file's lines, whose last is a line of our own.

    Raises FileProblem when there is no row or a quote never closes.
    """
    # The reader forgives a quote that is still open at the end of the file; the line of our own shows whether one was.
    reader = csv.reader(text, delimiter=separator)
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
