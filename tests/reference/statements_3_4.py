"""QS133 statements 3 and 4, unit by unit: every child-period or event with its numerator and denominator."""

from __future__ import annotations

from datetime import date, timedelta

from tests.reference.care import CareStart
from tests.reference.child_state import (
    CONFIRMED,
    RISK,
    ChildPeriod,
    age_at,
    arrangement_at,
    child_periods,
    days_in_scope,
    has_placement_on,
    in_care_at,
    of_child,
    placement_start_at,
    placements,
)
from tests.reference.database import Programme, ReferenceDatabase
from tests.reference.periods import period_of
from tests.reference.reading import financial_year_end
from tests.reference.statements_1_2 import Choices, Unit, event, unit_of

TRAINED_PLACEMENTS = {"foster_carer", "kinship_foster_carer", "special_guardian", "adoptive_parents"}


def preschool_periods(database: ReferenceDatabase, grain: str, choices: Choices) -> list[ChildPeriod]:
    """The child-periods (RISK) of children under the preschool age at their as-of date."""
    found = []
    for child_period in child_periods(database, grain, RISK):
        age = age_at(database, child_period.child_id, child_period.as_of)
        if age is not None and age < choices["preschool_under_age"]:
            found.append(child_period)
    return found


def _video_feedback(database: ReferenceDatabase, child_id: str) -> list[Programme]:
    return [
        programme
        for programme in of_child(database, database.programmes, child_id)
        if programme.programme == "video_feedback"
    ]


