"""What a page says while there is no data, and that it opens by itself once there is."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from data_access.engines import address_of_file
from data_access.schema_check import create
from tests.browser.conftest import PATIENCE, Serve

Visit = Callable[[Page, str], Locator]


def test_a_database_that_goes_away_and_comes_back(
    page: Page, serve: Serve, demo_database: str, visit: Visit, tmp_path: Path,
) -> None:
    file, elsewhere = tmp_path / "authority.duckdb", tmp_path / "elsewhere.duckdb"
    shutil.copy(address_of_file(demo_database).removeprefix("duckdb:///"), file)
    visit(page, serve(f"duckdb:///{file}"))
    expect(page.get_by_role("heading", name="Where to look first")).to_be_visible()
    file.rename(elsewhere)
    page.get_by_role("radio", name="Concern").click()
    expect(page.get_by_role("heading", name="No data to show yet")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("There is no database at")).to_be_visible()
    expect(page.locator(".measures .line")).to_have_count(0, timeout=PATIENCE)
    elsewhere.rename(file)
    # Nobody touches the page: it looks again by itself.
    expect(page.get_by_role("heading", name="Where to look first")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".measures .line").first).to_be_visible(timeout=PATIENCE)


def test_an_empty_database_says_what_to_do_and_opens_once_it_is_filled(
    page: Page, serve: Serve, demo_database: str, tmp_path: Path,
) -> None:
    file = tmp_path / "empty.duckdb"
    create(f"duckdb:///{file}", datetime.date(2027, 12, 31))
    page.goto(serve(f"duckdb:///{file}"))
    expect(page.get_by_role("heading", name="No data to show yet")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("qs133 load path/to/ssda903-2025-26 path/to/extracts")).to_be_visible()
    filled = tmp_path / "filled.duckdb"
    shutil.copy(address_of_file(demo_database).removeprefix("duckdb:///"), filled)
    filled.replace(file)
    expect(page.get_by_role("heading", name="Where to look first")).to_be_visible(timeout=PATIENCE)
