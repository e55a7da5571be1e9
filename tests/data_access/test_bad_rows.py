"""What bad input gets: each rule of the data dictionary's 'fine print of checking', a row at a time."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from tests.data_access.files import DEFAULTS, TABLES, columns_line, counts, loaded, reasons, rows_of, write

JUNE = datetime.date(2026, 6, 30)
AN_EPISODE = {"DECOM": "01/04/2025"}


def outcome(tmp_path: Path, table: str, *rows: dict[str, str]) -> tuple[int, list[str]]:
    """How many of these rows of a table are loaded beside a good return, and why the others are not."""
    source = tmp_path / "source"
    write(source, "children", {})
    if TABLES[table].is_return:
        write(source, "Header", {})
        write(source, "Episodes", AN_EPISODE)
    if table == "programme_sessions":
        write(source, "programmes", {})
    write(source, table, *rows)
    report, url = loaded(tmp_path, source, as_at=JUNE)
    read, good, bad = counts(report)[table]
    assert read == len(rows) == good + bad
    return good, [reason for _, reason in reasons(url, table)]


BAD = [
    ("Header", {"CHILD": " "}, "CHILD is blank"),
    ("Header", {"SEX": "1"}, "SEX is not a code of 2025/26"),
    ("Header", {"SEX": "m"}, "SEX is not a code of 2025/26"),
    ("Header", {"DOB": "2015-01-02"}, "DOB is not a date DD/MM/YYYY"),
    ("Header", {"DOB": "29/02/2015"}, "DOB is not a date DD/MM/YYYY"),
    ("Header", {"DOB": "1/2/2015"}, "DOB is not a date DD/MM/YYYY"),
    ("Header", {"ETHNIC": "ABCD"}, "ETHNIC is not a code"),
    ("Episodes", {"CHILD": "2"}, "the child is in no loaded Header or children row"),
    ("Episodes", {"DECOM": ""}, "DECOM is blank"),
    ("Episodes", {"RNE": ""}, "RNE is blank"),
    ("Episodes", {"RNE": "X"}, "RNE is not a code"),
    ("Episodes", {"LS": ""}, "LS is blank"),
    ("Episodes", {"LS": "c2"}, "LS is not a code"),
    ("Episodes", {"PLACE": "Z1"}, "PLACE is not a code of 2025/26"),
    ("Episodes", {"DEC": "31/04/2025"}, "DEC is not a date DD/MM/YYYY"),
    ("Episodes", {"DEC": "30/04/2025"}, "DEC is before DECOM"),
    ("Episodes", {"REC": "E10"}, "REC is not a code"),
    ("Episodes", {"REASON_PLACE_CHANGE": "BROKE"}, "REASON_PLACE_CHANGE is not a code"),
    ("OC2", {"SDQ_SCORE": "41"}, "SDQ_SCORE is not a whole number from 0 to 40"),
    ("OC2", {"SDQ_SCORE": "-1"}, "SDQ_SCORE is not a whole number from 0 to 40"),
    ("OC2", {"SDQ_SCORE": "12.5"}, "SDQ_SCORE is not a whole number from 0 to 40"),
    ("OC2", {"CHILD": "2"}, "the child is in no loaded Header or children row"),
    ("UASC", {"DUC": "13/13/2028"}, "DUC is not a date DD/MM/YYYY"),
    ("PrevPerm", {"PREV_PERM": "P5"}, "PREV_PERM is not a code"),
    ("children", {"child_id": ""}, "child_id is blank"),
    ("children", {"child_id": "2", "sex": "1"}, "sex is not a code"),
    ("children", {"child_id": "2", "date_of_birth": "02/01/2015"}, "date_of_birth is not a date YYYY-MM-DD"),
    ("children", {"child_id": "2", "date_of_birth": "0000-01-01"}, "date_of_birth is not a date YYYY-MM-DD"),
    ("children", {"child_id": "2", "disabled": "yes"}, "disabled is not 0 or 1"),
    ("children", {"child_id": "2", "origin": "UK"}, "origin is not a code"),
    ("children", {"child_id": "2", "uasc": "2"}, "uasc is not 0 or 1"),
    ("attachment_needs", {"status": ""}, "status is blank"),
    ("attachment_needs", {"start_date": ""}, "start_date is blank"),
    ("attachment_needs", {"end_date": "2024-12-31"}, "end_date is before start_date"),
    ("care_arrangements", {"care_status": ""}, "care_status is blank"),
    ("care_arrangements", {"placement": "house"}, "placement is not a code"),
    ("care_arrangements", {"end_reason": "end"}, "end_reason is not a code"),
    ("care_arrangements", {"start_date": ""}, "start_date is blank"),
    ("assessments", {"assessment_id": ""}, "assessment_id is blank"),
    ("assessments", {"completed_date": ""}, "completed_date is blank"),
    ("assessments", {"personal": "x"}, "personal is not 0 or 1"),
    ("programmes", {"programme": ""}, "programme is blank"),
    ("programmes", {"start_date": "2025-02-01", "end_date": "2025-01-31"}, "end_date is before start_date"),
    ("programme_sessions", {"programme_id": "q"}, "the programme is in no loaded programmes row"),
    ("programme_sessions", {"session_date": ""}, "session_date is blank"),
    ("programme_sessions", {"minutes": "an hour"}, "minutes is not a number"),
    ("programme_sessions", {"minutes": "inf"}, "minutes is not a number"),
    ("outcome_scores", {"domain": ""}, "domain is blank"),
    ("outcome_scores", {"instrument": ""}, "instrument is blank"),
    ("outcome_scores", {"score": ""}, "score is blank"),
    ("outcome_scores", {"score": "41"}, "score of sdq_total is not between 0 and 40"),
    ("outcome_scores", {"score_date": ""}, "score_date is blank"),
    ("education_plans", {"contacts": "y"}, "contacts is not 0 or 1"),
    ("attendance", {"date": ""}, "date is blank"),
    ("attendance", {"session": "PMM"}, "session is not a code"),
    ("attendance", {"mark": ""}, "mark is blank"),
    ("attendance", {"mark": "Y8"}, "mark is not a code"),
    ("exclusions", {"category": ""}, "category is blank"),
    ("exclusions", {"start_date": ""}, "start_date is blank"),
    ("carer_training", {"completed_date": ""}, "completed_date is blank"),
    ("carer_training", {"child_id": "2"}, "the child is in no loaded Header or children row"),
]


@pytest.mark.parametrize(("table", "row", "reason"), BAD)
def test_a_bad_row_is_quarantined_with_its_reason(tmp_path: Path, table: str, row: dict[str, str], reason: str) -> None:
    good, found = outcome(tmp_path, table, {}, row)
    assert (good, found) == (1, [reason])


GOOD = [
    ("Header", {"CHILD": "2", "SEX": "", "DOB": "", "ETHNIC": "", "UPN": "?", "MC_DOB": "?"}),
    ("Episodes", {"PLACE": "", "DEC": "", "REC": "", "CIN": "?", "URN": "?", "PLACE_PROVIDER": "?"}),
    ("Episodes", {"DEC": "01/05/2025"}),
    ("Episodes", {"DEC": " 02/05/2025 ", "LS": " C2 "}),
    ("OC2", {"SDQ_SCORE": "", "SDQ_REASON": "?", "DOB": "?"}),
    ("OC2", {"SDQ_SCORE": "40"}),
    ("UASC", {"DUC": "", "DOB": "?", "SEX": "?"}),
    ("PrevPerm", {"PREV_PERM": "", "LA_PERM": "?", "DATE_PERM": "zz/05/2020"}),
    ("children", {"child_id": "2", "team": "any"}),
    ("attachment_needs", {"end_date": "2025-01-01"}),
    ("care_arrangements", {"placement": "", "end_reason": "", "provider": "any"}),
    ("programmes", {"offered_date": "", "start_date": "", "end_date": "2025-01-01", "provider": "any"}),
    ("programme_sessions", {"minutes": "", "filmed_minutes": "12.5", "watched_together": ""}),
    ("outcome_scores", {"instrument": "MORS", "score": "-3.5"}),
    ("attendance", {"session": "pm", "mark": " y7 "}),
    ("exclusions", {"sessions": "?", "reason": "?"}),
    ("carer_training", {"carer_type": "?", "programme": "?", "age_group": "?"}),
]


@pytest.mark.parametrize(("table", "row"), GOOD)
def test_a_blank_or_an_unneeded_code_is_no_bad_row(tmp_path: Path, table: str, row: dict[str, str]) -> None:
    assert outcome(tmp_path, table, row) == (1, [])


KEYS = {
    "Header": "CHILD", "Episodes": "CHILD and DECOM", "OC2": "CHILD", "UASC": "CHILD", "PrevPerm": "CHILD", "children": "child_id",
    "assessments": "assessment_id", "programmes": "programme_id", "education_plans": "plan_id",
    "attendance": "child_id and date and session",
}
FREE_COLUMN = {
    "Header": {"SEX": "F"}, "Episodes": {"RNE": "P"}, "OC2": {"SDQ_SCORE": "3"}, "UASC": {"DUC": "01/01/2026"},
    "PrevPerm": {"PREV_PERM": "P1"}, "children": {"team": "other"}, "assessments": {"personal": "1"}, "programmes": {"provider": "other"},
    "education_plans": {"contacts": "1"},
    "attendance": {"mark": "L"},
}


@pytest.mark.parametrize("table", KEYS)
def test_the_first_good_row_of_a_key_is_loaded(tmp_path: Path, table: str) -> None:
    good, found = outcome(tmp_path, table, {}, FREE_COLUMN[table])
    assert (good, found) == (1, [f"repeats an earlier row ({KEYS[table]})"])


@pytest.mark.parametrize("table", [name for name, table in TABLES.items() if name in DEFAULTS and not table.key])
def test_without_a_key_only_the_whole_row_repeats(tmp_path: Path, table: str) -> None:
    last = TABLES[table].columns[-1]
    other = {"score": "8", "watched_together": "1"}.get(last, "2025-06-01" if last == "end_date" else "other")
    good, found = outcome(tmp_path, table, {}, {last: other}, {}, {last: f" {other} "})
    assert (good, found) == (2, ["repeats an earlier row (the whole row)"] * 2)


def test_the_first_row_of_a_key_that_is_good_is_loaded_not_the_first(tmp_path: Path) -> None:
    good, found = outcome(tmp_path, "assessments", {"child_id": "nobody"}, {}, {"personal": "1"})
    assert (good, found) == (1, ["the child is in no loaded Header or children row", "repeats an earlier row (assessment_id)"])


def test_a_quarantined_header_takes_the_childs_rows_with_it_unless_children_has_the_child(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "Header", {"CHILD": "1", "SEX": "X"}, {"CHILD": "2", "SEX": "X"}, {"CHILD": "3"})
    write(source, "Episodes", {"CHILD": "1"}, {"CHILD": "2"}, {"CHILD": "3"})
    write(source, "children", {"child_id": "2"})
    report, url = loaded(tmp_path, source)
    assert counts(report)["Header"] == (3, 1, 2)
    assert counts(report)["Episodes"] == (3, 2, 1)
    assert [row["child_id"] for row in rows_of(url, "child")] == ["2", "3"]


def test_a_session_of_a_quarantined_programme_is_quarantined(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "children", {})
    write(source, "programmes", {"programme": "dance"}, {"programme_id": "q"})
    write(source, "programme_sessions", {}, {"programme_id": "q"})
    report, _ = loaded(tmp_path, source)
    assert counts(report) == {"children": (1, 1, 0), "programmes": (2, 1, 1), "programme_sessions": (2, 1, 1)}


def test_rows_out_of_step_with_the_header_and_blank_lines(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "children", {})
    (source / "attendance.csv").write_text(
        columns_line("attendance") + "\n1,2025-01-01,AM,/\n\n1,2025-01-01,PM\n1,2025-01-02,AM,/,\n  \n1,2025-01-02,AM,Q8\n",
    )
    report, url = loaded(tmp_path, source)
    assert counts(report)["attendance"] == (4, 1, 3)
    assert reasons(url, "attendance") == [
        (4, "the row has 3 fields, the header has 4"), (5, "the row has 5 fields, the header has 4"), (7, "mark is not a code"),
    ]
    kept = {row["line"]: row["row"] for row in rows_of(url, "quarantine")}
    assert kept == {4: "1,2025-01-01,PM", 5: "1,2025-01-02,AM,/,", 7: "1,2025-01-02,AM,Q8"}


def test_the_quarantine_keeps_the_row_as_it_was_read_but_no_upn_or_postcode(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "Header", {"SEX": " ? ", "UPN": "D051910639385"})
    (source / "episodes.csv").write_text(
        columns_line("Episodes") + "\n1,01/05/2025,S,C2,N1,U4,PR1,,,,EG19 7TT,WV27 9FW,1\n1,01/05/2025,S,EG19 7TT,WV27 9FW\n",
    )
    _, url = loaded(tmp_path, source, as_at=JUNE)
    kept = sorted(str(row["row"]) for row in rows_of(url, "quarantine"))
    assert kept == [
        "1, ? ,02/01/2015,WBRI,[not kept],,", "1,01/05/2025,S,C2,N1,U4,PR1,,,,[not kept],[not kept],1",
        "1,01/05/2025,S,[not kept],[not kept]",
    ]


def test_attendance_is_kept_in_upper_case_and_one_session_in_two_cases_is_one_key(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "children", {})
    write(source, "attendance", {"session": "am", "mark": "c1"}, {"session": "AM"})
    report, url = loaded(tmp_path, source)
    assert counts(report)["attendance"] == (2, 1, 1)
    assert [(row["session"], row["mark"]) for row in rows_of(url, "attendance")] == [("AM", "C1")]
