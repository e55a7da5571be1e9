"""The statement pages in a real browser, on the demo authority."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from config.rebases import rebases
from config.targets import targets
from dashboard.charts.theme import MARKS
from dashboard.figures.reporting import Reporting
from dashboard.text.formatting import EXACT
from data_access.engines import engine
from metrics.judgement.trend import control_chart, points_of
from metrics.measures.catalogue import get, measures_of, statements
from metrics.measures.kinds import Measure
from metrics.statistics import process_control
from tests.browser.choosing import choose
from tests.browser.conftest import PATIENCE

Settle = Callable[[Page], Locator]
Shoot = Callable[[Page, str], Path]
STATEMENTS = [(f"statement_{number}?open=all", number) for number in (1, 2, 3, 4)]
POINTS_FOR_LIMITS = 13
ICON_WORDS = {
    "improvement_high": "Improving: going up", "improvement_low": "Improving: going down", "concern_high": "Concern: going up",
    "concern_low": "Concern: going down", "common_cause": "No clear change",
}
SENTENCE_BEGINS = {"improvement": "Improving: ", "concern": "Getting worse: ", "common": "No clear change: "}
ASSURANCE_WORDS = {
    "consistently met": ("Will meet the target consistently", "will be met consistently"),
    "hit or miss": ("Will hit the target at times and miss it at others", "will be met in some quarters and missed in others"),
    "consistently missed": ("Will miss the target consistently", "will be missed consistently"),
}
DRAWN = """block => [...block.querySelectorAll('.js-plotly-plot')[0].data].filter(trace => trace.mode === 'markers')
    .flatMap(trace => trace.x.map((x, index) => [x, trace.marker.symbol, trace.marker.color, trace.y[index]]))"""


def block(page: Page, id: str) -> Locator:
    return page.locator(f".st-key-block_{id}")


@pytest.mark.parametrize("shown", ["statement_2?open=all"], indirect=True)
def test_plotly_takes_a_chart_that_it_gets_again_for_what_it_is(shown: Page) -> None:
    """Streamlit gives each chart a second time, with its width: one of a part of a pixel, or a template, has it drawn again."""
    charts = shown.locator(".js-plotly-plot")
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


@pytest.mark.parametrize(("shown", "number"), STATEMENTS, indirect=["shown"], scope="module")
def test_a_statement_opens_from_its_address_with_every_chart(shown: Page, take_screenshot: Shoot, number: int) -> None:
    expect(shown.get_by_role("blockquote")).to_contain_text(statements()[number - 1].words)
    measures = measures_of(number)
    expect(shown.locator(".js-plotly-plot")).to_have_count(2 * len(measures))
    for measure in measures:
        expect(block(shown, measure.id).get_by_role("heading", name=measure.title)).to_be_visible()
    take_screenshot(shown, f"statement {number}")


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_nothing_is_wider_than_a_phone(
    phone_page: Page, dashboard_url: str, settle: Settle, take_screenshot: Shoot, number: int
) -> None:
    phone_page.goto(f"{dashboard_url}/statement_{number}?open=all")
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
    page.goto(f"{dashboard_url}/statement_2?open=all")
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
    latest = [cell.strip() for cell in cells if cell.strip()]
    with page.expect_download() as download:
        shown.get_by_role("button", name="Download these numbers").click()
    with Path(download.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    over_time = [row for row in rows if row["part"] == "over time"]
    assert table.locator("tbody tr").count() == len(over_time)
    last = over_time[-1]
    assert {last["numerator"], last["denominator"], last["shown_as"]} <= set(latest)
    assert f"{last['numerator']} of {last['denominator']} children, {last['shown_as']}" in shown.inner_text()
    assert {row["sharing"] for row in rows} == {EXACT}


def test_a_link_with_a_measure_opens_at_it(page: Page, dashboard_url: str, settle: Settle) -> None:
    page.goto(f"{dashboard_url}/statement_4#three_or_more_placements")
    settle(page)
    expect(block(page, "three_or_more_placements")).to_be_in_viewport(timeout=PATIENCE)


@pytest.mark.parametrize("shown", ["statement_3?open=all"], indirect=True)
def test_a_charts_title_is_above_it(shown: Page) -> None:
    assert_titles_are_above(shown)


def test_on_a_narrow_window_the_second_charts_title_is_below_the_first_chart(page: Page, dashboard_url: str, settle: Settle) -> None:
    page.set_viewport_size({"width": 600, "height": 900})
    page.goto(f"{dashboard_url}/statement_3?open=all")
    settle(page)
    assert_titles_are_above(page)


def assert_titles_are_above(page: Page) -> None:
    """Each chart of a measure has its title right above it, and nowhere else."""
    shown = block(page, "video_feedback_received")
    for chart, beginning in zip(shown.locator(".js-plotly-plot").all(), ("By quarter", "Placement, "), strict=True):
        title = shown.get_by_text(re.compile(f"^{beginning}")).filter(visible=True)
        expect(title).to_have_count(1)
        above, below = title.bounding_box(), chart.bounding_box()
        assert above and below
        assert abs(above["x"] - below["x"]) < 20
        assert 0 <= below["y"] - above["y"] - above["height"] < 40


@pytest.fixture(scope="module")
def reporting(demo_database: str) -> Reporting:
    return Reporting(engine(demo_database))


def level_of(measure: Measure, row: dict[str, Any]) -> float | None:
    """The target that holds at the end of a period for all placements, in the unit of the value."""
    of_all = [each for each in targets() if each.measure == measure.id and each.placement is None and each.from_date <= row["period_end"]]
    held = [each for each in of_all if each.period in (None, "quarter")]
    level = max(held, key=lambda each: each.from_date).level if held else None
    return level if level is None or not measure.percent else level / 100


@pytest.mark.parametrize(("shown", "number"), STATEMENTS, indirect=["shown"], scope="module")
def test_pages_agree_with_the_data(shown: Page, reporting: Reporting, number: int) -> None:
    """Icons, sentences, headline and drawn marks say what the data says, as it is worked out here from the published counts, with the
    charts' pure functions and nothing of the pages."""
    for measure in measures_of(number):
        assert not [each for each in rebases() if each.measure == measure.id]
        counted = reporting.summary(measure, "quarter")
        summary = counted.to_dicts()
        complete = [row for row in summary if row["complete"] and row["value"] is not None]
        part = block(shown, measure.id)
        text = re.sub(r"\s+", " ", part.inner_text())
        latest = complete[-1]
        if measure.kind in ("proportion", "ratio_of_totals"):
            assert f"{int(latest['numerator']):,} of {latest['denominator']:,}" in text, measure.id
        assert len(complete) >= POINTS_FOR_LIMITS, measure.id
        chart = control_chart(measure, points_of(counted), ())[1]
        states = process_control.point_states(chart, measure.better)
        state = states[-1]
        assert state is not None
        expect(part.get_by_text(ICON_WORDS[state], exact=True)).to_have_count(1)
        assert SENTENCE_BEGINS[state.split("_")[0]] in text, measure.id
        level = level_of(measure, latest)
        assurance = process_control.assurance(chart, level, measure.better) if state == process_control.STABLE else None
        for said, (icon, sentence) in ASSURANCE_WORDS.items():
            expect(part.get_by_text(icon, exact=True)).to_have_count(int(said == assurance))
            assert (sentence in text) == (said == assurance), measure.id
        drawn = {int(x): (symbol, colour) for x, symbol, colour, _ in part.evaluate(DRAWN)}
        heights = {int(x): y for x, _, _, y in part.evaluate(DRAWN)}
        signals = iter(states)
        for index, row in enumerate(summary):
            if row["value"] is None:
                assert index not in drawn
                continue
            name = "incomplete"
            if row["complete"]:
                signal = next(signals)
                assert signal is not None
                name = "common_cause" if signal == process_control.STABLE else signal.split("_")[0]
            assert drawn[index] == (MARKS[name].symbol, MARKS[name].colour), (measure.id, row["period"])
            assert heights[index] == pytest.approx(row["value"] * (100 if measure.percent else 1))


def at_top(page: Page, id: str) -> bool:
    """Whether a measure's heading stands at the top of what is to be seen, and has the focus."""
    return bool(page.evaluate(
        """id => { const heading = document.getElementById(id);
            const top = heading.getBoundingClientRect().top - document.querySelector('[data-testid="stMain"]').getBoundingClientRect().top;
            return document.activeElement === heading && top > 40 && top < 140; }""", id,
    ))


def test_a_link_lands_on_the_heading_with_the_focus_and_going_back_finds_the_place(page: Page, dashboard_url: str, settle: Settle) -> None:
    page.goto(f"{dashboard_url}/")
    settle(page)
    link = page.get_by_role("link", name=get("attendance_in_care").title, exact=True)
    link.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    left = page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    link.click()
    expect(block(page, "attendance_in_care").locator(".js-plotly-plot").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.wait_for_timeout(2500)
    assert at_top(page, "attendance_in_care")
    page.go_back()
    expect(link).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.wait_for_timeout(2500)
    assert abs(page.get_by_test_id("stMain").evaluate("main => main.scrollTop") - left) < 60
    expect(link).to_be_in_viewport()
