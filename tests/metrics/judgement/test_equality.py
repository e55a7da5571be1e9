"""Many comparisons at once: a slow, obvious reference, and what is not compared."""

import math
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.judgement import equality
from metrics.judgement.equality import Groups, Standing
from metrics.measures.catalogue import get, measures
from metrics.summary.summarise import Facts, summarise
from metrics.units.breakdowns import BREAKDOWNS
from tests.dashboard.made_up import facts

PLACEMENT = BREAKDOWNS["placement"]
PLACEMENTS = ("foster_carer", "residential", "special_guardian", "Not recorded")
HIGHER, LOWER = "education_plan", "persistent_absence"
Z = 1.959964

counts = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
one_measure = st.lists(counts, min_size=4, max_size=4)
several = st.fixed_dictionaries({HIGHER: one_measure, LOWER: one_measure})


def named(shares):
    return [(group, x, n) for group, (x, n) in zip(PLACEMENTS, shares, strict=False) if n]


def one_quarter(id, found, *, provided=None):
    """The groups of a measure in one quarter, through the real path from cells on; `found` has (group, numerator, denominator)."""
    measure = get(id)
    cells = facts(measure, [(0, 0)], {"placement": found}, provided=provided)
    return equality.at(measure, PLACEMENT, summarise(measure, cells, by=("placement",)), summarise(measure, cells))


def compare(*shown):
    return {(row["measure"], row["group"]): row for row in equality.compare(shown).iter_rows(named=True)}


def hide(groups, *names, totals=True):
    """The same as someone sees it who may not see these groups."""
    hidden = pl.col("placement").is_in(names)
    columns = ("numerator", "denominator", "value", "lower", "upper")
    rows = groups.rows.with_columns(
        *(pl.when(~hidden).then(pl.col(name)).alias(name) for name in columns),
        pl.when(hidden).then(pl.lit("hidden")).otherwise(pl.col("state")).alias("state"),
    )
    return Groups(groups.measure, groups.breakdown, rows, groups.total if totals else groups.total.clear())


# --- the slow reference ---------------------------------------------------------------------------------------------


def slow_wilson(x, n):
    middle, half = (x + Z**2 / 2) / (n + Z**2), Z / (n + Z**2) * math.sqrt(x * (n - x) / n + Z**2 / 4)
    return middle - half, middle + half


def slow_newcombe(x, n, y, m):
    (low_1, high_1), (low_2, high_2) = slow_wilson(x, n), slow_wilson(y, m)
    gap = x / n - y / m
    lower = gap - math.sqrt((x / n - low_1) ** 2 + (high_2 - y / m) ** 2)
    return lower, gap + math.sqrt((high_1 - x / n) ** 2 + (y / m - low_2) ** 2)


def slow_fisher(x, n, y, m):
    """Every table with the same margins that is no more likely than this one."""
    total, all_tables = x + y, math.comb(n + m, x + y)
    ways = [math.comb(n, k) * math.comb(m, total - k) for k in range(max(0, total - m), min(n, total) + 1)]
    here = math.comb(n, x) * math.comb(m, y)
    return float(Fraction(sum(way for way in ways if way <= here), all_tables))


def slow_clear(p_values):
    """The largest k with p(k) <= 0.05 k / m: so many of the smallest p values are clear."""
    ordered = sorted(p_values)
    last = max((p for k, p in enumerate(ordered, 1) if p <= 0.05 * k / len(ordered)), default=-1.0)
    return [p <= last for p in p_values]


def slow(shown):
    """{(measure, group): (difference, lower, upper, children, p, clear)} of all that is compared."""
    made = {}
    for id, shares in shown.items():
        recorded = [(group, x, n) for group, x, n in named(shares) if group != "Not recorded"]
        for group, x, n in recorded:
            y, m = sum(row[1] for row in recorded) - x, sum(row[2] for row in recorded) - n
            if min(n, m) >= 10:
                gap = Fraction(x, n) - Fraction(y, m)
                children = math.copysign(math.floor(abs(gap * n) + Fraction(1, 2)), gap)
                made[id, group] = (float(gap), *slow_newcombe(x, n, y, m), children, slow_fisher(x, n, y, m))
    clear = slow_clear([row[-1] for row in made.values()])
    return {key: (*row, is_clear) for (key, row), is_clear in zip(made.items(), clear, strict=True)}


@given(several)
def test_all_comparisons_of_a_page(shown):
    compared = compare(*(one_quarter(id, named(shares)) for id, shares in shown.items()))
    assert set(compared) == {(id, group) for id, shares in shown.items() for group, _, _ in named(shares)}
    expected = slow(shown)
    assert {key for key, row in compared.items() if row["difference"] is not None} == set(expected)
    for key, (difference, lower, upper, children, p, clear) in expected.items():
        row = compared[key]
        assert (row["difference"], row["lower"], row["upper"], row["p_value"]) == pytest.approx((difference, lower, upper, p), abs=1e-6)
        assert (row["children"], row["clear"]) == (children, clear)
        assert row["standing"] == slow_standing(key[0], lower, upper, clear)


