"""The days of the demo: its quarters, school days and school terms.

Days are proleptic ordinals (`date.toordinal`), because most of the demo is arithmetic with days.
"""

from __future__ import annotations

import calendar
import functools
from dataclasses import dataclass
from datetime import date, timedelta

OPEN = date.max.toordinal()
"""The end of what still runs."""


@dataclass(frozen=True)
class Quarter:
    """A financial quarter of the demo; `index` counts from the first (0), `from_end` from the last (0)."""

    first: int
    last: int
    index: int
    from_end: int

    @property
    def start_month(self) -> int:
        return date.fromordinal(self.first).month


@dataclass(frozen=True)
class Window:
    """The days the demo covers, both included."""

    first: int
    last: int

    @functools.cached_property
    def quarters(self) -> tuple[Quarter, ...]:
        """The quarters of the window; the first and last may be cut short by it."""
        starts = [self.first]
        while (following := next_quarter(starts[-1])) <= self.last:
            starts.append(following)
        ends = [start - 1 for start in starts[1:]] + [self.last]
        return tuple(
            Quarter(first, last, index, len(starts) - 1 - index)
            for index, (first, last) in enumerate(zip(starts, ends, strict=True))
        )

    def quarter_of(self, day: int) -> Quarter:
        """The quarter that holds a day; the first or last one for days outside the window."""
        return next((quarter for quarter in self.quarters if day <= quarter.last), self.quarters[-1])

    @functools.cached_property
    def school_days(self) -> tuple[int, ...]:
        return tuple(day for day in range(self.first, self.last + 1) if is_school_day(day))


def window(last_day: date, years: int) -> Window:
    """The given number of years up to a last day, included."""
    following = last_day + timedelta(days=1)
    month_days = calendar.monthrange(following.year - years, following.month)[1]
    first = following.replace(year=following.year - years, day=min(following.day, month_days))
    return Window(first.toordinal(), last_day.toordinal())


def next_quarter(day: int) -> int:
    """The first day of the quarter after a day."""
    at = date.fromordinal(day)
    month = (at.month - 1) // 3 * 3 + 4
    return date(at.year + month // 12, month % 12 or 12, 1).toordinal()


def collection_year(day: int) -> int:
    """The calendar year in which the financial year of a day ends."""
    at = date.fromordinal(day)
    return at.year + (at.month >= 4)


def birthday(born: int, age: int) -> int:
    """The day a child turns an age; 29 February birthdays turn on 1 March."""
    at = date.fromordinal(born)
    if (at.month, at.day) == (2, 29) and not calendar.isleap(at.year + age):
        return date(at.year + age, 3, 1).toordinal()
    return at.replace(year=at.year + age).toordinal()


def age_at(born: int, day: int) -> int:
    """Whole years of age on a day."""
    age = date.fromordinal(day).year - date.fromordinal(born).year
    return age if birthday(born, age) <= day else age - 1


def weekday_on_or_after(day: int) -> int:
    """The first Monday to Friday from a day on."""
    return day + {5: 2, 6: 1}.get(date.fromordinal(day).weekday(), 0)


@functools.cache
def easter(year: int) -> int:
    """Easter Sunday (the anonymous Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1).toordinal()


@functools.cache
def is_school_day(day: int) -> bool:
    """Monday to Friday in term time: no August, no holidays, half-terms or bank holidays."""
    at = date.fromordinal(day)
    monday = at - timedelta(days=at.weekday())
    week = [monday + timedelta(days=offset) for offset in range(7)]
    month_day = (at.month, at.day)
    holiday = (
        at.weekday() >= 5
        or (7, 22) <= month_day <= (9, 2)
        or month_day >= (12, 20)
        or month_day <= (1, 3)
        or -6 <= day - easter(at.year) <= 5
        or any((other.month, other.day) in ((10, 28), (2, 16), (5, 31)) for other in week)
        or (at.month == 5 and at.day <= 7 and at.weekday() == 0)
    )
    return not holiday


def plan_seasons(first: int, last: int) -> list[tuple[int, int]]:
    """The part of each school term in which education plans are reviewed, over the days asked for."""
    seasons = []
    for year in range(date.fromordinal(first).year, date.fromordinal(last).year + 1):
        for start, end in (((1, 8), (3, 24)), ((5, 5), (7, 10)), ((9, 15), (11, 20))):
            seasons.append((date(year, *start).toordinal(), date(year, *end).toordinal()))
    return [(start, end) for start, end in seasons if end >= first and start <= last]
