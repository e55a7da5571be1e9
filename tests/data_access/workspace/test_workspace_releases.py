"""Released periods in the workspace: the first writer wins, a later release replaces an earlier one, and only then."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.workspace import (
    AlreadyReleased,
    Family,
    Release,
    WorkspaceUnavailable,
    keep_releases,
    last_anew,
    released_families,
    releases_of,
    start_over,
    was_released_otherwise,
    workspace_engine,
)
from data_access.workspace.releases import period_release
from tests.data_access.empty_databases import empty_database

FAMILY = Family("children_any", "quarter", "a" * 64)
AT = datetime.datetime(2026, 10, 3, 12, 30)


def released(period: str, number: int = 1, rows: bytes = b"rows") -> Release:
    return Release(period, number, AT, "", "", "v1", frozenset({"attendance", "OC2"}), rows)


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return workspace_engine(empty_database(request, tmp_path, "workspace"))


def test_what_is_released_is_read_back_as_it_was(workspace: sa.Engine) -> None:
    wanted = [released("2025-26 Q1"), released("2025-26 Q2", rows=bytes(range(256)) * 1000)]
    keep_releases(workspace, FAMILY, wanted)
    keep_releases(workspace, FAMILY, [])
    assert list(releases_of(workspace, FAMILY).values()) == wanted
    for another in (replace(FAMILY, grain="month"), replace(FAMILY, declarations="b"), replace(FAMILY, cohort="looked_after")):
        assert releases_of(workspace, another) == {}
    keep_releases(workspace, replace(FAMILY, cohort="looked_after"), [])
    assert released_families(workspace) == {FAMILY} and last_anew(workspace) == 0


def test_the_first_writer_wins_and_of_the_second_nothing_is_kept(workspace: sa.Engine) -> None:
    keep_releases(workspace, FAMILY, [released("2025-26 Q2", rows=b"first")])
    with pytest.raises(AlreadyReleased):
        keep_releases(workspace, FAMILY, [released("2025-26 Q1", rows=b"second"), released("2025-26 Q2", rows=b"second")])
    assert {label: release.cells for label, release in releases_of(workspace, FAMILY).items()} == {"2025-26 Q2": b"first"}


def test_of_writers_at_the_same_time_one_wins(workspace: sa.Engine) -> None:
    def write(number: int) -> bool:
        try:
            keep_releases(workspace, FAMILY, [released(f"2025-26 Q{quarter}", rows=b"%d" % number) for quarter in (1, 2, 3)])
        except AlreadyReleased:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(8)))
    found = {release.cells for release in releases_of(workspace, FAMILY).values()}
    assert won.count(True) == 1 and found == {b"%d" % won.index(True)}


def test_a_later_release_holds_and_the_earlier_one_keeps_no_rows(workspace: sa.Engine) -> None:
    other = replace(FAMILY, declarations="b" * 64)
    keep_releases(workspace, FAMILY, [released("2025-26 Q1"), released("2025-26 Q2")])
    keep_releases(workspace, other, [released("2025-26 Q1")])
    anew = replace(released("2025-26 Q1", 2, b"new"), who="ann", reason="late plans")
    keep_releases(workspace, FAMILY, [anew])
    assert releases_of(workspace, FAMILY) == {"2025-26 Q1": anew, "2025-26 Q2": released("2025-26 Q2")}
    assert releases_of(workspace, other) == {"2025-26 Q1": released("2025-26 Q1")}
    with workspace.connect() as connection:
        emptied = connection.execute(sa.select(period_release).where(period_release.c.cells.is_(None))).mappings().all()
    assert [(row["period"], row["number"], row["declarations"]) for row in emptied] == [("2025-26 Q1", 1, FAMILY.declarations)]
    before = last_anew(workspace)
    keep_releases(workspace, FAMILY, [released("2025-26 Q2", 2)])
    assert last_anew(workspace) > before > 0


def test_starting_over_forgets_every_release_and_keeps_who_did_so(workspace: sa.Engine) -> None:
    for time in (1, 2):
        keep_releases(workspace, FAMILY, [released("2025-26 Q1"), released("2025-26 Q2")])
        keep_releases(workspace, replace(FAMILY, grain="month"), [released("2025-06")])
        keep_releases(workspace, FAMILY, [released("2025-26 Q2", 2)])
        before = last_anew(workspace)
        assert start_over(workspace, AT, "ann", f"tries {time}", "v1") == 4
        assert releases_of(workspace, FAMILY) == {} and released_families(workspace) == set()
        assert last_anew(workspace) != before, "a running server sees that something changed"
        assert not was_released_otherwise(workspace, replace(FAMILY, declarations="b"))
    before = last_anew(workspace)
    assert start_over(workspace, AT, "ann", "nothing there", "v1") == 0 and last_anew(workspace) != before
    with workspace.connect() as connection:
        kept = connection.execute(sa.select(period_release.c.who, period_release.c.reason).order_by(period_release.c.number)).all()
    assert [tuple(row) for row in kept] == [("ann", "tries 1"), ("ann", "tries 2"), ("ann", "nothing there")]


def test_other_declarations_are_known(workspace: sa.Engine) -> None:
    other = replace(FAMILY, declarations="b" * 64)
    assert not was_released_otherwise(workspace, FAMILY)
    keep_releases(workspace, other, [released("2025-26 Q1")])
    assert was_released_otherwise(workspace, FAMILY) and not was_released_otherwise(workspace, other)
    assert not was_released_otherwise(workspace, replace(FAMILY, grain="year"))


def test_a_workspace_that_cannot_be_read_or_written_is_told(workspace: sa.Engine) -> None:
    with workspace.begin() as connection:
        period_release.drop(connection)
    with pytest.raises(WorkspaceUnavailable):
        releases_of(workspace, FAMILY)
    with pytest.raises(WorkspaceUnavailable):
        keep_releases(workspace, FAMILY, [released("2025-26 Q1")])
