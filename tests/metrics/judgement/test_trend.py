"""A trend: which chart, which icons, and what takes no part."""

import datetime

import polars as pl
import pytest

from config.targets import Target
from metrics.judgement.targets import Targets, TargetStatus
from metrics.judgement.trend import Chart, control_chart, trend
from metrics.measures import catalogue

PROGRAMMES, RATE = catalogue.get("assessed_before_programme"), catalogue.get("placement_breakdown_rate")
FIRST = datetime.date(2020, 4, 1)


def starts(count):
    return [datetime.date(FIRST.year + month // 12, month % 12 + 1, 1) for month in range(3, 3 + count)]


def summary(values, denominators=None, incomplete=0, per=1, no_data=()):
    count = len(values)
    denominators = denominators or [100] * count
    return pl.DataFrame({
        "measure": ["x"] * count, "period": [f"{start:%Y-%m}" for start in starts(count)], "period_start": starts(count),
        "period_end": [start + datetime.timedelta(27) for start in starts(count)],
        "complete": [index < count - incomplete for index in range(count)],
        "numerator": [value * n / per for value, n in zip(values, denominators, strict=True)], "denominator": denominators,
        "value": [None if index in no_data else value for index, value in enumerate(values)],
        "lower": [value - 0.05 for value in values], "upper": [value + 0.05 for value in values],
        "state": ["no data" if index in no_data else "shown" for index in range(count)],
    }, schema_overrides={"value": pl.Float64})


def targets(level):
    return Targets((Target("assessed_before_programme", level, FIRST, None, "", 1),))


def test_thirteen_complete_points_make_a_control_chart_and_twelve_a_run_chart():
    assert trend(PROGRAMMES, summary([0.5, 0.6] * 7, incomplete=1), Targets(())).chart == Chart.PROCESS_CONTROL
    short = trend(PROGRAMMES, summary([0.5, 0.6] * 6), Targets(()))
    assert (short.chart, short.method, short.variation, short.assurance) == (Chart.RUN, "run", None, None)
    assert "need 13 complete periods and there are 12" in short.reason


def test_denominators_that_vary_by_more_than_a_quarter_make_a_p_chart():
    steady = trend(PROGRAMMES, summary([0.5, 0.6] * 7, denominators=[100, 120] * 7), Targets(()))
    varying = trend(PROGRAMMES, summary([0.5, 0.6] * 7, denominators=[100, 200] * 7), Targets(()))
    assert (steady.method, varying.method) == ("xmr", "p")


@pytest.mark.parametrize(("values", "lower", "upper"), [
    ([0.02, 0.12] * 7, False, True), ([0.88, 0.98] * 7, True, False), ([0.1, 0.9] * 7, False, False), ([0.5, 0.52] * 7, True, True),
])
def test_a_limit_that_no_share_can_be_beyond_is_none(values, lower, upper):
    points = summary(values)
    drawn, (method, computed) = trend(PROGRAMMES, points, Targets(())), control_chart(PROGRAMMES, points, ())
    assert method.name == "xmr"
    assert (computed["lower"][-1] >= 0, computed["upper"][-1] <= 1) == (lower, upper)
    assert drawn.frame["lower_limit"].to_list() == computed["lower"].to_list()  # files have what was worked out
    for name, there in (("lower", lower), ("upper", upper)):
        limits = drawn.told[f"{name}_limit"]
        assert limits.to_list() == (computed[name].to_list() if there else [None] * len(values))
    assert drawn.frame["special_cause"].to_list() == computed["special_cause"].to_list()
    assert drawn.frame["mean"].to_list() == computed["mean"].to_list()


@pytest.mark.parametrize("id", ["attendance", "social_emotional_mean"])
def test_a_mean_and_a_ratio_have_no_limit_beyond_their_range_either(id):
    measure = catalogue.get(id)
    most = 1 if measure.percent else 40
    points = summary([0.0, most] * 7, per=1)
    drawn = trend(measure, points, Targets(()))
    assert drawn.chart == Chart.PROCESS_CONTROL
    computed = control_chart(measure, points, ())[1]
    assert (computed["lower"].drop_nulls() < 0).any() and (computed["upper"].drop_nulls() > most).any()
    known = [(low is not None and low >= 0, high is not None and high <= most) for low, high in computed.select("lower", "upper").rows()]
    shown = [(low is not None, high is not None) for low, high in drawn.told.select("lower_limit", "upper_limit").rows()]
    assert shown == known


def test_a_rate_is_drawn_in_its_own_unit():
    drawn = trend(RATE, summary([4.0, 6.0] * 7, denominators=[1000] * 14, per=1000), Targets(()))
    assert drawn.method == "laney_u"
    assert drawn.frame["mean"][0] == pytest.approx(5.0)


def test_points_that_take_no_part_have_no_lines_and_leave_the_icons_alone():
    drawn = trend(PROGRAMMES, summary([0.5, 0.52] * 7 + [0.1], incomplete=1, no_data=(3,)), Targets(()))
    assert drawn.frame["mean"].null_count() == 2
    assert drawn.frame["mean"][14] is None and drawn.frame["mean"][3] is None
    assert drawn.variation == "common_cause"
    assert drawn.latest["period"] == drawn.frame["period"][13]


def test_a_rebase_begins_new_limits_and_assurance_uses_them():
    series = summary([0.5, 0.52] * 7 + [0.8, 0.82] * 7)
    before = trend(PROGRAMMES, series, targets(70))
    after = trend(PROGRAMMES, series, targets(70), rebase_on=[series["period_start"][14]])
    assert (before.variation, before.assurance) == ("improvement_high", None)
    assert after.assurance == "consistently met"
    assert after.frame["mean"].to_list()[:14] == pytest.approx([0.51] * 14)
    assert after.frame["mean"].to_list()[14:] == pytest.approx([0.81] * 14)


def test_a_rebase_that_leaves_three_points_leaves_no_icons():
    series = summary([0.5, 0.52] * 8)
    drawn = trend(PROGRAMMES, series, targets(70), rebase_on=[series["period_start"][13]])
    assert (drawn.chart, drawn.variation, drawn.assurance) == (Chart.RUN, None, None)


def test_the_chosen_chart_is_drawn_and_the_icons_stay():
    for chosen in (Chart.RUN, Chart.LINE):
        drawn = trend(PROGRAMMES, summary([0.5 + index / 100 for index in range(20)]), targets(20), chart=chosen)
        assert drawn.chart == chosen
        assert (drawn.variation, drawn.assurance) == ("improvement_high", None)
        assert drawn.frame["mean"].null_count() == 20


def test_a_run_chart_has_its_median_and_its_verdict():
    drawn = trend(PROGRAMMES, summary([0.4] * 10 + [0.6] * 10), Targets(()), chart=Chart.RUN)
    assert drawn.frame["median"].unique().to_list() == [0.5]
    assert drawn.signal is True


def test_the_target_is_that_of_each_period_and_the_status_that_of_the_latest():
    held = Targets((
        Target("assessed_before_programme", 60, FIRST, None, "", 1),
        Target("assessed_before_programme", 90, datetime.date(2021, 1, 1), None, "", 2),
    ))
    drawn = trend(PROGRAMMES, summary([0.7] * 14), held)
    assert drawn.frame["target"].to_list() == pytest.approx([0.6] * 9 + [0.9] * 5)
    assert drawn.target == pytest.approx(0.9)
    assert drawn.target_status == TargetStatus.MISSED


@pytest.mark.parametrize("values", [[], [0.5], [0.0] * 20, [1.0] * 20, [0.0] * 9 + [1.0] + [0.0] * 10])
@pytest.mark.parametrize("chart", [None, *Chart])
@pytest.mark.parametrize("level", [100, 0])
def test_awkward_series_give_no_nan(values, chart, level):
    drawn = trend(PROGRAMMES, summary(values), targets(level), chart=chart)
    for column in drawn.frame.select(pl.selectors.float()):
        assert not column.is_nan().any()


def test_a_target_of_100_percent_is_never_consistently_missed_nor_met_inside_the_limits():
    drawn = trend(PROGRAMMES, summary([0.95, 1.0] * 8), targets(100))
    assert drawn.assurance == "hit or miss"


def test_a_target_for_quarters_is_compared_with_no_months_and_the_trend_says_for_what_it_is():
    suspended = catalogue.get("suspended")
    held = Targets((Target("suspended", 5, FIRST, None, "", 1, "quarter"),))
    monthly = trend(suspended, summary([0.05, 0.06] * 7), held)
    assert (monthly.target, monthly.target_status, monthly.assurance, monthly.target_period) == (None, None, None, "quarter")
    everywhere = trend(PROGRAMMES, summary([0.5, 0.6] * 7), targets(70))
    assert (everywhere.target, everywhere.target_period) == (0.7, None)


def test_there_is_no_assurance_while_the_latest_point_is_a_special_cause():
    drawn = trend(PROGRAMMES, summary([0.5, 0.52] * 7 + [0.8]), targets(40))
    assert (drawn.variation, drawn.assurance, drawn.target_status) == ("improvement_high", None, TargetStatus.MET)


def test_a_run_chart_says_nothing_of_runs_where_neighbouring_points_count_the_same_children():
    trained = catalogue.get("carer_trained")
    drawn = trend(trained, summary([0.4] * 6 + [0.6] * 6), Targets(()))
    assert drawn.signal is None
    assert "Each point looks back 730 days" in drawn.reason
