"""Changes of definition: declared of what there is, and found wherever a comparison crosses them."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from metrics.comparators.definition_changes import CHANGES, crossed, touching
from metrics.measures import catalogue
from metrics.units.breakdowns import BREAKDOWNS

DAYS = st.dates(datetime.date(2021, 1, 1), datetime.date(2026, 12, 31))


def test_each_is_of_measures_and_breakdowns_that_there_are_and_has_its_source():
    assert len({change.id for change in CHANGES}) == len(CHANGES)
    assert [change.on for change in CHANGES] == sorted(change.on for change in CHANGES)
    for change in CHANGES:
        assert {catalogue.get(id).id for id in change.measures} == change.measures
        assert change.breakdowns <= BREAKDOWNS.keys()
        assert change.measures or change.breakdowns
        assert change.fields and change.source and change.words.endswith(".") and not change.title.endswith(".")


def test_every_measure_of_attendance_is_touched_by_its_codes():
    """Found in what the measures read, so that a new measure of attendance can't be forgotten."""
    reading = {
        measure.id for measure in catalogue.measures()
        if any(column.name in ("possible_sessions", "attended_sessions") for column in measure._columns(*measure.expressions()))
    }
    assert {change.measures for change in CHANGES if "attendance.mark" in change.fields} == {frozenset(reading)}


def test_a_breakdown_that_a_measure_is_filtered_or_compared_by_brings_its_changes():
    measure = catalogue.get("education_plan")
    assert touching(measure) == []
    assert [change.id for change in touching(measure, ["sex"])] == ["sex_codes"]
    assert {change.id for change in touching(catalogue.get("attendance"), ["placement"])} == {
        "coronavirus_absence", "supported_accommodation", "attendance_codes", "other_placements",
    }


@given(DAYS, DAYS)
def test_it_is_crossed_when_one_day_counts_the_old_way_and_another_the_new(first, last):
    for change in CHANGES:
        days = [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
        both_ways = {day >= change.on for day in days} == {True, False}
        assert (change in crossed(CHANGES, first, last)) == both_ways
