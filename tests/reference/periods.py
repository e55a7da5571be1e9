"""The periods of every grain: labels, first and last days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

GRAINS = ("month", "quarter", "term", "year")


@dataclass(frozen=True)
class Period:
    """A period as it stands on the as-at date. `last_date` is the calendar's, `period_end` the last day that counts."""

    label: str
    start_date: date
    last_date: date
    period_end: date

    @property
    def complete(self) -> bool:
        return self.period_end == self.last_date


def _years_label(first: int) -> str:
    return f"{first}-{(first + 1) % 100:02d}"


def _label_start_next(grain: str, day: date) -> tuple[str, date, date]:
    """The label and first day of the period that holds a day, and the first day of the next one."""
    if grain == "month":
        following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        return f"{day.year}-{day.month:02d}", date(day.year, day.month, 1), following
    if grain == "term":
        if day < date(day.year, 4, 16):
            return f"{day.year} Spring", date(day.year, 1, 1), date(day.year, 4, 16)
        if day < date(day.year, 9, 1):
            return f"{day.year} Summer", date(day.year, 4, 16), date(day.year, 9, 1)
        return f"{day.year} Autumn", date(day.year, 9, 1), date(day.year + 1, 1, 1)
    first_year = day.year if day.month >= 4 else day.year - 1
    if grain == "year":
        return _years_label(first_year), date(first_year, 4, 1), date(first_year + 1, 4, 1)
    if grain == "quarter":
        label = _years_label(first_year)
        if day.month >= 10:
            return f"{label} Q3", date(day.year, 10, 1), date(day.year + 1, 1, 1)
        if day.month >= 7:
            return f"{label} Q2", date(day.year, 7, 1), date(day.year, 10, 1)
        if day.month >= 4:
            return f"{label} Q1", date(day.year, 4, 1), date(day.year, 7, 1)
        return f"{label} Q4", date(day.year, 1, 1), date(day.year, 4, 1)
    raise ValueError(f"'{grain}' is none of {GRAINS}")


def period_of(grain: str, day: date, as_at: date) -> Period:
    """The period that holds a day, which is on or before the as-at date."""
    label, start, following = _label_start_next(grain, day)
    last = following - timedelta(days=1)
    return Period(label, start, last, min(last, as_at))
