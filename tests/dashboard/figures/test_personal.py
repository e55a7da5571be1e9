"""The figures as one person may see them: a manager's are those of their own children on every path, a viewer's are protected."""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from config.access import Role
from config.disclosure import disclosure_rules
from dashboard.access.roles import WITHOUT_SIGN_IN, Person
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import (
    NotInProtectedView,
    PermittedReporting,
    WrongData,
    is_in_protected_view,
    responsibility_of,
)
from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.tables import assessment, child, placement
from metrics.disclosure.pairs import is_offered
from metrics.judgement.targets import Targets
from metrics.measures.catalogue import get, measures
from metrics.summary.summarise import UnknownBreakdown
from metrics.units.unit import Responsibility

ANALYST = Person("Ann", "ann", Role.ANALYST)


class Guarded:
    """Counts what it is asked, and refuses when told to."""

    def __init__(self, refuse: bool = False) -> None:
        self.asked: Counter[str] = Counter()
        self.refuse = refuse

    def before_exact(self) -> None:
        self._ask("exact")

    def before_export(self, what: str) -> None:
        self._ask(what)

    def _ask(self, what: str) -> None:
        self.asked[what] += 1
        if self.refuse:
            raise PermissionError(what)


@pytest.fixture(scope="module")
def reader(demo_database: str) -> sa.Engine:
    return engine(demo_database)


@pytest.fixture(scope="module")
def everything(reader: sa.Engine) -> Reporting:
    return Reporting(reader)


def manager(*teams: str, providers: tuple[str, ...] = ()) -> Person:
    return Person("May", "may", Role.MANAGER, teams, providers)


@pytest.mark.parametrize("grain", ["quarter", "year"])
def test_a_managers_figures_are_everybodys_filtered_to_the_teams(reader: sa.Engine, everything: Reporting, grain: str) -> None:
    person = manager("Permanence", "Family Support")
    reporting = Reporting(reader, responsibility_of(person))
    own = PermittedReporting(reporting, person, Guarded())
    for measure in measures():
        for by in ((), ("placement",), ("team", "sex")):
            expected = everything.summary(measure, grain, by=by, where={"team": ("Permanence", "Family Support")})
            assert_frame_equal(own.summary(measure, grain, by=by), expected)
    assert set(reporting.groups("team", grain)) == {"Permanence", "Family Support"}


def test_no_filter_brings_back_a_child_of_another_team(reader: sa.Engine) -> None:
    person = manager("Permanence")
    own = PermittedReporting(Reporting(reader, responsibility_of(person)), person, Guarded())
    for measure in measures():
        assert own.summary(measure, "year", where={"team": ("Family Support", "Not recorded")})["denominator"].sum() == 0


def test_a_providers_manager_has_the_children_placed_there_on_the_rows_date(reader: sa.Engine) -> None:
    """Held against a count in plain Python, assessment by assessment."""
    with reader.connect() as connection:
        assessed = connection.execute(sa.select(assessment.c.child_id, assessment.c.completed_date)).all()
        placed = connection.execute(sa.select(*placement.c).where(placement.c.provider == "PR1")).all()
        team = {row.child_id: row.team for row in connection.execute(sa.select(child.c.child_id, child.c.team))}
    reporting = Reporting(reader)
    years = reporting.periods("year")
    for responsibility in (Responsibility(providers=("PR1",)), Responsibility(("Family Support",), ("PR1",))):
        own = Reporting(reader, responsibility).summary(get("assessment_covers_all_factors"), "year")
        counted: Counter[Any] = Counter()
        for child_id, date in assessed:
            stays = [row for row in placed if row.child_id == child_id and row.start_date <= date]
            there = any(row.end_date is None or date < row.end_date for row in stays)
            if there or team[child_id] in responsibility.teams:
                counted.update(years.filter((pl.col("start_date") <= date) & (pl.col("last_date") >= date))["label"].to_list())
        assert sum(counted.values()) > 0
        told = reporting.covered.periods(get("assessment_covers_all_factors"), years)
        wanted = {label: count for label, count in counted.items() if label in told}
        assert {row["period"]: row["denominator"] for row in own.to_dicts() if row["denominator"]} == wanted


def test_somebody_who_answers_for_nobody_sees_nobody(reader: sa.Engine) -> None:
    own = Reporting(reader, Responsibility())
    assert all(own.summary(measure, "year").height == 0 for measure in measures())


@pytest.mark.parametrize("person", [manager("Permanence"), manager("Permanence", providers=("PR1",))])
def test_a_manager_is_never_given_anybody_elses_figures(reader: sa.Engine, everything: Reporting, person: Person) -> None:
    with pytest.raises(WrongData):
        PermittedReporting(everything, person, Guarded())
    with pytest.raises(WrongData):
        PermittedReporting(Reporting(reader, Responsibility(("Family Support",))), person, Guarded())
    with pytest.raises(WrongData):
        PermittedReporting(Reporting(reader, responsibility_of(person)), ANALYST, Guarded())


