"""What changed between two versions, held against hand-made series."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.judgement.digest import Change, MeasureState, News, changes
from metrics.judgement.trend import Trend
from tests.dashboard.made_up import made_trend

STEADY = [(80 + (index % 2) * 4, 100) for index in range(16)]
"""Between 80 and 84% in turn: chance."""


def state_of(trend: Trend) -> MeasureState:
    assert trend.latest
    status = trend.target_status.value if trend.target_status else None
    return MeasureState(trend.measure.id, trend.latest["period"], trend.variation, trend.assurance, status, trend.latest["target"])


def news(before: Trend, after: Trend) -> set[News]:
    return {change.news for change in changes([state_of(before)], [state_of(after)])}


def test_another_steady_quarter_is_no_news() -> None:
    assert news(made_trend("education_plan", STEADY, target=70), made_trend("education_plan", [*STEADY, (82, 100)], target=70)) == set()


def test_a_quarter_outside_the_limits_is_news_once() -> None:
    before, worse = made_trend("education_plan", STEADY), made_trend("education_plan", [*STEADY, (50, 100)])
    assert news(before, worse) == {News.CONCERN}
    assert news(worse, worse) == set()
    assert news(before, made_trend("education_plan", [*STEADY, (100, 100)])) == {News.IMPROVEMENT}


def test_a_concern_that_is_over_is_news() -> None:
    worse, again = made_trend("education_plan", [*STEADY, (50, 100)]), made_trend("education_plan", [*STEADY, (50, 100), (82, 100)])
    assert news(worse, again) == {News.COMMON_CAUSE}
    change, = changes([state_of(worse)], [state_of(again)])
    assert change.was == "concern"


def test_a_target_newly_missed_and_newly_met() -> None:
    met, missed = made_trend("education_plan", STEADY, target=60), made_trend("education_plan", [*STEADY, (45, 100)], target=60)
    assert News.TARGET_MISSED in news(met, missed)
    assert News.TARGET_MET in news(missed, met)
    assert {change.target for change in changes([state_of(met)], [state_of(missed)]) if change.news is News.TARGET_MISSED} == {0.6}


def test_it_is_said_when_the_target_itself_is_another() -> None:
    before, after = made_trend("education_plan", STEADY, target=60), made_trend("education_plan", STEADY, target=95)
    found = changes([state_of(before)], [state_of(after)])
    assert {change.news for change in found} == {News.TARGET_MISSED, News.WILL_MISS}
    assert all(change.new_target for change in found)


def test_the_first_points_for_limits_are_no_news_when_nothing_is_unusual() -> None:
    assert news(made_trend("education_plan", STEADY[:12]), made_trend("education_plan", STEADY[:13])) == set()


BEFORE = MeasureState("education_plan", gaps={"sex": ("F",)}, compared={"sex": ("F", "M")})


@pytest.mark.parametrize(("after", "expected"), [
    (BEFORE, []),
    (replace(BEFORE, gaps={}), [Change("education_plan", News.GAP_CLOSED, breakdown="sex", group="F")]),
    (replace(BEFORE, gaps={}, compared={"sex": ("M",)}), []),
    (replace(BEFORE, gaps={}, compared={}), []),
    (replace(BEFORE, gaps={"sex": ("F",), "age_band": ("0 to 4",)}),
     [Change("education_plan", News.GAP_OPENED, breakdown="age_band", group="0 to 4")]),
])
def test_gaps_open_and_close_and_one_that_is_hidden_now_is_not_closed(after: MeasureState, expected: list[Change]) -> None:
    assert changes([BEFORE], [after]) == expected


def test_a_measure_that_was_not_there_has_no_news() -> None:
    assert changes([], [BEFORE]) == changes([BEFORE], []) == []


STATES = st.builds(
    MeasureState, st.just("education_plan"), st.none(),
    st.sampled_from([None, "common_cause", "improvement_high", "concern_low", "concern_high"]),
    st.sampled_from([None, "consistently met", "hit or miss", "consistently missed"]),
    st.sampled_from([None, "met", "missed", "not clear yet"]), st.sampled_from([None, 0.8, 0.9]),
    st.dictionaries(st.sampled_from(["sex", "team"]), st.lists(st.sampled_from("ABC"), unique=True).map(tuple)),
    st.dictionaries(st.sampled_from(["sex", "team"]), st.lists(st.sampled_from("ABC"), unique=True).map(tuple)),
)


@given(STATES, STATES)
def test_nothing_new_twice_and_every_gap_opened_is_a_gap_now(before: MeasureState, after: MeasureState) -> None:
    assert changes([after], [after]) == []
    found = changes([before], [after])
    assert len(set(found)) == len(found)
    opened = {(change.breakdown, change.group) for change in found if change.news is News.GAP_OPENED}
    slow = {(name, group) for name, groups in after.gaps.items() for group in groups if group not in before.gaps.get(name, ())}
    assert opened == slow
