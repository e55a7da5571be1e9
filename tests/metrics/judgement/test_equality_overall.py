"""Everything compared at once: rates and averages against a slow reference, years taken together, and false discoveries over all."""

import dataclasses
import datetime
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from metrics.judgement import equality_overall
from metrics.judgement.equality import Standing
from metrics.judgement.equality_overall import Table, compare_all, with_children, worse_off
from metrics.measures.catalogue import get
from metrics.statistics import comparison_of_values, intervals
from metrics.statistics.comparison import against_rest, benjamini_hochberg
from metrics.units.breakdowns import BREAKDOWNS

SEX = BREAKDOWNS["sex"]
SHARE, STOCK, RATE, EVENTS, AVERAGE = (
    "placement_breakdown", "education_plan", "suspension_rate", "assessed_before_programme", "social_emotional_mean",
)
counts = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
Z = 1.959963984540054


def summary(id, periods, *, grain, by=True, hidden=()):
    """A summary of made-up numbers: `periods` holds, for each period in time order, {group: (numerator, denominator)}."""
    rows = []
    for place, groups in enumerate(periods):
        start = datetime.date(2020 + place, 4, 1) if grain == "year" else datetime.date(2025, 1 + 3 * place, 1)
        end = datetime.date(start.year + 1, 3, 31) if grain == "year" else datetime.date(2025, 3 + 3 * place, 30)
        found = groups if by else {"all": tuple(map(sum, zip(*groups.values(), strict=True)))}
        for group, (x, n) in found.items():
            gone = group in hidden
            per = getattr(get(id), "per", 1)
            value = None if gone or not n else x / n * per
            rows.append({
                "measure": id, "period": f"{grain} {place}", "period_start": start, "period_end": end, "complete": True, "sex": group,
                "numerator": None if gone else float(x), "denominator": None if gone else n, "value": value,
                "lower": None if value is None else value - 1.0, "upper": None if value is None else value + 1.0,
                "state": "hidden" if gone else "shown" if n else "no data", "rounded": False,
            })
    types = {"numerator": pl.Float64, "denominator": pl.Int64, "value": pl.Float64, "lower": pl.Float64, "upper": pl.Float64}
    frame = pl.DataFrame(rows, schema_overrides=types)
    return with_children(frame if by else frame.drop("sex"), None)


def table(id, quarters, years=({"F": (0, 0), "M": (0, 0)},), hidden=()):
    return Table(
        get(id), SEX, summary(id, quarters, grain="quarter", hidden=hidden), summary(id, quarters, grain="quarter", by=False),
        summary(id, years, grain="year"), summary(id, years, grain="year", by=False),
    )


def by_group(compared):
    return {(row["measure"], row["group"]): row for row in compared.iter_rows(named=True)}


# --- the slow reference ---------------------------------------------------------------------------------------------


def slow_rate_limits(x, over):
    """By search for the means at which so many events, or so few, have a chance of 2.5%; Byar's from 10 on."""
    if x >= 10:
        more = x + 1
        lower, upper = x * (1 - 1 / (9 * x) - Z / (3 * math.sqrt(x))) ** 3, more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3
        return lower / over, upper / over

    def at_most(x, mean):
        return sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(x + 1))

    def search(chance):
        low, high = 0.0, 60.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if chance(middle) > 0.025 else (low, middle)
        return low

    lower = 0.0
    if x:
        low, high = 0.0, 60.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if 1 - at_most(x - 1, middle) < 0.025 else (low, middle)
        lower = low
    return lower / over, search(lambda mean: at_most(x, mean)) / over


def slow_binomial_p(x, n, share):
    """The chance of all outcomes that are no likelier than this one."""
    chances = [math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]
    return sum(chance for chance in chances if chance <= chances[x] * (1 + 1e-7))


