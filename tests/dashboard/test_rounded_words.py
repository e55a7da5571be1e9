"""How rounded numbers are written, which point is the latest where one is hidden, and when limits are drawn."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from dashboard.content.overview_findings import Line
from dashboard.screens.measures.measure_list import _value
from dashboard.text import formatting
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Chart, Trend, trend
from metrics.measures.catalogue import get
from metrics.summary.summarise import summarise
from tests.dashboard.made_up import facts

PLAN, RATE = get("education_plan"), get("suspension_rate")


def row(numerator: float, denominator: int, lower: float = 0.0, upper: float = 0.12, *, rounded: bool = True) -> dict[str, Any]:
    return {
        "numerator": numerator, "denominator": denominator, "value": numerator / denominator, "lower": lower, "upper": upper,
        "state": "shown", "rounded": rounded,
    }


@pytest.mark.parametrize(("numerator", "counted", "figure"), [
    (0, "0 to 2 of 24 children", "0 to 2 of 24"), (24, "all but 0 to 2 of 24 children", "all but 0 to 2 of 24"),
    (12, "12 of 24 children", "50%"),
])
def test_none_and_all_are_never_written_as_such(numerator: float, counted: str, figure: str) -> None:
    found = row(numerator, 24)
    assert formatting.counted(PLAN, found) == counted
    assert formatting.row_figure(PLAN, found) == formatting.cell_words(PLAN, found) == figure
    words = " ".join([formatting.figure_and_count(PLAN, found), formatting.row_value(PLAN, found), formatting.short_counted(PLAN, found)])
    assert "100%" not in words and not words.startswith("0%") and " 0%" not in words
    assert formatting.row_figure(PLAN, row(0, 24, rounded=False)) == "0%"


def test_a_rate_of_none_is_a_range_of_events() -> None:
    assert formatting.counted(RATE, row(0, 36)) == "0 to 2 suspensions among 36 children"


@pytest.mark.parametrize(("lower", "upper", "words"), [
    (0.0, 0.118, "up to 12%"), (0.877, 1.0, "88% or more"), (0.305, 0.7, "31% to 70%"), (0.0, 1.0, "anything"),
])
def test_intervals_of_rounded_shares_are_whole_and_have_no_end_at_none_or_all(lower: float, upper: float, words: str) -> None:
    assert formatting.row_interval(PLAN, row(12, 24, lower, upper)) == f"95% confidence interval {words}"


def series(counts: list[tuple[int, int]], *, rounded: bool = False, hidden: bool = False, of_group: bool = False) -> Trend:
    summary = summarise(PLAN, facts(PLAN, counts)).with_columns(pl.lit(rounded).alias("rounded"))
    if hidden:
        last = pl.int_range(pl.len()) == pl.len() - 1
        summary = summary.with_columns(
            pl.when(last).then(pl.lit("hidden")).otherwise("state").alias("state"),
            *(pl.when(~last).then(pl.col(name)).alias(name) for name in ("numerator", "denominator", "value", "lower", "upper")),
        )
    return trend(PLAN, summary, Targets(()), of_group=of_group)


def test_where_the_latest_is_hidden_nothing_older_stands_in_its_place() -> None:
    found = series([(40, 80)] * 16, hidden=True)
    assert found.latest is None and found.variation is None and found.assurance is None and found.target_status is None
    assert formatting.headline(found) == "January to March 2024 is hidden to protect children"
    assert found.earlier is not None and formatting.earlier_words(found) == "Earlier, October to December 2023: 50%, 40 of 80 children"
    assert series([(40, 80)] * 16).latest is not None


def test_limits_are_drawn_only_where_rounded_numbers_bear_them() -> None:
    assert series([(40, 80)] * 16).chart is Chart.PROCESS_CONTROL
    assert series([(42, 81)] * 16, rounded=True).chart is Chart.PROCESS_CONTROL
    group = series([(42, 81)] * 16, rounded=True, of_group=True)
    assert group.chart is Chart.RUN and group.variation is None and "rounded to protect children" in group.reason
    assert series([(42, 81)] * 16, of_group=True).chart is Chart.PROCESS_CONTROL, "exact numbers of a group bear limits"
    few = series([(3, 81)] * 5 + [(42, 81)] * 11, rounded=True)
    assert few.chart is Chart.RUN and series([(3, 81)] * 4 + [(42, 81)] * 12, rounded=True).chart is Chart.PROCESS_CONTROL


@pytest.mark.parametrize(("numerator", "told"), [(0, "0 to 2 of 80"), (80, "all but 0 to 2 of 80"), (42, "42 of 80 children")])
def test_a_line_of_a_list_says_once_what_a_value_is_made_from(numerator: int, told: str) -> None:
    found = series([(40, 80)] * 15 + [(numerator, 80)], rounded=True)
    shown = _value(Line(PLAN, 2, found, frozenset()), "")
    assert shown.count(" of 80") == 1 and told in shown and "rounded to protect children" in shown
