"""Children whose id changed and renamed teams are told, and so are rows that rename nobody."""

from __future__ import annotations

from pathlib import Path

from tests.data_access.files import loaded, write

CHANGED = "Children whose id changed, as same_child says. Rows under an old id count as theirs."
NO_CHILD = "Rows of same_child whose child is in no source. They change nothing: check the ids."
RENAMED = "Children of teams that were renamed, as same_team says. They count under the new name."
NO_TEAM = "Rows of same_team whose team no child has. They change nothing: check the names."


def found(tmp_path: Path) -> dict[str, tuple[int, int]]:
    """Rows and children of each finding about renaming."""
    write(tmp_path / "in", "assessments", {})
    report, _ = loaded(tmp_path, tmp_path / "in")
    return {each.finding: (each.rows, each.children) for each in report.findings if "same_" in each.finding}


def test_nothing_is_told_where_nobody_is_renamed(tmp_path: Path) -> None:
    write(tmp_path / "in", "children", {"child_id": "1", "team": "North"})
    assert found(tmp_path) == {}


def test_a_chain_is_one_child_and_a_mistyped_id_is_told(tmp_path: Path) -> None:
    write(tmp_path / "in", "children", {"child_id": "1"}, {"child_id": "z"})
    write(
        tmp_path / "in", "same_child", {"old_id": "1", "new_id": "2"}, {"old_id": "2", "new_id": "3"},
        {"old_id": "8", "new_id": "9"}, {"old_id": "9", "new_id": "10"},
    )
    assert found(tmp_path) == {CHANGED: (1, 1), NO_CHILD: (1, 1)}


def test_children_of_a_renamed_team_are_counted_and_a_mistyped_team_is_told(tmp_path: Path) -> None:
    teams = {"1": "North", "2": "East", "3": "West"}
    write(tmp_path / "in", "children", *({"child_id": child, "team": team} for child, team in teams.items()))
    renamed = {"North": "South", "South": "East", "Nroth": "Far East"}
    write(tmp_path / "in", "same_team", *({"old": old, "new": new} for old, new in renamed.items()))
    assert found(tmp_path) == {RENAMED: (2, 2), NO_TEAM: (1, 1)}
