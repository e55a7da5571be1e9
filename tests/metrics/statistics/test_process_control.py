"""Process control charts against the slow reference beside this file, and what must hold of any series."""

import itertools
import math
import random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.measures.kinds import Better
from metrics.statistics import process_control as pc
from metrics.statistics import special_cause
from tests.metrics import slow_process_control as slow
from tests.metrics.control_charts import LINES, causes, clean, flags

# Few different values, so that ties, runs and trends come up; tenths, so that floats round.
tenths = st.one_of(
    st.lists(st.integers(-9, 9), max_size=40),
    st.lists(st.sampled_from([1, 2, 2, 3]), max_size=40),
    st.lists(st.integers(1, 12), max_size=40).map(lambda steps: [sum(steps[: i + 1]) - 2 * i for i in range(len(steps))]),
)
counts = st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 1000)).map(sorted), min_size=1, max_size=40)
small_counts = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 5)).map(sorted), min_size=1, max_size=40)


class TestAgainstTheSlowReference:
    @given(tenths)
    def test_xmr(self, values):
        frame = clean(pc.xmr([value / 10 for value in values]))
        assert flags(frame) == (slow.xmr(values) if values else [])

    @given(st.one_of(counts, small_counts))
    def test_p_chart(self, rows):
        x, n = zip(*rows, strict=True)
        assert flags(clean(pc.p_chart(x, n))) == slow.p_chart(x, n)

    @given(st.one_of(counts, small_counts), st.booleans())
    def test_u_chart(self, rows, many):
        x, n = zip(*rows, strict=True)
        events, exposures = ([2 * e for e in n], [f + 1 for f in x]) if many else (x, n)
        assert flags(clean(pc.u_chart(events, exposures))) == slow.u_chart(events, exposures)

    @given(tenths)
    def test_run_chart(self, values):
        frame = clean(pc.run_chart([value / 10 for value in values]))
        if not values:
            assert frame.is_empty()
            return
        median, useful, longest, crossings = slow.run_chart(values)
        assert frame["median"].to_list() == pytest.approx([float(median) / 10] * len(values))
        assert frame.select("useful_points", "longest_run", "crossings").row(-1) == (useful, longest, crossings)
        too_long = useful > 0 and longest > frame["longest_run_limit"][0]
        too_few = useful > 0 and crossings < frame["crossings_limit"][0]
        expected = "both" if too_long and too_few else "long_run" if too_long else "few_crossings" if too_few else None
        assert set(frame["signal"]) == {expected}
        assert frame["in_long_run"].any() == too_long

    def test_a_long_walk_signals_by_every_rule(self):
        generator = random.Random(133)
        level, values = 0, []
        for _ in range(3000):
            level = round(0.8 * level) + generator.choice([-3, -2, -1, 1, 2, 3])
            values.append(level)
        reference = [found for start in range(0, 3000, 30) for found in slow.xmr(values[start : start + 30])]
        frame = pc.xmr([value / 10 for value in values], rebase_at=range(0, 3000, 30))
        assert flags(frame) == reference
        assert set(causes(frame)) == {None, *special_cause.RULES}


