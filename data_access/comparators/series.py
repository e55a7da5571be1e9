"""The published figures that are read: in which files of the Department for Education they are, and what their symbols mean.

The files are those of 'explore education statistics', as they are downloaded. What each figure may be held against is declared in
`metrics.comparators.comparability`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SYMBOLS = {
    "c": "hidden by the Department for Education to protect children",
    "k": "not 0, but rounds to 0",
    "u": "of low reliability, so not published",
    "x": "not available",
    "z": "not applicable",
}
"""What stands in a file in place of a number. None of them is a number."""

AREA_COLUMNS = (
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name", "region_code", "region_name", "old_la_code",
    "la_name", "new_la_code",
)
NATIONAL, REGIONAL, LOCAL_AUTHORITY = "national", "regional", "local_authority"
LEVELS = {"National": NATIONAL, "Regional": REGIONAL, "Local authority": LOCAL_AUTHORITY}
"""The geographic levels that are read; rows of others are not."""


@dataclass(frozen=True)
class Series:
    """One published figure: the rows of a file that hold `rows`, and of them the column `indicator`.

    `years` is the file's word for the kind of year. Values lie between 0 and `most`. `counted` are the rows with the number of
    children that the figure is about, in the same column: where nobody is, the file's 0 is no figure.
    """

    id: str
    title: str
    rows: Mapping[str, str]
    indicator: str
    years: str
    most: float = 100
    counted: Mapping[str, str] = field(default_factory=dict)
    counted_in: str = ""

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a file must have to hold the figure."""
        return frozenset({*AREA_COLUMNS, *self.rows, self.indicator})


ACADEMIC, REPORTING = "Academic year", "Reporting year"
YEAR_SHAPES = {ACADEMIC: r"^20\d{4}$", REPORTING: r"^20\d{2}$"}

_ABSENCE = {"absence_terms": "six half terms", "social_care_group": "CLA 12 months at 31 March", "phase_type_grouping": "Total"}
_SDQ = {"characteristic": "Ages 5 to 16 years with SDQ score"}
_SDQ_RECEIVED = {**_SDQ, "breakdown": "SDQ score was received"}

SERIES = {series.id: series for series in (
    Series("absence", "Overall absence rate of children looked after for 12 months at 31 March", _ABSENCE, "pt_overall", ACADEMIC),
    Series(
        "persistent_absence", "Persistent absence of children looked after for 12 months at 31 March", _ABSENCE, "pt_pupils_pa_10_exact",
        ACADEMIC,
    ),
    Series(
        "sdq_average", "Average SDQ score of children looked after for 12 months at 31 March, aged 5 to 16",
        {**_SDQ, "breakdown": "SDQ average score"}, "children_count", REPORTING, most=40, counted=_SDQ_RECEIVED,
        counted_in="children_count",
    ),
    Series(
        "sdq_concern", "Children looked after for 12 months at 31 March, aged 5 to 16, whose SDQ score is a cause for concern",
        {**_SDQ, "breakdown": "SDQ score is a cause for concern"}, "children_percent", REPORTING, counted=_SDQ_RECEIVED,
        counted_in="children_count",
    ),
    Series(
        "three_or_more_placements", "Children looked after on 31 March with 3 or more placements during the year",
        {"cla_group": "CLA on 31 March", "placement_stability": "With 3 or more placements during the year"}, "children_percent", REPORTING,
    ),
)}
"""Every figure by its id."""

NEIGHBOURS = "statistical_neighbours"
"""The id of the rows that hold an authority's ten statistical neighbours, the closest first: not a figure, but kept with them."""
NEIGHBOUR_COLUMNS = ("old_la_code", "la_name", *(f"SN_{place}" for place in range(1, 11)))
