"""What a draft is unsure of, and says: values that only look like others, dates that can't be read, columns that aren't there."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import pytest

from config.sources import descriptions, written
from data_access.load import LoadReport, load
from data_access.load.drafting.columns import nearest
from data_access.load.drafting.looking import look_at
from data_access.load.drafting.proposal import Draft, draft
from data_access.load.drafting.words import words_of
from data_access.load.reading.described import TABLES
from data_access.load.reading.formats.packed import DataFile
from tests.data_access.council.facts import CHILDREN
from tests.data_access.files import database, write


def drafted(tmp_path: Path, *lines: str, name: str = "PEPs autumn.csv") -> Draft:
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return draft(look_at(DataFile(tmp_path / "in" / name)))


def loaded(tmp_path: Path, found: Draft, children: Sequence[str] = CHILDREN) -> LoadReport:
    write(tmp_path / "known", "children", *({"child_id": child} for child in children))
    described = descriptions(written(found.description), "draft")
    return load([tmp_path / "known", tmp_path / "in"], database(tmp_path), as_at=datetime.date(2025, 6, 30), described=described)


@pytest.mark.parametrize(("table", "column", "value", "meaning"), [
    ("attachment_needs", "status", "Unconfirmed", None), ("attachment_needs", "status", "Not confirmed", None),
    ("attachment_needs", "status", "Impossible", None), ("attachment_needs", "status", "Confirmd", "confirmed"),
    ("care_arrangements", "end_reason", "Unplanned", None), ("care_arrangements", "placement", "U4", "foster_carer"),
    ("care_arrangements", "care_status", "C2", "care_order"), ("care_arrangements", "care_status", "E45", None),
    ("children", "ethnicity", "WBRI - White British", "WBRI"), ("children", "ethnicity", "Any other White background (WOTH)", "WOTH"),
    ("children", "ethnicity", "White British or Irish", None), ("children", "disabled", "✓", "1"), ("children", "disabled", "?", None),
    ("attendance", "session", "Evening", None),
])
def test_what_a_value_is_taken_for(table: str, column: str, value: str, meaning: str | None) -> None:
    assert nearest(value, words_of(TABLES[table].rules[column])) == meaning


def test_numbers_of_days_are_named_and_not_read(tmp_path: Path) -> None:
    found = drafted(tmp_path, "Child ID,PEP date", *(f"{child},{45538 + number}" for number, child in enumerate(CHILDREN)))
    assert found.description.columns == {"completed_date": "PEP date"}
    assert any("'45538' looks like Excel's number of a day" in sentence for sentence in found.unsure)
    assert [each.rows_loaded for each in loaded(tmp_path, found).files if each.table == "education_plans"] == [0]


def test_an_export_of_one_questionnaire_is_known_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    found = drafted(tmp_path, "Child ID,SDQ date,SDQ total score", f"{CHILDREN[0]},03/09/2024,12", name="SDQ.csv")
    assert (found.description.becomes, found.description.columns) == (
        "outcome_scores", {"score_date": "SDQ date", "score": "SDQ total score"},
    )
    assert any("domain is needed" in sentence and "social_emotional" in sentence for sentence in found.unsure)


def test_columns_of_one_name_and_numbers_with_commas_are_told(tmp_path: Path) -> None:
    head = "Child ID;Domain;Measure;Score date;Score;Score"
    found = drafted(tmp_path, head, f"{CHILDREN[0]};Social and emotional;sdq_total;03/09/2024;12,5;", name="scores.csv")
    assert any(sentence.startswith("columns.score: '12,5' has a comma") for sentence in found.unsure)
    assert any("More than one column is called 'Score'" in sentence for sentence in found.unsure)


def test_ticks_without_crosses_ask_what_a_blank_is(tmp_path: Path) -> None:
    lines = [f"{child},03/09/2024,{'✓' if number % 2 else ''}" for number, child in enumerate(CHILDREN)]
    found = drafted(tmp_path, "Child ID,PEP date,Key person", *lines)
    assert any('Add "" = 0 if a blank means no' in sentence for sentence in found.unsure)


@pytest.mark.parametrize(("periods", "last_day"), [
    ((("02/09/2024", "06/09/2024"), ("09/09/2024", "13/09/2024")), True),
    ((("02/09/2024", "08/09/2024"), ("09/09/2024", "15/09/2024")), True),
    ((("02/09/2024", "09/09/2024"), ("09/09/2024", "16/09/2024")), False),
    ((("01/09/2024", "30/09/2024"), ("01/02/2024", "29/02/2024")), True),
    ((("01/09/2024", "01/10/2024"),), False),
    ((("02/09/2024", "25/10/2024"), ("04/11/2024", "20/12/2024")), False),
])
def test_ends_of_weeks_and_months_are_their_last_days(tmp_path: Path, periods: Sequence[tuple[str, str]], last_day: bool) -> None:
    lines = [f"{child},{start},{end},40,38" for child in CHILDREN for start, end in periods]
    found = drafted(tmp_path, "Pupil ID,Start,End,Poss,Att", *lines, name="attendance.csv")
    assert (found.description.becomes, found.description.last_day_included) == ("attendance_summary", last_day)


def test_a_plan_a_term_in_columns_of_their_own_is_told(tmp_path: Path) -> None:
    found = drafted(tmp_path, "Child ID,PEP Date 1,PEP Date 2", *(f"{child},02/10/2024,03/02/2025" for child in CHILDREN))
    assert found.description.columns == {"completed_date": "PEP Date 1"}
    assert any("'PEP Date 2' may be more of them. Describe the file once more" in sentence for sentence in found.unsure)


def test_values_tell_what_a_name_does_not(tmp_path: Path) -> None:
    lines = [f"{child},02/10/2024,{'Suspension' if number % 2 else 'Permanent exclusion'},1" for number, child in enumerate(CHILDREN)]
    found = drafted(tmp_path, "pupil_no,incident_date,outcome,days", *lines, name="susp_perm.csv")
    assert found.description.becomes == "exclusions"
    assert found.description.columns == {"start_date": "incident_date", "category": "outcome"}


def test_a_reference_is_the_programmes_and_not_the_childs(tmp_path: Path) -> None:
    lines = [f"R{number},{child},Video feedback,02/09/2024,10/09/2024" for number, child in enumerate(CHILDREN)]
    found = drafted(tmp_path, "Ref,Child Mosaic ID,Programme offered,Date of offer,Date commenced", *lines, name="parenting.csv")
    assert {ours: match.column.name for ours, match in found.matches.items()} == {
        "programme_id": "Ref", "child_id": "Child Mosaic ID", "programme": "Programme offered", "offered_date": "Date of offer",
        "start_date": "Date commenced",
    }


@pytest.mark.parametrize(("name", "pattern"), [
    ("PEPs autumn 2024-25.csv", "PEPs *.csv"), ("2025-03-31.csv", "2025-03-31.csv"), ("March 2025.csv", "March 2025.csv"),
    ("Q1_peps[final].csv", "Q*_peps?final?.csv"),
])
def test_the_pattern_fits_next_months_file_and_not_every_file(tmp_path: Path, name: str, pattern: str) -> None:
    assert drafted(tmp_path, "Child ID,PEP date", f"{CHILDREN[0]},02/10/2024", name=name).description.file == pattern


def test_names_without_spaces_and_an_sdq_that_says_its_kind(tmp_path: Path) -> None:
    lines = [f"{child},2024-09-03,{number},SDQ" for number, child in enumerate(CHILDREN)]
    found = drafted(tmp_path, "MosaicID,SDQDate,SDQScore,SDQType", *lines, name="Sdq.csv")
    assert found.description.columns == {"domain": "SDQType", "instrument": "SDQType", "score_date": "SDQDate", "score": "SDQScore"}
    assert found.description.values == {"domain": {"SDQ": "social_emotional"}, "instrument": {"SDQ": "sdq_total"}}
    assert [each.rows_loaded for each in loaded(tmp_path, found).files if each.table == "outcome_scores"] == [12]


def test_what_still_runs_has_no_end(tmp_path: Path) -> None:
    lines = [f"FC{number},{child},03/09/2024,{'Present' if number % 2 else '03/12/2024'}" for number, child in enumerate(CHILDREN)]
    found = drafted(tmp_path, "Carer ID,Child ID,From,To", *lines, name="carer_log.csv")
    assert found.description.columns == {"carer_id": "Carer ID", "start_date": "From", "end_date": "To"}
    assert found.description.values == {"end_date": {"Present": ""}}
    assert [each.rows_loaded for each in loaded(tmp_path, found).files if each.table == "carers"] == [12]


def test_meetings_about_children_are_no_training(tmp_path: Path) -> None:
    lines = [f"A B,{child},PEP review,03/09/2024,Completed" for child in CHILDREN]
    found = drafted(tmp_path, "Client,Client ID,Event,Event date,Outcome", *lines, name="Case notes PEP meetings.csv")
    assert (found.description.becomes, found.description.columns) == ("education_plans", {"completed_date": "Event date"})


def test_a_name_in_the_row_above_is_told(tmp_path: Path) -> None:
    lines = [f"{child},02/10/2024,Yes" for child in CHILDREN]
    found = drafted(tmp_path, "Pupil ID,PEP,", ",PEP date,Key person", *lines)
    assert found.description.columns == {"completed_date": "PEP date", "key_person": "Key person"}
    assert "A column has no name, and 'Pupil ID' stands above: write that into row 2." in found.unsure
    assert any("child_id is needed" in sentence for sentence in found.unsure)


def test_peoples_names_are_nobodys_team(tmp_path: Path) -> None:
    head = "Person ID,Name,Child's surname,Known as name,DOB,Sex"
    found = drafted(tmp_path, head, *(f"{child},Ann,Other,An,01/02/2015,F" for child in CHILDREN), name="caseload.csv")
    assert found.description.becomes == "children"
    assert found.description.columns == {"date_of_birth": "DOB", "sex": "Sex"}


def test_a_total_with_fewer_fields_than_the_header_is_set_aside(tmp_path: Path) -> None:
    lines = [f"A Child,{child},0{day}/10/2025" for day, child in enumerate(CHILDREN[:3], start=1)]
    found = drafted(tmp_path, "Name,Child ID,PEP date", *lines, "Grand total,3", "Run by,me,on,Monday")
    assert found.description.ignore_rows == {"Name": ("Grand total",)}
    (report,) = [each for each in loaded(tmp_path, found).files if each.table == "education_plans"]
    assert (report.rows_read, report.rows_loaded, report.rows_quarantined, report.rows_set_aside) == (5, 3, 1, 1)


def test_a_name_is_no_id_and_a_filled_column_goes_before_an_empty_one(tmp_path: Path) -> None:
    rows = [f"Ann Other,,{child},{day:02}/10/2025,Y" for day, child in enumerate(CHILDREN[:3], start=1)]
    found = drafted(tmp_path, "Pupil name,UPN,Child ID,PEP meeting date,Designated teacher named", *rows)
    assert {ours: match.column.name for ours, match in found.matches.items()} == {
        "child_id": "Child ID", "completed_date": "PEP meeting date",
    }