def test_no_exact_figure_before_the_guard_has_agreed(everything: Reporting) -> None:
    measure = get("education_plan")
    agreeing = Guarded()
    assert_frame_equal(PermittedReporting(everything, ANALYST, agreeing).summary(measure, "year"), everything.summary(measure, "year"))
    assert agreeing.asked["exact"] == 1
    with pytest.raises(PermissionError):
        PermittedReporting(everything, ANALYST, Guarded(refuse=True)).summary(measure, "year")
    with pytest.raises(PermissionError):
        PermittedReporting(everything, WITHOUT_SIGN_IN, Guarded(refuse=True)).before_export("x.csv")


def test_a_downloads_name_says_whether_it_may_be_shared(everything: Reporting) -> None:
    exact, protected = (
        View(PermittedReporting(everything, person, Guarded()), Filters(), Targets(())) for person in (ANALYST, WITHOUT_SIGN_IN)
    )
    assert (exact.file_name("attendance"), protected.file_name("attendance")) == ("attendance-not-for-sharing.csv", "attendance.csv")
    assert exact.sharing != protected.sharing


def test_a_viewer_has_the_protected_figures_and_nothing_else(everything: Reporting) -> None:
    own = PermittedReporting(everything, WITHOUT_SIGN_IN, Guarded(refuse=True))
    for measure in measures():
        for by, where in (((), {}), (("sex",), {}), (("sex",), {"placement": ("residential",)}), ((), {"sex": ("F",), "origin": ("uk",)})):
            expected = everything.protected_summary(measure, "quarter", by=by, where={name: group for name, (group,) in where.items()})
            assert_frame_equal(own.summary(measure, "quarter", by=by, where=where), expected)


@pytest.mark.parametrize(("by", "where"), [
    (("sex", "origin", "placement"), {}), (("sex", "origin"), {"placement": ("residential",)}),
    (("sex",), {"placement": ("residential",), "origin": ("uk",)}), ((), {"sex": ("F", "M")}), (("sex",), {"origin": ()}),
])
def test_the_protected_view_has_no_table_of_three_characteristics_or_several_groups(
    everything: Reporting, by: tuple[str, ...], where: dict[str, tuple[str, ...]],
) -> None:
    assert not is_in_protected_view(by, where)
    with pytest.raises(NotInProtectedView, match="at most two characteristics"):
        PermittedReporting(everything, WITHOUT_SIGN_IN, Guarded()).summary(get("education_plan"), "quarter", by=by, where=where)


@pytest.mark.parametrize(("by", "where"), [
    (("provider",), {}), (("sex", "provider"), {}), ((), {"provider": ("PR4",)}), (("sex",), {"provider": ("Not recorded",)}),
])
def test_the_protected_view_has_nothing_by_provider_whatever_the_rules_say(
    everything: Reporting, by: tuple[str, ...], where: dict[str, tuple[str, ...]],
) -> None:
    own = PermittedReporting(everything, WITHOUT_SIGN_IN, Guarded())
    assert "provider" not in own.breakdowns and "provider" in PermittedReporting(everything, ANALYST, Guarded()).breakdowns
    with pytest.raises(NotInProtectedView, match="Provider is for exact numbers only"):
        own.summary(get("education_plan"), "quarter", by=by, where=where)
    with pytest.raises(UnknownBreakdown):
        everything.protected_summary(get("education_plan"), "quarter", by=by, where={name: group for name, (group,) in where.items()})
    rules = disclosure_rules().model_copy(update={"pairs": {"sex": ["provider"], "provider": ["sex"]}})
    assert not is_offered(by, where, rules)


def test_who_does_not_choose_providers_has_no_cells_by_them(reader: sa.Engine) -> None:
    own = PermittedReporting(Reporting(reader), ANALYST, Guarded())
    own.summary(get("education_plan"), "quarter", by=("placement",), where={"sex": ("F",)})
    assert [key[-1] for key in own._reporting._cells] == [False]
    plain = own._reporting.facts(get("education_plan").unit, "quarter").cells
    assert "provider" not in plain.columns
    own.summary(get("education_plan"), "quarter", where={"provider": ("PR1", "PR4")})
    assert own._reporting.facts(get("education_plan").unit, "quarter").cells is plain


def test_a_manager_is_told_of_no_provider_but_those_of_their_children(reader: sa.Engine) -> None:
    with reader.connect() as connection:
        placed = connection.execute(sa.select(placement.c.child_id, placement.c.provider).where(placement.c.provider.is_not(None))).all()
        team = {row.child_id: row.team for row in connection.execute(sa.select(child.c.child_id, child.c.team))}
    for responsibility in (Responsibility(("Family Support",)), Responsibility(("Permanence",), ("PR1",)), Responsibility()):
        wanted = {
            row.provider for row in placed if team.get(row.child_id) in responsibility.teams or row.provider in responsibility.providers
        }
        assert set(Reporting(reader, responsibility).providers) == wanted | ({"Not recorded"} if wanted else set())
    assert Reporting(reader).providers[-1] == "Not recorded"


def test_a_filter_on_the_breakdown_itself_counts_once() -> None:
    assert is_in_protected_view(("sex", "origin"), {"sex": ("F",)})
