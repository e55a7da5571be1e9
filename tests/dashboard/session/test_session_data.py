"""After a load the old data is shown, whole and nothing else, until the new data's numbers are worked out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from dashboard.figures.reporting import DataChanged, Reporting
from dashboard.session import state
from data_access.load import load
from metrics.measures.catalogue import get
from metrics.units.unit import Responsibility
from tests.generators import write

SECONDS = 60


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    address = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    monkeypatch.setenv("QS133_DATABASE_URL", address)
    st.cache_resource.clear()
    yield address
    st.cache_resource.clear()


def load_seed(folder: Path, seed: int, address: str) -> str:
    authority = write(folder / f"sources_{seed}", seed, 8)
    return load(authority.sources, address, as_at=authority.as_at, collection_year=authority.collection_year).version


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Lets the new version's numbers be worked out only once it is set."""
    may, prepare_as = threading.Event(), Reporting.prepare_as

    def waiting(self: Reporting, other: Reporting) -> list[str]:
        assert may.wait(SECONDS)
        return prepare_as(self, other)

    monkeypatch.setattr(Reporting, "prepare_as", waiting)
    return may


def test_the_old_data_is_shown_until_the_new_is_worked_out(tmp_path: Path, database: str, held: threading.Event) -> None:
    one = load_seed(tmp_path, 1, database)
    before = state.current_data()
    state.choices(before, "year")
    two = load_seed(tmp_path, 2, database)
    assert state.current_data() is before
    assert before.reporting.version == one
    held.set()
    state.await_new_data()
    after = state.current_data()
    assert after.reporting.version == two
    assert {grain for _, grain, *_ in after.reporting._cells} == {"year"}


def test_what_the_old_data_can_not_give_any_more_waits_for_the_new(tmp_path: Path, database: str, held: threading.Event) -> None:
    load_seed(tmp_path, 1, database)
    before = state.current_data()
    two = load_seed(tmp_path, 2, database)
    state.current_data()
    with pytest.raises(DataChanged):
        state.choices(before, "month")
    with pytest.raises(DataChanged):
        state.current_data(Responsibility(("North",)))
    held.set()
    state.await_new_data()
    assert state.current_data(Responsibility(("North",))).reporting.version == two


def test_a_part_and_the_whole_are_of_one_version(tmp_path: Path, database: str, held: threading.Event) -> None:
    one = load_seed(tmp_path, 1, database)
    part = Responsibility(("North",))
    assert {state.current_data(whose).reporting.version for whose in (None, part)} == {one}
    two = load_seed(tmp_path, 2, database)
    assert {state.current_data(whose).reporting.version for whose in (None, part)} == {one}
    held.set()
    state.await_new_data()
    assert {state.current_data(whose).reporting.version for whose in (None, part)} == {two}


def test_protected_numbers_are_worked_out_for_the_new_data_too(tmp_path: Path, database: str, held: threading.Event) -> None:
    load_seed(tmp_path, 1, database)
    before = state.current_data()
    held.set()
    before.reporting.protected_summary(get("assessment_covers_all_factors"), "year")
    load_seed(tmp_path, 2, database)
    state.current_data()
    state.await_new_data()
    assert state.current_data().reporting._shown.keys() == before.reporting._shown.keys() != set()
