"""The reference's measures, worked by hand: each fine point of the definitions as one little example."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.reference import MEASURES, ReferenceDatabase, load, measure_rows, value
from tests.reference.by_hand import Rows, always_covered, rows, write_source
from tests.reference.child_state import ANY, CONFIRMED, RISK, age_at, child_periods, groups_at
from tests.reference.measures import additive_parts
from tests.reference.periods import period_of

AS_AT = date(2024, 12, 31)


class Child:
    """One child, '1', with rows given as lines of values; every extract that is not given is there and empty."""

    def __init__(self, folder: Path, born: str = "2014-06-15", as_at: date = AS_AT) -> None:
        self.folder = folder
        self.as_at = as_at
        self.tables: dict[str, Rows] = {
            "children": rows("child_id date_of_birth uasc", f"1 {born} 1"),
            "attachment_needs": [], "care_arrangements": [], "assessments": [], "programmes": [], "programme_sessions": [],
            "outcome_scores": [], "education_plans": [], "attendance": [], "exclusions": [], "carer_training": [],
        }

    def has(self, table: str, columns: str, *lines: str) -> Child:
        self.tables[table] += [{"child_id": "1"} | row for row in rows(columns, *lines)]
        if table == "programme_sessions":
            for row in self.tables[table]:
                row.pop("child_id", None)
        return self

    def needs(self, *lines: str) -> Child:
        return self.has("attachment_needs", "status start_date end_date", *lines)

    def lives(self, *lines: str) -> Child:
        return self.has("care_arrangements", "care_status placement start_date end_date end_reason", *lines)

    def load(self) -> ReferenceDatabase:
        return always_covered(load([write_source(self.folder / "extracts", **self.tables)], self.as_at))

    def gets(self, measure: str, grain: str = "year") -> dict[tuple[str, ...], tuple[float | None, float]]:
        return measure_rows(self.load(), measure, grain)


@pytest.fixture
def child(tmp_path: Path) -> Child:
    return Child(tmp_path)


@pytest.mark.parametrize(("grain", "day", "label", "first", "last"), [
    ("month", date(2024, 2, 29), "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
    ("quarter", date(2026, 4, 1), "2026-27 Q1", date(2026, 4, 1), date(2026, 6, 30)),
    ("quarter", date(2026, 3, 31), "2025-26 Q4", date(2026, 1, 1), date(2026, 3, 31)),
    ("year", date(2000, 3, 31), "1999-00", date(1999, 4, 1), date(2000, 3, 31)),
    ("term", date(2026, 4, 15), "2026 Spring", date(2026, 1, 1), date(2026, 4, 15)),
    ("term", date(2026, 4, 16), "2026 Summer", date(2026, 4, 16), date(2026, 8, 31)),
    ("term", date(2026, 9, 1), "2026 Autumn", date(2026, 9, 1), date(2026, 12, 31)),
])
def test_periods(grain: str, day: date, label: str, first: date, last: date) -> None:
    period = period_of(grain, day, as_at=day)
    assert (period.label, period.start_date, period.last_date, period.period_end) == (label, first, last, day)
    assert period.complete is (day == last)


def test_scope_is_half_open_and_a_child_counts_once(child: Child) -> None:
    database = child.needs(
        "possible 2024-01-01 2024-02-01", "confirmed 2024-02-01 2024-03-01", "at_risk 2024-02-10 .",
        "confirmed 2024-05-01 2024-05-01",
    ).load()

    def months(statuses: frozenset[str]) -> dict[str, date]:
        return {one.label: one.as_of for one in child_periods(database, "month", statuses)}

    assert months(CONFIRMED) == {"2024-02": date(2024, 2, 29)}
    assert min(months(RISK).values()) == date(2024, 2, 29) and max(months(RISK).values()) == AS_AT
    assert months(ANY)["2024-01"] == date(2024, 1, 31)
    assert len(child_periods(database, "month", ANY)) == 12


def test_as_of_is_the_as_at_date_in_an_incomplete_period(tmp_path: Path) -> None:
    database = Child(tmp_path, as_at=date(2024, 5, 10)).needs("confirmed 2024-05-01 .", "confirmed 2024-05-11 .").load()
    (only,) = child_periods(database, "year", CONFIRMED)
    assert only.as_of == date(2024, 5, 10) and len(only.days) == 10


@pytest.mark.parametrize(("born", "day", "age"), [
    ("2019-06-15", date(2024, 6, 14), 4), ("2019-06-15", date(2024, 6, 15), 5),
    ("2020-02-29", date(2023, 2, 28), 2), ("2020-02-29", date(2023, 3, 1), 3), (".", date(2024, 1, 1), None),
])
def test_age(tmp_path: Path, born: str, day: date, age: int | None) -> None:
    assert age_at(Child(tmp_path, born=born).load(), "1", day) == age


def test_groups(tmp_path: Path) -> None:
    columns = "child_id date_of_birth ethnicity disabled mental_health_problem uasc"
    a_return = write_source(
        tmp_path / "return", Header=rows("CHILD ETHNIC", "1 NOBT", "2 ."), UASC=rows("CHILD DUC", "2 01/05/2024", "3 ."),
        Episodes=rows("CHILD DECOM RNE LS PLACE", "1 01/01/2024 S C2 ."),
    )
    extracts = write_source(
        tmp_path / "extracts", children=rows(columns, "1 2008-05-01 WBRI 0 1 1", "2 2013-05-01 CHNE 0 0 1", "3 . . . 0 0")
    )
    database = always_covered(load([a_return, extracts], AS_AT))
    first, second, third = (groups_at(database, child_id, date(2024, 5, 1)) for child_id in "123")
    assert (first["ethnicity"], first["ethnicity_group"]) == ("Not recorded", "Not recorded")  # the return's NOBT wins
    assert (second["ethnicity"], second["ethnicity_group"]) == ("CHNE", "Asian")
    names = ("disabled", "mental_health_problem", "disability_or_mental_health", "unaccompanied", "age_band")
    # Outside the UASC table of a return that has one: no, whatever the extract says.
    assert [first[name] for name in names] == ["no", "yes", "yes", "no", "16 and over"]
    assert [second[name] for name in names] == ["no", "no", "no", "no", "11 to 15"]  # from DUC on no longer
    assert [third[name] for name in names] == ["Not recorded", "no", "Not recorded", "yes", "Not recorded"]
    assert groups_at(database, "2", date(2024, 4, 30))["unaccompanied"] == "yes"
    assert (first["care_status"], first["placement"]) == ("care_order", "Not recorded")
    assert (second["care_status"], second["placement"], second["team"]) == ("Not recorded",) * 3


@pytest.mark.parametrize(("completed", "counts"), [
    ("2024-06-30", 1), ("2024-07-01", 0), ("2023-07-02", 1), ("2023-07-01", 0), ("2024-07-02", 0),
])
def test_assessed_before_programme(child: Child, completed: str, counts: int) -> None:
    child.has("programmes", "programme_id programme start_date", "P other 2024-07-01", "Q other .", "R other 2025-01-01")
    child.has("assessments", "assessment_id completed_date", f"A {completed}")
    assert child.gets("assessed_before_programme") == {("2024-25",): (counts, 1)}


@pytest.mark.parametrize(("last_factor", "counts"), [("1", 1), ("0", 0), (".", 0)])
def test_assessment_covers_all_factors(child: Child, last_factor: str, counts: int) -> None:
    columns = (
        "assessment_id completed_date personal placement education parental_sensitivity parental_factors "
        "maltreatment_or_trauma physical_health coexisting_conditions"
    )
    child.has("assessments", columns, f"A 2024-07-01 1 1 1 1 1 1 1 {last_factor}")
    assert child.gets("assessment_covers_all_factors") == {("2024-25",): (counts, 1)}


@pytest.mark.parametrize(("scores", "total"), [
    (["sdq_total 2024-05-01 16", "sdq_total 2024-05-02 17"], 17),
    (["sdq_total 2024-05-02 18", "sdq_total 2024-05-02 16"], 18),  # the same date: the highest
    (["sdq_total 2024-05-01 16", "sdq_total 2024-06-01 20"], 16),  # not in scope any more
    (["sdq_total 2024-05-01 16", "sdq_peer 2024-05-02 20"], 16),
    (["sdq_total 2024-04-30 20"], None),
])
def test_social_emotional(child: Child, scores: list[str], total: int | None) -> None:
    child.needs("at_risk 2024-05-01 2024-06-01")
    child.has("outcome_scores", "domain instrument score_date score", *(f"social_emotional {score}" for score in scores))
    database = child.load()
    expected = {} if total is None else {("2024-25",): (total, 1)}
    assert measure_rows(database, "social_emotional_mean", "year") == expected
    concern = {} if total is None else {("2024-25",): (int(total >= 17), 1)}
    assert measure_rows(database, "social_emotional_concern", "year") == concern


@pytest.mark.parametrize(("scores", "expected"), [
    (["a 2024-06-01 3", "a 2024-06-02 4"], (1, 1)),
    (["a 2024-06-01 4", "a 2024-06-02 4"], (0, 1)),
    (["a 2023-06-03 3", "a 2024-06-02 4"], (1, 1)),  # 365 days before, long before scope and the edge of care
    (["a 2023-06-02 3", "a 2024-06-02 4"], None),  # 366 days
    (["b 2024-06-01 3", "a 2024-06-02 4"], None),  # another instrument
    (["a 2024-06-02 3", "a 2024-06-02 4"], None),  # the same day is not earlier
    (["a 2024-06-01 3", "a 2024-07-02 4"], None),  # in scope, but no more on the edge of care
    (["a 2024-06-01 3", "a 2024-06-01 5", "a 2024-06-02 4"], (0, 1)),  # earliest date, then the highest
    (["a 2024-06-01 3", "a 2024-06-02 9", "a 2024-06-03 4"], (1, 1)),  # the latest against the earliest
    (["a 2024-06-01 3", "b 2024-06-01 3", "a 2024-06-03 2", "b 2024-06-03 4"], (1, 1)),  # then the greatest instrument
    (["a 2024-06-01 3", "a 2024-06-03 2", "a 2024-06-03 4"], (1, 1)),  # then the highest score
    (["a 2024-06-01 3", "a 2024-06-02 4", "b 2024-06-03 1"], (1, 1)),  # one without an earlier is not such a score
])
def test_parental_sensitivity_improved(child: Child, scores: list[str], expected: tuple[int, int] | None) -> None:
    child.needs("confirmed 2024-06-01 .").lives("edge_of_care birth_parents 2024-06-01 2024-07-01 .")
    child.has("outcome_scores", "domain instrument score_date score", *(f"parental_sensitivity {score}" for score in scores))
    assert child.gets("parental_sensitivity_improved") == ({} if expected is None else {("2024-25",): expected})


@pytest.mark.parametrize(("started", "completed", "expected"), [
    ("2024-10-02", "2024-10-02", (1, 1)), ("2024-10-02", "2024-10-01", (0, 1)), ("2024-10-03", "2024-10-03", None),
    ("2024-10-02", "2025-01-01", (0, 1)),
])
def test_unaccompanied_assessed_once_stable(
    child: Child, started: str, completed: str, expected: tuple[int, int] | None
) -> None:
    child.needs("possible 2024-12-01 .").lives(f"section_20 foster_carer {started} . .")
    child.has("assessments", "assessment_id completed_date", f"A {completed}")
    found = child.gets("unaccompanied_assessed_once_stable")
    assert found == ({} if expected is None else {("2024-25",): expected})


@pytest.mark.parametrize(("plan", "by", "up_to_date"), [
    ("2024-12-31", 1, 1), ("2024-07-02", 1, 1), ("2024-07-01", 1, 0), ("2025-01-01", 0, 0),
])
def test_education_plans(tmp_path: Path, plan: str, by: int, up_to_date: int) -> None:
    child = Child(tmp_path, born=".").needs("confirmed 2024-04-01 .")
    child.has("education_plans", "plan_id completed_date", f"A {plan}")
    database = child.load()
    assert measure_rows(database, "education_plan", "year") == {("2024-25",): (by, 1)}
    assert measure_rows(database, "education_plan_up_to_date", "year") == {("2024-25",): (up_to_date, 1)}
    assert measure_rows(database, "education_plan_complete", "year") == ({("2024-25",): (0, 1)} if by else {})
    older = measure_rows(database, "education_plan", "year", local_choices={"education_plan_minimum_age": 1})
    assert older == {}  # with an age limit, a child without a birth date is out


def test_the_latest_plan_is_by_date_then_by_the_greatest_id_as_text(child: Child) -> None:
    child.needs("confirmed 2024-04-01 .").has(
        "education_plans", "plan_id completed_date support_details contacts key_person safe_place",
        "E99 2024-05-01 0 0 0 0", "E10 2024-06-01 0 1 1 1", "E9 2024-06-01 1 1 1 1",
    )
    assert child.gets("education_plan_complete") == {("2024-25",): (1, 1)}


def test_attendance_counts_possible_sessions_on_days_in_scope(child: Child) -> None:
    child.needs("confirmed 2024-08-18 2024-08-21").lives("care_order . 2024-08-20 . .").has(
        "attendance", "date session mark",
        "2024-08-17 PM /", "2024-08-18 AM J", "2024-08-18 PM /", "2024-08-19 AM J", "2024-08-19 PM g", "2024-08-20 AM C1",
        "2024-08-20 PM #", "2024-08-21 AM /",
    )
    database = child.load()
    assert measure_rows(database, "attendance", "term") == {("2024 Summer",): (2, 4)}  # J attended before 19 August 2024
    assert measure_rows(database, "attendance_in_care", "term") == {("2024 Summer",): (2, 4)}  # in care at as-of
    assert measure_rows(database, "persistent_absence", "term") == {("2024 Summer",): (1, 1)}
    assert additive_parts(database, "attendance", "term", by=["sex"]) == {("2024 Summer", "Not recorded"): [(2, 4)]}
    assert measure_rows(database, "attendance", "term", where={"sex": {"M"}}) == {}


@pytest.mark.parametrize(("missed", "persistent"), [(0, 0), (1, 1), (2, 1)])
def test_persistent_absence_is_ten_per_cent_or_more(child: Child, missed: int, persistent: int) -> None:
    marks = ["O"] * missed + ["/"] * (10 - missed)
    lines = [f"2024-05-{number // 2 + 1:02d} {'AP'[number % 2]}M {mark}" for number, mark in enumerate(marks)]
    child.needs("confirmed 2024-04-01 .").has("attendance", "date session mark", *lines)
    assert child.gets("persistent_absence") == {("2024-25",): (persistent, 1)}


@pytest.mark.parametrize(("born", "inside"), [("2019-12-31", 1), ("2020-01-01", 0), ("2009-01-01", 1), ("2008-12-31", 0), (".", 0)])
def test_exclusions_are_for_ages_5_to_15_at_as_of(tmp_path: Path, born: str, inside: int) -> None:
    child = Child(tmp_path, born=born).needs("confirmed 2024-04-01 2024-05-01", "confirmed 2024-06-01 .").has(
        "exclusions", "start_date category", "2024-04-30 SUSP", "2024-05-01 SUSP", "2024-06-01 SUSP", "2024-06-01 PERM"
    )
    database = child.load()
    found = [measure_rows(database, one, "year") for one in ("suspended", "suspension_rate", "permanent_exclusion_rate")]
    assert found == ([{("2024-25",): (1, 1)}, {("2024-25",): (2, 1)}, {("2024-25",): (1, 1)}] if inside else [{}, {}, {}])
    assert measure_rows(database, "suspended_in_care", "year") == {}
    assert value("suspension_rate", 2, 1) == 200


def test_video_feedback_received_and_offered(tmp_path: Path) -> None:
    child = Child(tmp_path, born="2019-11-30").needs("at_risk 2024-09-01 .").has(
        "programmes", "programme_id programme offered_date", "P video_feedback 2024-09-30", "Q other 2024-09-01"
    ).has("programme_sessions", "programme_id session_date", "P 2024-10-31", "Q 2024-09-01")
    database = child.load()
    assert measure_rows(database, "video_feedback_offered", "month") == {("2024-09",): (1, 1), ("2024-10",): (1, 1)}
    # Five years old on 30 November, so no more preschool at the end of that month.
    assert measure_rows(database, "video_feedback_received", "month") == {("2024-09",): (0, 1), ("2024-10",): (1, 1)}


@pytest.mark.parametrize(("days", "odd", "counts"), [
    (84, "60 10 1", 1), (83, "60 10 1", 0), (124, "60 20 1", 1), (125, "60 20 1", 0), (90, "59 10 1", 0), (90, "60 9 1", 0),
    (90, "60 20.5 1", 0), (90, "60 15 .", 0), (90, ". 15 1", 0),
])
def test_video_feedback_as_defined(child: Child, days: int, odd: str, counts: int) -> None:
    first = date(2024, 5, 1).toordinal()
    spread = [date.fromordinal(first + days * number // 9).isoformat() for number in range(10)]
    child.has("programmes", "programme_id programme end_date", "P video_feedback 2024-10-01", "Q other 2024-10-01")
    child.has(
        "programme_sessions", "programme_id session_date minutes filmed_minutes watched_together",
        *(f"P {day} 60 15 1" for day in spread[1:]), f"P {spread[0]} {odd}",
    )
    assert child.gets("video_feedback_as_defined") == {("2024-25",): (counts, 1)}


@pytest.mark.parametrize(("arrangement", "rate"), [
    ("care_order foster_carer 2024-06-01 2024-06-11 breakdown", (1, 10)),
    ("care_order foster_carer 2024-06-01 2024-06-11 planned", (0, 10)),
    ("care_order foster_carer 2024-06-01 2024-07-02 breakdown", (0, 30)),  # its last day is no more in scope
    ("care_order foster_carer 2024-06-01 2024-07-01 breakdown", (1, 30)),  # its last day is the last in scope
    ("edge_of_care birth_parents 2024-06-01 2024-06-11 breakdown", None),
    ("care_order foster_carer 2024-06-01 2024-06-01 breakdown", None),
])
def test_placement_breakdown(tmp_path: Path, arrangement: str, rate: tuple[int, int] | None) -> None:
    database = Child(tmp_path, born="2022-01-01").needs("confirmed 2024-06-01 2024-07-01").lives(arrangement).load()
    assert measure_rows(database, "placement_breakdown_rate", "quarter") == ({("2024-25 Q1",): rate} if rate else {})
    for measure in ("placement_breakdown", "placement_breakdown_preschool"):
        assert measure_rows(database, measure, "quarter") == ({("2024-25 Q1",): (rate[0], 1)} if rate else {})


def test_a_zero_length_placement_breaks_nothing_and_overlapping_days_count_once(child: Child) -> None:
    child.needs("confirmed 2024-06-01 2024-07-01").lives(
        "care_order . 2024-06-01 2024-06-11 planned", "section_20 . 2024-06-06 2024-06-16 planned",
        "care_order . 2024-06-10 2024-06-10 breakdown",
    )
    assert child.gets("placement_breakdown_rate") == {("2024-25",): (0, 15)}


@pytest.mark.parametrize(("completed", "trained", "before"), [
    ("2024-12-31", 1, 0), ("2023-01-02", 1, 1), ("2023-01-01", 0, 0), ("2024-03-01", 1, 0), ("2024-02-29", 1, 1),
])
def test_carer_training(child: Child, completed: str, trained: int, before: int) -> None:
    child.needs("confirmed 2024-12-01 .").lives("special_guardianship special_guardian 2024-03-01 . .")
    child.has("carer_training", "completed_date", completed)
    database = child.load()
    assert measure_rows(database, "carer_trained", "year") == {("2024-25",): (trained, 1)}
    assert measure_rows(database, "carer_trained_before_placement", "year") == {("2024-25",): (before, 1)}


@pytest.mark.parametrize(("first_end", "expected"), [("2024-01-03", 1), ("2024-01-02", 0)])
def test_three_or_more_placements_overlap_the_365_days_to_as_of(child: Child, first_end: str, expected: int) -> None:
    # As-of is 31 December of a leap year, so the first of the 365 days is 2 January. One placement has no day at all.
    child.needs("confirmed 2024-12-01 .").lives(
        f"care_order . 2023-01-01 {first_end} .", "care_order . 2024-03-01 2024-03-02 .",
        "care_order . 2024-04-01 2024-04-01 .", "care_order . 2024-05-01 . .",
    )
    assert child.gets("three_or_more_placements") == {("2024-25",): (expected, 1)}


def _starts(tmp_path: Path, need: str, prev_perm: dict[int, str], *decoms: str) -> ReferenceDatabase:
    """A child with care starts and a return for each year, whose PREV_PERM is blank for '.' or absent for none."""
    sources = [write_source(tmp_path / "extracts", attachment_needs=rows("child_id status start_date end_date", f"1 {need}"))]
    for year in range(2023, 2026):
        last = f"1 31/03/{year} L C2 U4 ."
        episodes = [f"1 {decom} S C2 U4 ." for decom in decoms] if year == 2023 else []
        previous = rows("CHILD PREV_PERM", f"1 {prev_perm[year]}") if year in prev_perm else []
        sources.append(write_source(
            tmp_path / str(year), Header=rows("CHILD", "1"), PrevPerm=previous,
            Episodes=rows("CHILD DECOM RNE LS PLACE DEC", last, *episodes),
        ))
    return always_covered(load(sources, AS_AT))


@pytest.mark.parametrize(("need", "prev_perm", "expected"), [
    ("at_risk 2022-08-30 .", {2023: "P1"}, (1, 1)),  # DECOM + 90 is 30 August
    ("at_risk 2022-08-31 .", {2023: "P1"}, None),
    ("at_risk 2022-01-01 2022-06-02", {2023: "P1"}, (1, 1)),
    ("at_risk 2022-01-01 2022-06-01", {2023: "P1"}, None),
    ("possible 2022-01-01 .", {2023: "P1"}, None),
    ("at_risk 2022-01-01 .", {2023: "P4"}, (0, 1)),
    ("at_risk 2022-01-01 .", {2023: ".", 2024: "P1"}, (0, 1)),  # a row with a blank is a row
    ("at_risk 2022-01-01 .", {2025: "P3"}, (1, 1)),  # no row: the next later return that has one
    ("at_risk 2022-01-01 .", {}, (0, 1)),
])
def test_return_after_permanence(
    tmp_path: Path, need: str, prev_perm: dict[int, str], expected: tuple[int, int] | None
) -> None:
    database = _starts(tmp_path, need, prev_perm, "01/06/2022")
    assert measure_rows(database, "return_after_permanence", "year") == ({} if expected is None else {("2022-23",): expected})


def test_a_child_counts_once_a_period_at_its_first_such_start(tmp_path: Path) -> None:
    database = _starts(tmp_path, "at_risk 2022-10-01 .", {2023: "P1"}, "01/06/2022", "01/10/2022", "01/12/2022")
    (unit,) = MEASURES["return_after_permanence"].units(database, "year", {"return_to_care_days": 90})
    assert unit.day == date(2022, 10, 1)  # the start in June was not in scope within 90 days
