"""Sign-in with a real OpenID provider in a real browser: who gets in, what they see, and what stops them."""

from __future__ import annotations

import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Locator, Page, expect

from config.settings import PROJECT_FOLDER
from data_access.audit import Action, entries
from data_access.demo import write_demo
from data_access.load import load
from tests.browser.choosing import choose
from tests.browser.conftest import DESKTOP, launch, new_page
from tests.browser.oidc_provider import Provider, running_provider
from tests.browser.server import free_port, running_server

Settle = Callable[[Page], Locator]
PATIENCE = 120_000
PEOPLE = {
    "vera": {"name": "Vera", "email": "vera@council.example"},
    "may": {"name": "May", "email": "may@council.example", "groups": ["Permanence managers"]},
    "ann": {"name": "Ann", "email": "ann@council.example", "groups": ["Analysts"]},
    "ada": {"name": "Ada", "email": "ada@council.example", "groups": ["Administrators"]},
}
ACCESS = """
sign_in_hours = {hours}
everyone_else = "{everyone_else}"
deployment_protects = false

[[grant]]
role = "manager"
claim = "groups"
is = "Permanence managers"
teams = ["Permanence"]

[[grant]]
role = "{analysts}"
claim = "groups"
is = "Analysts"

[[grant]]
role = "administrator"
claim = "groups"
is = "Administrators"
"""


@dataclass(frozen=True)
class Deployment:
    """A dashboard with sign-in: its address, its provider, where its access rules are, and its workspace."""

    address: str
    provider: Provider
    access_file: Path
    workspace: Path

    def rules(self, *, hours: float = 8, everyone_else: str = "viewer", analysts: str = "analyst") -> None:
        """Writes the access rules anew."""
        self.access_file.write_text(ACCESS.format(hours=hours, everyone_else=everyone_else, analysts=analysts), encoding="utf-8")

    def log(self) -> list[tuple[str, str, str]]:
        """who, action, what of the audit log, latest first."""
        engine = sa.create_engine(f"sqlite:///{self.workspace}")
        found = entries(engine).select("who", "action", "what").rows()
        engine.dispose()
        return found


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A small made-up authority, with sign-in: who may see what doesn't depend on how much there is to see."""
    folder = tmp_path_factory.mktemp("sign_in")
    database = f"duckdb:///{folder / 'reporting.duckdb'}"
    load(write_demo(folder / "sources", children=150, years=2), database, made_up=True)
    config = folder / "config"
    shutil.copytree(PROJECT_FOLDER / "config", config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    port = free_port()
    secrets = folder / "secrets.toml"
    environment = {"QS133_DATABASE_URL": database, "QS133_CONFIG": str(config)}
    with running_provider(folder, PEOPLE) as provider:
        secrets.write_text(provider.secrets(f"http://127.0.0.1:{port}"), encoding="utf-8")
        with running_server(folder, environment, port=port, options=("--secrets.files", str(secrets))) as address:
            yield Deployment(address, provider, config / "access.toml", folder / "workspace.sqlite")


@pytest.fixture(autouse=True)
def everyday_rules(deployment: Deployment) -> None:
    deployment.rules()


@pytest.fixture
def page(page: Page, deployment: Deployment, console_errors: list[str]) -> Iterator[Page]:
    """A window in which only our own errors count, not those of the provider's page."""
    yield page
    theirs = (deployment.provider.address, "picocss")
    console_errors[:] = [error for error in console_errors if not any(address in error for address in theirs)]


@pytest.fixture
def sign_in(deployment: Deployment, settle: Settle) -> Callable[..., None]:
    """`sign_in(page, "ann", "statement_2")` opens a page as somebody who has not signed in, and signs in."""

    def go(page: Page, subject: str, path: str = "") -> None:
        page.goto(f"{deployment.address}/{path}")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=subject, exact=True).click()
        page.wait_for_url(f"{deployment.address}/**", timeout=PATIENCE)
        settle(page)

    return go


def exact_badge(page: Page) -> Locator:
    return page.get_by_text("Contains small numbers, do not share").first


def a_part_of_a_page(page: Page, sign_in: Callable[..., None]) -> Locator:
    """What opens a part of an analyst's page that is drawn by itself."""
    sign_in(page, "ann", "statement_2")
    expect(exact_badge(page)).to_be_visible(timeout=PATIENCE)
    opens = page.get_by_role("button", name=re.compile("View as table, download")).first
    expect(opens).to_be_visible(timeout=PATIENCE)
    return opens


def protected_badge(page: Page) -> Locator:
    return page.get_by_test_id("stMain").get_by_text("Protected view").first


