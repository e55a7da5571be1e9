"""Dated changes on a trend's chart: where their lines are, and what their numbers and words say."""

from __future__ import annotations

import datetime

import pytest

from config.rebases import Rebase
from dashboard.charts import theme
from dashboard.charts.trend.dated_changes import places
from data_access.workspace import ChangeRecord
from tests.dashboard.drawn import trend_chart
from tests.dashboard.made_up import made_trend

COUNTS = [(40 + i, 100) for i in range(16)]  # quarters from April 2020 on


def change(on: str, words: str = "The team is at full strength.", **more: str) -> ChangeRecord:
    return ChangeRecord(measure="education_plan", on=datetime.date.fromisoformat(on), words=words, **more)


@pytest.mark.parametrize(("on", "place"), [
    ("2020-04-01", -0.5), ("2020-07-01", 0.5), ("2020-08-16", 1.0), ("2020-09-30", 1.5 - 1 / 92), ("2024-03-31", 15.5 - 1 / 91),
])
def test_a_line_stands_on_its_day_within_its_period(on: str, place: float) -> None:
    ((found, _),) = places(made_trend("education_plan", COUNTS).frame, [change(on)])
    assert found == pytest.approx(place)


def test_an_incomplete_period_is_as_long_as_the_one_before() -> None:
    frame = made_trend("education_plan", COUNTS, last_complete=False).frame
    ((found, _),) = places(frame, [change("2024-01-15")])
    assert found == pytest.approx(14.5 + 14 / 92)


@pytest.mark.parametrize("on", ["2020-03-31", "2024-04-01"])
def test_a_day_outside_what_is_shown_has_no_line(on: str) -> None:
    assert places(made_trend("education_plan", COUNTS).frame, [change(on)]) == []


def test_lines_are_numbered_by_their_day_and_explained_in_the_key_and_the_alt_text() -> None:
    drawing = trend_chart(made_trend("education_plan", COUNTS), changes=[change("2023-07-01", "Second."), change("2021-07-01", "First.")])
    marks = drawing.figure.data[-1]
    assert list(marks.text) == ["1", "2"] and list(marks.x) == [4.5, 12.5]
    assert marks.hovertext[0] == "<b>1 July 2021</b><br>First."
    assert [item.words for item in drawing.key if item.drawn == "change"] == ["Line 1, 1 July 2021: First.", "Line 2, 1 July 2023: Second."]
    assert drawing.alt.endswith("Marked on the chart: 1 July 2021: First. Marked on the chart: 1 July 2023: Second.")
    assert [shape.x0 for shape in drawing.figure.layout.shapes if shape.line.color == theme.CHANGE] == [4.5, 12.5]


def test_numbers_that_would_cover_each_other_are_at_two_heights() -> None:
    drawing = trend_chart(made_trend("education_plan", COUNTS), changes=[change("2021-07-01"), change("2021-07-20"), change("2023-01-01")])
    first, second, third = drawing.figure.data[-1].y
    assert second < first == third == drawing.figure.layout.yaxis.range[1]


def test_words_from_people_are_no_html_and_are_cut_where_they_are_long() -> None:
    drawing = trend_chart(made_trend("education_plan", COUNTS), changes=[change("2021-07-01", "<b>a & b</b> " + "word " * 100)])
    hover = drawing.figure.data[-1].hovertext[0]
    assert "&lt;b&gt;a &amp; b&lt;/b&gt;" in hover and hover.endswith("…")
    (item,) = [item for item in drawing.key if item.drawn == "change"]
    assert item.words.endswith("…") and len(item.words) < 200


def test_a_rebase_from_a_change_is_drawn_with_both() -> None:
    trend = made_trend("education_plan", COUNTS, rebase_on=[datetime.date(2021, 7, 1)])
    both = change("2021-07-01", "A new form.", rebase_reason="It moved at once.")
    drawing = trend_chart(trend, [Rebase("education_plan", both.on, "It moved at once.")], [both])
    assert {item.drawn for item in drawing.key} >= {"rebase", "change"}


def test_without_changes_the_chart_has_no_more_than_before() -> None:
    assert trend_chart(made_trend("education_plan", COUNTS)).figure.layout.shapes == ()