def video_feedback_received(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in preschool_periods(database, grain, choices):
        received = any(
            session.session_date <= child_period.as_of
            for programme in _video_feedback(database, child_period.child_id)
            for session in programme.sessions
        )
        units.append(unit_of(child_period, int(received)))
    return units


def video_feedback_offered(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in preschool_periods(database, grain, choices):
        offered = any(
            programme.offered_date is not None and programme.offered_date <= child_period.as_of
            for programme in _video_feedback(database, child_period.child_id)
        )
        units.append(unit_of(child_period, int(offered)))
    return units


def _as_defined(programme: Programme, as_at: date, choices: Choices) -> bool:
    sessions = [session for session in programme.sessions if session.session_date <= as_at]
    good = 0
    for session in sessions:
        long_enough = session.minutes is not None and session.minutes >= choices["video_feedback_minutes"]
        filmed = session.filmed_minutes is not None and (
            choices["video_feedback_filmed_minutes_from"]
            <= session.filmed_minutes
            <= choices["video_feedback_filmed_minutes_to"]
        )
        good += long_enough and filmed and session.watched_together == 1
    if good < choices["video_feedback_sessions"]:
        return False
    days = [session.session_date for session in sessions]
    length = (max(days) - min(days)).days
    return choices["video_feedback_days_from"] <= length <= choices["video_feedback_days_to"]


def video_feedback_as_defined(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for programme in database.programmes:
        end = programme.end_date
        if programme.programme == "video_feedback" and end is not None and end <= database.as_at:
            as_defined = _as_defined(programme, database.as_at, choices)
            units.append(event(database, grain, programme.child_id, end, int(as_defined)))
    return units


def days_in_care(database: ReferenceDatabase, child_period: ChildPeriod) -> int:
    """The days in scope in the period that a placement in care covers, each once."""
    return sum(has_placement_on(database, child_period.child_id, day) for day in child_period.days)


def breakdowns(database: ReferenceDatabase, child_period: ChildPeriod) -> int:
    """The placements of at least one day that ended by breakdown, their last day in the period and in scope."""
    count = 0
    for placement in placements(database, child_period.child_id):
        end = placement.end_date
        if end is None or not placement.ended_by_breakdown or end <= placement.start_date:
            continue
        count += end - timedelta(days=1) in child_period.days
    return count


def _breakdown_units(database: ReferenceDatabase, found: list[ChildPeriod]) -> list[Unit]:
    return [
        unit_of(child_period, int(breakdowns(database, child_period) > 0))
        for child_period in found
        if days_in_care(database, child_period) > 0
    ]


def placement_breakdown_preschool(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return _breakdown_units(database, preschool_periods(database, grain, choices))


def placement_breakdown(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return _breakdown_units(database, child_periods(database, grain, CONFIRMED))


def placement_breakdown_rate(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        days = days_in_care(database, child_period)
        if days > 0:
            units.append(unit_of(child_period, breakdowns(database, child_period), days))
    return units


def _carer_training(database: ReferenceDatabase, grain: str, choices: Choices, before_placement: bool) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        child_id, as_of = child_period.child_id, child_period.as_of
        age = age_at(database, child_id, as_of)
        arrangement = arrangement_at(database, child_id, as_of)
        if age is None or not choices["carer_training_age_from"] <= age <= choices["carer_training_age_to"]:
            continue
        if arrangement is None or arrangement.placement not in TRAINED_PLACEMENTS:
            continue
        start = placement_start_at(database, child_id, as_of)
        assert start is not None, "a child with an arrangement has a placement start"
        after = as_of - timedelta(days=choices["carer_training_days"])
        carers = {
            carer.carer_id for carer in of_child(database, database.carers, child_id)
            if carer.start_date <= as_of and (carer.end_date is None or as_of < carer.end_date)
        }
        trained = any(
            after < training.completed_date <= as_of and (not before_placement or training.completed_date < start)
            for training in database.training
            if training.child_id == child_id or training.carer_id in carers
        )
        units.append(unit_of(child_period, int(trained)))
    return units


def carer_trained(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return _carer_training(database, grain, choices, before_placement=False)


def carer_trained_before_placement(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    return _carer_training(database, grain, choices, before_placement=True)


def three_or_more_placements(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    units = []
    for child_period in child_periods(database, grain, CONFIRMED):
        child_id, as_of = child_period.child_id, child_period.as_of
        if as_of != period_of(grain, as_of, database.as_at).period_end or not in_care_at(database, child_id, as_of):
            continue
        year = [as_of - timedelta(days=back) for back in range(choices["placement_moves_days"])]
        overlapping = sum(any(placement.covers(day) for day in year) for placement in placements(database, child_id))
        units.append(unit_of(child_period, int(overlapping >= choices["placement_moves_count"])))
    return units


def _in_scope_after(database: ReferenceDatabase, start: CareStart, choices: Choices) -> bool:
    """In scope (RISK) on any day from DECOM to 90 days after it, both included, none after the as-at date."""
    scope = days_in_scope(database, start.child_id, RISK)
    window = [start.start_date + timedelta(days=on) for on in range(choices["return_to_care_days"] + 1)]
    return any(day in scope for day in window)


def previous_permanence_of(database: ReferenceDatabase, start: CareStart) -> str | None:
    """PREV_PERM of the return of the year that holds the DECOM, or of the next later one with a row of the child."""
    year = financial_year_end(start.start_date)
    years = sorted(
        collection_year
        for child_id, collection_year in database.previous_permanence
        if child_id == start.child_id and collection_year >= year
    )
    return database.previous_permanence[start.child_id, years[0]] if years else None


def return_after_permanence(database: ReferenceDatabase, grain: str, choices: Choices) -> list[Unit]:
    starts: dict[tuple[str, str], list[CareStart]] = {}
    for start in database.care_starts:
        if start.start_date <= database.as_at and _in_scope_after(database, start, choices):
            label = period_of(grain, start.start_date, database.as_at).label
            starts.setdefault((label, start.child_id), []).append(start)
    units = []
    for (label, child_id), such_starts in starts.items():
        first = min(start.start_date for start in such_starts)
        returned = any(previous_permanence_of(database, start) in ("P1", "P2", "P3") for start in such_starts)
        units.append(Unit(label, child_id, first, int(returned), 1))
    return units