def test_a_link_opens_after_sign_in_as_it_would_have_before(page: Page, deployment: Deployment, sign_in: Callable[..., None]) -> None:
    page.goto(f"{deployment.address}/statement_2?grain=Year&placement=Foster+carer")
    expect(page.get_by_role("heading", name="Sign in to see this dashboard")).to_be_visible(timeout=PATIENCE)
    assert "children whose" not in page.content().lower() and page.get_by_test_id("stPlotlyChart").count() == 0
    sign_in(page, "ann", "statement_2?grain=Year&placement=Foster+carer")
    expect(page.get_by_role("heading", name="Statement 2: education plan")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("Children whose placement is ‘Foster carer’, years")).to_be_visible(timeout=PATIENCE)
    expect(exact_badge(page)).to_be_visible()
    log = deployment.log()
    assert ("ann@council.example", Action.EXACT_VIEW.value, "2 Education plan") in log
    assert any(who == "ann@council.example" and action == Action.SIGN_IN.value for who, action, _ in log)


def test_a_viewer_sees_the_protected_view_and_no_page_of_others(
    page: Page, deployment: Deployment, sign_in: Callable[..., None], settle: Settle, console_errors: list[str],
) -> None:
    sign_in(page, "vera")
    expect(protected_badge(page)).to_be_visible(timeout=PATIENCE)
    assert exact_badge(page).count() == 0 and page.get_by_role("link", name="Audit log").count() == 0
    assert page.get_by_text("View it as").count() == 0, "the demo's switch has no place where people sign in"
    page.goto(f"{deployment.address}/audit")
    settle(page)
    expect(page.get_by_role("heading", name="Where to look first")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_role("heading", name="Audit log").count() == 0
    console_errors.clear()  # Streamlit says in the console that there is no such page


def test_a_manager_has_their_own_team_and_no_other(page: Page, sign_in: Callable[..., None]) -> None:
    sign_in(page, "may", "equality?by=Team")
    matrix = page.get_by_role("region", name=re.compile("^Matrix of"))
    expect(matrix).to_be_visible(timeout=PATIENCE)
    heads = matrix.get_by_role("columnheader").all_inner_texts()
    assert "Permanence" in heads and not {"Family Support", "Children Looked After"} & set(heads)
    expect(exact_badge(page)).to_be_visible()


def test_an_administrator_reads_the_log(page: Page, sign_in: Callable[..., None], take_screenshot: Callable[[Page, str], Path]) -> None:
    sign_in(page, "ada", "audit")
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Download the log (CSV)")).to_be_visible(timeout=PATIENCE)
    take_screenshot(page, "audit log")


def test_nobody_gets_in_whom_the_rules_leave_out(page: Page, deployment: Deployment, sign_in: Callable[..., None]) -> None:
    deployment.rules(everyone_else="nobody")
    sign_in(page, "vera")
    expect(page.get_by_role("heading", name="No access")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stSidebar").get_by_text("Placement").count() == 0
    assert ("vera@council.example", Action.REFUSED.value) in [row[:2] for row in deployment.log()]


def test_signing_out_ends_it(page: Page, deployment: Deployment, sign_in: Callable[..., None]) -> None:
    sign_in(page, "ann")
    with page.expect_navigation():  # the provider is told, too
        page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state("networkidle")
    page.goto(f"{deployment.address}/statement_1")
    expect(page.get_by_role("heading", name="Sign in to see this dashboard")).to_be_visible(timeout=PATIENCE)


def test_signing_out_ends_a_copied_cookie_too(
    browser: Browser, page: Page, deployment: Deployment, sign_in: Callable[..., None], console_errors: list[str],
) -> None:
    sign_in(page, "ann")
    copied = browser.new_context()
    try:
        copied.add_cookies(page.context.cookies(deployment.address))
        other = copied.new_page()
        other.goto(f"{deployment.address}/statement_1")
        expect(exact_badge(other)).to_be_visible(timeout=PATIENCE)
        with page.expect_navigation():
            page.get_by_role("button", name="Sign out").click()
        other.reload()
        expect(other.get_by_text("You have signed out.")).to_be_visible(timeout=PATIENCE)
    finally:
        copied.close()
    assert ("ann@council.example", Action.SIGN_OUT.value) in [row[:2] for row in deployment.log()]


def test_a_download_is_for_whom_it_was_made(page: Page, deployment: Deployment, sign_in: Callable[..., None]) -> None:
    sign_in(page, "ada", "audit")
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="Download the log (CSV)").click()
    address = download.value.url
    assert "/media/" in address and page.request.get(address).text().startswith("at,who")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address, timeout=30)


def test_a_role_taken_away_within_a_part_of_a_page_is_a_sentence(
    page: Page, deployment: Deployment, sign_in: Callable[..., None],
) -> None:
    part = a_part_of_a_page(page, sign_in)
    deployment.rules(analysts="viewer")
    part.click()
    expect(page.get_by_text("Your role has changed.")).to_be_visible(timeout=PATIENCE)
    expect(protected_badge(page)).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stException").count() == 0 and exact_badge(page).count() == 0


