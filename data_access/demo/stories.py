"""The levels that the demo's quarterly figures follow: every number that makes a story is here.

A level is a proportion at a quarter. Stories are counted from the last quarter, so that a demo with another
last day tells the same ones; `from_end` is 0 in the last quarter.
"""

from __future__ import annotations

import random

from data_access.demo.school_calendar import Quarter

NEW_PLAN_PROCESS = 6
"""The virtual school's new process began with this quarter from the end: seven quarterly points since."""
TRAINING_DRIFT = 9
BREAKDOWN_SPIKE = 4


class Evenly:
    """Chooses a share of things evenly rather than by chance, so that small numbers do not jump about."""

    def __init__(self) -> None:
        self.carried = 0.5

    def count(self, rate: float, things: int) -> int:
        """How many of some things, so that the running total stays within one of the rate."""
        self.carried += rate * things
        whole = max(0, int(self.carried))
        self.carried -= whole
        return whole

    def chosen(self, rate: float) -> bool:
        """Whether the next thing is one of them."""
        self.carried += rate
        if self.carried < 1:
            return False
        self.carried -= 1
        return True


def weighted(rng: random.Random, weights: dict[int, float], count: int) -> list[int]:
    """So many different keys, drawn with these weights (Efraimidis and Spirakis), in key order."""
    keys = {key: rng.random() ** (1 / weight) for key, weight in weights.items()}
    return sorted(sorted(keys, key=lambda key: keys[key])[len(keys) - min(count, len(keys)):])


def plan_kept_up(quarter: Quarter, placement: str | None) -> float:
    """Share of children whose education plan is reviewed every term."""
    new_process = quarter.from_end <= NEW_PLAN_PROCESS
    if placement == "residential":
        return 0.26 if new_process else 0.16
    return 0.93 if new_process else 0.67


def plan_complete(quarter: Quarter) -> float:
    """Share of plans with all four parts."""
    return 0.79 - 0.006 * quarter.from_end


def carer_trained(quarter: Quarter) -> float:
    return 0.745 - 0.021 * max(0, TRAINING_DRIFT - quarter.from_end)


def trained_before_placement(quarter: Quarter) -> float:
    """Share of family placements that begin in the quarter whose carer was trained in the year before."""
    return 0.44 + 0.004 * quarter.index


def video_feedback_received(quarter: Quarter) -> float:
    """The service began with the demo and grew over its first year; since then it stands still."""
    return (0.27, 0.33, 0.36, 0.38)[quarter.index] if quarter.index < 4 else 0.382 - 0.014 * (quarter.index % 2)


def video_feedback_offered(quarter: Quarter) -> float:
    return video_feedback_received(quarter) + 0.14


def video_feedback_as_defined(quarter: Quarter) -> float:
    return 0.68 - 0.006 * quarter.from_end


def assessed_before_programme(quarter: Quarter) -> float:
    return min(0.965, 0.52 + 0.055 * quarter.index)


def assessment_complete(quarter: Quarter) -> float:
    """Share of assessments that cover all eight factors."""
    return 0.76 - 0.008 * quarter.from_end


def unaccompanied_assessed(quarter: Quarter) -> float:
    return 0.42 + 0.01 * (quarter.index % 2)


def sensitivity_improved(quarter: Quarter) -> float:
    return 0.68 - 0.005 * quarter.from_end


def social_emotional_shift(quarter: Quarter) -> float:
    """What the average SDQ is above its level in the last quarter, in points."""
    return 0.015 * quarter.from_end


def breakdown(quarter: Quarter) -> float:
    """Share of children in care whose placement breaks down in the quarter."""
    if quarter.from_end == BREAKDOWN_SPIKE:
        return 0.095
    return 0.038 + 0.003 * (quarter.index % 3)


def suspended(quarter: Quarter) -> float:
    """Share of children aged 5 to 15: high in autumn, low in the quarter of the summer holidays."""
    return {10: 0.062, 1: 0.056, 4: 0.050, 7: 0.027}[(quarter.start_month - 1) // 3 * 3 + 1]


def absence_season(month: int) -> float:
    """How much higher than the year's average absence is in a month."""
    return {9: 0.8, 10: 0.95, 11: 1.1, 12: 1.2, 1: 1.1, 2: 1.05, 3: 1.0, 4: 0.95, 5: 0.95, 6: 0.95, 7: 1.0}.get(month, 1.0)


RETURN_AFTER_PERMANENCE = 0.11
PERMANENT_EXCLUSION = 0.0012
"""Permanent exclusions per child and quarter."""
