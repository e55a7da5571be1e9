"""What holds for a child on a date: scope, arrangement, placements, age and the groups it belongs to."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar, cast

from tests.reference.care import Arrangement, Placement
from tests.reference.coverage import is_covered
from tests.reference.database import ReferenceDatabase
from tests.reference.layout import ETHNICITY_GROUP
from tests.reference.periods import period_of

ANY = frozenset({"possible", "at_risk", "confirmed"})
RISK = frozenset({"at_risk", "confirmed"})
CONFIRMED = frozenset({"confirmed"})

COHORTS = {
    "looked_after": {"section_20", "care_order", "other_looked_after"},
    "ng26": {"section_20", "care_order", "other_looked_after", "special_guardianship", "adopted", "edge_of_care"},
}
"""The care statuses of the cohorts that ask for no attachment need."""

NOT_RECORDED = "Not recorded"

Answer = TypeVar("Answer")


def remember(database: ReferenceDatabase, key: Hashable, work_out: Callable[[], Answer]) -> Answer:
    """The answer worked out before under this key, or now. It saves time and changes nothing else."""
    if key not in database.remembered:
        database.remembered[key] = work_out()
    return cast(Answer, database.remembered[key])


class OfChild(Protocol):
    """A row of a table that has a child."""

    @property
    def child_id(self) -> str: ...


Row = TypeVar("Row", bound=OfChild)


def of_child(database: ReferenceDatabase, rows: list[Row], child_id: str) -> list[Row]:
    """The rows of one of the database's lists that belong to a child."""

    def sort_out() -> dict[str, list[Row]]:
        by_child: dict[str, list[Row]] = {}
        for row in rows:
            by_child.setdefault(row.child_id, []).append(row)
        return by_child

    return remember(database, ("of_child", id(rows)), sort_out).get(child_id, [])


def days_in_scope(database: ReferenceDatabase, child_id: str, statuses: frozenset[str]) -> set[date]:
    """Every day up to the as-at date on which the child is in scope, in the database's cohort.

    `recorded`: one of the child's needs with one of these statuses runs. The others, for every set of statuses: one of the child's
    arrangements has a care status of the cohort, and the child is not 18 yet.
    """

    def of_care() -> set[date]:
        days = set()
        for arrangement in of_child(database, database.arrangements, child_id):
            if arrangement.care_status not in COHORTS[database.cohort]:
                continue
            day = arrangement.start_date
            while day <= database.as_at and (arrangement.end_date is None or day < arrangement.end_date):
                age = age_at(database, child_id, day)
                if age is None or age < 18:
                    days.add(day)
                day += timedelta(days=1)
        return days

    def work_out() -> set[date]:
        if database.cohort != "recorded":
            return of_care()
        days = set()
        for need in database.needs:
            if need.child_id == child_id and need.status in statuses:
                day = need.start_date
                while day <= database.as_at and (need.end_date is None or day < need.end_date):
                    days.add(day)
                    day += timedelta(days=1)
        return days

    return remember(database, ("days_in_scope", child_id, statuses), work_out)


def arrangement_at(database: ReferenceDatabase, child_id: str, day: date) -> Arrangement | None:
    """The arrangement that counts on a day: started last, then in care, then the greatest placement, then status."""
    found = [
        arrangement
        for arrangement in of_child(database, database.arrangements, child_id)
        if arrangement.covers(day)
    ]
    if not found:
        return None
    return max(
        found,
        key=lambda one: (
            one.start_date, one.in_care, one.placement is not None, one.placement or "", one.care_status,
        ),
    )


def in_care_at(database: ReferenceDatabase, child_id: str, day: date) -> bool:
    arrangement = arrangement_at(database, child_id, day)
    return arrangement is not None and arrangement.in_care


def placements(database: ReferenceDatabase, child_id: str) -> list[Placement]:
    return of_child(database, database.placements, child_id)


def placement_start_at(database: ReferenceDatabase, child_id: str, day: date) -> date | None:
    """The start of the placement on a day; None where there is no arrangement."""
    arrangement = arrangement_at(database, child_id, day)
    if arrangement is None:
        return None
    if not arrangement.in_care:
        return arrangement.start_date
    return max(one.start_date for one in placements(database, child_id) if one.covers(day))


