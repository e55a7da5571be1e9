"""The workspace: nothing is overwritten, every change has who and when, and two who edit at once lose nothing."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import ValidationError

from data_access.workspace import (
    ActionRecord,
    EditConflict,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    SavedViewRecord,
    Stage,
    TargetRecord,
    WorkspaceUnavailable,
    change_counter,
    current,
    everything,
    evidence_of,
    existing_workspace,
    fill_demo_evidence,
    history,
    new_id,
    save,
    taken_away,
    undo,
    withdraw,
    workspace_engine,
)
from data_access.workspace.history import item_revision
from metrics.measures.catalogue import statements
from tests.data_access.empty_databases import empty_database

NOTE = NoteRecord(measure="attendance", words="A school closed for two weeks.", period="2025-26 Q1")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return workspace_engine(empty_database(request, tmp_path, "workspace"))


def words(note: str) -> NoteRecord:
    return NOTE.model_copy(update={"words": note})


def test_a_new_workspace_is_empty(engine: sa.Engine) -> None:
    assert evidence_of(engine, 1) == {} and everything(engine) == [] and change_counter(engine) == (0, 0)


def test_every_kind_comes_back_as_it_was_written(engine: sa.Engine) -> None:
    day = datetime.date(2026, 4, 1)
    records = [
        EvidenceRecord(evidence_id="assessment_arrangements", statement=1, state=EvidenceState.PARTLY, words="Begun.", review_date=day),
        TargetRecord(measure="attendance", level=92.5, from_date=day, placement="foster_carer", reason="As agreed."),
        ActionRecord(measure="attendance", aim="92%", owner="Virtual school", due=day, stage=Stage.STUDY),
        NOTE, SavedViewRecord(name="Fostering – ‘our’ view", view="placement=Foster+carer", everyone=True),
    ]
    before = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    for record in records:
        save(engine, new_id(), record, after=0, who="ann@council.example")
    found = everything(engine)
    assert [revision.record for revision in found] == records
    assert {(revision.who, revision.revision, revision.withdrawn) for revision in found} == {("ann@council.example", 1, False)}
    assert all(before <= revision.at <= datetime.datetime.now(datetime.UTC).replace(tzinfo=None) for revision in found)


def test_a_change_is_a_new_revision_and_the_old_one_stays(engine: sa.Engine) -> None:
    id = new_id()
    save(engine, id, NOTE, after=0, who="ann")
    save(engine, id, words("It was three weeks."), after=1, who="ben")
    assert [(found.record.words, found.who) for found in current(engine, NoteRecord)] == [("It was three weeks.", "ben")]
    assert [(found.revision, found.who, found.record.words) for found in history(engine, NoteRecord, id)] == [
        (2, "ben", "It was three weeks."), (1, "ann", "A school closed for two weeks."),
    ]


def test_two_who_edit_the_same_lose_nothing(engine: sa.Engine) -> None:
    id = new_id()
    save(engine, id, NOTE, after=0, who="ann")
    save(engine, id, words("Ben's."), after=1, who="ben")
    with pytest.raises(EditConflict, match=r"^ben changed this at \d\d:\d\d .*Nothing was overwritten"):
        save(engine, id, words("Ann's."), after=1, who="ann")
    assert [found.record.words for found in current(engine, NoteRecord)] == ["Ben's."]
    save(engine, id, words("Both."), after=2, who="ann")
    withdraw(engine, NoteRecord, id, after=3, who="ben")
    with pytest.raises(EditConflict, match=r"^ben took this away"):
        save(engine, id, words("Late."), after=3, who="ann")


def test_of_many_at_the_same_moment_one_is_saved(engine: sa.Engine) -> None:
    id = new_id()
    save(engine, id, NOTE, after=0, who="first")

    def attempt(number: int) -> bool:
        try:
            save(engine, id, words(f"{number}"), after=1, who=f"{number}")
        except EditConflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert [revision.revision for revision in history(engine, NoteRecord, id)] == [2, 1]


def test_undo_brings_back_what_was_and_is_itself_in_the_history(engine: sa.Engine) -> None:
    id = new_id()
    save(engine, id, NOTE, after=0, who="ann")
    save(engine, id, words("Wrong."), after=1, who="ann")
    undo(engine, NoteRecord, id, after=2, who="ben")
    assert [found.record for found in current(engine, NoteRecord)] == [NOTE]
    withdraw(engine, NoteRecord, id, after=3, who="ann")
    assert current(engine, NoteRecord) == []
    undo(engine, NoteRecord, id, after=4, who="ben")
    assert [found.record for found in current(engine, NoteRecord)] == [NOTE]
    assert [found.revision for found in history(engine, NoteRecord, id)] == [5, 4, 3, 2, 1]


def test_undoing_the_first_revision_takes_the_item_away(engine: sa.Engine) -> None:
    id = new_id()
    save(engine, id, NOTE, after=0, who="ann")
    undo(engine, NoteRecord, id, after=1, who="ann")
    assert current(engine, NoteRecord) == [] and len(history(engine, NoteRecord, id)) == 2


@pytest.mark.parametrize("change", [sa.update(item_revision).values(who="nobody"), sa.delete(item_revision)], ids=["update", "delete"])
def test_the_database_itself_refuses_to_change_a_revision(engine: sa.Engine, change: sa.Executable) -> None:
    save(engine, new_id(), NOTE, after=0, who="ann")
    with pytest.raises(sa.exc.DBAPIError, match="never changed, only written anew"), engine.begin() as connection:
        connection.execute(change)
    assert current(engine, NoteRecord)[0].who == "ann"


def test_sqlite_refuses_to_put_a_revision_in_the_place_of_another(tmp_path: Path) -> None:
    engine = workspace_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    save(engine, new_id(), NOTE, after=0, who="ann")
    with engine.connect() as connection:
        written = dict(connection.execute(sa.select(item_revision)).mappings().one())
    for forged in ({"revision": 7}, {"revision_id": None}):
        with pytest.raises(sa.exc.DBAPIError, match="never changed, only written anew"), engine.begin() as connection:
            connection.execute(item_revision.insert().prefix_with("OR REPLACE").values({**written, "who": "nobody", **forged}))
    assert current(engine, NoteRecord)[0].who == "ann"


def test_the_change_counter_differs_after_every_change(engine: sa.Engine) -> None:
    id, seen = new_id(), {change_counter(engine)}
    save(engine, id, NOTE, after=0, who="ann")
    seen.add(change_counter(engine))
    save(engine, id, NOTE, after=1, who="ann")
    seen.add(change_counter(engine))
    withdraw(engine, NoteRecord, id, after=2, who="ann")
    seen.add(change_counter(engine))
    assert len(seen) == 4


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValidationError, match="needs an outcome"):
        ActionRecord(measure="attendance", aim="More", owner="Us", stage=Stage.DONE)
    with pytest.raises(ValidationError, match="not below 0"):
        TargetRecord(measure="attendance", level=float("nan"), from_date=datetime.date(2026, 4, 1), reason="Why not.")
    with pytest.raises(ValidationError):
        NoteRecord(measure="attendance", words="   ")


def test_the_demo_has_evidence_for_every_structure_measure_and_of_every_state(engine: sa.Engine) -> None:
    fill_demo_evidence(engine)
    found = {statement.number: evidence_of(engine, statement.number) for statement in statements()}
    assert {number: set(records) for number, records in found.items()} == {
        statement.number: {structure.id for structure in statement.structure} for statement in statements()
    }
    assert {record.state for records in found.values() for record in records.values()} == set(EvidenceState)


def test_filling_again_changes_nothing_that_a_person_wrote(engine: sa.Engine) -> None:
    fill_demo_evidence(engine)
    ours = evidence_of(engine, 1)["assessment_arrangements"].model_copy(update={"words": "Ours now."})
    save(engine, "assessment_arrangements", ours, after=1, who="ann")
    withdraw(engine, EvidenceRecord, "education_plan_arrangements", after=1, who="ann")
    fill_demo_evidence(engine)
    assert evidence_of(engine, 1)["assessment_arrangements"].words == "Ours now."
    assert evidence_of(engine, 2) == {}


@pytest.mark.parametrize("url", ["sqlite:////dev/null/workspace.sqlite", "no address", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_workspace_that_cannot_be_opened_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(WorkspaceUnavailable, match="Check the setting 'workspace'"):
        workspace_engine(url)


def test_a_workspace_that_stops_answering_is_told_too(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        item_revision.drop(connection)
    with pytest.raises(WorkspaceUnavailable):
        evidence_of(engine, 1)
    with pytest.raises(WorkspaceUnavailable):
        save(engine, new_id(), NOTE, after=0, who="ann")


def test_who_only_reads_leaves_no_empty_workspace_behind(tmp_path: Path) -> None:
    file = tmp_path / "none" / "workspace.sqlite"
    assert existing_workspace(f"sqlite:///{file}") is None and not file.parent.exists()
    workspace_engine(f"sqlite:///{file}")
    assert existing_workspace(f"sqlite:///{file}") is not None


def test_what_was_taken_away_is_listed_and_can_be_brought_back(engine: sa.Engine) -> None:
    id = new_id()
    save(engine, id, words("First."), after=0, who="ann")
    assert taken_away(engine) == []
    withdraw(engine, NoteRecord, id, after=1, who="ben")
    (gone,) = taken_away(engine, (NoteRecord,))
    assert (gone.item_id, gone.revision, gone.who, gone.withdrawn, gone.record.as_json()["words"]) == (id, 2, "ben", True, "First.")
    assert taken_away(engine, (ActionRecord,)) == []
    undo(engine, NoteRecord, id, after=2, who="ann")
    assert taken_away(engine) == [] and len(everything(engine)) == 1
