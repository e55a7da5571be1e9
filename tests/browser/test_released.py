"""A load changes a released period: a viewer goes on seeing it as it was and is told, and an administrator releases it anew."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from config.settings import PROJECT_FOLDER
from data_access.audit import Action
from data_access.demo import write_demo
from data_access.load import load
from tests.browser.conftest import DESKTOP, new_page
from tests.browser.oidc_provider import running_provider
from tests.browser.server import free_port, running_server
from tests.browser.test_sign_in import PATIENCE, PEOPLE, Deployment
from tests.dashboard.figures.test_releases import fewer
from tests.data_access import damage

KEPT = "are those released on"


def load_scores(folder: Path, *, change: bool) -> str:
    sources = write_demo(folder / f"sources_{change}", children=100, years=1)
    if change:
        damage.change(sources[-1] / "outcome_scores.csv", fewer)
    address = f"duckdb:///{folder / 'reporting.duckdb'}"
    load(sources, address, as_at=datetime.date(2026, 9, 30))
    return address


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A dashboard of real data, with sign-in."""
    config = tmp_path / "config"
    shutil.copytree(PROJECT_FOLDER / "config", config, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    port, secrets = free_port(), tmp_path / "secrets.toml"
    environment = {"QS133_DATABASE_URL": load_scores(tmp_path, change=False), "QS133_CONFIG": str(config)}
    with running_provider(tmp_path, PEOPLE) as provider:
        secrets.write_text(provider.secrets(f"http://127.0.0.1:{port}"), encoding="utf-8")
        with running_server(tmp_path, environment, port=port, options=("--secrets.files", str(secrets))) as address:
            made = Deployment(address, provider, config / "access.toml", tmp_path / "workspace.sqlite")
            made.rules()
            yield made


def signed_in(page: Page, deployment: Deployment, subject: str, path: str) -> None:
    page.goto(f"{deployment.address}/{path}")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=subject, exact=True).click()
    page.wait_for_url(f"{deployment.address}/**", timeout=PATIENCE)


def test_an_administrator_releases_anew_what_a_viewer_saw_as_it_was(
    deployment: Deployment, page: Page, browser: Browser, tmp_path: Path, settle: Callable[[Page], Locator],
    draw_until: Callable[[Page, str], None], take_screenshot: Callable[[Page, str], Path], console_errors: list[str],
) -> None:
    signed_in(page, deployment, "vera", "statement_1")
    expect(page.get_by_role("heading", name="Average SDQ score")).to_be_visible(timeout=PATIENCE)
    assert page.get_by_text(KEPT).count() == 0
    load_scores(tmp_path, change=True)
    draw_until(page, KEPT)  # the new data is shown, and the page says which periods are not of it
    page.reload()
    settle(page)
    assert page.get_by_text(KEPT).count() == 1
    take_screenshot(page, "released viewer")
    with new_page(browser, DESKTOP, console_errors) as administrator:
        signed_in(administrator, deployment, "ada", "released")
        expect(administrator.get_by_role("heading", name="Released periods", exact=True)).to_be_visible(timeout=PATIENCE)
        reason = administrator.get_by_label("Why these periods are released anew")
        expect(reason).to_be_visible(timeout=PATIENCE)
        take_screenshot(administrator, "released")
        reason.fill("Scores came late")
        administrator.get_by_role("button", name="Release these periods anew").click()
        expect(administrator.get_by_text("No released period has changed")).to_be_visible(timeout=PATIENCE)
        expect(administrator.get_by_text("Released anew: quarter 2025-26 Q3")).to_be_visible()
        page.reload()
        settle(page)
        assert page.get_by_text(KEPT).count() == 0
        theirs = (deployment.provider.address, "picocss")
        console_errors[:] = [error for error in console_errors if not any(address in error for address in theirs)]
    assert any(who == "ada@council.example" and action == Action.CHANGE.value and "Scores came late" in what
               for who, action, what in deployment.log())
