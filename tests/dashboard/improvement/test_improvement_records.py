"""What people wrote, and what follows from it: the files are the start, and the dashboard's targets and rebases come on top."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.rebases import Rebase
from config.settings import PROJECT_FOLDER
from dashboard.figures.workspace_records import Written, decisions, read, read_if_there
from dashboard.session import state
from data_access.workspace import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    NoteRecord,
    Record,
    TargetRecord,
    fill_demo_evidence,
    new_id,
    save,
    withdraw,
    workspace_engine,
)
from metrics.measures.catalogue import get
from tests.data_access.empty_databases import empty_database

PLAN, ATTENDANCE = get("education_plan"), get("attendance")
DAY = datetime.date(2024, 4, 1)
TARGETS = """[[target]]
measure = "education_plan"
level = 85
from = 2024-04-01

[[target]]
measure = "education_plan"
level = 70
from = 2024-04-01
placement = "residential"
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return workspace_engine(empty_database(request, tmp_path, "workspace"))


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "targets.toml").write_text(TARGETS, encoding="utf-8")
    (tmp_path / "rebases.toml").write_text(
        '[[rebase]]\nmeasure = "attendance"\non = 2025-01-01\nreason = "A new register."\n', encoding="utf-8"
    )
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))


def write(engine: sa.Engine, record: Record) -> str:
    return save(engine, new_id(), record, after=0, who="ann").item_id


def target(level: float, from_date: datetime.date, placement: str | None = None) -> TargetRecord:
    return TargetRecord(measure="education_plan", level=level, from_date=from_date, placement=placement, reason="Agreed.")


def level(engine: sa.Engine, day: datetime.date, *placements: str) -> float | None:
    held = decisions(read(engine))[0].on(PLAN, day, "quarter", placements)
    return held.level if held else None


def test_a_target_of_the_dashboard_wins_from_its_day_on_and_falls_back_when_it_is_withdrawn(engine: sa.Engine) -> None:
    later, same_day = datetime.date(2026, 4, 1), DAY
    step = write(engine, target(95, later))
    assert [level(engine, day) for day in (DAY, datetime.date(2026, 3, 31), later)] == [85, 85, 95]
    write(engine, target(90, same_day))
    assert [level(engine, day) for day in (DAY, later)] == [90, 95]
    withdraw(engine, TargetRecord, step, after=1, who="ann")
    assert level(engine, later) == 90
    write(engine, target(60, datetime.date(2020, 1, 1)))
    assert [level(engine, day) for day in (datetime.date(2020, 1, 1), DAY)] == [60, 90]


def test_a_placement_keeps_its_own_target(engine: sa.Engine) -> None:
    write(engine, target(95, DAY))
    assert (level(engine, DAY, "residential"), level(engine, DAY)) == (70, 95)
    write(engine, target(75, DAY, "residential"))
    assert (level(engine, DAY, "residential"), level(engine, DAY)) == (75, 95)


def test_only_a_change_with_a_reason_for_it_begins_the_limits_anew(engine: sa.Engine) -> None:
    write(engine, ChangeRecord(measure="attendance", on=DAY, words="A new head."))
    write(engine, ChangeRecord(measure="education_plan", on=DAY, words="A new form.", rebase_reason="It moved at once, and stayed."))
    assert decisions(read(engine))[1] == (
        Rebase("attendance", datetime.date(2025, 1, 1), "A new register.", 1),
        Rebase("education_plan", DAY, "It moved at once, and stayed."),
    )


def test_each_measure_has_its_own_items_and_changes_are_by_their_day(engine: sa.Engine) -> None:
    late, early = (ChangeRecord(measure="attendance", on=DAY + datetime.timedelta(days=days), words="x") for days in (9, 0))
    for record in (late, early, NoteRecord(measure="attendance", words="n"), ActionRecord(measure="education_plan", aim="a", owner="o")):
        write(engine, record)
    written = read(engine)
    assert [item.record for item in written.changes(ATTENDANCE)] == [early, late]
    assert [len(written.of(kind, PLAN)) for kind in (ActionRecord, ChangeRecord, NoteRecord)] == [1, 0, 0]
    assert len(written.all(ChangeRecord)) == 2
    assert Written().all(ChangeRecord) == [] and Written().evidence() == {}


def test_whoever_only_reads_leaves_no_workspace_behind(tmp_path: Path) -> None:
    file = tmp_path / "none.sqlite"
    assert read_if_there(f"sqlite:///{file}").all(NoteRecord) == []
    assert not file.exists()
    save(workspace_engine(f"sqlite:///{file}"), new_id(), NoteRecord(measure="attendance", words="n"), after=0, who="ann")
    assert len(read_if_there(f"sqlite:///{file}").all(NoteRecord)) == 1


def test_a_page_asks_whether_anything_changed_and_reads_it_only_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QS133_AUTHORITY", "Ours")
    monkeypatch.setenv("QS133_DATABASE_URL", "duckdb:///none.duckdb")
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    (tmp_path / "settings.toml").write_bytes((PROJECT_FOLDER / "config" / "settings.toml").read_bytes())
    workspace, statements = state.workspace(), []
    sa.event.listen(workspace, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
    for _ in range(3):
        first = state.written()
    assert len([sql for sql in statements if sql.startswith("SELECT")]) == 3 + 1
    save(workspace, new_id(), NoteRecord(measure="attendance", words="n"), after=0, who="ann")
    assert len(state.written().all(NoteRecord)) == 1 and first.all(NoteRecord) == []


def test_the_made_up_authority_goes_once_round_the_loop(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QS133_CONFIG")
    fill_demo_evidence(engine)
    fill_demo_evidence(engine)
    written = read(engine)
    for kind in (EvidenceRecord, ActionRecord, ChangeRecord, NoteRecord, TargetRecord):
        items = written.all(kind)
        assert items and {item.revision for item in items} == {1}
        assert all(get(item.record.measure) for item in items if not isinstance(item.record, EvidenceRecord))
    held = decisions(written)[0]
    plan = get("education_plan_up_to_date")
    assert [held.on(plan, datetime.date(2026, month, 1), "quarter").level for month in (3, 4)] == [80, 88]
