"""A part of a population, of which the same outcome is shown: nobody may learn of it by subtracting what the whole shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from metrics.disclosure.family import ALL
from metrics.disclosure.protection import Protected
from tests.metrics.disclosure.made_up import RULES, children_of, protected, shown

WHOLE, PART = "suspended", "suspended_in_care"
EDGE = "edge_of_care"
AXES = ("placement", "age_band")
Group = tuple[str, str, str]


def rows(children: Mapping[Group, tuple[int, int]]) -> pl.DataFrame:
    """Children by placement, care status and age band: how many, and how many of them were suspended."""
    return children_of(("placement", "care_status", "age_band"), {
        group: {WHOLE: counts, PART: counts if group[1] != EDGE else (0, 0)} for group, counts in children.items()
    })


def test_ten_with_their_parents_less_seven_at_the_edge_of_care_do_not_tell_of_three_in_care() -> None:
    """Everybody at the edge of care lives with their parents. So who knows how many of both were suspended knows it of the others."""
    frame = rows({
        ("birth_parents", EDGE, "11 to 15"): (31, 7), ("birth_parents", "care_order", "11 to 15"): (34, 3),
        ("foster_carer", "care_order", "11 to 15"): (60, 20), ("foster_carer", "section_20", "11 to 15"): (40, 12),
        ("residential", "care_order", "11 to 15"): (30, 10), ("residential", "section_20", "11 to 15"): (30, 12),
    })
    outcome = shown(frame, protected(frame, (WHOLE, PART)), WHOLE, ("placement", "care_status"), "with")
    assert ("birth_parents", ALL) not in outcome or (ALL, EDGE) not in outcome
    assert outcome.get(("foster_carer", ALL)) == 32  # it is not that everything is hidden


def test_what_the_whole_shows_of_children_who_are_all_in_care_is_known_of_the_part() -> None:
    """Nobody who lives with foster carers is at the edge of care. Six of those of 5 to 10 years were suspended, and ten of all in care of
    that age, so four who live elsewhere."""
    frame = rows({
        ("foster_carer", "care_order", "5 to 10"): (60, 6), ("foster_carer", "care_order", "11 to 15"): (90, 40),
        ("kinship", "care_order", "5 to 10"): (25, 3), ("kinship", "care_order", "11 to 15"): (40, 20),
        ("kinship", EDGE, "5 to 10"): (20, 7), ("kinship", EDGE, "11 to 15"): (30, 12),
        ("birth_parents", "care_order", "5 to 10"): (20, 1), ("birth_parents", "care_order", "11 to 15"): (50, 22),
        ("birth_parents", EDGE, "5 to 10"): (30, 12), ("birth_parents", EDGE, "11 to 15"): (40, 16),
    })
    hidden = protected(frame, (WHOLE, PART))
    assert not list(few_left(frame, hidden))
    assert (ALL, "11 to 15") in shown(frame, hidden, WHOLE, AXES, "with") | shown(frame, hidden, PART, AXES, "with")


def few_left(frame: pl.DataFrame, hidden: Protected) -> Iterator[tuple[tuple[str, str], int]]:
    """Of each line of placement by age of the part: how many with the outcome are left for what nobody is told of, where that is few."""
    seen = shown(frame, hidden, PART, AXES, "with")
    whole = {what: shown(frame, hidden, WHOLE, AXES, what) for what in ("children", "with")}
    here = shown(frame, hidden, PART, AXES)
    same = [cell for cell in here if cell in whole["children"] and here[cell] == whole["children"][cell]]
    known = {cell: whole["with"][cell] for cell in same if cell in whole["with"]} | seen
    placements, ages = (sorted(frame[name].unique()) for name in AXES)
    lines = [((ALL, age), [(placement, age) for placement in placements]) for age in ages]
    lines += [((placement, ALL), [(placement, age) for age in ages]) for placement in placements]
    for total, cells in lines:
        if total in known:
            left = known[total] - sum(known.get(cell, 0) for cell in cells)
            if 0 < left < RULES.smallest_range:
                yield total, left
