"""An authority beside the others that are loaded with it: every number against plain sums, and in the protected view only what is shown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from config.access import Role
from config.disclosure import disclosure_rules
from dashboard.access.roles import Person
from dashboard.charts.funnel import funnel, funnel_chart, own_words
from dashboard.content.several_authorities import Pooled, named_alike, pooled_rows, pooled_sentence
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.published import current
from dashboard.figures.reporting import Reporting
from dashboard.screens.authorities import beside_all
from dashboard.session.state import workspace
from data_access.audit import entries
from data_access.engines import engine
from data_access.load import load_authorities
from metrics.comparators.published import Kind
from metrics.judgement.several_authorities import pools, sum_of_shown
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import get, measures
from metrics.measures.kinds import Measure, Rate
from metrics.units.unit import Responsibility
from tests.dashboard.people import ANALYST, Agreeing
from tests.dashboard.walking import Visitor
from tests.several_authorities import each_alone

AS_AT = datetime.date(2025, 8, 31)
REGIONS = {"Barnet": "London", "Camden": "London", "Islington Council": "London", "Kent": "South East"}
OWN = "Camden"
NEIGHBOURS = ("Barnet", "Islington Council")
"""Those of Camden's ten statistical neighbours that are loaded, one of them under its longer name."""
MEMBERS = {Kind.NEIGHBOURS: NEIGHBOURS, Kind.REGION: ("Barnet", "Camden", "Islington Council"), Kind.ENGLAND: tuple(REGIONS)}
VIEWER = Person("Vera", "vera", Role.VIEWER)


@dataclass
class Together:
    """The authorities, pooled and each by itself."""

    address: str
    pooled: Reporting
    alone: dict[str, Reporting]

    def with_tables(self, measure: Measure) -> list[str]:
        """Those that provided what a measure needs."""
        return [name for name, own in self.alone.items() if measure.sources <= own.provided]


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Together:
    folder = tmp_path_factory.mktemp("pooled")
    authorities, alone = each_alone(folder, REGIONS, 40, 40, AS_AT)
    address = f"duckdb:///{folder / 'together.duckdb'}"
    load_authorities(authorities, address, as_at=AS_AT, made_up=True)
    pooled = Reporting(engine(address))
    return Together(address, pooled, {name: own.of(pooled.cohort) for name, own in alone.items()})


def view(together: Together, person: Person = ANALYST, grain: str = "year", **where: tuple[str, ...]) -> View:
    reporting = PermittedReporting(together.pooled, person, Agreeing())
    return View(reporting, Filters(grain, {"authority": (OWN,), **where}), Targets(()), published=current(made_up=False, chosen=OWN))


def comparison(seen: View, measure: Measure) -> dict[Kind, Pooled]:
    return {pooled.pool.kind: pooled for pooled in seen.pooled(seen.trend(measure))}


def plainly(together: Together, measure: Measure, members: Sequence[str], **where: tuple[str, ...]) -> dict[str, tuple[float, int]]:
    """Numerator and denominator by period, added up in Python from what each authority has alone; only of periods covered for each."""
    sums: dict[str, tuple[float, int]] = {}
    alone = [together.alone[name] for name in members if measure.sources <= together.alone[name].provided]
    for label in together.pooled.periods("year")["label"]:
        if all(label in own.covered.periods(measure, own.periods("year")) for own in alone):
            sums[label] = 0.0, 0
    for own in alone:
        for row in own.summary(measure, "year", where=where).iter_rows(named=True):
            if row["period"] in sums:
                before = sums[row["period"]]
                sums[row["period"]] = before[0] + (row["numerator"] or 0), before[1] + row["denominator"]
    return sums


@pytest.mark.parametrize("where", [{}, {"sex": ("F",)}, {"placement": ("foster_carer", "residential")}])
def test_every_number_is_the_plain_sum_divided_last(together: Together, where: dict[str, tuple[str, ...]]) -> None:
    compared = 0
    for measure in measures():
        scale = measure.per if isinstance(measure, Rate) else 1
        for kind, pooled in comparison(view(together, **where), measure).items():
            wanted = plainly(together, measure, MEMBERS[kind], **where)
            for row in pooled.frame.iter_rows(named=True):
                if row["period"] not in wanted:
                    assert (row["state"], row["numerator"], row["denominator"], row["value"]) == ("not covered", None, None, None)
                    continue
                numerator, denominator = wanted[row["period"]]
                assert row["denominator"] == denominator, (measure.id, kind, row)
                if denominator:
                    assert row["numerator"] == pytest.approx(numerator)
                    assert row["value"] == pytest.approx(numerator / denominator * scale), (measure.id, kind, row)
                    compared += 1
    assert compared > 60  # of periods that are covered for every authority of a pool


def test_only_those_are_named_that_provided_the_measures_tables(together: Together) -> None:
    for measure in measures():
        have = together.with_tables(measure)
        for kind, pooled in comparison(view(together), measure).items():
            assert set(pooled.pool.members) == set(MEMBERS[kind]) & set(have), (measure.id, kind)


