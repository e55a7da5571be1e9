"""The breakdowns: the equality groups of QS133 and what managers ask for, declared once.

A breakdown is a column of every unit. Its groups are the values of the data dictionary; pages show their labels.
A missing value is the group 'Not recorded': shown, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import FromClause

from config.code_lists import ETHNICITY_GROUP, NOT_RECORDED
from data_access.tables import child
from metrics.units.dates import whole_years

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Breakdown:
    """`id` is the column and the command line's name; `labels` are the groups in order, with their words; `named` says whether there may
    be others, which are names of the local record."""

    id: str
    title: str
    labels: dict[str, str]
    note: str
    named: bool = False

    def label(self, group: str) -> str:
        """A group in words; codes without words (teams) are their own."""
        return self.labels.get(group, group)

    def order(self, groups: list[str]) -> list[str]:
        """Groups in the breakdown's order, unknown ones by name, 'Not recorded' last."""
        place = {group: number for number, group in enumerate(self.labels)}
        return sorted(groups, key=lambda group: (group == NOT_RECORDED, place.get(group, len(place)), group))


_YES_NO = {YES: "Yes", NO: "No"}

PLACEMENT = Breakdown("placement", "Placement", {
    "foster_carer": "Foster carer",
    "kinship_foster_carer": "Foster carer who is a relative or friend",
    "residential": "Children's home or residential school",
    "independent_or_supported": "Independent or supported living",
    "adoptive_parents": "Adoptive parents",
    "special_guardian": "Special guardian",
    "birth_parents": "Own parents",
    "secure_or_custody": "Secure unit or custody",
    "temporary_or_other": "Temporary or other",
}, "Where the child lived, on the last day of the period that counts for the child.")
CARE_STATUS = Breakdown("care_status", "Care status", {
    "section_20": "Accommodated (section 20)",
    "care_order": "Care order",
    "other_looked_after": "Looked after under another order",
    "short_breaks": "Short breaks",
    "special_guardianship": "Special guardianship",
    "adopted": "Adopted",
    "edge_of_care": "Edge of care",
}, "The child's legal status; the first three are 'in care'.")
ETHNICITY_GROUPS = Breakdown("ethnicity_group", "Ethnic group", {
    "White": "White", "Mixed": "Mixed", "Asian": "Asian", "Black": "Black", "Other": "Other",
}, "The Department for Education's five groups. 'Refused' and 'not yet obtained' are Not recorded.")
ETHNICITY = Breakdown("ethnicity", "Ethnicity", {
    "WBRI": "White British", "WIRI": "White Irish", "WOTH": "Any other White background", "WIRT": "Traveller of Irish heritage",
    "WROM": "Gypsy or Roma", "MWBC": "White and Black Caribbean", "MWBA": "White and Black African", "MWAS": "White and Asian",
    "MOTH": "Any other Mixed background", "AIND": "Indian", "APKN": "Pakistani", "ABAN": "Bangladeshi",
    "AOTH": "Any other Asian background", "CHNE": "Chinese", "BCRB": "Caribbean", "BAFR": "African",
    "BOTH": "Any other Black background", "OOTH": "Any other ethnic group",
}, "The codes of the SSDA903 return.")
DISABLED = Breakdown("disabled", "Disability", _YES_NO, "As the local record has it.")
MENTAL_HEALTH_PROBLEM = Breakdown("mental_health_problem", "Mental health problem", _YES_NO, "As the local record has it.")
DISABILITY_OR_MENTAL_HEALTH = Breakdown(
    "disability_or_mental_health", "Disability or mental health problem", _YES_NO,
    "Yes if either is recorded, no if both are recorded as no.",
)
ORIGIN = Breakdown("origin", "UK or overseas", {"uk": "UK", "overseas": "Overseas"}, "As the local record has it.")
UNACCOMPANIED = Breakdown(
    "unaccompanied", "Unaccompanied asylum-seeking child", _YES_NO, "From the SSDA903 return, until the day the status ceased.",
)
SEX = Breakdown("sex", "Sex", {"F": "Female", "M": "Male", "U": "Neither"}, "As the SSDA903 return has it.")
AGE_BAND = Breakdown(
    "age_band", "Age", {"0 to 4": "0 to 4", "5 to 10": "5 to 10", "11 to 15": "11 to 15", "16 and over": "16 and over"},
    "On the last day of the period that counts for the child.",
)
TEAM = Breakdown("team", "Team", {}, "As the local record has it.", named=True)

