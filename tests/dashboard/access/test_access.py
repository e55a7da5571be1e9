"""Who a person is, what their role gives them, where the dashboard may be served, and that no way to the figures goes round it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from config.access import Access, Grant, Role
from dashboard.access.audit_guard import AccessChanged, SessionGuard
from dashboard.access.roles import (
    AUDIT_LOG,
    DATA_QUALITY,
    WITHOUT_SIGN_IN,
    NotAllowed,
    Person,
    SignInEnded,
    demo_person,
    is_this_machine,
    person_from_claims,
    refusal_to_serve,
)
from data_access.audit import AuditUnavailable, entries
from data_access.workspace import workspace_engine

NOW = datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC)
JUST_NOW = {"iat": NOW.timestamp() - 60}
ANN = {"sub": "1", "email": "ann@council.example", "name": "Ann", **JUST_NOW}


def grant(role: Role, claim: str, *values: str, teams: tuple[str, ...] = (), providers: tuple[str, ...] = ()) -> Grant:
    return Grant(role, claim, values, teams, providers, 1)


def rules(*grants: Grant, everyone_else: Role | None = Role.VIEWER, hours: float = 8) -> Access:
    return Access(hours, everyone_else, False, grants)


# --- who somebody is ------------------------------------------------------------------------------------------------


def test_somebody_without_a_grant_is_a_viewer_or_nobody() -> None:
    assert person_from_claims(ANN, rules(), NOW) == Person("Ann", "ann@council.example", Role.VIEWER)
    with pytest.raises(NotAllowed, match="signed in as ann@council") as refused:
        person_from_claims(ANN, rules(everyone_else=None), NOW)
    assert refused.value.who == "ann@council.example"


def test_the_highest_role_counts_and_a_managers_teams_and_providers_add_up() -> None:
    held = rules(
        grant(Role.VIEWER, "groups", "Staff"), grant(Role.MANAGER, "groups", "North", teams=("North",)),
        grant(Role.MANAGER, "groups", "South", teams=("South",), providers=("PR1",)), grant(Role.ANALYST, "groups", "Analysts"),
    )
    assert person_from_claims({**ANN, "groups": ["Staff", "North", "South"]}, held, NOW) == Person(
        "Ann", "ann@council.example", Role.MANAGER, ("North", "South"), ("PR1",),
    )
    assert person_from_claims({**ANN, "groups": ["Staff", "North", "Analysts"]}, held, NOW).teams == ()
    assert person_from_claims({**ANN, "groups": ["Staff", "North", "Analysts"]}, held, NOW).role is Role.ANALYST


@pytest.mark.parametrize(("claims", "role"), [
    ({"email": "ANN@council.EXAMPLE"}, Role.ANALYST),
    ({"email": "ann@council.example", "email_verified": True}, Role.ANALYST),
    ({"email": "ann@council.example", "email_verified": False}, Role.VIEWER),
    ({"email": "ann@council.example", "email_verified": "false"}, Role.VIEWER),
    ({"email": "xann@council.example"}, Role.VIEWER),
    ({"email": ["ann@council.example"]}, Role.ANALYST),
    ({"email": {"ann@council.example": 1}}, Role.VIEWER),
    ({"email": None}, Role.VIEWER),
    ({"name": "ann@council.example"}, Role.VIEWER),
    ({"roles": "analyst"}, Role.ANALYST),
    ({"roles": "Analyst"}, Role.VIEWER),
    ({"roles": "analysts of nothing"}, Role.VIEWER),
    ({"roles": [["analyst"]]}, Role.VIEWER),
])
def test_a_claim_fits_only_when_it_is_the_value_or_holds_it(claims: dict[str, Any], role: Role) -> None:
    held = rules(grant(Role.ANALYST, "email", "ann@council.example"), grant(Role.ANALYST, "roles", "analyst"))
    assert person_from_claims({"sub": "1", **JUST_NOW, **claims}, held, NOW).role is role


@pytest.mark.parametrize("issued", [NOW.timestamp() - 8 * 3600, NOW.timestamp() + 3600, None, "now", True])
def test_a_sign_in_that_is_old_or_not_dated_has_ended(issued: Any) -> None:
    with pytest.raises(SignInEnded):
        person_from_claims({**ANN, "iat": issued}, rules(grant(Role.ANALYST, "email", ANN["email"])), NOW)


def test_a_sign_in_holds_for_its_hours_and_through_clocks_that_differ_a_little() -> None:
    for age in (-200, 0, 8 * 3600 - 1):
        assert person_from_claims({**ANN, "iat": NOW.timestamp() - age}, rules(), NOW).role is Role.VIEWER


CLAIMS = st.dictionaries(
    st.sampled_from(["groups", "roles", "email", "email_verified", "sub"]),
    st.one_of(st.none(), st.booleans(), st.sampled_from("abc"), st.lists(st.sampled_from("abc"), max_size=3)),
)
GRANTS = st.lists(st.builds(
    lambda role, claim, values: grant(role, claim, *values, teams=("T",) if role is Role.MANAGER else ()),
    st.sampled_from(list(Role)), st.sampled_from(["groups", "roles", "email"]), st.lists(st.sampled_from("abc"), min_size=1, max_size=2),
), max_size=4)


@given(CLAIMS, GRANTS)
def test_nobody_has_a_role_that_no_grant_gives_them(claims: dict[str, Any], grants: list[Grant]) -> None:
    """Held against the slow, obvious way: try every grant, value by value."""
    allowed = [Role.VIEWER]
    for each in grants:
        held = claims.get(each.claim)
        for value in held if isinstance(held, list) else [held]:
            if any(value == wanted for wanted in each.values) and not (each.claim == "email" and claims.get("email_verified") is False):
                allowed.append(each.role)
    person = person_from_claims({**claims, **JUST_NOW}, rules(*grants), NOW)
    assert person.role is max(allowed, key=lambda role: list(Role).index(role))
    assert bool(person.teams) == (person.role is Role.MANAGER)


def test_pages_of_other_roles() -> None:
    people = {role: Person("", "", role) for role in Role}
    assert [role for role in Role if people[role].may_have(AUDIT_LOG)] == [Role.ADMINISTRATOR]
    assert [role for role in Role if people[role].may_have(DATA_QUALITY)] == [Role.ANALYST, Role.ADMINISTRATOR]
    assert all(person.may_have("statement_1") for person in people.values())


def test_without_sign_in_there_are_no_exact_numbers_and_the_demos_manager_has_one_team() -> None:
    assert not WITHOUT_SIGN_IN.role.exact
    assert demo_person(Role.MANAGER, "North").teams == ("North",)
    assert demo_person(Role.ANALYST, "North").teams == ()
    assert Person("", "", Role.MANAGER, ("North", "South"), ("PR1",)).role_words == "manager (teams: North, South; providers: PR1)"


# --- where it may be served -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "here"), [
    ("localhost", True), ("LOCALHOST", True), ("127.0.0.1", True), ("127.8.0.1", True), ("::1", True), ("[::1]", True),
    ("0.0.0.0", False), ("::", False), ("", False), (None, False), ("192.168.1.4", False), ("dashboard.council.example", False),
    ("localhost.council.example", False), ("127.0.0.1.council.example", False),
])
def test_without_sign_in_it_is_served_on_this_machine_only(address: str | None, here: bool) -> None:
    assert is_this_machine(address) is here
    refusal = refusal_to_serve(address, sign_in=False, deployment_protects=False)
    assert (refusal is None) is here
    assert refusal_to_serve(address, sign_in=True, deployment_protects=False) is None
    assert refusal_to_serve(address, sign_in=False, deployment_protects=True) is None


# --- the guard ------------------------------------------------------------------------------------------------------

ANALYST = Person("Ann", "ann@council.example", Role.ANALYST)


@dataclass
class Session:
    """A visitor's session: who the person is by now can be changed."""

    workspace: sa.Engine
    by_now: Person | None = ANALYST
    memory: dict[str, Any] = field(default_factory=dict)

    def guard(self, page: str, filters: str = "all children") -> SessionGuard:
        return SessionGuard(lambda: self.workspace, ANALYST, lambda: self.by_now, "v1", self.memory, page, filters)


