"""Which limits and rules a measure's points are held against: by its memory and its numbers, against a slow second computation."""

import datetime
import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.judgement.trend import control_chart
from metrics.measures import catalogue
from metrics.measures.kinds import NO_END, Rate
from tests.metrics import slow_process_control as slow
from tests.metrics.control_charts import causes, clean, flags

PROGRAMMES, PLAN, UP_TO_DATE, TRAINED, EXCLUSIONS, BREAKDOWNS, MOVES, SUSPENDED, SUSPENSIONS, SCORE = (catalogue.get(id) for id in (
    "assessed_before_programme", "education_plan", "education_plan_up_to_date", "carer_trained", "permanent_exclusion_rate",
    "placement_breakdown_rate", "three_or_more_placements", "suspended", "suspension_rate", "social_emotional_mean",
))
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def points(measure, counts, grain="quarter"):
    months = MONTHS[grain]
    starts = [datetime.date(2000 + index * months // 12, index * months % 12 + 1, 1) for index in range(len(counts) + 1)]
    per = measure.per if isinstance(measure, Rate) else 1
    return pl.DataFrame({
        "period_start": starts[:-1], "period_end": [start - datetime.timedelta(days=1) for start in starts[1:]],
        "numerator": [float(x) for x, _ in counts], "denominator": [n for _, n in counts], "value": [x / n * per for x, n in counts],
    })


shares = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
rare = st.tuples(st.sampled_from([0, 0, 0, 0, 0, 1, 1, 2, 5]), st.just(40))
usual = st.tuples(st.sampled_from([36, 37, 38, 38, 39, 39, 40]), st.just(40))
runs = st.lists(st.tuples(st.sampled_from([(0, 40), (1, 40), (3, 45)]), st.integers(1, 9)), min_size=1, max_size=5).map(
    lambda parts: [pair for pair, times in parts for _ in range(times)]
)


@pytest.mark.parametrize(
    "measure", [PROGRAMMES, PLAN, UP_TO_DATE, EXCLUSIONS, BREAKDOWNS, MOVES, SUSPENDED, SUSPENSIONS], ids=lambda measure: measure.id,
)
@given(
    counts=st.one_of(*(st.lists(each, min_size=1, max_size=24) for each in (shares, rare, usual)), runs),
    grain=st.sampled_from(["month", "quarter", "year"]), rebase=st.integers(0, 23),
)
def test_it_says_what_the_slow_computation_says(measure, counts, grain, rebase):
    rebase_at = (rebase,) if 0 < rebase < len(counts) else ()
    method, frame = control_chart(measure, points(measure, counts, grain), rebase_at)
    expected, days = [], {"month": 30.5, "quarter": 91.3, "year": 365.25}[grain]
    varying = slow.denominators_vary([n for _, n in counts])
    for first, after in itertools.pairwise([0, *rebase_at, len(counts)]):
        part = counts[first:after]
        name, found = slow.chosen(measure, days, list(range(first, after)), [x for x, _ in part], [n for _, n in part], varying)
        expected += found
    assert flags(clean(frame)) == expected
    assert method.name == name


def test_how_far_back_each_measure_looks():
    looked = {measure.id: measure.memory_days for measure in catalogue.measures() if measure.memory_days}
    assert looked == {
        "unaccompanied_assessed_once_stable": NO_END, "education_plan": NO_END, "education_plan_complete": NO_END,
        "education_plan_up_to_date": 183, "video_feedback_received": NO_END, "video_feedback_offered": NO_END, "carer_trained": 730,
        "carer_trained_before_placement": 730, "three_or_more_placements": 365,
    }


def test_a_run_means_nothing_where_neighbouring_points_count_the_same_plans():
    counts = [(150 + step, 200) for step in (0, 2, 4, 6, 7, 8, 9, 10, 10, 9, 8, 7, 6, 4, 2, 0)]
    assert causes(control_chart(UP_TO_DATE, points(UP_TO_DATE, counts), ())[1]) == [None] * 16
    assert any(causes(control_chart(PROGRAMMES, points(PROGRAMMES, counts), ())[1]))
    fallen = [*counts[:-1], (100, 200)]
    assert causes(control_chart(UP_TO_DATE, points(UP_TO_DATE, fallen), ())[1]) == [None] * 15 + ["outside"]


def test_seven_quarters_without_an_exclusion_are_no_news_where_one_a_year_is_usual():
    quiet = [(1, 150)] * 4 + [(0, 150)] * 7 + [(0, 150), (1, 150), (0, 150), (0, 150), (1, 150)]
    assert causes(control_chart(EXCLUSIONS, points(EXCLUSIONS, quiet), ())[1])[4:] == [None] * 12
    many = [(0, 150), (0, 150), (1, 150), (0, 150)] * 3 + [(5, 150)]
    assert causes(control_chart(EXCLUSIONS, points(EXCLUSIONS, many), ())[1])[-1] == "outside"


def test_two_quarters_running_with_an_exclusion_are_news_where_one_in_four_years_is_usual():
    series = [(0, 150)] * 14 + [(1, 150), (1, 150)]
    assert causes(control_chart(EXCLUSIONS, points(EXCLUSIONS, series), ())[1])[-2:] == [None, None]
    rarer = [(0, 150)] * 30 + [(1, 150), (1, 150)]
    assert causes(control_chart(EXCLUSIONS, points(EXCLUSIONS, rarer), ())[1])[-2:] == ["shift", "shift"]


def test_each_baseline_has_the_limits_that_its_own_numbers_need():
    counts = [(20, 40), (22, 40)] * 7 + [(1, 40), (0, 40)] * 7
    method, frame = control_chart(PROGRAMMES, points(PROGRAMMES, counts), (14,))
    assert method.name == "binomial"
    assert frame["lower"][0] == pytest.approx(control_chart(PROGRAMMES, points(PROGRAMMES, counts[:14]), ())[1]["lower"][0])
    assert frame["upper"][20] * 40 == pytest.approx(round(frame["upper"][20] * 40))


def test_what_remembers_longer_than_its_period_says_so_of_the_period_it_is_drawn_by():
    counts = [(20, 40), (22, 40)] * 7
    assert [control_chart(TRAINED, points(TRAINED, counts, grain), ())[0].name for grain in MONTHS] == ["p", "p", "p"]
    assert [control_chart(MOVES, points(MOVES, counts, grain), ())[0].name for grain in MONTHS] == ["p", "p", "laney_p"]


RHYTHM = [(20, 160), (8, 160), (26, 160), (24, 160)]
"""Suspended children by quarter: few in summer, more in winter."""


def test_a_rhythm_of_the_year_is_no_signal_and_a_break_of_it_is_one():
    steady = RHYTHM * 4
    method, frame = control_chart(SUSPENDED, points(SUSPENDED, steady), ())
    assert (method.name, causes(frame)) == ("laney_p", [None] * 16)
    assert frame["mean"].to_list()[:4] == pytest.approx([x / n for x, n in RHYTHM])
    broken = [*steady[:13], (45, 160)]
    assert causes(control_chart(SUSPENDED, points(SUSPENDED, broken), ())[1])[-1] == "outside"


def test_with_less_than_three_years_each_period_is_held_against_the_one_a_year_ago():
    series = [*RHYTHM, *RHYTHM[:3], (60, 160)]
    method, frame = control_chart(SUSPENDED, points(SUSPENDED, series), ())
    assert (method.name, causes(frame)) == ("last_year", [None] * 7 + ["outside"])
    assert frame["mean"].to_list() == [None] * 4 + [pytest.approx(x / n) for x, n in RHYTHM]


def test_limits_around_seasons_need_runs_of_nine():
    eight, nine = (
        [(RHYTHM[index % 4][0] + 3 * (index >= count), 160) for index in range(2 * count)] for count in (8, 9)
    )
    assert "shift" not in causes(control_chart(SUSPENDED, points(SUSPENDED, eight), ())[1])
    assert "shift" in causes(control_chart(SUSPENDED, points(SUSPENDED, nine), ())[1])


def test_a_mean_has_the_spread_between_children_in_its_limits():
    counts = [(14 * n, n) for n in (150, 14, 15, 14) * 4]
    narrow, wide = (
        points(SCORE, counts).with_columns(
            (pl.col("value") - half / pl.col("denominator").sqrt()).alias("lower"),
            (pl.col("value") + half / pl.col("denominator").sqrt()).alias("upper"),
        ) for half in (6.0, 12.0)
    )
    limits = [control_chart(SCORE, each, ())[1]["upper"] - control_chart(SCORE, each, ())[1]["mean"] for each in (narrow, wide)]
    assert limits[1][0] > 1.5 * limits[0][0] > 0
    assert limits[0][1] > limits[0][0]