def test_a_sign_in_that_ends_within_a_part_of_a_page_asks_again(
    page: Page, deployment: Deployment, sign_in: Callable[..., None],
) -> None:
    part = a_part_of_a_page(page, sign_in)
    deployment.rules(hours=0.0001)
    page.wait_for_timeout(500)
    part.click()
    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stException").count() == 0 and exact_badge(page).count() == 0


def test_a_role_taken_away_is_gone_at_the_next_click(
    page: Page, deployment: Deployment, sign_in: Callable[..., None],
) -> None:
    sign_in(page, "ann", "statement_2")
    expect(exact_badge(page)).to_be_visible(timeout=PATIENCE)
    deployment.rules(analysts="viewer")
    choose(page.get_by_test_id("stSidebar"), re.compile("Length of periods"), "Year")
    expect(protected_badge(page)).to_be_visible(timeout=PATIENCE)
    assert exact_badge(page).count() == 0


def test_an_old_sign_in_asks_again_in_mid_session(page: Page, deployment: Deployment, sign_in: Callable[..., None]) -> None:
    sign_in(page, "ann", "statement_2")
    expect(exact_badge(page)).to_be_visible(timeout=PATIENCE)
    deployment.rules(hours=0.0001)
    page.wait_for_timeout(500)
    choose(page.get_by_test_id("stSidebar"), re.compile("Length of periods"), "Year")
    expect(page.get_by_role("heading", name="Sign in again")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_test_id("stPlotlyChart").count() == 0


def test_a_forged_cookie_is_no_sign_in(browser: Browser, deployment: Deployment, console_errors: list[str]) -> None:
    claims = '{"is_logged_in": true, "email": "ada@council.example", "groups": ["Administrators"], "iat": 1800000000, "origin": "%s"}'
    for value in ("forged", (claims % deployment.address).encode().hex(), "2|1:0|10:1800000000|15:_streamlit_user|4:Zm9v|" + "0" * 64):
        with new_page(browser, DESKTOP, console_errors) as page:
            page.context.add_cookies([{"name": "_streamlit_user", "value": value, "url": deployment.address}])
            page.goto(f"{deployment.address}/audit")
            expect(page.get_by_role("heading", name="Sign in to see this dashboard")).to_be_visible(timeout=PATIENCE)


def test_every_answer_has_its_security_headers(deployment: Deployment) -> None:
    for path in ("", "statement_1", "_stcore/health"):
        with urllib.request.urlopen(f"{deployment.address}/{path}", timeout=10) as answer:
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff" and answer.headers["X-Frame-Options"] == "DENY"


def test_without_sign_in_real_data_has_the_protected_view_and_no_switch(
    page: Page, real_database: str, tmp_path: Path, settle: Settle,
) -> None:
    with running_server(tmp_path, {"QS133_DATABASE_URL": real_database}) as address:
        page.goto(f"{address}/?demo_role=Administrator")
        settle(page)
        expect(protected_badge(page)).to_be_visible(timeout=PATIENCE)
        assert page.get_by_text("View it as").count() == 0 and page.get_by_role("link", name="Audit log").count() == 0
        page.goto("about:blank")  # which asks no server that has been stopped


def test_under_a_name_that_another_site_had_resolved_to_this_machine_nothing_is_served(
    browser: Browser, dashboard_url: str, settle: Settle, console_errors: list[str],
) -> None:
    port = dashboard_url.rsplit(":", 1)[1]
    elsewhere = launch(browser.browser_type, "--host-resolver-rules=MAP other-site.example 127.0.0.1")
    with new_page(elsewhere, DESKTOP, console_errors) as page:
        page.goto(f"http://other-site.example:{port}/statement_2")
        settle(page)
        expect(page.get_by_role("heading", name="This dashboard is not served here")).to_be_visible(timeout=PATIENCE)
        assert page.get_by_test_id("stPlotlyChart").count() == 0
        console_errors.clear()  # the browser says that it trusts no such name
    elsewhere.close()


def test_without_a_workspace_there_are_no_exact_numbers(
    page: Page, demo_database: str, tmp_path: Path, settle: Settle, take_screenshot: Callable[[Page, str], Path],
) -> None:
    environment = {"QS133_DATABASE_URL": demo_database, "QS133_WORKSPACE_URL": "sqlite:////dev/null/none.sqlite"}
    with running_server(tmp_path, environment) as address:
        page.goto(address)
        settle(page)
        expect(page.get_by_role("heading", name="Targets and evidence can't be read at the moment")).to_be_visible(timeout=PATIENCE)
        assert page.locator(".measures").count() == 0
        take_screenshot(page, "no workspace")
        page.goto("about:blank")


@pytest.fixture(scope="module")
def real_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that was loaded like a real authority's."""
    url = f"duckdb:///{tmp_path_factory.mktemp('real') / 'real.duckdb'}"
    load(write_demo(tmp_path_factory.mktemp("real_sources"), children=100, years=1), url)
    return url
