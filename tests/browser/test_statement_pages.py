"""The statement pages in a real browser, on the demo authority."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.words import EXACT, ordinary_spaces
from metrics.catalogue import get, measures_of, statements
from tests.browser.choosing import choose
from tests.browser.conftest import PATIENCE

Settle = Callable[[Page], Locator]
Shoot = Callable[[Page, str], Path]


def block(page: Page, id: str) -> Locator:
    return page.locator(f".st-key-block_{id}")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_statement_opens_from_its_address_with_every_chart(
    page: Page, dashboard_url: str, settle: Settle, take_screenshot: Shoot, number: int
) -> None:
    page.goto(f"{dashboard_url}/statement_{number}")
    settle(page)
    expect(page.get_by_role("blockquote")).to_contain_text(statements()[number - 1].words)
    shown = measures_of(number)
    expect(page.locator(".js-plotly-plot")).to_have_count(2 * len(shown))
    for measure in shown:
        expect(block(page, measure.id).get_by_role("heading", name=measure.title)).to_be_visible()
    take_screenshot(page, f"statement {number}")


def test_plotly_takes_a_chart_that_it_gets_again_for_what_it_is(page: Page, dashboard_url: str, settle: Settle) -> None:
    """Streamlit gives each chart a second time, with its width: one of a part of a pixel, or a template, has it drawn again."""
    page.goto(f"{dashboard_url}/statement_2")
    settle(page)
    charts = page.locator(".js-plotly-plot")
    expect(charts.locator(".main-svg").first).to_be_visible()
    drawn = charts.evaluate_all("""plots => plots.map(plot => ({
        width: plot.getBoundingClientRect().width, told: plot.layout.width, template: Boolean(plot.layout.template),
        revision: plot.layout.datarevision, column: plot.closest('.stVerticalBlock').getBoundingClientRect().width,
    }))""")
    assert any(chart["column"] % 1 for chart in drawn)
    for chart in drawn:
        assert chart["width"] == chart["told"] == round(chart["width"])
        assert chart["column"] - 1 < chart["width"] <= chart["column"]
        assert not chart["template"] and chart["revision"] == 1


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_nothing_is_wider_than_a_phone(
    phone_page: Page, dashboard_url: str, settle: Settle, take_screenshot: Shoot, number: int
) -> None:
    phone_page.goto(f"{dashboard_url}/statement_{number}")
    settle(phone_page)
    main = phone_page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    cut = phone_page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
            const frame = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('.annotation-text, .xtick text, .ytick text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1;
            }).map(text => text.textContent);
        })"""
    )
    assert cut == []
    take_screenshot(phone_page, f"statement {number} on a phone")


def test_the_breakdown_is_in_the_address_and_opens_from_it(
    page: Page, dashboard_url: str, settle: Settle
) -> None:
    page.goto(f"{dashboard_url}/statement_2")
    settle(page)
    choose(page, re.compile("Show each measure by"), "Sex")
    expect(block(page, "education_plan").locator(".titles").get_by_text("Sex, ")).to_be_visible()
    expect(page).to_have_url(re.compile(r"[?&]by=Sex"))
    page.goto(page.url)
    settle(page)
    expect(block(page, "suspended").locator(".titles").get_by_text("Sex, ")).to_be_visible()


def test_the_table_and_the_download_hold_what_is_shown(page: Page, dashboard_url: str, settle: Settle) -> None:
    page.goto(f"{dashboard_url}/statement_3")
    settle(page)
    measure = get("video_feedback_received")
    shown = block(page, measure.id)
    shown.get_by_text("View as table").click()
    table = shown.get_by_role("table").first
    expect(table).to_be_visible(timeout=PATIENCE)
    cells = table.locator("tbody tr").first.locator("th, td").all_inner_texts()
    latest = [ordinary_spaces(cell).strip() for cell in cells if cell.strip()]
    with page.expect_download() as download:
        shown.get_by_role("button", name="Download these numbers").click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    over_time = [row for row in rows if row["part"] == "over time"]
    assert table.locator("tbody tr").count() == len(over_time)
    last = over_time[-1]
    assert {last["numerator"], last["denominator"], last["shown_as"]} <= set(latest)
    assert f"{last['numerator']} of {last['denominator']} children, {last['shown_as']}" in ordinary_spaces(shown.inner_text())
    assert {row["sharing"] for row in rows} == {EXACT}


def test_a_link_with_a_measure_opens_at_it(page: Page, dashboard_url: str, settle: Settle) -> None:
    page.goto(f"{dashboard_url}/statement_4#three_or_more_placements")
    settle(page)
    expect(block(page, "three_or_more_placements")).to_be_in_viewport(timeout=PATIENCE)


@pytest.mark.parametrize("width", [1440, 600])
def test_a_charts_title_is_above_it(page: Page, dashboard_url: str, settle: Settle, width: int) -> None:
    """On a narrow window the second chart's title stands below the first chart, and nowhere else."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{dashboard_url}/statement_3")
    settle(page)
    shown = block(page, "video_feedback_received")
    for chart, beginning in zip(shown.locator(".js-plotly-plot").all(), ("By quarter", "Placement, "), strict=True):
        title = shown.get_by_text(re.compile(f"^{beginning}")).filter(visible=True)
        expect(title).to_have_count(1)
        above, below = title.bounding_box(), chart.bounding_box()
        assert above and below
        assert abs(above["x"] - below["x"]) < 20
        assert 0 <= below["y"] - above["y"] - above["height"] < 40
