"""The reference's load, worked by hand: each fine point of the data dictionary as one little example."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.reference import Refused, load, measure_rows
from tests.reference.by_hand import Rows, always_covered, rows, write_source
from tests.reference.checking import Counts, fault_of_row, without_unknown
from tests.reference.layout import EXTRACTS, SSDA903_TABLES
from tests.reference.reading import read_rows, read_text

AS_AT = date(2024, 12, 31)
EPISODE = "CHILD DECOM RNE LS PLACE DEC REC"
KEPT, SET_ASIDE, BAD = "kept whole", "loaded without the value", "quarantined"


def header(*child_ids: str, sex: str = "1") -> Rows:
    return [{"CHILD": child_id, "SEX": sex} for child_id in child_ids]


def children(*child_ids: str) -> Rows:
    return [{"child_id": child_id} for child_id in child_ids]


def a_return(folder: Path, day: str, child_id: str = "1", sex: str = "1", **tables: Rows) -> Path:
    """A return whose latest DECOM is `day` (DD/MM/YYYY)."""
    given = {"Header": header(child_id, sex=sex), "Episodes": rows(EPISODE, f"{child_id} {day} S C2 U4 . .")}
    return write_source(folder, **{**given, **tables})


@pytest.mark.parametrize(("episode", "year"), [
    ("1 31/03/2024 S C2 U4 . .", 2024),
    ("1 01/04/2024 S C2 U4 . .", 2025),
    ("1 01/05/2023 S C2 U4 01/04/2024 E8", 2024),  # the latest DEC less one day is 31 March
    ("1 01/05/2023 S C2 U4 02/04/2024 E8", 2025),
    ("1 01/05/2023 S C2 U4 31/02/2027 E8", 2024),  # an unreadable date does not count
])
def test_the_collection_year_holds_the_latest_decom_or_dec_less_one_day(tmp_path: Path, episode: str, year: int) -> None:
    source = write_source(tmp_path / "return", Header=header("1"), Episodes=rows(EPISODE, episode))
    assert load([source], AS_AT).collection_years == {str(source): year}


def test_a_collection_year_can_be_told_for_one_return_only(tmp_path: Path) -> None:
    first, second = a_return(tmp_path / "a", "01/05/2022"), a_return(tmp_path / "b", "01/05/2023")
    assert load([first], AS_AT, collection_year=2021).collection_years == {str(first): 2021}
    with pytest.raises(Refused):
        load([first, second], AS_AT, collection_year=2021)


@pytest.mark.parametrize(("table", "year", "values", "outcome"), [
    ("Header", 2024, {"SEX": "2"}, KEPT),
    ("Header", 2024, {"SEX": "F"}, KEPT),  # both codings are read in every year
    ("Header", 2024, {"SEX": "U"}, KEPT),
    ("Header", 2025, {"SEX": "U"}, KEPT),
    ("Header", 2025, {"SEX": "1"}, KEPT),
    ("Header", 2025, {"SEX": "3"}, SET_ASIDE),
    ("Header", 2025, {"ETHNIC": "zz"}, SET_ASIDE),
    ("Header", 2025, {"SEX": "", "ETHNIC": "REFU", "MC_DOB": "zz"}, KEPT),
    ("Header", 2025, {"DOB": "29/02/2023"}, BAD),
    ("Header", 2025, {"DOB": "2023-02-28"}, BAD),
    ("Header", 2025, {"CHILD": ""}, BAD),
    ("Episodes", 2024, {"PLACE": "K3"}, SET_ASIDE),
    ("Episodes", 2025, {"PLACE": "K3"}, KEPT),
    ("Episodes", 2026, {"PLACE": "K3"}, KEPT),
    ("Episodes", 2025, {"PLACE": "H5"}, KEPT),
    ("Episodes", 2026, {"PLACE": "H5"}, SET_ASIDE),
    ("Episodes", 2026, {"PLACE": "Z1"}, SET_ASIDE),
    ("Episodes", 2025, {"PLACE": "Z11"}, SET_ASIDE),
    ("Episodes", 2026, {"PLACE": "Z14"}, KEPT),
    ("Episodes", 2026, {"PLACE": "", "REC": "", "CIN": "zz"}, KEPT),
    ("Episodes", 2026, {"LS": ""}, BAD),
    ("Episodes", 2026, {"RNE": "s"}, BAD),
    ("Episodes", 2026, {"LS": "zz"}, BAD),
    ("Episodes", 2026, {"REASON_PLACE_CHANGE": "zz"}, SET_ASIDE),
    ("Episodes", 2026, {"DEC": "01/05/2023"}, KEPT),  # a day it both starts and ends on
    ("Episodes", 2026, {"DEC": "30/04/2023"}, BAD),
    ("OC2", 2025, {"SDQ_SCORE": "40", "SDQ_REASON": "zz", "DOB": "zz"}, KEPT),
    ("OC2", 2025, {"SDQ_SCORE": "41"}, BAD),
    ("OC2", 2025, {"SDQ_SCORE": "17.5"}, BAD),
    ("UASC", 2025, {"DUC": "", "SEX": "zz", "DOB": "zz"}, KEPT),
    ("UASC", 2025, {"DUC": "zz"}, BAD),
    ("PrevPerm", 2025, {"PREV_PERM": "P4", "DATE_PERM": "zz/05/2020"}, KEPT),
    ("PrevPerm", 2025, {"PREV_PERM": "P5"}, BAD),
    ("children", None, {"sex": "", "uasc": "2"}, SET_ASIDE),
    ("children", None, {"date_of_birth": "zz", "uasc": "2"}, BAD),
    ("attachment_needs", None, {"status": "confirmed", "start_date": "2024-05-02", "end_date": "2024-05-01"}, BAD),
    ("attachment_needs", None, {"status": "confirmed", "start_date": "2024-5-2"}, BAD),
    ("attachment_needs", None, {"status": "confirmed", "start_date": ""}, BAD),
    ("care_arrangements", None, {"care_status": "adopted", "start_date": "2024-05-02", "provider": "zz"}, KEPT),
    ("care_arrangements", None, {"care_status": "adopted", "start_date": "2024-05-02", "placement": "zz"}, BAD),
    ("programmes", None, {"programme": "", "programme_id": "P"}, BAD),
    ("programmes", None, {"programme": "other", "programme_id": "P", "end_date": "2024-05-01"}, KEPT),
    ("outcome_scores", None, {"domain": "parental_sensitivity", "instrument": "any", "score_date": "2024-05-01", "score": "-1"}, KEPT),
    ("outcome_scores", None, {"domain": "social_emotional", "instrument": "sdq_total", "score_date": "2024-05-01", "score": "41"}, BAD),
    ("outcome_scores", None, {"domain": "social_emotional", "instrument": "any", "score_date": "2024-05-01", "score": ""}, BAD),
    ("exclusions", None, {"start_date": "2024-05-01", "category": "SUSP", "sessions": "zz"}, KEPT),
    ("exclusions", None, {"start_date": "2024-05-01", "category": "susp"}, BAD),
    ("carer_training", None, {"completed_date": "2024-05-01", "age_group": "zz", "carer_type": "zz"}, KEPT),
])
def test_only_what_a_measure_needs_is_checked(table: str, year: int | None, values: dict[str, str], outcome: str) -> None:
    blank = dict.fromkeys(SSDA903_TABLES.get(table) or EXTRACTS[table], "")
    given = {"CHILD": "1", "DECOM": "01/05/2023", "RNE": "S", "LS": "C2"} if year else {"child_id": "1"}
    row = blank | {k: v for k, v in given.items() if k in blank} | values
    if fault_of_row(table, row, year) is not None:
        assert outcome == BAD
    else:
        assert outcome == (KEPT if without_unknown(table, row, year) == row else SET_ASIDE)


def test_ragged_rows_are_quarantined_and_blank_lines_are_no_rows(tmp_path: Path) -> None:
    folder = tmp_path / "extracts"
    folder.mkdir()
    lines = ["child_id,status,start_date,end_date", "", "1,confirmed,2024-01-01", " 1 ,confirmed, 2024-01-01 ,", "1,confirmed,,,,"]
    (folder / "attachment_needs.csv").write_text("\r\n".join(lines), encoding="utf-8")
    write_source(tmp_path / "more", children=children("1"))
    database = load([folder, tmp_path / "more"], AS_AT)
    assert database.counts[str(folder), "attachment_needs.csv"] == Counts(read=3, loaded=1, quarantined=2)
    assert [bad.line for bad in database.quarantine] == [3, 5]
    assert len(database.needs) == 1


def test_of_rows_with_one_key_the_first_good_one_is_loaded(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "extracts", children=children("1"),
        assessments=rows(
            "assessment_id child_id completed_date", "A 2 2024-01-01", "A 1 2024-01-02", "A 1 2024-01-03", "B 1 2024-01-02"
        ),
        carer_training=rows("child_id completed_date programme", *["1 2024-01-01 N", "1 2024-01-01 N", "1 2024-01-01 M"]),
    )
    database = load([source])
    assert {(one.assessment_id, one.completed_date.day) for one in database.assessments} == {("A", 2), ("B", 2)}
    assert [bad.line for bad in database.quarantine] == [2, 4, 3]  # unknown child, same key; the same whole row
    assert len(database.training) == 2


def test_a_child_is_known_from_any_loaded_header_or_children_row(tmp_path: Path) -> None:
    bad_header = [row | {"DOB": "zz"} for row in header("1", "2")] + header("3")
    episodes = rows(EPISODE, *(f"{child_id} 01/05/2023 S C2 U4 . ." for child_id in "1234"))
    first = write_source(tmp_path / "first", Header=bad_header, Episodes=episodes)
    second = a_return(tmp_path / "second", "01/05/2022", child_id="4")
    extracts = write_source(tmp_path / "extracts", children=children("2"))
    database = load([first, second, extracts], AS_AT)
    assert set(database.children) == {"2", "3", "4"}
    assert {episode.child_id for episode in database.episodes} == {"2", "3", "4"}


def test_sessions_of_a_programme_that_is_not_loaded_are_quarantined(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "extracts", children=children("1"),
        programmes=rows("programme_id child_id programme", "P 1 other", "Q 2 other"),
        programme_sessions=rows("programme_id session_date", "P 2024-01-01", "Q 2024-01-01", "R 2024-01-01"),
    )
    assert [(bad.table, bad.line) for bad in load([source]).quarantine] == [
        ("programmes", 3), ("programme_sessions", 3), ("programme_sessions", 4),
    ]


def test_a_later_return_replaces_the_whole_earlier_row_whatever_order_they_are_given_in(tmp_path: Path) -> None:
    """An open episode that the later return lacks stays, and ends on the 1 April after the return that had it."""
    early = write_source(
        tmp_path / "early", Header=rows("CHILD SEX ETHNIC", "1 1 WBRI"), UASC=rows("CHILD DUC", "1 01/06/2023"),
        Episodes=rows(EPISODE, "1 01/05/2022 S C2 U4 . .", "1 01/06/2022 P C2 U5 . ."),
    )
    late = write_source(
        tmp_path / "late", Header=rows("CHILD SEX ETHNIC", "1 2 ."), UASC=rows("CHILD DUC", "1 ."),
        Episodes=rows(EPISODE, "1 01/05/2022 S C2 . 01/06/2023 X1"),
    )
    for order in ([early, late], [late, early]):
        database = load(order, AS_AT)
        assert (database.children["1"].sex, database.children["1"].ethnicity) == ("F", None)
        assert database.children["1"].has_uasc_row and database.children["1"].duc is None
        kept = {episode.decom: (episode.place, episode.dec) for episode in database.episodes}
        assert kept == {date(2022, 5, 1): ("", date(2023, 6, 1)), date(2022, 6, 1): ("U5", date(2023, 4, 1))}  # the second stays
        assert all(counts.quarantined == 0 for counts in database.counts.values())  # a replaced row is loaded


def test_of_two_returns_of_one_year_the_later_given_wins(tmp_path: Path) -> None:
    first = a_return(tmp_path / "first", "01/05/2023", PrevPerm=rows("CHILD PREV_PERM", "1 P1"))
    second = a_return(tmp_path / "second", "01/05/2023", PrevPerm=rows("CHILD PREV_PERM", "1 P2"))
    assert load([first, second], AS_AT).previous_permanence == {("1", 2024): "P2"}
    assert load([second, first], AS_AT).previous_permanence == {("1", 2024): "P1"}


def test_the_return_wins_and_the_extract_adds_what_it_lacks(tmp_path: Path) -> None:
    source = write_source(tmp_path / "return", Header=rows("CHILD SEX ETHNIC", "1 1 REFU", "2 . ."),
                          Episodes=rows(EPISODE, "1 01/05/2023 S C2 U4 . ."))
    extracts = write_source(
        tmp_path / "extracts",
        children=rows("child_id sex ethnicity date_of_birth", "1 F WBRI 2015-01-01", "2 U WBRI .", "3 M . ."),
    )
    found = load([source, extracts], AS_AT).children
    assert [(child.sex, child.ethnicity) for child in found.values()] == [("M", "REFU"), ("U", "WBRI"), ("M", None)]
    assert found["1"].date_of_birth == date(2015, 1, 1)


@pytest.mark.parametrize(("as_at", "day"), [
    (date(2024, 12, 31), date(2024, 3, 31)), (date(2024, 3, 30), date(2024, 3, 30)), (date(2022, 1, 1), date(2022, 1, 1)),
])
def test_a_returns_sdq_score_is_dated_on_its_last_31_march_or_the_as_at_date(tmp_path: Path, as_at: date, day: date) -> None:
    source = a_return(tmp_path / "return", "01/05/2023", OC2=rows("CHILD SDQ_SCORE", "1 18"))
    assert [(score.score_date, score.instrument) for score in load([source], as_at).scores] == [(day, "sdq_total")]


def test_the_as_at_date_is_the_latest_that_was_loaded(tmp_path: Path) -> None:
    source = a_return(
        tmp_path / "return", "01/05/2023", OC2=rows("CHILD SDQ_SCORE", "1 18"), UASC=rows("CHILD DUC", "1 01/01/2030")
    )
    extracts = write_source(
        tmp_path / "extracts", attachment_needs=rows("child_id status start_date", "1 confirmed 2026-01-01"),
        exclusions=rows("child_id start_date category", "1 2023-07-01 SUSP", "2 2024-07-01 SUSP"),
    )
    assert load([source], today=date(2024, 3, 31)).as_at == date(2023, 5, 1)  # the return's year is not over
    assert load([source], today=date(2024, 4, 1)).as_at == date(2024, 3, 31)
    assert load([source, extracts]).as_at == date(2023, 7, 1)  # a quarantined row has no say, nor has a need or a DUC


def test_a_table_is_recognised_by_its_columns_and_an_extract_by_its_name(tmp_path: Path) -> None:
    source = a_return(tmp_path / "return", "01/05/2023")
    (source / "Header.csv").rename(source / "CLA list.CSV")
    (source / "reviews.csv").write_text("CHILD,DOB,REVIEW,REVIEW_CODE\n1,,,\n", encoding="utf-8")
    database = load([source])
    assert {file for _, file in database.counts} == {"CLA list.CSV", "Episodes.csv"}  # reviews are not used
    (source / "unknown.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(Refused):
        load([source])


def test_a_missing_column_stops_the_load(tmp_path: Path) -> None:
    folder = tmp_path / "extracts"
    folder.mkdir()
    (folder / "exclusions.csv").write_text("child_id,start_date,category,sessions\n", encoding="utf-8")
    with pytest.raises(Refused):
        load([folder], AS_AT)


def test_text_is_utf_8_with_or_without_a_mark_or_else_cp1252(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        (tmp_path / "file.csv").write_bytes("Café".encode(encoding))
        assert read_text(tmp_path / "file.csv") == "Café"
    (tmp_path / "file.csv").write_bytes(b"a,\0\n")
    with pytest.raises(Refused):
        read_text(tmp_path / "file.csv")


def test_lines_are_counted_as_the_file_has_them() -> None:
    found = list(read_rows('a,b\r\n\r\n"1\n1",2\r\n3,"4 ""5"""\r\n'))
    assert [(row.line, row.fields) for row in found] == [(1, ["a", "b"]), (3, ["1\n1", "2"]), (5, ["3", '4 "5"'])]


def test_lower_case_marks_are_the_same_marks(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "extracts", children=children("1"),
        attendance=rows("child_id date session mark", "1 2024-01-01 AM l", "1 2024-01-01 PM Y9", "1 2024-01-01 AM /"),
    )
    database = load([source])
    assert [session.mark for session in database.attendance] == ["L"]
    assert [bad.line for bad in database.quarantine] == [3, 4]


def test_an_empty_table_is_a_fact_and_an_absent_one_is_not(tmp_path: Path) -> None:
    need = {"attachment_needs": rows("child_id status start_date", "1 confirmed 2024-12-30")}
    absent = write_source(tmp_path / "absent", children=children("1"), **need)
    empty = write_source(tmp_path / "empty", children=children("1"), education_plans=[], **need)
    assert measure_rows(load([absent], AS_AT), "education_plan", "month") == {}  # of no time is anything known
    assert measure_rows(always_covered(load([absent], AS_AT)), "education_plan", "month") == {("2024-12",): (None, 1)}
    assert measure_rows(load([empty], AS_AT), "education_plan", "month") == {("2024-12",): (0, 1)}
