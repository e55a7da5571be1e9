"""A measure is declared once; a declaration that can't work is refused when its module is imported."""

import pytest

from metrics.measures import catalogue
from metrics.measures.kinds import Better, DeclarationError, Proportion, Rows
from metrics.units import CHILDREN_CONFIRMED, CHILDREN_RISK

MEASURE_IDS = [
    "assessed_before_programme",
    "assessment_covers_all_factors",
    "social_emotional_concern",
    "social_emotional_mean",
    "parental_sensitivity_improved",
    "unaccompanied_assessed_once_stable",
    "education_plan",
    "education_plan_up_to_date",
    "education_plan_complete",
    "attendance",
    "persistent_absence",
    "suspended",
    "suspension_rate",
    "permanent_exclusion_rate",
    "video_feedback_received",
    "video_feedback_offered",
    "video_feedback_as_defined",
    "placement_breakdown_preschool",
    "carer_trained",
    "carer_trained_before_placement",
    "placement_breakdown",
    "placement_breakdown_rate",
    "three_or_more_placements",
    "return_after_permanence",
    "attendance_in_care",
    "persistent_absence_in_care",
    "suspended_in_care",
    "suspension_rate_in_care",
    "permanent_exclusion_rate_in_care",
]


def declare(**changes):
    settings = {
        "id": "made_for_a_test", "title": "A title", "unit": CHILDREN_CONFIRMED, "nice": "Ours", "denominator": Rows("children"),
        "numerator": Rows("those in care", CHILDREN_CONFIRMED.c.in_care == 1), "better": Better.HIGHER, "counted": "So.", "why": "Because.",
    }
    return Proportion(**(settings | changes))


def test_every_measure_of_the_quality_standard_is_there_once():
    assert [measure.id for measure in catalogue.measures()] == MEASURE_IDS


def test_each_statement_has_its_structure_measures():
    assert [len(statement.structure) for statement in catalogue.statements()] == [1, 1, 1, 2]


def test_parental_sensitivity_is_on_the_pages_of_statements_1_and_3():
    on_pages = [number for number in (1, 2, 3, 4) if "parental_sensitivity_improved" in {m.id for m in catalogue.measures_of(number)}]
    assert on_pages == [1, 3]


def test_every_measure_says_everything_in_words():
    for measure in catalogue.measures():
        for words in (measure.title, measure.nice, measure.denominator.words, measure.counted, measure.why, measure.unit.plural):
            assert words.strip() == words and words, measure.id
        assert measure.counted.endswith(".") and measure.why.endswith("."), measure.id


def test_a_fact_of_another_unit_is_refused_with_the_facts_there_are():
    refusal = r"made_for_a_test reads children_at_risk\.sdq_score.*its unit is children_confirmed.*days_in_care"
    with pytest.raises(DeclarationError, match=refusal):
        declare(numerator=Rows("those with a concern", CHILDREN_RISK.c.sdq_score >= 17))


def test_an_id_that_is_no_name_is_refused():
    with pytest.raises(DeclarationError, match="must be a plain name"):
        declare(id="two words")


def test_an_unknown_measure_is_answered_with_those_there_are():
    with pytest.raises(catalogue.UnknownMeasure, match=r"no measure 'plans'.*education_plan,"):
        catalogue.get("plans")


def test_sources_are_those_of_the_numerator():
    assert catalogue.get("video_feedback_offered").sources == {"programmes"}
    assert catalogue.get("video_feedback_received").sources == {"programmes", "programme_sessions"}
    assert catalogue.get("placement_breakdown").sources == set()


def test_measures_in_care_are_derived():
    whole, part = catalogue.get("suspension_rate"), catalogue.get("suspension_rate_in_care")
    assert part.events is whole.events and part.exposure is whole.exposure
    assert len(part.denominator.conditions) == len(whole.denominator.conditions) + 1
