"""Published figures in a real browser: at once there, turned off one by one, and kept in the address."""

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from data_access.demo import write_demo
from data_access.load import load
from tests.browser.conftest import Serve

Settle = Callable[[Page], Locator]
PATIENCE = 150_000
"""Milliseconds that a page may take on a busy machine: while it is drawn anew, what was there before stays."""
Shoot = Callable[[Page, str], Path]


@pytest.fixture(scope="module")
def kent_url(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server of an authority that is not made up, as far as it knows, and is called Kent County Council."""
    folder = tmp_path_factory.mktemp("kent")
    address = f"duckdb:///{folder / 'kent.duckdb'}"
    load(write_demo(folder / "sources", children=200), address)
    return serve(address, QS133_AUTHORITY="Kent County Council", QS133_COMPARATORS=str(folder / "comparators.csv"))


def open_first(page: Page, url: str, settle: Settle) -> None:
    """Opens a page whose counts are worked out for the first time, which may take a while on a busy machine."""
    page.goto(url)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=PATIENCE)
    settle(page)


def block(page: Page, id: str) -> Locator:
    return page.locator(f".st-key-block_{id}")


def names(page: Page, id: str) -> Locator:
    """The lines' names at the edge of a measure's chart."""
    return block(page, id).locator(".annotation-text").filter(has_text=re.compile("^(England|Region|Published|Neighbours)$"))


def expect_names(page: Page, id: str, expected: set[str]) -> None:
    expect(names(page, id)).to_have_count(len(expected), timeout=PATIENCE)
    assert set(names(page, id).all_text_contents()) == expected


def test_a_new_user_sees_england_and_a_region_and_turns_them_off(
    page: Page, dashboard_url: str, settle: Settle,
) -> None:
    open_first(page, f"{dashboard_url}/statement_4?open=all", settle)
    expect_names(page, "attendance_in_care", {"England", "Region"})
    expect(block(page, "attendance_in_care")).to_contain_text("England: 91%, school year 2024/25.")
    page.get_by_role("button", name="Region", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]compare=England($|&)"))
    expect_names(page, "attendance_in_care", {"England"})
    page.get_by_role("button", name="England", exact=True).click()
    expect(page).to_have_url(re.compile(r"[?&]compare=($|&)"))
    expect(names(page, "attendance_in_care")).to_have_count(0, timeout=PATIENCE)
    page.reload()
    settle(page)
    expect(names(page, "attendance_in_care")).to_have_count(0, timeout=PATIENCE)
    page.get_by_role("link", name="Overview").first.click()
    expect(page.get_by_role("heading", name="Where to look first")).to_be_visible()
    settle(page)
    expect(page.locator(".measures .england")).to_have_count(0)
    expect(page.locator('.measures a[href*="compare="]').first).to_be_visible()


def test_the_overview_has_a_column_against_england(page: Page, dashboard_url: str, settle: Settle) -> None:
    open_first(page, dashboard_url, settle)
    told = page.locator(".measures .england", has_text="England")
    expect(told).to_have_count(4)
    expect(told.filter(has_text="England 91%, school year 2024/25")).to_have_count(1)
    open_first(page, f"{dashboard_url}/?grain=Year", settle)
    expect(page.locator(".measures .england", has_text="England")).to_have_count(5)


def test_a_real_authority_has_its_own_line_its_neighbours_and_its_rank(
    page: Page, kent_url: str, settle: Settle, take_screenshot: Shoot,
) -> None:
    open_first(page, f"{kent_url}/statement_4?open=all&grain=Year", settle)
    shown = block(page, "persistent_absence_in_care")
    expect(names(page, "persistent_absence_in_care")).to_have_count(4, timeout=PATIENCE)
    expect(shown).to_contain_text(re.compile(r"By published figures, Kent is (joint )?\d+\w\w of 11"))
    expect(shown).to_contain_text("England: 20.3%, school year 2024/25.")
    take_screenshot(page, "published figures of a real authority")
    page.get_by_role("button", name="Statistical neighbours").click()
    expect(names(page, "persistent_absence_in_care")).to_have_count(3, timeout=PATIENCE)
    expect(shown).not_to_contain_text("By published figures")
    open_first(page, f"{kent_url}/statement_4?open=all&compare=Own+published+figure", settle)
    expect_names(page, "attendance_in_care", {"Published"})


def test_names_fit_a_phone(phone_page: Page, kent_url: str, settle: Settle, take_screenshot: Shoot) -> None:
    open_first(phone_page, f"{kent_url}/statement_1?open=all", settle)
    boxes = [
        name.bounding_box() for id in ("social_emotional_mean", "social_emotional_concern") for name in names(phone_page, id).all()
    ]
    assert len(boxes) == 8 and all(box and box["x"] + box["width"] <= 390 for box in boxes)
    for first, second in itertools.pairwise(boxes):
        assert first and second
        assert abs(first["y"] - second["y"]) >= min(first["height"], second["height"]) * 0.8
    take_screenshot(phone_page, "published figures on a phone")
