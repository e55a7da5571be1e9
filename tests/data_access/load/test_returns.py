"""SSDA903 returns: recognising tables, collection years and their code lists, several years together, and what they become."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from config.code_lists import PLACEMENT
from data_access.load import LoadError, UsageError
from data_access.load.contents import as_at_of
from data_access.load.merging import merge
from data_access.load.reading.recognising import read_sources, with_collection_years
from tests.data_access.files import columns_line, counts, loaded, rows_of, write

JUNE = datetime.date(2026, 6, 30)


def years(tmp_path: Path, *episodes: dict[str, str]) -> list[int | None]:
    write(tmp_path / "return", "Episodes", *episodes)
    report, _ = loaded(tmp_path, tmp_path / "return", as_at=JUNE)
    return [each.collection_year for each in report.files]


@pytest.mark.parametrize(("episodes", "year"), [
    ([{"DECOM": "31/03/2025"}], 2025),
    ([{"DECOM": "01/04/2025"}], 2026),
    ([{"DECOM": "01/05/2024", "DEC": "01/04/2025"}], 2025),
    ([{"DECOM": "01/05/2024", "DEC": "02/04/2025"}], 2026),
    ([{"DECOM": "01/05/2024"}, {"DECOM": "99/04/2030", "DEC": "31/02/2031"}], 2025),
    ([{"DECOM": "01/05/2024"}, {"DECOM": "", "RNE": "?", "DEC": "01/05/2025"}], 2026),
    ([{"DECOM": "nonsense"}], 2027),
])
def test_the_collection_year_holds_the_latest_decom_or_day_before_dec(tmp_path: Path, episodes: list[dict[str, str]], year: int) -> None:
    assert years(tmp_path, *episodes) == [year]


def test_a_return_whose_year_cannot_be_found_asks_for_it(tmp_path: Path) -> None:
    write(tmp_path / "return", "Header", {})
    with pytest.raises(LoadError, match="--collection-year"):
        loaded(tmp_path, tmp_path / "return")
    report, _ = loaded(tmp_path, tmp_path / "return", as_at=JUNE, collection_year=2025)
    assert report.files[0].collection_year == 2025


def test_the_collection_year_may_be_told_for_exactly_one_return(tmp_path: Path) -> None:
    write(tmp_path / "one", "Episodes", {})
    write(tmp_path / "two", "Episodes", {})
    write(tmp_path / "local", "children", {})
    report, _ = loaded(tmp_path, tmp_path / "one", tmp_path / "local", collection_year=2019)
    assert [each.collection_year for each in report.files] == [2019, None]
    for sources in (["one", "two"], ["local"]):
        with pytest.raises(UsageError, match="exactly one SSDA903 return"):
            loaded(tmp_path, *(tmp_path / name for name in sources), collection_year=2019)
    with pytest.raises(UsageError, match="26 is no collection year"):
        loaded(tmp_path, tmp_path / "one", collection_year=26)


@pytest.mark.parametrize("year", [2024, 2025])
def test_sex_is_read_in_both_codings_in_every_year(tmp_path: Path, year: int) -> None:
    write(tmp_path / "return", "Header", *({"CHILD": code, "SEX": code} for code in ("1", "2", "M", "F", "U", "X")))
    report, url = loaded(tmp_path, tmp_path / "return", collection_year=year, as_at=JUNE)
    assert counts(report)["Header"] == (6, 6, 0)
    assert {row["child_id"]: row["sex"] for row in rows_of(url, "child")} == {
        "1": "M", "2": "F", "M": "M", "F": "F", "U": "U", "X": None,
    }


@pytest.mark.parametrize(("year", "bad"), [
    (2024, ["K3", "Z11", "Z12", "Z13", "Z14"]), (2025, ["Z11", "Z12", "Z13", "Z14"]), (2026, ["H5", "P2", "Z1"]),
])
def test_place_is_held_against_the_collection_years_list(tmp_path: Path, year: int, bad: list[str]) -> None:
    codes = list(PLACEMENT)
    write(tmp_path / "return", "Header", *({"CHILD": code, "SEX": ""} for code in codes))
    write(tmp_path / "return", "Episodes", *({"CHILD": code, "PLACE": code} for code in codes))
    report, url = loaded(tmp_path, tmp_path / "return", collection_year=year, as_at=JUNE)
    assert counts(report)["Episodes"] == (len(codes), len(codes), 0)
    assert sorted(each.reason.split("'")[1] for each in report.set_aside) == sorted(bad)
    without = [row["child_id"] for row in rows_of(url, "care_arrangement") if row["placement"] is None]
    assert sorted(str(child) for child in without) == sorted(bad)


def test_tables_are_recognised_by_their_columns_in_any_order_and_case(tmp_path: Path) -> None:
    source = tmp_path / "return"
    source.mkdir()
    (source / "A.CSV").write_text("more, etHnic ,mc_dob,MOTHER,upn,DOB,SEX,child\nx,WBRI,,,,02/01/2015,M,1\n")
    (source / "b.csv").write_text(columns_line("Episodes") + "\n1,01/05/2025,S,C2,,U4,,,,,,,\n")
    (source / "c.csv").write_text(columns_line("Reviews") + "\n1,x,x,x\n")
    (source / "README.md").write_text("not data")
    (source / ".hidden.csv").write_text("not data")
    report, url = loaded(tmp_path, source)
    assert [(each.file, each.table) for each in report.files] == [("A.CSV", "Header"), ("b.csv", "Episodes")]
    assert [(each.file, each.table) for each in report.not_used] == [("c.csv", "Reviews")]
    assert rows_of(url, "child")[0]["ethnicity"] == "WBRI"


def test_a_later_year_replaces_whatever_the_order_given(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    write(old, "Header", {"SEX": "1", "ETHNIC": "WBRI"}, {"CHILD": "2", "SEX": "2"})
    write(old, "Episodes", {"DECOM": "01/05/2023"}, {"DECOM": "01/04/2022", "DEC": "01/05/2023"}, {"CHILD": "2", "DECOM": "01/05/2023"})
    write(old, "UASC", {"DUC": "01/01/2030"})
    write(old, "OC2", {"SDQ_SCORE": "10"})
    write(old, "PrevPerm", {"PREV_PERM": "P1"})
    write(new, "Header", {"SEX": "F", "ETHNIC": ""})
    write(new, "Episodes", {"DECOM": "01/05/2023", "DEC": "02/06/2024", "REC": "E4A"})
    write(new, "UASC", {"DUC": ""})
    write(new, "OC2", {"SDQ_SCORE": "20"})
    write(new, "PrevPerm", {"PREV_PERM": ""})
    for order in ([old, new], [new, old]):
        report, url = loaded(tmp_path, *order)
        assert {table: read - good for table, (read, good, _) in counts(report).items()} == dict.fromkeys(counts(report), 0)
        assert report.replaced["Episodes"] == report.replaced["Header"] == report.replaced["UASC"] == 1
        first = rows_of(url, "child")[0]
        assert (first["sex"], first["ethnicity"], first["unaccompanied"], first["unaccompanied_until"]) == ("F", None, 1, None)
        spans = [(row["child_id"], str(row["start_date"]), str(row["end_date"])) for row in rows_of(url, "care_arrangement")]
        assert sorted(spans) == [
            ("1", "2022-04-01", "2023-05-01"), ("1", "2023-05-01", "2024-06-02"), ("2", "2023-05-01", "2024-04-01"),
        ]
        scores = [(str(row["score_date"]), row["score"]) for row in rows_of(url, "outcome_score")]
        assert scores == [("2024-03-31", 10.0), ("2025-03-31", 20.0)]
        permanence = [(row["collection_year"], row["previous_permanence"]) for row in rows_of(url, "previous_permanence")]
        assert permanence == [(2024, "P1"), (2025, None)]


def test_of_returns_of_one_year_the_one_given_later_replaces(tmp_path: Path) -> None:
    for name, score in (("first", "10"), ("second", "20")):
        write(tmp_path / name, "Header", {})
        write(tmp_path / name, "Episodes", {})
        write(tmp_path / name, "OC2", {"SDQ_SCORE": score})
    for order, latest in ((["first", "second"], 20.0), (["second", "first"], 10.0)):
        _, url = loaded(tmp_path, *(tmp_path / name for name in order))
        assert [row["score"] for row in rows_of(url, "outcome_score")] == [latest]


def test_a_quarantined_later_row_replaces_nothing(tmp_path: Path) -> None:
    write(tmp_path / "old", "Header", {"SEX": "1"})
    write(tmp_path / "old", "Episodes", {"DECOM": "01/05/2023"})
    write(tmp_path / "new", "Header", {"SEX": "1"})
    write(tmp_path / "new", "Episodes", {"DECOM": "01/05/2023", "LS": "?"}, {"DECOM": "01/05/2024"})
    report, url = loaded(tmp_path, tmp_path / "old", tmp_path / "new")
    assert counts(report) == {"Episodes": (3, 2, 1), "Header": (2, 2, 0)}
    assert len(rows_of(url, "care_arrangement")) == 2


def test_the_sdq_is_dated_the_years_end_or_the_as_at_date(tmp_path: Path) -> None:
    write(tmp_path / "return", "Header", {})
    write(tmp_path / "return", "Episodes", {"DECOM": "01/05/2025"})
    write(tmp_path / "return", "OC2", {})
    dates = {"2025-03-01": "2025-03-01", "2026-03-30": "2026-03-30", "2026-06-30": "2026-03-31"}
    for as_at, dated in dates.items():
        _, url = loaded(tmp_path, tmp_path / "return", as_at=datetime.date.fromisoformat(as_at))
        assert [str(row["score_date"]) for row in rows_of(url, "outcome_score")] == [dated]


def test_where_both_say_the_return_wins_and_what_it_leaves_blank_the_extract_fills(tmp_path: Path) -> None:
    source = tmp_path / "both"
    write(source, "Header", {"ETHNIC": "REFU"}, {"CHILD": "2", "SEX": "", "DOB": "", "ETHNIC": ""})
    write(source, "Episodes", {})
    write(source, "UASC", {"DUC": "01/01/2030"})
    extract = {"sex": "F", "date_of_birth": "2014-01-01", "ethnicity": "MOTH", "uasc": "0", "disabled": "1", "team": "North"}
    write(source, "children", {"child_id": "1", **extract}, {"child_id": "2", **extract}, {"child_id": "3", **extract, "uasc": "1"})
    report, url = loaded(tmp_path, source)
    children = rows_of(url, "child")
    keys = {row.pop("record_key") for row in children}
    assert len(keys) == 3 and all(0 <= key < 2 ** 40 for key in keys)
    assert [tuple(row.values()) for row in children] == [
        ("1", "M", datetime.date(2015, 1, 2), "REFU", 1, None, None, 1, datetime.date(2030, 1, 1), "North"),
        ("2", "F", datetime.date(2014, 1, 1), "MOTH", 1, None, None, 0, None, "North"),
        ("3", "F", datetime.date(2014, 1, 1), "MOTH", 1, None, None, 1, None, "North"),
    ]
    assert [(each.rows, each.children) for each in report.findings if "another" in each.finding] == [(1, 1)] * 3


def test_local_rows_in_care_are_for_children_without_episodes(tmp_path: Path) -> None:
    source = tmp_path / "both"
    write(source, "Header", {})
    write(source, "Episodes", {})
    write(source, "children", {"child_id": "2"})
    in_care = {"care_status": "care_order", "end_date": "2025-03-01", "end_reason": "breakdown", "provider": "X"}
    write(source, "care_arrangements", in_care, {"child_id": "2", **in_care}, {}, {"child_id": "2"})
    report, url = loaded(tmp_path, source)
    assert counts(report)["care_arrangements"] == (4, 4, 0)
    statuses = sorted((str(row["child_id"]), str(row["care_status"])) for row in rows_of(url, "care_arrangement"))
    assert statuses == [("1", "care_order"), ("1", "edge_of_care"), ("2", "care_order"), ("2", "edge_of_care")]
    of_two = [row for row in rows_of(url, "placement") if row["child_id"] == "2"]
    assert [(row["ended_by_breakdown"], row["provider"]) for row in of_two] == [(1, "X")]
    assert any("care_arrangements in care" in each.finding and each.rows == 1 for each in report.findings)


def test_a_child_in_care_of_whom_no_return_has_an_episode_is_reported(tmp_path: Path) -> None:
    source = tmp_path / "both"
    write(source, "Header", {})
    write(source, "Episodes", {})
    write(source, "children", *({"child_id": str(number)} for number in range(2, 7)))
    in_care = {"care_status": "care_order", "start_date": "2025-06-01"}
    write(
        source, "care_arrangements", {"child_id": "1", **in_care}, {"child_id": "2", **in_care}, {"child_id": "3"},
        {"child_id": "4", **in_care, "end_date": "2026-03-31"}, {"child_id": "5", **in_care, "end_date": "2026-04-01"},
        {"child_id": "6", "care_status": "care_order", "start_date": "2026-04-01"},
    )
    report, url = loaded(tmp_path, source)
    told = [(each.rows, each.children) for each in report.findings if "of whom no return has an episode" in each.finding]
    assert told == [(2, 2)]
    assert {"2", "5"} <= {row["child_id"] for row in rows_of(url, "care_arrangement")}


def test_what_is_odd_is_reported_and_kept(tmp_path: Path) -> None:
    source = tmp_path / "return"
    write(source, "Header", {})
    write(source, "Episodes", {"DECOM": "01/04/2025"}, {"DECOM": "02/04/2025", "DEC": "10/04/2025"}, {"DECOM": "05/04/2025", "REC": "X1"})
    write(source, "OC2", {"SDQ_SCORE": ""})
    report, url = loaded(tmp_path, source)
    found = {each.finding.split(".")[0]: (each.rows, each.children) for each in report.findings}
    assert found == {"OC2 rows with neither an SDQ score nor a reason for having none": (1, 1)}
    checks = {each.rule: (each.rows, each.children) for each in report.checks if each.rows}
    assert checks == {"142": (2, 1), "148": (2, 1), "186": (1, 1), "501": (1, 1)}
    assert len(rows_of(url, "care_arrangement")) == 3


@pytest.mark.parametrize(("table", "row", "as_at"), [
    ("assessments", {"completed_date": "2025-09-01"}, "2025-09-01"), ("education_plans", {"completed_date": "2025-09-01"}, "2025-09-01"),
    ("carer_training", {"completed_date": "2025-09-01"}, "2025-09-01"), ("outcome_scores", {"score_date": "2025-09-01"}, "2025-09-01"),
    ("attendance", {"date": "2025-09-01"}, "2025-09-01"), ("exclusions", {"start_date": "2025-09-01"}, "2025-09-01"),
    ("attendance_summary", {"start_date": "2025-09-01", "end_date": "2025-10-01"}, "2025-09-30"),
    ("attachment_needs", {"start_date": "2025-09-01"}, "2025-03-31"), ("programmes", {"start_date": "2025-09-01"}, "2025-03-31"),
    ("assessments", {"completed_date": "2025-09-01", "personal": "?"}, "2025-03-31"),
    ("assessments", {"completed_date": "2025-02-01"}, "2025-02-01"),
    ("Episodes", {"DECOM": "02/05/2025", "DEC": "01/09/2025"}, "2026-03-31"),
    ("Episodes", {"DECOM": "02/05/2025", "DEC": "01/04/2026"}, "2026-03-31"),
])
def test_the_as_at_date_is_the_latest_of_the_dates_that_count(tmp_path: Path, table: str, row: dict[str, str], as_at: str) -> None:
    source = tmp_path / "source"
    write(source, "Header", {})
    write(source, "children", {})
    write(source, "Episodes", {"DECOM": "01/01/2025"})
    write(source, table, row)
    if table != "Episodes":
        report, _ = loaded(tmp_path, source)
    else:
        write(source, "Episodes", {"DECOM": "01/01/2025"}, row)
        report, _ = loaded(tmp_path, source)
    assert str(report.as_at) == as_at


def test_without_any_date_the_as_at_date_must_be_given(tmp_path: Path) -> None:
    write(tmp_path / "local", "children", {})
    with pytest.raises(LoadError, match="--as-at"):
        loaded(tmp_path, tmp_path / "local")
    assert loaded(tmp_path, tmp_path / "local", as_at=JUNE)[0].as_at == JUNE


def test_a_return_whose_year_is_not_over_or_that_is_not_the_latest_ends_on_its_latest_date(tmp_path: Path) -> None:
    write(tmp_path / "return", "Header", {})
    write(tmp_path / "return", "Episodes", {"DECOM": "01/05/2025", "DEC": "02/09/2025"})
    merged = merge(with_collection_years(read_sources([tmp_path / "return"], lambda *_: None), None, None), lambda *_: None)
    assert str(as_at_of(merged, datetime.date(2026, 3, 31))) == "2025-09-01"
    assert str(as_at_of(merged, datetime.date(2026, 4, 1))) == "2026-03-31"


def test_a_date_of_an_absurd_year_is_no_date_and_makes_no_collection_year(tmp_path: Path) -> None:
    write(tmp_path / "return", "Header", {}, {"CHILD": "2", "DOB": "01/01/0001"})
    write(tmp_path / "return", "Episodes", {"DECOM": "01/05/2025"}, {"DECOM": "02/05/2025", "DEC": "31/12/9999"})
    report, _ = loaded(tmp_path, tmp_path / "return")
    assert counts(report) == {"Episodes": (2, 1, 1), "Header": (2, 1, 1)}
    assert report.files[0].collection_year == 2026


def test_the_provided_tables_are_named(tmp_path: Path) -> None:
    write(tmp_path / "return", "Header", {})
    write(tmp_path / "return", "PrevPerm")
    write(tmp_path / "return", "Reviews")
    write(tmp_path / "local", "exclusions")
    _, url = loaded(tmp_path, tmp_path / "return", tmp_path / "local", as_at=JUNE)
    assert [row["name"] for row in rows_of(url, "provided_table")] == ["Header", "PrevPerm", "exclusions"]


def test_an_open_absence_at_the_end_and_a_duc_to_come(tmp_path: Path) -> None:
    """As in a published sample return: the first episode is an absence that touches nothing, the last one is open."""
    source = tmp_path / "return"
    write(source, "Header", {"CHILD": "566910", "SEX": "2", "DOB": "27/03/2008", "ETHNIC": "WROM"})
    write(source, "Episodes", {"CHILD": "566910", "DECOM": "15/02/2016", "RNE": "L", "PLACE": "T2", "DEC": "14/08/2017", "REC": "X1"},
          {"CHILD": "566910", "DECOM": "14/08/2017", "RNE": "T", "PLACE": "A3", "REC": "X1"})
    write(source, "UASC", {"CHILD": "566910", "DUC": "13/10/2028"})
    report, url = loaded(tmp_path, source)
    assert (report.as_at, report.files[0].collection_year) == (datetime.date(2018, 3, 31), 2018)
    assert [(str(row["start_date"]), row["end_date"]) for row in rows_of(url, "placement")] == [("2016-02-15", None)]