class TestRules:
    def test_outside_is_strict(self):
        # Mean 0, and 2.66 x the mean moving range reaches exactly to no point; a constant series has its points on the limits.
        assert causes(pc.xmr([0.1] * 20)) == [None] * 20
        assert causes(pc.p_chart([3] * 20, [30] * 20)) == [None] * 20

    def test_two_thirds_of_the_limits(self):
        frame = pc.xmr([1, 3, 2, 5, 4])
        mean, lower, upper, lower_2sigma, upper_2sigma = frame.select(LINES).row(0)
        # Moving ranges 2, 1, 3, 1.
        assert (mean, lower, upper) == pytest.approx((3, 3 - 2.66 * 1.75, 3 + 2.66 * 1.75))
        assert (lower_2sigma, upper_2sigma) == pytest.approx((3 - 2.66 * 1.75 * 2 / 3, 3 + 2.66 * 1.75 * 2 / 3))

    def test_limits_of_xmr_are_not_clamped_and_those_of_p_and_u_are(self):
        assert pc.xmr([0, 1, 0, 1, 0, 1])["lower"][0] < 0 < 1 < pc.xmr([0, 1, 0, 1, 0, 1])["upper"][0]
        assert pc.p_chart([0, 1, 2], [2, 2, 2]).select(LINES).row(0) == (0.5, 0, 1, 0, 1)
        u = pc.u_chart([0, 5, 1], [1, 1, 1]).select(LINES).row(0)
        assert u == pytest.approx((2, 0, 2 + 3 * math.sqrt(2), 0, 2 + 2 * math.sqrt(2)))

    def test_the_first_rule_names_a_point_of_several(self):
        # The last seven are below the limits, on one side of the mean, rising, and beyond 2 sigma.
        frame = pc.xmr([100, 101] * 15 + [0, 1, 2, 3, 4, 5, 6])
        assert causes(frame)[-7:] == ["outside"] * 7
        assert frame["direction"].to_list()[-7:] == ["low"] * 7
        assert frame.select("signals_high", "signals_low").rows()[-7:] == [(True, True)] * 7

    def test_a_trend_within_a_shift_is_a_shift(self):
        frame = pc.xmr([0, 20] * 20 + [11, 12, 13, 14, 15, 16, 17, 18] + [0, 20] * 20)
        assert causes(frame)[39:48] == ["shift"] * 9
        assert causes(frame)[:39] == [None] * 39

    def test_points_beyond_three_sigma_count_among_two_of_three(self):
        values = [0, 1, 0, -1] * 6 + [2.5, 4] + [0, -1, 0, 1] * 6
        frame = pc.xmr(values)
        assert frame["upper_2sigma"][0] < 2.5 < frame["upper"][0] < 4
        # The neighbour before them is on the mean's other side or on it, the one after as well: no window of three is on one side.
        assert causes(frame)[24:26] == [None, "outside"]
        values[26] = 1
        assert causes(pc.xmr(values))[24:27] == ["two_of_three", "outside", None]


class TestBaselines:
    @given(tenths, st.sets(st.integers(0, 39), max_size=4))
    def test_a_rebase_is_two_series_one_after_the_other(self, values, rebases):
        values = [value / 10 for value in values]
        rebases = sorted(index for index in rebases if index < len(values))
        edges = [0, *(index for index in rebases if index), len(values)]
        for chart in (pc.xmr, pc.run_chart):
            whole = chart(values, rebase_at=rebases)
            parts = [chart(values[first:after]) for first, after in itertools.pairwise(edges)]
            assert whole.drop("baseline").equals(pl.concat(parts).drop("baseline"))
            assert whole["baseline"].to_list() == [sum(edge <= row for edge in edges[1:-1]) for row in range(len(values))]

    @given(counts, st.integers(0, 39))
    def test_a_rebase_of_p_and_u(self, rows, rebase):
        rebase %= len(rows)
        x, n = zip(*rows, strict=True)
        for chart in (pc.p_chart, pc.u_chart):
            whole = chart(x, n, rebase_at=[rebase])
            parts = [chart(x[:rebase], n[:rebase]), chart(x[rebase:], n[rebase:])]
            assert whole.drop("baseline").equals(pl.concat(parts).drop("baseline"))

    def test_order_and_repetition_and_the_first_point_mean_nothing(self):
        values = list(range(12))
        assert pc.xmr(values, rebase_at=(8, 4, 8, 0)).equals(pc.xmr(values, rebase_at=(4, 8)))

    @pytest.mark.parametrize("index", [-1, 5, 99])
    def test_there_is_no_such_point(self, index):
        with pytest.raises(ValueError, match=r"There is no point -?\d+ to rebase at: the series has 5 points, counted from 0\."):
            pc.xmr([1, 2, 3, 4, 5], rebase_at=[index])


