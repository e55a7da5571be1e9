"""Intervals against published values, slow and obvious references, and statsmodels; of numbers and of columns."""

import math

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from metrics.statistics import intervals

counts = st.integers(0, 2000)
shares = st.tuples(counts, counts).map(lambda pair: (min(pair), max(pair) + (max(pair) == 0)))
children = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), min_size=2, max_size=30).filter(
    lambda rows: any(y for _, y in rows)
)


def sums(rows):
    return (
        len(rows), sum(x for x, _ in rows), sum(y for _, y in rows),
        sum(x * x for x, _ in rows), sum(y * y for _, y in rows), sum(x * y for x, y in rows),
    )


class TestProportion:
    # Newcombe 1998, Statist. Med. 17, 857 to 872, table I, method 3 (score, no continuity correction), to four places.
    @pytest.mark.parametrize(
        ("numerator", "denominator", "lower", "upper"),
        [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
    )
    def test_newcombe(self, numerator, denominator, lower, upper):
        assert intervals.proportion(numerator, denominator) == pytest.approx((lower, upper), abs=5e-5)

    # The tests of the UK Health Security Agency's R package PHEindicatormethods (testdata_Proportion.xlsx, testdata_Byars_Wilson.xlsx).
    @pytest.mark.parametrize(
        ("numerator", "denominator", "lower", "upper"),
        [
            (1, 100, 0.0017674320641406511, 0.054486196178705294),
            (5, 100, 0.02154367915436798, 0.11175046923191911),
            (20, 100, 0.1333669333310325, 0.28882916559315885),
            (65, 100, 0.5525444329688797, 0.7363575175690247),
            (9856, 12345, 0.7912101752909069, 0.8053640073614909),
            (7776456, 7564336677, 0.0010273201001641094, 0.0010287644578977231),
            (222, 3215, 0.060791690363636595, 0.07833956681383633),
            (999, 3456, 0.27418951080009873, 0.30440389662818057),
            (1045, 5000, 0.19795549880013297, 0.22049130373189027),
        ],
    )
    def test_public_health(self, numerator, denominator, lower, upper):
        assert intervals.proportion(numerator, denominator) == pytest.approx((lower, upper), rel=1e-9)

    @pytest.mark.parametrize("n", [1, 2, 7, 49, 1000, 123457])
    def test_none_and_all_are_exact(self, n):
        assert intervals.proportion(0, n)[0] == 0
        assert intervals.proportion(n, n)[1] == 1
        lower, upper = intervals.proportion([0, n], [n, n])
        assert (lower[0], upper[1]) == (0, 1)

    @given(st.lists(shares, min_size=1, max_size=8))
    def test_numbers_and_columns_are_what_statsmodels_gives(self, rows):
        lower, upper = intervals.proportion(*zip(*rows, strict=True))
        for index, (x, n) in enumerate(rows):
            assert intervals.proportion(x, n) == (lower[index], upper[index])
            assert (lower[index], upper[index]) == pytest.approx(proportion_confint(x, n, method="wilson"), abs=1e-12)
            assert 0 <= lower[index] <= x / n <= upper[index] <= 1


class TestRate:
    # Garwood 1936, Biometrika 28, 437 to 442: the exact 95% limits of a Poisson count, as every textbook's table has them.
    @pytest.mark.parametrize(
        ("events", "lower", "upper"),
        [
            (0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.242, 7.225), (3, 0.619, 8.767), (4, 1.090, 10.242),
            (5, 1.623, 11.668), (6, 2.202, 13.059), (7, 2.814, 14.423), (8, 3.454, 15.763), (9, 4.115, 17.085),
        ],
    )
    def test_exact_below_ten(self, events, lower, upper):
        assert intervals.rate(events, 1) == pytest.approx((lower, upper), abs=6e-4)

    # PHEindicatormethods' tests (testdata_Rate.xlsx), per 100, exact for 1, 2 and 5 events and Byar's from 10.
    @pytest.mark.parametrize(
        ("events", "exposure", "lower", "upper"),
        [
            (1, 100, 0.025317807984289897, 5.571643390938898),
            (2, 200, 0.12110463927198258, 3.6123438338619794),
            (5, 100, 1.62348639011842, 11.668332079322669),
            (10, 200, 2.3937249569837822, 9.195729302878237),
            (20, 100, 12.211428834875937, 30.889880369197066),
            (40, 200, 14.286649933218456, 27.23504966001213),
            (65, 100, 50.163187710459454, 82.84913854593984),
            (130, 200, 54.30652101925725, 77.18274430661963),
            (222, 3215, 6.026574877652675, 7.87572937087185),
            (999, 3456, 27.14130493609052, 30.755833237378415),
            (9856, 12345, 78.26949058976757, 81.4300165427214),
            (7776456, 7564336677, 0.10273196005302074, 0.10287648334092832),
            (250, 220, 99.98494738532876, 128.63114487455782),
        ],
    )
    def test_public_health(self, events, exposure, lower, upper):
        assert [100 * limit for limit in intervals.rate(events, exposure)] == pytest.approx([lower, upper], rel=1e-9)

    @given(st.lists(st.tuples(st.integers(0, 400), st.floats(0.1, 1e5)), min_size=1, max_size=8))
    def test_columns_and_single_values_are_the_formulas(self, rows):
        z = 1.959963984540054
        lower, upper = intervals.rate(*zip(*rows, strict=True))
        for index, (x, exposure) in enumerate(rows):
            if x < 10:
                low = scipy.stats.chi2.ppf(0.025, 2 * x) / 2 if x else 0.0
                high = scipy.stats.chi2.ppf(0.975, 2 * x + 2) / 2
            else:
                low = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
                high = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * math.sqrt(x + 1))) ** 3
            assert (lower[index], upper[index]) == pytest.approx((low / exposure, high / exposure), rel=1e-10)
            assert intervals.rate(x, exposure) == (lower[index], upper[index])