BREAKDOWNS = {breakdown.id: breakdown for breakdown in (
    PLACEMENT, CARE_STATUS, ETHNICITY_GROUPS, ETHNICITY, DISABLED, MENTAL_HEALTH_PROBLEM, DISABILITY_OR_MENTAL_HEALTH,
    ORIGIN, UNACCOMPANIED, SEX, AGE_BAND, TEAM,
)}
"""Every breakdown by its id, in the order pages list them."""


REGION, AUTHORITY = "region", "authority"

AREAS = {breakdown.id: breakdown for breakdown in (
    Breakdown(REGION, "Region", {}, "The region of the child's local authority."),
    Breakdown(AUTHORITY, "Local authority", {}, "The local authority that is responsible for the child."),
)}
"""The breakdowns that there are only where the data of several authorities is together. An authority is in one region."""

PROVIDER = Breakdown("provider", "Provider", {
    "PR0": "Parent or person with parental responsibility",
    "PR1": "The local authority's own provision",
    "PR2": "Another local authority's provision",
    "PR3": "Other public provision",
    "PR4": "Private provision",
    "PR5": "Voluntary or third sector provision",
}, "Who provided the placement in care, as the return or the local record has it: a code, or a name. Only in exact numbers.", named=True)

EXACT_ONLY = {PROVIDER.id: PROVIDER}
"""The breakdowns that the protected view never has. They are no columns of the cells that everybody's numbers are made from: cells that
have them are made when somebody asks."""

EVERY = {**BREAKDOWNS, **AREAS, **EXACT_ONLY}
"""Every breakdown that there can be, by its id."""


def breakdown_columns() -> list[sa.Column[Any]]:
    """Fresh columns for a unit's table, one a breakdown."""
    return [sa.Column(name, sa.String, nullable=False) for name in EVERY]


def breakdown_values(
    on: ColumnElement[Any], care_status: ColumnElement[Any], placement: ColumnElement[Any],
) -> list[ColumnElement[str]]:
    """The value of every breakdown of `child` on the date `on`, given the arrangement at that date."""
    ethnic_group = sa.case(ETHNICITY_GROUP, value=child.c.ethnicity, else_=NOT_RECORDED)
    ethnicity = sa.case((child.c.ethnicity.in_(list(ETHNICITY_GROUP)), child.c.ethnicity), else_=NOT_RECORDED)
    age = whole_years(child.c.date_of_birth, on)
    values: dict[str, ColumnElement[str]] = {
        "placement": _recorded(placement),
        "care_status": _recorded(care_status),
        "ethnicity_group": ethnic_group,
        "ethnicity": ethnicity,
        "disabled": _yes_no(child.c.disabled),
        "mental_health_problem": _yes_no(child.c.mental_health_problem),
        "disability_or_mental_health": sa.case(
            (sa.or_(child.c.disabled == 1, child.c.mental_health_problem == 1), YES),
            (sa.and_(child.c.disabled == 0, child.c.mental_health_problem == 0), NO),
            else_=NOT_RECORDED,
        ),
        "origin": _recorded(child.c.origin),
        "unaccompanied": sa.case(
            (child.c.unaccompanied.is_(None), NOT_RECORDED),
            (sa.and_(child.c.unaccompanied == 1, sa.or_(child.c.unaccompanied_until.is_(None), child.c.unaccompanied_until > on)), YES),
            else_=NO,
        ),
        "sex": _recorded(child.c.sex),
        "age_band": sa.case(
            (child.c.date_of_birth.is_(None), NOT_RECORDED),
            (age < 5, "0 to 4"), (age < 11, "5 to 10"), (age < 16, "11 to 15"),
            else_="16 and over",
        ),
        "team": _recorded(child.c.team),
    }
    return [values[name].label(name) for name in BREAKDOWNS]


def area_values(areas: FromClause) -> list[ColumnElement[str]]:
    """The value of every area, given the child's row of child_authority."""
    return [_recorded(areas.c[name]).label(name) for name in AREAS]


def _recorded(value: ColumnElement[Any]) -> ColumnElement[str]:
    return sa.func.coalesce(value, NOT_RECORDED)


def _yes_no(flag: ColumnElement[Any]) -> ColumnElement[str]:
    return sa.case((flag == 1, YES), (flag == 0, NO), else_=NOT_RECORDED)
