"""Series of measures in which nothing changes, made child by child: what a false alarm is counted in.

About 230 children, of whom 6% leave and are replaced each quarter. A child keeps its nature: how readily it gets a plan, moves, is
suspended or stays away from school. Everything is drawn for many series at once, as arrays with a row a series.

`change` multiplies what drives a measure (a rate, or the odds of the outcome) in the last AFTER periods: 1 is nothing.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from data_access.periods import periods
from metrics.statistics import intervals

CHILDREN, IN_CARE, SCHOOL_AGE = 230, 165, 150
LEAVE_A_QUARTER, QUARTER = 0.06, 91.3125
POINTS, AFTER = 16, 8
LAST_DAY = datetime.date(2026, 3, 31)
PAST_QUARTERS = 48
"""How long the children of a series have been there before its first point: what happened long ago counts in some measures."""
NO_END = 1e9

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Calendar:
    """The periods of one grain, and the first of them in which something is different."""

    grain: str
    starts: tuple[datetime.date, ...]
    ends: tuple[datetime.date, ...]
    changed: int

    @property
    def days(self) -> list[int]:
        """How long each period is."""
        return [(end - start).days + 1 for start, end in zip(self.starts, self.ends, strict=True)]

    def factor(self, number: int, change: float) -> float:
        """What drives the measure in a period, as a multiple of what did before."""
        return change if number >= self.changed else 1.0


@dataclass(frozen=True)
class Series:
    """Numerators and denominators, a row a series and a column a period, and the intervals of means and ratios of totals."""

    numerator: FloatArray
    denominator: FloatArray
    lower: FloatArray | None = None
    upper: FloatArray | None = None


Make = Callable[[np.random.Generator, Calendar, int, float], Series]


def calendar(grain: str, points: int) -> Calendar:
    """The last so many whole periods before April 2026."""
    table = periods(datetime.date(1990, 4, 1), LAST_DAY)
    rows = table.filter((table["grain"] == grain) & (table["last_date"] <= LAST_DAY)).sort("start_date").tail(points)
    return Calendar(grain, tuple(rows["start_date"].to_list()), tuple(rows["last_date"].to_list()), POINTS)


def sessions_in(start: datetime.date, days: int) -> float:
    """Half-day sessions of a period: 190 school days a year, none in August."""
    weight = {4: 0.7, 7: 0.7, 8: 0.0, 10: 0.85, 12: 0.75, 1: 0.9, 2: 0.75}
    return 2 * 190 / 300 * sum(weight.get((start + datetime.timedelta(day)).month, 1.0) for day in range(days))


@dataclass
class Renewals:
    """What happens to children again and again: the gaps between a child's events are gamma distributed.

    A share of children never has any; `spread` is the shape of the distribution of the children's own paces, None where all are alike.
    `last` holds each child's latest events, the latest last.
    """

    rng: np.random.Generator
    size: tuple[int, int]
    interval_days: float
    shape: float
    events: int
    ever: float
    spread: float | None
    factor: float = 1.0
    pace: FloatArray = field(init=False)
    following: FloatArray = field(init=False)
    last: list[FloatArray] = field(init=False)

    def __post_init__(self) -> None:
        self.pace, self.following = np.zeros(self.size), np.zeros(self.size)
        self.last = [np.full(self.size, -np.inf) for _ in range(self.events)]

    def _gaps(self, who: BoolArray) -> FloatArray:
        drawn = self.rng.gamma(self.shape, self.interval_days / self.shape, int(who.sum()))
        return drawn / np.maximum(self.pace[who] * self.factor, 1e-9)

    def arrive(self, who: BoolArray, at: FloatArray) -> None:
        """New children in these places, to whom nothing has happened yet."""
        count = int(who.sum())
        own = self.rng.gamma(self.spread, 1 / self.spread, count) if self.spread else 1.0
        self.pace[who] = (self.rng.random(count) < self.ever) * own
        for times in self.last:
            times[who] = -np.inf
        self.following[who] = at[who] + self._gaps(who)

    def go_on(self, at: FloatArray, who: BoolArray) -> None:
        """Everything that happens to some of the children up to a moment of each."""
        while (due := who & (self.following <= at)).any():
            for older, newer in itertools.pairwise(self.last):
                older[due] = newer[due]
            self.last[-1][due] = self.following[due]
            self.following[due] += self._gaps(due)

    def change(self, now: float, factor: float) -> None:
        """From now on things happen so many times as often, also to those who wait."""
        self.following = np.where(self.following > now, now + (self.following - now) / factor, self.following)
        self.factor = factor


def within(
    interval_days: float, shape: float, window_days: float, *, children: int = CHILDREN, events: int = 1, ever: float = 1.0,
    spread: float | None = None,
) -> Make:
    """Children with so many events in the days up to their as-of date: plans, trainings, moves, assessments."""

    def make(rng: np.random.Generator, cal: Calendar, series: int, change: float) -> Series:
        size = (series, children)
        happening, everybody = Renewals(rng, size, interval_days, shape, events, ever, spread), np.ones(size, dtype=bool)
        happening.arrive(everybody, np.zeros(size))
        end, now = rng.exponential(QUARTER / LEAVE_A_QUARTER, size), 0.0
        numerators, denominators = [], []
        for number, length in enumerate([*[QUARTER] * PAST_QUARTERS, *cal.days], start=-PAST_QUARTERS):
            if number == cal.changed:
                happening.change(now, change)
            now += length
            leaving = end <= now
            happening.go_on(end, leaving)
            numerator = ((happening.last[0] > end - window_days) & leaving).sum(axis=1)
            happening.arrive(leaving, end)
            end = np.where(leaving, np.maximum(end + rng.exponential(QUARTER / LEAVE_A_QUARTER, size), now + 1e-6), end)
            happening.go_on(np.full(size, now), everybody)
            if number >= 0:
                numerators.append(numerator + (happening.last[0] > now - window_days).sum(axis=1))
                denominators.append(leaving.sum(axis=1) + children)
        return Series(np.stack(numerators, axis=1).astype(float), np.stack(denominators, axis=1).astype(float))

    return make


def _natures(
    rng: np.random.Generator, cal: Calendar, series: int, children: int, draw: Callable[[int], FloatArray]
) -> Iterator[tuple[int, FloatArray, FloatArray]]:
    """For each period its number, the children's natures, and the share of the period that each is there; newcomers have a column each."""
    nature = draw(series * children).reshape(series, children)
    for number, days in enumerate(cal.days):
        leaving = rng.random(nature.shape) < 1 - np.exp(-LEAVE_A_QUARTER * days / QUARTER)
        part = np.where(leaving, rng.random(nature.shape), 1.0)
        newcomer = draw(nature.size).reshape(nature.shape)
        yield number, np.concatenate((nature, newcomer), axis=1), np.concatenate((part, np.where(leaving, 1 - part, 0.0)), axis=1)
        nature = np.where(leaving, newcomer, nature)


