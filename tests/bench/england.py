"""A made-up England: any number of authorities, written straight into the reporting tables of any kind of database.

Its numbers are plausible enough that every measure has some; they tell no story, which the demo is for. Whole columns are drawn at once,
an authority at a time, and attendance is drawn anew whenever it is gone through, so that memory holds one authority's marks. The same
number of authorities gives the same England.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from config import code_lists as codes
from data_access import periods
from data_access.demo.school_calendar import is_school_day
from data_access.load.checking import specification as spec
from data_access.load.reading.batches import Batches, Rows
from data_access.load.storing.writing import replace_contents

AUTHORITIES, CHILDREN, MARKS = 150, 84_000, 64_000_000
"""England: children who may have attachment difficulties, and their marks of about three years."""
REGIONS = (
    "East Midlands", "East of England", "London", "North East", "North West", "South East", "South West", "West Midlands",
    "Yorkshire and the Humber",
)
AS_AT = datetime.date(2026, 3, 31)
YEARS = 3
PROVIDED = sorted(table.name for table in (*spec.RETURN_TABLES, *spec.EXTRACTS))
OF_SCHOOL_AGE = 0.75
ATTENDANCE = pl.Schema({"child_id": pl.String(), "session_date": pl.Date(), "session": pl.String(), "mark": pl.String()})
ARRANGEMENTS = {
    "section_20": ("foster_carer", "kinship_foster_carer", "residential", "independent_or_supported"),
    "care_order": ("foster_carer", "kinship_foster_carer", "residential", "birth_parents"),
    "other_looked_after": ("secure_or_custody", "temporary_or_other", "foster_carer", "residential"),
    "edge_of_care": ("birth_parents", "birth_parents", "kinship_foster_carer", "birth_parents"),
    "special_guardianship": ("special_guardian",) * 4,
    "adopted": ("adoptive_parents",) * 4,
}
"""Care statuses, and four placements of each that are equally likely."""


@dataclass(frozen=True)
class Place:
    """One authority: its number, name, region and how many children it has."""

    number: int
    name: str
    region: str
    children: int


def england(url: str, authorities: int = AUTHORITIES) -> None:
    """Fills a reporting database with so many authorities of England, each 560 children and 427,000 marks on average."""
    replace_contents(url, contents(authorities), AS_AT, lambda _doing, _share: None, made_up=True)


def contents(authorities: int) -> dict[str, Rows]:
    """The rows of the reporting tables, as a load would have made them."""
    places = all_places(authorities)
    drawn = [_Drawn(place).tables() for place in places]
    first = AS_AT.replace(year=AS_AT.year - YEARS)
    return {
        **{name: pl.concat([tables[name] for tables in drawn]) for name in drawn[0]},
        "attendance": Batches(ATTENDANCE, lambda: map(drawn_attendance, places)),
        "period": periods.periods(first, AS_AT),
        "provided_table": pl.DataFrame({"name": PROVIDED}),
        "authority_source": pl.DataFrame([place.name for place in places], {"authority": pl.String}).join(
            pl.DataFrame({"name": PROVIDED}), how="cross",
        ),
    }


def drawn_attendance(place: Place) -> pl.DataFrame:
    """An authority's marks."""
    return _Drawn(place).attendance()


def all_places(authorities: int) -> list[Place]:
    """The authorities: the largest have several times as many children as the smallest, and all together what England's share is."""
    weights = np.random.default_rng(authorities).lognormal(0, 0.5, authorities)
    total = CHILDREN * authorities // AUTHORITIES
    bounds = np.round(np.concatenate([[0], np.cumsum(weights)]) / weights.sum() * total).astype(int)
    sizes = np.diff(bounds)
    return [
        Place(number, f"Authority {number + 1:03}", REGIONS[number % len(REGIONS)], int(size)) for number, size in enumerate(sizes)
    ]


@functools.cache
def school_days() -> np.ndarray:
    """So many of the last school days (days since 1970) that all of England has its marks."""
    wanted = round(MARKS / (CHILDREN * OF_SCHOOL_AGE * 2))
    last = AS_AT.toordinal()
    found = [day for day in range(last - 365 * 6, last + 1) if is_school_day(day)][-wanted:]
    return np.array(found) - datetime.date(1970, 1, 1).toordinal()


