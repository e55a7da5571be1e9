"""Who may write what, and that no save happens without its entry in the audit log."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.access import Role
from config.toml_file import ConfigError
from dashboard.access.audit_guard import AccessChanged, SessionGuard
from dashboard.access.roles import WITHOUT_SIGN_IN, Person
from dashboard.improvement.saving import MayNotWrite, RecordEditor, described, may_change, may_write
from data_access.audit import AuditUnavailable, entries
from data_access.workspace import (
    ActionRecord,
    ChangeRecord,
    EditConflict,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    Record,
    SavedViewRecord,
    TargetRecord,
    everything,
    workspace_engine,
)
from tests.data_access.empty_databases import empty_database

DAY = datetime.date(2026, 4, 1)
ACTION = ActionRecord(measure="attendance", aim="Ben B. comes to school", owner="Virtual school")
EVIDENCE = EvidenceRecord(evidence_id="carer_programmes_by_age", statement=4, state=EvidenceState.PARTLY, words="Begun.")
CHANGE = ChangeRecord(measure="attendance", on=DAY, words="A new head.")
REBASE = ChangeRecord(measure="attendance", on=DAY, words="A new head.", rebase_reason="It moved, and stayed.")
TARGET = TargetRecord(measure="attendance", level=92, from_date=DAY, reason="Agreed.")
NOTE = NoteRecord(measure="attendance", words="A flood.")
EVERYDAY = (ACTION, EVIDENCE, CHANGE, NOTE)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    return workspace_engine(empty_database(request, tmp_path, "workspace"))


def person(role: Role, who: str = "ann") -> Person:
    return Person(who.capitalize(), who, role, ("North",) if role is Role.MANAGER else ())


def desk(engine: sa.Engine, role: Role, who: str = "ann") -> RecordEditor:
    somebody = person(role, who)
    return RecordEditor(lambda: engine, SessionGuard(lambda: engine, somebody, lambda: somebody, "v1"))


def view_of(who: str, *, everyone: bool = False) -> SavedViewRecord:
    return SavedViewRecord(name="Ours", view="placement=Foster+carer", everyone=everyone, owner=who)


def decided_by(role: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "access.toml").write_text(
        f'sign_in_hours = 8\neveryone_else = "viewer"\ndeployment_protects = false\ntargets_and_rebases_by = "{role}"\n', encoding="utf-8"
    )
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))


def test_a_viewer_writes_nothing_and_leaves_no_trace(engine: sa.Engine) -> None:
    for record in (*EVERYDAY, TARGET, REBASE):
        with pytest.raises(MayNotWrite, match="Ask a service manager"):
            desk(engine, Role.VIEWER).save("x", record, after=0)
    assert everything(engine) == [] and entries(engine).height == 0


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR])
def test_those_above_write_everything_and_each_save_is_in_the_audit_log(engine: sa.Engine, role: Role) -> None:
    for record in (*EVERYDAY, TARGET):
        desk(engine, role).save(record.kind, record, after=0)
    assert [item.record for item in everything(engine)] == [*EVERYDAY, TARGET]
    log = entries(engine)
    assert log["what"].to_list()[::-1] == [f"adds {described(record)}" for record in (*EVERYDAY, TARGET)]
    assert set(log["action"]) == {"change"} and not any("Ben" in what for what in log["what"])


@pytest.mark.parametrize(("least", "may"), [("manager", True), ("analyst", False), ("administrator", False)])
def test_who_sets_targets_and_begins_limits_anew_is_a_setting(
    engine: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: str, may: bool
) -> None:
    decided_by(least, tmp_path, monkeypatch)
    manager, boss = desk(engine, Role.MANAGER), desk(engine, Role.ADMINISTRATOR, "boss")
    assert may_write(manager.person, TargetRecord) is may and may_write(manager.person, ChangeRecord)
    plain = manager.save("c", CHANGE, after=0)
    rebased = boss.save("r", REBASE, after=0)
    attempts = [
        lambda: manager.save("t", TARGET, after=0), lambda: manager.save("c", REBASE, after=1),
        lambda: manager.save("r", REBASE.model_copy(update={"on": DAY + datetime.timedelta(days=1)}), after=1),
    ]
    for attempt in attempts:
        if may:
            attempt()
        else:
            with pytest.raises(MayNotWrite):
                attempt()
    if not may:
        for act in (manager.withdraw, manager.undo):
            with pytest.raises(MayNotWrite, match="can't start new limits or undo them"):
                act(rebased)
        manager.withdraw(plain)
        manager.save("r", REBASE.model_copy(update={"words": "A new head teacher."}), after=1)


def test_a_role_that_there_is_not_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decided_by("viewer", tmp_path, monkeypatch)
    with pytest.raises(ConfigError, match=r"access\.toml, line 4: targets_and_rebases_by must be one of manager, analyst, administrator"):
        may_write(person(Role.MANAGER), TargetRecord)


def test_without_sign_in_nothing_is_saved_and_a_viewer_saves_views_for_themselves(engine: sa.Engine) -> None:
    assert not may_write(WITHOUT_SIGN_IN, SavedViewRecord)
    viewer = desk(engine, Role.VIEWER)
    saved = viewer.save("v", view_of("ann"), after=0)
    with pytest.raises(MayNotWrite, match="only save views for yourself"):
        viewer.save("v", view_of("ann", everyone=True), after=1)
    assert may_change(person(Role.VIEWER), saved) and not may_change(person(Role.ANALYST, "ben"), saved)
    assert may_change(person(Role.ADMINISTRATOR, "boss"), saved)
    with pytest.raises(MayNotWrite):
        desk(engine, Role.ANALYST, "ben").withdraw(saved)
    with pytest.raises(MayNotWrite, match="stays with whoever saved it"):
        desk(engine, Role.ADMINISTRATOR, "boss").save("v", view_of("boss"), after=1)


def test_two_who_change_the_same_item_lose_nothing(engine: sa.Engine) -> None:
    ann, ben = desk(engine, Role.MANAGER), desk(engine, Role.ANALYST, "ben")
    ann.save("n", NOTE, after=0)
    ben.save("n", NoteRecord(measure="attendance", words="Two floods."), after=1)
    with pytest.raises(EditConflict, match="ben changed this"):
        ann.save("n", NoteRecord(measure="attendance", words="A flood in May."), after=1)
    ann.save("n", NoteRecord(measure="attendance", words="A flood in May."), after=2)
    words = [revision.record.words for revision in ann.history(NoteRecord, "n")]
    assert words == ["A flood in May.", "Two floods.", "A flood."]


def test_undo_and_take_away_come_back(engine: sa.Engine) -> None:
    at = desk(engine, Role.MANAGER)
    first = at.save("n", NOTE, after=0)
    at.withdraw(first)
    (gone,) = at.taken_away(NoteRecord)
    at.undo(gone)
    assert [item.record for item in everything(engine)] == [NOTE]
    assert [what.split()[0] for what in entries(engine)["what"]] == ["undoes", "takes", "adds"]


def test_somebody_whose_role_has_changed_saves_nothing(engine: sa.Engine) -> None:
    guard = SessionGuard(lambda: engine, person(Role.MANAGER), lambda: person(Role.VIEWER), "v1")
    with pytest.raises(AccessChanged):
        RecordEditor(lambda: engine, guard).save("n", NOTE, after=0)
    assert everything(engine) == []


def test_without_an_audit_log_nothing_is_saved(engine: sa.Engine, tmp_path: Path) -> None:
    somebody = person(Role.MANAGER)
    broken = sa.create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    guard = SessionGuard(lambda: broken, somebody, lambda: somebody, "v1")
    with pytest.raises(AuditUnavailable):
        RecordEditor(lambda: engine, guard).save("n", NOTE, after=0)
    assert everything(engine) == []


@pytest.mark.parametrize("record", [*EVERYDAY, TARGET, view_of("ann")])
def test_the_audit_log_names_an_item_without_its_words(record: Record) -> None:
    assert "Ben" not in described(record) and described(record)
