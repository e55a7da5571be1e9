"""The local choices: numbers that NICE leaves to a locality, read once from `local_choices.toml`."""

from __future__ import annotations

import functools

from pydantic import BaseModel, ConfigDict

from config.cohorts import CohortChoice
from config.toml_file import read_model


class LocalChoices(BaseModel):
    """Every local choice with its unit in its name; the TOML file says what each means."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cohort: CohortChoice
    assessment_before_programme_days: int
    sdq_concern_from: int
    parental_sensitivity_lookback_days: int
    stable_placement_days: int
    education_plan_minimum_age: int
    education_plan_up_to_date_days: int
    persistent_absence_percent: int
    exclusion_age_from: int
    exclusion_age_to: int
    preschool_under_age: int
    video_feedback_sessions: int
    video_feedback_minutes: int
    video_feedback_filmed_minutes_from: int
    video_feedback_filmed_minutes_to: int
    video_feedback_days_from: int
    video_feedback_days_to: int
    carer_training_days: int
    carer_training_age_from: int
    carer_training_age_to: int
    return_to_care_days: int
    placement_moves_days: int
    placement_moves_count: int
    breakdown_reasons: list[str]


@functools.cache
def local_choices() -> LocalChoices:
    """The choices of `local_choices.toml`.

    Raises ConfigError, naming the line, for a setting that is missing, unknown or of the wrong type.
    """
    return read_model("local_choices.toml", LocalChoices)
