"""A trend's chart is described once: what the page, its picture, slides and paper draw is what the description says."""

from __future__ import annotations

import datetime
import html
import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as some

from config.rebases import Rebase
from dashboard.charts.theme import BACKGROUNDS, POINT_MARKS, TEXT
from dashboard.charts.trend.drawing import TITLES, line_columns, point_states, trend_drawing, trend_lines
from dashboard.charts.trend.interactive import interactive
from dashboard.charts.trend.parts import joined, steps, within
from dashboard.charts.trend.picture import trend_picture
from dashboard.charts.trend.sparkline import sparkline
from dashboard.content.comparisons.selection import comparison_of
from metrics.judgement.trend import Chart, control_chart, points_of
from metrics.measures.catalogue import get
from metrics.statistics import process_control
from tests.dashboard.charts.test_chart_pooled import all_three
from tests.dashboard.charts.test_charts import contrast
from tests.dashboard.made_up import made_trend
from tests.dashboard.published_made_up import comparison

SHIFTED = [(70, 100), (66, 100)] * 5 + [(71, 100)] * 7
SVG = "{http://www.w3.org/2000/svg}"
LEVELS = some.lists(some.one_of(some.none(), some.integers(0, 9).map(float)), max_size=12)


def svg_of(picture: str) -> ET.Element:
    """The drawing inside an <img>."""
    found = re.search(r'src="data:image/svg\+xml,([^"]*)"', picture)
    assert found
    return ET.fromstring(unquote(found[1]))


# --- paths ----------------------------------------------------------------------------------------------------------


@given(LEVELS)
def test_a_joined_line_goes_through_every_value_and_over_no_gap(levels: list[float | None]) -> None:
    paths = joined(levels)
    assert [point for path in paths for point in path] == [(index, level) for index, level in enumerate(levels) if level is not None]
    for path in paths:
        first, last = int(path[0][0]), int(path[-1][0])
        assert None not in levels[first:last + 1]
        assert first == 0 or levels[first - 1] is None
        assert last == len(levels) - 1 or levels[last + 1] is None


@given(LEVELS, some.booleans())
def test_a_level_holds_for_the_whole_of_its_period(levels: list[float | None], over_gaps: bool) -> None:
    wanted = [(index + side, level) for index, level in enumerate(levels) if level is not None for side in (-0.5, 0.5)]
    paths = steps(levels, over_gaps=over_gaps)
    assert [point for path in paths for point in path] == wanted
    gaps = sum(1 for path in joined(levels)) if not over_gaps else min(len(wanted), 1)
    assert len(paths) == gaps