@given(st.integers(0, 25), st.integers(1, 80), st.integers(0, 25), st.integers(1, 80))
def test_two_rates_are_compared_as_by_hand(x, over, y, over_rest):
    found = comparison_of_values.rates(x, over, y, over_rest)
    (low, high), (rest_low, rest_high) = slow_rate_limits(x, over), slow_rate_limits(y, over_rest)
    gap = x / over - y / over_rest
    assert found.difference == pytest.approx(gap)
    assert found.lower == pytest.approx(gap - math.sqrt((x / over - low) ** 2 + (rest_high - y / over_rest) ** 2), abs=1e-6)
    assert found.upper == pytest.approx(gap + math.sqrt((high - x / over) ** 2 + (y / over_rest - rest_low) ** 2), abs=1e-6)
    assert found.p_value == pytest.approx(min(slow_binomial_p(x, x + y, over / (over + over_rest)), 1.0), rel=1e-5)


@given(st.floats(0, 40), st.floats(0.1, 5), st.integers(2, 200), st.floats(0, 40), st.floats(0.1, 5), st.integers(2, 200))
def test_the_p_value_of_averages_is_under_5_in_100_where_their_interval_leaves_out_0(one, half, n, other, half_other, m):
    found = comparison_of_values.values(one, half, n, other, half_other, m)
    freedom = min(n, m) - 1
    error = math.sqrt(half**2 + half_other**2) / stats.t.ppf(0.975, freedom)
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(one - other) / error, freedom), rel=1e-6, abs=1e-12)
    if abs(found.p_value - 0.05) > 1e-9:
        assert (found.p_value < 0.05) == (found.lower > 0 or found.upper < 0)


def test_rounding_makes_the_interval_of_a_rate_wider():
    plain, rounded = (comparison_of_values.rates(9, 90, 30, 600, rounding=variance) for variance in (0.0, 4 / 3))
    assert rounded.lower < plain.lower < plain.upper < rounded.upper


def test_children_who_were_counted_twice_make_a_gap_less_sure():
    found = comparison_of_values.rates(20, 100, 20, 300)
    twice = comparison_of_values.of_repeated(found, 2.0)
    assert twice.p_value == pytest.approx(2 * stats.norm.sf(-stats.norm.ppf(found.p_value / 2) / math.sqrt(2)))
    assert twice.upper - twice.difference == pytest.approx((found.upper - found.difference) * math.sqrt(2))


# --- all tables at once ---------------------------------------------------------------------------------------------


@given(st.fixed_dictionaries({id: st.tuples(counts, counts) for id in (SHARE, STOCK, EVENTS)}))
def test_shares_are_as_each_alone_and_false_discoveries_are_controlled_over_all(numbers):
    tables = [table(id, [dict(zip("FM", pair, strict=True))]) for id, pair in numbers.items()]
    found = by_group(compare_all(tables))
    slow = {}
    for id, pair in numbers.items():
        shown = [(group, *pair) for group, pair in zip("FM", pair, strict=True) if pair[1]]
        frame = pl.DataFrame(shown, schema={"group": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}, orient="row")
        slow |= {(id, row["group"]): row for row in against_rest(frame).iter_rows(named=True)}
    assert set(found) == set(slow)
    adjusted = benjamini_hochberg([row["p_value"] for row in slow.values()])["adjusted_p_value"].to_list()
    for (key, row), p in zip(slow.items(), adjusted, strict=True):
        own = found[key]
        assert (own["p_value"], own["lower"], own["upper"]) == (row["p_value"], row["lower"], row["upper"]), key
        assert own["adjusted_p_value"] == (None if p is None else pytest.approx(p))
        if row["p_value"] is not None:
            assert own["stands_for"] == row["children"]
            assert (own["standing"] in ("worse", "better")) == (row["verdict"] != "no clear difference" and p <= 0.05)


def test_a_rates_gap_is_less_sure_where_few_children_have_most_of_the_events():
    sums = {"F": (30, 100), "M": (30, 200)}
    alone = table(RATE, [sums])
    of_children = {count: alone.totals.with_columns(having_any=pl.lit(float(count))) for count in (30, 40, 60)}  # 60 events are
    found = {
        count: by_group(compare_all([dataclasses.replace(alone, totals=totals)]))[RATE, "F"] for count, totals in of_children.items()
    }
    plain = by_group(compare_all([alone]))[RATE, "F"]
    assert found[60]["p_value"] == plain["p_value"] < found[40]["p_value"] < found[30]["p_value"]
    assert found[30]["upper"] - found[30]["difference"] > plain["upper"] - plain["difference"]
    assert found[30]["difference"] == plain["difference"]
    spread = comparison_of_values.spread_between_children(60, 300, 30)
    wider = comparison_of_values.of_repeated(comparison_of_values.rates(30, 100, 30, 200), spread)
    assert found[30]["p_value"] == pytest.approx(wider.p_value)


