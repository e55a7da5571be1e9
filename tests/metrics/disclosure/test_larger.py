"""A population within a larger one: what the larger one shows can't be hidden in the smaller one, as everybody can subtract."""

from __future__ import annotations

import itertools

import polars as pl
import pytest

from config.disclosure import disclosure_rules
from metrics.breakdowns import EVERY
from metrics.catalogue import get
from metrics.disclosure.family import ALL, unit_rows
from metrics.disclosure.protection import Protected, protect_unit

PERIOD = "2025/26"
LARGER, SMALLER = "education_plan", "persistent_absence"
Group = tuple[str, str]


def rows(larger: dict[Group, int], smaller: dict[Group, int]) -> pl.DataFrame:
    """Children by sex and age band, alike in all else: how many are in the larger population, and of these in the smaller one."""
    constant = {name: "Not recorded" for name in EVERY if name not in ("authority", "region")}
    made = []
    for (sex, age_band), children in larger.items():
        for number in range(children):
            inside = int(number < smaller[sex, age_band])
            made.append({
                "period": PERIOD, **constant, "sex": sex, "age_band": age_band,
                f"{LARGER}.children": 1, f"{LARGER}.with": number % 2, f"{LARGER}.without": 1 - number % 2,
                f"{SMALLER}.children": inside, f"{SMALLER}.with": inside * (number % 2), f"{SMALLER}.without": inside * (1 - number % 2),
            })
    return pl.DataFrame(made)


def protected(frame: pl.DataFrame) -> Protected:
    return protect_unit(frame, (PERIOD,), (get(LARGER), get(SMALLER)), disclosure_rules())


def shown(frame: pl.DataFrame, hidden: Protected, measure: str) -> dict[Group, int]:
    """What a viewer sees of a measure's children: the table, its rows, its columns and its total."""
    unit = unit_rows(frame, (PERIOD,))
    values = frame[f"{measure}.children"].to_numpy().astype(float)
    seen = {}
    for first, second in itertools.product(("sex", ALL), ("age_band", ALL)):
        size, mask = unit.sums(values, first, second)[0], hidden.denominators[measure].of(first, second)[0]
        for (row, group), (column, other) in itertools.product(enumerate(unit.axes[first].groups), enumerate(unit.axes[second].groups)):
            if not mask[row, column]:
                seen[group, other] = int(size[row, column])
    return seen


def by_subtraction(seen_of_larger: dict[Group, int], seen: dict[Group, int], groups: tuple[list[str], list[str]]) -> dict[Group, int]:
    """Plain arithmetic: where the two have the same total of a line, they have the same in each of its cells; and what is the only one
    missing of a line is the rest of its total. Again and again, until nothing new is found."""
    known, before = dict(seen), -1
    while len(known) > before:
        before = len(known)
        for line in [*([(group, other) for other in groups[1]] for group in groups[0]),
                     *([(group, other) for group in groups[0]] for other in groups[1])]:
            same = {cell[0] for cell in line}
            margin = (line[0][0], ALL) if len(same) == 1 else (ALL, line[0][1])
            if margin in known and known[margin] == seen_of_larger.get(margin):
                known.update({cell: seen_of_larger[cell] for cell in line if cell in seen_of_larger})
            missing = [cell for cell in line if cell not in known]
            if margin in known and len(missing) == 1:
                known[missing[0]] = known[margin] - sum(known[cell] for cell in line if cell != missing[0])
    return known


SCHOOL = {("F", "5 to 10"): 20, ("M", "5 to 10"): 31, ("F", "11 to 15"): 24, ("M", "11 to 15"): 33}


@pytest.mark.parametrize("preschool", [(15, 7, 16, 12), (30, 8, 25, 14), (12, 9, 40, 11)])
def test_the_same_children_of_a_school_age_do_not_give_away_the_others(preschool: tuple[int, int, int, int]) -> None:
    """Of a school age everybody goes to school, so that both measures have the same children; of the youngest only few do."""
    girls, of_them, boys, of_these = preschool
    larger = SCHOOL | {("F", "0 to 4"): girls, ("M", "0 to 4"): boys}
    smaller = SCHOOL | {("F", "0 to 4"): of_them, ("M", "0 to 4"): of_these}
    frame = rows(larger, smaller)
    hidden = protected(frame)
    seen_of_larger, seen = shown(frame, hidden, LARGER), shown(frame, hidden, SMALLER)
    groups = (["F", "M"], ["0 to 4", "11 to 15", "5 to 10"])
    assert ("F", "0 to 4") not in seen
    assert ("F", "0 to 4") not in by_subtraction(seen_of_larger, seen, groups)
    assert seen.keys() & {("F", ALL), ("M", ALL), (ALL, "5 to 10"), (ALL, "11 to 15")}


def test_the_arithmetic_of_this_test_finds_what_is_hidden_in_one_of_the_two_only() -> None:
    """So that the test above can fail."""
    totals = {("F", ALL): 59, ("M", ALL): 80, (ALL, "5 to 10"): 51, (ALL, "11 to 15"): 57}
    larger = SCHOOL | totals | {("F", "0 to 4"): 15, ("M", "0 to 4"): 16}
    seen = {("F", ALL): 51, ("M", ALL): 76, (ALL, "5 to 10"): 51, (ALL, "11 to 15"): 57, ("M", "11 to 15"): 33, ("F", "11 to 15"): 24}
    assert by_subtraction(larger, seen, (["F", "M"], ["0 to 4", "11 to 15", "5 to 10"]))["F", "0 to 4"] == 7


def test_few_of_a_kind_that_only_the_larger_population_has_are_not_seen_by_two_totals() -> None:
    """Four girls are too young to be counted in the smaller population. That it has four girls fewer would tell."""
    larger = SCHOOL | {("F", "0 to 4"): 4, ("M", "0 to 4"): 40}
    smaller = SCHOOL | {("F", "0 to 4"): 0, ("M", "0 to 4"): 0, ("M", "5 to 10"): 30}
    frame = rows(larger, smaller)
    hidden = protected(frame)
    seen_of_larger, seen = shown(frame, hidden, LARGER), shown(frame, hidden, SMALLER)
    assert ("F", "0 to 4") not in seen_of_larger
    assert ("F", ALL) not in seen_of_larger or ("F", ALL) not in seen
