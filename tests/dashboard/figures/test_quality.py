"""Damage to the demo authority's files is seen, in words, on exactly the measures it touches; and nothing is told that must not be."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from config.data_quality import data_quality
from dashboard.content.data_quality.problems import Problem, amount, badges, problems
from dashboard.figures.data_quality import Quality, counted, rows_of
from dashboard.figures.reporting import DataChanged, Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from metrics.measures.catalogue import get, measures
from metrics.measures.lineage import overlap, reads
from tests.data_access import damage
from tests.data_access.files import rows_of as stored

CHILDREN = 150
ATTENDANCE = {"attendance", "persistent_absence", "attendance_in_care", "persistent_absence_in_care"}
AGED = {measure.id for measure in measures() if "child.date_of_birth" in reads(measure)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demo(tmp_path_factory.mktemp("demo"), children=CHILDREN, years=3)


Damage = Callable[[list[Path]], None]


def quality_of(url: str) -> Quality:
    reader = engine(url)
    try:
        return counted(reader, Reporting(reader))
    finally:
        reader.dispose()


def damaged(made: list[Path], folder: Path, do: Damage | None, url: str = "") -> Quality:
    sources = damage.copy_of(made, folder / "sources")
    if do is not None:
        do(sources)
    url = url or f"duckdb:///{folder / 'damaged.duckdb'}"
    load(sources, url)
    return quality_of(url)


def beyond(quality: Quality) -> list[Problem]:
    return [problem for problem in problems(quality) if problem.beyond]


def test_the_demo_itself_carries_no_badge(demo_database: str) -> None:
    quality = quality_of(demo_database)
    assert badges(quality) == {} and problems(quality)


def test_a_smaller_demo_carries_no_badge_either(made: list[Path], tmp_path: Path) -> None:
    assert badges(damaged(made, tmp_path, None)) == {}


def extract(name: str, how: Callable[[damage.Rows], damage.Rows]) -> Damage:
    return lambda sources: damage.change(sources[-1] / f"{name}.csv", how)


def last_return(name: str, how: Callable[[damage.Rows], damage.Rows]) -> Damage:
    """Damage to the last two returns, of which the latest may be of a part of a year."""

    def do(sources: list[Path]) -> None:
        for source in sources[-3:-1]:
            damage.change(source / f"{name}.csv", how)

    return do


def without_birth_dates(sources: list[Path]) -> None:
    for source in sources[:-1]:
        damage.change(source / "header.csv", damage.emptied("DOB", 3))
    damage.change(sources[-1] / "children.csv", damage.emptied("date_of_birth", 3))


CASES: dict[str, tuple[Damage, set[str], str]] = {
    "a term without marks": (
        extract("attendance", damage.without_a_term), ATTENDANCE,
        r"^Attendance marks: a period with none, between December 2025 and April 2026\.$",
    ),
    "a school that stops sending marks": (
        extract("attendance", damage.a_school_stops), ATTENDANCE,
        r"have attendance marks in May 2026, June 2026, July 2026 and September 2026\.$",
    ),
    "wrong attendance codes": (
        extract("attendance", damage.wrong_codes("mark", 15)), ATTENDANCE,
        "^Of the rows of attendance, between 1 in 20 and 1 in 10 could not",
    ),
    "wrong codes in plans": (
        extract("education_plans", damage.wrong_codes("key_person", 3)),
        {"education_plan", "education_plan_up_to_date", "education_plan_complete"},
        "^Of the rows of education_plans, between 1 in 4 and half",
    ),
    "wrong dates of training": (
        extract("carer_training", damage.wrong_codes("completed_date", 4)), {"carer_trained", "carer_trained_before_placement"},
        "^Of the rows of carer_training, between 1 in 4 and half",
    ),
    "no exclusions for a year": (
        extract("exclusions", lambda rows: [row for row in rows if row["start_date"] < "2025-10-01"]),
        {"suspended", "suspension_rate", "permanent_exclusion_rate", "suspended_in_care", "suspension_rate_in_care",
         "permanent_exclusion_rate_in_care"},
        "^Suspensions and exclusions: a period with none, between September 2025 and September 2026",
    ),
    "duplicated children": (
        extract("children", damage.repeated(8)), AGED | {"unaccompanied_assessed_once_stable"},
        "^Of the rows of children, between 1 in 10 and 1 in 4 could not be used, most of them because they repeat another row",
    ),
    "children without a birth date": (
        without_birth_dates, AGED, "^Not recorded for between 1 in 4 and half of the children: age",
    ),
    "overlapping episodes": (
        last_return("episodes", lambda rows: [
            {**row, "DEC": "30/09/2026" if row["DEC"] else row["DEC"]} for row in rows
        ]),
        {measure.id for measure in measures() if any(read.startswith(("care_arrangement", "placement")) for read in reads(measure))},
        "^DfE rule 501: A new episode started before the end date of the one before it. Found for ",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_damage_is_on_the_measures_it_touches_and_on_no_other(made: list[Path], tmp_path: Path, case: str) -> None:
    do, touched, words = CASES[case]
    quality = damaged(made, tmp_path, do)
    found = badges(quality)
    assert set(found) == touched
    for id in touched:
        assert any(re.search(words, sentence) for sentence in found[id]), found[id]
    assert any(re.search(words, problem.shared) for problem in beyond(quality))


def test_all_at_once_and_on_postgresql(made: list[Path], tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    chosen = ["a term without marks", "wrong codes in plans", "duplicated children"]

    def do(sources: list[Path]) -> None:
        for case in chosen:
            CASES[case][0](sources)

    on_duckdb = damaged(made, tmp_path / "a", do)
    on_postgresql = damaged(made, tmp_path / "b", do, postgresql_database())
    assert set(badges(on_duckdb)) == set().union(*(CASES[case][1] for case in chosen))
    assert badges(on_postgresql) == badges(on_duckdb)
    assert [problem.words for problem in problems(on_postgresql)] == [problem.words for problem in problems(on_duckdb)]
    for case in chosen:
        assert any(re.search(CASES[case][2], problem.shared) for problem in beyond(on_duckdb)), case


def day(value: object) -> datetime.date:
    assert isinstance(value, datetime.date)
    return value


def test_what_is_counted_is_what_a_count_by_hand_finds(demo_database: str) -> None:
    quality = quality_of(demo_database)
    for table, id, column in (("attendance", "attendance", "session_date"), ("education_plan", "education_plans", "completed_date")):
        dates = [date for row in stored(demo_database, table) if (date := day(row[column])) <= quality.as_at]
        assert int(quality.days[id]["rows"].sum()) == len(dates) and quality.days[id]["date"].max() == max(dates)
    in_scope = set()
    for row in stored(demo_database, "attachment_need"):
        start, end = day(row["start_date"]), day(row["end_date"] or datetime.date.max)
        if start <= quality.as_at and end > max(start, datetime.date(2026, 7, 1)):
            in_scope.add(row["child_id"])
    children = {row["child_id"]: row for row in stored(demo_database, "child")}
    counted_of = {name: (missing, all) for name, missing, all in quality.groups.iter_rows()}
    assert counted_of["team"] == (sum(children[id]["team"] is None for id in in_scope), len(in_scope))
    assert counted_of["ethnicity"] == (sum(children[id]["ethnicity"] in (None, "REFU", "NOBT") for id in in_scope), len(in_scope))


ALLOWED = (
    r"1 in \d+|DfE rule \d+|fewer than 10|\d further months?|\d+ \w+ \d{4}|\w+ \d{4}|T0 to T4|SSDA903|OC2|aged 4 to 16"
)
"""Numbers that are dates, names and bands."""


def test_words_for_everybody_hold_no_small_count(made: list[Path], tmp_path: Path) -> None:
    def do(sources: list[Path]) -> None:
        for name, (case, *_) in CASES.items():
            if name != "overlapping episodes":
                case(sources)

    quality = damaged(made, tmp_path, do)
    shared = [problem.shared for problem in problems(quality)]
    assert len(shared) > 10
    for sentence in shared:
        numbers = re.sub(ALLOWED, "", sentence)
        assert not re.search(r"\d", numbers), sentence


@pytest.mark.parametrize(("count", "share", "words"), [
    (9, 0.9, "fewer than 10"), (10, 0.049, "fewer than 1 in 20"), (10, 0.05, "between 1 in 20 and 1 in 10"),
    (99, 0.24, "between 1 in 10 and 1 in 4"), (99, 0.25, "between 1 in 4 and half"), (99, 0.5, "more than half"),
    (99, 1.0, "more than half"),
])
def test_amounts_in_bands(count: int, share: float, words: str) -> None:
    assert amount(count, share) == words


def test_reads_are_found_in_the_sql() -> None:
    assert reads(get("attendance")) == {"attachment_need", "attendance", "attendance_summary"}
    assert reads(get("video_feedback_offered")) == {"attachment_need", "child.date_of_birth", "programme"}
    assert reads(get("suspended_in_care")) == {"attachment_need", "care_arrangement.care_status", "child.date_of_birth", "exclusion"}
    assert reads(get("return_after_permanence")) == {"attachment_need", "care_start", "previous_permanence"}
    assert "outcome_score.parental_sensitivity" in reads(get("parental_sensitivity_improved"))
    assert overlap("child", "child.sex") and overlap("child.sex", "child") and not overlap("child.sex", "child.team")
    assert not overlap("programme", "programme_session")


def test_a_download_is_of_the_version_that_is_shown(made: list[Path], tmp_path: Path) -> None:
    from data_access.tables import quarantine

    quality = damaged(made, tmp_path, None)
    url = f"duckdb:///{tmp_path / 'damaged.duckdb'}"
    rows = rows_of(url, quarantine, quality.version)
    assert rows.height == int(quality.files["rows_quarantined"].sum()) and isinstance(rows, pl.DataFrame)
    with pytest.raises(DataChanged):
        rows_of(url, quarantine, "another")


def test_a_warehouse_that_fills_the_tables_itself_has_no_files_and_no_checks(made: list[Path], tmp_path: Path) -> None:
    import sqlalchemy as sa

    from data_access import tables
    from data_access.engines import address_of_file

    quality = damaged(made, tmp_path, None)
    url = f"duckdb:///{tmp_path / 'damaged.duckdb'}"
    writer = sa.create_engine(address_of_file(url))
    with writer.begin() as connection:
        for table in set(tables.metadata.sorted_tables) - set(tables.NEEDED_BY_MEASURES):
            table.drop(connection)
    writer.dispose()
    without = quality_of(url)
    assert without.files.height == without.checks.height == without.pairs.height == 0
    assert without.groups.equals(quality.groups) and without.marks.equals(quality.marks)
    assert badges(without) == {}


def test_the_limits_are_read_with_their_units() -> None:
    assert data_quality().loads_kept == 3 and data_quality().days_without_rows.attendance == 60
