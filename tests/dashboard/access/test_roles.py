"""Every page and every file in each role: what it may hold, what it must not, and that nothing goes round the audit log."""

from __future__ import annotations

import csv
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa
from streamlit import config
from streamlit.util import calc_hash

from config.access import Role
from dashboard.access.audit_guard import NotInRole, SessionGuard
from dashboard.access.roles import LEAST_ROLE, WITHOUT_SIGN_IN, Person
from dashboard.command_line import main
from dashboard.figures.reporting import Reporting
from dashboard.screens.chart import _landing
from dashboard.session.state import current_data
from dashboard.text.formatting import EXACT, PROTECTED
from data_access.audit import AuditUnavailable, audit_log, entries
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from data_access.load.checking import specification as spec
from data_access.workspace import workspace_engine
from metrics.measures.catalogue import get
from metrics.summary.summarise import Facts
from metrics.units.breakdowns import BREAKDOWNS, EVERY, PROVIDER
from tests.dashboard.walking import Seen, Visitor

ROLES = {"Viewer": Role.VIEWER, "Manager": Role.MANAGER, "Analyst": Role.ANALYST, "Administrator": Role.ADMINISTRATOR}
HOSTILE = ("=1+1 Team", "<script>alert(1)</script>Team", "[Team](javascript:alert(1))", "@Team $x^2$ :red[hot]")
"""Names of teams that a spreadsheet, a browser or Markdown would read as more than text."""
TEMPLATES = {f"{table.name}.xlsx" for table in spec.EXTRACTS}
"""Workbooks to fill in: they hold no data, so they are no export."""
NUMBERS = ("numerator", "denominator", "value", "lower", "upper")
"""The columns of a summary that hold numbers."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small made-up authority whose teams have hostile names."""
    sources = write_demo(tmp_path_factory.mktemp("sources"), children=80, years=2)
    (file,) = (path for source in sources for path in Path(source).rglob("children.csv"))
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    names = dict(zip(sorted({row["team"] for row in rows if row["team"]}), HOSTILE, strict=False))
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "team": names.get(row["team"], row["team"])} for row in rows)
    address = f"duckdb:///{tmp_path_factory.mktemp('roles') / 'roles.duckdb'}"
    load(sources, address, made_up=True)
    return address


