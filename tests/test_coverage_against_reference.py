"""What time is told, against the reference: gaps between returns, a return inside its year, look-backs, extracts that stop and begin anew.

The authorities of `tests/generators` lie within a year or two of one day. These lie over six years with holes, and have few children.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.cohorts import Cohort
from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.load import load
from metrics.measures import catalogue
from metrics.summary.summarise import State
from tests.data_access.files import Row, write
from tests.reference import ReferenceDatabase, measure_rows, of_cohort
from tests.reference import load as reference_load
from tests.spark import running_spark

CHILDREN = ("1", "2", "3")
FIRST, LAST = date(2020, 4, 1), date(2026, 3, 31)
DATED: dict[str, tuple[str, Row]] = {
    "assessments": ("completed_date", {}), "education_plans": ("completed_date", {}),
    "outcome_scores": ("score_date", {}), "attendance": ("date", {}), "exclusions": ("start_date", {}),
    "programmes": ("offered_date", {}), "programme_sessions": ("session_date", {"minutes": "60", "filmed_minutes": "15"}),
    "carer_training": ("completed_date", {}), "carers": ("start_date", {}), "care_arrangements": ("start_date", {}),
}
"""The extracts with the column that says what time they cover, and what else their rows hold."""
IDS = {"assessments": "assessment_id", "education_plans": "plan_id", "programmes": "programme_id"}


@st.composite
def extract_dates(draw: st.DrawFn) -> list[date]:
    """The dates of an extract: none, a few of one stretch, or of two with a hole of just under or over the longest gap."""
    begins = draw(st.dates(FIRST, LAST))
    dates = [begins + timedelta(days=days) for days in draw(st.lists(st.integers(0, 500), max_size=4))]
    if dates and draw(st.booleans()):
        dates.append(max(dates) + timedelta(days=draw(st.sampled_from([365, 366, 367, 600]))))
    return [day for day in dates if day <= LAST]


@st.composite
def made(draw: st.DrawFn) -> dict[str, Any]:
    """What an authority has: the collection years of its returns, its extracts' dates, and the last day that counts."""
    years = draw(st.sets(st.integers(2021, 2026), max_size=4))
    names = draw(st.sets(st.sampled_from(sorted(DATED))))
    extracts = {name: draw(extract_dates()) for name in sorted(names)}
    inside = draw(st.dates(date(2023, 1, 1), LAST))
    return {"years": sorted(years), "extracts": extracts, "as_at": draw(st.sampled_from([inside, LAST, date(2025, 2, 28)]))}


def write_authority(folder: Path, years: list[int], extracts: dict[str, list[date]]) -> list[Path]:
    """A return a year with the three children, one of whom is in none but the first, and a folder of extracts."""
    sources = []
    for year in years:
        sources.append(folder / f"return-{year}")
        there = CHILDREN if year == years[0] else CHILDREN[:2]
        write(sources[-1], "Header", *({"CHILD": child, "DOB": "02/01/2015"} for child in there))
        begins = {"1": f"01/05/{year - 1}", "2": f"31/03/{year}", "3": f"01/04/{year - 1}"}
        write(sources[-1], "Episodes", *({"CHILD": child, "DECOM": begins[child], "DEC": ""} for child in there))
        write(sources[-1], "OC2", *({"CHILD": child} for child in there))
        write(sources[-1], "PrevPerm", *({"CHILD": child} for child in there))
    sources.append(folder / "extracts")
    write(sources[-1], "children", *({"child_id": child, "date_of_birth": "2015-01-02"} for child in CHILDREN))
    statuses = zip(CHILDREN, ("confirmed", "at_risk", "confirmed"), strict=True)
    write(sources[-1], "attachment_needs", *(
        {"child_id": child, "status": status, "start_date": "2019-01-01"} for child, status in statuses
    ))
    for name, dates in extracts.items():
        column, more = DATED[name]
        write(sources[-1], name, *_rows(name, column, more, dates))
    return sources


def _rows(name: str, column: str, more: Row, dates: list[date]) -> list[Row]:
    rows = []
    for number, day in enumerate(sorted(set(dates))):
        row = {**more, column: day.isoformat()}
        if name in IDS:
            row[IDS[name]] = "p" if name == "programmes" and number == 0 else f"{name}-{number}"
        if name != "programme_sessions":
            row["child_id"] = CHILDREN[number % len(CHILDREN)]
        rows.append(row)
    return rows