class _Drawn:
    """One authority's tables, drawn from its number."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.chance = np.random.default_rng([133, place.number])
        self.count = place.children
        self.ids = pl.select(pl.lit(f"{place.name}/") + pl.int_range(place.children).cast(pl.String)).to_series().alias("child_id")
        self.today = (AS_AT - datetime.date(1970, 1, 1)).days
        # Who is of school age is so on each of the school days.
        self.school_age = self.chance.random(self.count) < OF_SCHOOL_AGE
        old, young = self.chance.integers(365 * 8, 365 * 16, self.count), self.chance.integers(200, 365 * 5, self.count)
        self.born = self.today - np.where(self.school_age, old, young)
        self.needed_from = np.maximum(self.born + 30, self.today - self.chance.integers(30, 365 * 4, self.count))

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table but attendance."""
        starts, arrangements, placements = self._arrangements()
        programmes, sessions = self._programmes()
        return {
            "child": self._children(), "attachment_need": self._needs(), "care_arrangement": arrangements, "placement": placements,
            "care_start": starts, "previous_permanence": starts.select(
                "child_id", (pl.col("start_date").dt.offset_by("9mo").dt.year()).cast(pl.Int32).alias("collection_year"),
                pl.Series("previous_permanence", self._any(codes.PREVIOUS_PERMANENCE, starts.height)),
            ),
            "assessment": self._dated("assessment", 2, "completed_date", codes.ASSESSMENT_FACTORS),
            "education_plan": self._dated("plan", 8, "completed_date", codes.EDUCATION_PLAN_PARTS),
            "programme": programmes, "programme_session": sessions, "outcome_score": self._scores(),
            "exclusion": self._events(0.4, "start_date", category=(("SUSP",) * 19 + ("PERM",))),
            "carer_training": self._events(
                1.0, "completed_date", carer_type=("foster_carer",), programme=("Attachment and trauma",),
                age_group=("preschool", "primary", "secondary"),
            ),
            "child_authority": pl.DataFrame([self.ids]).with_columns(authority=pl.lit(self.place.name), region=pl.lit(self.place.region)),
        }

    def attendance(self) -> pl.DataFrame:
        """Two marks a school day of each child of school age: the same each time they are drawn."""
        chance = np.random.default_rng([134, self.place.number])
        children = np.flatnonzero(self.school_age)
        days = np.repeat(school_days(), 2)
        count = len(children) * len(days)
        kinds = np.array(["/", "\\", "L", "I", "O", "C", "M", "X"])
        marks = np.repeat(np.arange(len(kinds)), [118, 112, 4, 8, 6, 3, 2, 3])[chance.integers(0, 256, count, dtype=np.uint8)]
        return pl.DataFrame({
            "child_id": self.ids.gather(np.repeat(children, len(days))), "session_date": _dates(np.tile(days, len(children))),
            "session": pl.Series(["AM", "PM"]).gather(np.tile(np.array([0, 1]), count // 2)), "mark": pl.Series(kinds).gather(marks),
        })

    def _any(self, values: Sequence[str | int | None], count: int) -> pl.Series:
        return pl.Series(values).gather(self.chance.integers(0, len(values), count))

    def _flags(self, names: Sequence[str], count: int) -> dict[str, pl.Series]:
        return {name: self._any((1, 1, 1, 1, 1, 0, None), count).cast(pl.Int16) for name in names}

    def _children(self) -> pl.DataFrame:
        ethnicities = ("WBRI",) * 40 + codes.ETHNICITIES
        alone = self._any((1, *(0,) * 18, None), self.count).cast(pl.Int16)
        return pl.DataFrame([self.ids]).with_columns(
            sex=self._any(("M", "F"), self.count), date_of_birth=_dates(self.born), ethnicity=self._any(ethnicities, self.count),
            disabled=self._any((1, 0, 0, 0, 0, None), self.count).cast(pl.Int16),
            mental_health_problem=self._any((1, 0, 0, 0, None), self.count).cast(pl.Int16),
            origin=self._any((*("uk",) * 9, "overseas", None), self.count), unaccompanied=alone,
            unaccompanied_until=pl.lit(None, dtype=pl.Date),
            team=pl.lit(f"{self.place.name}: ") + self._any(("North", "South", "East"), self.count),
        )

    def _needs(self) -> pl.DataFrame:
        ends = self.needed_from + self.chance.integers(200, 2000, self.count)
        return pl.DataFrame([self.ids]).with_columns(
            status=self._any((*("confirmed",) * 5, *("at_risk",) * 3, "possible"), self.count),
            start_date=_dates(self.needed_from), end_date=_until(ends, self.today),
        )

    def _arrangements(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """One to four a child, one after the other: care_start, care_arrangement, placement."""
        who, first = self._several(self.chance.integers(1, 5, self.count))
        lengths = self.chance.integers(60, 500, len(who))
        before = np.cumsum(lengths) - lengths
        starts = np.maximum(self.born, self.needed_from - 100)[who] + before - before[first]
        kept = starts <= self.today
        who, starts, ends = who[kept], starts[kept], (starts + lengths)[kept]
        statuses = tuple(ARRANGEMENTS)
        status = self.chance.choice(len(statuses), len(who), p=[0.3, 0.35, 0.05, 0.2, 0.05, 0.05])
        kinds = np.array([ARRANGEMENTS[name] for name in statuses])[status, self.chance.integers(0, 4, len(who))]
        arrangements = pl.DataFrame({
            "child_id": self.ids.gather(who), "care_status": pl.Series(statuses).gather(status), "placement": kinds,
            "start_date": _dates(starts), "end_date": _until(ends, self.today),
        })
        in_care = arrangements.filter(pl.col("care_status").is_in(codes.IN_CARE))
        broke = pl.Series(self.chance.random(in_care.height) < 0.15) & in_care["end_date"].is_not_null()
        placements = in_care.select("child_id", "start_date", "end_date", broke.cast(pl.Int16).alias("ended_by_breakdown")).with_columns(
            provider=pl.lit(f"{self.place.name}: ") + self._any(("Hawthorn", "Rowan", "In house"), in_care.height),
        )
        return in_care.group_by("child_id", maintain_order=True).agg(pl.col("start_date").min()), arrangements, placements

    def _several(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For children with so many rows each: the child of each row, and the place of that child's first row."""
        return np.repeat(np.arange(self.count), counts), np.repeat(np.cumsum(counts) - counts, counts)

    def _recent(self, who: np.ndarray) -> np.ndarray:
        """A day of each of these children's needs."""
        return self.needed_from[who] + (self.chance.random(len(who)) * (self.today - self.needed_from[who])).astype(int)

    def _dated(self, name: str, most: int, date: str, flags: Sequence[str]) -> pl.DataFrame:
        who, _ = self._several(self.chance.integers(0, most + 1, self.count))
        ids = pl.lit(f"{self.place.name}/{name}-") + pl.int_range(len(who)).cast(pl.String)
        columns = {"child_id": self.ids.gather(who), date: _dates(self._recent(who)), **self._flags(flags, len(who))}
        return pl.DataFrame(columns).with_columns(ids.alias(f"{name}_id"))

    def _events(self, mean: float, date: str, **values: Sequence[str]) -> pl.DataFrame:
        who, _ = self._several(self.chance.poisson(mean, self.count))
        drawn = {name: self._any(each, len(who)) for name, each in values.items()}
        return pl.DataFrame({"child_id": self.ids.gather(who), date: _dates(self._recent(who)), **drawn})

    def _programmes(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """About one offered a child, nine in ten of which start, with a session a week for some three months."""
        who, _ = self._several(self.chance.poisson(1.0, self.count))
        offered = self._recent(who)
        starts = offered + self.chance.integers(7, 60, len(who))
        started = (self.chance.random(len(who)) < 0.9) & (starts <= self.today)
        weeks = self.chance.integers(8, 16, len(who))
        ends = starts + weeks * 7 + self.chance.integers(7, 30, len(who))
        programmes = pl.DataFrame({
            "programme_id": pl.select(pl.lit(f"{self.place.name}/programme-") + pl.int_range(len(who)).cast(pl.String)).to_series(),
            "child_id": self.ids.gather(who), "programme": self._any(("video_feedback", "parental_sensitivity", "other"), len(who)),
            "offered_date": _dates(offered), "start_date": _until(np.where(started, starts, self.today + 1), self.today),
            "end_date": _until(np.where(started, ends, self.today + 1), self.today),
            "provider": self._any(("In house",), len(who)),
        })
        delivered = np.where(started, weeks, 0)
        which = np.repeat(np.arange(len(who)), delivered)
        week = np.arange(len(which)) - np.repeat(np.cumsum(delivered) - delivered, delivered)
        days = starts[which] + week * 7
        sessions = pl.DataFrame({
            "programme_id": programmes["programme_id"].gather(which), "session_date": _until(days, self.today),
            "minutes": self._any((60, 60, 75, 90, 45), len(which)).cast(pl.Float64),
            "filmed_minutes": self._any((10, 12, 15, 20, 20, 25), len(which)).cast(pl.Float64),
            "watched_together": self._any((*(1,) * 20, 0), len(which)).cast(pl.Int16),
        })
        return programmes, sessions.filter(pl.col("session_date").is_not_null())

    def _scores(self) -> pl.DataFrame:
        return pl.concat([
            self._scored(self.chance.integers(0, 5, self.count), "social_emotional", "sdq_total", 40),
            self._scored(self.chance.poisson(2.0, self.count), "parental_sensitivity", "CARE-Index", 14),
        ])

    def _scored(self, counts: np.ndarray, domain: str, instrument: str, highest: int) -> pl.DataFrame:
        who, _ = self._several(counts)
        return pl.DataFrame({"child_id": self.ids.gather(who)}).with_columns(
            domain=pl.lit(domain), instrument=pl.lit(instrument), score_date=_dates(self._recent(who)),
            score=pl.Series(self.chance.integers(0, highest + 1, len(who))).cast(pl.Float64),
        )


def _dates(days: np.ndarray) -> pl.Series:
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def _until(days: np.ndarray, today: int) -> pl.Series:
    """Dates, null for those that haven't come."""
    return pl.select(pl.when(pl.Series(days) <= today).then(_dates(days))).to_series()
