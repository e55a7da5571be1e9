"""Groups against the rest: published values, a slow reference, and what is not compared."""

import math
from fractions import Fraction

import polars as pl
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics import comparison, intervals

shares = st.tuples(st.integers(0, 80), st.integers(0, 80)).map(sorted)
groups = st.lists(shares, min_size=1, max_size=6)


def frame(*rows):
    return pl.DataFrame(list(rows), schema={"group": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}, orient="row")


def compare(*rows, total=None):
    return {row["group"]: row for row in comparison.against_rest(frame(*rows), total).rows(named=True)}


class TestAgainstRest:
    def test_newcombes_first_example(self):
        # Newcombe 1998, Statist. Med. 17, 873 to 890, table II (a), method 10: 56/70 less 48/80.
        found = compare(("yes", 56, 70), ("no", 48, 80))
        yes, no = found["yes"], found["no"]
        assert (yes["difference"], yes["lower"], yes["upper"]) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
        assert (no["difference"], no["lower"], no["upper"]) == pytest.approx((-0.2, -0.3339, -0.0524), abs=5e-5)
        assert (yes["children"], no["children"]) == (14, -16)
        assert (yes["verdict"], no["verdict"]) == ("higher than the rest", "lower than the rest")
        assert yes["certainty"] == no["certainty"] == "reliable"

    def test_fishers_twins(self):
        # Fisher 1962 (an example of R's fisher.test): convicted twins of criminals, 10 of 13 and 2 of 17, two-sided p = 0.0005367.
        found = compare(("monozygotic", 10, 13), ("dizygotic", 2, 17))
        assert found["monozygotic"]["p_value"] == pytest.approx(0.0005367, abs=5e-8)

    @given(groups)
    def test_each_group_by_itself(self, rows):
        named = [(f"group {index}", *row) for index, row in enumerate(rows)]
        for (name, x, n), found in zip(named, comparison.against_rest(frame(*named)).rows(named=True), strict=True):
            others = [row for row in named if row[0] != name]
            rest_x, rest_n = sum(row[1] for row in others), sum(row[2] for row in others)
            assert (found["group"], found["rest_numerator"], found["rest_denominator"]) == (name, rest_x, rest_n)
            assert found["value"] == (x / n if n else None)
            assert found["rest_value"] == (rest_x / rest_n if rest_n else None)
            smaller = min(n, rest_n)
            assert found["certainty"] == ("too_few" if smaller < 10 else "unreliable" if smaller < 30 else "reliable")
            if smaller < 10:
                assert [found[key] for key in ("difference", "lower", "upper", "children", "p_value", "verdict")] == [None] * 6
                continue
            gap = Fraction(x, n) - Fraction(rest_x, rest_n)
            lower, upper = intervals.difference(x, n, rest_x, rest_n)
            assert (found["difference"], found["lower"], found["upper"]) == pytest.approx((float(gap), lower, upper))
            assert found["children"] == math.copysign(math.floor(abs(gap * n) + Fraction(1, 2)), gap)
            assert found["p_value"] == pytest.approx(scipy.stats.fisher_exact([[x, n - x], [rest_x, rest_n - rest_x]])[1])
            words = "no clear difference" if lower <= 0 <= upper else "higher than the rest" if gap > 0 else "lower than the rest"
            assert found["verdict"] == words

    def test_not_recorded_is_shown_and_compared_with_nothing(self):
        found = compare(("yes", 20, 40), ("no", 10, 40), ("Not recorded", 30, 30))
        nothing = found.pop("Not recorded")
        assert {key: value for key, value in nothing.items() if value is not None} == {
            "group": "Not recorded", "numerator": 30, "denominator": 30, "value": 1.0
        }
        assert found == compare(("yes", 20, 40), ("no", 10, 40))

    @pytest.mark.parametrize(("n", "certainty"), [(9, "too_few"), (10, "unreliable"), (29, "unreliable"), (30, "reliable")])
    def test_how_many_are_enough_on_either_side(self, n, certainty):
        found = compare(("few", 5, n), ("many", 50, 100))
        assert found["few"]["certainty"] == found["many"]["certainty"] == certainty

    @pytest.mark.parametrize(("x", "children"), [(11, 1), (9, -1), (10, 0)])
    def test_half_a_child_is_rounded_away_from_nothing(self, x, children):
        # 11 of 20 against 21 of 40 is a gap of half a child: half of 21 is 10 and a half.
        rest = {11: 21, 9: 19, 10: 20}[x]
        assert compare(("one", x, 20), ("other", rest, 40))["one"]["children"] == children
        assert (Fraction(x, 20) - Fraction(rest, 40)) * 20 == {11: Fraction(1, 2), 9: Fraction(-1, 2), 10: 0}[x]