def happening(
    a_quarter: float, spread: float, *, children: int = CHILDREN, count: str = "children", school: bool = False, most: int = 12,
) -> Make:
    """Events in the period itself: suspensions, exclusions, breakdowns. `count`: 'children' who had one, 'events' for each child, or
    'days' for events over days. `spread` is the shape of the children's own rates: the smaller, the more often the same ones."""

    def make(rng: np.random.Generator, cal: Calendar, series: int, change: float) -> Series:
        numerators, denominators = [], []
        for number, rate, part in _natures(rng, cal, series, children, lambda size: rng.gamma(spread, 1 / spread, size)):
            length = sessions_in(cal.starts[number], cal.days[number]) / 95 if school else cal.days[number] / QUARTER
            events = np.minimum(rng.poisson(rate * part * length * a_quarter * cal.factor(number, change)), most * max(length, 1))
            numerators.append(((events > 0) if count == "children" else events).sum(axis=1))
            denominators.append((part * cal.days[number]).sum(axis=1).round() if count == "days" else (part > 0).sum(axis=1))
        return Series(np.stack(numerators, axis=1).astype(float), np.stack(denominators, axis=1).astype(float))

    return make


def flow(a_quarter: float, share: float) -> Make:
    """Programmes, assessments and starts of care: other ones in each period."""

    def make(rng: np.random.Generator, cal: Calendar, series: int, change: float) -> Series:
        denominator = rng.poisson(a_quarter * np.array(cal.days) / QUARTER, (series, len(cal.days)))
        odds = share / (1 - share) * np.array([cal.factor(number, change) for number in range(len(cal.days))])
        return Series(rng.binomial(denominator, odds / (1 + odds)).astype(float), denominator.astype(float))

    return make


