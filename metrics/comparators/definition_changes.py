"""Changes of national definitions and codes: when each came, what changed, and which measures and breakdowns it touches.

A trend that crosses one says so, and nothing is compared across it unawares. A change is declared here once.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from metrics.measures.kinds import Measure


@dataclass(frozen=True, kw_only=True)
class DefinitionChange:
    """From the day `on` something counts otherwise.

    `title` names it in a few words, `words` say what changed and what that does to the numbers. `fields` are the columns of the return
    or the extracts whose codes changed; `measures` and `breakdowns` are the ids of those whose numbers or groups it touches.
    """

    id: str
    on: datetime.date
    title: str
    words: str
    fields: tuple[str, ...]
    source: str
    measures: frozenset[str] = frozenset()
    breakdowns: frozenset[str] = frozenset()
    reviewed: datetime.date = datetime.date(2026, 11, 24)


_ATTENDANCE = frozenset({"attendance", "persistent_absence", "attendance_in_care", "persistent_absence_in_care"})
_SUSPENSIONS = frozenset({"suspended", "suspension_rate", "suspended_in_care", "suspension_rate_in_care"})


def _guide(first_year: int) -> str:
    return (
        "Department for Education, Children looked-after by local authorities in England: guide to the SSDA903 collection, "
        f"1 April {first_year} to 31 March {first_year + 1}"
    )


CHANGES = (
    DefinitionChange(
        id="suspension", on=datetime.date(2021, 9, 1), title="'Suspension' replaced 'fixed-period exclusion'",
        words=(
            "Schools record a suspension (SUSP) where they recorded a fixed-period exclusion (FIXD) before. The same events are meant, but "
            "records made under the old code may have been brought over differently from school to school."
        ),
        fields=("exclusions.category",), measures=_SUSPENSIONS,
        source="Department for Education, Suspensions and permanent exclusions in England, from academic year 2021/22, and its methodology",
    ),
    DefinitionChange(
        id="coronavirus_absence", on=datetime.date(2022, 4, 1), title="Absence because of coronavirus is recorded as illness",
        words=(
            "In 2020/21 and 2021/22, until April 2022, a child who could not come because of coronavirus was marked X, which is no "
            "possible session here. Since then such a session is illness (I), an authorised absence. Attendance before and after differs "
            "for that reason, too."
        ),
        fields=("attendance.mark",), measures=_ATTENDANCE,
        source="Department for Education, Pupil absence in schools in England 2021/22, and Pupil absence statistics: methodology",
    ),
    DefinitionChange(
        id="sex_codes", on=datetime.date(2024, 4, 1), title="New codes for sex in the return",
        words=(
            "The return has M, F and U (neither) from 2024/25; before, it had 1 (male) and 2 (female) and nothing else. The group "
            "'Neither' can't occur in earlier returns, so a difference over time may come from the codes."
        ),
        fields=("Header.SEX", "UASC.SEX"), breakdowns=frozenset({"sex"}), source=_guide(2024),
    ),
    DefinitionChange(
        id="supported_accommodation", on=datetime.date(2024, 4, 1), title="New placement code K3, supported accommodation",
        words=(
            "From 2024/25 the return has K3 for supported accommodation that is registered with Ofsted, much of it H5 before. Both count "
            "as 'Independent or supported living' here, so the group goes on; children may have been recorded elsewhere before."
        ),
        fields=("Episodes.PLACE",), breakdowns=frozenset({"placement"}), source=_guide(2024),
    ),
    DefinitionChange(
        id="attendance_codes", on=datetime.date(2024, 8, 19), title="New national attendance codes",
        words=(
            "An interview (J) counted as attended before and is an authorised absence since (J1). New marks (K, Q, C1, C2, Y1 to Y7) say "
            "more exactly where a child is, so some sessions count otherwise than before."
        ),
        fields=("attendance.mark",), measures=_ATTENDANCE,
        source=(
            "The School Attendance (Pupil Registration) (England) Regulations 2024; Department for Education, Working together to improve "
            "school attendance, in force from 19 August 2024"
        ),
    ),
    DefinitionChange(
        id="other_placements", on=datetime.date(2025, 4, 1), title="Placement codes Z11 to Z14 replaced Z1; H5 and P2 went",
        words=(
            "From 2025/26 'other placements' (Z1) are told apart as Z11 to Z14, and the return no longer has H5 and P2. The new codes "
            "count as 'Temporary or other', as Z1 did; what was H5 or P2 is recorded under another code and may be in another group."
        ),
        fields=("Episodes.PLACE",), breakdowns=frozenset({"placement"}), source=_guide(2025),
    ),
)
"""Every change, in time order."""


def touching(measure: Measure, breakdowns: Iterable[str] = ()) -> list[DefinitionChange]:
    """The changes that touch a measure, or one of the breakdowns that it is filtered or compared by."""
    by = set(breakdowns)
    return [change for change in CHANGES if measure.id in change.measures or change.breakdowns & by]


def touching_breakdown(breakdown: str) -> list[DefinitionChange]:
    """The changes that touch a breakdown's groups."""
    return [change for change in CHANGES if breakdown in change.breakdowns]


def crossed(changes: Collection[DefinitionChange], first: datetime.date, last: datetime.date) -> list[DefinitionChange]:
    """Those of the changes that lie between two days: the first day counts as before, and the last as after."""
    return [change for change in changes if first < change.on <= last]