class TestProperties:
    @given(tenths)
    def test_backwards_is_the_same_backwards(self, values):
        forwards, backwards = pc.xmr(values), pc.xmr(values[::-1])
        assert causes(backwards) == causes(forwards)[::-1]
        assert backwards["lower"].to_list() == pytest.approx(forwards["lower"].to_list())

    @given(tenths)
    def test_upside_down_swaps_high_and_low(self, values):
        upright, turned = pc.xmr(values), pc.xmr([-value for value in values])
        assert causes(turned) == causes(upright)
        assert turned["direction"].to_list() == [{"high": "low", "low": "high", None: None}[d] for d in upright["direction"]]
        assert turned["signals_low"].equals(upright["signals_high"].alias("signals_low"))

    @given(tenths, st.sampled_from([0.001, 0.3, 7, 1e6]), st.sampled_from([-50, 0, 0.7, 300]))
    def test_another_unit_changes_no_flag(self, values, scale, shift):
        assert causes(pc.xmr([scale * (value + shift) for value in values])) == causes(pc.xmr(values))

    @given(st.lists(st.one_of(st.none(), st.just(math.nan), st.integers(-9, 9)), max_size=40))
    def test_a_missing_point_takes_no_part(self, values):
        there = [value for value in values if value is not None and not math.isnan(value)]
        kept = pl.col("value").is_not_null()
        for chart in (pc.xmr, pc.run_chart):
            frame = clean(chart(values))
            assert frame.filter(kept).equals(chart(there))
            assert frame.filter(~kept).select(pl.col("special_cause").is_null().all()).item()
            assert not frame.filter(~kept)["signals_high"].any()

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20)).filter(lambda row: row[0] <= row[1]), max_size=40))
    def test_a_point_without_a_denominator_takes_no_part(self, rows):
        there = [row for row in rows if row[1]]
        for chart in (pc.p_chart, pc.u_chart):
            frame = clean(chart([x for x, _ in rows], [n for _, n in rows]))
            assert frame.filter(pl.col("value").is_not_null()).equals(chart([x for x, _ in there], [n for _, n in there]))


AWKWARD = {
    "constant": [0.7] * 20, "zeros": [0] * 20, "ones": [1] * 20, "spike": [0] * 10 + [50] + [0] * 10, "one": [0.3], "two": [0.3, 0.4],
    "short": [0.1, 0.5, 0.2, 0.9], "missing": [None] * 5, "gaps": [None, 0.2, None, 0.4, 0.4, None], "none": [],
}


@pytest.mark.parametrize("name", AWKWARD)
class TestAwkward:
    def test_charts_are_clean(self, name):
        values = AWKWARD[name]
        for rebase_at in ((), *([len(values) - 3],) * (len(values) > 3)):
            for frame in (pc.xmr(values, rebase_at), pc.run_chart(values, rebase_at)):
                assert clean(frame).height == len(values)

    def test_icons_say_nothing_false(self, name):
        frame = pc.xmr(AWKWARD[name])
        without_limits = ("one", "missing", "none")
        # After a spike come ten points below the mean: a shift, by the rules.
        expected = (None, None) if name in without_limits else ("common_cause", "common_cause")
        expected = ("concern_low", "improvement_low") if name == "spike" else expected
        assert (pc.variation(frame, "higher"), pc.variation(frame, "lower")) == expected
        if name in ("constant", "zeros", "ones"):
            assert pc.assurance(frame, AWKWARD[name][0], "higher") == "hit or miss"


def test_a_spike_among_zeros_is_the_only_point_outside():
    # Unscreened moving ranges leave limits around the zeros, and the spike outside them.
    frame = pc.xmr([0] * 20 + [50] + [0] * 20)
    assert [row for row, cause in enumerate(causes(frame)) if cause == "outside"] == [20]
    assert frame["lower"][0] < 0 < frame["upper"][0] < 50


def test_a_baseline_of_one_point_has_a_mean_and_no_limits():
    frame = pc.xmr([1, 2, 3, 9], rebase_at=[3])
    assert frame.select(LINES).row(3) == (9, None, None, None, None)
    assert pc.assurance(frame, 2, "higher") is None
    assert pc.variation(frame, "higher") == "common_cause"  # of the point before, the last that has limits


