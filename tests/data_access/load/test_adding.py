"""`--add`: what is loaded beside what is there is as if all had been loaded together, the new as the later source."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.load import LoadError, UsageError, load, load_authorities
from data_access.load.kept import read_kept
from data_access.load.several_authorities import Authority
from data_access.load.storing.history import history
from data_access.load.storing.rollback import go_back
from tests import generators
from tests.data_access.files import Row, contents_of, counts, database, rows_of, write

NOT_COMPARED = ("data_version", "made_up", "return_check", "return_check_row", "kept_source")
"""What says which load it was, and the checks of a return's files, which look at the files that were read."""


def in_one_and_in_two(folder: Path, seed: int, children: int, cut: int) -> None:
    made = generators.write(folder / "sources", seed, children)
    first, second = made.sources[:cut], made.sources[cut:]
    if not first or not second or made.as_at is None or made.collection_year is not None:
        return
    whole, added = database(folder / "whole"), database(folder / "added")
    load(made.sources, whole, as_at=made.as_at)
    load(first, added, as_at=made.as_at)
    if counted(rows_of(added, "quarantine")) - counted(rows_of(whole, "quarantine")):
        return  # rows that are good only because of what comes later, as of a child that nobody knew
    load(second, added, as_at=made.as_at, add=True)
    one, two = contents_of(whole), contents_of(added)
    for name in one:
        if name not in NOT_COMPARED:
            assert counted(two[name]) == counted(one[name]), name


def counted(rows: list[dict[str, object]]) -> Counter[str]:
    return Counter(map(repr, rows))


@given(generators.authorities(max_children=9), st.integers(1, 3))
def test_added_is_as_if_loaded_together(authority: tuple[int, int], cut: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        in_one_and_in_two(Path(folder), *authority, cut)


def base(tmp_path: Path) -> str:
    source = tmp_path / "base"
    write(source, "Header", {"UPN": "D051910639385"}, {"CHILD": "2"})
    write(source, "Episodes", {}, {"CHILD": "2"})
    write(source, "UASC", {"CHILD": "2"})
    write(source, "children", {"team": "North"}, {"child_id": "3", "team": "North", "disabled": "1"})
    write(source, "attendance", {}, {"session": "PM"})
    write(source, "exclusions", {}, {"child_id": "nobody"})
    url = database(tmp_path)
    load([source], url)
    return url


def test_a_monthly_file_is_enough(tmp_path: Path) -> None:
    url = base(tmp_path)
    month: list[Row] = [{"mark": "N"}, {"date": "2025-01-02"}]
    write(tmp_path / "month", "attendance", *month)
    report = load([tmp_path / "month"], url, add=True, who="somebody")
    assert counts(report) == {"attendance": (2, 2, 0)}
    assert report.replaced["attendance"] == 1
    assert [(str(row["session_date"]), row["session"], row["mark"]) for row in rows_of(url, "attendance")] == [
        ("2025-01-01", "AM", "N"), ("2025-01-01", "PM", "/"), ("2025-01-02", "AM", "/"),
    ]
    assert [row["child_id"] for row in rows_of(url, "child")] == ["1", "2", "3"]
    assert [row["unaccompanied"] for row in rows_of(url, "child")] == [0, 1, None]
    assert str(report.as_at) == "2026-03-31"
    assert len(rows_of(url, "exclusion")) == 1 and len(rows_of(url, "quarantine")) == 1
    latest = history(url)[0]
    assert (latest.what, latest.who, latest.rows_read, latest.rows_quarantined) == ("add", "somebody", 2, 0)
    assert not any("D051910639385" in str(row) for row in rows_of(url, "kept_source"))


def test_rollback_undoes_it_and_what_was_added_can_be_added_to(tmp_path: Path) -> None:
    url = base(tmp_path)
    before = contents_of(url)
    for day in ("2025-01-02", "2025-01-03"):
        write(tmp_path / day, "attendance", {"date": day})
        load([tmp_path / day], url, add=True)
    assert len(rows_of(url, "attendance")) == 4
    go_back(url, "somebody", keep=3)
    go_back(url, "somebody", keep=3)
    assert contents_of(url) == before


def test_a_file_that_is_loaded_again_is_counted_once(tmp_path: Path) -> None:
    url = base(tmp_path)
    write(tmp_path / "month", "exclusions", {"child_id": "nobody"}, {"start_date": "2025-02-01"})
    for _ in range(2):
        load([tmp_path / "month"], url, add=True)
    assert sorted(Path(str(row["source"])).name for row in rows_of(url, "quarantine")) == ["base", "month"]
    assert len([row for row in rows_of(url, "load_file") if row["table_name"] == "exclusions"]) == 2
    assert len(rows_of(url, "exclusion")) == 2


def test_changed_ids_and_renamed_teams_reach_what_was_there(tmp_path: Path) -> None:
    url = base(tmp_path)
    write(tmp_path / "later", "same_child", {"old_id": "1", "new_id": "1a"})
    write(tmp_path / "later", "same_team", {"old": "North", "new": "Far North"})
    load([tmp_path / "later"], url, add=True)
    write(tmp_path / "last", "exclusions", {"child_id": "1"}, {"child_id": "1a", "start_date": "2025-03-01"})
    load([tmp_path / "last"], url, add=True)
    assert [(row["child_id"], row["team"]) for row in rows_of(url, "child")] == [("1a", "Far North"), ("2", None), ("3", "Far North")]
    assert {row["child_id"] for row in rows_of(url, "attendance")} == {"1a"}
    assert [(row["child_id"], str(row["start_date"])) for row in rows_of(url, "exclusion")] == [("1a", "2025-01-01"), ("1a", "2025-03-01")]


def test_a_later_return_comes_beside_an_earlier(tmp_path: Path) -> None:
    url = base(tmp_path)
    write(tmp_path / "next", "Header", {})
    write(tmp_path / "next", "Episodes", {"DEC": "01/06/2026", "REC": "E8"})
    load([tmp_path / "next"], url, add=True)
    spans = [(row["child_id"], str(row["end_date"])) for row in rows_of(url, "care_arrangement")]
    assert sorted(spans) == [("1", "2026-06-01"), ("2", "2026-04-01")]


def test_without_anything_to_add_to(tmp_path: Path) -> None:
    write(tmp_path / "month", "attendance", {})
    with pytest.raises(LoadError, match="nothing to add to"):
        load([tmp_path / "month"], database(tmp_path), add=True)


def test_nothing_is_added_to_several_authorities(tmp_path: Path) -> None:
    url = database(tmp_path)
    write(tmp_path / "one", "children", {})
    write(tmp_path / "one", "attendance", {})
    load_authorities([Authority("Barnet", "London", (tmp_path / "one",)), Authority("Brent", "London", (tmp_path / "one",))], url)
    with pytest.raises(LoadError, match="holds several authorities, and nothing is put beside those: load all of them together"):
        load([tmp_path / "one"], url, add=True)


def test_a_return_and_a_dataset_are_not_mixed(tmp_path: Path) -> None:
    url = base(tmp_path)
    kept = read_kept(url)
    kept.refuse_mixture(has_return=True, has_dataset=False)
    with pytest.raises(UsageError, match="can't be added"):
        kept.refuse_mixture(has_return=False, has_dataset=True)
