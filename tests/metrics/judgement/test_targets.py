"""Which target holds, and what an interval says about it."""

import datetime

import pytest

from config.targets import Target, targets
from config.toml_file import ConfigError
from metrics.judgement.targets import Targets, TargetStatus, level, refused, status
from metrics.measures import catalogue

PLAN, ABSENCE, MEAN = (catalogue.get(id) for id in ("education_plan", "persistent_absence", "social_emotional_mean"))


def target(value=90.0, start="2024-04-01", placement=None, measure="education_plan"):
    return Target(measure, value, datetime.date.fromisoformat(start), placement, "", 7)


def day(text):
    return datetime.date.fromisoformat(text)


def test_the_latest_target_that_has_begun_holds():
    held = Targets((target(80, "2023-04-01"), target(90, "2024-04-01")))
    assert held.on(PLAN, day("2023-03-31"), "quarter") is None
    assert held.on(PLAN, day("2024-03-31"), "quarter").level == 80
    assert held.on(PLAN, day("2024-04-01"), "quarter").level == 90


def test_a_placement_has_its_own_target_only_where_it_alone_is_looked_at():
    held = Targets((target(90), target(70, placement="residential")))
    assert held.on(PLAN, day("2025-01-01"), "quarter", ["residential"]).level == 70
    assert held.on(PLAN, day("2025-01-01"), "quarter", ["residential", "foster_carer"]).level == 90
    assert held.on(PLAN, day("2025-01-01"), "quarter", ["foster_carer"]).level == 90
    assert held.on(PLAN, day("2025-01-01"), "quarter").level == 90


def test_levels_are_percent_for_shares_and_plain_for_the_rest():
    assert level(PLAN, target(90)) == pytest.approx(0.9)
    assert level(MEAN, target(13, measure="social_emotional_mean")) == 13


@pytest.mark.parametrize(("measure", "lower", "upper", "wanted"), [
    (PLAN, 0.91, 0.97, TargetStatus.MET),
    (PLAN, 0.90, 0.97, TargetStatus.MET),
    (PLAN, 0.85, 0.95, TargetStatus.NOT_CLEAR),
    (PLAN, 0.80, 0.90, TargetStatus.NOT_CLEAR),
    (PLAN, 0.80, 0.89, TargetStatus.MISSED),
    (ABSENCE, 0.80, 0.89, TargetStatus.MET),
    (ABSENCE, 0.91, 0.97, TargetStatus.MISSED),
    (ABSENCE, 0.85, 0.95, TargetStatus.NOT_CLEAR),
    (PLAN, None, None, TargetStatus.NOT_CLEAR),
])
def test_the_side_of_the_interval_decides(measure, lower, upper, wanted):
    assert status(measure, lower, upper, 0.9) == wanted


def test_without_a_target_there_is_no_comparison():
    assert status(PLAN, 0.8, 0.9, None) is None


def test_a_target_of_no_measure_is_told_with_its_line():
    with pytest.raises(ConfigError, match=r"targets\.toml, line 7: there is no measure 'plans'"):
        Targets((target(measure="plans"),)).check(catalogue.measures())


def test_a_target_that_no_value_can_reach_is_told_with_its_line():
    with pytest.raises(ConfigError, match=r"line 7: 'Children with an education plan' can't .* 120%: its values are from 0 to 100%\."):
        Targets((target(120),)).check(catalogue.measures())
    with pytest.raises(ConfigError, match=r"line 7: 'Average SDQ score' can't have a target of 40\.5: its values are from 0 to 40\."):
        Targets((target(40.5, measure="social_emotional_mean"),)).check(catalogue.measures())
    Targets((target(120, measure="placement_breakdown_rate"),)).check(catalogue.measures())


@pytest.mark.parametrize("measure", catalogue.measures(), ids=lambda measure: measure.id)
def test_a_target_may_be_whatever_the_measures_value_may_be(measure):
    assert refused(measure, 0) is None and refused(measure, measure.most or 1e6) is None
    assert "can't have a target of -0.1" in refused(measure, -0.1)
    assert measure.most is None or "can't have" in refused(measure, measure.most + 0.1)
    assert (measure.most is None) == (measure.kind == "rate")


def test_the_shipped_targets_are_of_measures_there_are():
    Targets(targets()).check(catalogue.measures())


def test_of_two_targets_from_the_same_day_the_later_one_in_the_list_holds():
    held = Targets((target(80), target(85), target(70, "2023-04-01")))
    assert held.on(PLAN, day("2024-04-01"), "quarter").level == 85


def test_a_target_for_one_length_of_period_holds_at_no_other():
    suspended = catalogue.get("suspended")
    held = Targets((Target("suspended", 5, day("2024-04-01"), None, "", 7, "quarter"),))
    held.check(catalogue.measures())
    assert held.on(suspended, day("2025-01-01"), "quarter").level == 5
    assert [held.on(suspended, day("2025-01-01"), grain) for grain in ("month", "term", "year")] == [None] * 3
    assert held.for_other_periods(suspended, day("2025-01-01")) == "quarter"
    assert held.for_other_periods(suspended, day("2024-01-01")) is None


def test_what_grows_with_the_period_needs_a_length_for_its_target():
    grows = {measure.id for measure in catalogue.measures() if measure.grows}
    assert grows == {
        "suspended", "suspended_in_care", "suspension_rate", "suspension_rate_in_care", "permanent_exclusion_rate",
        "permanent_exclusion_rate_in_care", "placement_breakdown", "placement_breakdown_preschool",
    }
    with pytest.raises(ConfigError, match=r"line 7: .+ grows with the length of the period.+period = \"quarter\""):
        Targets((target(5, measure="suspended"),)).check(catalogue.measures())
