"""What bad input gets: each rule of the data dictionary's 'fine print of checking', a row at a time."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest

from config.code_lists import ETHNICITIES, LEGAL_STATUS, MARKS, PLACEMENTS, REASON_PLACE_CHANGE, REC, place_codes
from data_access.load import LoadError, load
from tests.data_access.files import DEFAULTS, TABLES, columns_line, counts, database, loaded, reasons, rows_of, write

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


BRITISH = "DD/MM/YYYY of the years 1900 to 2200"
ISO = "DD/MM/YYYY or YYYY-MM-DD of the years 1900 to 2200"
BAD = [
    ("Header", {"CHILD": " "}, "CHILD is blank"),
    ("Header", {"DOB": "2015-01-02"}, f"DOB '2015-01-02' is not a date {BRITISH} (written as in an extract)"),
    ("Header", {"DOB": "29/02/2015"}, f"DOB '29/02/2015' is not a date {BRITISH}"),
    ("Header", {"DOB": "02/29/2016"}, f"DOB '02/29/2016' is not a date {BRITISH} (day and month the other way round)"),
    ("Header", {"DOB": "1/2/2015"}, f"DOB '1/2/2015' is not a date {BRITISH}"),
    ("Header", {"DOB": "01/01/0001"}, f"DOB '01/01/0001' is not a date {BRITISH}"),
    ("Header", {"DOB": "31/12/1899"}, f"DOB '31/12/1899' is not a date {BRITISH}"),
    ("Header", {"DOB": "01/01/9999"}, f"DOB '01/01/9999' is not a date {BRITISH}"),
    ("Header", {"DOB": "42005"}, f"DOB '42005' is not a date {BRITISH} (looks like Excel's number of a day)"),
    ("Header", {"DOB": "D051910639385"}, f"DOB holds what looks like a UPN, which is not kept, and is not a date {BRITISH}"),
    ("Episodes", {"CHILD": "2"}, "the child is in no loaded Header or children row"),
    ("Episodes", {"DECOM": ""}, "DECOM is blank"),
    ("Episodes", {"RNE": ""}, "RNE is blank"),
    ("Episodes", {"CHILD": "01"}, "the child is in no loaded Header or children row (one with more or fewer zeros in front is)"),
    ("Episodes", {"CHILD": "D051910639385"}, "the child is in no loaded Header or children row (looks like a UPN)"),
    ("Episodes", {"RNE": "X"}, "RNE 'X' is not a code of 2025/26; allowed: S P L T U B"),
    ("Episodes", {"LS": ""}, "LS is blank"),
    ("Episodes", {"LS": "c2"},
     f"LS 'c2' is not a code of 2025/26; allowed: {' '.join(LEGAL_STATUS)} (in other letters, upper or lower case)"),
    ("Episodes", {"DEC": "31/04/2025"}, f"DEC '31/04/2025' is not a date {BRITISH}"),
    ("Episodes", {"DECOM": "01/01/0001"}, f"DECOM '01/01/0001' is not a date {BRITISH}"),
    ("Episodes", {"DEC": "30/04/2025"}, "DEC is before DECOM"),
    ("Episodes", {"REC": "E10"}, f"REC 'E10' is not a code of 2025/26; allowed: {' '.join(REC)}"),
    ("OC2", {"SDQ_SCORE": "41"}, "SDQ_SCORE '41' is not a whole number from 0 to 40"),
    ("OC2", {"SDQ_SCORE": "-1"}, "SDQ_SCORE '-1' is not a whole number from 0 to 40"),
    ("OC2", {"SDQ_SCORE": "12.5"}, "SDQ_SCORE '12.5' is not a whole number from 0 to 40"),
    ("OC2", {"CHILD": "2"}, "the child is in no loaded Header or children row"),
    ("UASC", {"DUC": "13/13/2028"}, f"DUC '13/13/2028' is not a date {BRITISH}"),
    ("PrevPerm", {"PREV_PERM": "P5"}, "PREV_PERM 'P5' is not a code of 2025/26; allowed: P1 P2 P3 P4 Z1"),
    ("children", {"child_id": ""}, "child_id is blank"),
    ("children", {"child_id": "2", "date_of_birth": "30/02/2015"}, f"date_of_birth '30/02/2015' is not a date {ISO}"),
    ("children", {"child_id": "2", "date_of_birth": "0000-01-01"}, f"date_of_birth '0000-01-01' is not a date {ISO}"),
    ("attachment_needs", {"status": ""}, "status is blank"),
    ("attachment_needs", {"start_date": ""}, "start_date is blank"),
    ("attachment_needs", {"end_date": "2024-12-31"}, "end_date is before start_date"),
    ("care_arrangements", {"care_status": ""}, "care_status is blank"),
    ("care_arrangements", {"placement": "house"}, f"placement 'house' is not a code; allowed: {' '.join(PLACEMENTS)}"),
    ("care_arrangements", {"end_reason": "end"}, "end_reason 'end' is not a code; allowed: planned breakdown other"),
    ("care_arrangements", {"start_date": ""}, "start_date is blank"),
    ("assessments", {"assessment_id": ""}, "assessment_id is blank"),
    ("assessments", {"completed_date": ""}, "completed_date is blank"),
    ("assessments", {"personal": "x"}, "personal 'x' is not 0 or 1"),
    ("programmes", {"programme": ""}, "programme is blank"),
    ("programmes", {"start_date": "2025-02-01", "end_date": "2025-01-31"}, "end_date is before start_date"),
    ("programme_sessions", {"programme_id": "q"}, "the programme is in no loaded programmes row"),
    ("programme_sessions", {"session_date": ""}, "session_date is blank"),
    ("programme_sessions", {"minutes": "an hour"}, "minutes 'an hour' is not a number"),
    ("programme_sessions", {"minutes": "inf"}, "minutes 'inf' is not a number"),
    ("outcome_scores", {"domain": ""}, "domain is blank"),
    ("outcome_scores", {"instrument": ""}, "instrument is blank"),
    ("outcome_scores", {"score": ""}, "score is blank"),
    ("outcome_scores", {"score": "41"}, "score of sdq_total is not between 0 and 40"),
    ("outcome_scores", {"score_date": ""}, "score_date is blank"),
    ("education_plans", {"contacts": "so"}, "contacts 'so' is not 0 or 1"),
    ("attendance", {"date": ""}, "date is blank"),
    ("attendance", {"session": "PMM"}, "session 'PMM' is not a code; allowed: AM PM"),
    ("attendance", {"mark": ""}, "mark is blank"),
    ("attendance", {"mark": "Y8"}, f"mark 'Y8' is not a code; allowed: {' '.join(MARKS)}"),
    ("exclusions", {"category": ""}, "category is blank"),
    ("exclusions", {"start_date": ""}, "start_date is blank"),
    ("carer_training", {"completed_date": ""}, "completed_date is blank"),
    ("carer_training", {"child_id": ""}, "child_id or carer_id is blank: a row has one of them"),
    ("carer_training", {"carer_id": "c"}, "child_id and carer_id are both there: a row has one of them"),
    ("carers", {"carer_id": ""}, "carer_id is blank"),
    ("carers", {"child_id": "2"}, "the child is in no loaded Header or children row"),
    ("attendance_summary", {"end_date": "2025-01-06"}, "end_date is not after start_date"),
    ("attendance_summary", {"end_date": ""}, "end_date is blank"),
    ("attendance_summary", {"possible_sessions": "1.5"}, "possible_sessions '1.5' is not a whole number from 0"),
    ("attendance_summary", {"attended_sessions": "11"}, "attended_sessions is more than possible_sessions"),
    ("same_child", {"new_id": ""}, "new_id is blank"),
    ("same_team", {"old": ""}, "old is blank"),
    ("carer_training", {"child_id": "2"}, "the child is in no loaded Header or children row"),
]


SEXES = "1 2 M F U"
SET_ASIDE = [
    ("Header", {"CHILD": "2", "SEX": "m"}, f"SEX 'm' is not a code of 2025/26; allowed: {SEXES} (in other letters, upper or lower case)"),
    ("Header", {"CHILD": "2", "ETHNIC": "ABCD"}, f"ETHNIC 'ABCD' is not a code of 2025/26; allowed: {' '.join(ETHNICITIES)}"),
    ("Episodes", {"DECOM": "01/05/2025", "PLACE": "Z1"},
     f"PLACE 'Z1' is not a code of 2025/26; allowed: {' '.join(place_codes(2026))}"),
    ("Episodes", {"DECOM": "01/05/2025", "REASON_PLACE_CHANGE": "BROKE"},
     f"REASON_PLACE_CHANGE 'BROKE' is not a code of 2025/26; allowed: {' '.join(REASON_PLACE_CHANGE)}"),
    ("children", {"child_id": "2", "sex": "x"}, "sex 'x' is not a code; allowed: M F U"),
    ("children", {"child_id": "2", "ethnicity": "AB12 3CD"},
     f"ethnicity holds what looks like a postcode, which is not kept, and is not a code; allowed: {' '.join(ETHNICITIES)}"),
    ("children", {"child_id": "2", "disabled": "2"}, "disabled '2' is not 0 or 1"),
    ("children", {"child_id": "2", "mental_health_problem": "?"}, "mental_health_problem '?' is not 0 or 1"),
    ("children", {"child_id": "2", "origin": "?"}, "origin '?' is not a code; allowed: uk overseas"),
    ("children", {"child_id": "2", "uasc": "2"}, "uasc '2' is not 0 or 1"),
]


@pytest.mark.parametrize(("table", "row", "reason"), SET_ASIDE)
def test_an_unknown_code_of_what_is_only_a_breakdown_is_set_aside_and_the_row_loaded(
    tmp_path: Path, table: str, row: dict[str, str], reason: str,
) -> None:
    source = tmp_path / "source"
    write(source, "Header", {})
    write(source, "Episodes", AN_EPISODE)
    write(source, table, AN_EPISODE if table == "Episodes" else {}, row)
    report, url = loaded(tmp_path, source, as_at=JUNE)
    assert counts(report)[table] == (2, 2, 0)
    assert [(each.table, each.reason, each.rows) for each in report.set_aside] == [(table, reason, 1)]
    assert [(each["table_name"], each["reason"], each["rows"]) for each in rows_of(url, "value_set_aside")] == [(table, reason, 1)]
    assert reason in report.as_text()


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
    ("carer_training", {"child_id": "", "carer_id": "nobody knows whose"}),
    ("attendance_summary", {"possible_sessions": "0", "attended_sessions": "0"}),
    ("education_plans", {"plan_id": "", "contacts": "", "key_person": ""}),
]


@pytest.mark.parametrize(("table", "row"), GOOD)
def test_a_blank_or_an_unneeded_code_is_no_bad_row(tmp_path: Path, table: str, row: dict[str, str]) -> None:
    assert outcome(tmp_path, table, row) == (1, [])


KEYS = {
    "Header": "CHILD", "Episodes": "CHILD and DECOM", "OC2": "CHILD", "UASC": "CHILD", "PrevPerm": "CHILD", "children": "child_id",
    "assessments": "assessment_id", "programmes": "programme_id",
    "education_plans": "plan_id, or else child_id and completed_date", "attendance_summary": "child_id and start_date",
    "same_child": "old_id",
    "attendance": "child_id and date and session",
}
FREE_COLUMN = {
    "Header": {"SEX": "F"}, "Episodes": {"RNE": "P"}, "OC2": {"SDQ_SCORE": "3"}, "UASC": {"DUC": "01/01/2026"},
    "PrevPerm": {"PREV_PERM": "P1"}, "children": {"team": "other"}, "assessments": {"personal": "1"}, "programmes": {"provider": "other"},
    "education_plans": {"contacts": "1"},
    "attendance": {"mark": "L"}, "attendance_summary": {"attended_sessions": "1"}, "same_child": {"new_id": "1"},
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
    write(source, "Header", {"CHILD": "1", "DOB": "X"}, {"CHILD": "2", "DOB": "X"}, {"CHILD": "3"})
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
        (4, "the row has 3 fields, the header has 4"), (5, "the row has 5 fields, the header has 4"),
        (7, f"mark 'Q8' is not a code; allowed: {' '.join(MARKS)}"),
    ]
    kept = {row["line"]: row["row"] for row in rows_of(url, "quarantine")}
    assert kept == {4: "1,2025-01-01,PM", 5: "1,2025-01-02,AM,/,", 7: "1,2025-01-02,AM,Q8"}


def test_the_quarantine_keeps_the_row_as_it_was_read_but_no_upn_or_postcode(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "Header", {"DOB": " ? ", "UPN": "D051910639385"})
    (source / "episodes.csv").write_text(
        columns_line("Episodes") + "\n1,01/05/2025,S,C2,N1,U4,PR1,,,,EG19 7TT,WV27 9FW,1\n1,01/05/2025,S,EG19 7TT,WV27 9FW\n",
    )
    _, url = loaded(tmp_path, source, as_at=JUNE)
    kept = sorted(str(row["row"]) for row in rows_of(url, "quarantine"))
    assert kept == [
        "1,01/05/2025,S,,", "1,01/05/2025,S,C2,N1,U4,PR1,,,,,,1", "1,M, ? ,WBRI,,,",
    ]


def test_attendance_is_kept_in_upper_case_and_one_session_in_two_cases_is_one_key(tmp_path: Path) -> None:
    source = tmp_path / "source"
    write(source, "children", {})
    write(source, "attendance", {"session": "am", "mark": "c1"}, {"session": "AM"})
    report, url = loaded(tmp_path, source)
    assert counts(report)["attendance"] == (2, 1, 1)
    assert [(row["session"], row["mark"]) for row in rows_of(url, "attendance")] == [("AM", "C1")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_million_columns_are_refused_at_once(tmp_path: Path, separator: str) -> None:
    write(tmp_path, "children", {"child_id": "1"})
    (tmp_path / "attendance.csv").write_text(separator.join(f"c{number}" for number in range(1_000_000)) + "\n", encoding="utf-8")
    began = time.process_time()
    with pytest.raises(LoadError, match="columns or more in its first line"):
        load([tmp_path], database(tmp_path))
    assert time.process_time() - began < 1
