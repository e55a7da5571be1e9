"""The workspace's schema: what the version before wrote survives, a kill leaves no half, and the code knows what the migrations make."""

from __future__ import annotations

import datetime
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from data_access.audit import Action, Entry, entries, record
from data_access.workspace import NoteRecord, WorkspaceUnavailable, current, evidence_of, history, metadata, workspace_engine
from data_access.workspace import engine as opening
from data_access.workspace.engine import HEAD, migrate, schema_version
from data_access.workspace.history import item_revision
from data_access.workspace.records import EvidenceRecord, TargetRecord
from tests.data_access.empty_databases import empty_database

PROJECT_FOLDER = Path(__file__).resolve().parents[3]
OLD_EVIDENCE = sa.Table(
    "evidence", sa.MetaData(),
    sa.Column("evidence_id", sa.String(100), primary_key=True), sa.Column("statement", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False), sa.Column("words", sa.Text, nullable=False), sa.Column("link", sa.Text),
    sa.Column("owner", sa.String(200)), sa.Column("review_date", sa.Date),
)
AT = datetime.datetime(2026, 5, 1)
OLD_ROWS = [
    {"evidence_id": "assessment_arrangements", "statement": 1, "state": "partly", "words": "Begun.", "link": None, "owner": None,
     "review_date": None},
    {"evidence_id": "carer_programmes_by_age", "statement": 4, "state": "in_place", "words": "Since ‘autumn’.",
     "link": "https://example.org/x", "owner": "Fostering", "review_date": datetime.date(2027, 3, 31)},
]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_database(request, tmp_path, "workspace")


def write_old(url: str) -> None:
    """A workspace as it was made before there were migrations: evidence and nothing else."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        OLD_EVIDENCE.create(connection)
        connection.execute(OLD_EVIDENCE.insert(), OLD_ROWS)
    engine.dispose()


def evidence_in(engine: sa.Engine) -> list[EvidenceRecord]:
    return [record for statement in (1, 2, 3, 4) for record in evidence_of(engine, statement).values()]


def test_what_was_written_before_there_were_migrations_is_kept(url: str) -> None:
    write_old(url)
    engine = workspace_engine(url)
    assert [record.model_dump() for record in evidence_in(engine)] == OLD_ROWS
    assert history(engine, EvidenceRecord, "assessment_arrangements")[0].who == "written before history was kept"
    assert not sa.inspect(engine).has_table("evidence")


def test_a_database_of_the_version_before_keeps_its_evidence_and_its_audit_log(url: str) -> None:
    write_old(url)
    engine = opening._engine(sa.make_url(url))
    migrate(engine, "0001")
    record(engine, Entry("ann", "analyst", Action.SIGN_IN, "signed in"))
    assert schema_version(engine) == "0001"
    again = workspace_engine(url)
    assert schema_version(again) == HEAD
    assert len(evidence_in(again)) == len(OLD_ROWS) and entries(again)["who"].to_list() == ["ann"]


def test_a_target_that_grows_with_its_period_is_taken_to_be_for_quarters(url: str) -> None:
    engine = opening._engine(sa.make_url(url))
    migrate(engine, "0007")
    contents = {"level": 5, "from_date": "2025-04-01", "placement": None, "reason": "Agreed."}
    rows = [
        {"kind": "target", "item_id": f"{measure}-{revision}" if revision == 1 else f"{measure}-1", "revision": revision, "at": AT,
         "who": "ann", "withdrawn": False, "contents": {"measure": measure, **contents}}
        for measure, revision in (("suspended", 1), ("suspended", 2), ("attendance", 1))
    ]
    with engine.begin() as connection:
        connection.execute(item_revision.insert(), rows)
    again = workspace_engine(url)
    lengths = {item.record.measure: item.record.period for item in current(again, TargetRecord)}
    assert lengths == {"suspended": "quarter", "attendance": None}
    newest, *before = history(again, TargetRecord, "suspended-1")
    assert (newest.revision, "taken to be for quarters" in newest.who) == (3, True)
    assert [(item.who, item.record.period) for item in before] == [("ann", None)] * 2


def test_the_migrations_make_what_the_code_declares(url: str) -> None:
    engine = workspace_engine(url)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    operations = [step for entry in found for step in (entry if isinstance(entry, list) else [entry])]
    assert [step for step in operations if "comment" not in step[0]] == []  # comments are for readers of the code


def test_the_newest_migration_is_the_one_that_the_code_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(PROJECT_FOLDER / "data_access" / "workspace" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_servers_that_start_together_take_turns(url: str) -> None:
    write_old(url)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: _in_another_process(url), range(4)))
    assert found == ["2"] * 4
    assert len(history(workspace_engine(url), EvidenceRecord, "assessment_arrangements")) == 1


def _in_another_process(url: str) -> str:
    program = "import sys; from data_access.workspace import *; print(len(everything(workspace_engine(sys.argv[1]))))"
    done = subprocess.run([sys.executable, "-c", program, url], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


def test_a_migration_that_fails_half_way_leaves_everything_as_it_was(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_old(url)

    def fail(*_: object) -> None:
        raise OSError("killed")

    monkeypatch.setattr("data_access.workspace.append_only._sqlite", fail)
    monkeypatch.setattr("data_access.workspace.append_only._postgresql", fail)
    with pytest.raises(WorkspaceUnavailable):
        workspace_engine(url)
    monkeypatch.undo()
    engine = sa.create_engine(url)
    assert set(sa.inspect(engine).get_table_names()) == {"evidence"}
    with engine.connect() as connection:
        assert [dict(row) for row in connection.execute(sa.select(OLD_EVIDENCE)).mappings()] == OLD_ROWS
    assert len(evidence_in(workspace_engine(url))) == len(OLD_ROWS)


def test_a_workspace_of_a_newer_version_is_left_alone(url: str) -> None:
    engine = workspace_engine(url)
    version = sa.table("alembic_version", sa.column("version_num"))
    with engine.begin() as connection:
        connection.execute(sa.update(version).values(version_num="9999"))
    with pytest.raises(WorkspaceUnavailable, match="newer version of the dashboard"):
        workspace_engine(url)


SAVING = """
import sys
from data_access.workspace import *
engine = workspace_engine(sys.argv[1])
for number in range(100000):
    save(engine, f"{number}", NoteRecord(measure="attendance", words="x" * 4000), after=0, who="ann")
    print(number, flush=True)
"""


@pytest.mark.parametrize("after", [1, 40, 150])
def test_what_was_saved_before_a_kill_is_there(url: str, after: int) -> None:
    workspace_engine(url).dispose()
    process = subprocess.Popen([sys.executable, "-c", SAVING, url], cwd=PROJECT_FOLDER, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(after)]
    process.kill()
    rest = process.stdout.read().splitlines()
    process.wait()
    acknowledged = [int(line) for line in [*said, *rest] if line.strip()]
    engine = workspace_engine(url)
    found = current(engine, NoteRecord)
    assert [int(note.item_id) for note in found][: len(acknowledged)] == acknowledged
    assert len(found) - len(acknowledged) in (0, 1)
    assert all(len(note.record.words) == 4000 for note in found)
