"""The stories of the demo authority, seen in its quarterly figures as a meeting would see them."""

from __future__ import annotations

import datetime
import itertools

import polars as pl
import pytest

from config.targets import targets
from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Trend, trend
from metrics.measures import catalogue

QUARTERS = 16
CHANGE = "2024-25 Q4"


@pytest.fixture(scope="module")
def reporting(demo_database: str) -> Reporting:
    return Reporting(engine(demo_database))


def trend_of(reporting: Reporting, measure: str) -> Trend:
    declared = catalogue.get(measure)
    return trend(declared, reporting.summary(declared, "quarter"), Targets(targets()))


def values(reporting: Reporting, measure: str) -> list[float]:
    return trend_of(reporting, measure).frame["value"].to_list()


def last_year(reporting: Reporting, measure: str, breakdown: str) -> dict[str, tuple[int, int]]:
    """Numerator and denominator of each group, added over the last four quarters to tell large gaps from chance."""
    frame = reporting.summary(catalogue.get(measure), "quarter", by=[breakdown])
    recent = frame.filter(pl.col("period_start") >= datetime.date(2025, 10, 1))
    groups = recent.group_by(breakdown).agg(pl.col("numerator", "denominator").sum())
    return {group: (numerator, denominator) for group, numerator, denominator in groups.iter_rows()}


def test_every_measure_has_a_figure_in_every_quarter(reporting: Reporting) -> None:
    for measure in catalogue.measures():
        frame = reporting.summary(measure, "quarter")
        # The first video feedback programmes take a quarter to end, and three placements in a year take a year of returns.
        late = measure.id in ("video_feedback_as_defined", "three_or_more_placements")
        assert frame["value"].drop_nulls().len() >= QUARTERS - late, measure.id
        assert frame["complete"].all(), measure.id
        first = datetime.date(2021 if measure.id == "assessment_covers_all_factors" else 2022, 10, 1)  # whoever the child is
        assert min(frame["period_start"].to_list()) >= first, measure.id


def test_levels_are_near_the_national_ones(reporting: Reporting) -> None:
    for measure, low, high in (
        ("attendance_in_care", 0.90, 0.945), ("persistent_absence_in_care", 0.14, 0.25), ("three_or_more_placements", 0.05, 0.125),
        ("social_emotional_mean", 14.2, 15.6), ("social_emotional_concern", 0.33, 0.47), ("return_after_permanence", 0.0, 0.2),
    ):
        assert all(low <= value <= high for value in values(reporting, measure)), (measure, values(reporting, measure))


def test_up_to_date_plans_improved_with_the_new_process(reporting: Reporting) -> None:
    found = trend_of(reporting, "education_plan_up_to_date")
    labels = found.frame["period"].to_list()
    before, since = found.frame["value"].to_list()[:labels.index(CHANGE)], found.frame["value"].to_list()[labels.index(CHANGE):]
    assert len(since) == 7
    assert max(before) < 0.73 < 0.84 < min(since)
    assert found.variation == "improvement_high"


def test_trained_carers_drift_down_for_two_years(reporting: Reporting) -> None:
    found = trend_of(reporting, "carer_trained")
    last = found.frame["value"].to_list()[-8:]
    assert all(later < earlier for earlier, later in itertools.pairwise(last))
    assert found.variation == "concern_low"
    assert found.frame["target_status"].to_list()[-1] == "missed"


def test_video_feedback_misses_its_target_in_every_quarter(reporting: Reporting) -> None:
    found = trend_of(reporting, "video_feedback_received")
    assert set(found.frame["target_status"]) == {"missed"}
    assert min(found.frame["denominator"].to_list()) >= 40


def test_assessments_before_programmes_rise_and_then_meet_the_target(reporting: Reporting) -> None:
    found = trend_of(reporting, "assessed_before_programme")
    assert found.frame["value"].to_list()[0] < 0.6
    assert all(value > 0.9 for value in found.frame["value"].to_list()[-8:])
    assert found.frame["target_status"].to_list()[-4:] == ["met"] * 4


def test_placements_broke_down_in_one_summer(reporting: Reporting) -> None:
    found = trend_of(reporting, "placement_breakdown")
    signals = found.frame.filter(pl.col("special_cause").is_not_null())
    assert signals["period"].to_list() == ["2025-26 Q2"]
    others = found.frame.filter(pl.col("period") != "2025-26 Q2")["value"].to_list()
    assert 0.025 < min(others) < max(others) < 0.05 < signals["value"][0]


def test_suspensions_follow_the_school_year_and_are_stable(reporting: Reporting) -> None:
    found = trend_of(reporting, "suspended")
    assert found.variation == "common_cause"
    summers = found.frame.filter(pl.col("period").str.ends_with("Q2"))["value"].to_list()
    assert max(summers) < min(found.frame.filter(~pl.col("period").str.ends_with("Q2"))["value"].to_list())


def test_residential_care_is_plainly_worse(reporting: Reporting) -> None:
    for measure, gap in (("education_plan_up_to_date", -0.25), ("suspended", 0.05)):
        groups = last_year(reporting, measure, "placement")
        residential = groups.pop("residential")
        rest = sum(numerator for numerator, _ in groups.values()) / sum(denominator for _, denominator in groups.values())
        difference = residential[0] / residential[1] - rest
        assert difference / gap >= 1, (measure, difference)


def test_nothing_can_be_said_about_the_smallest_ethnicity_group(reporting: Reporting) -> None:
    frame = reporting.summary(catalogue.get("education_plan_up_to_date"), "quarter", by=["ethnicity_group"])
    other = frame.filter(pl.col("ethnicity_group") == "Other")["denominator"].to_list()
    assert 4 <= min(other) <= max(other) < 10
