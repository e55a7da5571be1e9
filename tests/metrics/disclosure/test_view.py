"""The protected view's rules, each on made-up children: held against the true numbers and against rules in plain Python."""

from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.disclosure import disclosure_rules
from config.settings import PROJECT_FOLDER
from metrics.disclosure.pairs import is_offered
from metrics.disclosure.rounding import steps, to_base, uniform
from metrics.measures.catalogue import get, measures
from metrics.statistics import intervals
from tests.metrics.disclosure.made_up import GROUPS, PERIOD, SECRET, Child, another, children, shown

PLAN, MEAN, ATTENDANCE = get("education_plan"), get("social_emotional_mean"), get("attendance")
SUSPENSIONS, ASSESSED = get("suspension_rate"), get("assessed_before_programme")
EVERY_KIND = (PLAN, MEAN, ATTENDANCE, SUSPENSIONS, ASSESSED)
TABLES: tuple[tuple[str, ...], ...] = ((), *((name,) for name in GROUPS), *itertools.combinations(GROUPS, 2))
NUMBERS = ("numerator", "denominator", "value", "lower", "upper", "state", "rounded")
some_children = st.builds(children, st.integers(0, 10_000), st.integers(0, 150), st.floats(0, 1))


def truth(counted: list[Child], by: tuple[str, ...]) -> dict[tuple[str, ...], tuple[int, int]]:
    """n and k of every combination of groups."""
    names, sums = list(GROUPS), defaultdict(lambda: [0, 0])
    for child in counted:
        place = tuple(child.groups[names.index(name)] for name in by)
        sums[place][0] += 1
        sums[place][1] += child.outcome
    return {place: (sums[place][0], sums[place][1]) for place in itertools.product(*(GROUPS[name] for name in by))}


def rounded_by_hand(number: int, draw: float, base: int = 3) -> int:
    """Down with the probability that keeps the mean, up otherwise; a multiple stays."""
    rest = number % base
    return number + base - rest if draw < rest / base else number - rest


def proportion_by_hand(n: int, k: int, key: int, ways: int) -> dict[str, Any]:
    """Rules 3, 4 and 7, of a group (`ways` 1 or 2) or a total (0)."""
    (draw_n,), (draw_k,) = uniform(SECRET, [key], [PERIOD], "n"), uniform(SECRET, [key], [PERIOD], PLAN.id, "k")
    few = min(k, n - k)
    is_rounded = ways > 0 or few < 6
    shown_n = rounded_by_hand(n, draw_n) if ways else n
    shown_few = min(rounded_by_hand(few, draw_k), shown_n) if is_rounded else few
    shown_k = shown_few if k <= n - k else shown_n - shown_few
    nothing = dict.fromkeys(("numerator", "denominator", "value", "lower", "upper"))
    if (n < 10 and not ways) or (ways and shown_n < 12):
        return {**nothing, "state": "hidden", "rounded": ways > 0}
    if ways == 2 and shown_n < 21:
        return {**nothing, "denominator": shown_n, "state": "hidden", "rounded": True}
    value = shown_k / shown_n
    lower, upper = intervals.proportion(shown_k, shown_n)
    if is_rounded:
        smaller = min(value, 1 - value) if ways else 0.0
        error = 1.959964 * math.sqrt(4 / 3 * (1 + smaller**2)) / shown_n
        lower, upper = max(value - math.hypot(value - lower, error), 0), min(value + math.hypot(upper - value, error), 1)
        if 0 < shown_k < shown_n:
            value = min(max(math.floor(value * 100 + 0.5), 1), 99) / 100
    return {
        "numerator": shown_k, "denominator": shown_n, "value": value, "lower": lower, "upper": upper, "state": "shown",
        "rounded": is_rounded,
    }


@settings(max_examples=25)
@given(some_children)
def test_a_proportion_is_what_the_rules_say_by_hand(counted: list[Child]) -> None:
    names = list(GROUPS)
    for by in TABLES if counted else ():
        sums = truth(counted, by)
        found = {tuple(row[name] for name in by): row for row in shown(PLAN, counted, by)}
        assert found.keys() == sums.keys()
        for place, (n, k) in sums.items():
            key = sum(c.key for c in counted if all(c.groups[names.index(name)] == g for name, g in zip(by, place, strict=True)))
            wanted = proportion_by_hand(n, k, key, len(by))
            for name in NUMBERS:
                assert found[place][name] == (pytest.approx(wanted[name], abs=1e-6) if wanted[name] is not None else None), (place, name)


