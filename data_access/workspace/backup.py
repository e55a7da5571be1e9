"""A copy of the workspace in one SQLite file, from whichever engine, and back into an empty workspace of whichever engine.

The copy has the secret that the protected view rounds with: it is for the same eyes as the workspace, and for nobody else's."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import sqlalchemy as sa

from data_access import audit
from data_access.workspace.descriptions import source_description
from data_access.workspace.engine import WorkspaceUnavailable, explained, workspace_engine
from data_access.workspace.history import item_revision
from data_access.workspace.releases import period_release
from data_access.workspace.secret import secret

TABLES = (item_revision, audit.audit_log, period_release, secret, source_description)
_AT_ONCE = 100


class BackupError(Exception):
    """A backup that can't be made or restored; the message says what to do."""


def backup(url: str, file: Path) -> dict[str, int]:
    """Copies the workspace to a new file, all of it as it is at one moment; gives the number of rows by table.

    The file appears when it is complete. Raises BackupError when it is there already, and WorkspaceUnavailable.
    """
    if file.exists():
        raise BackupError(f"{file} is already there. Name a file that isn't.")
    source = workspace_engine(url)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            draft = Path(folder) / file.name
            target = workspace_engine(f"sqlite:///{draft}")
            counts = _copy(source, target)
            target.dispose()
            os.replace(draft, file)
    except OSError as error:
        raise BackupError(f"{file} can't be written ({error.strerror}). Name a folder that you may write to.") from error
    finally:
        source.dispose()
    return counts


def restore(file: Path, url: str) -> dict[str, int]:
    """Copies a backup into an empty workspace, in one transaction; gives the number of rows by table. The backup may be of an
    earlier version.

    Raises BackupError when the file is no backup or the workspace isn't empty, and WorkspaceUnavailable.
    """
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    with tempfile.TemporaryDirectory(prefix="qs133-") as folder:
        # A copy, because a backup of an earlier version is first brought up to date.
        copied = shutil.copy(file, folder)
        try:
            source = workspace_engine(f"sqlite:///{copied}")
        except WorkspaceUnavailable as error:
            raise BackupError(f"{file} is no backup of a workspace. Backups are made with 'qs133 workspace backup'.") from error
        target = workspace_engine(url)
        try:
            return _copy(source, target)
        finally:
            source.dispose()
            target.dispose()


def _copy(source: sa.Engine, target: sa.Engine) -> dict[str, int]:
    # One state of the source for all tables. A SQLite file keeps writers waiting while it is read.
    options = {"isolation_level": "REPEATABLE READ"} if source.dialect.name == "postgresql" else {}
    with explained(), source.connect().execution_options(**options) as reading, target.begin() as writing:
        return {table.name: _copy_table(reading, writing, table) for table in TABLES}


def _copy_table(reading: sa.Connection, writing: sa.Connection, table: sa.Table) -> int:
    (key,) = table.primary_key.columns
    if writing.execute(sa.select(key).limit(1)).first() is not None:
        raise BackupError(
            "The workspace is not empty, and nothing in it is ever overwritten. Nothing was restored. Move its SQLite file away, or name "
            "an empty database in QS133_WORKSPACE_URL, and restore again."
        )
    count = 0
    for rows in reading.execute(sa.select(table).order_by(key)).mappings().partitions(_AT_ONCE):
        writing.execute(table.insert(), [dict(row) for row in rows])
        count += len(rows)
    if writing.dialect.name == "postgresql" and count and isinstance(key.type, sa.Integer):
        sequence = sa.func.pg_get_serial_sequence(table.name, key.name)
        writing.execute(sa.select(sa.func.setval(sequence, sa.select(sa.func.max(key)).scalar_subquery())))
    return count
