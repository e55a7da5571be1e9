"""What everybody can read in the definitions: which measures are about the same children, and which children are some of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Population:
    """Children whom everybody knows to be the same: the denominator of `measures`, whose outcomes are those of `outcomes`.

    `numerator_of`: they are those with that outcome. `part_of`: they are the children of that population who are in care, and
    `same_outcomes` pairs their outcomes with the larger population's. `within`: they are some of its children. `mean`: the mean of
    the score of which the only outcome says whether it is 17 or more.
    """

    measures: tuple[str, ...]
    outcomes: tuple[str, ...] = ()
    numerator_of: str | None = None
    part_of: str | None = None
    within: str | None = None
    same_outcomes: Mapping[str, str] = field(default_factory=dict)
    mean: str | None = None

    @property
    def name(self) -> str:
        """Its first measure's."""
        return self.measures[0]


def _shares(
    *measures: str, numerator_of: str | None = None, part_of: str | None = None, within: str | None = None,
    same_outcomes: Mapping[str, str] | None = None,
) -> Population:
    return Population(measures, measures, numerator_of, part_of, within, same_outcomes or {})


CLUSTERS: dict[str, tuple[Population, ...]] = {
    "plans": (
        _shares("education_plan", "education_plan_up_to_date"),
        _shares("education_plan_complete", numerator_of="education_plan"),
        _shares("three_or_more_placements", part_of="education_plan"),
    ),
    "absence": (
        _shares("persistent_absence"),
        _shares("persistent_absence_in_care", part_of="persistent_absence",
                same_outcomes={"persistent_absence_in_care": "persistent_absence"}),
    ),
    "suspension": (
        _shares("suspended"),
        _shares("suspended_in_care", part_of="suspended", same_outcomes={"suspended_in_care": "suspended"}),
    ),
    "some of those with plans": (
        _shares("education_plan"), _shares("persistent_absence", within="education_plan"),
        _shares("carer_trained", within="education_plan"), _shares("placement_breakdown", within="education_plan"),
    ),
    "training": (_shares("carer_trained", "carer_trained_before_placement"),),
    "breakdown": (_shares("placement_breakdown"),),
    "feelings": (Population(("social_emotional_concern",), ("social_emotional_concern",), mean="social_emotional_mean"),),
    "video": (
        _shares("video_feedback_received", "video_feedback_offered"),
        _shares("placement_breakdown_preschool", within="video_feedback_received"),
    ),
    "sensitivity": (_shares("parental_sensitivity_improved"),),
    "unaccompanied": (_shares("unaccompanied_assessed_once_stable"),),
    "programmes": (_shares("assessed_before_programme"),),
    "assessments": (_shares("assessment_covers_all_factors"),),
    "returns": (_shares("return_after_permanence"),),
}
