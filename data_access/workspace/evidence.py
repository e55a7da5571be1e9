"""The evidence for NICE's structure measures."""

from __future__ import annotations

import sqlalchemy as sa

from data_access.workspace.history import current
from data_access.workspace.records import EvidenceRecord


def evidence_of(engine: sa.Engine, statement: int) -> dict[str, EvidenceRecord]:
    """The evidence of a quality statement, by the id of its structure measure; those without any are not in it.

    Raises WorkspaceUnavailable.
    """
    return {found.item_id: found.record for found in current(engine, EvidenceRecord) if found.record.statement == statement}