@settings(max_examples=8)
@given(some_children, st.randoms())
def test_the_same_children_give_the_same_numbers_whichever_way_led_there(counted: list[Child], order: random.Random) -> None:
    shuffled = list(counted)
    order.shuffle(shuffled)
    for measure in EVERY_KIND if counted else ():
        for by in TABLES:
            assert shown(measure, counted, by) == shown(measure, shuffled, by)
        by_both = {(row["sex"], row["origin"]): row for row in shown(measure, counted, ("sex", "origin"))}
        for sex, origin in by_both:
            for filtered in (
                [row for row in shown(measure, counted, ("sex",), where={"origin": origin}) if row["sex"] == sex],
                [row for row in shown(measure, counted, ("origin",), where={"sex": sex}) if row["origin"] == origin],
                shown(measure, counted, where={"sex": sex, "origin": origin}),
            ):
                assert [[row[name] for name in NUMBERS] for row in filtered] == [[by_both[sex, origin][name] for name in NUMBERS]]


IN_ANOTHER_PROCESS = """
from tests.metrics.disclosure.test_view import PLAN, children, shown
print([(row["numerator"], row["denominator"]) for row in shown(PLAN, children(7, 120), ("placement",))])
"""


def test_another_process_gives_the_same_numbers() -> None:
    here = [(row["numerator"], row["denominator"]) for row in shown(PLAN, children(7, 120), ("placement",))]
    done = subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(here)


def test_one_child_more_is_a_new_draw_and_so_is_another_secret_period_or_measure() -> None:
    keys = [random.Random(seed).randrange(2**40) for seed in range(400)]
    draws = uniform(SECRET, keys, [PERIOD] * 400, "n")
    others = (
        uniform(SECRET, [key + 12345 for key in keys], [PERIOD] * 400, "n"), uniform(b"another", keys, [PERIOD] * 400, "n"),
        uniform(SECRET, keys, ["2025-26 Q2"] * 400, "n"), uniform(SECRET, keys, [PERIOD] * 400, PLAN.id, "k"),
    )
    for other in others:
        assert not (draws == other).any()
        assert abs(((draws - 0.5) * (other - 0.5)).mean()) < 4 * (1 / 12) / math.sqrt(400)  # they have nothing to do with each other
    assert ((draws >= 0) & (draws < 1)).all() and abs(draws.mean() - 0.5) < 4 * math.sqrt(1 / 12 / 400)


@pytest.mark.parametrize("base", [3, 5])
def test_rounding_keeps_the_mean_and_is_never_further_off_than_below_the_base(base: int) -> None:
    draws = uniform(SECRET, range(6000), [PERIOD] * 6000, "n")
    for number in range(3 * base):
        found = to_base([number] * 6000, draws, base)
        assert set(found % base) == {0} and (abs(found - number) < base).all()
        assert abs(found.mean() - number) < 4 * base / 2 / math.sqrt(6000)
        assert found.tolist() == [rounded_by_hand(number, draw, base) for draw in draws]
    noise = steps(draws)
    assert set(noise.tolist()) == {-2, -1, 0, 1, 2} and abs(noise.mean()) < 4 * math.sqrt(4 / 3 / 6000)
    assert abs((noise**2).mean() - 4 / 3) < 0.1


@settings(max_examples=25)
@given(some_children, st.sampled_from([3, 5]))
def test_no_group_of_few_ever_shows_and_every_number_is_near_the_truth(counted: list[Child], base: int) -> None:
    for by in TABLES[1:] if counted else ():
        sums = truth(counted, by)
        for row in shown(PLAN, counted, by, base=base):
            n, k = sums[tuple(row[name] for name in by)]
            assert row["rounded"]
            if row["denominator"] is None:
                assert n < (12 if base == 3 else 15) + base and row["numerator"] is None
                continue
            assert n >= 10 and row["denominator"] % base == 0 and abs(row["denominator"] - n) < base
            if row["numerator"] is not None:
                assert row["numerator"] % base == 0 and 0 <= row["numerator"] <= row["denominator"]
                smaller = row["numerator"] if k <= n - k else row["denominator"] - row["numerator"]
                assert abs(smaller - min(k, n - k)) < base