@pytest.mark.parametrize(("mean", "alike"), [(0.25, 0.1), (0.1, 0.05), (0.6, 0.5)])
def test_events_of_the_same_children_make_no_gaps_that_are_none(mean, alike):
    """Two groups whose children are suspended alike often, a few of them many times: at most about 5 in 100 differ by chance."""
    random, times, sizes = np.random.default_rng(7), 600, (150, 600)
    wrong = {"events": 0, "children": 0}
    for _ in range(times):
        one, rest = (random.negative_binomial(alike, alike / (alike + mean), size) for size in sizes)
        events, having = int(one.sum() + rest.sum()), int((one > 0).sum() + (rest > 0).sum())
        plain = comparison_of_values.rates(int(one.sum()), sizes[0], int(rest.sum()), sizes[1])
        spread = comparison_of_values.spread_between_children(events, sum(sizes), having)
        wrong["events"] += plain.p_value < 0.05
        wrong["children"] += comparison_of_values.of_repeated(plain, spread).p_value < 0.05
    assert wrong["events"] / times > 0.12 and wrong["children"] / times < 0.075


@given(st.integers(1, 400), st.integers(1, 400), st.integers(1, 400))
def test_the_spread_is_that_of_the_negative_binomial_with_as_many_who_have_none(events, children, having):
    spread = comparison_of_values.spread_between_children(events, children, having)
    assert spread >= 1
    if spread > 1 and having < children:
        mean = events / children
        alike = mean / (spread - 1)
        assert (alike / (alike + mean)) ** alike == pytest.approx(1 - having / children, rel=1e-5)
    if having == events:
        assert spread == 1


@pytest.mark.parametrize("id", sorted(equality_overall.HAVING_ANY))
def test_those_who_have_any_event_are_counted_among_the_same_children(id):
    having = get(equality_overall.HAVING_ANY[id])
    assert having.unit is get(id).unit and having.kind == "proportion"
    rate = pl.DataFrame({"period": ["a", "b"], "numerator": [7.0, 9.0]})
    counted = pl.DataFrame({"period": ["b", "a"], "numerator": [4.0, 3.0]})
    assert equality_overall.with_having_any(rate, counted)["having_any"].to_list() == [3.0, 4.0]


def test_a_rate_is_in_its_own_unit_and_says_how_many_events_it_stands_for():
    row = by_group(compare_all([table(RATE, [{"F": (30, 100), "M": (20, 200)}])]))[RATE, "F"]
    assert (row["value"], row["rest_value"], row["difference"], row["stands_for"]) == (30.0, 10.0, pytest.approx(20.0), 20)
    assert row["standing"] == Standing.WORSE.value


def test_an_average_stands_for_no_children():
    row = by_group(compare_all([table(AVERAGE, [{"F": (600, 40), "M": (500, 40)}])]))[AVERAGE, "F"]
    assert (row["difference"], row["stands_for"]) == (pytest.approx(2.5), None)
    assert row["lower"] == pytest.approx(2.5 - math.hypot(1, math.sqrt(2)))


def test_a_group_too_small_in_a_quarter_is_told_over_the_year():
    row = by_group(compare_all([table(STOCK, [{"F": (4, 8), "M": (50, 60)}], [{"F": (9, 14), "M": (80, 90)}])]))
    assert (row[STOCK, "F"]["years"], row[STOCK, "F"]["denominator"], row[STOCK, "F"]["rest_denominator"]) == (1, 14, 90)
    assert row[STOCK, "M"]["standing"] != Standing.TOO_FEW.value


