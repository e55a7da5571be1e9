"""Looking at an unknown file: its sheets, its rows as they are, and which of them is probably the header."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rapidfuzz import fuzz

from config.code_lists import plain
from data_access.load.drafting.names import CHILD, COMPLETED, END, NAMES, START, UPN
from data_access.load.errors import FileProblem
from data_access.load.reading.files import SEPARATORS, as_utf8, quoted_rows, shaped, with_end_mark
from data_access.load.reading.formats.packed import DataFile
from data_access.load.reading.formats.spreadsheets import read_parquet, read_workbook
from data_access.load.reading.listing import is_text
from data_access.load.reading.values import ISO, one_date

FIRST_ROWS = 40
"""Rows among which the header is looked for."""

KNOWN = {plain(each) for each in (*CHILD, *UPN, *START, *END, *COMPLETED)} | {
    plain(each) for table in NAMES.values() for column, names in table.items() for each in (column, *names)
}
Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(frozen=True)
class Look:
    """What a file holds. `rows` are the first sheet's, line and fields, as they are; `header` is the place of the probable header.

    `frame` has the rows below it by the columns' names, those of all sheets `alike` together, which have these columns. `twice` are
    names that more than one column has.
    """

    name: str
    rows: Rows
    header: int
    columns: tuple[str, ...]
    frame: pl.DataFrame
    sheets: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def several_sheets(self) -> bool:
        """Whether more than one sheet has rows."""
        return len(self.sheets) > 1

    @property
    def header_first(self) -> bool:
        """Whether the header is the first row that has anything in it."""
        return self.header == 0 and not self.several_sheets

    @property
    def named_above(self) -> tuple[str, ...]:
        """What stands above columns without a name that have values, as where cells of two header rows are one: it is the upper one's."""
        if self.header == 0:
            return ()
        (_, upper), (_, names), *below = self.rows[self.header - 1 :]
        blank = [place for place, (text, name) in enumerate(zip(upper, names, strict=False)) if text.strip() and not name.strip()]
        return tuple(upper[place].strip() for place in blank if any(fields[place].strip() for _, fields in below if place < len(fields)))

    def values(self, column: str) -> pl.Series:
        """The values of a column, as text."""
        return self.frame[column]


def look_at(file: DataFile) -> Look:
    """Looks at a file. Raises FileProblem when it can't be read, or holds nothing."""
    if file.suffix == ".parquet":
        raw = read_parquet(file.path)
        rows = [(1, raw.columns), *((line, [value or "" for value in fields]) for line, *fields in raw.rows.head(FIRST_ROWS).iter_rows())]
        return Look(file.name, rows, 0, *_named(raw.columns, raw.rows.drop("line")))
    if is_text(file):
        return _text(file)
    return _workbook(file.path)


def _text(file: DataFile) -> Look:
    data = as_utf8(file.contents(), file.name)
    rows = list(quoted_rows(with_end_mark(data), file.name, _separator(data.decode("utf-8"))))
    header = probable_header(rows)
    names = rows[header][1]
    # A total at the end often has fewer fields than the header.
    raw = shaped(names, [(line, [*fields, *[""] * (len(names) - len(fields))]) for line, fields in rows[header + 1 :]])
    return Look(file.name, rows[: FIRST_ROWS + header], header, *_named(raw.columns, raw.rows.drop("line")), twice=_twice(raw.columns))


def _separator(text: str) -> str:
    """The separator with which most of the first lines have the same number of fields, and as many as may be."""
    lines = [line for line in text.splitlines()[:FIRST_ROWS] if line.strip()]

    def regular(separator: str) -> int:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=separator))
        return max((count * width for width, count in widths.items() if width > 1), default=0)

    return max(SEPARATORS, key=regular)


def _workbook(path: Path) -> Look:
    sheets = read_workbook(path)
    if not sheets:
        raise FileProblem(f"{path.name} is empty.")
    held = [[(line, ["" if each is None else each for each in fields]) for line, *fields in sheet.cells.iter_rows()] for sheet in sheets]
    headers = [probable_header(rows) for rows in held]
    raws = [sheet.under(header) for sheet, header in zip(sheets, headers, strict=True)]
    named = [_named(raw.columns, raw.rows.drop("line")) for raw in raws]
    frames = [{_folded(name): frame[name] for name in names} for names, frame in named]
    main = max(range(len(raws)), key=lambda place: (_known(raws[place].columns), raws[place].rows.height))
    alike = [place for place in range(len(raws)) if 2 * len(frames[main].keys() & frames[place].keys()) > len(frames[main])] or [main]
    shared = [name for name in frames[main] if all(name in frames[place] for place in alike)]
    columns = tuple(frames[main][name].name for name in shared)
    rows = [pl.DataFrame({column: frames[place][name] for column, name in zip(columns, shared, strict=True)}) for place in alike]
    return Look(
        path.name, held[main][: FIRST_ROWS + headers[main]], headers[main], columns, pl.concat(rows), tuple(sheet.name for sheet in sheets),
        tuple(sheets[place].name for place in alike), _twice(raws[main].columns),
    )


def _folded(name: str) -> str:
    """A column's name as a load compares names."""
    return name.casefold()


def _known(columns: Sequence[str]) -> int:
    """How many of the names are like names that systems use."""
    return sum(max((fuzz.ratio(plain(name), known) for known in KNOWN), default=0.0) >= 88 for name in columns[:60] if plain(name))


def _twice(columns: Sequence[str]) -> tuple[str, ...]:
    counted = Counter(_folded(" ".join(name.split())) for name in columns)
    return tuple(dict.fromkeys(" ".join(name.split()) for name in columns if name.strip() and counted[_folded(" ".join(name.split()))] > 1))


def _named(columns: Sequence[str], rows: pl.DataFrame) -> tuple[tuple[str, ...], pl.DataFrame]:
    """The columns that have a name, the first of each, and their rows by these names."""
    names = [" ".join(name.split()) for name in columns]
    places = {name: place for place, name in reversed([*enumerate(names)]) if name}
    kept = tuple(name for name in dict.fromkeys(names) if name)
    return kept, rows.select(pl.col(str(places[name])).alias(name) for name in kept)


def probable_header(rows: Rows) -> int:
    """The place of the row that most looks like names of columns: filled, distinct, no dates or numbers, and like names that are known."""
    if not rows:
        return 0
    usual = Counter(sum(bool(field.strip()) for field in fields) for _, fields in rows).most_common(1)[0][0]
    scores = [_like_header(fields, usual) for _, fields in rows[:FIRST_ROWS]]
    return scores.index(max(scores))


def _like_header(fields: Sequence[str], usual: int) -> float:
    filled = [field.strip() for field in fields if field.strip()]
    if not filled:
        return -1.0
    texts = [each for each in filled if not each[0].isdigit() and not _is_date(each) and any(sign.isalpha() for sign in each)]
    known = sum(max((fuzz.ratio(plain(each), name) for name in KNOWN), default=0.0) >= 88 for each in filled[:60])
    return len(texts) / len(filled) + len(set(filled)) / len(filled) + 2 * known / len(filled) + min(len(filled) / max(usual, 1), 1.0)


def _is_date(text: str) -> bool:
    return pl.Series([text]).str.contains(ISO).item() or one_date(text, ("D/M/YYYY",)) is not None
