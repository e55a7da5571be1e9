"""Process control charts and run charts against published values."""

import numpy as np
import pytest
import scipy.stats

from metrics.statistics import process_control as pc
from metrics.statistics import special_cause
from tests.metrics.control_charts import causes, limits


class TestPublished:
    def test_nist_flow_rate(self):
        # NIST/SEMATECH e-Handbook, 6.3.2.2, individuals chart of flow rates. It divides by 1.128 where NHS England multiplies by 2.66.
        frame = pc.xmr([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
        assert limits(frame) == pytest.approx((50.81, 45.8159, 55.8041), abs=1e-3)
        assert set(causes(frame)) == {None}

    def test_primer_viscosity(self):
        # Montgomery, Introduction to Statistical Quality Control, individuals chart of an aircraft primer's viscosity.
        frame = pc.xmr([33.75, 33.05, 34.00, 33.81, 33.46, 34.02, 33.68, 33.27, 33.49, 33.20, 33.62, 33.00, 33.54, 33.12, 33.84])
        assert limits(frame) == pytest.approx((33.52, 32.24, 34.80), abs=0.005)

    # The snapshots in the tests of the R package NHSRplotthedots, from R's set.seed(123); rnorm(20).
    NORMAL = (
        -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774, 1.71506499, 0.46091621, -1.26506123, -0.68685285, -0.44566197,
        1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113, 1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141,
    )

    def test_plot_the_dots(self):
        assert limits(pc.xmr(self.NORMAL)) == pytest.approx((0.1416238, -3.01138, 3.294627), abs=1e-6)

    def test_plot_the_dots_with_a_spike_unscreened(self):
        values = [10 if index == 14 else value for index, value in enumerate(self.NORMAL)]
        assert limits(pc.xmr(values)) == pytest.approx((0.6694159, -4.596625, 5.935457), abs=1e-6)

    def test_plot_the_dots_in_two_parts(self):
        frame = pc.xmr(self.NORMAL, rebase_at=[10])
        assert limits(frame, 0) == pytest.approx((0.0746, -2.60, 2.75), abs=5e-3)
        assert limits(frame, 10) == pytest.approx((0.209, -3.28, 3.70), abs=5e-3)

    def test_orange_juice(self):
        # Montgomery, P chart of orange juice cans, 30 samples of 50: 0.2313, limits 0.0524 and 0.4102, samples 15 and 23 outside.
        cans = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]
        frame = pc.p_chart(cans, [50] * 30)
        assert limits(frame) == pytest.approx((0.2313, 0.0524, 0.4102), abs=5e-5)
        assert [row for row, cause in enumerate(causes(frame), start=1) if cause == "outside"] == [15, 23]

    def test_purchase_orders(self):
        # Montgomery, P chart of purchase orders with samples of 80 to 120: 0.096, sample 11 outside its limit of 0.180.
        sizes = [100, 80, 80, 100, 110, 110, 100, 100, 90, 90, 110, 120, 120, 120, 110, 80, 80, 80, 90, 100, 100, 100, 100, 90, 90]
        errors = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
        frame = pc.p_chart(errors, sizes)
        assert frame["mean"][0] == pytest.approx(0.096, abs=6e-4)
        assert frame["upper"].to_list()[:2] == pytest.approx([0.184, 0.194], abs=1e-3)
        assert frame["lower"].to_list()[:2] == pytest.approx([0.007, 0.0], abs=1e-3)
        assert frame["upper"][10] == pytest.approx(0.180, abs=1e-3)
        assert [row for row, cause in enumerate(causes(frame), start=1) if cause == "outside"] == [11]

    def test_dyed_cloth(self):
        # Montgomery, U chart of defects in ten rolls of dyed cloth, per 50 square metres: 1.42, and limits roll by roll.
        frame = pc.u_chart([14, 12, 20, 11, 7, 10, 21, 16, 19, 23], [10, 8, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5])
        assert frame["mean"][0] == pytest.approx(1.42, abs=5e-3)
        assert frame["upper"].to_list() == pytest.approx([2.55, 2.68, 2.41, 2.55, 2.58, 2.55, 2.45, 2.52, 2.45, 2.43], abs=0.015)
        assert frame["lower"].to_list() == pytest.approx([0.29, 0.16, 0.43, 0.29, 0.26, 0.29, 0.39, 0.32, 0.39, 0.41], abs=0.015)
        assert set(causes(frame)) == {None}

    # NHSRplotthedots' tests of 2 in 3: which points are far, on which side of the mean, and which are flagged.
    @pytest.mark.parametrize(
        ("far", "side", "flagged"),
        [
            ([1, 0, 1], [1, 1, 1], [1, 0, 1]),
            ([0, 1, 1], [1, 1, 1], [0, 1, 1]),
            ([1, 1, 0], [1, 1, 1], [1, 1, 0]),
            ([0, 0, 1, 0, 1, 0, 0], [1] * 7, [0, 0, 1, 0, 1, 0, 0]),
            ([0, 0, 1, 1, 0, 0, 0], [1] * 7, [0, 0, 1, 1, 0, 0, 0]),
            ([1, 0, 0, 1], [1] * 4, [0, 0, 0, 0]),
            ([1, 0, 0, 1, 1], [1] * 5, [0, 0, 0, 1, 1]),
            ([1, 0, 1], [1, -1, 1], [0, 0, 0]),
            ([0, 1, 1], [-1, 1, 1], [0, 0, 0]),
        ],
    )
    def test_two_in_three(self, far, side, flagged):
        found = special_cause.two_of_three(np.array(side, dtype=np.int8), np.array(far, dtype=np.int8))
        assert found.tolist() == flagged

    def test_two_in_three_on_both_sides_is_none(self):
        # NHSRplotthedots' tests: 1 and -1 in turn, and at the end 5.5 and -5.5.
        assert causes(pc.xmr([1, -1] * 7 + [5.5, -5.5])) == [None] * 16

    # NHSRplotthedots' tests of seven on one side and of seven in a trend.
    @pytest.mark.parametrize(
        ("side", "flagged"),
        [([1] * 6, 0), ([1] * 6 + [-1], 0), ([1] * 8 + [-1], 8), ([-1] * 8 + [1], 8), ([1] * 3 + [0] + [1] * 6, 0)],
    )
    def test_seven_on_one_side(self, side, flagged):
        assert int(np.abs(special_cause.shifts(np.array(side, dtype=np.int8))).sum()) == flagged

    @pytest.mark.parametrize(
        ("values", "signs"),
        [
            ([1, 2, 3, 4, 5, 6], [0] * 6),
            ([1, 2, 3, 3, 4, 5, 6], [0] * 7),
            ([1, 2, 3, 4, 5, 6, 7], [1] * 7),
            ([2, 1, 2, 3, 4, 5, 6, 7, 3], [0] + [1] * 7 + [0]),
            ([7, 6, 5, 4, 3, 2, 1], [-1] * 7),
            ([2, 7, 6, 5, 4, 3, 2, 1, 3], [0] + [-1] * 7 + [0]),
            ([1, 2, 3, 4, 5, 6, 7, 6, 5, 4, 3, 2, 1], [1] * 6 + [-1] * 7),
        ],
    )
    def test_seven_in_a_trend(self, values, signs):
        assert special_cause.trends(np.array(values, dtype=float)).tolist() == signs

    # The table of critical values for 10 to 100 useful points in the documentation of the R package qicharts2 (appendix 2), after
    # Anhøj and Olesen 2014: runs up to this long, and at least so many crossings, are no signal.
    LONGEST_RUN = (*[6] * 2, *[7] * 11, *[8] * 23, *[9] * 45, *[10] * 10)
    FEWEST_CROSSINGS = (
        2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 6, 7, 7, 8, 8, 8, 9, 9, 10, 10, 11, 11, 11, 12, 12, 13, 13, 14, 14, 14, 15, 15,
        16, 16, 17, 17, 17, 18, 18, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23, 23, 24, 24, 25, 25, 25, 26, 26, 27, 27, 28,
        28, 29, 29, 29, 30, 30, 31, 31, 32, 32, 33, 33, 34, 34, 34, 35, 35, 36, 36, 37, 37, 38, 38, 39, 39, 39, 40, 40,
        41, 41,
    )

    @pytest.mark.parametrize("n", range(10, 101))
    def test_run_chart_thresholds(self, n):
        # As many below 0 as above it, or one more above, and two on it: the median is 0.
        frame = pc.run_chart([-1] * (n // 2) + [0, 0] + [1] * (n - n // 2))
        assert (frame["median"][0], frame["useful_points"][0]) == (0, n)
        assert frame["longest_run_limit"][0] == self.LONGEST_RUN[n - 10]
        assert frame["crossings_limit"][0] == self.FEWEST_CROSSINGS[n - 10]

    @pytest.mark.parametrize("n", [*range(1, 10), 101, 250, 999])
    def test_fewest_crossings_beyond_the_table(self, n):
        frame = pc.run_chart([-1] * (n // 2) + [0, 0] + [1] * (n - n // 2))
        assert frame["crossings_limit"][0] == (scipy.stats.binom.ppf(0.05, n - 1, 0.5) if n > 1 else 0)
