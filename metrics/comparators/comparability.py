"""Which published figure each measure may be held against, and how far the two are comparable. Declared once, here.

A comparator belongs to one measure. It is drawn only for periods of a length at which the published figure means the same, and only
while the local choices are those of the published definition. A measure that no published figure is fair to has none.

Sources: Department for Education, 'Outcomes for children in need, including children looked after by local authorities in England' and
'Children looked after in England including adoptions', with their methodologies.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from config.cohorts import Cohort
from config.local_choices import local_choices
from metrics.measures import statement_1, statement_4
from metrics.measures.cohort_words import WHO
from metrics.measures.kinds import Measure

ALL_GRAINS = frozenset({"month", "quarter", "term", "year"})
YEARLY = frozenset({"year"})


@dataclass(frozen=True)
class Publication:
    """Where a figure is published."""

    title: str
    address: str


_FIND = "https://explore-education-statistics.service.gov.uk/find-statistics"
OUTCOMES = Publication(
    "Department for Education, Outcomes for children in need, including children looked after by local authorities in England",
    f"{_FIND}/outcomes-for-children-in-need-including-children-looked-after-by-local-authorities-in-england",
)
LOOKED_AFTER = Publication(
    "Department for Education, Children looked after in England including adoptions",
    f"{_FIND}/children-looked-after-in-england-including-adoptions",
)


def as_share(percent: float) -> float:
    """A published percentage as the share that measures have."""
    return round(percent / 100, 6)


def attended(absence: float) -> float:
    """What is attended where `absence` percent is not."""
    return round((100 - absence) / 100, 6)


def as_it_is(number: float) -> float:
    """A published number in the unit of the measure."""
    return number


@dataclass(frozen=True, kw_only=True)
class Comparator:
    """A published figure for a measure.

    `series` is its id in `data_access.comparators`; `value` turns a published number into the unit of the measure. `title` names it,
    `how_far` says how far the two are comparable (cohort, year, definition), and `grains` are the lengths of periods at which they are.
    `years_end_in` is the last month of a published year. `not_now` says why it isn't shown with the present local choices; empty: it is.
    """

    measure: Measure
    series: str
    title: str
    value: Callable[[float], float]
    how_far: str
    grains: frozenset[str]
    years_end_in: int
    publication: Publication
    not_now: str = ""
    reviewed: datetime.date = datetime.date(2026, 11, 24)

    def how_far_for(self, cohort: Cohort) -> str:
        """How far the two are comparable where a cohort is counted, and how near that cohort is to the published one."""
        said = self.how_far
        for phrase, instead in _OURS.items() if cohort is not Cohort.RECORDED else ():
            said = said.replace(phrase, instead[cohort])
        return f"{said} {NEAR[cohort]}"

    def why_not_by(self, grain: str) -> str:
        """Why it may not be shown beside periods of this length, in a sentence; empty where it may."""
        if self.not_now:
            return self.not_now
        return "" if grain in self.grains else (
            f"{self.title} is published for whole years only, and the share grows with the length of a period. Choose years to see it."
        )


_choices = local_choices()
_ACADEMIC, _FINANCIAL = 8, 3
_COHORT = (
    "The published figure is about all children looked after for at least 12 months on 31 March; ours is about those of the children in "
    "care who have attachment difficulties, however long they have been there"
)


NEAR = {
    Cohort.RECORDED: "Choose ‘Children in care’ under ‘Who is counted’ for the children nearest to those of the published figure.",
    Cohort.LOOKED_AFTER: "Of all there is to choose under ‘Who is counted’, children in care are the nearest to those of the published "
    "figure.",
}
NEAR[Cohort.NG26] = NEAR[Cohort.RECORDED]
"""How near who is counted is to whom the published figures count."""
_IN_CARE = {Cohort.LOOKED_AFTER: "all children in care", Cohort.NG26: "all children in care"}
_OURS = {
    "those of the children in care who have attachment difficulties": _IN_CARE,
    "children at risk of or with attachment difficulties, in care or not, so a higher score is to be expected": WHO,
    "children at risk of or with attachment difficulties, in care or not, so a higher share is to be expected": WHO,
    "those with attachment difficulties and counts": {cohort: f"{who} and counts" for cohort, who in _IN_CARE.items()},
}
"""What `how_far` says of our own children where recorded needs say who is counted, and what it says in the other cohorts."""


def _unless(same: bool, what: str) -> str:
    return "" if same else f"No published figure is shown, because {what} in local_choices.toml differs from the published definition."


COMPARATORS = {comparator.measure.id: comparator for comparator in (
    Comparator(
        measure=statement_4.attendance_in_care, series="absence", value=attended,
        title="Attendance of children looked after (100% less the published absence rate)",
        how_far=(
            f"Broadly comparable: both are sessions attended of those possible. {_COHORT}. The published year runs from September to "
            "August and covers state-funded schools; in 2020/21 and 2021/22 it leaves out absence because of coronavirus. Absence has its "
            "seasons, so that one term or month can differ from a year for that reason alone."
        ),
        grains=ALL_GRAINS, years_end_in=_ACADEMIC, publication=OUTCOMES,
    ),
    Comparator(
        measure=statement_4.persistent_absence_in_care, series="persistent_absence", value=as_share,
        title="Persistent absence of children looked after",
        how_far=(
            f"Comparable in its definition (10% or more of a child's possible sessions missed) for whole years only. {_COHORT}. The "
            "published year runs from September to August, ours from April to March."
        ),
        grains=YEARLY, years_end_in=_ACADEMIC, publication=OUTCOMES,
        not_now=_unless(_choices.persistent_absence_percent == 10, "persistent_absence_percent"),
    ),
    Comparator(
        measure=statement_1.social_emotional_mean, series="sdq_average", value=as_it_is,
        title="Average SDQ score of children looked after",
        how_far=(
            "Partly comparable: the questionnaire and the scale are the same. The published figure is about children aged 5 to 16 who "
            "were looked after for at least 12 months on 31 March, with their last score of the year to that day; ours is about children "
            "at risk of or with attachment difficulties, in care or not, so a higher score is to be expected."
        ),
        grains=ALL_GRAINS, years_end_in=_FINANCIAL, publication=LOOKED_AFTER,
    ),
    Comparator(
        measure=statement_1.social_emotional_concern, series="sdq_concern", value=as_share,
        title="Children looked after whose SDQ score is a cause for concern",
        how_far=(
            "Partly comparable: a score of 17 or more in both. The published figure is about children aged 5 to 16 with a score who were "
            "looked after for at least 12 months on 31 March; ours is about children at risk of or with attachment difficulties, in care "
            "or not, so a higher share is to be expected. Published in whole percent."
        ),
        grains=ALL_GRAINS, years_end_in=_FINANCIAL, publication=LOOKED_AFTER,
        not_now=_unless(_choices.sdq_concern_from == 17, "sdq_concern_from"),
    ),
    Comparator(
        measure=statement_4.three_or_more_placements, series="three_or_more_placements", value=as_share,
        title="Children looked after with three or more placements in the year",
        how_far=(
            "Comparable in its definition: placements over a year, whatever the length of the period shown. The published figure is about "
            "all children looked after on 31 March and counts the year to that day; ours is about those with attachment difficulties and "
            "counts the 365 days to the last day that counts for the child. Published in whole percent."
        ),
        grains=ALL_GRAINS, years_end_in=_FINANCIAL, publication=LOOKED_AFTER,
        not_now=_unless(
            (_choices.placement_moves_count, _choices.placement_moves_days) == (3, 365), "placement_moves_count or placement_moves_days",
        ),
    ),
)}
"""Every comparator by the id of its measure."""

_SCHOOL = "is about children in care and children who are not; no published figure is about both together. Its in-care twin has one."
_EXCLUSIONS = "is counted by pupils in the published figures and by children in scope here, and those figures are not among the files read."
WITHOUT = {
    "attendance": f"It {_SCHOOL}",
    "persistent_absence": f"It {_SCHOOL}",
    "suspended_in_care": f"It {_EXCLUSIONS}",
    "suspension_rate_in_care": f"It {_EXCLUSIONS}",
    "permanent_exclusion_rate_in_care": f"It {_EXCLUSIONS}",
    "placement_breakdown": "There is no official figure of placements that broke down.",
    "placement_breakdown_rate": "There is no official figure of placements that broke down.",
}
"""Why measures for which one might look for a comparator have none, by their id."""


def comparator_of(measure: Measure) -> Comparator | None:
    """The published figure for a measure, if there is a fair one."""
    return COMPARATORS.get(measure.id)
