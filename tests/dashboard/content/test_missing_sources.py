"""What each missing table would bring, against a slow count over all ways to have tables."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from config.cohorts import Cohort
from config.coverage import NAMES
from dashboard.content.coverage.missing_sources import TABLES, missing_tables, would_bring
from metrics.measures.catalogue import get, measures
from metrics.summary.coverage import ONE, Covered

YEAR = [(datetime.date(2025, 4, 1), datetime.date(2026, 4, 1))]


def covered(cohort: Cohort, names: set[str]) -> Covered:
    return Covered(cohort, frozenset({"PrevPerm" if name == "prev_perm" else name for name in names}), {ONE: dict.fromkeys(names, YEAR)})


@given(st.sampled_from(list(Cohort)), st.sets(st.sampled_from(NAMES)))
def test_a_table_brings_by_itself_what_is_missing_nothing_else(cohort: Cohort, names: set[str]) -> None:
    held = covered(cohort, names)
    brought = {each.table: each for each in would_bring(measures(), held)}
    for table, each in brought.items():
        alone, together = 0, 0
        for measure in measures():
            missing = missing_tables(measure, held)
            if table in missing and missing == {table}:
                alone += 1
            elif table in missing:
                together += 1
        assert (each.alone, sum(each.together.values())) == (alone, together)
    assert {name for measure in measures() for name in missing_tables(measure, held)} == set(brought)


def test_after_a_return_alone_plans_bring_their_measures_and_nothing_of_the_return_is_missing() -> None:
    held = covered(Cohort.LOOKED_AFTER, {"arrangements", "sdq_scores", "prev_perm"})
    brought = {each.table: each for each in would_bring(measures(), held)}
    assert brought["education_plans"].words == "3 measures"
    assert brought["programmes"].words == "1 measure; with assessments as well, 1 more; with programme_sessions as well, 2 more"
    assert not set(brought) & {"PrevPerm", "care_arrangements", "outcome_scores"}
    assert not set(brought) & set(TABLES)
    assert missing_tables(get("parental_sensitivity_improved"), held) == frozenset()
