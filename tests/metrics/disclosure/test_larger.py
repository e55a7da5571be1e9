"""A population within a larger one: what the larger one shows can't be hidden in the smaller one, as everybody can subtract."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from metrics.disclosure.audit import NO_LIMIT
from metrics.disclosure.family import ALL
from metrics.disclosure.larger import Larger, empty_in_larger, groups_told_to_hide, hide_in_larger, most_more
from metrics.disclosure.values import Children
from tests.metrics.disclosure.made_up import children_of, counted, hides, protected, shown

LARGER, SMALLER = "education_plan", "persistent_absence"
AXES = ("sex", "age_band")
Group = tuple[str, str]


def seen_of_both(larger: dict[Group, int], smaller: dict[Group, int]) -> tuple[dict[Group, int], dict[Group, int]]:
    """What is shown of the children of the larger and the smaller population, of whom half have the outcome."""
    frame = children_of(AXES, {
        group: {LARGER: (count, count // 2), SMALLER: (smaller[group], smaller[group] // 2)} for group, count in larger.items()
    })
    hidden = protected(frame, (LARGER, SMALLER))
    return shown(frame, hidden, LARGER, AXES), shown(frame, hidden, SMALLER, AXES)


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
    seen_of_larger, seen = seen_of_both(larger, smaller)
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
    seen_of_larger, seen = seen_of_both(larger, smaller)
    assert ("F", "0 to 4") not in seen_of_larger
    assert ("F", ALL) not in seen_of_larger or ("F", ALL) not in seen


SIX = {("F", "5 to 10"): 110, ("M", "5 to 10"): 90, ("F", "11 to 15"): 60, ("M", "11 to 15"): 60}


def both(smaller: dict[Group, int]) -> tuple[Children, Children]:
    """The children of the larger population, as SIX has them, and of the smaller one."""
    frame = children_of(AXES, {group: {LARGER: (count, 0), SMALLER: (smaller.get(group, 0), 0)} for group, count in SIX.items()})
    return counted(frame, LARGER), counted(frame, SMALLER)


def test_no_cell_can_hold_more_than_the_larger_population_shows() -> None:
    larger, smaller = both({("M", "5 to 10"): 88, ("F", "5 to 10"): 11})
    pattern = hides(larger, AXES, [("F", "5 to 10")])
    within = replace(smaller, within=[Larger(larger.rows, larger.values, pattern, apart=False)])
    most = dict(zip(cells_of(larger), most_more(within, AXES, within.counted(*AXES)[0]).ravel().tolist(), strict=True))
    assert most == {("F", "5 to 10"): NO_LIMIT, ("M", "5 to 10"): 2, ("F", "11 to 15"): 60, ("M", "11 to 15"): 60}
    assert (within.measured(*AXES).growth[0].ravel() == list(most.values())).all()


@pytest.mark.parametrize("total_hidden", [False, True])
def test_a_cell_is_known_to_be_empty_where_all_of_its_line_are_in_a_smaller_population(total_hidden: bool) -> None:
    """All girls of both ages go to school, and none of them is in a third group of age: so none of the girls with plans is, either."""
    frame = children_of(AXES, {
        ("F", "5 to 10"): dict.fromkeys((LARGER, SMALLER), (40, 0)), ("F", "11 to 15"): dict.fromkeys((LARGER, SMALLER), (30, 0)),
        ("M", "0 to 4"): {LARGER: (25, 0), SMALLER: (0, 0)}, ("M", "5 to 10"): {LARGER: (50, 0), SMALLER: (30, 0)},
    })
    larger, smaller = counted(frame, LARGER), counted(frame, SMALLER)
    hidden = hides(larger, AXES, [(sex, age) for sex in "FM" for age in ("0 to 4", "5 to 10")])
    pattern = hides(smaller, ("sex", ALL), [("F", ALL)] if total_hidden else [])
    told = empty_in_larger(Larger(larger.rows, larger.values, hidden, apart=False), smaller, pattern, AXES)
    empty = [cell for cell, known in zip(cells_of(larger), told.ravel(), strict=True) if known]
    assert empty == ([] if total_hidden else [("F", "0 to 4")])


def cells_of(children: Children) -> list[Group]:
    return list(itertools.product(*(children.rows.axes[name].groups for name in AXES)))


TEAMS = ("North", "South")
EVERYWHERE = {
    ("adopted", "North"): 16, ("adopted", "South"): 18, ("adopted", "Permanence"): 25, ("care_order", "North"): 34,
    ("care_order", "South"): 42,
    ("edge_of_care", "South"): 4, ("edge_of_care", "Permanence"): 59, ("section_20", "North"): 11, ("section_20", "South"): 10,
}


@pytest.mark.parametrize(("elsewhere_shown", "expected"), [(True, [("care_status", "adopted")]), (False, [])])
def test_a_group_whose_others_are_all_seen_in_the_larger_population_is_told(elsewhere_shown: bool, expected: list[Group]) -> None:
    """All children with plans in two teams go to school. Nobody in section 20 care is with a third: so all 21 of them go to school, and of
    the 25 whose care status is hidden 4 are at the edge of care."""
    axes = ("care_status", "team")
    frame = children_of(axes, {
        group: {LARGER: (count, 0), SMALLER: (count if group[1] in TEAMS else 0, 0)} for group, count in EVERYWHERE.items()
    })
    larger, smaller = counted(frame, LARGER), counted(frame, SMALLER)
    every = (*TEAMS, "Permanence")
    away = [("edge_of_care", team) for team in every] + [("section_20", team) for team in (TEAMS if elsewhere_shown else every)]
    seen = Larger(larger.rows, larger.values, hides(larger, axes, away), apart=False)
    pattern = hides(smaller, ("care_status", ALL), [("edge_of_care", ALL), ("section_20", ALL)])
    found = list(groups_told_to_hide(replace(smaller, within=[seen]), pattern, axes))
    statuses = larger.rows.axes["care_status"].groups
    assert [(name, statuses[number]) for name, groups in found for number in np.flatnonzero(groups[0])] == expected


@pytest.mark.parametrize(("elsewhere", "seen_of_adopted"), [(8, False), (30, True)])
def test_few_more_children_are_not_seen_by_two_totals_where_a_breakdown_says_who_they_are(elsewhere: int, seen_of_adopted: bool) -> None:
    """The smaller population is nearly everybody of two teams. That eight more are adopted in the larger one says how many of the third
    team are."""
    axes = ("care_status", "team")
    here = {("adopted", "North"): 15, ("adopted", "South"): 16, ("care_order", "North"): 35, ("care_order", "South"): 45}
    counts = {group: {LARGER: (count, 0), SMALLER: (count - (group == ("care_order", "North")), 0)} for group, count in here.items()}
    others = {"adopted": elsewhere, "section_20": 44, "edge_of_care": 40}
    frame = children_of(axes, counts | {(status, "Permanence"): {LARGER: (count, 0), SMALLER: (0, 0)} for status, count in others.items()})
    hidden = protected(frame, (LARGER, SMALLER))
    assert ("adopted", ALL) in shown(frame, hidden, LARGER, axes)
    assert (("adopted", ALL) in shown(frame, hidden, SMALLER, axes)) == seen_of_adopted


@pytest.mark.parametrize("nobody_seen", [True, False])
def test_a_group_more_is_hidden_where_the_hidden_ones_tell_of_few_of_a_kind(nobody_seen: bool) -> None:
    """Nobody at the edge of care is in the smaller population. That of all who are not from the UK it has four fewer says that at most four
    of these are at the edge of care."""
    axes = ("care_status", "origin")
    elsewhere = {("edge_of_care", "overseas"): 3, ("edge_of_care", "Not recorded"): 1, ("edge_of_care", "uk"): 36}
    here = {("care_order", "overseas"): 7, ("care_order", "Not recorded"): 3, ("care_order", "uk"): 99}
    frame = children_of(axes, {
        group: {LARGER: (count, 0), SMALLER: (count if group in here else 0, 0)} for group, count in (elsewhere | here).items()
    })
    larger, smaller = counted(frame, LARGER), counted(frame, SMALLER)
    origins = [("overseas", ALL), ("Not recorded", ALL)]
    within = replace(smaller, within=[Larger(larger.rows, larger.values, hides(larger, ("origin", ALL), origins), apart=False)])
    pattern = hides(smaller, ("origin", ALL), origins)
    if not nobody_seen:
        edge = larger.rows.axes["care_status"].groups.index("edge_of_care")
        for other in larger.rows.axes:
            pattern.of("care_status", other)[0, edge] = True
    found = [(name, larger.rows.axes[name].groups[number]) for name, groups in groups_told_to_hide(within, pattern, axes)
             for number in np.flatnonzero(groups[0])]
    assert found == ([("origin", "uk")] if nobody_seen else [])


def test_a_cell_that_is_hidden_for_a_third_population_is_hidden_in_the_larger_one_that_tells_it() -> None:
    """What a population hides because of one within it is shown by a larger one as long as the two are about the same."""
    larger, smaller = both(SIX | {("M", "11 to 15"): 58})
    within = Larger(larger.rows, larger.values, hides(larger, AXES, []), apart=False)
    pattern = hides(smaller, AXES, [("F", "5 to 10"), ("M", "5 to 10")])
    cell = (0, larger.rows.axes["sex"].groups.index("F"), larger.rows.axes["age_band"].groups.index("5 to 10"))
    pattern.hide_also(*AXES, smaller.counted(*AXES)[0].shape)[cell] = True
    assert hide_in_larger(replace(smaller, within=[within]), pattern, AXES).tolist() == [True]
    assert np.argwhere(within.pattern.also[AXES]).tolist() == [list(cell)]