def test_pools_are_named_for_what_they_are_and_none_is_called_england(together: Together) -> None:
    measure = next(measure for measure in measures() if len(together.with_tables(measure)) == len(REGIONS))
    seen = view(together)
    trend = seen.trend(measure)
    found = comparison(seen, measure)
    assert found[Kind.NEIGHBOURS].name == "The 2 of 10 statistical neighbours that are loaded"
    assert found[Kind.REGION].name == "The 3 authorities loaded in London"
    assert found[Kind.ENGLAND].name == "All 4 authorities loaded"
    sentences = [pooled_sentence(trend, pooled) for pooled in found.values()]
    assert not any("England" in sentence for sentence in sentences)
    for pooled, sentence in zip(found.values(), sentences, strict=True):
        assert pooled.row is None or f"{pooled.row['denominator']:,}" in sentence
    rows = pooled_rows(trend, tuple(found.values()))
    assert set(rows["group"]) == {pooled.name for pooled in found.values()}


def test_there_are_none_without_one_authority_or_for_a_part_of_the_children(together: Together) -> None:
    measure = get("attendance")
    for where in ({}, {"authority": (OWN, "Kent")}, {"region": ("London",)}):
        seen = View(PermittedReporting(together.pooled, ANALYST, Agreeing()), Filters("year", where), Targets(()))
        assert seen.pooled(seen.trend(measure)) == ()
    manager = Person("May", "may", Role.MANAGER, (f"{OWN}: North",))
    part = Reporting(together.pooled._engine, Responsibility(manager.teams))
    seen = View(PermittedReporting(part, manager, Agreeing()), Filters("year", {"authority": (OWN,)}), Targets(()))
    assert seen.pooled(seen.trend(measure)) == ()


