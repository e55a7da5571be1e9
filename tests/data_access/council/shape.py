"""How systems of councils and schools write their exports: names of columns, dates, words, titles, totals, encodings."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from tests.data_access.council.facts import FACTS, UPNS

YES_NO = {"1": "Yes", "0": "No"}
Y_N = {"1": "Y", "0": "N"}
TRUE_FALSE = {"1": "TRUE", "0": "FALSE"}
PARTS = ("support_details", "contacts", "key_person", "safe_place")
CELL = "a real date"


@dataclass(frozen=True)
class Shape:
    """One export: its file, the table whose facts it says, the file's name for each of our columns, and how they are written.

    `child` is what the child's column holds: 'id', 'upn', or 'P', an id behind that letter. `days` is the format of its dates.
    """

    file: str
    table: str
    columns: Mapping[str, str]
    days: str = "%d/%m/%Y"
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    child: str = "id"
    separator: str = ","
    encoding: str = "utf-8"
    titles: Sequence[Sequence[str]] = ()
    total: str = ""
    last_day: bool = False
    sheets: int = 1
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> Sequence[str]:
        """The columns of ours that the file says."""
        return list(self.columns)

    def rows(self) -> list[list[object]]:
        return [[self._value(row, ours) for ours in self.columns] + list(self.extra.values()) for row in FACTS[self.table]]

    def header(self) -> list[str]:
        return [*self.columns.values(), *self.extra]

    def _value(self, row: Mapping[str, str], ours: str) -> object:
        value = row[ours]
        if ours == "child_id":
            return UPNS[value] if self.child == "upn" else value if self.child == "id" else f"{self.child}{value.lstrip('0')}"
        if value and (ours.endswith("date") or ours in ("date", "date_of_birth")):
            date = datetime.date.fromisoformat(value) - datetime.timedelta(days=self.last_day and ours == "end_date")
            if self.days == CELL:
                return date
            return date.strftime(self.days).removeprefix("0") if "%B" in self.days else date.strftime(self.days)
        return self.words.get(ours, {}).get(value, value)

    def write(self, folder: Path) -> Path:
        """The file in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / self.file
        if path.suffix == ".xlsx":
            self._workbook(path)
        else:
            text = io.StringIO()
            writer = csv.writer(text, delimiter=self.separator, lineterminator="\r\n")
            writer.writerows([*self.titles, self.header(), *self.rows()])
            if self.total:
                writer.writerow([self.total, *[""] * (len(self.header()) - 1)])
            data = text.getvalue().encode(self.encoding)
            path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path

    def _workbook(self, path: Path) -> None:
        rows = self.rows()
        with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
            for number in range(self.sheets):
                sheet = book.add_worksheet(["Autumn", "Spring", "Summer"][number])
                part = rows[number :: self.sheets]
                lines = [*self.titles, self.header(), *part, *([[self.total]] if self.total else [])]
                for line, row in enumerate(lines):
                    for place, value in enumerate(row):
                        if value != "":
                            sheet.write(line, place, value)
