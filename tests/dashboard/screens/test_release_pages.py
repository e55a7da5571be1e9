"""Released periods on the pages: what a viewer is told, the report for analysts, and the administrator who releases anew."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from config.access import Role
from config.settings import PROJECT_FOLDER
from dashboard.access import sign_in
from dashboard.access.audit_guard import AccessChanged, NotInRole, SessionGuard
from dashboard.access.roles import Person
from dashboard.screens.released_periods import WHY
from dashboard.session.state import await_new_data, changed_periods, current_data, is_young, release_again, start_over
from data_access.audit import Action, AuditUnavailable, entries
from data_access.demo import write_demo
from data_access.load import load
from data_access.workspace import last_anew, released_families, workspace_engine
from metrics.measures.catalogue import get
from tests.dashboard.figures.test_releases import fewer
from tests.data_access import damage

SCORE = get("social_emotional_mean").title
KEPT = "are those released on"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The workspace of real data, loaded and not yet looked at."""
    database, address = f"duckdb:///{tmp_path / 'reporting.duckdb'}", f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_DATABASE_URL", database)
    monkeypatch.setenv("QS133_WORKSPACE_URL", address)
    load_again(tmp_path, change=False)
    return workspace_engine(address)


def load_again(folder: Path, *, change: bool) -> None:
    sources = write_demo(folder / f"sources_{change}", children=100, years=1)
    if change:
        damage.change(sources[-1] / "outcome_scores.csv", fewer)
    load(sources, f"duckdb:///{folder / 'reporting.duckdb'}", as_at=datetime.date(2026, 9, 30))


class Signed:
    """Somebody signed in, in a role."""

    def __init__(self, patch: pytest.MonkeyPatch, role: Role) -> None:
        person = Person(role.value, role.value, role)
        patch.setattr(sign_in, "sign_in_configured", lambda: True)
        patch.setattr(sign_in, "visitor", lambda _: (person, lambda: person))
        patch.setattr(sign_in, "signed_in_as", lambda *_: None)
        self.app = AppTest.from_file(str(PROJECT_FOLDER / "dashboard" / "app.py"), default_timeout=300)

    def go(self, page: str) -> str:
        """Opens a page and gives its words."""
        self.app.run()
        self.app.switch_page(f"../pages/{page}.py")
        return self.run()

    def run(self) -> str:
        self.app.run()
        assert not self.app.exception, [error.value for error in self.app.exception]
        kinds = ("title", "header", "markdown", "caption", "info", "error", "success", "warning")
        return "\n".join(element.value for kind in kinds for element in self.app.get(kind)).replace("\\", "")


def guard_of(role: Role, workspace: sa.Engine) -> SessionGuard:
    person = Person("", role.value, role)
    return SessionGuard(lambda: workspace, person, lambda: person, "v1")


def test_a_changed_period_is_marked_reported_and_released_anew(
    workspace: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        assert KEPT not in Signed(patch, Role.VIEWER).go("statement_1")
    load_again(tmp_path, change=True)
    current_data()
    await_new_data()
    with monkeypatch.context() as patch:
        said = Signed(patch, Role.VIEWER).go("statement_1")
        assert KEPT in said and SCORE in said
    with monkeypatch.context() as patch:
        analyst = Signed(patch, Role.ANALYST)
        said = analyst.go("data_quality")
        assert "other numbers in the data by now" in said and KEPT not in said
        table = analyst.app.table[-1].value
        assert list(table.columns) == ["Measure", "Periods that changed", "Released on"]
        (periods,) = table["Periods that changed"][table["Measure"] == SCORE]
        assert periods == "Quarters 2025-26 Q3 to 2026-27 Q1"
    with monkeypatch.context() as patch:
        administrator = Signed(patch, Role.ADMINISTRATOR)
        said = administrator.go("released")
        assert WHY in said and "other numbers in the data by now" in said
        administrator.app.button(key="release_now_0").click()
        assert "Write why these periods are released anew" in administrator.run() and last_anew(workspace) == 0
        administrator.app.text_area(key="release_reason_0").set_value("Scores came late")
        administrator.app.button(key="release_now_0").click()
        said = administrator.run()
        assert "Released anew: quarter 2025-26 Q3" in said and "No released period has changed" in said
    log = entries(workspace, actions=[Action.CHANGE]).row(0, named=True)
    assert (log["who"], log["role"]) == ("administrator", "administrator")
    assert log["what"].startswith("released anew: quarter 2025-26 Q3") and log["what"].endswith("Reason: Scores came late")
    with monkeypatch.context() as patch:
        assert KEPT not in Signed(patch, Role.VIEWER).go("statement_1")


def test_only_an_administrator_releases_and_not_without_the_audit_log(workspace: sa.Engine) -> None:
    for role in (Role.VIEWER, Role.MANAGER, Role.ANALYST):
        with pytest.raises(NotInRole):
            release_again(guard_of(role, workspace), "quarter 2025-26 Q3", "late")
    with pytest.raises(NotInRole):
        changed_periods(guard_of(Role.VIEWER, workspace))
    gone = SessionGuard(lambda: workspace, Person("", "ann", Role.ADMINISTRATOR), lambda: None, "v1")
    with pytest.raises(AccessChanged):
        release_again(gone, "quarter 2025-26 Q3", "late")
    assert entries(workspace).height == 0
    for role in (Role.VIEWER, Role.MANAGER, Role.ANALYST):
        with pytest.raises(NotInRole):
            start_over(guard_of(role, workspace), "tries")
    with workspace.begin() as connection:
        connection.execute(sa.DDL("DROP TABLE audit_log"))
    with pytest.raises(AuditUnavailable):
        release_again(guard_of(Role.ADMINISTRATOR, workspace), "quarter 2025-26 Q3", "late")


def test_the_page_is_in_the_menu_of_administrators_only(workspace: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    for role, there in ((Role.VIEWER, False), (Role.ANALYST, False), (Role.ADMINISTRATOR, True)):
        with monkeypatch.context() as patch:
            visitor = Signed(patch, role)
            visitor.app.run()
            pages = {Path(info["script_path"]).stem for info in visitor.app._registered_pages.values()}
            assert ("released" in pages) is there


def test_a_young_database_offers_to_start_over(workspace: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        Signed(patch, Role.VIEWER).go("statement_1")
    assert released_families(workspace)
    with monkeypatch.context() as patch:
        administrator = Signed(patch, Role.ADMINISTRATOR)
        assert "Start over" in administrator.go("released")
        administrator.app.button(key="start_over_now_0").click()
        assert "Write why all released periods are forgotten" in administrator.run() and released_families(workspace)
        administrator.app.text_area(key="start_over_reason_0").set_value("The first loads were tries")
        administrator.app.button(key="start_over_now_0").click()
        assert "Forgot " in administrator.run() and not released_families(workspace)
    log = entries(workspace, actions=[Action.CHANGE]).row(0, named=True)
    assert log["what"] == "forgot all released periods. Reason: The first loads were tries"
    today = datetime.datetime.now(datetime.UTC).date()
    assert is_young(today + datetime.timedelta(days=30)) and not is_young(today + datetime.timedelta(days=31))
