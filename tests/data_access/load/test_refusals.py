"""A load that would falsify is refused: the four cases of the data dictionary, and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from data_access.load import LoadError, LoadRefused, LoadReport, load
from tests.data_access.files import Row, contents_of, database, rows_of, write

MANY: list[Row] = [{"child_id": f"c{number}"} for number in range(25)]


def first(tmp_path: Path, children: int = 10) -> str:
    """A database of so many children, whose last day that counts is 1 January 2025."""
    write(tmp_path / "first", "children", *({"child_id": str(number + 1)} for number in range(children)))
    write(tmp_path / "first", "assessments", {})
    url = database(tmp_path)
    load([tmp_path / "first"], url, careful=True)
    return url


def refused(tmp_path: Path, url: str, name: str = "next") -> list[str]:
    """Why a load is refused, which changes nothing; that a dry run says the same; and that it is loaded where that is accepted."""
    before = contents_of(url)
    with pytest.raises(LoadRefused) as told:
        load([tmp_path / name], url, careful=True)
    assert contents_of(url) == before
    report = load([tmp_path / name], url, dry_run=True)
    assert list(report.refused) == list(told.value.refusals)
    assert all("With --accept, " in sentence for sentence in told.value.sentences)
    load([tmp_path / name], url)
    assert contents_of(url) != before
    return [each.why for each in told.value.refusals]


def accepted(tmp_path: Path, url: str, name: str = "next") -> LoadReport:
    return load([tmp_path / name], url, careful=True)


def test_a_table_of_which_no_row_could_be_loaded(tmp_path: Path) -> None:
    url = first(tmp_path, 1)
    write(tmp_path / "next", "children", {})
    write(tmp_path / "next", "assessments", {})
    write(tmp_path / "next", "exclusions", {"child_id": "nobody"})
    assert refused(tmp_path, url) == ["exclusions: 1 row was read and none was loaded."]
    assert "exclusions" not in {row["name"] for row in rows_of(url, "provided_table")}


def test_a_table_with_a_header_and_no_rows_is_a_fact(tmp_path: Path) -> None:
    url = first(tmp_path, 1)
    write(tmp_path / "next", "children", {})
    write(tmp_path / "next", "assessments", {})
    write(tmp_path / "next", "exclusions")
    assert accepted(tmp_path, url).refused == []


@pytest.mark.parametrize(("bad", "good", "is_refused"), [(4, 1, False), (5, 20, False), (5, 19, True), (6, 24, False), (6, 23, True)])
def test_more_than_a_fifth_of_a_tables_rows_and_at_least_five(tmp_path: Path, bad: int, good: int, is_refused: bool) -> None:
    url = first(tmp_path, 1)
    write(tmp_path / "next", "children", {})
    rows = [{"assessment_id": str(number)} for number in range(good)]
    write(tmp_path / "next", "assessments", *rows, *[{"assessment_id": f"b{number}", "completed_date": ""} for number in range(bad)])
    if is_refused:
        assert refused(tmp_path, url) == [f"assessments: {bad} of {bad + good} rows were quarantined, more than a fifth."]
    else:
        accepted(tmp_path, url)


def test_an_extract_counts_over_all_its_files_and_a_return_by_itself(tmp_path: Path) -> None:
    url = first(tmp_path, 1)
    for name, bad in (("one", 5), ("two", 0)):
        write(tmp_path / name, "children", {})
        rows = [{"assessment_id": f"{name}{number}"} for number in range(10)]
        write(tmp_path / name, "assessments", *rows, *[{"assessment_id": f"b{number}", "completed_date": ""} for number in range(bad)])
    load([tmp_path / "one", tmp_path / "two"], url, careful=True)
    for name, year, code in (("r1", 2024, "C2"), ("r2", 2025, "?")):
        write(tmp_path / name, "Header", {})
        rows = [{"DECOM": f"{day:02}/05/{year - 1}", "LS": code if day < 7 else "C2"} for day in range(1, 12)]
        write(tmp_path / name, "Episodes", *rows)
    with pytest.raises(LoadRefused, match=r"Episodes of 2024/25: 6 of 11 rows were quarantined, more than a fifth\."):
        load([tmp_path / "r1", tmp_path / "r2"], url, careful=True)


@pytest.mark.parametrize(("now", "is_refused"), [(8, False), (7, True)])
def test_fewer_than_four_fifths_of_the_children(tmp_path: Path, now: int, is_refused: bool) -> None:
    url = first(tmp_path, 10)
    write(tmp_path / "next", "children", *({"child_id": f"new{number}"} for number in range(now)))
    write(tmp_path / "next", "assessments", {"child_id": "new0"})
    if is_refused:
        assert refused(tmp_path, url) == ["The database holds 10 children and would hold 7, fewer than four fifths of them."]
    else:
        accepted(tmp_path, url)


def test_children_are_counted_after_same_child(tmp_path: Path) -> None:
    url = first(tmp_path, 10)
    write(tmp_path / "next", "children", *({"child_id": f"{number + 1}"} for number in range(7)))
    write(tmp_path / "next", "assessments", {})
    write(tmp_path / "next", "same_child", {"old_id": "9", "new_id": "1"}, {"old_id": "10", "new_id": "1"})
    accepted(tmp_path, url)


def test_a_last_day_before_the_databases(tmp_path: Path) -> None:
    url = first(tmp_path, 1)
    write(tmp_path / "next", "children", {})
    write(tmp_path / "next", "assessments", {"completed_date": "2024-12-31"})
    assert refused(tmp_path, url) == [
        "The data would go up to 31 December 2024; the data in the database goes up to 1 January 2025.",
    ]


def test_the_first_load_into_a_database_is_compared_with_nothing(tmp_path: Path) -> None:
    write(tmp_path / "next", "children", *MANY)
    write(tmp_path / "next", "assessments", {"child_id": "c1"})
    accepted(tmp_path, database(tmp_path))


def test_a_month_alone_of_children_nobody_knows_empties_nothing(tmp_path: Path) -> None:
    url = first(tmp_path)
    before = contents_of(url)
    write(tmp_path / "next", "attendance", {"child_id": "nobody"}, {"child_id": "nobody", "session": "PM"})
    with pytest.raises(LoadError, match=r"attendance: 2 rows were read and none was loaded\."):
        load([tmp_path / "next"], url, careful=True)
    assert contents_of(url) == before
