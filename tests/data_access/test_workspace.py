"""The workspace: evidence for the structure measures."""

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.workspace import EvidenceState, WorkspaceUnavailable, evidence, evidence_of, fill_demo_evidence, workspace_engine
from metrics.catalogue import statements


@pytest.fixture
def engine(tmp_path: Path) -> sa.Engine:
    return workspace_engine(f"sqlite:///{tmp_path / 'new' / 'folder' / 'workspace.sqlite'}")


def test_a_new_workspace_is_empty(engine: sa.Engine) -> None:
    assert evidence_of(engine, 1) == {}


def test_the_demo_has_evidence_for_every_structure_measure_and_of_every_state(engine: sa.Engine) -> None:
    fill_demo_evidence(engine)
    found = {statement.number: evidence_of(engine, statement.number) for statement in statements()}
    assert {number: set(records) for number, records in found.items()} == {
        statement.number: {structure.id for structure in statement.structure} for statement in statements()
    }
    assert {record.state for records in found.values() for record in records.values()} == set(EvidenceState)


def test_filling_again_changes_nothing_that_a_person_wrote(engine: sa.Engine) -> None:
    fill_demo_evidence(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(evidence).where(evidence.c.statement == 1).values(words="Ours now."))
    fill_demo_evidence(engine)
    assert evidence_of(engine, 1)["assessment_arrangements"].words == "Ours now."


def test_unknown_owner_link_and_date_may_be_empty(engine: sa.Engine) -> None:
    row = {"evidence_id": "assessment_arrangements", "statement": 1, "state": "partly", "words": "Begun."}
    with engine.begin() as connection:
        connection.execute(evidence.insert(), row)
    record = evidence_of(engine, 1)["assessment_arrangements"]
    assert (record.owner, record.link, record.review_date, record.state) == (None, None, None, EvidenceState.PARTLY)
    with engine.begin() as connection:
        connection.execute(sa.update(evidence).values(review_date=datetime.date(2027, 3, 31)))
    assert evidence_of(engine, 1)["assessment_arrangements"].review_date == datetime.date(2027, 3, 31)


@pytest.mark.parametrize("url", ["sqlite:////dev/null/workspace.sqlite", "no address", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_workspace_that_cannot_be_opened_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(WorkspaceUnavailable, match="Check the setting 'workspace'"):
        workspace_engine(url)


def test_a_workspace_that_stops_answering_is_told_too(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        evidence.drop(connection)
    with pytest.raises(WorkspaceUnavailable):
        evidence_of(engine, 1)


def test_opening_a_workspace_twice_keeps_what_is_in_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    fill_demo_evidence(workspace_engine(url))
    assert evidence_of(workspace_engine(url), 4)
