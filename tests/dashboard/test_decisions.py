"""What is hidden is decided once, whichever server or command is the first to ask, and shown again by those that come after it."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from dashboard import releases
from dashboard.releases import Releases
from dashboard.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from data_access.workspace import WorkspaceUnavailable, workspace_engine
from data_access.workspace.decisions import decision
from metrics.catalogue import get
from metrics.decisions import hidden_of
from metrics.disclosure.protection import Protected, Undecided
from metrics.unit import Responsibility
from tests.data_access.workspaces import workspace_address

CONCERN = get("social_emotional_concern")
BREAKDOWNS = ((), ("sex",), ("placement",), ("sex", "placement"))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demo(tmp_path_factory.mktemp("sources"), seed=6, children=90, years=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return workspace_engine(workspace_address(request, tmp_path))


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The periods, each time that something was decided; only the workspace is asked whether it was before."""
    found: list[tuple[str, ...]] = []
    protect = Undecided.protect

    def spied(self: Undecided, labels: Sequence[str]) -> Protected:
        found.append(tuple(labels))
        return protect(self, labels)

    monkeypatch.setattr(Undecided, "protect", spied)
    monkeypatch.setattr(releases, "hidden_of", hidden_of)
    return found


def tables(reporting: Reporting) -> list[pl.DataFrame]:
    return [reporting.protected_summary(CONCERN, "quarter", by=by) for by in BREAKDOWNS]


def equal(some: list[pl.DataFrame], others: list[pl.DataFrame]) -> bool:
    return all(one.equals(other) for one, other in zip(some, others, strict=True))


@pytest.mark.parametrize("responsibility", [None, Responsibility(("Permanence",))])
def test_made_up_data_is_decided_once_by_all_servers(
    sources: list[Path], tmp_path: Path, workspace: sa.Engine, decided: list[tuple[str, ...]], responsibility: Responsibility | None,
) -> None:
    address = f"duckdb:///{tmp_path / 'data.duckdb'}"
    load(sources, address, made_up=True)
    first, second = (Reporting(engine(address), responsibility, Releases(lambda: workspace)) for _ in range(2))
    labels = tuple(first.periods("quarter")["label"])
    seen = tables(first)
    assert decided == [labels]
    assert equal(tables(second), seen) and decided == [labels]
    without = tables(Reporting(engine(address), responsibility))
    assert equal(without, seen) and decided == [labels, labels]


def test_real_data_is_decided_for_the_periods_that_are_not_released_and_once(
    sources: list[Path], tmp_path: Path, workspace: sa.Engine, decided: list[tuple[str, ...]],
) -> None:
    address = f"duckdb:///{tmp_path / 'data.duckdb'}"
    load(sources, address, as_at=datetime.date(2026, 9, 15))
    first = Reporting(engine(address), releases=Releases(lambda: workspace))
    periods = first.periods("quarter")
    seen = tables(first)
    assert decided == [tuple(periods["label"])]
    for _ in range(2):
        assert equal(tables(Reporting(engine(address), releases=Releases(lambda: workspace))), seen)
    over, going_on = (tuple(periods.filter(pl.col("complete") == whole)["label"]) for whole in (True, False))
    assert over and going_on and decided[1:] == [going_on]


def test_a_workspace_that_can_not_be_used_keeps_nobody_from_made_up_data(
    sources: list[Path], tmp_path: Path, workspace: sa.Engine, decided: list[tuple[str, ...]],
) -> None:
    address = f"duckdb:///{tmp_path / 'data.duckdb'}"
    load(sources, address, made_up=True)
    with workspace.begin() as connection:
        decision.drop(connection)

    def away() -> sa.Engine:
        raise WorkspaceUnavailable("It is away.")

    seen = tables(Reporting(engine(address)))
    for lacking in (away, lambda: workspace):
        assert equal(tables(Reporting(engine(address), releases=Releases(lacking))), seen)
    assert len(decided) == 3
