"""The improvement loop in a real browser, as a manager: evidence, target, change, rebase; two people at once; a saved view."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, Serve, new_page

Settle = Callable[[Page], Locator]
Shoot = Callable[[Page, str], Path]
MEASURE = "education_plan_complete"
SECONDS_TO_COUNT = 120


@pytest.fixture(scope="module")
def address(serve: Serve, demo_database: str) -> str:
    """A server of its own, whose workspace is empty at first."""
    return serve(demo_database)


def block(page: Page) -> Locator:
    return page.locator(f".st-key-block_{MEASURE}")


def open_as_manager(page: Page, address: str, settle: Settle) -> None:
    page.goto(f"{address}/statement_2?open={MEASURE}&demo_role=Manager")
    # A manager's part of the data is counted the first time that somebody asks for it.
    expect(block(page)).to_be_visible(timeout=SECONDS_TO_COUNT * 1000)
    settle(page)
    block(page).get_by_role("button", name="Improvement").click()
    expect(block(page).get_by_role("button", name="Add an action")).to_be_visible()


def fill(page: Page, **fields: str) -> None:
    """Types into the dialog's fields, each by how its name begins; 'day' is a date as 01012025."""
    dialog = page.get_by_role("dialog")
    for name, text in fields.items():
        if name == "day":
            dialog.get_by_test_id("stDateInput").first.get_by_role("spinbutton").first.click()
            page.keyboard.type(text)
        else:
            dialog.get_by_role("textbox", name=re.compile(f"^{name}", re.IGNORECASE)).fill(text)


def save(page: Page, settle: Settle) -> None:
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def test_a_manager_goes_round_the_loop(
    page: Page, address: str, settle: Settle, take_screenshot: Shoot, console_errors: list[str]
) -> None:
    open_as_manager(page, address, settle)
    evidence = page.locator(".st-key-evidence_education_plan_arrangements")
    evidence.get_by_role("button", name="Record evidence").click()
    page.get_by_role("dialog").get_by_text("Partly in place").click()
    fill(page, what="Plans for children in care.", link="S:/plans", owner="Head of the virtual school", day="01012026")
    save(page, settle)
    expect(evidence).to_contain_text("Plans for children in care.")
    expect(evidence).to_contain_text("Review overdue")

    block(page).get_by_role("button", name="Set a target").click()
    page.get_by_role("dialog").get_by_role("spinbutton", name="Target in percent").or_(
        page.get_by_role("dialog").get_by_role("textbox", name="Target in percent")).fill("85")
    fill(page, day="01042024", reason="Agreed in the meeting.")
    save(page, settle)
    expect(block(page)).to_contain_text("the 85% target")
    expect(block(page)).to_contain_text("Purple line: the local target, 85%")

    block(page).get_by_role("button", name="Add a change").click()
    fill(page, day="01012025", what="One form for all schools.")
    save(page, settle)
    expect(block(page)).to_contain_text("Line 1, 1 January 2025: One form for all schools.")
    expect(block(page)).to_contain_text("Did it help?")
    expect(block(page)).to_contain_text("not that the change was the cause")

    begin_limits_anew(page, settle)
    expect(block(page)).to_contain_text("Dotted upright line: new limits from 1 January 2025, because: It moved at once, and stayed.")
    take_screenshot(page, "improvement loop")

    page.goto(f"{address}/improvement?demo_role=Manager")
    main = settle(page)
    expect(main).to_contain_text("One form for all schools.")
    expect(main).to_contain_text("1 review of evidence (statement 2, structure)")
    take_screenshot(page, "improvement page")
    add_where_actions_are_listed(page, settle)


def begin_limits_anew(page: Page, settle: Settle) -> None:
    """Gives the change a reason for new limits: a click beside the dialog loses nothing, and what they do is shown before."""
    edit = block(page).locator("[class*='st-key-open_']")
    edit.first.get_by_role("button").click()
    fill(page, reason="It moved at once, and stayed.")
    dialog = page.get_by_role("dialog")
    page.mouse.click(5, 400)
    expect(dialog.get_by_role("textbox", name="Reason for new limits")).to_have_value("It moved at once, and stayed.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("complete quarters lie on or after that day")
    expect(dialog).to_contain_text("all teams and providers")
    expect(block(page)).not_to_contain_text("new limits from 1 January 2025")
    dialog.get_by_role("button", name="Start new limits for everyone").click()
    expect(dialog).to_have_count(0)
    settle(page)


def add_where_actions_are_listed(page: Page, settle: Settle) -> None:
    page.get_by_role("combobox", name="Add an action about").click()
    page.keyboard.type("persistently")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add an action").click()
    fill(page, aim="Fewer are absent.", owner="Virtual school")
    save(page, settle)
    expect(page.get_by_test_id("stMain")).to_contain_text("Fewer are absent.")


def test_two_who_edit_the_same_action_lose_nothing(
    page: Page, browser: Browser, address: str, settle: Settle, console_errors: list[str]
) -> None:
    open_as_manager(page, address, settle)
    block(page).get_by_role("button", name="Add an action").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_contain_text("Enter: aim and owner.")
    fill(page, aim="All plans are complete.", owner="Virtual school")
    save(page, settle)
    with new_page(browser, DESKTOP, console_errors) as other:
        open_as_manager(other, address, settle)
        for window in (page, other):
            block(window).get_by_role("button", name="Edit").first.click()
            expect(window.get_by_role("dialog")).to_contain_text("Aim")
        fill(page, aim="Nine in ten plans are complete.")
        save(page, settle)
        fill(other, aim="All plans are complete by May.")
        dialog = other.get_by_role("dialog")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_contain_text(re.compile("demo visitor changed this at .* Nothing was overwritten"))
        expect(dialog).to_contain_text("Nine in ten plans are complete.")
        expect(dialog.get_by_role("textbox", name=re.compile("^Aim"))).to_have_value("All plans are complete by May.")
        save(other, settle)
        expect(block(other)).to_contain_text("All plans are complete by May.")
        block(other).get_by_role("button", name="History").first.click()
        history = other.get_by_role("dialog")
        for aim in ("All plans are complete by May.", "Nine in ten plans are complete.", "All plans are complete."):
            expect(history).to_contain_text(aim)
        history.get_by_role("button", name="Undo the last change").click()
        expect(block(other)).to_contain_text("Nine in ten plans are complete.")


def test_a_saved_view_opens_again_from_its_link(page: Page, address: str, settle: Settle, console_errors: list[str]) -> None:
    page.goto(f"{address}/statement_3?demo_role=Manager&placement=Foster+carer&grain=Year")
    expect(page.locator(".st-key-block_video_feedback_received")).to_be_visible(timeout=SECONDS_TO_COUNT * 1000)
    settle(page)
    page.get_by_text("Saved views", exact=True).click()
    page.get_by_role("button", name="Save this view").click()
    fill(page, name="Fostering by year")
    save(page, settle)
    page.goto(f"{address}/statement_3?demo_role=Manager&sex=Female")
    expect(page.locator(".st-key-block_video_feedback_received")).to_be_visible(timeout=SECONDS_TO_COUNT * 1000)
    settle(page)
    page.get_by_text("Saved views", exact=True).click()
    page.get_by_role("link", name="Fostering by year").click()
    expect(page).to_have_url(re.compile("placement=Foster"))
    main = settle(page)
    expect(main).to_contain_text("Children of team ‘Children in Care North’ whose placement is ‘Foster carer’, years")
