"""A meeting prepared with the keyboard alone: what to look at first, one action, the pack. No click, no touch."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pptx import Presentation

from tests.browser.conftest import PATIENCE, Serve

Settle = Callable[[Page], Locator]
SECONDS = 180
"""In which all of it is done, from the overview, once the server has counted."""
PRESSES = 150
"""So many presses of the tab key at most lead to anything on a page."""
TO_DISCUSS = 3
AIM, OWNER = "Three in four preschool families have video feedback by July.", "Head of early help"
FOCUSED = "elements => elements.some(element => element === document.activeElement)"
SHOWN = """element => { const style = getComputedStyle(element);
    return !element.matches('a, button') || style.outlineStyle !== 'none' || style.boxShadow !== 'none' }"""
"""Whether one sees that something has the focus: a field has its caret."""


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses the tab key until what is wanted has the focus, which is to be seen."""
    expect(wanted.first).to_be_visible(timeout=PATIENCE)
    for _ in range(PRESSES):
        page.keyboard.press("Tab")
        if wanted.evaluate_all(FOCUSED):
            assert page.locator(":focus").evaluate(SHOWN), "What has the focus doesn't show it."
            return
    raise AssertionError(f"{PRESSES} presses of the tab key don't lead to {wanted}.")


def press(page: Page, wanted: Locator) -> None:
    """Goes to a link or a button and presses the enter key."""
    tab_to(page, wanted)
    page.keyboard.press("Enter")


def arrow_to(page: Page, wanted: Locator, arrow: str) -> None:
    """Presses an arrow key until what is wanted has the focus, as in a menu or a row of switches, which are one stop of the tab key."""
    expect(wanted.first).to_be_visible(timeout=PATIENCE)
    for _ in range(PRESSES):
        if wanted.evaluate_all(FOCUSED):
            return
        page.keyboard.press(arrow)
    raise AssertionError(f"{PRESSES} presses of {arrow} don't lead to {wanted}.")


def test_a_meeting_is_prepared_without_a_mouse(page: Page, serve: Serve, demo_database: str, settle: Settle, tmp_path: Path) -> None:
    address = serve(demo_database)
    page.goto(f"{address}/?demo_role=Manager")
    links = page.locator(".measures a[href*='statement_']")
    expect(links.first).to_be_visible(timeout=PATIENCE)
    settle(page)
    began = time.monotonic()

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to main content")
    page.keyboard.press("Enter")
    tab_to(page, links.nth(0))
    first = [page.locator(":focus").inner_text()]
    for _ in range(TO_DISCUSS - 1):
        page.keyboard.press("Tab")
        first.append(page.locator(":focus").inner_text())
    assert first == [links.nth(place).inner_text() for place in range(TO_DISCUSS)]
    for _ in range(TO_DISCUSS - 1):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")

    block = page.locator(".st-key-block_video_feedback_received")
    expect(block.get_by_role("heading", name=first[0])).to_be_visible(timeout=PATIENCE)
    settle(page)
    add_an_action(page, block, settle)
    file = make_the_pack(page, settle, tmp_path)
    assert time.monotonic() - began < SECONDS

    slides = [
        "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame) for slide in Presentation(str(file)).slides
    ]
    assert re.search(r"(One thing|Two things|Three things) to discuss", slides[0]) and first[0] in slides[0]
    assert any(AIM in slide and OWNER in slide for slide in slides)


def add_an_action(page: Page, block: Locator, settle: Settle) -> None:
    """Opens the measure's improvement, writes an action and saves it."""
    # The switches are one stop; the arrow keys lead from one to the next.
    tab_to(page, block.get_by_role("button", name="Open the chart and groups"))
    arrow_to(page, block.get_by_role("button", name="Improvement"), "ArrowRight")
    page.keyboard.press("Enter")
    press(page, block.get_by_role("button", name="Add an action"))
    dialog = page.get_by_role("dialog")
    for name, text in (("Aim", AIM), ("Owner", OWNER)):
        tab_to(page, dialog.get_by_role("textbox", name=re.compile(f"^{name}")))
        page.keyboard.type(text)
    press(page, dialog.get_by_role("button", name="Save"))
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    settle(page)
    expect(block).to_contain_text(AIM)


def make_the_pack(page: Page, settle: Settle, folder: Path) -> Path:
    """Goes to the packs by the menu, chooses the statement, has the slides made and downloads them."""
    press(page, page.get_by_role("button", name="Improve", exact=True))
    arrow_to(page, page.get_by_role("menuitem", name="Meeting pack"), "ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Meeting pack")).to_be_visible(timeout=PATIENCE)
    settle(page)
    tab_to(page, page.get_by_test_id("stMain").get_by_role("combobox", name="Statement"))
    page.keyboard.type("3 Video")
    expect(page.get_by_role("option", name="3 Video feedback programme")).to_be_visible()
    page.keyboard.press("Enter")
    settle(page)
    press(page, page.get_by_role("button", name="Make the pack"))
    expect(page.get_by_text("The pack is ready.")).to_be_visible(timeout=PATIENCE)
    settle(page)
    with page.expect_download() as download:
        press(page, page.get_by_role("button", name="Download qs133-statement-3"))
    file = folder / "pack.pptx"
    download.value.save_as(file)
    return file
