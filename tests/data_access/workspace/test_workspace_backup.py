"""Backup and restore of the workspace, between and within engines."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.sources import descriptions
from dashboard.command_line import main
from data_access.audit import Action, Entry, entries, record
from data_access.workspace import (
    NoteRecord,
    disclosure_secret,
    everything,
    history,
    keep_releases,
    metadata,
    new_id,
    releases_of,
    save,
    withdraw,
    workspace_engine,
)
from data_access.workspace.backup import TABLES, BackupError, backup, restore
from data_access.workspace.descriptions import save_description
from tests.data_access.workspace.test_workspace_migrations import OLD_ROWS, write_old
from tests.data_access.workspace.test_workspace_releases import FAMILY, released

NOTE = NoteRecord(measure="attendance", words="A school closed – for two weeks.")
Address = Callable[[str], str]


@pytest.fixture
def address(tmp_path: Path, request: pytest.FixtureRequest) -> Address:
    """`address("sqlite")` is a new workspace's."""
    numbers = itertools.count()

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'workspace_{next(numbers)}.sqlite'}"
        made: str = request.getfixturevalue("postgresql_database")()
        return made

    return make


def filled(url: str) -> sa.Engine:
    engine = workspace_engine(url)
    for number in range(3):
        save(engine, f"{number}", NOTE, after=0, who="ann")
    save(engine, "0", NOTE.model_copy(update={"words": "Three."}), after=1, who="ben")
    withdraw(engine, NoteRecord, "1", after=1, who="ben")
    record(engine, Entry("ann", "analyst", Action.EXPORT, "a file"))
    keep_releases(engine, FAMILY, [released("2025-26 Q1"), released("2025-26 Q2")])
    keep_releases(engine, FAMILY, [released("2025-26 Q1", 2, b"new")])
    disclosure_secret(engine)
    (description,) = descriptions('[[source]]\nfile = "ePEP*.xlsx"\nbecomes = "education_plans"\n', "a test")
    save_description(engine, description, "ann")
    save_description(engine, description, "ann", removed=True)
    return engine


def rows_of(engine: sa.Engine) -> list[list[tuple[object, ...]]]:
    with engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))] for table in TABLES]


@pytest.mark.parametrize(("source", "target"), list(itertools.product(["sqlite", "postgresql"], repeat=2)))
def test_everything_comes_back_with_its_history(address: Address, tmp_path: Path, source: str, target: str) -> None:
    before = filled(url := address(source))
    counts = backup(url, tmp_path / "backups" / "today.sqlite")
    assert counts == {"item_revision": 5, "audit_log": 1, "period_release": 3, "secret": 1, "source_description": 2}
    restored_url = address(target)
    assert restore(tmp_path / "backups" / "today.sqlite", restored_url) == counts
    after = workspace_engine(restored_url)
    assert rows_of(after) == rows_of(before)
    save(after, new_id(), NOTE, after=0, who="cal")  # the numbers go on where they were
    record(after, Entry("cal", "analyst", Action.EXPORT, "a file"))
    keep_releases(after, FAMILY, [released("2025-26 Q3")])
    assert releases_of(after, FAMILY)["2025-26 Q1"].cells == b"new"
    assert disclosure_secret(after) == disclosure_secret(before)
    assert len(everything(after)) == 3 and entries(after).height == 2
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["today.sqlite"]


def test_the_backup_has_every_table() -> None:
    assert {table.name for table in TABLES} == set(metadata.tables)


def test_nothing_is_overwritten(address: Address, tmp_path: Path) -> None:
    engine = filled(url := address("sqlite"))
    file = tmp_path / "backup.sqlite"
    backup(url, file)
    kept, held = file.read_bytes(), rows_of(engine)
    with pytest.raises(BackupError, match="already there"):
        backup(url, file)
    with pytest.raises(BackupError, match="not empty"):
        restore(file, url)
    assert file.read_bytes() == kept and rows_of(engine) == held


def test_a_backup_of_an_earlier_version_is_restored_and_left_as_it_is(address: Address, tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite"
    write_old(f"sqlite:///{file}")
    kept = file.read_bytes()
    url = address("sqlite")
    assert restore(file, url)["item_revision"] == len(OLD_ROWS)
    assert file.read_bytes() == kept


@pytest.mark.parametrize("contents", [None, b"not a database, by a long way " * 50])
def test_what_is_no_backup_is_told(address: Address, tmp_path: Path, contents: bytes | None) -> None:
    file = tmp_path / "file.sqlite"
    if contents is not None:
        file.write_bytes(contents)
    with pytest.raises(BackupError, match=r"no file|no backup"):
        restore(file, address("sqlite"))


def test_the_command_copies_and_says_how_much(
    address: Address, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(url := address("sqlite"))
    monkeypatch.setenv("QS133_WORKSPACE_URL", url)
    file = str(tmp_path / "backup.sqlite")
    assert main(["workspace", "backup", file]) == 0
    assert capsys.readouterr().out == "Backed up 5 revisions, 1 entry of the audit log and 3 releases of periods.\n"
    other = address("sqlite")
    assert main(["workspace", "restore", file, "--workspace", other]) == 0
    assert capsys.readouterr().out == "Restored 5 revisions, 1 entry of the audit log and 3 releases of periods.\n"
    assert len(history(workspace_engine(other), NoteRecord, "0")) == 2
    assert main(["workspace", "restore", file, "--workspace", other]) == 1
    assert "not empty" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        main(["workspace"])
    assert usage.value.code == 2
