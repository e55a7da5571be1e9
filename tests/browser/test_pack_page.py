"""The meeting pack's page in a real browser: choose, make, download, open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from pptx import Presentation

from config.access import Role
from dashboard.text.formatting import headline, upper_first
from data_access.audit import Action, entries
from data_access.workspace import workspace_engine
from metrics.measures.catalogue import measures_of
from tests.browser.choosing import choose
from tests.dashboard.packs.made import made_pack, made_view

SECONDS_TO_MAKE = 90


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('workspace') / 'workspace.sqlite'}"


@pytest.fixture(scope="module")
def url(serve: Callable[..., str], demo_database: str, workspace: str) -> str:
    return serve(demo_database, QS133_WORKSPACE_URL=workspace)


def test_a_manager_makes_a_pack_for_the_meeting(
    page: Page, url: str, workspace: str, demo_database: str, settle: Callable[[Page], Locator],
    take_screenshot: Callable[[Page, str], Path], tmp_path: Path,
) -> None:
    page.goto(f"{url}/pack")
    settle(page)
    expect(page.get_by_role("heading", name="Meeting pack")).to_be_visible()
    choose(page, "Statement", "3 Video feedback programme")
    settle(page)
    take_screenshot(page, "meeting pack")
    page.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("The pack is ready.")).to_be_visible(timeout=SECONDS_TO_MAKE * 1000)
    take_screenshot(page, "meeting pack made")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download qs133-statement-3").click()
    assert download.value.suggested_filename.endswith("-not-for-sharing.pptx")
    file = tmp_path / "pack.pptx"
    download.value.save_as(file)
    titles = [slide.shapes.title.text_frame.text for slide in Presentation(str(file)).slides]
    view = made_view(demo_database, Role.ANALYST)
    told = [f"{measure.title}: {upper_first(headline(view.trend(measure)))}" for measure in measures_of(3)]
    # What gives concern comes first, and what a measure's slide has no room for follows it.
    in_order = [f"{part.measure.title}: {part.headline}" for part in made_pack(view).shown]
    assert sorted(in_order) == sorted(told)
    assert [title for title in titles[1:] if title in told] == in_order
    continued = {f"{measure.title}: more about it, and what is being done" for measure in measures_of(3)}
    assert {*titles[1:]} - {*told} <= continued
    exported = entries(workspace_engine(workspace), actions=[Action.EXPORT])
    assert exported["what"].to_list() == [download.value.suggested_filename]


def test_what_was_made_is_not_offered_for_another_choice(
    page: Page, url: str, settle: Callable[[Page], Locator],
) -> None:
    page.goto(f"{url}/pack")
    settle(page)
    page.get_by_text("Selected measures").click()
    settle(page)
    expect(page.get_by_role("button", name="Make the pack")).to_be_disabled()
    page.get_by_text("NICE baseline assessment").click()
    settle(page)
    expect(page.get_by_role("combobox", name="File")).to_have_value("Spreadsheet for Excel (XLSX)")
    page.get_by_text("What changed", exact=True).click()
    settle(page)
    expect(page.get_by_text("This authority is made up, so there is no earlier load to compare it with")).to_be_visible()
    assert page.get_by_role("button", name="Download qs133").count() == 0


def test_on_a_phone(
    phone_page: Page, url: str, settle: Callable[[Page], Locator], take_screenshot: Callable[[Page, str], Path],
) -> None:
    phone_page.goto(f"{url}/pack")
    settle(phone_page)
    assert phone_page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    take_screenshot(phone_page, "meeting pack phone")