class TestInput:
    def test_polars_series_are_taken(self):
        assert pc.xmr(pl.Series([1, None, 3])).equals(pc.xmr([1, None, 3]))

    @pytest.mark.parametrize(
        ("call", "sentence"),
        [
            (lambda: pc.xmr([1, math.inf]), r"One of the values is infinite\. .+\."),
            (lambda: pc.p_chart([3], [2]), r"A numerator is more than its denominator, .+\."),
            (lambda: pc.p_chart([-1], [2]), r"One of the numerators is -1\. .+\."),
            (lambda: pc.u_chart([1], [-2]), r"One of the exposures is -2\. .+\."),
            (lambda: pc.p_chart([1, 2], [2]), r"There are 2 numerators and 1 denominators\. .+\."),
            (lambda: pc.assurance(pc.xmr([1, 2]), 1, "up"), r"'better' says which way is better, .+\."),
            (lambda: pc.variation(pc.xmr([1, 2]), "up"), r"'better' says which way is better, .+\."),
            (lambda: pc.assurance(pc.xmr([1, 2]), math.nan, "higher"), r"A target of nan can't be met or missed\. .+\."),
            (lambda: pc.variation(pc.xmr([1, 2]), "higher", [True]), r"'complete' has 1 values for 2 points\. .+\."),
        ],
    )
    def test_mistakes(self, call, sentence):
        with pytest.raises(ValueError, match=f"^{sentence}$"):
            call()


class TestVariation:
    HIGH = (*[0, 1] * 10, 8)

    @pytest.mark.parametrize(
        ("values", "better", "state"),
        [
            (HIGH, "higher", "improvement_high"), (HIGH, "lower", "concern_high"),
            ([-value for value in HIGH], "higher", "concern_low"), ([-value for value in HIGH], "lower", "improvement_low"),
            ([0, 1] * 10, "higher", "common_cause"), ([*HIGH, 0], "higher", "common_cause"),
        ],
    )
    def test_states(self, values, better, state):
        assert pc.variation(pc.xmr(values), better) == state

    @pytest.mark.parametrize("better", Better)
    def test_the_measures_own_word_is_taken(self, better):
        frame = pc.xmr(self.HIGH)
        assert pc.variation(frame, better) == pc.variation(frame, better.value)
        assert pc.assurance(frame, 99, better) == pc.assurance(frame, 99, better.value)

    def test_improvement_and_concern_at_once_shows_improvement(self):
        frame = pc.xmr([100, 101] * 15 + [0, 1, 2, 3, 4, 5, 6])
        assert frame["special_cause"][-1] == "outside"
        assert pc.variation(frame, "higher") == "improvement_high"
        assert pc.variation(frame, "lower") == "improvement_low"

    def test_the_turn_of_a_trend_is_both(self):
        values = [10, 0] * 20 + [1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1] + [10, 0] * 20
        frame = pc.xmr(values)
        turn = 46
        assert (values[turn], frame["special_cause"][turn], frame["direction"][turn]) == (7, "trend", "low")
        assert frame.select("signals_high", "signals_low").row(turn) == (True, True)
        assert pc.point_states(frame, "higher")[turn] == "improvement_high"

    def test_the_last_complete_point_counts(self):
        frame = pc.xmr(self.HIGH)
        assert pc.variation(frame, "higher", [True] * 20 + [False]) == "common_cause"
        assert pc.variation(pc.xmr([*self.HIGH, None]), "higher") == "improvement_high"
        assert pc.variation(frame, "higher", [False] * 21) is None

    def test_a_run_chart_has_no_icons(self):
        assert pc.variation(pc.run_chart(self.HIGH), "higher") is None
        assert pc.assurance(pc.run_chart(self.HIGH), 3, "higher") is None