def at_school(*, children: int = CHILDREN, absent: bool = False, winter: float = 0.25) -> Make:
    """Attendance: each child has its own level, and better and worse periods; winters are worse. `absent`: children below 90%."""

    def make(rng: np.random.Generator, cal: Calendar, series: int, change: float) -> Series:
        found: dict[str, list[FloatArray]] = {name: [] for name in ("n", "x", "y", "xx", "yy", "xy", "absent")}
        for number, nature, part in _natures(rng, cal, series, children, lambda size: rng.normal(3.1, 0.9, size)):
            start, days = cal.starts[number], cal.days[number]
            season = -winter if (start + datetime.timedelta(days // 2)).month in (11, 12, 1, 2, 3) and cal.grain != "year" else 0.0
            own = nature + rng.normal(0, 0.7 * (QUARTER / days) ** 0.25, nature.shape) + season + np.log(cal.factor(number, change))
            y = np.floor(part * sessions_in(start, days)).astype(int)
            x = rng.binomial(y, 1 / (1 + np.exp(-own)))
            values = {"n": y > 0, "x": x, "y": y, "xx": x * x, "yy": y * y, "xy": x * y, "absent": (y > 0) & (10 * (y - x) >= y)}
            for name, value in values.items():
                found[name].append(value.sum(axis=1).astype(float))
        columns = {name: np.stack(values, axis=1) for name, values in found.items()}
        if absent:
            return Series(columns["absent"], columns["n"])
        limits = intervals.ratio_of_totals(*(columns[name].ravel() for name in ("n", "x", "y", "xx", "yy", "xy")))
        return Series(columns["x"], columns["y"], *(limit.reshape(columns["x"].shape) for limit in limits))

    return make


def scored(*, concern: bool, in_march: float = 0.85, otherwise: float = 0.08) -> Make:
    """SDQ scores: nearly everybody's in March (the return's), a few at other times."""

    def make(rng: np.random.Generator, cal: Calendar, series: int, change: float) -> Series:
        found: dict[str, list[FloatArray]] = {name: [] for name in ("n", "x", "squares", "above")}
        for number, nature, part in _natures(rng, cal, series, CHILDREN, lambda size: rng.normal(14, 5, size)):
            march = cal.starts[number] <= datetime.date(cal.ends[number].year, 3, 31) <= cal.ends[number]
            probability = in_march if march else otherwise * cal.days[number] / QUARTER
            has = (part > 0) & (rng.random(part.shape) < probability * np.minimum(1, part + 0.2))
            score = nature + rng.normal(0, 4, nature.shape) + 6 * np.log(cal.factor(number, change))
            score = np.clip(np.rint(score), 0, 40) * has
            for name, value in (("n", has), ("x", score), ("squares", score * score), ("above", has & (score >= 17))):
                found[name].append(value.sum(axis=1).astype(float))
        columns = {name: np.stack(values, axis=1) for name, values in found.items()}
        if concern:
            return Series(columns["above"], columns["n"])
        limits = intervals.mean(*(columns[name].ravel() for name in ("n", "x", "squares")))
        return Series(columns["x"], columns["n"], *(limit.reshape(columns["n"].shape) for limit in limits))

    return make


_SUSPENDED, _EXCLUDED = {"a_quarter": 0.15, "spread": 0.4}, {"a_quarter": 0.003, "spread": 2.0}

SERIES: dict[str, tuple[Make, float]] = {
    "assessed_before_programme": (flow(20, 0.75), 0.35),
    "assessment_covers_all_factors": (flow(25, 0.7), 0.35),
    "social_emotional_concern": (scored(concern=True), 1.6),
    "social_emotional_mean": (scored(concern=False), 1.6),
    "parental_sensitivity_improved": (flow(9, 0.6), 0.35),
    "unaccompanied_assessed_once_stable": (within(200, 1, NO_END, children=20), 0.3),
    "education_plan": (within(180, 1, NO_END, ever=0.92), 0.3),
    "education_plan_up_to_date": (within(160, 6, 183), 0.7),
    "education_plan_complete": (within(400, 1, NO_END, ever=0.8), 0.3),
    "attendance": (at_school(), 0.7),
    "persistent_absence": (at_school(absent=True), 0.7),
    "suspended": (happening(**_SUSPENDED, children=SCHOOL_AGE, school=True), 2.0),
    "suspension_rate": (happening(**_SUSPENDED, children=SCHOOL_AGE, school=True, count="events"), 2.0),
    "permanent_exclusion_rate": (happening(**_EXCLUDED, children=SCHOOL_AGE, school=True, count="events", most=1), 5.0),
    "video_feedback_received": (within(250, 1, NO_END, children=45, ever=0.8), 0.3),
    "video_feedback_offered": (within(120, 1, NO_END, children=45, ever=0.9), 0.3),
    "video_feedback_as_defined": (flow(6, 0.7), 0.25),
    "placement_breakdown_preschool": (happening(0.03, 1.0, children=32), 4.0),
    "carer_trained": (within(715, 1, 730, children=IN_CARE), 0.5),
    "carer_trained_before_placement": (within(1400, 1, 730, children=IN_CARE), 0.5),
    "placement_breakdown": (happening(0.05, 1.0, children=IN_CARE), 2.0),
    "placement_breakdown_rate": (happening(0.05, 1.0, children=IN_CARE, count="days"), 2.0),
    "three_or_more_placements": (within(900, 1, 365, children=IN_CARE, events=2, spread=1.0), 1.7),
    "return_after_permanence": (flow(15, 0.08), 4.0),
    "attendance_in_care": (at_school(children=IN_CARE), 0.7),
    "persistent_absence_in_care": (at_school(children=IN_CARE, absent=True), 0.7),
    "suspended_in_care": (happening(**_SUSPENDED, children=110, school=True), 2.0),
    "suspension_rate_in_care": (happening(**_SUSPENDED, children=110, school=True, count="events"), 2.0),
    "permanent_exclusion_rate_in_care": (happening(**_EXCLUDED, children=110, school=True, count="events", most=1), 5.0),
}
"""For each measure a series like it, and the change whose finding is its power."""
