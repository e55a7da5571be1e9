"""The audit log: what it holds, and that it only grows, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.audit import Action, AuditUnavailable, Entry, audit_log, entries, has_signed_out, record, recorded
from data_access.workspace import workspace_engine
from data_access.workspace.engine import SECONDS_TO_WAIT, migrate

ANN = Entry("ann@council.example", "analyst", Action.EXACT_VIEW, "Statement 1", "Sex: Female", "v1")
BEN = Entry("ben@council.example", "manager (teams: North)", Action.EXPORT, "attendance.csv", "all children", "v2")


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> sa.Engine:
    if request.param == "sqlite":
        return workspace_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    database: Callable[[], str] = request.getfixturevalue("postgresql_database")
    return workspace_engine(database())


def test_entries_come_back_newest_first_with_the_time_in_utc(workspace: sa.Engine) -> None:
    before = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    record(workspace, ANN)
    record(workspace, BEN)
    after = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    found = entries(workspace)
    assert found.drop("at").rows() == [
        ("ben@council.example", "manager (teams: North)", "export", "attendance.csv", "all children", "v2"),
        ("ann@council.example", "analyst", "exact_view", "Statement 1", "Sex: Female", "v1"),
    ]
    assert all(before <= at <= after for at in found["at"])


def test_entries_can_be_narrowed_down(workspace: sa.Engine) -> None:
    for entry in (ANN, BEN, ANN):
        record(workspace, entry)
    today = datetime.datetime.now(datetime.UTC).date()
    day = datetime.timedelta(days=1)
    assert entries(workspace, who=ANN.who).height == 2
    assert entries(workspace, actions=[Action.EXPORT])["who"].to_list() == [BEN.who]
    assert entries(workspace, actions=[Action.EXPORT, Action.EXACT_VIEW], newest=2)["who"].to_list() == [ANN.who, BEN.who]
    assert entries(workspace, first=today - day, last=today + day).height == 3
    assert entries(workspace, first=today + 2 * day).height == entries(workspace, last=today - 2 * day).height == 0


@pytest.mark.parametrize("change", [sa.update(audit_log).values(who="nobody"), sa.delete(audit_log)], ids=["update", "delete"])
def test_the_database_itself_refuses_to_change_an_entry(workspace: sa.Engine, change: sa.Executable) -> None:
    record(workspace, ANN)
    with pytest.raises(sa.exc.DBAPIError, match="the audit log only grows"), workspace.begin() as connection:
        connection.execute(change)
    assert entries(workspace)["who"].to_list() == [ANN.who]


@pytest.mark.parametrize("before", ["", "0004"], ids=["new", "made before the trigger for it"])
def test_sqlite_refuses_to_put_an_entry_in_the_place_of_another(tmp_path: Path, before: str) -> None:
    url = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    if before:
        old = sa.create_engine(url)
        migrate(old, before)
        with old.begin() as connection:
            connection.exec_driver_sql("DROP TRIGGER audit_log_no_insert")
    workspace = workspace_engine(url)
    record(workspace, ANN)
    record(workspace, BEN)
    with workspace.connect() as connection:
        first, second = connection.execute(sa.select(audit_log).order_by(audit_log.c.entry_id)).mappings().all()
    forged = audit_log.insert().prefix_with("OR REPLACE").values({**first, "who": "nobody", "entry_id": second["entry_id"]})
    with pytest.raises(sa.exc.DBAPIError, match="the audit log only grows"), workspace.begin() as connection:
        connection.execute(forged)
    assert entries(workspace)["who"].sort().to_list() == [ANN.who, BEN.who]


def test_postgresql_refuses_to_empty_the_log(postgresql_database: Callable[[], str]) -> None:
    workspace = workspace_engine(postgresql_database())
    record(workspace, ANN)
    with pytest.raises(sa.exc.DBAPIError, match="the audit log only grows"), workspace.begin() as connection:
        connection.exec_driver_sql("TRUNCATE audit_log")
    assert entries(workspace).height == 1


def test_a_second_start_leaves_the_log_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    record(workspace_engine(url), ANN)
    record(workspace_engine(url), BEN)
    assert entries(workspace_engine(url)).height == 2


def test_an_entry_is_known_again(workspace: sa.Engine) -> None:
    record(workspace, ANN)
    assert recorded(workspace, ANN)
    assert not recorded(workspace, BEN)


def test_a_log_that_cannot_be_written_is_an_error_and_not_an_omission(tmp_path: Path) -> None:
    file = tmp_path / "workspace.sqlite"
    workspace_engine(f"sqlite:///{file}").dispose()
    read_only = sa.create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(AuditUnavailable, match="no exact numbers are shown"):
        record(read_only, ANN)
    assert entries(read_only).height == 0


def test_a_log_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    empty = sa.create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(AuditUnavailable, match="can't be read"):
        entries(empty)
    with pytest.raises(AuditUnavailable, match="can't be read"):
        recorded(empty, ANN)


def test_a_sign_out_is_known_to_every_process(workspace: sa.Engine) -> None:
    words = "signed in at 2026-11-30 09:00:00 UTC"
    assert not has_signed_out(workspace, "ada", words)
    record(workspace, Entry("ada", "administrator", Action.SIGN_IN, words))
    assert not has_signed_out(workspace, "ada", words)
    record(workspace, Entry("ada", "administrator", Action.SIGN_OUT, words))
    assert has_signed_out(workspace, "ada", words)
    assert not has_signed_out(workspace, "vera", words) and not has_signed_out(workspace, "ada", "signed in at another time")


def test_a_locked_workspace_keeps_nobody_waiting_long(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    made = workspace_engine(url)
    with sqlite3.connect(tmp_path / "workspace.sqlite") as holder:
        holder.execute("BEGIN EXCLUSIVE")
        for act in (lambda: record(made, Entry("ada", "viewer", Action.EXPORT, "x.csv")), lambda: entries(made)):
            began = time.monotonic()
            with pytest.raises(AuditUnavailable):
                act()
            assert time.monotonic() - began < 2 * SECONDS_TO_WAIT
    made.dispose()
    holder.close()
