"""The demo authority's files, damaged in one way at a time, as real files are."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

Rows = list[dict[str, str]]


def copy_of(sources: list[Path], folder: Path) -> list[Path]:
    """A copy of the sources that may be damaged."""
    return [Path(shutil.copytree(source, folder / source.name)) for source in sources]


def change(file: Path, how: Callable[[Rows], Rows]) -> None:
    """Rewrites a CSV file with its rows changed."""
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, columns)
        writer.writeheader()
        writer.writerows(how(rows))


def without_a_term(rows: Rows) -> Rows:
    """Attendance without the spring term of 2026."""
    return [row for row in rows if not "2026-01-01" <= row["date"] <= "2026-04-15"]


def a_school_stops(rows: Rows) -> Rows:
    """Attendance in which half of the children have no marks from May 2026 on."""
    stopped = set(sorted({row["child_id"] for row in rows})[::2])
    return [row for row in rows if row["date"] < "2026-05-01" or row["child_id"] not in stopped]


def wrong_codes(column: str, every: int) -> Callable[[Rows], Rows]:
    """Every so many rows with a code that there isn't."""
    return lambda rows: [{**row, column: "?"} if not number % every else row for number, row in enumerate(rows)]


def repeated(every: int) -> Callable[[Rows], Rows]:
    """Every so many rows twice, the second time with another team."""
    return lambda rows: [*rows, *({**row, "team": "Another"} for row in rows[::every])]


def emptied(column: str, every: int) -> Callable[[Rows], Rows]:
    """Every so many rows without a value."""
    return lambda rows: [{**row, column: ""} if not number % every else row for number, row in enumerate(rows)]
