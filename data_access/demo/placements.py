"""Placements in care: which, for how long, and which of them break down."""

from __future__ import annotations

import random

from data_access.demo import stories
from data_access.demo.children import CONFIRMED, RISK, Child, Stay
from data_access.demo.school_calendar import OPEN, Quarter, Window, age_at

BY_AGE = (
    (5, {"foster_carer": 0.72, "kinship_foster_carer": 0.20, "birth_parents": 0.08}),
    (11, {"foster_carer": 0.63, "kinship_foster_carer": 0.20, "residential": 0.12, "birth_parents": 0.05}),
    (16, {"foster_carer": 0.45, "kinship_foster_carer": 0.13, "residential": 0.35, "birth_parents": 0.05, "temporary_or_other": 0.02}),
    (18, {"foster_carer": 0.37, "kinship_foster_carer": 0.10, "residential": 0.29, "independent_or_supported": 0.20,
          "secure_or_custody": 0.02, "temporary_or_other": 0.02}),
)
UNACCOMPANIED = {"foster_carer": 0.5, "independent_or_supported": 0.45, "residential": 0.05}
MOVES_A_YEAR = ((0.10, 0.58), (0.55, 0.87), (2.5, 1.0))
"""Moves a year, up to a rank. Most children hardly move; one in ten moves again and again."""
SETTLED = ("kinship_foster_carer", "birth_parents")
OTHER_REASONS = {"CARPL": 0.55, "STAND": 0.04, "CLOSE": 0.05, "ALLEG": 0.03, "CUSTOD": 0.06, "LAREQ": 0.05, "PLACE": 0.07, "OTHER": 0.15}
BREAKDOWN_REASONS = {"CREQB": 0.5, "CREQO": 0.22, "CHILD": 0.28}
PROVIDERS = {
    "foster_carer": ("PR1", "PR1", "PR4"), "kinship_foster_carer": ("PR1",), "residential": ("PR1", "PR4", "PR4"),
    "independent_or_supported": ("PR4", "PR5"), "birth_parents": ("PR0",), "secure_or_custody": ("PR3",),
    "temporary_or_other": ("PR4",), "adoptive_parents": ("PR0",),
}


def new_stay(rng: random.Random, child: Child, start: int, before: str = "") -> Stay:
    """A placement that suits the child's age; a placement with parents or family is rarely followed by another."""
    if child.unaccompanied and age_at(child.born, start) >= 16:
        weights = dict(UNACCOMPANIED)
    else:
        weights = dict(next(weights for under, weights in BY_AGE if age_at(child.born, start) < under))
    if before in SETTLED:
        weights.pop(before, None)
    placement = draw(rng, weights)
    return Stay(placement, start, OPEN, rng.randrange(12), rng.choice(PROVIDERS[placement]))


def draw(rng: random.Random, weights: dict[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def stays(rng: random.Random, child: Child, start: int, end: int, window: Window, rank: float) -> list[Stay]:
    """Placements that fill start to end; `rank` (0 to 1) says how often the child moves.

    Which moves inside the window were breakdowns is settled later.
    """
    rate = next(rate for rate, up_to in MOVES_A_YEAR if rank <= up_to)
    made = [new_stay(rng, child, start)]
    last = min(end, window.last + 1)
    strained = next((quarter for quarter in window.quarters if quarter.from_end == stories.BREAKDOWN_SPIKE), None)
    while True:
        slower = 0.5 if made[-1].placement in SETTLED else 1.0
        day = made[-1].start + 10 + int(rng.gammavariate(2.5, 365 / (rate * slower * 2.5)))
        if strained and made[-1].start < strained.first < day and rng.random() < 0.055:
            day = rng.randint(strained.first, strained.last)
        if day >= last - 20:
            break
        made[-1].end = day
        made[-1].reason = draw(rng, BREAKDOWN_REASONS if day <= window.first and rng.random() < 0.33 else OTHER_REASONS)
        made.append(new_stay(rng, child, day, made[-1].placement))
    made[-1].end = end
    return made


def moved_to_adopters(rng: random.Random, made: list[Stay], day: int) -> list[Stay]:
    """The same placements, the last with adopters from a day on."""
    kept = [stay for stay in made if stay.start < day]
    end = made[-1].end
    kept[-1].end, kept[-1].reason = day, "PLACE"
    return [*kept, Stay("adoptive_parents", day, end, rng.randrange(12), "PR0")]


def settle_breakdowns(rng: random.Random, children: list[Child], window: Window) -> None:
    """Names the moves that were breakdowns, quarter by quarter, at the rate of the stories."""
    young, older = stories.Evenly(), stories.Evenly()
    moves: dict[int, list[tuple[Child, Stay]]] = {}
    for child in children:
        for period in child.care:
            for stay in period.stays[:-1]:
                if window.first < stay.end <= window.last + 1 and stay.placement != "adoptive_parents":
                    moves.setdefault(window.quarter_of(stay.end - 1).index, []).append((child, stay))
    for quarter in window.quarters:
        found = moves.get(quarter.index, [])
        preschool = [(child, stay) for child, stay in found if child.age(stay.end - 1) < 5]
        break_down(rng, preschool, young.count(stories.breakdown(quarter), in_care(children, quarter, young=True)), RISK)
        others = [(child, stay) for child, stay in found if child.age(stay.end - 1) >= 5]
        break_down(rng, others, older.count(stories.breakdown(quarter), in_care(children, quarter, young=False)), CONFIRMED)


def in_care(children: list[Child], quarter: Quarter, *, young: bool) -> int:
    """Children in care and in scope at the middle of a quarter: the denominator, near enough."""
    day = (quarter.first + quarter.last) // 2
    return sum(
        child.in_scope(day, RISK if young else CONFIRMED) and (child.age(day) < 5) == young
        and (setting := child.setting_at(day)) is not None and setting.in_care
        for child in children
    )


def break_down(rng: random.Random, moves: list[tuple[Child, Stay]], count: int, statuses: tuple[str, ...]) -> None:
    """Gives so many of the moves of children in scope, and some of the others, a reason that means a breakdown."""
    weights: dict[int, float] = {}
    for index, (child, stay) in enumerate(moves):
        if child.in_scope(stay.end - 1, statuses):
            weights[index] = 1.8 if stay.placement == "residential" else 1.0
        elif rng.random() < 0.3:
            stay.reason = draw(rng, BREAKDOWN_REASONS)
    for index in stories.weighted(rng, weights, count):
        moves[index][1].reason = draw(rng, BREAKDOWN_REASONS)
