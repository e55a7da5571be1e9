"""The evidence for NICE's structure measures, and the made-up authority's."""

from __future__ import annotations

import datetime

import sqlalchemy as sa

from data_access.workspace.history import EditConflict, current, history, save
from data_access.workspace.records import EvidenceRecord, EvidenceState

MADE_UP = "made-up authority"


def evidence_of(engine: sa.Engine, statement: int) -> dict[str, EvidenceRecord]:
    """The evidence of a quality statement, by the id of its structure measure; those without any are not in it.

    Raises WorkspaceUnavailable.
    """
    return {found.item_id: found.record for found in current(engine, EvidenceRecord) if found.record.statement == statement}


def fill_demo_evidence(engine: sa.Engine) -> None:
    """The made-up authority's evidence. What was ever written stays as it is. Raises WorkspaceUnavailable."""
    for record in _DEMO:
        if not history(engine, EvidenceRecord, record.evidence_id):
            try:
                save(engine, record.evidence_id, record, after=0, who=MADE_UP)
            except EditConflict:
                continue  # another process has just filled it


_DEMO = (
    EvidenceRecord(
        evidence_id="assessment_arrangements", statement=1, state=EvidenceState.IN_PLACE,
        words="A written pathway says who assesses, within how many weeks, and that no programme begins before. The assessment team has "
        "been at full strength since autumn 2024.",
        link="https://example.org/attachment-assessment-pathway", owner="Service manager, children in care",
        review_date=datetime.date(2027, 3, 31),
    ),
    EvidenceRecord(
        evidence_id="education_plan_arrangements", statement=2, state=EvidenceState.PARTLY,
        words="Children in care have a personal education plan each term. For children who live with special guardians or adopters, "
        "schools are asked for a plan, and not all have answered.",
        link="https://example.org/education-plan-protocol", owner="Head of the virtual school",
        review_date=datetime.date(2026, 12, 15),
    ),
    EvidenceRecord(
        evidence_id="video_feedback_arrangements", statement=3, state=EvidenceState.IN_PLACE,
        words="A video feedback programme is commissioned from two providers, with places for families on the edge of care.",
        link="https://example.org/video-feedback-specification", owner="Commissioner, early help",
        review_date=datetime.date(2027, 6, 30),
    ),
    EvidenceRecord(
        evidence_id="carer_programme_arrangements", statement=4, state=EvidenceState.IN_PLACE,
        words="The fostering service runs a course on attachment and trauma each term, open to special guardians and adopters.",
        link="https://example.org/carer-training-programme", owner="Fostering service manager",
        review_date=datetime.date(2026, 10, 31),
    ),
    EvidenceRecord(
        evidence_id="carer_programmes_by_age", statement=4, state=EvidenceState.NOT_IN_PLACE,
        words="One course serves carers of children of all ages. Separate sessions for carers of teenagers are planned.",
        link=None, owner="Fostering service manager", review_date=datetime.date(2026, 12, 31),
    ),
)