class TestAssurance:
    # NHSRplotthedots' tests: a target of 4 against limits of 1 to 3, 5 to 7 and 1 to 5.
    @pytest.mark.parametrize(
        ("lower", "upper", "if_higher", "if_lower"),
        [
            (1, 3, "consistently missed", "consistently met"), (5, 7, "consistently met", "consistently missed"),
            (1, 5, "hit or miss", "hit or miss"), (4, 5, "hit or miss", "hit or miss"), (1, 4, "hit or miss", "hit or miss"),
        ],
    )
    def test_plot_the_dots(self, lower, upper, if_higher, if_lower):
        frame = pl.DataFrame({"lower": [9.0, lower], "upper": [9.5, upper]}, strict=False)
        assert pc.assurance(frame, 4, "higher") == if_higher
        assert pc.assurance(frame, 4, "lower") == if_lower
        assert pc.assurance(frame, None, "higher") is None

    def test_the_last_rebase_counts(self):
        values = [1, 2] * 8 + [11, 12] * 8
        assert pc.assurance(pc.xmr(values), 8, "higher") == "hit or miss"
        assert pc.assurance(pc.xmr(values, rebase_at=[16]), 8, "higher") == "consistently met"

    def test_a_p_chart_is_judged_at_its_last_point(self):
        x, n = [20, 20, 20, 2], [40, 40, 40, 4]
        assert pc.assurance(pc.p_chart(x[:3], n[:3]), 0.8, "higher") == "consistently missed"
        assert pc.assurance(pc.p_chart(x, n), 0.8, "higher") == "hit or miss"
        # A last period without children has no limits of its own: those of the last point that has some count.
        assert pc.assurance(pc.p_chart([*x, 0], [*n, 0]), 0.8, "higher") == "hit or miss"

    @given(small_counts)
    def test_all_of_them_can_never_be_met_consistently(self, rows):
        x, n = zip(*rows, strict=True)
        assert pc.assurance(pc.p_chart(x, n), 1, "higher") in ("hit or miss", "consistently missed")
        assert pc.assurance(pc.p_chart(n, n), 1, "higher") == "hit or miss"


class TestChartType:
    @pytest.mark.parametrize(
        ("kind", "denominators", "chart"),
        [
            ("proportion", [100, 100, 100], "xmr"), ("proportion", [75, 100, 125], "xmr"), ("proportion", [74, 100, 126], "p"),
            ("proportion", [3, 4, 5], "xmr"), ("proportion", [0, None, 4, 4], "xmr"), ("proportion", [], "xmr"),
            ("proportion", [1, 1000], "p"), ("rate", [100, 100], "u"), ("mean", [1, 1000], "xmr"), ("ratio_of_totals", [1, 1000], "xmr"),
        ],
    )
    def test_choice(self, kind, denominators, chart):
        assert pc.chart_type(kind, denominators) == chart


class TestRunChart:
    def test_a_long_run_and_few_crossings(self):
        frame = pc.run_chart([1] * 12 + [5] + [9] * 12)
        assert frame["signal"].unique().to_list() == ["both"]
        assert frame["in_long_run"].to_list() == [True] * 12 + [False] + [True] * 12

    def test_a_point_on_the_median_neither_breaks_nor_lengthens_a_run(self):
        frame = pc.run_chart([9, 9, 9, 9, 5, 9, 9, 9, 9, 1, 1, 1, 1, 1, 1, 1, 1])
        assert frame.select("median", "useful_points", "longest_run", "crossings").row(0) == (5, 16, 8, 1)
        assert frame["in_long_run"].to_list() == [True] * 4 + [False] + [True] * 12

    def test_a_verdict_for_each_baseline(self):
        frame = pc.run_chart([1, 9] * 8 + [1] * 8 + [9] * 8, rebase_at=[16])
        assert frame["signal"].to_list() == [None] * 16 + ["both"] * 16

    def test_a_constant_series_has_nothing_to_judge(self):
        row = pc.run_chart([0.1] * 15).row(0, named=True)
        assert (row["useful_points"], row["longest_run_limit"], row["crossings_limit"], row["signal"]) == (0, None, None, None)

    @pytest.mark.parametrize(
        ("values", "signal"),
        [
            # 24 useful points: runs of 8 and 8 crossings are the most and the fewest that are no signal.
            ([1] * 8 + [-1, 1] * 4 + [-1] * 8, None),
            ([*[1, 1, 1, -1, -1, -1] * 2, *[1, 1, -1, -1, -1] * 2, 1, 1], None),
            ([1] * 6 + [-1] * 6 + [1] * 6 + [-1] * 6, "few_crossings"),
            # 25 useful points, and two on the median.
            ([1] * 9 + [-1, 1] * 4 + [-1] * 8 + [0, 0], "long_run"),
        ],
    )
    def test_the_limits_themselves_are_no_signal(self, values, signal):
        frame = pc.run_chart(values)
        assert frame.select("median", "longest_run_limit", "crossings_limit").row(0) == (0, 8, 8)
        assert frame["signal"][0] == signal
