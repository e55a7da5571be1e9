"""Small sources for the tests: files with the right columns, of which a test says only what it is about."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from data_access.engines import engine
from data_access.load import LoadReport, load
from data_access.load.checking import specification as spec
from data_access.tables import metadata

Row = Mapping[str, str]
TABLES = {table.name: table for table in (*spec.RETURN_TABLES, *spec.UNUSED_TABLES, *spec.EXTRACTS)}
DEFAULTS: dict[str, Row] = {
    "Header": {"CHILD": "1", "SEX": "M", "DOB": "02/01/2015", "ETHNIC": "WBRI"},
    "Episodes": {"CHILD": "1", "DECOM": "01/05/2025", "RNE": "S", "LS": "C2", "PLACE": "U4"},
    "OC2": {"CHILD": "1", "SDQ_SCORE": "12"},
    "UASC": {"CHILD": "1"},
    "PrevPerm": {"CHILD": "1", "PREV_PERM": "Z1"},
    "children": {"child_id": "1"},
    "attachment_needs": {"child_id": "1", "status": "confirmed", "start_date": "2025-01-01"},
    "care_arrangements": {"child_id": "1", "care_status": "edge_of_care", "start_date": "2025-01-01"},
    "assessments": {"assessment_id": "a", "child_id": "1", "completed_date": "2025-01-01"},
    "programmes": {"programme_id": "p", "child_id": "1", "programme": "video_feedback"},
    "programme_sessions": {"programme_id": "p", "session_date": "2025-01-01"},
    "outcome_scores": {"child_id": "1", "domain": "social_emotional", "instrument": "sdq_total", "score_date": "2025-01-01", "score": "9"},
    "education_plans": {"plan_id": "e", "child_id": "1", "completed_date": "2025-01-01"},
    "attendance": {"child_id": "1", "date": "2025-01-01", "session": "AM", "mark": "/"},
    "exclusions": {"child_id": "1", "start_date": "2025-01-01", "category": "SUSP"},
    "attendance_summary": {
        "child_id": "1", "start_date": "2025-01-06", "end_date": "2025-02-17", "possible_sessions": "10", "attended_sessions": "9",
    },
    "carers": {"carer_id": "c", "child_id": "1", "start_date": "2025-01-01"},
    "carer_training": {"child_id": "1", "completed_date": "2025-01-01"},
    "same_child": {"old_id": "before", "new_id": "1"},
    "same_team": {"old": "North", "new": "East"},
}
"""A good row of each table."""


def write(folder: Path, table: str, *rows: Row, name: str = "") -> Path:
    """A CSV file of a table with a good row for each of the given, changed as that says."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name or table}.csv"
    columns = TABLES[table].columns
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({**DEFAULTS.get(table, {}), **row} for row in rows)
    return path


def database(folder: Path) -> str:
    """The address of a DuckDB file in a folder."""
    return f"duckdb:///{folder / 'reporting.duckdb'}"


def rows_of(url: str, table: str) -> list[dict[str, object]]:
    """The rows of a reporting table, in an order that depends on nothing but them."""
    return _tables(url, [table])[table]


def contents_of(url: str) -> dict[str, list[dict[str, object]]]:
    """Everything in a reporting database but when it was loaded, and by whom."""
    held = _tables(url, [name for name in metadata.tables if name != "load_history"])
    for row in held["data_version"]:
        del row["loaded_at"]
    return held


def _tables(url: str, names: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    reader = engine(url)
    try:
        with reader.connect() as connection:
            found = {name: [dict(row._mapping) for row in connection.execute(sa.select(metadata.tables[name]))] for name in names}
    finally:
        reader.dispose()
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def counts(report: LoadReport) -> dict[str, tuple[int, int, int]]:
    """rows read, loaded and quarantined of each table, all files together."""
    found: dict[str, tuple[int, int, int]] = {}
    for each in report.files:
        read, loaded, quarantined = found.get(each.table, (0, 0, 0))
        found[each.table] = (read + each.rows_read, loaded + each.rows_loaded, quarantined + each.rows_quarantined)
    return found


def loaded(
    folder: Path, *sources: Path, as_at: datetime.date | None = None, collection_year: int | None = None,
) -> tuple[LoadReport, str]:
    """Loads sources into a database in the folder and gives the report and the address."""
    url = database(folder)
    return load(list(sources), url, as_at=as_at, collection_year=collection_year), url


def reasons(url: str, table: str) -> list[tuple[int, str]]:
    """Line and reason of each quarantined row of a table, by line."""
    found = [row for row in rows_of(url, "quarantine") if row["table_name"] == table]
    return sorted((int(str(row["line"])), str(row["reason"])) for row in found)


def columns_line(table: str, extra: Sequence[str] = ()) -> str:
    """The header row of a table."""
    return ",".join((*TABLES[table].columns, *extra))
