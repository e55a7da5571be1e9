"""A new user with nothing but a return: from an empty folder to the first true numbers, and what would show more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from data_access.demo import write_demo
from tests.browser.server import personal_server
from tests.reference import load, measure_rows, of_cohort

PATIENCE = 120_000
MEASURE, PAGE = "social_emotional_concern", "statement_1"


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last return over a whole year of a made-up authority, a folder of files; the one after it has begun."""
    return write_demo(tmp_path_factory.mktemp("made"), children=300)[-3]


@pytest.fixture
def new_user(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """Somebody who has just opened the address that the program printed."""
    with personal_server(tmp_path) as (_, first):
        own = browser.new_context(locale="en-GB", viewport={"width": 1366, "height": 900})
        page = own.new_page()
        page.goto(first)
        yield page
        own.close()


def test_a_return_alone_tells_seven_measures(
    new_user: Page, returned: Path, settle: Callable[[Page], Locator], take_screenshot: Callable[[Page, str], Path],
) -> None:
    page = new_user
    expect(page.get_by_role("heading", name="No data to show yet")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("The first day, step by step").click()
    expect(page.get_by_role("heading", name="With the return only")).to_be_visible()
    take_screenshot(page, "empty")
    page.get_by_role("link", name="Load data").first.click()
    page.get_by_text("A whole folder", exact=True).click()
    chooser = page.locator("input[type=file][webkitdirectory]")
    expect(chooser).to_have_count(1, timeout=PATIENCE)
    settle(page)
    chooser.set_input_files(returned)
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_text("What the dry run found")).to_be_visible(timeout=PATIENCE)
    page.locator(".st-key-load_now button").click()
    expect(page.get_by_text("is in the database.")).to_be_visible(timeout=PATIENCE)
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_text("Of 29 measures, 7 have a number")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text(re.compile(r"^England [0-9.]+%?, year to March \d{4}$")).first).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("heading", name="What would show more")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Template attendance.xlsx")).to_be_visible()
    settle(page)
    take_screenshot(page, "new user")
    page.goto(f"{page.url.split('?')[0].rstrip('/')}/{PAGE}")
    counted = measure_rows(of_cohort(load([returned]), "looked_after"), MEASURE, "quarter")
    numerator, denominator = counted[max(counted)]
    expect(page.get_by_text(f"{numerator:,.0f} of {denominator:,.0f} children").first).to_be_visible(timeout=PATIENCE)
