"""The reference's care arrangements and placements, worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.reference import load
from tests.reference.by_hand import episodes, rows, write_source
from tests.reference.care import arrangements_of, care_starts_of, placements_of
from tests.reference.child_state import arrangement_at, in_care_at, placement_start_at
from tests.reference.layout import BREAKDOWN_REASONS


def runs(*lines: str) -> list[tuple[str, str | None, bool]]:
    """The placements of some episodes (`DECOM DEC RNE LS PLACE REC REASON`): month and day of start and end."""
    return [
        (f"{one.start_date:%m-%d}", f"{one.end_date:%m-%d}" if one.end_date else None, one.ended_by_breakdown)
        for one in placements_of(episodes(*lines), BREAKDOWN_REASONS)
    ]


def starts(*lines: str) -> list[str]:
    return [start for start, _, _ in runs(*lines)]


@pytest.mark.parametrize(("rne", "starts_anew"), [("S", True), ("P", True), ("B", True), ("L", False), ("T", False), ("U", False)])
def test_the_reason_for_a_new_episode_says_whether_the_carer_changed(rne: str, starts_anew: bool) -> None:
    found = starts("2024-01-01 2024-02-01 S C2 U4 X1 .", f"2024-02-01 . {rne} C2 U4 . .")
    assert found == (["01-01", "02-01"] if starts_anew else ["01-01"])


def test_episodes_that_do_not_touch_are_two_placements() -> None:
    assert starts("2024-01-01 2024-02-01 S C2 U4 X1 .", "2024-02-02 . L C2 U4 . .") == ["01-01", "02-02"]
    assert starts("2024-01-01 . S C2 U4 X1 .", "2024-02-02 . L C2 U4 . .") == ["01-01", "02-02"]  # an open one first


def test_short_breaks_are_no_placement_and_do_not_come_between() -> None:
    found = runs("2024-01-01 2024-02-01 S C2 U4 X1 .", "2024-01-10 2024-01-12 S V4 U4 . .", "2024-02-01 . L C2 U4 . .")
    assert found == [("01-01", None, False)]


@pytest.mark.parametrize(("reason", "broke_down"), [("CREQB", True), ("CREQO", True), ("CHILD", True), ("CARPL", False), (".", False)])
def test_the_last_episodes_reason_says_whether_it_broke_down(reason: str, broke_down: bool) -> None:
    assert runs("2024-01-01 2024-02-01 S C2 U4 X1 CREQB", f"2024-02-01 2024-03-01 L C2 U4 E8 {reason}") == [
        ("01-01", "03-01", broke_down)
    ]


def test_a_placement_that_has_not_ended_has_not_broken_down() -> None:
    assert runs("2024-01-01 . S C2 U4 . CHILD") == [("01-01", None, False)]


BEFORE = "2024-01-01 2024-02-01 S C2 U4 X1 ."
ABSENT = "2024-02-01 2024-02-10 P C2 T1 X1 ."


@pytest.mark.parametrize(("lines", "expected"), [
    # An absence continues what it touches, whatever its RNE, S excepted.
    ([BEFORE, ABSENT], ["01-01"]),
    ([BEFORE, "2024-02-01 2024-02-10 S C2 T1 X1 ."], ["01-01", "02-01"]),
    ([BEFORE, "2024-02-02 2024-02-10 L C2 T1 X1 ."], ["01-01", "02-02"]),
    # What touches its end continues by RNE, or by the code from before the absence.
    ([BEFORE, ABSENT, "2024-02-10 . L C2 U5 . ."], ["01-01"]),
    ([BEFORE, ABSENT, "2024-02-10 . P C2 U4 . ."], ["01-01"]),
    ([BEFORE, ABSENT, "2024-02-10 . P C2 U5 . ."], ["01-01", "02-10"]),
    ([BEFORE, ABSENT, "2024-02-10 . S C2 U4 . ."], ["01-01", "02-10"]),
    ([BEFORE, ABSENT, "2024-02-11 . L C2 U4 . ."], ["01-01", "02-11"]),
    # Two absences in a row; the code from before is that of the last episode that was none.
    ([BEFORE, ABSENT, "2024-02-10 2024-02-20 P C2 T2 X1 .", "2024-02-20 . P C2 U4 . ."], ["01-01"]),
    ([BEFORE, ABSENT, "2024-02-10 2024-02-20 L C2 U5 X1 .", "2024-02-20 . P C2 U5 . ."], ["01-01", "02-20"]),
    # An absence that touches nothing starts one, and what follows is judged by RNE alone.
    (["2024-02-01 2024-02-10 S C2 T1 X1 .", "2024-02-10 . P C2 U4 . ."], ["02-01", "02-10"]),
    (["2024-02-01 2024-02-10 S C2 T1 X1 .", "2024-02-10 . L C2 U4 . ."], ["02-01"]),
    # Another absence right after touches a placement, the one that the first absence started.
    (["2024-02-01 2024-02-10 S C2 T1 X1 .", "2024-02-10 . P C2 T1 . ."], ["02-01"]),
    # A blank place before the absence is no code.
    (["2024-01-01 2024-02-01 S C2 . X1 .", ABSENT, "2024-02-10 . P C2 . . ."], ["01-01", "02-10"]),
])
def test_temporary_absences(lines: list[str], expected: list[str]) -> None:
    assert starts(*lines) == expected


def test_a_placement_whose_last_episode_is_an_absence_ends_with_it() -> None:
    assert runs(BEFORE, "2024-02-01 2024-02-10 P C2 T1 E8 CHILD") == [("01-01", "02-10", True)]


def test_care_starts_are_rne_s_with_a_legal_status_in_care() -> None:
    found = care_starts_of(episodes("2024-01-01 . S V2 U4 . .", "2024-01-02 . S V4 U4 . .", "2024-01-03 . P C2 U4 . ."))
    assert [start.start_date.day for start in found] == [1]


@pytest.mark.parametrize(("rec", "status", "placement"), [
    ("E45", "special_guardianship", "special_guardian"), ("E48", "special_guardianship", "special_guardian"),
    ("E11", "adopted", "adoptive_parents"), ("E12", "adopted", "adoptive_parents"),
])
def test_the_time_after_a_permanent_arrangement(rec: str, status: str, placement: str) -> None:
    ended = f"2024-01-01 2024-02-01 S C2 U4 {rec} ."
    (_, after) = arrangements_of(episodes(ended))
    assert (after.care_status, after.placement, after.start_date, after.end_date) == (status, placement, date(2024, 2, 1), None)
    found = arrangements_of(episodes(ended, "2024-01-05 2024-01-06 S V4 U4 . .", "2024-05-01 . S V4 U4 . ."))
    assert date(2024, 5, 1) in {one.end_date for one in found if one.care_status == status}
    assert len(arrangements_of(episodes(f"2024-01-01 . S C2 U4 {rec} ."))) == 1  # a blank DEC gives none
    assert len(arrangements_of(episodes("2024-01-01 2024-02-01 S C2 U4 E41 ."))) == 1


def test_after_a_permanent_arrangement_new_care_on_the_same_day_leaves_no_time() -> None:
    found = arrangements_of(episodes("2024-01-01 2024-02-01 S C2 U4 E11 .", "2024-02-01 . S C2 U4 . ."))
    assert {(one.start_date.month, one.end_date and one.end_date.month) for one in found if one.care_status == "adopted"} == {(2, 2)}


def test_a_permanent_arrangement_after_an_episode_of_no_days_lasts_to_the_next_episode(tmp_path: Path) -> None:
    ended = "2024-02-01 2024-02-01 S C2 U4 E11 ."
    for others, end in (([], None), (["2024-05-01 . S C2 U4 . ."], date(2024, 5, 1))):
        (after,) = (one for one in arrangements_of(episodes(ended, *others)) if one.care_status == "adopted")
        assert (after.start_date, after.end_date) == (date(2024, 2, 1), end)


def test_of_several_arrangements_the_last_started_then_in_care_then_the_greatest_counts(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "extracts", children=rows("child_id", *"12345"),
        care_arrangements=rows(
            "child_id care_status placement start_date end_date",
            "1 care_order foster_carer 2024-01-01 .", "1 edge_of_care birth_parents 2024-01-02 2024-01-04",
            "2 care_order . 2024-01-01 .", "2 edge_of_care residential 2024-01-01 .",
            "3 edge_of_care . 2024-01-01 .", "3 adopted adoptive_parents 2024-01-01 .", "3 short_breaks birth_parents 2024-01-01 .",
            "4 care_order foster_carer 2024-01-01 .", "4 section_20 foster_carer 2024-01-01 .",
            "5 care_order foster_carer 2024-01-02 2024-01-02", "5 section_20 . 2024-01-01 2024-01-03",
        ),
    )
    database = load([source], date(2024, 12, 31))

    def at(child_id: str, day: int) -> tuple[str, str | None] | None:
        found = arrangement_at(database, child_id, date(2024, 1, day))
        return None if found is None else (found.care_status, found.placement)

    assert at("1", 1) == ("care_order", "foster_carer")
    assert at("1", 3) == ("edge_of_care", "birth_parents")
    assert at("1", 4) == ("care_order", "foster_carer")  # the end is out
    assert at("2", 3) == ("care_order", None)
    assert at("3", 3) == ("short_breaks", "birth_parents")
    assert at("4", 3) == ("section_20", "foster_carer")
    assert at("5", 2) == ("section_20", None) and at("5", 3) is None
    assert not in_care_at(database, "1", date(2024, 1, 3)) and in_care_at(database, "2", date(2024, 1, 3))
    assert placement_start_at(database, "1", date(2024, 1, 3)) == date(2024, 1, 2)


def test_in_care_the_placement_start_is_that_of_the_run_of_episodes(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "return", Header=rows("CHILD", "1"),
        Episodes=rows("CHILD DECOM RNE LS PLACE DEC", "1 01/01/2024 S V2 U4 01/02/2024", "1 01/02/2024 L C2 U4 ."),
    )
    database = load([source])
    assert placement_start_at(database, "1", date(2024, 2, 1)) == date(2024, 1, 1)
    assert placement_start_at(database, "1", date(2023, 12, 31)) is None


def test_a_local_row_in_care_is_for_children_without_episodes(tmp_path: Path) -> None:
    local = "care_order foster_carer 2024-01-01 2024-03-01 breakdown"
    source = write_source(
        tmp_path / "all", Header=rows("CHILD", "1"), children=rows("child_id", "2"),
        Episodes=rows("CHILD DECOM RNE LS PLACE", "1 01/02/2024 S V4 U4"),
        care_arrangements=rows(
            "child_id care_status placement start_date end_date end_reason",
            f"1 {local}", f"2 {local}", "1 edge_of_care . 2023-01-01 2024-01-01 .",
        ),
    )
    database = load([source])
    assert {(one.child_id, one.care_status) for one in database.arrangements} == {
        ("1", "short_breaks"), ("1", "edge_of_care"), ("2", "care_order"),
    }
    assert [(one.child_id, one.ended_by_breakdown) for one in database.placements] == [("2", True)]
    assert all(counts.quarantined == 0 for counts in database.counts.values())