def provider_at(database: ReferenceDatabase, child_id: str, day: date) -> str:
    """Who provides the placement in care on a day: of several, the one that started last, then the greatest name."""
    if not in_care_at(database, child_id, day):
        return NOT_RECORDED
    covering = [one for one in placements(database, child_id) if one.covers(day)]
    return max(covering, key=lambda one: (one.start_date, one.provider or "")).provider or NOT_RECORDED


def has_placement_on(database: ReferenceDatabase, child_id: str, day: date) -> bool:
    return any(one.covers(day) for one in placements(database, child_id))


def age_at(database: ReferenceDatabase, child_id: str, day: date) -> int | None:
    """Whole years since birth; None without a birth date."""
    born = database.children[child_id].date_of_birth
    if born is None:
        return None
    had_birthday = (day.month, day.day) >= (born.month, born.day)  # 29 February: from 1 March in other years
    return day.year - born.year - (0 if had_birthday else 1)


def unaccompanied_at(database: ReferenceDatabase, child_id: str, day: date) -> bool | None:
    """Yes before DUC (always without one) and no from it on, or else the extract's flag; None is not recorded."""
    child = database.children[child_id]
    if child.has_uasc_row:
        return child.duc is None or day < child.duc
    return None if child.uasc is None else child.uasc == 1


def _age_band(age: int | None) -> str:
    if age is None:
        return NOT_RECORDED
    if age <= 4:
        return "0 to 4"
    if age <= 10:
        return "5 to 10"
    if age <= 15:
        return "11 to 15"
    return "16 and over"


def _yes_no(flag: bool | int | None) -> str:
    if flag is None:
        return NOT_RECORDED
    return "yes" if flag else "no"


def groups_at(database: ReferenceDatabase, child_id: str, day: date) -> dict[str, str]:
    """The child's group in every breakdown on a day."""

    def work_out() -> dict[str, str]:
        child = database.children[child_id]
        arrangement = arrangement_at(database, child_id, day) if is_covered(database, "arrangements", day) else None
        disability = NOT_RECORDED
        if child.disabled == 1 or child.mental_health_problem == 1:
            disability = "yes"
        elif child.disabled == 0 and child.mental_health_problem == 0:
            disability = "no"
        recorded_ethnicity = child.ethnicity in ETHNICITY_GROUP  # not blank, REFU or NOBT
        return {
            "placement": (arrangement.placement if arrangement else None) or NOT_RECORDED,
            "care_status": arrangement.care_status if arrangement else NOT_RECORDED,
            "ethnicity_group": ETHNICITY_GROUP[child.ethnicity or ""] if recorded_ethnicity else NOT_RECORDED,
            "ethnicity": (child.ethnicity or "") if recorded_ethnicity else NOT_RECORDED,
            "disabled": _yes_no(child.disabled),
            "mental_health_problem": _yes_no(child.mental_health_problem),
            "disability_or_mental_health": disability,
            "origin": child.origin or NOT_RECORDED,
            "unaccompanied": _yes_no(unaccompanied_at(database, child_id, day)),
            "sex": child.sex or NOT_RECORDED,
            "age_band": _age_band(age_at(database, child_id, day)),
            "team": child.team or NOT_RECORDED,
            "provider": provider_at(database, child_id, day) if arrangement else NOT_RECORDED,
        }

    return remember(database, ("groups_at", child_id, day), work_out)


@dataclass(frozen=True)
class ChildPeriod:
    """A child in scope on at least one day of a period; `days` are those days, `as_of` is the last of them."""

    label: str
    child_id: str
    days: frozenset[date]
    as_of: date


def child_periods(database: ReferenceDatabase, grain: str, statuses: frozenset[str]) -> list[ChildPeriod]:
    """Every child-period of a grain. Days after the as-at date are in no child's scope, so in no period."""

    def work_out() -> list[ChildPeriod]:
        found = []
        for child_id in database.children:
            days_by_period: dict[str, set[date]] = {}
            for day in days_in_scope(database, child_id, statuses):
                label = period_of(grain, day, database.as_at).label
                days_by_period.setdefault(label, set()).add(day)
            for label, days in days_by_period.items():
                found.append(ChildPeriod(label, child_id, frozenset(days), max(days)))
        return found

    return remember(database, ("child_periods", grain, statuses), work_out)
