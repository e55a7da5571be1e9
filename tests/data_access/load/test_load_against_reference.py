"""The load against the slow reference load, on small random authorities whose dates collide and whose files are dirty."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

from data_access.load import LoadReport, load
from tests import generators, reference
from tests.data_access.files import contents_of, database
from tests.reference import ReferenceDatabase

Contents = dict[str, list[dict[str, object]]]


def compare(folder: Path, seed: int, children: int) -> None:
    """Holds what the load makes of an authority against what the reference makes of it."""
    made = generators.write(folder / "sources", seed, children)
    url = database(folder)
    report = load(made.sources, url, as_at=made.as_at, collection_year=made.collection_year)
    expected, contents = reference.load(made.sources, made.as_at, made.collection_year), contents_of(url)
    same_counts(report, contents, expected)
    same_care(contents, expected)
    same_events(contents, expected)
    keys = [row["record_key"] for row in contents["child"]]
    assert len(set(keys)) == len(keys) and all(isinstance(key, int) and 0 <= key < 2**40 for key in keys)


def same_counts(report: LoadReport, contents: Contents, expected: ReferenceDatabase) -> None:
    assert report.as_at == expected.as_at
    counted = {(each.source, each.file): (each.rows_read, each.rows_loaded, each.rows_quarantined) for each in report.files}
    assert counted == {file: (each.read, each.loaded, each.quarantined) for file, each in expected.counts.items()}
    years = {each.source: each.collection_year for each in report.files if each.collection_year is not None}
    assert years == expected.collection_years
    set_aside = Counter[tuple[str, str]]()
    for each in report.set_aside:
        set_aside[each.source, each.file] += each.rows
    assert set_aside == Counter({file: each.set_aside_values for file, each in expected.counts.items() if each.set_aside_values})
    lines = sorted((str(row["source"]), str(row["file"]), int(str(row["line"]))) for row in contents["quarantine"])
    assert lines == sorted((each.source, each.file, each.line) for each in expected.quarantine)
    assert {row["name"] for row in contents["provided_table"]} == expected.provided


def held(contents: Contents, table: str, *columns: str) -> Counter[tuple[object, ...]]:
    return Counter(tuple(row[column] for column in columns) for row in contents[table])


def same_care(contents: Contents, expected: ReferenceDatabase) -> None:
    columns = ("child_id", "care_status", "placement", "start_date", "end_date")
    found = {row: count for row, count in held(contents, "care_arrangement", *columns).items() if row[3] != row[4]}
    lasting = [each for each in expected.arrangements if each.start_date != each.end_date]
    assert found == Counter((e.child_id, e.care_status, e.placement, e.start_date, e.end_date) for e in lasting)
    assert held(contents, "placement", "child_id", "start_date", "end_date", "ended_by_breakdown") == Counter(
        (e.child_id, e.start_date, e.end_date, int(e.ended_by_breakdown)) for e in expected.placements
    )
    assert held(contents, "previous_permanence", "child_id", "collection_year", "previous_permanence") == Counter(
        (child, year, code) for (child, year), code in expected.previous_permanence.items()
    )


def same_events(contents: Contents, expected: ReferenceDatabase) -> None:
    children = [
        (e.child_id, e.sex, e.date_of_birth, e.ethnicity, e.disabled, e.mental_health_problem, e.origin,
         1 if e.has_uasc_row else e.uasc, e.duc, e.team) for e in expected.children.values()
    ]
    counted = {e.child_id for each in (expected.needs, expected.arrangements, expected.assessments, expected.programmes) for e in each}
    children += [(child, *[None] * 9) for child in counted - expected.children.keys()]
    assert held(
        contents, "child", "child_id", "sex", "date_of_birth", "ethnicity", "disabled", "mental_health_problem", "origin", "unaccompanied",
        "unaccompanied_until", "team",
    ) == Counter(children)
    assert held(contents, "attachment_need", "child_id", "status", "start_date", "end_date") == Counter(
        (e.child_id, e.status, e.start_date, e.end_date) for e in expected.needs
    )
    assert held(contents, "outcome_score", "child_id", "domain", "instrument", "score_date", "score") == Counter(
        (e.child_id, e.domain, e.instrument, e.score_date, e.score) for e in expected.scores
    )
    assert held(contents, "programme", "programme_id", "programme", "offered_date", "start_date", "end_date") == Counter(
        (e.programme_id, e.programme, e.offered_date, e.start_date, e.end_date) for e in expected.programmes
    )
    assert held(contents, "programme_session", "programme_id", "session_date", "minutes", "filmed_minutes", "watched_together") == Counter(
        (e.programme_id, s.session_date, s.minutes, s.filmed_minutes, s.watched_together) for e in expected.programmes for s in e.sessions
    )
    assert held(contents, "attendance", "child_id", "session_date", "session", "mark") == Counter(
        (e.child_id, e.date, e.session, e.mark) for e in expected.attendance
    )
    assert held(contents, "exclusion", "child_id", "start_date", "category") == Counter(
        (e.child_id, e.start_date, e.category) for e in expected.exclusions
    )
    assert held(contents, "assessment", "assessment_id", "completed_date", "personal") == Counter(
        (e.assessment_id, e.completed_date, e.factors[0]) for e in expected.assessments
    )
    assert held(contents, "education_plan", "plan_id", "completed_date", "safe_place") == Counter(
        (e.plan_id, e.completed_date, e.parts[-1]) for e in expected.plans
    )
    same_carers_and_summaries(contents, expected)


def same_carers_and_summaries(contents: Contents, expected: ReferenceDatabase) -> None:
    assert held(contents, "carer_training", "child_id", "carer_id", "completed_date") == Counter(
        (e.child_id or None, e.carer_id or None, e.completed_date) for e in expected.training
    )
    assert held(contents, "carer", "carer_id", "child_id", "start_date", "end_date") == Counter(
        (e.carer_id, e.child_id, e.start_date, e.end_date) for e in expected.carers
    )
    columns = ("child_id", "start_date", "end_date", "possible_sessions", "attended_sessions")
    assert held(contents, "attendance_summary", *columns) == Counter(
        (e.child_id, e.start_date, e.end_date, e.possible_sessions, e.attended_sessions) for e in expected.summaries
    )


@given(generators.authorities())
def test_small_authorities(authority: tuple[int, int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        compare(Path(folder), *authority)


@pytest.mark.parametrize("seed", range(4))
def test_larger_authorities(tmp_path: Path, seed: int) -> None:
    compare(tmp_path, seed, 150)
