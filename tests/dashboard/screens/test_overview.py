"""What the overview says of all measures together, and the table that it opens with, on made-up trends."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.content.overview_findings import Finding, Line, in_order, told_words
from dashboard.screens.measures.measure_list import target_status_words, usual_period
from dashboard.screens.overview import ORDERS, summary_words, told_sentences
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


@pytest.mark.parametrize(("judged", "concern", "of", "words"), [
    (1, 0, 1, "The one measure gives no concern"), (1, 1, 1, "The one measure gives concern"),
    (1, 0, 3, "The one measure that can be judged gives no concern"), (2, 0, 2, "None of the 2 measures gives concern"),
    (2, 2, 2, "Both measures give concern"), (2, 2, 3, "Both measures that can be judged give concern"),
    (3, 1, 3, "1 of the 3 measures gives concern"), (3, 2, 4, "2 of the 3 measures that can be judged give concern"),
    (3, 3, 3, "All 3 measures give concern"),
])
def test_the_headline_says_of_how_many_measures_change_can_be_told(judged: int, concern: int, of: int, words: str) -> None:
    steady, worse, early = line("education_plan_up_to_date", STEADY), line("education_plan", FALLING), line("attendance", STEADY[:4])
    found = [*[worse] * concern, *[steady] * (judged - concern), *[early] * (of - judged)]
    assert summary_words(found) == f"{words}. No measure has a target"


@pytest.mark.parametrize(("missed", "of", "words"), [
    (0, 1, "The one measure with a target does not miss it"), (1, 1, "The one measure with a target misses it"),
    (0, 2, "None of the 2 measures with a target misses it"), (1, 2, "1 of the 2 measures with a target misses it"),
    (2, 2, "Both measures with a target miss it"), (3, 3, "All 3 measures with a target miss it"),
])
def test_the_headline_says_how_many_targets_are_missed(missed: int, of: int, words: str) -> None:
    missing, meeting = line("education_plan", STEADY[:4], 90), line("education_plan", STEADY[:4], 40)
    found = [*[missing] * missed, *[meeting] * (of - missed)]
    assert summary_words(found) == f"It is too early to tell change from chance: no measure has enough periods yet. {words}"


def test_measures_are_not_called_early_whose_numbers_are_too_rounded_for_limits() -> None:
    steady, early = line("education_plan_up_to_date", STEADY), line("attendance", STEADY[:4])
    rounded = replace(early, trend=replace(steady.trend, variation=None, unfit="numbers for groups are rounded to protect children"))
    assert summary_words([rounded]).startswith("Change cannot be told from chance here, because numbers are rounded to protect children. ")
    assert told_sentences([steady, early, rounded, rounded]).endswith(
        "1 has too few periods to tell change from chance. 2 have numbers too rounded to tell change from chance."
    )
    assert told_sentences([rounded]) == "Of 1 measure, 1 has a number for January to March 2024."


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
    assert told_words([found[0], empty]) == "Of 2 measures, 1 has a number for January to March 2024"
    assert told_words([*found, empty]) == "Of 3 measures, 2 have a number: 1 for January to March 2024 and 1 for an earlier period"
    assert told_words([found[0], found[0]]) == "All 2 measures have a number for January to March 2024"
    assert told_words([empty]) == "No measure has a number yet"