def test_totals_of_another_cohort_and_of_a_part_are_rounded_like_groups() -> None:
    counted = children(3, 100)
    (own,), (other,) = shown(PLAN, counted), shown(PLAN, counted, exact_totals_of=())
    assert not own["rounded"] and own["denominator"] == 100 and own["numerator"] == sum(child.outcome for child in counted)
    assert other["rounded"] and other["denominator"] % 3 == other["numerator"] % 3 == 0
    (in_care,) = shown(get("persistent_absence_in_care"), counted)
    assert in_care["rounded"] and in_care["denominator"] % 3 == 0
    assert {measure.id for measure in measures() if measure.part_of} == {
        measure.id for measure in measures() if measure.id.endswith("_in_care")
    }


def test_events_are_shown_by_how_many_children_they_are_of() -> None:
    few = [another(child, events=4, groups=("F", "foster_carer", "uk")) for child in children(5, 9)]
    many = [another(child, groups=("M", "foster_carer", "uk")) for child in children(6, 40)]
    by_sex = {row["sex"]: row for row in shown(ASSESSED, [*few, *many], ("sex",))}
    assert by_sex["F"]["state"] == "hidden" and by_sex["F"]["denominator"] is None and by_sex["M"]["state"] == "shown"
    (alone,) = shown(ASSESSED, few)
    assert alone["state"] == "hidden" and alone["denominator"] is None


