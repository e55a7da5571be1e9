"""What time is covered by returns, datasets and extracts: by hand, and against days counted one by one."""

import datetime
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.coverage import NAMES
from data_access.coverage import Extract, Known, coverage_of, overridden

AS_AT = date(2026, 6, 30)


def covered(as_at: date = AS_AT, name: str = "assessments", **known):
    return coverage_of({name: Known(**known)}, as_at)[name]


def extract(*dates: date) -> Extract:
    return Extract(dates, has_rows=bool(dates))


def test_what_was_not_loaded_is_not_covered():
    assert coverage_of({}, AS_AT) == {name: [] for name in NAMES}


@pytest.mark.parametrize(("years", "expected"), [
    ([2025], [(date(2024, 4, 1), date(2025, 4, 1))]),
    ([2025, 2024], [(date(2023, 4, 1), date(2025, 4, 1))]),
    ([2023, 2025], [(date(2022, 4, 1), date(2023, 4, 1)), (date(2024, 4, 1), date(2025, 4, 1))]),
    ([2027], [(date(2026, 4, 1), date(2026, 7, 1))]),
    ([2028], []),
])
def test_a_return_covers_its_year_up_to_the_as_at_date(years, expected):
    assert covered(name="arrangements", years=years) == expected


@pytest.mark.parametrize(("as_at", "first"), [(AS_AT, date(2020, 6, 30)), (date(2028, 2, 29), date(2022, 3, 1))])
def test_a_dataset_covers_six_years(as_at, first):
    assert covered(as_at, "arrangements", dataset=True) == [(first, as_at + datetime.timedelta(days=1))]


@pytest.mark.parametrize(("dates", "first"), [
    ([date(2024, 5, 17)], date(2024, 5, 1)),
    ([date(2024, 5, 17), date(2025, 5, 18)], date(2024, 5, 1)),  # 366 days
    ([date(2024, 5, 17), date(2025, 5, 19)], date(2025, 5, 1)),
    ([date(2020, 1, 2), date(2022, 3, 4), date(2022, 5, 6), date(2025, 7, 8)], date(2025, 7, 1)),
    ([date(2025, 5, 17), date(2026, 7, 1)], date(2025, 5, 1)),
])
def test_an_extract_covers_from_its_first_month_or_from_after_its_last_long_gap(dates, first):
    assert covered(extracts=[extract(*dates)]) == [(first, date(2026, 7, 1))]


def test_dates_after_the_as_at_date_cover_nothing():
    assert covered(extracts=[extract(date(2026, 7, 1))]) == []


def test_a_header_without_rows_covers_everything_unless_another_table_of_the_name_has_rows():
    assert covered(extracts=[extract()]) == [(None, None)]
    assert covered(name="attendance", extracts=[extract(), extract(date(2026, 2, 3))]) == [(date(2026, 2, 1), date(2026, 7, 1))]
    assert covered(name="sdq_scores", years=[2026], extracts=[extract()]) == [(date(2025, 4, 1), date(2026, 4, 1))]
    assert covered(name="sdq_scores", years=[2026], return_has_rows=False, extracts=[extract()]) == [(None, None)]


def test_of_arrangements_the_extract_counts_only_without_a_return():
    local = extract(date(2022, 1, 5))
    assert covered(name="arrangements", extracts=[local]) == [(date(2022, 1, 1), date(2026, 7, 1))]
    assert covered(name="arrangements", years=[2025], extracts=[local]) == [(date(2024, 4, 1), date(2025, 4, 1))]
    assert covered(name="arrangements", years=[], extracts=[local]) == [(date(2022, 1, 1), date(2026, 7, 1))]
    assert covered(name="sdq_scores", years=[2025], extracts=[local]) == [(date(2022, 1, 1), date(2026, 7, 1))]


DAYS = st.dates(date(2018, 1, 1), date(2028, 12, 31))


@given(DAYS, st.sets(st.integers(2017, 2030), max_size=5), st.booleans(), st.lists(st.lists(DAYS, max_size=6), max_size=2))
def test_each_day_is_covered_as_the_words_say(as_at, years, dataset, extracts):
    found = covered(as_at, "attendance", years=years, dataset=dataset, extracts=[extract(*dates) for dates in extracts])
    any_rows = bool(years) or dataset or any(extracts)
    for month in range(12 * 13):
        for day_of_month in (1, 15, 28):
            day = date(2016 + month // 12, month % 12 + 1, day_of_month)
            inside = [start for start, end in found if (start is None or start <= day) and (end is None or day < end)]
            assert bool(inside) == is_covered(day, as_at, years, dataset, extracts, any_rows=any_rows)
            assert len(inside) <= 1


def is_covered(day, as_at, years, dataset, extracts, *, any_rows) -> bool:
    """The contract's sentences, one by one."""
    if not any_rows and extracts:
        return True
    if day > as_at:
        return False
    if (day.year + (day.month >= 4)) in years:
        return True
    if dataset and (day.year + 6, day.month, day.day) >= (as_at.year, as_at.month, as_at.day):
        return True
    for dates in extracts:
        counted = sorted(each for each in dates if each <= as_at)
        first = None
        for number, each in enumerate(counted):
            if number == 0 or (each - counted[number - 1]).days > 366:
                first = each
        if first is not None and (day.year, day.month) >= (first.year, first.month):
            return True
    return False


def test_what_people_say_takes_the_place_of_what_was_worked_out():
    intervals = {"attendance": [(date(2024, 9, 1), date(2025, 1, 1)), (date(2025, 9, 1), date(2026, 7, 1))], "exclusions": []}
    begins, ends = date(2023, 9, 1), date(2026, 3, 31)
    assert overridden(intervals, {}, AS_AT) == intervals
    assert overridden(intervals, {"attendance": (begins, ends)}, AS_AT)["attendance"] == [(begins, date(2026, 4, 1))]
    assert overridden(intervals, {"attendance": (begins, None)}, AS_AT)["attendance"] == [(begins, date(2026, 7, 1))]
    assert overridden(intervals, {"attendance": (None, ends)}, AS_AT)["attendance"] == [(date(2024, 9, 1), date(2026, 4, 1))]
    assert overridden(intervals, {"exclusions": (begins, ends)}, AS_AT)["exclusions"] == []
    assert overridden({"exclusions": [(None, None)]}, {"exclusions": (None, ends)}, AS_AT)["exclusions"] == [(None, date(2026, 4, 1))]
