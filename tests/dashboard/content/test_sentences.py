"""What trends and groups say in sentences."""

import datetime
import itertools
from dataclasses import replace

import polars as pl
import pytest

from dashboard.content import sentences
from metrics.judgement.trend import Chart, Trend
from metrics.measures.catalogue import get
from metrics.measures.kinds import Measure, Proportion, Rows
from metrics.statistics import process_control
from metrics.units.breakdowns import BREAKDOWNS
from tests.dashboard.made_up import made_groups, made_trend

LEVEL = [(70, 100), (72, 100), (69, 100), (71, 100), (68, 100), (72, 100), (70, 100), (69, 100), (71, 100), (70, 100)]


def plans(counts: list[tuple[int, int]], target: float | None = None, chart: Chart | None = None) -> Trend:
    return made_trend("assessed_before_programme", counts, target=target, chart=chart)


def test_shift_says_how_many_and_which_average() -> None:
    trend = plans([(60, 100), (62, 100)] * 5 + [(80, 100), (82, 100), (81, 100), (79, 100), (81, 100), (82, 100), (80, 100)], 90)
    assert trend.latest is not None and trend.latest["special_cause"] == "outside"
    shown = sentences.control_sentence(trend)
    assert shown.startswith("Improving: the latest quarter is above the upper limit of")
    smaller = plans([(70, 100), (66, 100)] * 5 + [(71, 100)] * 7, 90)
    mean = (5 * 136 + 497) / 17
    assert sentences.control_sentence(smaller) == (
        f"Improving: the last 7 quarters are all above the average of {mean:.0f}%. "
        "Whether the 90% target will be met from now on cannot be told while the latest quarter is unusual: it will be said again once the "
        "change is explained and limits begin anew."
    )


def test_shift_downwards_is_worse_where_higher_is_better_and_improvement_where_lower_is() -> None:
    down = [(70, 100), (74, 100)] * 5 + [(69, 100)] * 7
    assert sentences.control_sentence(plans(down)).startswith("Getting worse: the last 7 quarters are all below the average of")
    absent = made_trend("return_after_permanence", down)
    assert sentences.control_sentence(absent).startswith("Improving: the last 7 quarters are all below the average of")


def test_trend_counts_the_points_that_move() -> None:
    rising = plans([(70, 100), (78, 100), (71, 100), (79, 100), (72, 100), (80, 100), (70, 100), (71, 100), (72, 100), (73, 100), (74, 100),
                    (75, 100), (76, 100)])
    assert rising.latest is not None and rising.latest["special_cause"] == "trend"
    assert "each of the last 6 quarters is above the one before it" in sentences.control_sentence(rising)


def test_nothing_is_near_a_limit_that_is_not_there() -> None:
    shares = [11, 11, 18, 8, 10, 8, 10, 8, 10, 18, 18, 9, 1, 10, 1]
    trend = plans([(share, 100) for share in shares])
    assert trend.latest is not None and trend.latest["special_cause"] == "two_of_three" and trend.taking_part["lower_limit"][-1] is None
    assert "two of three quarters in a row lie far below the average, which is rare" in sentences.control_sentence(trend)


def test_common_cause_and_chance() -> None:
    trend = plans([*LEVEL, (71, 100), (70, 100), (69, 100)], 70)
    assert sentences.control_sentence(trend) == (
        "No clear change: the latest quarters vary around the average of 70% no more than usual. "
        "At this level the 70% target will be met in some quarters and missed in others."
    )


def test_consistently_met() -> None:
    assert sentences.control_sentence(plans([*LEVEL, (71, 100), (70, 100), (69, 100)], 40)).endswith(
        "At this level the 40% target will be met consistently."
    )


@pytest.mark.parametrize(("id", "target", "side"), [("assessed_before_programme", 100, "above"), ("persistent_absence", 0, "below")])
def test_a_target_at_the_end_of_the_scale_is_explained(id: str, target: float, side: str) -> None:
    shown = sentences.control_sentence(made_trend(id, [*LEVEL, (71, 100), (70, 100), (69, 100)], target=target))
    assert f"A target of {target}% can never be outside the limits on its good side" in shown
    assert f"because no value can be {side} it" in shown


@pytest.mark.parametrize(
    ("id", "target"), [("assessed_before_programme", 0), ("persistent_absence", 100), ("assessed_before_programme", 99)],
)
def test_other_targets_are_not(id: str, target: float) -> None:
    assert "can never" not in sentences.control_sentence(made_trend(id, [*LEVEL, (71, 100), (70, 100), (69, 100)], target=target))


@pytest.mark.parametrize(("counts", "words"), [
    (LEVEL[:1], "there is 1."), (LEVEL[:9], "there are 9."), (LEVEL, "there are 10. So far, no run"),
])
def test_too_few_points(counts: list[tuple[int, int]], words: str) -> None:
    shown = sentences.control_sentence(plans(counts, 90))
    assert shown.startswith("Too early to say: limits and icons need 13 complete quarters, and ")
    assert words in shown and ("run" in shown) == (len(counts) > 9)
    assert "target" not in shown