@pytest.fixture
def session(tmp_path: Any) -> Iterator[Session]:
    workspace = workspace_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    yield Session(workspace)
    workspace.dispose()


def test_a_look_is_written_down_once_and_anew_after_every_change(session: Session) -> None:
    for guard in (session.guard("Statement 1"), session.guard("Statement 1"), session.guard("Statement 2"),
                  session.guard("Statement 2", "Sex: Female"), session.guard("Statement 1")):
        guard.before_exact()
        guard.before_exact()
    found = entries(session.workspace)
    assert set(found["action"]) == {"exact_view"}
    assert found.select("what", "filters").rows()[::-1] == [
        ("Statement 1", "all children"), ("Statement 2", "all children"), ("Statement 2", "Sex: Female"), ("Statement 1", "all children"),
    ]
    assert set(found["who"]) == {"ann@council.example"} and set(found["data_version"]) == {"v1"}


def test_every_export_and_change_is_written_down(session: Session) -> None:
    guard = session.guard("Statement 1", "Sex: Female")
    guard.before_export("attendance.csv")
    guard.before_export("attendance.csv")
    guard.change("a target")
    assert entries(session.workspace).select("action", "what", "filters").rows() == [
        ("change", "a target", "Sex: Female"), ("export", "attendance.csv", "Sex: Female"), ("export", "attendance.csv", "Sex: Female"),
    ]


@pytest.mark.parametrize("by_now", [None, WITHOUT_SIGN_IN, Person("Ann", "ann@council.example", Role.MANAGER, ("North",))])
@pytest.mark.parametrize("ask", [SessionGuard.before_exact, lambda guard: guard.before_export("x.csv"), lambda guard: guard.change("x")])
def test_whoever_has_lost_the_role_gets_nothing_more(session: Session, by_now: Person | None, ask: Callable[[SessionGuard], None]) -> None:
    guard = session.guard("Statement 1")
    guard.before_exact()
    session.by_now = by_now
    with pytest.raises(AccessChanged):
        ask(guard)
    assert entries(session.workspace).height == 1


def test_a_log_that_cannot_be_written_refuses_the_look_and_the_export(tmp_path: Any) -> None:
    session = Session(sa.create_engine(f"sqlite:///{tmp_path / 'no_tables.sqlite'}"))
    for ask in (session.guard("Statement 1").before_exact, lambda: session.guard("Statement 1").before_export("x.csv")):
        with pytest.raises(AuditUnavailable):
            ask()
    assert not session.memory
