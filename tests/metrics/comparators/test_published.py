"""Published figures in the unit of a measure, beside the right periods, and ranked: held against slow and obvious computations."""

from __future__ import annotations

import datetime
import statistics
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.cohorts import Cohort
from data_access.comparators import SERIES, SYMBOLS, places, published
from metrics.comparators.comparability import COMPARATORS, WITHOUT, Comparator, comparator_of
from metrics.comparators.published import Kind, Level, Line, PublishedYear, is_number, levels_by_period, lines, rank, year_days
from metrics.measures import catalogue
from metrics.measures.kinds import Better
from tests.data_access.published_files import AREAS, values_of

PUBLISHED = published(Path("nowhere"))
DAY = datetime.timedelta(days=1)
ATTENDANCE, ABSENT, AVERAGE = (COMPARATORS[id] for id in ("attendance_in_care", "persistent_absence_in_care", "social_emotional_mean"))


def frame(series: str, values: dict[tuple[str, str], str]) -> pl.DataFrame:
    return pl.DataFrame([
        {"series": series, "year": year, "level": "local_authority", "area": area, "name": area, "region": "", "value": value}
        for (year, area), value in values.items()
    ])


@pytest.mark.parametrize("comparator", COMPARATORS.values(), ids=lambda comparator: comparator.series)
def test_a_comparator_is_declared_of_a_measure_and_a_figure_that_there_are(comparator) -> None:
    assert catalogue.get(comparator.measure.id) is comparator.measure
    assert comparator.series in SERIES and comparator_of(comparator.measure) is comparator
    assert "omparable" in comparator.how_far.split(".")[0] and comparator.how_far.endswith(".")
    assert comparator.reviewed <= datetime.date(2026, 11, 24) and not comparator.not_now
    assert comparator.grains and comparator.publication.address.startswith("https://")


def test_a_measure_with_a_comparator_has_no_reason_for_having_none() -> None:
    assert not WITHOUT.keys() & COMPARATORS.keys()
    assert {catalogue.get(id).id for id in WITHOUT} == WITHOUT.keys()


def test_what_grows_with_a_period_is_shown_for_years_only() -> None:
    assert all("Choose years" in ABSENT.why_not_by(grain) for grain in ("month", "quarter", "term")) and ABSENT.why_not_by("year") == ""
    assert not any(COMPARATORS["three_or_more_placements"].why_not_by(grain) for grain in ("month", "quarter", "term", "year"))


@pytest.mark.parametrize("comparator", COMPARATORS.values(), ids=lambda comparator: comparator.series)
@pytest.mark.parametrize("area", AREAS)
def test_values_are_the_files_values_in_the_unit_of_the_measure(comparator, area: str) -> None:
    (line,) = lines(comparator, PUBLISHED, {Kind.ENGLAND: [AREAS[area]]})
    expected = values_of(comparator.series, AREAS[area])
    for year in line.years:
        text = next(text for label, text in expected.items() if year_days(comparator, label) == (year.start, year.end))
        if text in SYMBOLS:
            assert (year.value, year.symbol) == (None, text)
            continue
        unit = {"absence": (100 - float(text)) / 100, "sdq_average": float(text)}.get(comparator.series, float(text) / 100)
        assert year.value == pytest.approx(unit, abs=1e-9)
        assert year.decimals == len(text.partition(".")[2])
    assert len(line.years) == len(expected)


def test_a_year_is_the_days_it_is_about() -> None:
    assert year_days(ATTENDANCE, "202425") == (datetime.date(2024, 9, 1), datetime.date(2025, 8, 31))
    assert year_days(AVERAGE, "2025") == (datetime.date(2024, 4, 1), datetime.date(2025, 3, 31))


@given(st.lists(st.sampled_from([*SYMBOLS, "0", "7.5", "10", "100"]), min_size=1, max_size=10))
def test_neighbours_are_the_median_and_range_of_those_with_a_number(values: list[str]) -> None:
    codes = [f"n{place}" for place in range(len(values))]
    found = frame("absence", {("202425", code): value for code, value in zip(codes, values, strict=True)})
    (line,) = lines(ATTENDANCE, found, {Kind.NEIGHBOURS: codes})
    numbers = sorted(1 - float(value) / 100 for value in values if value not in SYMBOLS)
    (year,) = line.years
    assert year.count == len(numbers)
    if not numbers:
        assert year.value is None
    else:
        assert (year.value, year.lowest, year.highest) == pytest.approx((statistics.median(numbers), numbers[0], numbers[-1]), abs=1e-6)


@given(st.text(max_size=6))
def test_only_plain_numbers_are_numbers(text: str) -> None:
    if is_number(text):
        assert float(text) >= 0
    assert not any(is_number(symbol) for symbol in SYMBOLS)