class TestHiddenNumbers:
    def test_without_a_total_a_hidden_group_leaves_the_rest_open(self):
        found = compare(("a", 20, 40), ("b", 10, 40), ("c", None, None))
        for row in found.values():
            assert (row["rest_numerator"], row["difference"], row["certainty"]) == (None, None, None)
        assert found["a"]["value"] == 0.5

    def test_with_a_total_the_rest_is_what_is_left(self):
        found = compare(("a", 20, 40), ("b", 10, 40), ("c", None, None), ("Not recorded", 5, 20), total=(47, 115))
        assert (found["a"]["rest_numerator"], found["a"]["rest_denominator"]) == (22, 55)
        assert found["a"]["difference"] == pytest.approx(0.5 - 22 / 55)
        assert found["c"]["difference"] is None

    def test_where_not_recorded_is_hidden_there_is_nothing_to_compare_with(self):
        found = compare(("a", 20, 40), ("b", 10, 40), ("Not recorded", None, None), total=(31, 85))
        assert found["a"]["difference"] is None

    def test_a_hidden_numerator(self):
        found = compare(("a", None, 40), ("b", 10, 40), total=(12, 80))
        assert (found["a"]["value"], found["a"]["difference"]) == (None, None)
        assert found["b"]["rest_value"] == 2 / 40


class TestMistakes:
    @pytest.mark.parametrize(
        ("rows", "total"),
        [
            ([("a", 5, 4)], None), ([("a", -1, 4)], None), ([("a", 1, 4), ("a", 1, 4)], None),
            ([("a", 20, 40)], (10, 80)), ([("a", 20, 40)], (20, 30)), ([("a", 20, 40)], (90, 80)),
        ],
    )
    def test_sentences(self, rows, total):
        with pytest.raises(ValueError, match=r"^(A group comes twice|The (group|rest|total)).+\.$"):
            compare(*rows, total=total)

    def test_no_groups(self):
        assert comparison.against_rest(frame()).schema == comparison.COMPARISON


class TestBenjaminiHochberg:
    # Benjamini and Hochberg 1995, J. R. Statist. Soc. B 57, 289 to 300: fifteen p values, of which the method rejects the first four.
    PUBLISHED = (
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
    )

    def test_published(self):
        assert comparison.benjamini_hochberg(self.PUBLISHED)["clear"].to_list() == [True] * 4 + [False] * 11

    @given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=20))
    def test_is_the_smallest_of_the_larger_ones(self, p_values):
        made = [p for p in p_values if p is not None]
        found = comparison.benjamini_hochberg(p_values)
        assert found["p_value"].to_list() == p_values
        for p, adjusted, clear in found.rows():
            if p is None:
                assert (adjusted, clear) == (None, None)
                continue
            expected = min(1.0, *(len(made) * q / sum(other <= q for other in made) for q in made if q >= p))
            assert adjusted == pytest.approx(expected)
            assert clear == (adjusted <= 0.05)

    def test_another_level(self):
        assert comparison.benjamini_hochberg([0.03], level=0.01)["clear"].to_list() == [False]

    @pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
    def test_no_p_value(self, p):
        with pytest.raises(ValueError, match=r"^A p value has to be from 0 to 1, or null where nothing was compared\.$"):
            comparison.benjamini_hochberg([0.5, p])
