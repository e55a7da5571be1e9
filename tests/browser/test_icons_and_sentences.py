"""On every measure of the demo: icons, sentences, headline and drawn marks say what the data behind them says.

What the data says is worked out here from the published counts, with the charts' pure functions and nothing of the pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from config.rebases import rebases
from config.targets import targets
from dashboard.charts.theme import MARKS
from dashboard.reporting import Reporting
from data_access.engines import engine
from metrics import process_control
from metrics.catalogue import measures_of
from metrics.kinds import Measure, Rate

Visit = Callable[[Page, str], Locator]
POINTS_FOR_LIMITS = 13
ICON_WORDS = {
    "improvement_high": "Improving: going up", "improvement_low": "Improving: going down", "concern_high": "Concern: going up",
    "concern_low": "Concern: going down", "common_cause": "No clear change",
}
SENTENCE_BEGINS = {"improvement": "Improving: ", "concern": "Getting worse: ", "common": "No clear change: "}
ASSURANCE_WORDS = {
    "consistently met": ("Will meet the target consistently", "will be met consistently"),
    "hit or miss": ("Will hit or miss the target by chance", "will be met in some quarters and missed in others"),
    "consistently missed": ("Will miss the target consistently", "will be missed consistently"),
}
DRAWN = """block => [...block.querySelectorAll('.js-plotly-plot')[0].data].filter(trace => trace.mode === 'markers')
    .flatMap(trace => trace.x.map((x, index) => [x, trace.marker.symbol, trace.marker.color, trace.y[index]]))"""


@pytest.fixture(scope="module")
def reporting(demo_database: str) -> Reporting:
    return Reporting(engine(demo_database))


def control_chart(measure: Measure, rows: list[dict[str, Any]]) -> Any:
    """The control chart that suits complete periods, in the unit of the value."""
    numerators, denominators = ([row[name] for row in rows] for name in ("numerator", "denominator"))
    kind = process_control.chart_type(measure.kind, denominators)
    if kind == "p":
        return process_control.p_chart(numerators, denominators)
    if kind == "u":
        assert isinstance(measure, Rate)
        return process_control.u_chart(numerators, [denominator / measure.per for denominator in denominators])
    return process_control.xmr([row["value"] for row in rows])


def level_of(measure: Measure, row: dict[str, Any]) -> float | None:
    """The target that holds at the end of a period for all placements, in the unit of the value."""
    held = [each for each in targets() if each.measure == measure.id and each.placement is None and each.from_date <= row["period_end"]]
    level = max(held, key=lambda each: each.from_date).level if held else None
    return level if level is None or not measure.percent else level / 100


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_pages_agree_with_the_data(page: Page, dashboard_url: str, visit: Visit, reporting: Reporting, number: int) -> None:
    visit(page, f"{dashboard_url}/statement_{number}")
    for measure in measures_of(number):
        assert not [each for each in rebases() if each.measure == measure.id]
        summary = reporting.summary(measure, "quarter").to_dicts()
        complete = [row for row in summary if row["complete"] and row["value"] is not None]
        block = page.locator(f".st-key-block_{measure.id}")
        text = re.sub(r"\s+", " ", block.inner_text())
        latest = complete[-1]
        if measure.kind in ("proportion", "ratio_of_totals"):
            assert f"{int(latest['numerator']):,} of {latest['denominator']:,}" in text, measure.id
        assert len(complete) >= POINTS_FOR_LIMITS, measure.id
        chart = control_chart(measure, complete)
        states = process_control.point_states(chart, measure.better)
        state = states[-1]
        assert state is not None
        expect(block.get_by_text(ICON_WORDS[state], exact=True)).to_have_count(1)
        assert SENTENCE_BEGINS[state.split("_")[0]] in text, measure.id
        level = level_of(measure, latest)
        assurance = process_control.assurance(chart, level, measure.better)
        for said, (icon, sentence) in ASSURANCE_WORDS.items():
            expect(block.get_by_text(icon, exact=True)).to_have_count(int(said == assurance))
            assert (sentence in text) == (said == assurance), measure.id
        drawn = {int(x): (symbol, colour) for x, symbol, colour, _ in block.evaluate(DRAWN)}
        heights = {int(x): y for x, _, _, y in block.evaluate(DRAWN)}
        flags = iter(zip(states, chart["direction"], strict=True))
        for index, row in enumerate(summary):
            if row["value"] is None:
                assert index not in drawn
                continue
            name = "incomplete"
            if row["complete"]:
                flag, direction = next(flags)
                last = row is latest
                improving = (direction == "high") == (measure.better == "higher")
                name = "common_cause" if direction is None else "improvement" if improving else "concern"
                name = str(flag).split("_")[0].replace("common", "common_cause") if last else name
            assert drawn[index] == (MARKS[name].symbol, MARKS[name].colour), (measure.id, row["period"])
            assert heights[index] == pytest.approx(row["value"] * (100 if measure.percent else 1))
