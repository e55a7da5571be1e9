"""An authority that is loaded with changes, and the workspace that keeps what was released of it."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from data_access.demo import write_demo
from data_access.load import load
from tests.data_access import damage

LATER = datetime.date(2026, 9, 30)
Load = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_demo(tmp_path_factory.mktemp("authority"), children=100, years=1)


@pytest.fixture
def load_with(made: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """`load_with(extract=how, ...)` loads the authority with extracts changed, as real data into the settings' database."""
    address = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    monkeypatch.setenv("QS133_DATABASE_URL", address)
    numbers = itertools.count()

    def do(
        *, as_at: datetime.date = LATER, made_up: bool = False, without: str = "", **changes: Callable[[damage.Rows], damage.Rows],
    ) -> str:
        sources = damage.copy_of(made, tmp_path / f"sources_{next(numbers)}")
        for name, how in changes.items():
            damage.change(sources[-1] / f"{name}.csv", how)
        if without:
            (sources[-1] / f"{without}.csv").unlink()
        load(sources, address, as_at=as_at, made_up=made_up)
        return address

    return do