def test_the_protected_view_adds_up_only_what_is_shown(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = next(measure for measure in measures() if measure.id == "education_plan")
    protected = together.pooled.protected_summary(measure, "year", by=("authority",))
    seen = view(together, VIEWER)
    trend = seen.trend(measure)
    found = {pooled.pool.kind: pooled.frame for pooled in seen.pooled(trend)}
    exact = {kind: pooled.frame for kind, pooled in comparison(view(together), measure).items()}
    base = disclosure_rules().base
    for kind, frame in found.items():
        for row in frame.filter(pl.col("state") == "shown").iter_rows(named=True):
            then = exact[kind].row(by_predicate=pl.col("period") == row["period"], named=True)
            cells = len(NEIGHBOURS) if kind == Kind.NEIGHBOURS else 1
            assert abs(row["denominator"] - then["denominator"]) < base * cells, (kind, row, then)
            if not row["rounded"]:
                assert (row["numerator"], row["denominator"]) == (then["numerator"], then["denominator"])
    assert any("shown" in frame["state"].to_list() for frame in found.values())
    for kind, where in ((Kind.ENGLAND, {}), (Kind.REGION, {"region": "London"})):
        shown = together.pooled.protected_summary(measure, "year", where=where)
        assert found[kind].rows() == shown.select(found[kind].columns).rows()
    assert found[Kind.REGION]["rounded"].all()
    of_neighbours = protected.filter(pl.col("authority").is_in(NEIGHBOURS))
    assert found[Kind.NEIGHBOURS]["period"].to_list() == of_neighbours["period"].unique(maintain_order=True).to_list()
    for row in found[Kind.NEIGHBOURS].iter_rows(named=True):
        parts = of_neighbours.filter(pl.col("period") == row["period"]).rows(named=True)
        states = {part["state"] for part in parts}
        assert row["rounded"] == any(part["rounded"] for part in parts)
        if states == {"shown"}:
            numerator, denominator = (sum(part[name] for part in parts) for name in ("numerator", "denominator"))
            assert (row["numerator"], row["denominator"], row["state"]) == (numerator, denominator, "shown")
            assert row["value"] == pytest.approx(numerator / denominator) and denominator % base == 0
        else:
            assert row["value"] is None and row["state"] in states - {"shown"}

    def refuse(*given: Any, **named: Any) -> None:
        raise AssertionError("an exact summary was asked for")

    monkeypatch.setattr(Reporting, "summary", refuse)
    monkeypatch.setattr(Reporting, "protected_summary", lambda self, asked, grain, *, by=(), where=None: protected.clear())
    seen.pooled(trend)


CELL = some.tuples(
    some.sampled_from(["2023", "2024"]), some.sampled_from(["A", "B", "C"]), some.integers(0, 50), some.integers(0, 50),
    some.sampled_from(["shown", "value hidden", "hidden", "not provided", "not covered"]), some.booleans(),
)


@given(some.lists(CELL, unique_by=lambda cell: cell[:2]), some.sets(some.sampled_from(["A", "B", "C"])), some.sampled_from(
    ["education_plan", "suspension_rate", "social_emotional_mean"],
))
def test_a_sum_has_a_number_only_where_all_its_parts_are_shown(cells: list[tuple[Any, ...]], members: set[str], id: str) -> None:
    measure = get(id)
    frame = pl.DataFrame([
        {
            "period": period, "authority": authority, "numerator": float(n) if state == "shown" else None,
            "denominator": None if state in ("hidden", "not covered") else n + more,
            "state": (
                "not covered" if state == "not covered" else "hidden" if "hidden" in state
                else "shown" if state == "shown" and n + more else "no data"
            ),
            "rounded": rounded,
        } for period, authority, n, more, state, rounded in cells
    ], schema={
        "period": pl.String, "authority": pl.String, "numerator": pl.Float64, "denominator": pl.Int64, "state": pl.String,
        "rounded": pl.Boolean,
    })
    found = {row["period"]: row for row in sum_of_shown(measure, frame, tuple(members)).iter_rows(named=True)}
    for period in ("2023", "2024"):
        parts = [cell for cell in cells if cell[0] == period and cell[1] in members]
        assert (period in found) == bool(parts)
        if not parts:
            continue
        row, states = found[period], {cell[4] for cell in parts}
        assert row["rounded"] == any(cell[5] for cell in parts)
        if "not covered" in states:
            assert (row["state"], row["value"], row["numerator"], row["denominator"]) == ("not covered", None, None, None)
        elif states & {"hidden", "value hidden"}:
            assert (row["state"], row["value"], row["numerator"], row["denominator"]) == ("hidden", None, None, None)
        elif "not provided" in states or not sum(cell[2] + cell[3] for cell in parts):
            assert (row["state"], row["value"]) == ("no data", None)
        else:
            numerator, denominator = sum(cell[2] for cell in parts), sum(cell[2] + cell[3] for cell in parts)
            scale = measure.per if isinstance(measure, Rate) else 1
            assert (row["numerator"], row["denominator"]) == (numerator, denominator)
            assert row["value"] == pytest.approx(numerator / denominator * scale)


def test_pools_of_an_authority() -> None:
    regions = {"A": "N", "B": "N", "C": "S", "D": "Not recorded"}
    assert [(pool.kind, pool.members) for pool in pools("A", regions, ["C", "Z", "A"])] == [
        (Kind.NEIGHBOURS, ("C",)), (Kind.REGION, ("A", "B")), (Kind.ENGLAND, ("A", "B", "C", "D")),
    ]
    assert [pool.kind for pool in pools("C", regions, [])] == [Kind.ENGLAND]
    assert [pool.kind for pool in pools("D", regions, [])] == [Kind.ENGLAND]
    assert [pool.kind for pool in pools("A", {"A": "N", "B": "N"}, [])] == [Kind.ENGLAND]
    assert named_alike("Islington", REGIONS) == "Islington Council"
    assert named_alike("Isling", REGIONS) == ""


def test_the_funnel_marks_the_authority_that_is_chosen_among_all(together: Together) -> None:
    measure = get("education_plan")
    seen, own = beside_all(view(together, ethnicity_group=("White",)))
    assert own == OWN and dict(seen.filters.where) == {"ethnicity_group": ("White",)} and not seen.identity
    rows = [row for row in seen.groups(measure, "authority").rows(named=True) if row["value"] is not None]
    assert {row["authority"] for row in rows} > {OWN}
    drawn = funnel(measure, "a period", 0.5, rows, own)
    drawing = funnel_chart(drawn)
    ring = next(trace for trace in drawing.figure.data if trace.marker.symbol == "circle-open")
    at = next(row for row in rows if row["authority"] == OWN)
    assert (ring.x[0], ring.y[0]) == (at["denominator"], at["value"] * 100)
    assert [note.text for note in drawing.figure.layout.annotations] == [f"<b>{OWN}</b>"]
    assert own_words(drawn).startswith(f"{OWN} (") and f" {own_words(drawn)}." in drawing.alt
    unmarked = funnel_chart(funnel(measure, "a period", 0.5, rows))
    assert not [trace for trace in unmarked.figure.data if trace.marker.symbol == "circle-open"]


def test_only_one_whole_authority_is_set_beside_the_others(together: Together) -> None:
    several = view(together, authority=(OWN, "Kent"))
    assert beside_all(several) == (several, "")


def test_the_pages_show_them(together: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", together.address)
    st.cache_resource.clear()
    visitor = Visitor(monkeypatch, "Analyst", authority=OWN, grain="Year")
    page = visitor.go("statement_2")
    assert "Beside the authorities loaded" in page.text
    assert "All 4 authorities loaded" in page.text
    assert "The 3 authorities loaded in London" in page.text
    rows = [row for name in page.files for row in page.rows(name) if row["part"] == "loaded"]
    assert {row["group"] for row in rows} >= {"All 4 authorities loaded", "The 3 authorities loaded in London"}
    page = visitor.go("authorities")
    assert f"marks {OWN} here, and leaves no other out" in page.text and "Kent" in page.text
    assert entries(workspace())["filters"][0].endswith(f", and others beside {OWN}")
    whole = Visitor(monkeypatch, "Analyst", grain="Year").go("statement_2")
    assert "authorities loaded" not in whole.text
    st.cache_resource.clear()
