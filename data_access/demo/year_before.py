"""The local records of the year before the demo's first quarter.

Measures that look back a year are told only from a year after their tables begin. Without these few records the demo, whose four years of
returns are complete, would show three years of them. They touch no figure of the four years but the history they look back on.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from config.code_lists import ASSESSMENT_FACTORS
from data_access.demo.children import Child
from data_access.demo.school_calendar import Window, weekday_on_or_after
from data_access.demo.support import Assessment, Programme, Score, Session, Support

ASSESSMENTS_A_MONTH = 7
MONTH = 30


def record_year_before(rng: random.Random, window: Window, children: Sequence[Child], support: Support) -> None:
    """Assessments in each month, one programme of another kind with its sessions, and one score of parental sensitivity."""
    begins = window.first - 365
    scored = (score for score in support.scores if score.domain == "parental_sensitivity")
    busy = {row.child.number for row in support.programmes} | {row.child.number for row in scored}
    others = [child for child in children if child.number not in busy and not child.unaccompanied and child.born < begins]
    for month in range(12):
        first = begins + MONTH * month
        for child in rng.sample(others, min(ASSESSMENTS_A_MONTH, len(others))):
            factors = tuple(int(rng.random() < 0.95) for _ in ASSESSMENT_FACTORS)
            day = first if not month else weekday_on_or_after(first + rng.randint(0, MONTH - 5))
            support.assessments.append(Assessment(child, day, factors))
    support.assessments.sort(key=lambda row: (row.completed, row.child.number))
    child = others[0]
    sessions = [Session(weekday_on_or_after(begins + 7 * week), 60, None, None) for week in range(1, 7)]
    support.programmes.insert(0, Programme(child, "other", begins, weekday_on_or_after(begins), sessions[-1].day, sessions))
    support.scores.append(Score(child, "parental_sensitivity", "CARE-Index", begins, 9))
