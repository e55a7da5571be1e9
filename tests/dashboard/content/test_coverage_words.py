"""What time the data covers, in words: of tables and of measures."""

from __future__ import annotations

import datetime

import polars as pl
import pytest

from config.cohorts import Cohort
from config.coverage import NAMES
from dashboard.charts.quality import coverage_chart
from dashboard.content.coverage.wording import TABLES, bars, told
from metrics.measures.catalogue import get, measures
from metrics.summary.coverage import ONE, Covered, Interval, covers, needed

AS_AT = datetime.date(2025, 12, 31)
QUARTERS = [datetime.date(2022 + month // 12, month % 12 + 1, 1) for month in range(0, 48, 3)]
PERIODS = pl.DataFrame({
    "label": [f"quarter from {start}" for start in QUARTERS], "start_date": QUARTERS,
    "period_end": [min(following - datetime.timedelta(days=1), AS_AT) for following in [*QUARTERS[1:], datetime.date(2026, 1, 1)]],
})


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def covered(**by_table: list[Interval]) -> Covered:
    return Covered(Cohort.LOOKED_AFTER, frozenset(by_table), {ONE: by_table})


RETURNS = [(day("2022-04-01"), day("2023-04-01")), (day("2024-04-01"), day("2025-04-01"))]


@pytest.mark.parametrize(("id", "found", "sentence"), [
    ("placement_breakdown", covered(arrangements=RETURNS[1:]), "Told from April 2024 to March 2025; care arrangements end there."),
    ("placement_breakdown", covered(arrangements=[(None, None)]), "Told from January 2022 to December 2025."),
    ("attendance", covered(arrangements=[(None, None)], attendance=[(day("2022-02-01"), day("2025-05-01"))]),
     "Told from April 2022 to March 2025; attendance ends there."),
    ("attendance", covered(arrangements=[(None, None)]), "Not told: nothing was loaded of attendance."),
    ("three_or_more_placements", covered(arrangements=[(day("2025-06-01"), day("2025-12-31"))]),
     "Not told: what was loaded does not reach back far enough."),
    ("social_emotional_mean", covered(arrangements=[(None, None)]), "Not told: nothing was loaded of SDQ scores."),
])
def test_a_measure_says_when_it_is_told_and_why_it_ends(id: str, found: Covered, sentence: str) -> None:
    assert told(get(id), found, PERIODS).sentence == sentence


def test_periods_between_two_returns_are_named() -> None:
    between = told(get("placement_breakdown"), covered(arrangements=RETURNS), PERIODS)
    assert between.gaps == tuple(f"quarter from {each}" for each in ("2023-04-01", "2023-07-01", "2023-10-01", "2024-01-01"))
    assert (between.first, between.last) == (day("2022-04-01"), day("2025-03-31"))


@pytest.mark.parametrize("measure", measures(), ids=lambda measure: measure.id)
def test_what_is_told_is_what_every_table_covers(measure) -> None:
    found = covered(**{name: [(day("2022-11-15"), day("2025-08-20"))] for name in NAMES})
    wanted = [
        (start, end) for start, end in PERIODS.select("start_date", "period_end").iter_rows()
        if all(
            covers([(day("2022-11-15"), day("2025-08-20"))], each.first_day(start, end), end)
            for each in needed(measure, found.cohort, found.provided)
        )
    ]
    said = told(measure, found, PERIODS)
    assert (said.first, said.last) == ((wanted[0][0], wanted[-1][1]) if wanted else (None, None))
    assert said.why and not said.gaps


def test_bars_are_within_what_is_known() -> None:
    found = bars(covered(arrangements=RETURNS, exclusions=[(None, None)]), AS_AT)
    assert [(each.table, each.first, each.last) for each in found] == [
        ("Care arrangements", day("2022-04-01"), day("2023-03-31")), ("Care arrangements", day("2024-04-01"), day("2025-03-31")),
        ("Exclusions", day("2022-04-01"), AS_AT),
    ]
    drawing = coverage_chart([(each.table, each.first, each.last) for each in found])
    assert "Care arrangements from April 2022 to March 2023; Care arrangements from April 2024" in drawing.alt
    assert [*drawing.figure.data[0].x][2::3] == [None] * 3


def test_every_table_has_a_name() -> None:
    assert set(TABLES) == set(NAMES)