@given(LEVELS)
def test_limits_end_where_a_baseline_ends(levels: list[float | None]) -> None:
    baselines = [float(index // 4) for index in range(len(levels))]
    for path in within(levels, baselines):
        assert len({int(x + 0.5) // 4 for x, _ in path[1:-1]}) == 1
        indices = [int(x + 0.5) for x, _ in path[1:-1]]
        assert indices == list(range(indices[0], indices[-1] + 1))  # over no point without a level
        assert (path[0][0], path[-1][0]) == (path[1][0] - 0.5, path[-2][0] + 0.5)
    inner = [point for path in within(levels, baselines) for point in path[1:-1]]
    assert inner == [(index, level) for index, level in enumerate(levels) if level is not None]


# --- what is described ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", ["education_plan", "persistent_absence", "suspension_rate", "social_emotional_mean"])
@pytest.mark.parametrize("chart", [None, *Chart])
def test_a_point_looks_as_process_control_says(id: str, chart: Chart | None) -> None:
    for counts in (SHIFTED, SHIFTED[::-1]):
        trend = made_trend(id, counts, chart=chart)
        if trend.chart != Chart.PROCESS_CONTROL:
            assert set(point_states(trend)) == {"common_cause"}
            continue
        told = [row["point_state"] for row in trend.frame.iter_rows(named=True)]
        assert point_states(trend) == ["common_cause" if state == "common_cause" else state.split("_")[0] for state in told]
        assert told[-1] == trend.variation


def test_the_states_are_those_of_the_control_chart() -> None:
    trend = made_trend("education_plan", SHIFTED)
    method, frame = control_chart(trend.measure, points_of(trend.frame), ())
    assert trend.method == method.name
    assert trend.frame["point_state"].to_list() == process_control.point_states(frame, trend.measure.better)


def test_tables_and_legends_list_the_lines_that_are_drawn() -> None:
    for target, chart in ((None, None), (85.0, Chart.RUN), (85.0, None), (None, Chart.LINE)):
        trend = made_trend("education_plan", SHIFTED, target=target, chart=chart)
        drawn = {line.name: line.title for line in trend_lines(trend)}
        assert {name: title for title, name in line_columns(trend)} == {name: title for name, title in drawn.items() if name != "value"}
        assert set(drawn) <= set(TITLES)


def test_the_target_is_not_drawn_where_it_is_not_asked_for() -> None:
    trend = made_trend("education_plan", SHIFTED, target=85)
    drawing = trend_drawing(trend, target_line=False)
    assert "target" not in {line.name for line in drawing.lines} | {item.drawn for item in drawing.key}
    assert all("85%" not in " ".join(point.hover().below) for point in drawing.points)
    assert "target" in {line.name for line in trend_drawing(trend).lines}


# --- the picture ----------------------------------------------------------------------------------------------------


def everything() -> list[tuple[str, list[tuple[int, int]]]]:
    return [("education_plan", SHIFTED), ("suspension_rate", [(5, 100), (0, 0), (7, 110), (6, 90)]), ("social_emotional_mean", SHIFTED)]


@pytest.mark.parametrize(("id", "counts"), everything())
def test_the_picture_has_the_lines_and_points_of_the_interactive_chart_at_the_same_places(id: str, counts: list[tuple[int, int]]) -> None:
    trend = made_trend(id, counts, target=75 if id == "education_plan" else None, last_complete=False)
    drawing = trend_drawing(trend)
    figure, svg = interactive(drawing).figure, svg_of(trend_picture(drawing))
    scale = 100 if trend.measure.percent else 1
    circles = [(point.x, point.y) for point in drawing.points if "circle" in POINT_MARKS[point.state].symbol]
    first, second = circles[0], circles[-1]
    marks = list(svg.iter(f"{SVG}circle"))
    ends = [(float(marks[index].get("cx", 0)), float(marks[index].get("cy", 0))) for index in (0, -1)]
    across = (ends[1][0] - ends[0][0]) / (second[0] - first[0])
    low, high = figure.layout.yaxis.range
    frame = next(svg.iter(f"{SVG}rect"))
    top, tall = float(frame.get("y", 0)), float(frame.get("height", 0))

    def place(x: float, y: float) -> tuple[float, float]:
        return ends[0][0] + (x - first[0]) * across, top + tall * (1 - (y * scale - low) / (high - low))

    drawn = [
        [tuple(map(float, pair.split(","))) for pair in line.get("points", "").split()]
        for group in svg.iter(f"{SVG}g") for line in group.iter(f"{SVG}polyline")
    ]
    wanted = [[place(*point) for point in path] for line in drawing.lines for path in line.paths if len(path) > 1]
    assert len(drawn) == len(wanted)
    for found, path in zip(drawn, wanted, strict=True):
        assert [pair[0] for pair in found] == pytest.approx([x for x, _ in path], abs=0.2)
        assert [pair[1] for pair in found] == pytest.approx([y for _, y in path], abs=0.2)
    assert sorted((float(mark.get("cx", 0)), float(mark.get("cy", 0))) for mark in marks) == [
        (pytest.approx(x, abs=0.2), pytest.approx(y, abs=0.2))
        for x, y in sorted(place(*circle) for circle in circles)
    ]
    assert [(*words,) for _, words in drawing.periods] == [tuple(text.split("<br>")) for text in figure.layout.xaxis.ticktext]


def test_the_picture_says_what_the_chart_says_and_reads_in_light_and_dark() -> None:
    trend = made_trend("attendance_in_care", [(900 + index % 5, 1000) for index in range(24)])
    rebase = Rebase("attendance_in_care", datetime.date(2024, 4, 1), "a <new> form & more")
    loaded = all_three(trend, ["hidden", *[(910, 1000)] * 23])
    drawing = trend_drawing(trend, [rebase], comparison=comparison_of(trend, comparison()), pooled=loaded)
    picture = trend_picture(drawing)
    assert f'alt="{html.escape(drawing.alt)}"' in picture
    svg = svg_of(picture)
    texts = [text.text for text in svg.iter(f"{SVG}text")]
    assert {name for _, name in drawing.names} <= set(texts) and {"A", "B"} <= set(texts)
    assert {label for _, label in drawing.levels} <= set(texts)
    for ink, paper in zip(TEXT, BACKGROUNDS, strict=True):
        assert contrast(ink, paper) >= 4.5 and ink in (svg.findtext(f"{SVG}style") or "")


@pytest.mark.parametrize("counts", [[(7, 10)], SHIFTED, [(0, 0)] * 3])
def test_there_is_a_picture_of_any_trend(counts: list[tuple[int, int]]) -> None:
    trend = made_trend("education_plan", counts)
    assert svg_of(trend_picture(trend_drawing(trend))) is not None
    assert svg_of(sparkline(trend)) is not None
    assert get("education_plan").title in trend_drawing(trend).alt
