"""QS133 statements 1 and 2, unit by unit: every child-period or event with its numerator and denominator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tests.reference.child_state import (
    ANY,
    CONFIRMED,
    RISK,
    ChildPeriod,
    age_at,
    arrangement_at,
    child_periods,
    in_care_at,
    of_child,
    placement_start_at,
    unaccompanied_at,
)
from tests.reference.database import AttendanceSummary, Plan, ReferenceDatabase, Score
from tests.reference.layout import ATTENDED, AUTHORISED, UNAUTHORISED
from tests.reference.periods import period_of

Choices = Mapping[str, int]


@dataclass(frozen=True)
class Unit:
    """One child-period or event of a denominator. `day` is the date that decides its groups."""

    label: str
    child_id: str
    day: date
    numerator: float
    denominator: float


def unit_of(child_period: ChildPeriod, numerator: float, denominator: float = 1) -> Unit:
    return Unit(child_period.label, child_period.child_id, child_period.as_of, numerator, denominator)


def event(database: ReferenceDatabase, grain: str, child_id: str, day: date, numerator: float) -> Unit:
    return Unit(period_of(grain, day, database.as_at).label, child_id, day, numerator, 1)


def assessed_before_programme(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for programme in database.programmes:
        start = programme.start_date
        if start is None or start > database.as_at:
            continue
        earliest = start - timedelta(days=choices["assessment_before_programme_days"])
        assessed = any(
            earliest <= assessment.completed_date < start
            for assessment in of_child(database, database.assessments, programme.child_id)
        )
        units.append(event(database, grain, programme.child_id, start, int(assessed)))
    return units


def assessment_covers_all_factors(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return [
        event(
            database, grain, assessment.child_id, assessment.completed_date,
            int(all(factor == 1 for factor in assessment.factors)),
        )
        for assessment in database.assessments
        if assessment.completed_date <= database.as_at
    ]


def latest_sdq(database: ReferenceDatabase, child_period: ChildPeriod) -> float | None:
    """The latest SDQ total difficulties score on a day in scope in the period; on the same date the highest."""
    scores = [
        score
        for score in of_child(database, database.scores, child_period.child_id)
        if score.domain == "social_emotional" and score.instrument == "sdq_total" and score.score_date in child_period.days
    ]
    if not scores:
        return None
    latest = max(score.score_date for score in scores)
    return max(score.score for score in scores if score.score_date == latest)


def social_emotional_concern(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, RISK):
        score = latest_sdq(database, child_period)
        if score is not None:
            units.append(unit_of(child_period, int(score >= choices["sdq_concern_from"])))
    return units


def social_emotional_mean(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, RISK):
        score = latest_sdq(database, child_period)
        if score is not None:
            units.append(unit_of(child_period, score))
    return units


def _earliest_before(scores: list[Score], later: Score, lookback: int) -> Score | None:
    """The earliest score on the same instrument in the days before; on the same date the highest."""
    earlier = [
        score
        for score in scores
        if score.instrument == later.instrument
        and score.score_date < later.score_date
        and (later.score_date - score.score_date).days <= lookback
    ]
    if not earlier:
        return None
    first = min(score.score_date for score in earlier)
    return max((score for score in earlier if score.score_date == first), key=lambda score: score.score)


def parental_sensitivity_improved(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        scores = [
            score
            for score in of_child(database, database.scores, child_period.child_id)
            if score.domain == "parental_sensitivity"
        ]
        pairs: list[tuple[Score, Score]] = []
        for score in scores:
            if score.score_date not in child_period.days:
                continue
            arrangement = arrangement_at(database, child_period.child_id, score.score_date)
            if arrangement is None or arrangement.care_status != "edge_of_care":
                continue
            earliest = _earliest_before(scores, score, choices["parental_sensitivity_lookback_days"])
            if earliest is not None:
                pairs.append((score, earliest))
        if pairs:
            latest, earliest = max(pairs, key=lambda pair: (pair[0].score_date, pair[0].instrument, pair[0].score))
            units.append(unit_of(child_period, int(latest.score > earliest.score)))
    return units


def unaccompanied_assessed_once_stable(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, ANY):
        child_id, as_of = child_period.child_id, child_period.as_of
        if unaccompanied_at(database, child_id, as_of) is not True or not in_care_at(database, child_id, as_of):
            continue
        start = placement_start_at(database, child_id, as_of)
        if start is None or (as_of - start).days < choices["stable_placement_days"]:
            continue
        assessed = any(
            start <= assessment.completed_date <= as_of
            for assessment in of_child(database, database.assessments, child_id)
        )
        units.append(unit_of(child_period, int(assessed)))
    return units


def education_plan_periods(database: ReferenceDatabase, grain: str, choices: Choices) -> list[ChildPeriod]:
    """The child-periods (CONFIRMED) of the local minimum age; 0 means no age limit."""
    minimum = choices["education_plan_minimum_age"]
    found = []
    for child_period in child_periods(database, grain, CONFIRMED):
        age = age_at(database, child_period.child_id, child_period.as_of)
        if minimum == 0 or (age is not None and age >= minimum):
            found.append(child_period)
    return found


def plans_by(database: ReferenceDatabase, child_period: ChildPeriod) -> list[Plan]:
    return [
        plan
        for plan in of_child(database, database.plans, child_period.child_id)
        if plan.completed_date <= child_period.as_of
    ]


def education_plan(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return [
        unit_of(child_period, int(bool(plans_by(database, child_period))))
        for child_period in education_plan_periods(database, grain, choices)
    ]


def education_plan_up_to_date(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in education_plan_periods(database, grain, choices):
        after = child_period.as_of - timedelta(days=choices["education_plan_up_to_date_days"])
        recent = any(plan.completed_date > after for plan in plans_by(database, child_period))
        units.append(unit_of(child_period, int(recent)))
    return units


def education_plan_complete(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        plans = plans_by(database, child_period)
        if plans:
            latest = max(plans, key=lambda plan: (plan.completed_date, plan.plan_id))
            units.append(unit_of(child_period, int(all(part == 1 for part in latest.parts))))
    return units


def is_attended(mark: str, day: date) -> bool:
    if mark == "J":
        return day < date(2024, 8, 19)
    return mark in ATTENDED


def is_missed(mark: str) -> bool:
    return mark in AUTHORISED or mark in UNAUTHORISED


def summary_counts(summary: AttendanceSummary, child_period: ChildPeriod, grain: str) -> bool:
    """Its last day is in the period and in scope, and it is no longer than the whole period."""
    last_day = summary.end_date - timedelta(days=1)
    if last_day not in child_period.days:
        return False
    period = period_of(grain, last_day, date.max)
    return (summary.end_date - summary.start_date).days <= (period.last_date - period.start_date).days + 1


def attendance(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    """Numerator: sessions attended. Denominator: possible sessions. Both of marks on days in scope in the period, and of summaries."""
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        attended = missed = 0
        for session in of_child(database, database.attendance, child_period.child_id):
            if session.date in child_period.days:
                attended += is_attended(session.mark, session.date)
                missed += is_missed(session.mark)
        for summary in of_child(database, database.summaries, child_period.child_id):
            if summary_counts(summary, child_period, grain):
                attended += summary.attended_sessions
                missed += summary.possible_sessions - summary.attended_sessions
        if attended + missed > 0:
            units.append(unit_of(child_period, attended, attended + missed))
    return units


def persistent_absence(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for unit in attendance(database, grain, choices):
        missed = unit.denominator - unit.numerator
        persistent = missed * 100 >= unit.denominator * choices["persistent_absence_percent"]
        units.append(Unit(unit.label, unit.child_id, unit.day, int(persistent), 1))
    return units


def _exclusions(database: ReferenceDatabase, grain: str, choices: Choices, category: str) -> list[Unit]:
    """Child-periods (CONFIRMED) of the ages, with the number of exclusions of a category on a day in scope."""
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        age = age_at(database, child_period.child_id, child_period.as_of)
        if age is None or not choices["exclusion_age_from"] <= age <= choices["exclusion_age_to"]:
            continue
        events = sum(
            exclusion.category == category and exclusion.start_date in child_period.days
            for exclusion in of_child(database, database.exclusions, child_period.child_id)
        )
        units.append(unit_of(child_period, events))
    return units


def suspended(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return [
        Unit(unit.label, unit.child_id, unit.day, int(unit.numerator > 0), 1)
        for unit in _exclusions(database, grain, choices, "SUSP")
    ]


def suspension_rate(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return _exclusions(database, grain, choices, "SUSP")


def permanent_exclusion_rate(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return _exclusions(database, grain, choices, "PERM")
