"""How all measures stood in each version of the data, by who is counted, kept so that the next version can be held against it.

A snapshot is a revision like any other: it is added once for a version and never changed. People don't edit them, so they are not
among the kinds that `everything` gives.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
from typing import ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict

from config.cohorts import Cohort
from data_access.workspace.engine import explained
from data_access.workspace.history import EditConflict, item_revision, save
from data_access.workspace.records import Record


class KeptState(BaseModel):
    """One measure's state; see `metrics.judgement.digest.MeasureState`."""

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
    cohort: Cohort = Cohort.RECORDED


def keep_snapshot(engine: sa.Engine, record: SnapshotRecord, who: str) -> None:
    """Keeps the first snapshot of a version and cohort; another changes nothing. Raises WorkspaceUnavailable."""
    try:
        save(engine, _item(record.data_version, record.cohort), record, after=0, who=who)
    except EditConflict:
        return


def has_snapshot(engine: sa.Engine, data_version: str, cohort: Cohort = Cohort.RECORDED) -> bool:
    """Whether the version's snapshot of a cohort is there. Raises WorkspaceUnavailable."""
    return _number(engine, data_version, cohort) is not None


def snapshots_around(
    engine: sa.Engine, data_version: str, cohort: Cohort = Cohort.RECORDED,
) -> tuple[SnapshotRecord | None, SnapshotRecord | None]:
    """The snapshot of a cohort kept before the version's own, and the version's own; None for one that isn't there.

    Raises WorkspaceUnavailable.
    """
    number = _number(engine, data_version, cohort)
    if number is None:
        return None, None
    wanted = (
        sa.select(item_revision.c.contents)
        .where(item_revision.c.kind == SnapshotRecord.kind, item_revision.c.revision_id <= number)
        .order_by(item_revision.c.revision_id.desc())
    )
    with explained(), engine.connect() as connection:
        every = (SnapshotRecord.model_validate(contents) for contents in connection.scalars(wanted))
        found = list(itertools.islice((record for record in every if record.cohort is cohort), 2))
    return found[1] if len(found) > 1 else None, found[0]


def _number(engine: sa.Engine, data_version: str, cohort: Cohort) -> int | None:
    wanted = sa.select(item_revision.c.revision_id).where(
        item_revision.c.kind == SnapshotRecord.kind, item_revision.c.item_id == _item(data_version, cohort), item_revision.c.revision == 1
    )
    with explained(), engine.connect() as connection:
        found: int | None = connection.scalar(wanted)
    return found


def _item(data_version: str, cohort: Cohort) -> str:
    """The item's id: a warehouse may give its versions names of any length. RECORDED has none of its own: it was once the only one."""
    said = data_version if cohort is Cohort.RECORDED else f"{cohort.value}: {data_version}"
    return hashlib.sha256(said.encode()).hexdigest()