class TestMean:
    # PHEindicatormethods' tests (testdata_Mean.xlsx, Area1), and Student's own sleep data of 1908 (R: t.test(sleep$extra[1:10])).
    @pytest.mark.parametrize(
        ("values", "lower", "upper"),
        [
            ([33.09375, 48.38596, 64.83495, 67.98475, 22.93556, 71.23587, 38.78465, 82.37927], 36.168325241336504, 71.24036475866352),
            ([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], -0.5297804, 2.0297804),
        ],
    )
    def test_published(self, values, lower, upper):
        limits = intervals.mean(len(values), sum(values), sum(value * value for value in values))
        assert limits == pytest.approx((lower, upper), rel=1e-7)

    @given(st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=30), min_size=1, max_size=5))
    def test_columns_and_single_values_are_students_t_of_the_values(self, groups):
        rows = [(len(values), sum(values), sum(value * value for value in values)) for values in groups]
        lower, upper = intervals.mean(*zip(*rows, strict=True))
        for index, values in enumerate(groups):
            half = scipy.stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / math.sqrt(len(values))
            assert (lower[index], upper[index]) == pytest.approx((np.mean(values) - half, np.mean(values) + half), abs=1e-5)
            assert intervals.mean(*rows[index]) == (lower[index], upper[index])

    def test_equal_values_have_no_width_and_one_value_no_interval(self):
        assert intervals.mean(3, 0.1 + 0.1 + 0.1, 3 * 0.1 * 0.1) == pytest.approx((0.1, 0.1), abs=1e-7)
        assert intervals.mean(1, 5, 25) == (None, None)


class TestRatioOfTotals:
    @given(children)
    def test_is_the_formula_child_by_child(self, rows):
        n, sum_x, sum_y, *_ = sums(rows)
        ratio = sum_x / sum_y
        variance = n / (n - 1) * sum((x - ratio * y) ** 2 for x, y in rows) / sum_y**2
        half = scipy.stats.t.ppf(0.975, n - 1) * math.sqrt(variance)
        assert intervals.ratio_of_totals(*sums(rows)) == pytest.approx((max(ratio - half, 0), min(ratio + half, 1)), abs=1e-6)

    def test_is_the_robust_interval_of_a_weighted_mean(self):
        # A ratio of totals is the mean of x / y weighted by y; its linearised variance is the robust one that statsmodels calls HC1.
        rows = [(57, 62), (60, 61), (40, 58), (44, 44), (51, 60), (9, 12), (49, 62)]
        x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
        fit = sm.WLS(x / y, np.ones(len(rows)), weights=y).fit(cov_type="HC1", use_t=True)
        expected = fit.conf_int()[0]
        assert 0 < expected[0] < expected[1] < 1
        assert intervals.ratio_of_totals(*sums(rows)) == pytest.approx(tuple(expected), rel=1e-9)

    @given(st.lists(children, min_size=1, max_size=5))
    def test_columns_are_the_single_values(self, groups):
        lower, upper = intervals.ratio_of_totals(*zip(*map(sums, groups), strict=True))
        for index, rows in enumerate(groups):
            assert intervals.ratio_of_totals(*sums(rows)) == (lower[index], upper[index])

    def test_full_attendance_and_one_child(self):
        assert intervals.ratio_of_totals(*sums([(10, 10), (33, 33), (7, 7)])) == (1, 1)
        assert intervals.ratio_of_totals(*sums([(9, 10)])) == (None, None)


