"""Who is counted is named wherever a measure's words reach a reader: a line, a file, a pack."""

from __future__ import annotations

from dataclasses import replace

import pytest

from config.access import Role
from config.cohorts import Cohort
from dashboard.content import overview_findings
from dashboard.content.view import Filters, View
from dashboard.packs.contents import of_statement
from dashboard.text.formatting import where_words
from metrics.measures.catalogue import get, measures, measures_of
from metrics.measures.cohort_words import children_of
from metrics.units.breakdowns import PLACEMENT
from tests.dashboard.packs.made import made_view


def of_cohort(database: str, cohort: Cohort) -> View:
    view = made_view(database, Role.ANALYST)
    return replace(view, reporting=view.reporting.of(cohort), filters=Filters(cohort=cohort))


def test_lines_and_their_file_name_who_is_counted(demo_database: str) -> None:
    view = of_cohort(demo_database, Cohort.LOOKED_AFTER)
    rows = {row["measure"]: row for row in overview_findings.rows(overview_findings.lines_of(view, 2), view).iter_rows(named=True)}
    assert rows["education_plan"]["title"] == "Children in care with an education plan"
    assert {row["filters"] for row in rows.values()} == {"all children in care"}
    assert "looked-after" in view.file_name("overview")
    assert "looked" not in of_cohort(demo_database, Cohort.RECORDED).file_name("overview")


@pytest.mark.parametrize("cohort", Cohort)
def test_every_way_to_a_measure_gives_the_same_words(cohort: Cohort) -> None:
    by_id = {measure.id: measure for measure in measures(cohort)}
    for number in (1, 2, 3, 4):
        assert all(by_id[measure.id] is measure for measure in measures_of(number, cohort))
        assert of_statement(number, PLACEMENT, cohort).measures == measures_of(number, cohort)
    assert all(get(id, cohort) is measure for id, measure in by_id.items())


def test_filters_name_who_is_counted_but_of_events() -> None:
    care = children_of(get("education_plan"), Cohort.LOOKED_AFTER)
    assert where_words({"sex": ("F",)}, children=care) == "Sex: Female; only children in care"
    assert where_words({}, "team ‘North’", care) == "all children in care of team ‘North’"
    assert children_of(get("assessed_before_programme"), Cohort.LOOKED_AFTER) == "children"
    assert children_of(get("education_plan"), Cohort.RECORDED) == "children"
