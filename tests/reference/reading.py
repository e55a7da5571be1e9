"""Sources as raw text: folders of CSV, their tables, and the collection year of a return."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.reference.layout import EXTRACTS, NOT_USED_TABLES, OPTIONAL, SSDA903_TABLES


class Refused(Exception):
    """The whole load stops: the sources are not what the data dictionary describes."""


@dataclass(frozen=True)
class RawRow:
    """One row as it was read; `line` counts the lines of the file, the header being line 1."""

    line: int
    fields: list[str]


@dataclass(frozen=True)
class RawTable:
    """One file of a source."""

    source: str
    file: str
    table: str
    columns: list[str]
    rows: list[RawRow]

    def values(self, row: RawRow) -> dict[str, str]:
        """The dictionary's columns of a row that is not ragged, without spaces around the values."""
        found = {name: value.strip() for name, value in zip(self.columns, row.fields, strict=True)}
        wanted = SSDA903_TABLES[self.table] if self.table in SSDA903_TABLES else EXTRACTS[self.table]
        values = {name: found.get(name, "") for name in wanted}
        if self.table == "attendance":
            values["session"] = values["session"].upper()
            values["mark"] = values["mark"].upper()
        return values


@dataclass(frozen=True)
class Source:
    """One folder named in the load."""

    name: str
    tables: list[RawTable]

    def is_return(self) -> bool:
        return any(table.table in SSDA903_TABLES for table in self.tables)


def parse_date(text: str, is_return: bool) -> date | None:
    """A date as SSDA903 (`DD/MM/YYYY`) or a local extract (`YYYY-MM-DD`) writes it; None if it is not one."""
    if not is_return and re.fullmatch("[0-9]{2}/[0-9]{2}/[0-9]{4}", text):
        is_return = True  # an extract may write a date as a return does
    form = r"([0-9]{2})/([0-9]{2})/([0-9]{4})" if is_return else r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    match = re.fullmatch(form, text)
    if match is None:
        return None
    first, month, last = (int(part) for part in match.groups())
    day, year = (first, last) if is_return else (last, first)
    if not 1900 <= year <= 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_text(path: Path) -> str:
    """UTF-8 with or without a byte-order mark, or else cp1252."""
    content = path.read_bytes()
    if b"\0" in content:
        raise Refused(f"{path.name} holds NUL bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def read_rows(text: str) -> Iterator[RawRow]:
    """Every row with the line it begins on. Blank lines are no rows."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    for fields in reader:
        if not (fields == [] or (len(fields) == 1 and fields[0].strip() == "")):
            yield RawRow(begins, fields)
        begins = reader.line_num + 1


def recognise(file: str, columns: list[str]) -> str:
    """An SSDA903 table by its columns, or an extract by its file's name."""
    upper = {name.upper() for name in columns}
    for table, wanted in {**SSDA903_TABLES, **NOT_USED_TABLES}.items():
        if set(wanted) <= upper:
            return table
    stem = Path(file).stem.lower()
    if stem not in EXTRACTS:
        raise Refused(f"{file} is no table of the data dictionary")
    missing = set(EXTRACTS[stem]) - OPTIONAL.get(stem, set()) - set(columns)
    if missing or (stem == "carer_training" and not {"child_id", "carer_id"} & set(columns)):
        raise Refused(f"{file} lacks {sorted(missing)}")
    return stem


def read_file(source: str, path: Path) -> RawTable:
    try:
        rows = list(read_rows(read_text(path)))
    except (csv.Error, UnicodeDecodeError) as error:
        raise Refused(f"{path.name} is unreadable: {error}") from error
    if not rows:
        raise Refused(f"{path.name} has no header")
    columns = [name.strip() for name in rows[0].fields]
    table = recognise(path.name, columns)
    if table in SSDA903_TABLES:
        columns = [name.upper() for name in columns]
    return RawTable(source, path.name, table, columns, rows[1:])


def read_source(folder: Path) -> Source:
    """Every CSV file of a folder, in the order of their names."""
    paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    tables = [read_file(str(folder), path) for path in paths]
    if not tables:
        raise Refused(f"{folder.name} holds no known table")
    return Source(str(folder), tables)


def financial_year_end(day: date) -> int:
    """The calendar year in which the financial year (1 April to 31 March) that holds a day ends."""
    return day.year + 1 if day.month >= 4 else day.year


def collection_year_of(source: Source) -> int:
    """The year that holds the latest DECOM, or the latest DEC less one day, whichever is later."""
    days: list[date] = []
    for table in source.tables:
        if table.table != "Episodes":
            continue
        for row in table.rows:
            if len(row.fields) != len(table.columns):
                continue
            values = table.values(row)
            started = parse_date(values["DECOM"], is_return=True)
            ended = parse_date(values["DEC"], is_return=True)
            if started is not None:
                days.append(started)
            if ended is not None:
                days.append(ended - timedelta(days=1))
    if not days:
        raise Refused(f"{source.name} has no episode with a readable date, so its collection year is unknown")
    return financial_year_end(max(days))