def slow_standing(id, lower, upper, clear):
    if lower <= 0 <= upper:
        return "no clear difference"
    is_better = (lower > 0) == (id == HIGHER)
    return ("" if clear else "maybe ") + ("better" if is_better else "worse")


@given(several)
def test_a_group_and_its_rest_are_all_whose_group_is_recorded(shown):
    for id, shares in shown.items():
        recorded = [row for row in named(shares) if row[0] != "Not recorded"]
        for row in compare(one_quarter(id, named(shares))).values():
            if row["group"] == "Not recorded":
                assert (row["rest_numerator"], row["rest_denominator"], row["difference"]) == (None, None, None)
            else:
                assert row["numerator"] + row["rest_numerator"] == sum(x for _, x, _ in recorded)
                assert row["denominator"] + row["rest_denominator"] == sum(n for _, _, n in recorded)


@given(several)
def test_the_gap_that_matters_most(shown):
    found = equality.gaps_against(equality.compare([one_quarter(id, named(shares)) for id, shares in shown.items()]))
    worse = {key: row for key, row in slow(shown).items() if slow_standing(key[0], row[1], row[2], row[5]) == "worse"}
    assert found.height == len(worse)
    if worse:
        first = found.row(0, named=True)
        assert abs(first["children"]) == max(abs(row[3]) for row in worse.values())
        assert (first["measure"], first["group"]) in worse


@given(one_measure, st.sampled_from(PLACEMENTS))
def test_a_gap_over_time_is_that_of_each_period(shares, group):
    measure = get(HIGHER)
    cells = facts(measure, [(3, 12), (0, 0), (5, 40)], {"placement": named(shares)})
    rows, totals = summarise(measure, cells, by=("placement",)), summarise(measure, cells)
    over_time = equality.over_time(measure, PLACEMENT, group, rows, totals)
    expected = [
        row for period in totals["period"]
        for row in equality.compare([equality.at(measure, PLACEMENT, rows, totals, period)]).iter_rows(named=True) if row["group"] == group
    ]
    same = ("period", "numerator", "denominator", "difference", "lower", "upper", "p_value", "certainty")
    there = over_time.filter(pl.col("denominator") > 0)
    assert there.select(same).rows() == [tuple(row[name] for name in same) for row in expected]


class TestStanding:
    def test_directions(self):
        found = [("foster_carer", 80, 100), ("residential", 20, 100)]
        compared = compare(one_quarter(HIGHER, found), one_quarter(LOWER, found))
        assert compared[HIGHER, "foster_carer"]["standing"] == compared[LOWER, "residential"]["standing"] == Standing.BETTER.value
        assert compared[LOWER, "foster_carer"]["standing"] == compared[HIGHER, "residential"]["standing"] == Standing.WORSE.value

    def test_small_groups_are_not_called_equal(self):
        compared = compare(one_quarter(HIGHER, [("foster_carer", 50, 100), ("residential", 4, 9), ("special_guardian", 6, 12)]))
        assert compared[HIGHER, "residential"]["standing"] == Standing.TOO_FEW.value
        assert compared[HIGHER, "special_guardian"]["standing"] == Standing.NO_CLEAR_DIFFERENCE.value
        assert compared[HIGHER, "special_guardian"]["certainty"] == "unreliable"

    def test_what_many_comparisons_leave_unclear(self):
        alone = one_quarter(HIGHER, [("foster_carer", 60, 100), ("residential", 45, 100)])
        assert compare(alone)[HIGHER, "residential"]["standing"] == Standing.WORSE.value
        many = [one_quarter(id, [("foster_carer", 50, 100), ("residential", 50, 100)]) for id in ("suspended", LOWER, "carer_trained")]
        assert compare(alone, *many)[HIGHER, "residential"]["standing"] == Standing.MAYBE_WORSE.value

    def test_a_group_without_others(self):
        compared = compare(one_quarter(HIGHER, [("residential", 45, 100), ("Not recorded", 5, 50)]))
        assert compared[HIGHER, "residential"]["standing"] == Standing.ALONE.value
        assert compared[HIGHER, "Not recorded"]["standing"] == Standing.NOT_RECORDED.value
        assert compared[HIGHER, "Not recorded"]["value"] == 0.1

    @pytest.mark.parametrize("id", [measure.id for measure in measures() if not equality.comparable(measure)])
    def test_only_shares_are_compared(self, id):
        compared = compare(one_quarter(id, [("foster_carer", 60, 100), ("residential", 20, 100), ("special_guardian", 2, 9)]))
        assert compared[id, "residential"]["standing"] == Standing.VALUE_ONLY.value
        assert compared[id, "residential"]["value"] is not None
        assert compared[id, "residential"]["difference"] is None
        few = Standing.TOO_FEW if equality.counts_children(get(id)) else Standing.VALUE_ONLY
        assert compared[id, "special_guardian"]["standing"] == few.value

    def test_a_table_in_no_source(self):
        groups = one_quarter(HIGHER, [("foster_carer", 60, 100), ("residential", 20, 100)], provided=frozenset())
        assert groups.rows.height == 0
        measure = groups.measure
        absent = facts(measure, [(0, 0)], {"placement": [("residential", 0, 20)]}, provided=frozenset())
        rows, totals = summarise(measure, absent, by=("placement",)), summarise(measure, absent)
        chosen = equality.at(measure, PLACEMENT, rows, totals, str(totals["period"][-1]))
        assert compare(chosen)[HIGHER, "residential"]["standing"] == Standing.NO_DATA.value


