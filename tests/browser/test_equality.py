"""The equality page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.choosing import choose
from tests.browser.conftest import PATIENCE

Settle = Callable[[Page], Locator]
TakeScreenshot = Callable[[Page, str], Path]
PLAN = "Children whose education plan is up to date"


@pytest.fixture
def open_page(dashboard_url: str, settle: Settle) -> Callable[..., None]:
    """`open_page(page, "by=Sex")` opens the equality page at an address and waits until it is drawn."""

    def go(page: Page, choices: str = "") -> None:
        page.goto(f"{dashboard_url}/equality?{choices}")
        expect(page.get_by_role("heading", name="One measure")).to_be_visible(timeout=60_000)
        settle(page)

    return go


def choices(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_what_is_chosen_is_in_the_address_and_comes_back(page: Page, open_page: Callable[..., None], settle: Settle) -> None:
    open_page(page)
    expect(page.get_by_role("heading", name=re.compile("clearly worse off"))).to_be_visible()
    choose(page, "Characteristic", "Ethnic group")
    expect(page.get_by_role("columnheader", name="Mixed")).to_be_visible()
    settle(page)
    choose(page, "Which measure", PLAN)
    expect(page.get_by_role("heading", name=PLAN)).to_be_visible()
    settle(page)
    choose(page, "Ethnic group by", "Sex")
    expect(page.get_by_role("region", name=f"{PLAN}: ethnic group (down) by sex (across)")).to_be_visible()
    settle(page)
    chosen = {"by": ["Ethnic group"], "measure": [PLAN], "crossed_with": ["Sex"]}
    assert chosen.items() <= choices(page).items()
    page.reload()
    expect(page.get_by_role("region", name=f"{PLAN}: ethnic group (down) by sex (across)")).to_be_visible(timeout=60_000)
    assert chosen.items() <= choices(page).items()


def test_a_measure_in_the_matrix_leads_to_its_own_part(page: Page, open_page: Callable[..., None], settle: Settle) -> None:
    open_page(page, "sex=Female")
    page.get_by_role("link", name="Children with an education plan", exact=True).click()
    expect(page.get_by_role("heading", name="Children with an education plan")).to_be_visible(timeout=60_000)
    settle(page)
    assert choices(page)["measure"] == ["Children with an education plan"]
    assert choices(page)["sex"] == ["Female"]


def test_a_statement_page_leads_to_the_gap_it_tells_of(page: Page, dashboard_url: str, settle: Settle) -> None:
    page.goto(f"{dashboard_url}/statement_2?by=Placement&open=education_plan_up_to_date")
    block = page.locator(".st-key-block_education_plan_up_to_date")
    expect(block.get_by_text("The gap that matters most.")).to_be_visible(timeout=60_000)
    settle(page)
    block.get_by_role("link", name=re.compile("Compare groups")).click()
    expect(page.get_by_role("heading", name="Is anyone served worse?")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("heading", name=PLAN)).to_be_visible(timeout=60_000)
    assert choices(page)["measure"] == [PLAN]


def test_the_charts_and_the_sentences_say_the_same(page: Page, open_page: Callable[..., None]) -> None:
    open_page(page, f"measure={PLAN}")
    block = page.locator(".st-key-block_equality_measure")
    sentence = re.compile("‘Children's home or residential school’: .* percentage points below the rest")
    told = block.get_by_text(sentence).first.inner_text()
    found = re.search(r"(\d+) percentage points below the rest \(95% confidence interval (\d+) to (\d+)\)", told)
    assert found
    gap, low, high = found.groups()
    words = f"{gap} points below ({low} to {high})"
    expect(block.locator(".annotation-text").get_by_text(words)).to_be_visible()
    expect(block.get_by_role("figure", name=re.compile(re.escape(f"{words}: worse")))).to_be_attached()


def test_a_phone_scrolls_the_matrix_and_not_the_page(
    phone_page: Page, open_page: Callable[..., None], take_screenshot: TakeScreenshot,
) -> None:
    open_page(phone_page, f"measure={PLAN}&crossed_with=Ethnic+group")
    matrix = phone_page.get_by_role("region", name=re.compile("^Matrix of"))
    assert matrix.evaluate("element => element.scrollWidth > element.clientWidth")
    assert phone_page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    take_screenshot(phone_page, "equality on a phone")


def test_a_picture_of_the_page(page: Page, open_page: Callable[..., None], take_screenshot: TakeScreenshot) -> None:
    open_page(page, f"measure={PLAN}&crossed_with=Ethnic+group")
    page.get_by_role("region", name=re.compile("^Matrix of")).focus()
    assert take_screenshot(page, "equality").stat().st_size > 10_000


@pytest.mark.parametrize("path", ["equality", "", "statement_2"])
def test_no_table_is_cut_on_a_small_desk(page: Page, dashboard_url: str, settle: Settle, path: str) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.goto(f"{dashboard_url}/{path}")
    expect(page.locator(".equality, .measures").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    if path == "statement_2":
        page.locator(".st-key-block_attendance").get_by_text("View as table").click()
        expect(page.get_by_test_id("stTable").first).to_be_visible(timeout=PATIENCE)
    cut = "tables => tables.filter(table => table.scrollWidth > table.clientWidth + 1).map(table => table.className)"
    assert page.locator(".equality, .measures, [data-testid='stTable']").evaluate_all(cut) == []


@pytest.mark.parametrize("width", [1366, 390])
def test_the_protected_view_of_everything_fits_and_axe_finds_nothing(
    page: Page, open_page: Callable[..., None], settle: Settle, width: int,
) -> None:
    """With all characteristics at once opened, in the dark: the table of who is worse off and the first groups of the matrix."""
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme="dark")
    open_page(page, "demo_role=Viewer&by=Ethnic+group")
    page.get_by_text("All characteristics at once").first.click()
    expect(page.get_by_text("For an annual report")).to_be_visible(timeout=PATIENCE)
    settle(page)
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    table = page.locator(".worse-off")
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth")
    matrix = page.locator(".equality").first
    right = matrix.bounding_box()["x"] + matrix.bounding_box()["width"]
    heads = [head.bounding_box() for head in matrix.locator("thead th").all()]
    assert sum(head["x"] + head["width"] <= right + 1 for head in heads) >= (len(heads) if width == 1366 else 3)
    found = Axe().run(page, context={"include": ["[data-testid=stMain]"]}, options={"resultTypes": ["violations"]})
    assert not found.response["violations"], found.generate_report()