class TestDifference:
    # Newcombe 1998, Statist. Med. 17, 873 to 890, table II, method 10, to four places.
    @pytest.mark.parametrize(
        ("table", "lower", "upper"),
        [
            ((56, 70, 48, 80), 0.0524, 0.3339), ((9, 10, 3, 10), 0.1705, 0.8090), ((6, 7, 2, 7), 0.0582, 0.8062),
            ((5, 56, 0, 29), -0.0381, 0.1926), ((0, 10, 0, 20), -0.1611, 0.2775), ((0, 10, 0, 10), -0.2775, 0.2775),
            ((10, 10, 0, 20), 0.6791, 1.0), ((10, 10, 0, 10), 0.6075, 1.0),
        ],
    )
    def test_newcombe(self, table, lower, upper):
        assert intervals.difference(*table) == pytest.approx((lower, upper), abs=5e-5)

    @given(shares, shares)
    def test_swapping_the_groups_turns_it_round(self, one, other):
        lower, upper = intervals.difference(*one, *other)
        assert -1 <= lower <= one[0] / one[1] - other[0] / other[1] <= upper <= 1
        assert intervals.difference(*other, *one) == pytest.approx((-upper, -lower), abs=1e-12)

    @given(st.lists(st.tuples(shares, shares), min_size=1, max_size=5))
    def test_numbers_and_columns_are_what_statsmodels_gives(self, pairs):
        rows = [(*one, *other) for one, other in pairs]
        lower, upper = intervals.difference(*zip(*rows, strict=True))
        for index, row in enumerate(rows):
            assert intervals.difference(*row) == (lower[index], upper[index])
            expected = confint_proportions_2indep(*row, compare="diff", method="newcomb", alpha=0.05)
            assert (lower[index], upper[index]) == pytest.approx(expected, abs=1e-9)


class TestErrors:
    @pytest.mark.parametrize(
        ("function", "numbers"),
        [
            (intervals.proportion, (3, 2)), (intervals.proportion, (0, 0)), (intervals.proportion, (-1, 5)),
            (intervals.proportion, (1, -5)), (intervals.proportion, (math.nan, 5)), (intervals.proportion, (1, math.inf)),
            (intervals.rate, (1, 0)), (intervals.rate, (-1, 5)), (intervals.rate, (1, -5)), (intervals.rate, (math.inf, 5)),
            (intervals.mean, (0, 0, 0)), (intervals.mean, (-2, 1, 1)), (intervals.mean, (5, 1, -1)), (intervals.mean, (5, math.nan, 1)),
            (intervals.ratio_of_totals, (5, 1, 0, 1, 0, 0)), (intervals.ratio_of_totals, (0, 1, 2, 1, 4, 2)),
            (intervals.ratio_of_totals, (5, -1, 2, 1, 4, 2)), (intervals.ratio_of_totals, (5, 1, 2, math.inf, 4, 2)),
            (intervals.difference, (3, 2, 1, 2)), (intervals.difference, (1, 2, 3, 2)), (intervals.difference, (0, 0, 1, 2)),
            (intervals.difference, (1, 2, 0, 0)), (intervals.difference, (1, 2, -1, 2)), (intervals.difference, (1, 2, 1, math.nan)),
        ],
    )
    def test_impossible_numbers(self, function, numbers):
        with pytest.raises(ValueError, match=r"^No interval can be worked out: .+\.$"):
            function(*numbers)

    def test_more_events_than_exposure_are_no_error(self):
        assert intervals.rate(5, 2)[0] > 0

    @pytest.mark.parametrize(
        ("function", "columns"),
        [
            (intervals.proportion, ([0, None, 3], [0, 5, None])),
            (intervals.rate, ([0, None, 3], [0, 5, None])),
            (intervals.mean, ([0, 1, 5], [0, 3, None], [0, 9, 4])),
            (intervals.ratio_of_totals, ([0, 1, 5], [0, 1, 0], [0, 2, 0], [0, 1, 0], [0, 4, 0], [0, 2, 0])),
            (intervals.difference, ([0, 1, None], [0, 2, 2], [1, 0, 1], [2, 0, 2])),
        ],
    )
    def test_columns_are_blank_where_there_is_not_enough(self, function, columns):
        lower, upper = function(*columns)
        assert np.isnan(lower).all()
        assert np.isnan(upper).all()

    @pytest.mark.parametrize(
        ("function", "columns"),
        [
            (intervals.proportion, ([1, 3], [2, 2])), (intervals.proportion, ([1, -1], [2, 2])),
            (intervals.rate, ([1, 1], [2, math.inf])), (intervals.mean, ([3, -3], [1, 1], [1, 1])),
            (intervals.ratio_of_totals, ([5], [1], [2], [-1], [4], [2])), (intervals.difference, ([1], [2], [5], [2])),
        ],
    )
    def test_columns_with_impossible_numbers(self, function, columns):
        with pytest.raises(ValueError, match=r"^No interval can be worked out: .+\.$"):
            function(*columns)
