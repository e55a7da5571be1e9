"""Who is counted: the cohorts that a person, or a local choice, chooses from."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, get_args


class Cohort(StrEnum):
    """Which children are in scope, for every measure alike."""

    RECORDED = "recorded"
    """Those whom the local record of attachment needs names: NICE's words."""
    LOOKED_AFTER = "looked_after"
    """Those in care: whom every authority's return names, and whom the published figures count."""
    NG26 = "ng26"
    """Those in care, from care or at the edge of care: the population of the guideline that the quality standard rests on."""


AUTO = "auto"
"""RECORDED where an attachment need was loaded, LOOKED_AFTER otherwise."""

CohortChoice = Literal["auto", "recorded", "looked_after", "ng26"]
COHORT_CHOICES: tuple[str, ...] = get_args(CohortChoice)
"""What a setting or an option may say."""


def cohort_of(choice: str, *, needs_recorded: bool) -> Cohort:
    """The cohort that a choice means for data in which attachment needs are recorded, or aren't."""
    if choice != AUTO:
        return Cohort(choice)
    return Cohort.RECORDED if needs_recorded else Cohort.LOOKED_AFTER