def test_years_are_added_up_to_three_where_what_is_counted_happens_anew():
    years = [{"F": (1, 9), "M": (9, 90)}, {"F": (1, 4), "M": (10, 80)}, {"F": (2, 4), "M": (9, 80)}, {"F": (1, 3), "M": (8, 80)}]
    found = by_group(compare_all([table(SHARE, [{"F": (0, 2), "M": (3, 70)}], years)]))[SHARE, "F"]
    assert (found["years"], found["numerator"], found["denominator"], found["rest_denominator"]) == (3, 4, 11, 240)
    alone = against_rest(pl.DataFrame({"group": ["F", "M"], "numerator": [4, 27], "denominator": [11, 240]})).row(0, named=True)
    wider = math.sqrt(1 + 2 * equality_overall.REPEATED)
    assert found["lower"] == pytest.approx(alone["difference"] - (alone["difference"] - alone["lower"]) * wider)
    assert found["p_value"] > alone["p_value"]


def test_programmes_of_several_years_are_no_repeated_children():
    years = [{"F": (1, 6), "M": (40, 50)}, {"F": (1, 6), "M": (40, 50)}]
    found = by_group(compare_all([table(EVENTS, [{"F": (0, 2), "M": (9, 20)}], years)]))[EVENTS, "F"]
    alone = against_rest(pl.DataFrame({"group": ["F", "M"], "numerator": [2, 80], "denominator": [12, 100]})).row(0, named=True)
    assert (found["years"], found["p_value"]) == (2, alone["p_value"])


def test_years_are_not_added_where_the_same_children_are_looked_at_again():
    years = [{"F": (3, 6), "M": (80, 90)}, {"F": (3, 6), "M": (80, 90)}]
    found = by_group(compare_all([table(STOCK, [{"F": (1, 4), "M": (50, 60)}], years)]))[STOCK, "F"]
    assert (found["standing"], found["years"]) == (Standing.TOO_FEW.value, 0)


def test_how_long_a_group_has_been_behind():
    quarters = [{"F": (20, 40), "M": (30, 60)}, {"F": (10, 40), "M": (50, 60)}, {"F": (9, 40), "M": (50, 60)}]
    row = worse_off(compare_all([table(STOCK, quarters)])).row(0, named=True)
    assert (row["group"], row["periods_worse"], row["periods_known"], row["worse_since"]) == ("F", 2, 3, datetime.date(2025, 4, 1))


def test_what_is_hidden_is_compared_with_nothing():
    row = by_group(compare_all([table(STOCK, [{"F": (4, 8), "M": (50, 60)}], hidden=("F",))]))[STOCK, "F"]
    assert (row["standing"], row["value"], row["p_value"], row["rest_value"]) == (Standing.HIDDEN.value, None, None, None)


def test_of_rounded_numbers_the_rest_is_never_more_than_all():
    """The group's numerator was rounded down and its denominator up, so that more are left than there are."""
    alone = table(EVENTS, [{"F": (21, 42), "M": (40, 41)}])
    rounded = alone.rows.with_columns(rounded=True, numerator=pl.when(pl.col("sex") == "F").then(18.0).otherwise(pl.col("numerator")))
    row = by_group(compare_all([dataclasses.replace(alone, rows=rounded)]))[EVENTS, "F"]
    assert (row["rest_numerator"], row["rest_denominator"], row["rest_value"]) == (41.0, 41, 1.0)


def test_not_recorded_is_neither_a_group_nor_among_the_rest():
    found = by_group(compare_all([table(STOCK, [{"F": (20, 40), "M": (30, 60), "Not recorded": (1, 30)}])]))
    assert (found[STOCK, "F"]["rest_numerator"], found[STOCK, "F"]["rest_denominator"]) == (30.0, 60)
    assert found[STOCK, "Not recorded"]["standing"] == Standing.NOT_RECORDED.value


@pytest.mark.parametrize("id", sorted(equality_overall.COUNTED_BY))
def test_children_behind_days_and_sessions_are_another_measures_denominator(id):
    one = pl.DataFrame({"period": ["a", "b"], "denominator": [1000, 900]})
    counted = pl.DataFrame({"period": ["b", "a"], "denominator": [9, 12]})
    assert with_children(one, counted)["children"].to_list() == [12, 9]
    assert get(id).unit is get(equality_overall.COUNTED_BY[id]).unit


def test_intervals_of_rates_are_those_of_the_pages():
    assert slow_rate_limits(4, 80) == pytest.approx(intervals.rate(4, 80), abs=1e-6)