class TestHidden:
    FOUND = (("foster_carer", 80, 100), ("residential", 20, 100), ("special_guardian", 15, 40), ("Not recorded", 5, 20))

    def test_a_hidden_group_has_no_numbers_and_the_others_keep_theirs(self):
        whole = one_quarter(HIGHER, self.FOUND)
        compared, exact = compare(hide(whole, "residential")), compare(whole)
        hidden = compared[HIGHER, "residential"]
        assert hidden["standing"] == Standing.HIDDEN.value
        assert [hidden[name] for name in ("numerator", "value", "value_lower", "rest_value", "difference", "p_value")] == [None] * 6
        for group in ("foster_carer", "special_guardian"):
            assert compared[HIGHER, group]["difference"] == exact[HIGHER, group]["difference"]

    @pytest.mark.parametrize("totals", [True, False])
    def test_where_a_side_is_hidden_nothing_is_compared(self, totals):
        name = "Not recorded" if totals else "residential"
        compared = compare(hide(one_quarter(HIGHER, self.FOUND), name, totals=totals))
        assert compared[HIGHER, "foster_carer"]["standing"] == Standing.HIDDEN.value
        assert compared[HIGHER, "foster_carer"]["value"] == 0.8
        assert compared[HIGHER, "foster_carer"]["rest_value"] is None

    def test_a_number_left_in_a_hidden_row_is_not_used(self):
        groups = one_quarter(HIGHER, self.FOUND)
        hidden = pl.col("placement") == "residential"
        rows = groups.rows.with_columns(pl.when(hidden).then(pl.lit("hidden")).otherwise(pl.col("state")).alias("state"))
        row = compare(Groups(groups.measure, groups.breakdown, rows, groups.total))[HIGHER, "residential"]
        assert (row["numerator"], row["value"], row["difference"]) == (None, None, None)


class TestPeriod:
    def two_quarters(self, **more):
        measure = get(HIGHER)
        cells = facts(measure, [(30, 60), (0, 0)], {"placement": [("residential", 4, 20)]}, **more)
        return measure, summarise(measure, cells, by=("placement",)), summarise(measure, cells)

    def test_the_latest_complete_one(self):
        measure, rows, totals = self.two_quarters()
        assert equality.at(measure, PLACEMENT, rows, totals).rows["period"].to_list() == ["2020-21 Q2"]

    def test_an_incomplete_one_takes_no_part(self):
        measure, rows, totals = self.two_quarters(last_complete=False)
        chosen = equality.at(measure, PLACEMENT, rows, totals)
        assert chosen.rows.select("period", "placement").rows() == [("2020-21 Q1", "Not recorded")]
        assert chosen.total["denominator"].to_list() == [60]

    def test_a_chosen_one(self):
        measure, rows, totals = self.two_quarters()
        assert equality.at(measure, PLACEMENT, rows, totals, "2020-21 Q1").rows["denominator"].to_list() == [60]
        assert equality.compare([equality.at(measure, PLACEMENT, rows, totals, "1999-00 Q1")]).height == 0

    def test_groups_stand_in_the_breakdowns_order(self):
        found = [("Not recorded", 1, 20), ("residential", 1, 20), ("foster_carer", 1, 20)]
        assert one_quarter(HIGHER, found).rows["placement"].to_list() == ["foster_carer", "residential", "Not recorded"]


def test_nothing_to_compare():
    empty = Facts(facts(get(HIGHER), [(1, 2)]).cells.clear(), facts(get(HIGHER), [(1, 2)]).periods, frozenset())
    measure = get(HIGHER)
    groups = equality.at(measure, PLACEMENT, summarise(measure, empty, by=("placement",)), summarise(measure, empty))
    assert equality.compare([groups]).schema == equality.compare([]).schema == equality.RESULT
    assert equality.gaps_against(equality.compare([groups])).height == 0
    assert equality.over_time(measure, PLACEMENT, "residential", groups.rows, groups.total).height == 0