def test_enough_points_of_rounded_numbers_are_not_called_too_few() -> None:
    shown = sentences.control_sentence(replace(plans(LEVEL * 2, chart=Chart.RUN), variation=None, unfit="numbers for groups are rounded"))
    assert shown.startswith("Limits and icons are left out, because numbers for groups are rounded.") and "too early" not in shown.lower()


@pytest.mark.parametrize("points", range(1, 9))
def test_no_run_chart_of_so_few_points_can_signal(points: int) -> None:
    """All ways to lie above, on and below the median; of an odd number of points, one lies on it, so nine are no more than eight."""
    for values in itertools.product((1.0, 2.0, 3.0), repeat=points):
        assert not any(process_control.run_chart(list(values))["signal"])


@pytest.mark.parametrize("points", [sentences.RUNS_FROM, sentences.RUNS_FROM + 1])
def test_a_run_chart_of_a_few_more_can(points: int) -> None:
    half = points // 2
    assert process_control.run_chart([1.0] * half + [2.0] * (points % 2) + [3.0] * half)["signal"][-1]


def test_a_run_chart_that_signals_says_so() -> None:
    trend = plans([(60, 100)] * 6 + [(80, 100)] * 6)
    assert trend.signal
    assert "longer than is usual while nothing changes" in sentences.control_sentence(trend)


def test_nothing_complete() -> None:
    trend = made_trend("assessed_before_programme", [(5, 10)], last_complete=False)
    assert sentences.control_sentence(trend) == "There is no complete quarter with a value yet, so nothing can be said about change."


@pytest.mark.parametrize("chart", list(Chart))
def test_runs_do_not_cross_a_rebase(chart: Chart) -> None:
    counts = [(60, 100), (64, 100)] * 7 + [(70, 100), (66, 100)] * 4 + [(70, 100)] * 7
    trend = made_trend("assessed_before_programme", counts, chart=chart, rebase_on=[datetime.date(2023, 10, 1)])
    shown = sentences.control_sentence(trend)
    assert shown.startswith("Improving: ")
    if chart == Chart.PROCESS_CONTROL:
        assert "the last 7 quarters are all above the average of 69%" in shown


def test_groups() -> None:
    groups = made_groups("education_plan", "placement", [("foster_carer", 90, 100), ("residential", 20, 50), ("Not recorded", 1, 2)])
    placement = BREAKDOWNS["placement"]
    row = groups.filter(pl.col("placement") == "foster_carer").row(0, named=True)
    assert sentences.group_words(get("education_plan"), row, "Foster carer") == (
        "Foster carer: 90 of 100 children, 90%, 95% confidence interval 82.6% to 94.5%"
    )
    alt = sentences.groups_alt(get("education_plan"), placement, groups)
    assert "by placement" in alt and "Not recorded: 1 of 2 children" in alt


def test_missing_sources() -> None:
    assert sentences.missing_source_sentence(frozenset({"education_plans"})) == (
        "No data: this measure needs the local extract 'education_plans', which was not among the files that were loaded. "
        "Load the files again together with it."
    )
    assert "the SSDA903 table PrevPerm" in sentences.missing_source_sentence(frozenset({"PrevPerm"}))
    assert "programme_sessions' and the local extract 'programmes', which were" in sentences.missing_source_sentence(
        frozenset({"programmes", "programme_sessions"})
    )


def test_counted_words_give_both_parts_and_the_local_choices() -> None:
    measure: Measure = get("persistent_absence")
    assert isinstance(measure, Proportion) and isinstance(measure.numerator, Rows)
    shown = sentences.counted_words(measure)
    assert measure.numerator.words in shown and measure.denominator.words in shown and measure.counted in shown


@pytest.mark.parametrize("id", ["education_plan", "attendance", "social_emotional_mean", "suspension_rate"])
def test_alt_text_of_a_trend(id: str) -> None:
    alt = sentences.trend_alt(made_trend(id, LEVEL))
    assert alt.startswith(get(id).title)
    assert "by quarter, April to June 2020 to July to September 2022" in alt


@pytest.mark.parametrize(("hidden", "said"), [
    (0, "a small group can hide a gap."), (2, "among the 4 of 6 groups that are shown; 2 are hidden."),
    (5, "too few groups are shown to say anything"), (6, "too few groups are shown to say anything"),
])
def test_hidden_groups_are_not_called_equal(hidden: int, said: str) -> None:
    groups = pl.DataFrame({"state": ["hidden"] * hidden + ["shown"] * (6 - hidden)})
    sentence = sentences.no_gap_sentence(BREAKDOWNS["placement"], groups)
    assert said in sentence and ("no group is clearly served worse" in sentence) is (hidden == 0)
