"""The demo authority's files, held against the data dictionary in plain Python, and against the load."""

from __future__ import annotations

import csv
import datetime
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import code_lists
from data_access.demo import LAST_DAY, write_demo
from data_access.load import LoadReport, load

RETURNS = ["ssda903-2022-23", "ssda903-2023-24", "ssda903-2024-25", "ssda903-2025-26", "ssda903-2026-27"]
Row = dict[str, str]


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demo(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def report(sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> LoadReport:
    return load(sources, f"duckdb:///{tmp_path_factory.mktemp('database') / 'demo.duckdb'}")


def rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def iso(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def british(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


def is_date(text: str) -> bool:
    try:
        iso(text)
    except ValueError:
        return False
    return len(text) == 10


def year_of(source: Path) -> int:
    return int(source.name[8:12]) + 1


def returns(sources: list[Path]) -> Iterator[tuple[int, Path]]:
    for source in sources[:-1]:
        yield year_of(source), source


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def test_the_sources_come_in_load_order(sources: list[Path]) -> None:
    assert [source.name for source in sources] == [*RETURNS, "extracts"]
    assert len(rows(sources[-1] / "children.csv")) == 600


def test_the_same_arguments_write_the_same_bytes(sources: list[Path], tmp_path: Path) -> None:
    write_demo(tmp_path / "again")
    assert contents(tmp_path / "again") == contents(sources[0].parent)


def test_another_seed_writes_another_authority(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_demo(tmp_path / str(seed), seed=seed, children=60, years=1)
    assert (tmp_path / "1/extracts/children.csv").read_bytes() != (tmp_path / "2/extracts/children.csv").read_bytes()


@pytest.mark.parametrize(("children", "years"), [(49, 4), (600, 0)])
def test_an_authority_that_is_too_small_is_refused(tmp_path: Path, children: int, years: int) -> None:
    with pytest.raises(ValueError, match="at least 50 children and one year"):
        write_demo(tmp_path, children=children, years=years)


def test_every_return_has_only_codes_of_its_collection_year(sources: list[Path]) -> None:
    for year, source in returns(sources):
        for header in rows(source / "header.csv"):
            assert header["SEX"] in (("M", "F", "U") if year >= 2025 else ("1", "2"))
            assert header["ETHNIC"] in code_lists.ETHNICITIES
            assert header["UPN"] == ""
        for episode in rows(source / "episodes.csv"):
            assert episode["PLACE"] in code_lists.place_codes(year), (year, episode)
            assert episode["LS"] in code_lists.LEGAL_STATUS
            assert episode["RNE"] in code_lists.RNE
            assert episode["REC"] in ("", *code_lists.REC)
            assert episode["REASON_PLACE_CHANGE"] in ("", *code_lists.REASON_PLACE_CHANGE)
            assert (episode["HOME_POST"], episode["PL_POST"]) == ("", "")
        for row in rows(source / "previous_permanence.csv"):
            assert row["PREV_PERM"] in ("", *code_lists.PREVIOUS_PERMANENCE)


def test_every_row_of_a_return_is_about_a_child_of_its_header_once(sources: list[Path]) -> None:
    for _, source in returns(sources):
        known = [row["CHILD"] for row in rows(source / "header.csv")]
        assert len(known) == len(set(known))
        for name, key in (("episodes", ("CHILD", "DECOM")), ("uasc", ("CHILD",)), ("previous_permanence", ("CHILD",)), ("oc2", ("CHILD",))):
            path = source / f"{name}.csv"
            found = [tuple(row[column] for column in key) for row in rows(path)] if path.exists() else []
            assert len(found) == len(set(found))
            assert {row[0] for row in found} <= set(known)


def test_strengths_and_difficulties_are_only_in_returns_of_a_whole_year(sources: list[Path]) -> None:
    scores = []
    for year, source in returns(sources):
        assert (source / "oc2.csv").exists() == (year < 2027)
        scores += rows(source / "oc2.csv") if year < 2027 else []
    assert all(0 <= int(row["SDQ_SCORE"]) <= 40 and not row["SDQ_REASON"] for row in scores if row["SDQ_SCORE"])


def test_a_return_holds_the_episodes_of_its_year_and_is_dated_to_it(sources: list[Path]) -> None:
    for year, source in returns(sources):
        first, last = datetime.date(year - 1, 4, 1), datetime.date(year, 3, 31)
        latest = datetime.date.min
        for row in rows(source / "episodes.csv"):
            start, end = british(row["DECOM"]), british(row["DEC"]) if row["DEC"] else None
            assert start <= last
            assert end is None or first <= end <= last
            assert end is None or start < end
            assert (row["REC"] == "") == (end is None)
            latest = max(latest, start, end - datetime.timedelta(days=1) if end else start)
        assert latest >= first


def test_open_episodes_come_again_next_year_and_closed_ones_are_continued(sources: list[Path]) -> None:
    by_year = {
        year: {(row["CHILD"], row["DECOM"]): row for row in rows(source / "episodes.csv")} for year, source in returns(sources)
    }
    for year in list(by_year)[:-1]:
        for key, row in by_year[year].items():
            if not row["DEC"]:
                again = by_year[year + 1][key]
                assert (again["RNE"], again["LS"]) == (row["RNE"], row["LS"])
                assert code_lists.PLACEMENT[again["PLACE"]] == code_lists.PLACEMENT[row["PLACE"]]
            elif row["REC"] == "X1":
                continued = by_year[year].get((row["CHILD"], row["DEC"]))
                assert continued is not None
                assert continued["RNE"] != "S"


def flag(text: str) -> bool:
    return text in ("", "0", "1")


def date_or_blank(text: str) -> bool:
    return text == "" or is_date(text)


def one_of(*codes: str) -> Callable[[str], bool]:
    return lambda text: text in codes


def number(text: str) -> bool:
    return text == "" or text.isdigit()


RULES: dict[str, dict[str, Callable[[str], bool]]] = {
    "children": {
        "child_id": bool, "sex": one_of("M", "F", "U"), "date_of_birth": is_date, "ethnicity": one_of(*code_lists.ETHNICITIES),
        "disabled": flag, "mental_health_problem": flag, "origin": one_of("", *code_lists.ORIGINS), "uasc": flag,
    },
    "attachment_needs": {"status": one_of(*code_lists.NEED_STATUSES), "start_date": is_date, "end_date": date_or_blank},
    "care_arrangements": {
        "care_status": one_of(*code_lists.CARE_STATUSES), "placement": one_of(*code_lists.PLACEMENTS), "start_date": is_date,
        "end_date": date_or_blank, "end_reason": one_of("", *code_lists.END_REASONS),
    },
    "assessments": {"completed_date": is_date, **dict.fromkeys(code_lists.ASSESSMENT_FACTORS, flag)},
    "programmes": {
        "programme": one_of(*code_lists.PROGRAMMES), "offered_date": is_date, "start_date": date_or_blank, "end_date": date_or_blank,
    },
    "programme_sessions": {"session_date": is_date, "minutes": number, "filmed_minutes": number, "watched_together": flag},
    "outcome_scores": {"domain": one_of(*code_lists.DOMAINS), "instrument": bool, "score_date": is_date, "score": str.isdigit},
    "education_plans": {"completed_date": is_date, **dict.fromkeys(code_lists.EDUCATION_PLAN_PARTS, flag)},
    "attendance": {"date": is_date, "session": one_of("AM", "PM"), "mark": one_of(*code_lists.MARKS)},
    "exclusions": {"start_date": is_date, "category": one_of(*code_lists.EXCLUSION_CATEGORIES)},
    "carer_training": {"completed_date": is_date},
}
KEYS = {
    "children": ("child_id",), "assessments": ("assessment_id",), "programmes": ("programme_id",), "education_plans": ("plan_id",),
    "attendance": ("child_id", "date", "session"),
}


def is_good(name: str, row: Row, known: set[str], programmes: set[str]) -> bool:
    ordered = not row.get("end_date") or not row.get("start_date") or row["start_date"] <= row["end_date"]
    whose = row["programme_id"] in programmes if name == "programme_sessions" else row["child_id"] in known
    return ordered and whose and all(holds(row[column]) for column, holds in RULES[name].items())


def test_the_extracts_have_ten_bad_rows_and_no_more(sources: list[Path]) -> None:
    extracts = sources[-1]
    known = {row["child_id"] for row in rows(extracts / "children.csv")}
    programmes = {row["programme_id"] for row in rows(extracts / "programmes.csv")}
    bad: dict[str, int] = defaultdict(int)
    for name in RULES:
        seen = set()
        for row in rows(extracts / f"{name}.csv"):
            key = tuple(row[column] for column in KEYS.get(name, row))
            bad[name] += key in seen or not is_good(name, row, known, programmes)
            seen.add(key)
    assert {name: count for name, count in bad.items() if count} == {
        "attachment_needs": 2, "assessments": 1, "programmes": 1, "programme_sessions": 1, "outcome_scores": 1, "education_plans": 2,
        "exclusions": 1, "carer_training": 1,
    }


def test_attendance_is_on_school_days_at_school_age(sources: list[Path]) -> None:
    born = {row["child_id"]: iso(row["date_of_birth"]) for row in rows(sources[-1] / "children.csv")}
    days: dict[datetime.date, int] = defaultdict(int)
    for row in rows(sources[-1] / "attendance.csv"):
        day = iso(row["date"])
        days[day] += 1
        assert 4 <= (day - born[row["child_id"]]).days / 365.2425 < 17
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert {day.month for day in days} == set(range(1, 13)) - {8}
    for holiday in ("2024-12-25", "2025-01-01", "2025-04-18", "2025-04-21", "2025-10-28", "2026-05-04", "2026-05-25"):
        assert iso(holiday) not in days
    for year in (2023, 2024, 2025):
        year_days = [day for day in days if datetime.date(year, 9, 1) <= day < datetime.date(year + 1, 8, 31)]
        assert 185 <= len(year_days) <= 197


def test_children_are_under_18_while_they_are_known(sources: list[Path]) -> None:
    born = {row["child_id"]: iso(row["date_of_birth"]) for row in rows(sources[-1] / "children.csv")}
    for row in rows(sources[-1] / "attachment_needs.csv"):
        if row["status"] in code_lists.NEED_STATUSES:
            assert born[row["child_id"]] <= iso(row["start_date"])
            assert ((iso(row["end_date"]) if row["end_date"] else LAST_DAY) - born[row["child_id"]]).days <= 18 * 365.25 + 1


def test_the_load_quarantines_the_ten_bad_rows_only(report: LoadReport) -> None:
    assert report.as_at == LAST_DAY
    assert sum(reason.rows for reason in report.quarantined) == 10
    assert {Path(reason.source).name for reason in report.quarantined} == {"extracts"}
    assert len({(reason.file, reason.reason) for reason in report.quarantined}) == 10
    assert report.not_used == []
    assert [file.collection_year for file in report.files if file.table == "Header"] == [2023, 2024, 2025, 2026, 2027]


@pytest.mark.parametrize(("children", "years", "last_day"), [
    (60, 1, datetime.date(2026, 9, 30)),
    (100, 2, datetime.date(2025, 8, 17)),  # a Sunday in the summer holidays
    (100, 1, datetime.date(2024, 2, 29)),
    (80, 3, datetime.date(2026, 4, 3)),  # a financial year of three days, Good Friday among them
])
def test_an_authority_of_another_size_and_time_loads_as_well(tmp_path: Path, children: int, years: int, last_day: datetime.date) -> None:
    sources = write_demo(tmp_path / "sources", children=children, years=years, last_day=last_day)
    report = load(sources, f"duckdb:///{tmp_path / 'demo.duckdb'}")
    assert report.as_at == last_day
    assert sum(file.rows_quarantined for file in report.files) == 10
    assert [file.collection_year for file in report.files if file.table == "Header"] == [year for year, _ in returns(sources)]
