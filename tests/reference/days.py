"""The as-at date that a load finds, and the attendance summaries that count."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.reference.checking import Checked, LoadedRow
from tests.reference.reading import Refused, parse_date


@dataclass(frozen=True)
class AttendanceSummary:
    child_id: str
    start_date: date
    end_date: date
    possible_sessions: int
    attended_sessions: int


def day_of(row: LoadedRow, column: str) -> date | None:
    return parse_date(row.values[column], is_return=row.collection_year is not None)


def known_day_of(row: LoadedRow, column: str) -> date:
    day = day_of(row, column)
    assert day is not None, f"{row.table}.{column} was checked to be a date"
    return day


def latest_date(checked: Checked, today: date) -> date:
    """The as-at date where none is given: the latest of the dates that the data dictionary names, or the end of the last return's year."""
    dated = {
        "assessments": ["completed_date"], "education_plans": ["completed_date"],
        "carer_training": ["completed_date"], "programme_sessions": ["session_date"], "outcome_scores": ["score_date"],
        "attendance": ["date"], "exclusions": ["start_date"],
    }
    others = [
        day
        for table, columns in dated.items()
        for row in checked.of(table)
        for column in columns
        if (day := day_of(row, column)) is not None
    ]
    others += [known_day_of(row, "end_date") - timedelta(days=1) for row in checked.of("attendance_summary")]
    # Of the rows that are kept: one that a later return replaced says nothing.
    last: dict[tuple[str, str], LoadedRow] = {}
    for row in checked.of("Episodes"):
        last[row.child_id, row.values["DECOM"]] = row
    episodes: list[date] = []
    for row in last.values():
        episodes.append(known_day_of(row, "DECOM"))
        ended = day_of(row, "DEC")
        if ended is not None:
            episodes.append(ended - timedelta(days=1))
    if not episodes + others:
        raise Refused("nothing that was loaded has a date, so there is no as-at date")
    latest = max(episodes + others)
    if episodes and latest == max(episodes) and checked.with_episodes:
        year = max(checked.collection_years[source] for source in checked.with_episodes)
        if date(year - 1, 4, 1) <= latest <= date(year, 3, 31) < today:
            return date(year, 3, 31)
    return latest


def counted_summaries(checked: Checked, as_at: date) -> list[AttendanceSummary]:
    """Those of children without marks on their days; of those that share a day, in the order of their starts, the first."""
    marks: dict[str, list[date]] = {}
    for row in checked.of("attendance"):
        marks.setdefault(row.child_id, []).append(known_day_of(row, "date"))
    counted: list[AttendanceSummary] = []
    for row in sorted(checked.of("attendance_summary"), key=lambda row: row.values["start_date"]):
        summary = AttendanceSummary(
            row.child_id, known_day_of(row, "start_date"), known_day_of(row, "end_date"),
            int(row.values["possible_sessions"]), int(row.values["attended_sessions"]),
        )
        if any(summary.start_date <= day < summary.end_date for day in marks.get(row.child_id, [])):
            continue
        if summary.end_date <= as_at + timedelta(days=1) and any(
            other.child_id == summary.child_id and other.end_date > summary.start_date
            and other.end_date <= as_at + timedelta(days=1)
            for other in counted
        ):
            continue
        counted.append(summary)
    return counted


@dataclass
class Time:
    """What says which time is covered.

    `returned`: by table of a return, the collection years of which it was loaded; `returned_rows`: those of which any row was.
    `dates`: by extract that was provided, the dates of its rows; `extract_rows`: those of which any row was loaded.
    """

    returned: dict[str, set[int]] = field(default_factory=dict)
    returned_rows: set[str] = field(default_factory=set)
    dates: dict[str, list[date]] = field(default_factory=dict)
    extract_rows: set[str] = field(default_factory=set)
    always: bool = False
    """For little examples of other things: everything is covered on every day."""


DATES = {
    "assessments": ["completed_date"], "programmes": ["offered_date", "start_date"], "programme_sessions": ["session_date"],
    "outcome_scores": ["score_date"], "care_arrangements": ["start_date"], "education_plans": ["completed_date"],
    "attendance": ["date"], "attendance_summary": ["start_date"], "exclusions": ["start_date"], "carer_training": ["completed_date"],
    "carers": ["start_date"],
}
"""The columns of which the earlier one is the date of an extract's row."""


def time_of(checked: Checked) -> Time:
    """A table of which rows were read and none loaded says nothing."""
    time = Time()
    loaded: dict[tuple[str, int | None], int] = {}
    for table, rows in checked.rows.items():
        for row in rows:
            loaded[table, row.collection_year] = loaded.get((table, row.collection_year), 0) + 1
    for (table, year), read in checked.read.items():
        if read and not loaded.get((table, year)):
            continue
        if year is not None:
            time.returned.setdefault(table, set()).add(year)
            time.returned_rows |= {table} if loaded.get((table, year)) else set()
        elif table in DATES:
            time.extract_rows |= {table} if read else set()
            found = [[day for column in DATES[table] if (day := day_of(row, column))] for row in checked.of(table)]
            time.dates[table] = [min(days) for days in found if days]
    return time