def both(folder: Path, address: str, years: list[int], extracts: dict[str, list[date]], as_at: date) -> tuple[Reporting, ReferenceDatabase]:
    if extracts.get("programme_sessions") and not extracts.get("programmes"):
        extracts = {**extracts, "programmes": extracts["programme_sessions"]}
    sources = write_authority(folder, years, extracts)
    load(sources, address, as_at=as_at)
    return Reporting(engine(address)), reference_load(sources, as_at, None)


def compare(reporting: Reporting, reference: ReferenceDatabase, grains: tuple[str, ...], cohort: Cohort) -> None:
    """Every covered period with a denominator has the reference's counts, and no other period has any."""
    reporting, reference = reporting.of(cohort), of_cohort(reference, cohort.value)
    for measure in catalogue.measures():
        for grain in grains:
            summary = reporting.summary(measure, grain)
            told = {row["period"]: (row["numerator"], row["denominator"]) for row in summary.iter_rows(named=True) if row["denominator"]}
            wanted = {period: counts for (period,), counts in measure_rows(reference, measure.id, grain, (), {}).items()}
            assert told == wanted, (measure.id, grain, cohort)
            uncovered = [row for row in summary.iter_rows(named=True) if row["state"] == State.NOT_COVERED.value]
            assert all(row["numerator"] is row["denominator"] is row["value"] is None for row in uncovered), (measure.id, grain)
            assert summary.is_empty() or summary["state"][0] != State.NOT_COVERED.value, (measure.id, grain)


@pytest.mark.long
@given(made(), st.sampled_from(list(Cohort)), st.sampled_from(["month", "quarter", "year", "term"]))
@settings(max_examples=25)
def test_what_time_is_told_is_what_the_reference_tells(authority: dict[str, Any], cohort: Cohort, grain: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        address = f"duckdb:///{Path(folder) / 'reporting.duckdb'}"
        compare(*both(Path(folder) / "sources", address, **authority), (grain,), cohort)


HOLES: dict[str, Any] = {
    "years": [2021, 2022, 2024], "as_at": date(2025, 10, 15),
    "extracts": {
        "exclusions": [date(2025, 10, 3)], "assessments": [date(2021, 5, 17), date(2023, 9, 4), date(2025, 1, 9)],
        "attendance": [date(2023, 4, 20), date(2023, 5, 2)], "education_plans": [],
    },
}
"""A return is missing, an extract begins anew after a hole and another has one row, a third stops, and a fourth has no rows."""


@pytest.mark.parametrize("cohort", list(Cohort))
def test_holes_on_duckdb(tmp_path: Path, cohort: Cohort) -> None:
    compare(*both(tmp_path / "sources", f"duckdb:///{tmp_path / 'reporting.duckdb'}", **HOLES), ("month", "year"), cohort)


def test_holes_on_postgresql(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    pair = both(tmp_path / "sources", postgresql_database(), **HOLES)
    for cohort in (Cohort.RECORDED, Cohort.LOOKED_AFTER):
        compare(*pair, ("quarter",), cohort)


@pytest.mark.long
def test_holes_on_spark(tmp_path: Path) -> None:
    with running_spark() as server:
        pair = both(tmp_path / "sources", f"{server}?tables={tmp_path / 'tables'}", **HOLES)
        compare(*pair, ("quarter",), Cohort.LOOKED_AFTER)


def test_a_return_inside_its_year_is_told_up_to_the_as_at_date(tmp_path: Path) -> None:
    address = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    reporting, _ = both(tmp_path / "sources", address, [2025, 2026], {"exclusions": [date(2025, 10, 3)]}, date(2025, 10, 15))
    reporting = reporting.of(Cohort.LOOKED_AFTER)
    stability = reporting.summary(catalogue.get("three_or_more_placements"), "quarter")
    assert stability.select("period", "state").rows() == [
        ("2024-25 Q4", "shown"), ("2025-26 Q1", "shown"), ("2025-26 Q2", "shown"), ("2025-26 Q3", "shown"),
    ]
    suspended = reporting.summary(catalogue.get("suspended"), "quarter")
    assert suspended.select("period", "complete").rows() == [("2025-26 Q3", False)]