@pytest.fixture(autouse=True)
def workspace(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[sa.Engine]:
    address = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_DATABASE_URL", database)
    monkeypatch.setenv("QS133_WORKSPACE_URL", address)
    made = workspace_engine(address)
    yield made
    made.dispose()


@pytest.fixture
def keys_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside the protected summary, no exact summary is made, and cells have their keys and no number."""
    within = threading.local()
    summary, facts, protected = Reporting.summary, Reporting.facts, Reporting.protected_summary

    def guarded(self: Reporting, *given: Any, **named: Any) -> pl.DataFrame:
        assert getattr(within, "protected", False), "a viewer's page asked for an exact summary"
        return summary(self, *given, **named)

    def of_keys(self: Reporting, *given: Any, **named: Any) -> Facts:
        found = facts(self, *given, **named)
        return found if getattr(within, "protected", False) else replace(found, cells=found.cells.select("period", *BREAKDOWNS))

    def marked(self: Reporting, *given: Any, **named: Any) -> pl.DataFrame:
        within.protected = True
        try:
            return protected(self, *given, **named)
        finally:
            within.protected = False

    for name, function in (("summary", guarded), ("facts", of_keys), ("protected_summary", marked)):
        monkeypatch.setattr(Reporting, name, function)


def pages_of(role: Role, visitor: Visitor) -> list[str]:
    """The pages in the navigation, which has each page with a least role that the role reaches and none that it doesn't."""
    person, pages = Person("", "", role), visitor.pages()
    assert {page for page in LEAST_ROLE if person.may_have(page)} <= set(pages) and all(person.may_have(page) for page in pages)
    return pages


def held(rows: list[dict[str, str]], summary: pl.DataFrame, breakdown: str | None) -> int:
    """How many rows of a file were held against a summary, each number of them equal; a hidden one is empty."""
    key = ["period", *([breakdown] if breakdown else [])]
    labels = EVERY[breakdown].labels if breakdown else {}
    known = {
        (row["period"], *((labels.get(row[breakdown], row[breakdown]),) if breakdown else ())): row for row in summary.to_dicts()
    }
    assert len(known) == summary.select(key).n_unique()
    for row in rows:
        found: Mapping[str, Any] = known[(row["period"], *((row["group"].removeprefix("'"),) if breakdown else ()))]
        for name in NUMBERS:
            assert (float(row[name]) if row[name] else None) == (pytest.approx(found[name]) if found[name] is not None else None), row
        if found["state"] == "hidden":
            assert row["shown_as"] == "hidden to protect children"
    return len(rows)


def breakdown_of(rows: list[dict[str, str]]) -> str:
    """The breakdown whose groups the rows are."""
    return next(id for id, each in EVERY.items() if each.title == rows[0]["breakdown"])


def statement_files(seen: Seen) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for name in seen.files:
        rows = seen.rows(name)
        yield rows[0]["measure"], rows


@pytest.mark.parametrize("address", [{"by": "Team"}, {"by": "Sex", "placement": "Foster carer", "ethnicity_group": "White"}])
def test_a_viewer_is_given_protected_numbers_and_nothing_that_was_made_from_others(
    monkeypatch: pytest.MonkeyPatch, keys_only: None, workspace: sa.Engine, address: dict[str, str],
) -> None:
    visitor = Visitor(monkeypatch, "Viewer", grain="Year", **address)
    where = {id: BREAKDOWNS[id].labels for id in address if id in BREAKDOWNS}
    kept = {id: next(group for group, label in labels.items() if label == address[id]) for id, labels in where.items()}
    reporting, compared = current_data().reporting, 0
    for page in pages_of(Role.VIEWER, visitor):
        seen = visitor.go(page)
        assert PROTECTED in seen.text and EXACT not in seen.text and "Exact numbers" not in seen.text, page
        assert not any(word in each.label for each in visitor.app.button for word in ("Edit", "Add", "Load", "Restore", "Remove"))
        for name in seen.files:
            assert "not-for-sharing" not in name
            assert PROTECTED in seen.files[name]().decode()
        if page.startswith("statement"):
            for measure, rows in statement_files(seen):
                parts = {part: [row for row in rows if row["part"] == part] for part in ("over time", "by group")}
                compared += held(parts["over time"], reporting.protected_summary(get(measure), "year", where=kept), None)
                if parts["by group"]:
                    breakdown = breakdown_of(parts["by group"])
                    groups = reporting.protected_summary(get(measure), "year", by=(breakdown,), where=kept)
                    compared += held(parts["by group"], groups, breakdown)
    assert compared > 20 or len(kept) == 2  # of so few children, hardly anything is shown by two characteristics
    assert set(entries(workspace)["action"]) <= {"export"}


@pytest.mark.parametrize("format", ["xlsx", "ods", "pptx"])
def test_a_viewers_pack_says_that_it_may_be_shared_and_is_made_from_protected_numbers(
    monkeypatch: pytest.MonkeyPatch, keys_only: None, workspace: sa.Engine, format: str,
) -> None:
    visitor = Visitor(monkeypatch, "Viewer", grain="Year", by="Team")
    visitor.go("pack")
    visitor.app.selectbox(key="pack_format").set_value(format)
    seen = visitor.press("Make the pack")
    (name,) = seen.files
    assert name.endswith(f".{format}") and "not-for-sharing" not in name
    contents = seen.files[name]()
    with zipfile.ZipFile(BytesIO(contents)) as file:
        parts = {part: file.read(part).decode() for part in file.namelist() if part.endswith((".xml", ".rels"))}
        inner = [zipfile.ZipFile(BytesIO(file.read(part))) for part in file.namelist() if part.endswith(".xlsx")]
    parts |= {f"{number}/{part}": held.read(part).decode() for number, held in enumerate(inner) for part in held.namelist()}
    text = "\n".join(parts.values())
    assert PROTECTED in text and EXACT not in text
    assert "<f>" not in text and "table:formula" not in text and "javascript:alert(1)\"" not in text
    assert "<script>" not in text and entries(workspace)["action"].to_list() == ["export"]


def test_a_manager_is_given_the_numbers_of_their_team_and_no_word_of_another(
    monkeypatch: pytest.MonkeyPatch, database: str, workspace: sa.Engine,
) -> None:
    everything = Reporting(engine(database))
    team, *others = [group for group in everything.groups("team", "year") if group in HOSTILE]
    visitor = Visitor(monkeypatch, "Manager", demo_team=team, grain="Year", by="Team")
    compared = 0
    for page in pages_of(Role.MANAGER, visitor):
        seen = visitor.go(page)
        assert EXACT in seen.text and PROTECTED not in seen.text
        for other in others:
            assert other not in seen.text and other.replace("<", "&lt;").replace(">", "&gt;") not in seen.text, page
        for name in seen.files:
            assert "not-for-sharing" in name and not any(other in seen.files[name]().decode() for other in others)
        if page.startswith("statement"):
            for measure, rows in statement_files(seen):
                parts = {part: [row for row in rows if row["part"] == part] for part in ("over time", "by group")}
                compared += held(parts["over time"], everything.summary(get(measure), "year", where={"team": (team,)}), None)
                if parts["by group"]:
                    breakdown = breakdown_of(parts["by group"])
                    groups = everything.summary(get(measure), "year", by=(breakdown,), where={"team": (team,)})
                    compared += held(parts["by group"], groups, breakdown)
    assert compared > 20
    log = entries(workspace)
    assert {"exact_view", "export"} == set(log["action"]) and all(team in role for role in log["role"])


@pytest.fixture
def no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cells by provider are made, for whatever reason."""
    facts = Reporting.facts

    def of_everybody(self: Reporting, *given: Any, **named: Any) -> Facts:
        assert not named.get("provider"), "a viewer's page asked for numbers by provider"
        found = facts(self, *given, **named)
        assert PROVIDER.id not in found.cells.columns
        return found

    monkeypatch.setattr(Reporting, "facts", of_everybody)


@pytest.mark.parametrize("address", [
    {"by": "Provider"}, {"provider": "Private provision"}, {"by": "Provider", "crossed_with": "Provider", "provider": "Not recorded"},
])
def test_no_link_shows_a_viewer_numbers_by_provider(
    monkeypatch: pytest.MonkeyPatch, keys_only: None, no_provider: None, workspace: sa.Engine, address: dict[str, str],
) -> None:
    visitor = Visitor(monkeypatch, "Viewer", grain="Year", **address)
    assert not any(each.label == "Provider" for each in visitor.app.sidebar.selectbox)
    words = {*PROVIDER.labels.values(), *PROVIDER.labels}
    for page in pages_of(Role.VIEWER, visitor):
        seen = visitor.go(page)
        assert not any("Provider" in each.options for each in visitor.app.selectbox)
        if page != "definitions":  # which says what a provider is, without numbers
            assert not any(word in seen.text for word in words), page
        for name in seen.files:
            text = seen.files[name]().decode()
            assert not any(word in text for word in words) and "provider" not in text.casefold(), name
    visitor.go("pack")
    visitor.app.selectbox(key="pack_format").set_value("xlsx")
    ((_, make),) = visitor.press("Make the pack").files.items()
    with zipfile.ZipFile(BytesIO(make())) as file:
        inside = "\n".join(file.read(part).decode() for part in file.namelist() if part.endswith(".xml"))
    assert "Private" not in inside and "provider" not in inside.casefold()
    assert set(entries(workspace)["action"]) == {"export"}


@pytest.mark.parametrize("role", ["Manager", "Analyst"])
def test_an_exact_role_has_numbers_by_provider_that_add_up(
    monkeypatch: pytest.MonkeyPatch, database: str, workspace: sa.Engine, role: str,
) -> None:
    everything = Reporting(engine(database))
    team = next(group for group in everything.groups("team", "year") if group in HOSTILE)
    visitor = Visitor(monkeypatch, role, grain="Year", by="Provider", **({"demo_team": team} if role == "Manager" else {}))
    assert any(each.label == "Provider" for each in visitor.app.sidebar.multiselect)
    where, compared, recorded = {"team": (team,)} if role == "Manager" else {}, 0, set()
    for page in ("statement_2", "statement_4"):
        for measure, rows in statement_files(visitor.go(page)):
            parts = {part: [row for row in rows if row["part"] == part] for part in ("over time", "by group")}
            if not parts["by group"]:
                continue
            groups = everything.summary(get(measure), "year", by=("provider",), where=where)
            compared += held(parts["by group"], groups, "provider")
            recorded |= {row["group"] for row in parts["by group"]}
            assert breakdown_of(parts["by group"]) == "provider"
            whole = next(row for row in parts["over time"] if row["period"] == parts["by group"][0]["period"])
            assert sum(float(row["denominator"]) for row in parts["by group"]) == float(whole["denominator"])
    assert compared > 20 and {"Not recorded", PROVIDER.labels["PR1"]} <= recorded


@pytest.mark.parametrize("role", list(ROLES))
def test_pages_of_other_roles_are_neither_in_the_navigation_nor_at_their_address(
    monkeypatch: pytest.MonkeyPatch, role: str,
) -> None:
    visitor = Visitor(monkeypatch, role, grain="Year")
    for page in LEAST_ROLE:
        if page in pages_of(ROLES[role], visitor):
            assert visitor.go(page).text
        else:
            with pytest.raises(ValueError, match="navigation"):
                visitor.go(page)
            visitor.app._page_hash = calc_hash(page)
            visitor.app.run()
            assert visitor.app.title[0].value == "Where to look first"
            assert any("not part of your role" in told.value for told in visitor.app.info)


def test_every_exact_page_and_file_is_in_the_audit_log_and_without_it_there_is_none(
    monkeypatch: pytest.MonkeyPatch, workspace: sa.Engine,
) -> None:
    visitor = Visitor(monkeypatch, "Administrator", grain="Year", by="Team")
    files = {}
    first, *others = pages_of(Role.ADMINISTRATOR, visitor)
    for page in (*others, first):
        before = entries(workspace).height
        seen = visitor.go(page)
        if page not in ("definitions", "audit", "pack", "load", "data_quality", "released", "improvement"):
            assert entries(workspace).height > before, page
        of_data = {name: make for name, make in seen.files.items() if name not in TEMPLATES}
        for name, make in of_data.items():
            before = entries(workspace).height
            contents = make().decode()
            assert entries(workspace).height == before + 1 and entries(workspace)["action"][0] == "export"
            for row in csv.reader(contents.splitlines()):
                assert not any(cell.lstrip()[:1] in ("=", "@") for cell in row), name
        files |= of_data
    assert {"audit-log.csv", "quarantine-not-for-sharing.csv"} <= set(files) and len(files) > 10
    with workspace.begin() as connection:
        audit_log.drop(connection)
    for make in files.values():
        with pytest.raises(AuditUnavailable):
            make()
    for page in ("statement_2", "equality"):
        seen = visitor.go(page)
        assert not seen.files and "audit log" in seen.text and '"spec"' not in seen.text


@pytest.mark.parametrize("role", ["Viewer", "Analyst"])
def test_names_from_the_data_are_text_wherever_they_are_shown(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    visitor = Visitor(monkeypatch, role, grain="Year", by="Team")
    for page in ("statement_2", "equality", "pack"):
        visitor.go(page)
        for element in visitor.app.get("html"):
            assert "<script>" not in element.proto.body.replace(_landing(), "")  # the dashboard's own, without names
        for kind in ("markdown", "caption", "info", "warning"):
            for element in visitor.app.get(kind):
                assert "](javascript" not in element.value and "<script>" not in element.value.replace("\\<", "")
                assert " $x^2$" not in element.value and " :red[hot]" not in element.value
        for element in visitor.app.get("plotly_chart"):
            assert "<script>" not in element.proto.spec


def test_the_command_prints_protected_numbers_unless_asked_for_exact_ones(
    keys_only: None, database: str, workspace: sa.Engine, capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["measures", "--measure", "education_plan", "--period", "year", "--by", "team", "--database", database]) == 0
    said = capsys.readouterr()
    assert PROTECTED in said.err and entries(workspace).height == 0
    expected = current_data().reporting.protected_summary(get("education_plan"), "year", by=("team",))
    rows = list(csv.DictReader(said.out.splitlines()))
    known = {(row["period"], row["team"]): row for row in expected.to_dicts()}
    assert len(rows) == len(known)
    for row in rows:
        assert not row["team"].startswith(("=", "@"))
        numerator = known[row["period"], row["team"].removeprefix("'")]["numerator"]
        assert (float(row["numerator"]) if row["numerator"] else None) == numerator


def test_what_a_role_does_not_have_is_refused_behind_the_pages_too(workspace: sa.Engine) -> None:
    for role in Role:
        person = Person("", role.value, role)
        guard = SessionGuard(lambda: workspace, person, lambda person=person: person, "v1")
        for page in LEAST_ROLE:
            if not person.may_have(page):
                with pytest.raises(NotInRole):
                    guard.must_have(page)
    viewer = SessionGuard(lambda: workspace, WITHOUT_SIGN_IN, lambda: WITHOUT_SIGN_IN, "v1")
    with pytest.raises(NotInRole):
        viewer.before_exact()
    assert entries(workspace).height == 0


def test_streamlit_guards_against_forged_requests_and_shows_no_details_of_errors() -> None:
    assert config.get_option("server.enableXsrfProtection") and config.get_option("server.enableCORS")
    assert config.get_option("server.maxMessageSize") == 20
    assert config.get_option("client.showErrorDetails") == "none" and not config.get_option("client.showErrorLinks")


def test_tables_offer_no_download_that_the_audit_log_would_not_know() -> None:
    assert config.get_option("client.disableDataExport")
