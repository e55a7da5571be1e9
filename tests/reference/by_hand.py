"""Sources written by hand for little examples: only the columns that matter are given, the others are blank."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.reference.care import Episode
from tests.reference.database import ReferenceDatabase
from tests.reference.days import Time
from tests.reference.layout import EXTRACTS, SSDA903_TABLES

Rows = list[dict[str, str]]


def write_source(folder: Path, **tables: Rows) -> Path:
    """A folder with one CSV file a table, SSDA903 tables and local extracts alike."""
    folder.mkdir()
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, SSDA903_TABLES.get(table) or EXTRACTS[table], restval="")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def always_covered(database: ReferenceDatabase) -> ReferenceDatabase:
    """The same data, with everything covered on every day: for examples of other things than coverage."""
    return replace(database, time=Time(always=True), remembered={})


def rows(columns: str, *lines: str) -> Rows:
    """Rows from their columns and lines of values, both divided by spaces; `.` is a blank."""
    names = columns.split()
    return [
        dict(zip(names, ("" if value == "." else value for value in line.split()), strict=True)) for line in lines
    ]


def episodes(*lines: str) -> list[Episode]:
    """Episodes of one child: `DECOM DEC RNE LS PLACE REC REASON_PLACE_CHANGE`, ISO dates, `.` for a blank."""
    found = []
    for line in lines:
        decom, dec, rne, legal_status, place, rec, reason = ("" if part == "." else part for part in line.split())
        ended = date.fromisoformat(dec) if dec else None
        found.append(Episode("1", date.fromisoformat(decom), rne, legal_status, place, ended, rec, reason))
    return found
