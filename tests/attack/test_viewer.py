"""What a viewer can tell by other ways than the numbers: how long a page takes, several authorities and their funnel,
and what changed."""

from __future__ import annotations

import datetime
import re
import statistics
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from config.access import Role
from dashboard.access.roles import Person
from dashboard.content import digest
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load, load_authorities
from metrics.measures.catalogue import get, measures
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State
from tests.dashboard.walking import Visitor
from tests.metrics.disclosure.authorities import NoGuard
from tests.several_authorities import each_alone

TIMES = 15
MEASURE = "education_plan"
NAMES = {"Ashford": "North", "Berwick": "North", "Calder": "South"}
AS_AT = datetime.date(2025, 8, 31)


def viewer(reporting: Reporting) -> PermittedReporting:
    return PermittedReporting(reporting, Person("Vera", "vera", Role.VIEWER), NoGuard())


def test_a_hidden_group_takes_as_long_as_an_empty_one(demo_database: str) -> None:
    """Whoever measures a click can't tell a group of a few children from one of none."""
    reporting = viewer(Reporting(engine(demo_database)))
    found = reporting.summary(get(MEASURE), "year", by=("ethnicity",))
    states = {group: set(rows["state"]) for (group,), rows in found.group_by("ethnicity")}
    hidden = next(group for group, its in states.items() if its == {State.HIDDEN.value})
    empty = "no such group"
    took: dict[str, list[float]] = {hidden: [], empty: []}
    for number in range(2 * TIMES):
        group = (hidden, empty)[number % 2]
        began = time.process_time()
        reporting.summary(get(MEASURE), "year", where={"ethnicity": (group,)})
        took[group].append(time.process_time() - began)
    one, other = (statistics.median(each[2:]) for each in took.values())
    assert abs(one - other) < 0.25 * max(one, other) + 0.003, (one, other)


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("authorities")
    address = f"duckdb:///{folder / 'pooled.duckdb'}"
    load_authorities(each_alone(folder, NAMES, 20, 25, AS_AT)[0], address, as_at=AS_AT, made_up=True)
    return address


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The measures of which an exact summary was asked for, other than to protect it."""
    asked_for: list[str] = []
    summary, protected, within = Reporting.summary, Reporting.protected_summary, [0]

    def asked(self: Reporting, measure: Measure, *given: Any, **named: Any) -> pl.DataFrame:
        if not within[0]:
            asked_for.append(measure.id)
        return summary(self, measure, *given, **named)

    def protecting(self: Reporting, *given: Any, **named: Any) -> pl.DataFrame:
        within[0] += 1
        try:
            return protected(self, *given, **named)
        finally:
            within[0] -= 1

    monkeypatch.setattr(Reporting, "summary", asked)
    monkeypatch.setattr(Reporting, "protected_summary", protecting)
    return asked_for


def test_the_funnel_of_several_authorities_has_no_point_that_is_hidden(
    authorities: str, exact: list[str], workspace: sa.Engine, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A viewer's page is made from protected numbers alone: no exact summary is asked for while it is drawn."""
    monkeypatch.setenv("QS133_DATABASE_URL", authorities)
    visitor = Visitor(monkeypatch, "Viewer", grain="Year")
    seen = visitor.go("authorities")
    assert all(name in seen.text for name in NAMES) and exact == []
    for name in seen.files:
        rows = seen.rows(name) if name.endswith(".csv") else []
        assert not [row for row in rows if row.get("shown_as", "").startswith("hidden") and (row.get("numerator") or row.get("value"))]


def test_what_changed_is_told_from_protected_numbers_and_names_no_count(
    exact: list[str], workspace: sa.Engine, tmp_path: Path,
) -> None:
    """Two loads whose numbers differ much: the sentences say which way it went, and never of how many children."""
    sentences: list[str] = []
    for children in (90, 140, 90):
        address = f"duckdb:///{tmp_path / f'{len(sentences)}-{children}.duckdb'}"
        load(write_demo(tmp_path / f"sources-{len(sentences)}-{children}", children=children, seed=children), address)
        reporting = Reporting(engine(address))
        digest.keep(reporting, workspace, "ann")
        found = digest.digest(workspace, reporting.version)
        assert found is not None
        sentences += [digest.heading(found), *found.sentences]
    assert exact == [] and len(sentences) > 5
    assert not [each for each in sentences if re.search(r"\b\d+ (of|out of|children)\b", each)], sentences


def test_every_authority_lists_the_same_groups_to_a_viewer(authorities: str) -> None:
    """Which groups a breakdown has doesn't tell who is in a measure's population."""
    reporting = viewer(Reporting(engine(authorities)))
    for breakdown in ("ethnicity", "placement", "authority"):
        listed = {
            measure.id: frozenset(reporting.summary(measure, "year", by=(breakdown,))[breakdown])
            for measure in measures() if MEASURE.partition("_")[0] in measure.id
        }
        assert len(listed) > 1 and len(set(listed.values())) == 1, breakdown
