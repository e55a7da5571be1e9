"""The overview and the filters in a real browser, on the demo authority."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from metrics.measures.catalogue import get, measures, statements
from tests.browser.choosing import choose
from tests.browser.conftest import PATIENCE

Visit = Callable[[Page, str], Locator]
Settle = Callable[[Page], Locator]
Shoot = Callable[[Page, str], Path]


def lines(page: Page) -> Locator:
    return page.locator(".measures .line")


def line(page: Page, id: str) -> Locator:
    """The overview's line of one measure."""
    return lines(page).filter(has=page.locator(f"a[href$='#{id}']"))


def choices(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_every_measure_is_there_and_concern_comes_first(page: Page, dashboard_url: str, visit: Visit, take_screenshot: Shoot) -> None:
    visit(page, dashboard_url)
    expect(lines(page)).to_have_count(len(measures()))
    concern = [("concern" in (row.get_attribute("class") or "").split()) for row in lines(page).all()]
    assert any(concern)
    assert concern == sorted(concern, reverse=True)
    assert page.get_by_role("heading", name=re.compile(f"^{sum(concern)} of the \\d+ measures giv")).is_visible()
    take_screenshot(page, "overview")


def test_the_overview_can_be_narrowed_and_its_address_says_how(page: Page, dashboard_url: str, visit: Visit, settle: Settle) -> None:
    visit(page, dashboard_url)
    count = page.locator(".measures .line.concern").count()
    page.get_by_role("radio", name="Concern").click()
    expect(lines(page)).to_have_count(count, timeout=PATIENCE)
    expect(page).to_have_url(re.compile(r"show=Concern"), timeout=PATIENCE)
    visit(page, page.url)
    expect(lines(page)).to_have_count(count)
    choose(page, "Statement", f"1 {statements()[0].title}")
    expect(page.get_by_text("No measures match.")).to_be_visible(timeout=PATIENCE)


def test_a_line_leads_to_its_measure_with_the_filters(page: Page, dashboard_url: str, visit: Visit) -> None:
    visit(page, f"{dashboard_url}/?sex=Female")
    page.get_by_role("link", name=get("attendance").title, exact=True).click()
    expect(page.get_by_role("heading", name="Statement 2: education plan")).to_be_visible(timeout=PATIENCE)
    # Not its heading: on a slow machine the page moves a little after Streamlit has gone there, as the style arrives.
    expect(page.locator(".st-key-block_attendance")).to_be_in_viewport(timeout=PATIENCE)
    assert choices(page)["sex"] == ["Female"]


def test_a_link_to_a_measure_holds_while_the_browser_fetches_what_draws_html(page: Page, dashboard_url: str, settle: Settle) -> None:
    held: list[Route] = []
    page.route("**/static/js/Html.*.js", lambda route: held.append(route))
    page.goto(f"{dashboard_url}/statement_4?open=all&sex=Female#attendance_in_care")
    measure = page.locator(".st-key-block_attendance_in_care")
    expect(measure).to_be_in_viewport(timeout=PATIENCE)
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    over_time, by_group = (page.locator(f".st-key-{side}_of_carer_trained").bounding_box() for side in ("left", "right"))
    assert held and over_time and by_group
    assert over_time["y"] == by_group["y"]  # charts stand where they will stand
    for route in held:
        route.continue_()
    settle(page)
    expect(measure).to_be_in_viewport(timeout=PATIENCE)


def test_a_filter_changes_the_numbers_and_the_address_and_can_be_cleared(page: Page, dashboard_url: str, visit: Visit) -> None:
    visit(page, dashboard_url)
    value = line(page, "education_plan_up_to_date").locator(".latest p.small").first
    everybody = value.inner_text()
    choose(page, re.compile("^Placement"), "Foster carer")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Children whose placement is ‘Foster carer’")).to_be_visible(timeout=PATIENCE)
    expect(value).not_to_have_text(everybody, timeout=PATIENCE)
    filtered = value.inner_text()
    expect(page).to_have_url(re.compile("placement=Foster"), timeout=PATIENCE)
    # A link opens the same view, on any page.
    link = page.url
    visit(page, link.replace("/?", "/statement_2?"))
    counted = filtered
    expect(page.locator(".st-key-block_education_plan_up_to_date")).to_contain_text(counted, timeout=PATIENCE)
    visit(page, link)
    expect(value).to_have_text(filtered, timeout=PATIENCE)
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("All children, quarters from")).to_be_visible(timeout=PATIENCE)
    expect(value).to_have_text(everybody, timeout=PATIENCE)
    expect(page).not_to_have_url(re.compile("placement="), timeout=PATIENCE)


