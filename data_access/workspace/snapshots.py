"""How all measures stood in each version of the data, kept so that the next version can be held against it.

A snapshot is a revision like any other: it is added once for a version and never changed. People don't edit them, so they are not
among the kinds that `everything` gives.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from data_access.workspace.engine import explained
from data_access.workspace.history import EditConflict, item_revision, save
from data_access.workspace.records import Record


class KeptState(BaseModel):
    """One measure's state; see `metrics.digest.MeasureState`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    measure: str
    period: str | None = None
    variation: str | None = None
    assurance: str | None = None
    target_status: str | None = None
    target: float | None = None
    gaps: dict[str, tuple[str, ...]] = {}
    compared: dict[str, tuple[str, ...]] = {}


class SnapshotRecord(Record):
    """The states of all measures in one version, from protected figures. `overdue` are the ids of what was overdue on the day."""

    kind: ClassVar[str] = "snapshot"
    data_version: str
    as_at: datetime.date
    states: tuple[KeptState, ...]
    overdue: tuple[str, ...] = ()


def keep_snapshot(engine: sa.Engine, record: SnapshotRecord, who: str) -> None:
    """Keeps the first snapshot of a version; another of the same version changes nothing. Raises WorkspaceUnavailable."""
    try:
        save(engine, _item(record.data_version), record, after=0, who=who)
    except EditConflict:
        return


def has_snapshot(engine: sa.Engine, data_version: str) -> bool:
    """Whether the version's snapshot is there. Raises WorkspaceUnavailable."""
    return _number(engine, data_version) is not None


def snapshots_around(engine: sa.Engine, data_version: str) -> tuple[SnapshotRecord | None, SnapshotRecord | None]:
    """The snapshot kept before the version's own, and the version's own; None for one that isn't there.

    Raises WorkspaceUnavailable.
    """
    number = _number(engine, data_version)
    if number is None:
        return None, None
    wanted = (
        sa.select(item_revision.c.contents)
        .where(item_revision.c.kind == SnapshotRecord.kind, item_revision.c.revision_id <= number)
        .order_by(item_revision.c.revision_id.desc()).limit(2)
    )
    with explained(), engine.connect() as connection:
        found = [SnapshotRecord.model_validate(contents) for contents in connection.scalars(wanted)]
    return found[1] if len(found) > 1 else None, found[0]


def _number(engine: sa.Engine, data_version: str) -> int | None:
    wanted = sa.select(item_revision.c.revision_id).where(
        item_revision.c.kind == SnapshotRecord.kind, item_revision.c.item_id == _item(data_version), item_revision.c.revision == 1
    )
    with explained(), engine.connect() as connection:
        found: int | None = connection.scalar(wanted)
    return found


def _item(data_version: str) -> str:
    """The item's id: a warehouse may give its versions names of any length."""
    return hashlib.sha256(data_version.encode()).hexdigest()
