"""Who is counted is named in every cohort, and nobody is said to have a need that nobody recorded."""

import dataclasses

import pytest

from config.cohorts import Cohort
from metrics.measures.catalogue import get, measures
from metrics.measures.cohort_words import WHO, worded
from metrics.measures.kinds import Rows, Total

OTHERS = (Cohort.LOOKED_AFTER, Cohort.NG26)


def texts(measure):
    for field in dataclasses.fields(measure):
        value = getattr(measure, field.name)
        if isinstance(value, Rows | Total):
            yield value.words
        elif field.name in ("title", "counted"):
            yield value


@pytest.mark.parametrize("cohort", OTHERS)
@pytest.mark.parametrize("measure", [each for each in measures() if not each.unit.event], ids=lambda each: each.id)
def test_no_text_speaks_of_recorded_needs(measure, cohort):
    said = worded(measure, cohort)
    assert not [text for text in texts(said) if "attachment difficult" in text or "at risk" in text or "confirmed" in text]
    assert "care" in said.title and "care" in said.denominator.words
    assert said is worded(measure, cohort)
    assert (said.id, said.unit, said.denominator.conditions) == (measure.id, measure.unit, measure.denominator.conditions)
    assert worded(measure, Cohort.RECORDED) is measure


@pytest.mark.parametrize("cohort", Cohort)
def test_no_two_titles_are_alike(cohort):
    titles = [worded(measure, cohort).title for measure in measures()]
    assert len(set(titles)) == len(titles)


def test_titles_name_who_is_counted():
    assert worded(get("education_plan"), Cohort.LOOKED_AFTER).title == "Children in care with an education plan"
    assert worded(get("education_plan"), Cohort.NG26).title == f"Children with an education plan: {WHO[Cohort.NG26]}"
    assert worded(get("attendance"), Cohort.LOOKED_AFTER).title == "School sessions attended: children in care"
    assert worded(get("education_plan"), Cohort.LOOKED_AFTER).denominator.words == "the number of children in care"


@pytest.mark.parametrize("cohort", Cohort)
def test_events_keep_their_words(cohort):
    for measure in measures():
        if measure.unit.event:
            assert worded(measure, cohort) is measure