def test_a_filter_is_in_sight_while_it_is_set_and_unfolded_otherwise(page: Page, dashboard_url: str, visit: Visit) -> None:
    visit(page, f"{dashboard_url}/?sex=Female")
    sex, age = (page.get_by_role("combobox", name=re.compile(f"^{name}")) for name in ("Sex", "Age"))
    expect(sex).to_be_visible()
    expect(age).to_have_count(0)
    page.get_by_text("More filters").click()
    choose(page, re.compile("^Age"), "5 to 10")
    page.keyboard.press("Escape")
    expect(page.get_by_text("sex is ‘Female’ and age is ‘5 to 10’")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("More filters").click()
    expect(page.get_by_role("combobox", name=re.compile("^Disability"))).to_have_count(0, timeout=PATIENCE)
    expect(age).to_be_visible()
    assert choices(page) == {"sex": ["Female"], "age_band": ["5 to 10"]}
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("All children, quarters from")).to_be_visible(timeout=PATIENCE)
    expect(sex).to_have_count(0)
    assert not choices(page)


def test_a_filter_that_a_measure_cannot_take_is_explained_there(page: Page, dashboard_url: str, visit: Visit) -> None:
    visit(page, f"{dashboard_url}/statement_1?open=all&unaccompanied=No")
    block = page.locator(".st-key-block_unaccompanied_assessed_once_stable")
    expect(block).to_contain_text("No data under 'Unaccompanied asylum-seeking child: No'")
    expect(block).to_contain_text("Choose another group, or clear the filters")
    expect(block.locator(".js-plotly-plot")).to_have_count(0)
    expect(page.locator(".st-key-block_social_emotional_mean").locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)


def test_periods_and_the_way_to_draw_are_kept_in_the_address(page: Page, dashboard_url: str, visit: Visit) -> None:
    visit(page, f"{dashboard_url}/statement_2?open=all&grain=Year&chart=Line")
    expect(page.get_by_text("All children, years from")).to_be_visible()
    block = page.locator(".st-key-block_education_plan")
    expect(block.get_by_text("A plain line, as chosen: no limits are worked out.")).to_be_visible()
    expect(block.get_by_text("By year", exact=True)).to_be_visible()


def test_the_overview_fits_a_phone(phone_page: Page, dashboard_url: str, visit: Visit, take_screenshot: Shoot) -> None:
    visit(phone_page, dashboard_url)
    assert phone_page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    expect(lines(phone_page)).to_have_count(len(measures()))
    take_screenshot(phone_page, "overview on a phone")


def test_definitions_hold_every_measure_and_can_be_searched(page: Page, dashboard_url: str, visit: Visit, take_screenshot: Shoot) -> None:
    visit(page, f"{dashboard_url}/definitions")
    for measure in measures():
        expect(page.get_by_role("heading", name=measure.title, exact=True)).to_have_count(1)
    for method in ("Intervals", "Process control", "Targets", "Equality", "Small numbers"):
        expect(page.get_by_role("heading", name=re.compile(f"^{method}: "))).to_be_visible()
    take_screenshot(page, "definitions")
    page.get_by_role("searchbox", name="Find a measure").fill("persistently")
    expect(page.get_by_role("heading", name=get("education_plan").title, exact=True)).to_have_count(0, timeout=PATIENCE)
    expect(page.get_by_role("heading", name=get("persistent_absence").title, exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("find=persistently"), timeout=PATIENCE)


def test_target_lines_are_switched_off_and_stay_off_in_a_link(page: Page, dashboard_url: str, visit: Visit) -> None:
    visit(page, f"{dashboard_url}/statement_2?open=all")
    block = page.locator(".st-key-block_education_plan")
    expect(block.get_by_text("Purple line: the local target, 85%")).to_be_visible(timeout=PATIENCE)
    page.get_by_text("Show local targets").click()
    expect(block.get_by_text("Purple line")).to_have_count(0, timeout=PATIENCE)
    expect(page).to_have_url(re.compile("target_lines=false"), timeout=PATIENCE)
    visit(page, page.url)
    expect(block.get_by_text("Grey circle: nothing unusual")).to_be_visible(timeout=PATIENCE)
    expect(block.get_by_text("Purple line")).to_have_count(0)
    # What is said stays.
    expect(block.get_by_text("350 of 358 children, 97.8%, above the 85% target")).to_be_visible()
