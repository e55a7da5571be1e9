"""Every measure's numerators and denominators, by period and breakdown: the functions a comparing test calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tests.reference import statements_1_2 as first
from tests.reference import statements_3_4 as second
from tests.reference.child_state import groups_at, in_care_at, remember
from tests.reference.coverage import is_told
from tests.reference.database import ReferenceDatabase
from tests.reference.periods import period_of
from tests.reference.statements_1_2 import Choices, Unit

LOCAL_CHOICES: dict[str, int] = {
    "assessment_before_programme_days": 365,
    "sdq_concern_from": 17,
    "parental_sensitivity_lookback_days": 365,
    "stable_placement_days": 90,
    "education_plan_minimum_age": 0,
    "education_plan_up_to_date_days": 183,
    "persistent_absence_percent": 10,
    "exclusion_age_from": 5,
    "exclusion_age_to": 15,
    "preschool_under_age": 5,
    "video_feedback_sessions": 10,
    "video_feedback_minutes": 60,
    "video_feedback_filmed_minutes_from": 10,
    "video_feedback_filmed_minutes_to": 20,
    "video_feedback_days_from": 84,
    "video_feedback_days_to": 124,
    "carer_training_days": 730,
    "carer_training_age_from": 5,
    "carer_training_age_to": 17,
    "return_to_care_days": 90,
    "placement_moves_days": 365,
    "placement_moves_count": 3,
}
"""What a locality may change, under the names of `config/local_choices.toml`; the breakdown reasons belong to `load`."""


@dataclass(frozen=True)
class Measure:
    """One measure: its kind, its better direction, what its value is multiplied by, its units, and which tables its
    numerator must have been given (with all of them a count is a fact, without one of them there is no value)."""

    kind: str
    better: str
    units: Callable[[ReferenceDatabase, str, Choices], list[Unit]]
    numerator_tables: tuple[str, ...] = ()
    per: int = 1


def _in_care(units: Callable[[ReferenceDatabase, str, Choices], list[Unit]]) -> Callable[[ReferenceDatabase, str, Choices], list[Unit]]:
    """The same measure, only of child-periods in care at their as-of date."""

    def only_in_care(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
        return [unit for unit in units(database, grain, choices) if in_care_at(database, unit.child_id, unit.day)]

    return only_in_care


PROPORTION, RATE, MEAN, RATIO = "Proportion", "Rate", "Mean", "Ratio of totals"
_ASSESSMENTS, _PLANS, _EXCLUSIONS, _TRAINING = ("assessments",), ("education_plans",), ("exclusions",), ("carer_training",)
_SESSIONS = ("programmes", "programme_sessions")

MEASURES: dict[str, Measure] = {
    "assessed_before_programme": Measure(PROPORTION, "higher", first.assessed_before_programme, _ASSESSMENTS),
    "assessment_covers_all_factors": Measure(PROPORTION, "higher", first.assessment_covers_all_factors, _ASSESSMENTS),
    "social_emotional_concern": Measure(PROPORTION, "lower", first.social_emotional_concern),
    "social_emotional_mean": Measure(MEAN, "lower", first.social_emotional_mean),
    "parental_sensitivity_improved": Measure(PROPORTION, "higher", first.parental_sensitivity_improved),
    "unaccompanied_assessed_once_stable": Measure(
        PROPORTION, "higher", first.unaccompanied_assessed_once_stable, _ASSESSMENTS
    ),
    "education_plan": Measure(PROPORTION, "higher", first.education_plan, _PLANS),
    "education_plan_up_to_date": Measure(PROPORTION, "higher", first.education_plan_up_to_date, _PLANS),
    "education_plan_complete": Measure(PROPORTION, "higher", first.education_plan_complete, ("education_plans", "education_plan_parts")),
    "attendance": Measure(RATIO, "higher", first.attendance),
    "persistent_absence": Measure(PROPORTION, "lower", first.persistent_absence),
    "suspended": Measure(PROPORTION, "lower", first.suspended, _EXCLUSIONS),
    "suspension_rate": Measure(RATE, "lower", first.suspension_rate, _EXCLUSIONS, per=100),
    "permanent_exclusion_rate": Measure(RATE, "lower", first.permanent_exclusion_rate, _EXCLUSIONS, per=100),
    "video_feedback_received": Measure(PROPORTION, "higher", second.video_feedback_received, _SESSIONS),
    "video_feedback_offered": Measure(PROPORTION, "higher", second.video_feedback_offered, ("programmes",)),
    "video_feedback_as_defined": Measure(PROPORTION, "higher", second.video_feedback_as_defined, _SESSIONS),
    "placement_breakdown_preschool": Measure(PROPORTION, "lower", second.placement_breakdown_preschool),
    "carer_trained": Measure(PROPORTION, "higher", second.carer_trained, _TRAINING),
    "carer_trained_before_placement": Measure(PROPORTION, "higher", second.carer_trained_before_placement, _TRAINING),
    "placement_breakdown": Measure(PROPORTION, "lower", second.placement_breakdown),
    "placement_breakdown_rate": Measure(RATE, "lower", second.placement_breakdown_rate, per=1000),
    "three_or_more_placements": Measure(PROPORTION, "lower", second.three_or_more_placements),
    "return_after_permanence": Measure(PROPORTION, "lower", second.return_after_permanence, ("PrevPerm",)),
    "attendance_in_care": Measure(RATIO, "higher", _in_care(first.attendance)),
    "persistent_absence_in_care": Measure(PROPORTION, "lower", _in_care(first.persistent_absence)),
    "suspended_in_care": Measure(PROPORTION, "lower", _in_care(first.suspended), _EXCLUSIONS),
    "suspension_rate_in_care": Measure(RATE, "lower", _in_care(first.suspension_rate), _EXCLUSIONS, per=100),
    "permanent_exclusion_rate_in_care": Measure(
        RATE, "lower", _in_care(first.permanent_exclusion_rate), _EXCLUSIONS, per=100
    ),
}

Key = tuple[str, ...]


def additive_parts(
    database: ReferenceDatabase,
    measure_id: str,
    grain: str,
    by: Sequence[str] = (),
    where: Mapping[str, set[str]] | None = None,
    local_choices: Choices | None = None,
) -> dict[Key, list[tuple[float, float]]]:
    """The (numerator, denominator) of every unit of a measure in a covered period, listed by (period label, *groups).

    A unit is a child-period, or an event for the event measures. For a ratio of totals the pairs are the children's
    (x, y); for a mean the first of each pair is the child's score. So the counts are their sums, and sums of squares
    and products can be worked out from them. `where` keeps only the units whose group is one of those given.
    The numerators mean nothing where `has_numerator` says no.
    """
    choices: Choices = {**LOCAL_CHOICES, **(local_choices or {})}
    key = ("units", measure_id, grain, tuple(sorted(choices.items())))

    def told_units() -> list[Unit]:
        found = []
        for unit in MEASURES[measure_id].units(database, grain, choices):
            period = period_of(grain, unit.day, database.as_at)
            told = remember(database, ("told", measure_id, period, key[-1]), partial(is_told, database, measure_id, period, choices))
            if told:
                found.append(unit)
        return found

    units = remember(database, key, told_units)
    parts: dict[Key, list[tuple[float, float]]] = {}
    for unit in units:
        groups = groups_at(database, unit.child_id, unit.day)
        if all(groups[breakdown] in wanted for breakdown, wanted in (where or {}).items()):
            row = (unit.label, *(groups[breakdown] for breakdown in by))
            parts.setdefault(row, []).append((unit.numerator, unit.denominator))
    return parts


def has_numerator(database: ReferenceDatabase, measure_id: str) -> bool:
    """Whether every table of the measure's numerator was in a source, though it may have had no rows, and it is said of the cohort."""
    if measure_id == "parental_sensitivity_improved" and database.cohort == "looked_after":
        return False
    if measure_id.startswith("carer_trained") and any(row.carer_id for row in database.training) and not database.carers:
        return False
    return all(table in database.provided for table in MEASURES[measure_id].numerator_tables)


def measure_rows(
    database: ReferenceDatabase,
    measure_id: str,
    grain: str,
    by: Sequence[str] = (),
    where: Mapping[str, set[str]] | None = None,
    local_choices: Choices | None = None,
) -> dict[Key, tuple[float | None, float]]:
    """(numerator, denominator) by (period label, *groups in the order of `by`).

    Only denominators that are not zero are listed. Rates give events and exposure, not yet per 100 or 1,000. A mean's
    numerator is the sum of the scores. The numerator is None where its table was in no source.
    """
    known = has_numerator(database, measure_id)
    rows: dict[Key, tuple[float | None, float]] = {}
    for key, pairs in additive_parts(database, measure_id, grain, by, where, local_choices).items():
        numerator = sum(pair[0] for pair in pairs) if known else None
        rows[key] = (numerator, sum(pair[1] for pair in pairs))
    return rows


def value(measure_id: str, numerator: float, denominator: float) -> float:
    """What a page shows: numerator over denominator, times 100 or 1,000 for the rates."""
    return MEASURES[measure_id].per * numerator / denominator
