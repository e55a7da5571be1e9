"""The periods: labels, first and last days, and which there are."""

from __future__ import annotations

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.periods import periods

DAY = st.dates(datetime.date(1990, 1, 1), datetime.date(2040, 12, 31))


def label_of(grain: str, day: datetime.date) -> str:
    """The label of the period that holds a day, worked out for the day alone."""
    financial = day.year if day.month >= 4 else day.year - 1
    if grain == "month":
        return f"{day.year}-{day.month:02d}"
    if grain == "year":
        return f"{financial}-{str(financial + 1)[2:]}"
    if grain == "quarter":
        return f"{financial}-{str(financial + 1)[2:]} Q{(day.month - 4) % 12 // 3 + 1}"
    term = "Autumn" if day.month >= 9 else "Spring" if (day.month, day.day) <= (4, 15) else "Summer"
    return f"{day.year} {term}"


@given(DAY, DAY, DAY)
def test_every_day_is_in_the_period_of_its_label(one: datetime.date, two: datetime.date, three: datetime.date) -> None:
    first, day, as_at = sorted([one, two, three])
    found = periods(first, as_at)
    for grain in ("month", "quarter", "term", "year"):
        holding = found.filter((pl.col("grain") == grain) & (pl.col("start_date") <= day) & (pl.col("last_date") >= day))
        assert holding["label"].to_list() == [label_of(grain, day)]


@given(DAY, st.integers(0, 1500))
def test_periods_follow_one_another_from_the_first_day_to_the_as_at_date(first: datetime.date, days: int) -> None:
    as_at = first + datetime.timedelta(days=days)
    for _, rows in periods(first, as_at).group_by("grain"):
        starts, lasts = rows["start_date"].to_list(), rows["last_date"].to_list()
        assert starts[0] <= first <= lasts[0] and starts[-1] <= as_at <= lasts[-1]
        assert [last + datetime.timedelta(days=1) for last in lasts[:-1]] == starts[1:]
        assert rows["label"].n_unique() == rows.height


@pytest.mark.parametrize(("label", "start", "last"), [
    ("2026-04", "2026-04-01", "2026-04-30"), ("2026-27 Q1", "2026-04-01", "2026-06-30"), ("2026-27 Q4", "2027-01-01", "2027-03-31"),
    ("2026-27", "2026-04-01", "2027-03-31"), ("2026 Summer", "2026-04-16", "2026-08-31"), ("2026 Autumn", "2026-09-01", "2026-12-31"),
    ("2027 Spring", "2027-01-01", "2027-04-15"), ("1999-00", "1999-04-01", "2000-03-31"), ("2024-02", "2024-02-01", "2024-02-29"),
])
def test_the_days_of_a_label(label: str, start: str, last: str) -> None:
    found = periods(datetime.date(1999, 1, 1), datetime.date(2028, 1, 1)).filter(pl.col("label") == label)
    assert [(str(row[2]), str(row[3])) for row in found.rows()] == [(start, last)]


def test_a_slip_of_the_keyboard_makes_no_thousand_periods() -> None:
    assert periods(datetime.date(200, 1, 1), datetime.date(1990, 3, 31)).filter(grain="month").height == 3
    assert periods(datetime.date(2030, 1, 1), datetime.date(1985, 1, 31)).filter(grain="month")["label"].to_list() == ["1985-01"]