@given(
    start=st.dates(datetime.date(2018, 1, 1), datetime.date(2028, 1, 1)), length=st.sampled_from([28, 30, 91, 122, 137, 365]),
    present=st.lists(st.booleans(), min_size=5, max_size=5), numbers=st.lists(st.booleans(), min_size=5, max_size=5),
)
def test_a_period_stands_beside_the_year_with_most_of_its_days(
    start: datetime.date, length: int, present: list[bool], numbers: list[bool],
) -> None:
    years = tuple(
        PublishedYear(datetime.date(2018 + place, 9, 1), datetime.date(2019 + place, 8, 31), 0.9 if number else None)
        for place, (there, number) in enumerate(zip(present, numbers, strict=True)) if there
    )
    end = start + (length - 1) * DAY
    (found,) = levels_by_period(Line(Kind.ENGLAND, years), pl.DataFrame({"period_start": [start], "period_end": [end]}))
    days = [start + place * DAY for place in range(length)]
    shared = {year: sum(year.start <= day <= year.end for day in days) for year in years}
    if years and max(shared.values()):
        expected = max(reversed(years), key=lambda year: shared[year])
        assert found == (Level(expected, found.carried) if expected.value is not None else None) if found else expected.value is None
        if found and found.carried:
            assert expected is years[-1] and 2 * shared[expected] < length
    elif years and 0 < (start - years[-1].end).days <= 3 * 365:
        assert found == (Level(years[-1], True) if years[-1].value is not None else None)
    else:
        assert found is None


@given(
    own=st.sampled_from(["8", "9.5", "12", "c", "z"]),
    others=st.lists(st.sampled_from(["7", "8", "9.5", "12", "c", "x", "z", "k"]), min_size=0, max_size=10),
    comparator=st.sampled_from([ATTENDANCE, AVERAGE]),
)
def test_a_rank_counts_those_that_are_better(own: str, others: list[str], comparator) -> None:
    year = "202425" if comparator is ATTENDANCE else "2025"
    codes = [f"n{place}" for place in range(len(others))]
    values = {(year, "own"): own, **{(year, code): value for code, value in zip(codes, others, strict=True)}}
    found = rank(comparator, frame(comparator.series, values), "own", codes)
    numbers = [comparator.value(float(value)) for value in others if value not in SYMBOLS]
    if own in SYMBOLS or not numbers:
        assert found is None
        return
    mine = comparator.value(float(own))
    higher = comparator.measure.better == Better.HIGHER
    assert found is not None
    assert found.place == 1 + sum(number > mine if higher else number < mine for number in numbers)
    assert (found.of, found.tied) == (1 + len(numbers), numbers.count(mine))


def test_a_rank_is_of_the_last_year_that_the_authority_is_published_in() -> None:
    values = {("202425", "own"): "c", ("202425", "n"): "8", ("202324", "own"): "9", ("202324", "n"): "8"}
    assert rank(ATTENDANCE, frame("absence", values), "own", ["n"]) is None
    assert rank(ATTENDANCE, frame("absence", values), "n", ["own"]) is None
    assert rank(ATTENDANCE, frame("absence", {key: value for key, value in values.items() if key[0] == "202324"}), "own", ["n"]).place == 2


@pytest.mark.parametrize(("name", "own", "region"), [
    ("Kent County Council", "886", "South East"), ("London Borough of Camden", "202", "Inner London"), ("Dorset", "838", "South West"),
    ("Bristol City Council", "801", "South West"), ("The City of London", "201", "Inner London"), ("Cumbria", "909", "North West"),
    ("Your authority", "", ""), ("", "", ""), ("Council", "", ""), ("Ken", "", ""), ("Derbyshire and Derby", "", ""),
])
def test_an_authority_is_found_by_its_whole_name(name: str, own: str, region: str) -> None:
    found = places(PUBLISHED, name)
    assert (found.own, found.region_name) == (own, region)
    assert len(found.neighbours) == len(found.neighbour_names) == (10 if own and own != "909" else 0)
    assert found.country == "E92000001"


def test_the_region_of_the_settings_wins_and_one_that_is_not_there_is_told() -> None:
    assert places(PUBLISHED, "Camden", "london").region_name == "London"
    assert places(PUBLISHED, "Your authority", "Yorkshire & the Humber").region == "E12000003"
    assert "There is no region 'Mars'" in places(PUBLISHED, "Kent", "Mars").problem


@pytest.mark.parametrize("comparator", COMPARATORS.values(), ids=lambda each: each.series)
def test_every_cohort_is_said_to_be_as_near_as_it_is(comparator: Comparator) -> None:
    assert comparator.how_far_for(Cohort.RECORDED).startswith(comparator.how_far)
    for cohort in (Cohort.LOOKED_AFTER, Cohort.NG26):
        said = comparator.how_far_for(cohort)
        assert "attachment difficulties" not in said and "to be expected" not in said and "in care" in said
        assert ("are the nearest" in said) == (cohort is Cohort.LOOKED_AFTER)
