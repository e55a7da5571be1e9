"""What the overview says of all measures together, and the table that it opens with, on made-up trends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.content.overview_findings import Finding, Line, in_order, told_words
from dashboard.screens.measures.measure_list import target_status_words, usual_period
from dashboard.screens.overview import ORDERS, summary_words
from metrics.judgement.targets import TargetStatus
from metrics.measures.catalogue import get
from tests.dashboard.made_up import made_trend

STEADY = [(60 + index % 3, 100) for index in range(16)]
FALLING = [*((60 + index % 3, 100) for index in range(9)), *((30 + index % 2, 100) for index in range(7))]


def line(id: str, counts: list[tuple[int, int]], target: float | None = None) -> Line:
    trend = made_trend(id, counts, target=target)
    findings = {
        Finding.CONCERN: (trend.variation or "").startswith("concern"), Finding.MISSING_TARGET: trend.target_status == TargetStatus.MISSED,
    }
    return Line(get(id), 2, trend, frozenset(finding for finding, there in findings.items() if there))


def test_counts_are_of_the_measures_of_which_it_can_be_told() -> None:
    found = [line("education_plan", FALLING, 50), line("education_plan_up_to_date", STEADY), line("persistent_absence", STEADY[:4])]
    assert summary_words(found) == "1 of 2 measures gives concern, 1 of 1 with a target misses it"
    assert summary_words(found[2:]) == "No measure has enough periods yet to tell change from chance, and none has a target"


@given(st.permutations(range(3)), st.sampled_from(list(ORDERS)))
def test_sorting_loses_no_measure_and_puts_first_what_it_says(places: list[int], order: str) -> None:
    all_lines = [line("education_plan", FALLING, 50), line("education_plan_up_to_date", STEADY, 50), line("persistent_absence", STEADY[:4])]
    found = in_order([all_lines[place] for place in places], order)
    assert sorted(one.measure.id for one in found) == sorted(one.measure.id for one in all_lines)
    first = {"change": "education_plan", "target": "education_plan"}
    if order in first:
        assert found[0].measure.id == first[order]
    if order == "value":
        values = [one.trend.latest["value"] for one in found if one.trend.latest]
        assert values == sorted(values, reverse=True)
    if order == "title":
        assert [one.measure.title for one in found] == sorted(one.measure.title for one in found)


@pytest.mark.parametrize(("target", "words"), [
    (50.0, "Misses the 50% target"), (None, "No target is set"), (31.0, "Not clear yet: 31% target"),
])
def test_a_line_says_how_it_stands_against_its_target(target: float | None, words: str) -> None:
    assert target_status_words(line("education_plan", FALLING, target)) == words


def test_the_period_that_most_have_stands_above_the_table_only() -> None:
    found = [line("education_plan", STEADY), line("education_plan_up_to_date", STEADY), line("persistent_absence", STEADY[:4])]
    assert usual_period(found) == "January to March 2024"
    assert usual_period([]) == ""


def test_of_all_measures_those_that_can_be_told_are_counted_by_their_period() -> None:
    found = [line("education_plan", STEADY), line("persistent_absence", STEADY[:4])]
    empty = Line(get("attendance"), 2, replace(made_trend("attendance", STEADY), latest=None), frozenset({Finding.NO_DATA}))
    assert told_words([found[0], empty]) == "Of 2 measures, 1 can be told for January to March 2024"
    assert told_words([*found, empty]).startswith("Of 3 measures, 2 can be told: 1 for ")
    assert told_words([empty]) == "Of 1 measure, none can be told yet"
