"""Dates that collide: period boundaries, leap days, the as-at date, and exact distances between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

FOCUSES = (
    date(2023, 3, 31), date(2023, 9, 1), date(2024, 1, 1), date(2024, 2, 29), date(2024, 4, 1), date(2024, 8, 19),
    date(2024, 12, 31), date(2025, 3, 31), date(2025, 4, 16), date(2025, 8, 31),
)

BOUNDARIES = ((1, 1), (1, 31), (3, 31), (4, 1), (4, 15), (4, 16), (6, 30), (8, 31), (9, 1), (12, 31))

DISTANCES = (
    -731, -730, -729, -366, -365, -364, -184, -183, -182, -91, -90, -89, -30, -2, -1, -1,
    0, 0, 0, 0, 1, 1, 2, 7, 30, 84, 89, 90, 91, 183, 365, 366,
)

NEAR = (-45, -30, -14, -7, -3, -2, -1, -1, 0, 0, 0, 1, 1, 2, 3, 7, 14, 30, 45)


@dataclass
class Calendar:
    """The days around which everything in one authority happens."""

    random: Random
    focus: date
    as_at: date | None
    anchors: list[date] = field(default_factory=list)

    def __post_init__(self) -> None:
        for year in (self.focus.year - 1, self.focus.year, self.focus.year + 1):
            for month, day in BOUNDARIES:
                boundary = date(year, month, day)
                if abs((boundary - self.focus).days) <= 300:
                    self.anchors.append(boundary)
        self.anchors = [*self.random.sample(self.anchors, 5), self.focus]
        if self.as_at is not None:
            self.anchors.append(self.as_at)

    def anywhere(self) -> date:
        """A day within a year or so of the focus, often an anchor."""
        if self.random.random() < 0.5:
            return self.random.choice(self.anchors)
        return self.focus + timedelta(days=self.random.randint(-450, 200))

    def at_a_distance(self, days: list[date]) -> date:
        """A day at an exact, awkward distance from one of the days or anchors."""
        return self._back(self._one_of(days) + timedelta(days=self.random.choice(DISTANCES)))

    def as_of(self, inside: list[date]) -> date:
        """A day that is likely to be some child-period's as-of date: the as-at date, a month's end, a day in scope."""
        chance = self.random.random()
        if self.as_at is not None and chance < 0.5:
            return self.as_at
        if inside and chance < 0.6:
            return self.random.choice(inside)
        day = self.focus - timedelta(days=self.random.randint(0, 240))
        return date(day.year, day.month, 1) - timedelta(days=1)

    def near(self, days: list[date]) -> date:
        """A day within some weeks of one of the days or anchors."""
        return self._back(self._one_of(days) + timedelta(days=self.random.choice(NEAR)))

    def within(self, inside: list[date], days: list[date]) -> date:
        """Mostly one of the days inside something, or else a day near the others."""
        return self.random.choice(inside) if inside and self.random.random() < 0.6 else self.near(days)

    def some_days(self, start: date, end: date | None) -> list[date]:
        """A few days from the start on, before the end and not far after the focus."""
        last = min(end or date.max, self.focus + timedelta(days=100))
        length = (last - start).days
        return [start + timedelta(days=self.random.randrange(length)) for _ in range(4)] if length > 0 else []

    def _one_of(self, days: list[date]) -> date:
        return self.random.choice(days) if days and self.random.random() < 0.7 else self.random.choice(self.anchors)

    def _back(self, day: date) -> date:
        """No day lies more than a year after the focus, so that a default as-at date stays near."""
        return min(day, self.focus + timedelta(days=365))


def iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def british(day: date | None) -> str:
    return "" if day is None else f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