def test_means_and_ratios_of_groups_have_noise_and_their_totals_have_none() -> None:
    off: dict[str, list[float]] = defaultdict(list)
    for seed in range(30):
        counted = children(seed, 90)
        for measure, highest in ((MEAN, 40.0), (ATTENDANCE, 1.0)):
            (total,) = shown(measure, counted)
            assert not total["rounded"] and total["value"] == pytest.approx(total["numerator"] / total["denominator"])
            for row in shown(measure, counted, ("sex",)):
                if row["value"] is None:
                    continue
                own = [child for child in counted if child.groups[0] == row["sex"]]
                attended = sum(child.sessions - (child.sessions // 4) * child.outcome for child in own)
                mean = sum(child.score for child in own) / len(own)
                true = mean if measure is MEAN else attended / sum(child.sessions for child in own)
                step = (8.0 if measure is MEAN else 0.25) / len(own)
                whole = 0.05 if measure is MEAN else 0.005
                assert abs(row["value"] - true) <= 2 * step + whole + 1e-9
                assert row["value"] == pytest.approx(round(row["value"], 1 if measure is MEAN else 2))
                assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= highest
                off[measure.id].append((row["value"] - true) / step)
    for errors in off.values():
        assert len(errors) > 40 and abs(sum(errors) / len(errors)) < 4 * math.sqrt(1.5 / len(errors))
        assert sum(error**2 for error in errors) / len(errors) > 0.8


def test_rates_of_groups_have_rounded_events_and_an_exposure_that_follows_the_children() -> None:
    counted = children(11, 140, 0.2)
    for row in shown(SUSPENSIONS, counted, ("sex",)):
        assert row["numerator"] % 3 == row["denominator"] % 3 == 0
        assert row["value"] == pytest.approx(100 * row["numerator"] / row["denominator"])
    (total,) = shown(SUSPENSIONS, counted)
    assert (total["numerator"], total["denominator"]) == (sum(child.outcome for child in counted), 140)


def test_only_pairs_that_go_together_are_offered_and_one_group_a_filter() -> None:
    rules = disclosure_rules()
    first, others = ("sex", "age_band", "placement"), ("care_status", "ethnicity_group", "disabled", "mental_health_problem", "origin")
    wanted = {frozenset(pair) for pair in [*itertools.combinations(first, 2), *itertools.product(first, others)]}
    names = ["placement", "care_status", "ethnicity_group", "ethnicity", "disabled", "mental_health_problem",
             "disability_or_mental_health", "origin", "unaccompanied", "sex", "age_band", "team"]
    for one, other in itertools.permutations(names, 2):
        offered = frozenset((one, other)) in wanted
        assert is_offered((one, other), {}, rules) == is_offered((one,), {other: ("x",)}, rules) == offered
        assert is_offered((), {one: ("x",), other: ("x",)}, rules) == offered
    assert is_offered((), {}, rules) and all(is_offered((name,), {name: ("x",)}, rules) for name in names)
    assert not is_offered((), {"sex": ("F", "M")}, rules) and not is_offered(("sex", "age_band"), {"placement": ("x",)}, rules)


@pytest.mark.parametrize(("seed", "beyond"), list(itertools.product(range(8), (1, 2))))
def test_of_nearly_all_children_what_is_shown_tells_nothing_of_the_one_or_two_beyond(seed: int, beyond: int) -> None:
    """Else whoever knows a child to be the only one who is not in the group subtracts the group from the exact total."""
    many = [another(child, groups=("F", *child.groups[1:])) for child in children(seed, 60, 0.3 + 0.4 * (seed % 2))]
    total = sum(child.outcome for child in many) + beyond
    for measure in (PLAN, SUSPENSIONS):
        seen = set()
        for outcome in itertools.product((0, 1), repeat=beyond):
            left = total - sum(outcome)  # the total stays the same: what the children beyond don't have, others in the group do
            own = [another(child, outcome=int(number < left)) for number, child in enumerate(many)]
            out = [Child(number, ("M", "residential", "uk"), each, 5.0) for number, each in enumerate(outcome)]
            (row,) = (row for row in shown(measure, [*own, *out], ("sex",)) if row["sex"] == "F")
            seen.add((row["numerator"], row["denominator"]))
            if measure is PLAN:
                smaller = row["numerator"] if left <= 30 else row["denominator"] - row["numerator"]
                assert abs(smaller - min(left, len(many) - left)) <= 2
        assert len(seen) == 1


@pytest.mark.parametrize(("seed", "more"), list(itertools.product(range(8), (-2, -1, 1, 2))))
def test_of_another_cohort_of_nearly_the_same_children_what_is_shown_follows_the_exact_total(seed: int, more: int) -> None:
    """Whoever knows the one or two in whom two cohorts differ would subtract one cohort's total from the other's. But no number is one that
    rounding could not give."""
    own = children(seed, 60, 0.2)
    others = [Child(number, ("M", "residential", "uk"), 0) for number in range(abs(more))]
    for measure in (PLAN, SUSPENSIONS):
        seen = set()
        for outcomes in itertools.product((0, 1), repeat=abs(more)):
            them = [another(child, outcome=each) for child, each in zip(others, outcomes, strict=True)]
            fixed = own if more > 0 else [another(child, outcome=int(number < 9 - sum(outcomes))) for number, child in enumerate(own)]
            exact, asked = (fixed, [*fixed, *them]) if more > 0 else ([*fixed, *them], fixed)
            (row,) = shown(measure, asked, exact_totals_of=exact)
            true = sum(child.outcome for child in asked)
            assert row["numerator"] % 3 == 0 and abs(row["numerator"] - true) <= 2 and (true % 3 or row["numerator"] == true)
            seen.add(row["numerator"])
        total = sum(child.outcome for child in own) if more > 0 else 9
        if more < 0 or total % 3 != 0:
            assert len(seen) == 1, "what the one or two have does not show"


def test_another_cohort_of_quite_other_children_keeps_its_own_numbers() -> None:
    own, other = children(1, 60, 0.2), children(2, 61, 0.8)
    (row,) = shown(PLAN, other, exact_totals_of=own)
    assert abs(row["denominator"] - row["numerator"] - sum(1 - child.outcome for child in other)) <= 2


def test_a_mean_of_nearly_all_children_follows_the_totals_and_is_never_more_than_two_steps_off() -> None:
    many = [another(child, groups=("F", *child.groups[1:])) for child in children(2, 60)]
    own = sum(child.score for child in many) / len(many)
    for score in (0.0, 10.0, 20.0, 40.0):
        counted = [*many, Child(7, ("M", "residential", "uk"), 0, score)]
        (row,) = (row for row in shown(MEAN, counted, ("sex",)) if row["sex"] == "F")
        mean = sum(child.score for child in counted) / len(counted)
        assert abs(row["value"] - own) <= 2 * 8 / 60 + 0.05 + 1e-9
        if abs(mean - own) < 4 / 60:
            assert min(abs(row["value"] - mean - step * 8 / 60) for step in range(-2, 3)) <= 0.05 + 4 / 60 + 1e-9
