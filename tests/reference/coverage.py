"""What time the data covers, day by day, and which periods of a measure are told."""

from __future__ import annotations

from datetime import date, timedelta

from tests.reference.database import ReferenceDatabase
from tests.reference.periods import Period

IN_CARE_OF_STATEMENT_2 = ("attendance", "persistent_absence", "suspended", "suspension_rate", "permanent_exclusion_rate")
NOT_OF_CHILDREN = ("assessed_before_programme", "assessment_covers_all_factors", "video_feedback_as_defined")


def needs_of(database: ReferenceDatabase, measure_id: str, choices: dict[str, int]) -> dict[str, int]:
    """The tables that a measure needs, and how many days before the period's first day. Written as the contract's table."""
    plan = choices["education_plan_up_to_date_days"]
    programme = choices["video_feedback_days_to"]
    training = {"carer_training": choices["carer_training_days"], "arrangements": 0}
    if any(row.carer_id for row in database.training):
        training["carers"] = 0
    table: dict[str, dict[str, int]] = {
        "assessed_before_programme": {"programmes": 0, "assessments": choices["assessment_before_programme_days"]},
        "assessment_covers_all_factors": {"assessments": 0},
        "social_emotional_concern": {"sdq_scores": 0},
        "social_emotional_mean": {"sdq_scores": 0},
        "parental_sensitivity_improved": {"outcome_scores": choices["parental_sensitivity_lookback_days"], "arrangements": 0},
        "unaccompanied_assessed_once_stable": {"assessments": 365, "arrangements": 0},
        "education_plan": {"education_plans": plan},
        "education_plan_up_to_date": {"education_plans": plan},
        "education_plan_complete": {"education_plans": plan},
        "attendance": {"attendance": 0},
        "persistent_absence": {"attendance": 0},
        "suspended": {"exclusions": 0},
        "suspension_rate": {"exclusions": 0},
        "permanent_exclusion_rate": {"exclusions": 0},
        "video_feedback_received": {"programmes": 365, "programme_sessions": 365},
        "video_feedback_offered": {"programmes": 365},
        "video_feedback_as_defined": {"programmes": programme, "programme_sessions": programme},
        "placement_breakdown": {"arrangements": 0},
        "placement_breakdown_preschool": {"arrangements": 0},
        "placement_breakdown_rate": {"arrangements": 0},
        "three_or_more_placements": {"arrangements": 0},
        "return_after_permanence": {"arrangements": 0, "prev_perm": 0},
        "carer_trained": training,
        "carer_trained_before_placement": training,
    }
    for measure in IN_CARE_OF_STATEMENT_2:
        table[f"{measure}_in_care"] = {**table[measure], "arrangements": 0}
    needs = dict(table[measure_id])
    if database.cohort != "recorded" and measure_id not in NOT_OF_CHILDREN:
        needs.setdefault("arrangements", 0)
    return needs


def is_told(database: ReferenceDatabase, measure_id: str, period: Period, choices: dict[str, int]) -> bool:
    """Whether every day that the measure needs, of every table, is covered."""
    for name, lookback in needs_of(database, measure_id, choices).items():
        first = period.start_date - timedelta(days=lookback)
        if measure_id == "three_or_more_placements":
            first = period.period_end - timedelta(days=choices["placement_moves_days"] - 1)
        day = first
        while day <= period.period_end:
            if not is_covered(database, name, day):
                return False
            day += timedelta(days=1)
    return True


RETURNED = {"arrangements": "Episodes", "sdq_scores": "OC2", "prev_perm": "PrevPerm"}
EXTRACTS = {
    "arrangements": ["care_arrangements"], "sdq_scores": ["outcome_scores"], "attendance": ["attendance", "attendance_summary"],
    "prev_perm": [],
}
"""The tables of each name, where they are not one extract of that name."""


def is_covered(database: ReferenceDatabase, name: str, day: date) -> bool:
    """Whether a table is covered on a day."""
    if database.time.always:
        return True
    key = ("is_covered", name, day)
    if key not in database.remembered:
        database.remembered[key] = _is_covered(database, name, day)
    return database.remembered[key] is True


def _is_covered(database: ReferenceDatabase, name: str, day: date) -> bool:
    facts = database.time
    years = facts.returned.get(RETURNED.get(name, ""), set())
    extracts = [table for table in EXTRACTS.get(name, [name]) if table in facts.dates]
    rows_of_return = RETURNED.get(name) in facts.returned_rows
    if name == "arrangements" and rows_of_return:
        extracts = []
    with_rows = [table for table in extracts if table in facts.extract_rows]
    if extracts and not with_rows and not rows_of_return:
        return True  # a header and no rows: nothing happened, at any time
    if day > database.as_at:
        return False
    year_of_day = day.year + 1 if day.month >= 4 else day.year
    if year_of_day in years:
        return True
    for table in with_rows:
        begins = _begins([one for one in facts.dates[table] if one <= database.as_at])
        if begins is not None and day >= date(begins.year, begins.month, 1):
            return True
    return False


def _begins(dates: list[date]) -> date | None:
    """The earliest date, or the first after the last time that two neighbours are more than 366 days apart."""
    begins = None
    before = None
    for day in sorted(dates):
        if before is None or (day - before).days > 366:
            begins = day
        before = day
    return begins
