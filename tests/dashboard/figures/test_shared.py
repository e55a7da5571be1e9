"""What is worked out once is given to whoever looks at the same, after the guard, and to nobody else."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
import streamlit as st

from config.access import Role
from dashboard.access.audit_guard import SessionGuard
from dashboard.access.roles import Person
from dashboard.content.view import Filters, View
from dashboard.figures.permitted import responsibility_of
from dashboard.figures.published import Published
from dashboard.session import state
from dashboard.session.render_cache import drawn_once, worked_out_once
from data_access.workspace import NoteRecord, new_id, save
from metrics.comparators.published import Kind
from tests.dashboard.walking import Visitor

ROLES = (
    Person("Vera", "vera", Role.VIEWER), Person("May", "may", Role.MANAGER, ("Permanence",)),
    Person("Max", "max", Role.MANAGER, ("Family Support",)), Person("Ann", "ann", Role.ANALYST), Person("Ada", "ada", Role.ADMINISTRATOR),
)
FILTERS = (
    Filters(), Filters("year"), Filters(where={"sex": ("F",)}), Filters(where={"sex": ("M",)}), Filters(first="2024 Q1"),
    Filters(target_lines=False),
)


class Refused(Exception):
    """The guard's no."""


class Guard(SessionGuard):
    """Counts the looks, and refuses when told to."""

    asked = 0
    refuse = False

    def before_exact(self) -> None:
        self.asked += 1
        if self.refuse:
            raise Refused


@pytest.fixture(autouse=True)
def _database(demo_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


def opened(person: Person, filters: Filters = FILTERS[0], published: Published | None = None) -> tuple[View, Guard]:
    data = state.current_data(responsibility_of(person))
    guard = Guard(state.workspace, person, lambda: person, data.reporting.version)
    return state.open_view(data, filters, guard, published or Published()), guard


def test_it_is_worked_out_once_for_all_who_look_at_the_same() -> None:
    done: Counter[str] = Counter()
    one, first = opened(ROLES[3])
    two, second = opened(replace(ROLES[3], name="Another", who="another"))
    for view in (one, two, one):
        for what in ("a", "b"):
            assert worked_out_once(view, what, lambda same, what=what: done.update([what]) or what) == what
    assert done == {"a": 1, "b": 1}
    assert (first.asked, second.asked) == (4, 2)


def test_no_two_roles_parts_or_filters_share_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    views = [opened(person, filters)[0] for person in ROLES for filters in FILTERS]
    views += [opened(ROLES[3], published=Published(chosen=(Kind.ENGLAND,)))[0]]
    given = [worked_out_once(view, "what", lambda same: same) for view in views]
    assert [id(view) for view in given] == [id(view) for view in views]
    assert len({view.identity for view in views}) == len(views)

    tomorrow = SimpleNamespace(today=lambda: datetime.date(2100, 1, 1))
    monkeypatch.setattr(state, "datetime", SimpleNamespace(date=tomorrow))
    assert opened(ROLES[3])[0].identity not in {view.identity for view in views}


def test_what_somebody_writes_is_seen_by_the_next_who_looks() -> None:
    before, _ = opened(ROLES[3])
    save(state.workspace(), new_id(), NoteRecord(measure="education_plan", words="Look here"), after=0, who="ann")
    after, _ = opened(ROLES[3])
    assert before.identity != after.identity


def test_nothing_is_given_to_somebody_whom_the_guard_refuses() -> None:
    view, _ = opened(ROLES[3])
    worked_out_once(view, "numbers", lambda same: 1)
    drawn_once(view, "numbers", lambda: None)
    refused, guard = opened(ROLES[3])
    guard.refuse = True
    with pytest.raises(Refused):
        worked_out_once(refused, "numbers", lambda same: 2)
    with pytest.raises(Refused):
        drawn_once(refused, "numbers", lambda: None)


def test_a_view_without_an_identity_shares_nothing() -> None:
    view = replace(opened(ROLES[3])[0], identity="")
    assert [worked_out_once(view, "what", lambda same, number=number: number) for number in (1, 2)] == [1, 2]


@pytest.mark.parametrize("page", ["overview", "statement_2"])
def test_a_page_drawn_from_what_is_shared_is_the_page_drawn_anew(page: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        visitor = Visitor(patch, "Analyst")
        anew, again, another = (
            re.sub(r'"[0-9a-f]{32}"', '"a file\'s number"', who.go(page).text) for who in (visitor, visitor, Visitor(patch, "Analyst"))
        )
    assert "children" in anew
    assert anew == again == another
