"""The workspace: what people at the authority write themselves, kept apart from the reporting database.

For now it holds the evidence for NICE's structure measures, read only.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

metadata = sa.MetaData()

evidence = sa.Table(
    "evidence", metadata,
    sa.Column("evidence_id", sa.String(100), primary_key=True, comment="the id of the structure measure in its declaration"),
    sa.Column("statement", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, comment="in_place, partly or not_in_place"),
    sa.Column("words", sa.Text, nullable=False, comment="what is in place, in the authority's words"),
    sa.Column("link", sa.Text, comment="where the document is"),
    sa.Column("owner", sa.String(200), comment="who answers for it: a role, not a name"),
    sa.Column("review_date", sa.Date),
    comment="The evidence for each of NICE's structure measures, one row each.",
)


class WorkspaceUnavailable(Exception):
    """The workspace can't be opened or read; the message says what to check."""


_UNAVAILABLE = "The workspace database can't be read. Check the setting 'workspace': that the address is right and you may write there."


class EvidenceState(StrEnum):
    """How far an arrangement is in place."""

    IN_PLACE = "in_place"
    PARTLY = "partly"
    NOT_IN_PLACE = "not_in_place"


@dataclass(frozen=True)
class EvidenceRecord:
    """One structure measure's evidence. `link`, `owner` and `review_date` may be unknown."""

    evidence_id: str
    statement: int
    state: EvidenceState
    words: str
    link: str | None
    owner: str | None
    review_date: datetime.date | None


def workspace_engine(url: str) -> sa.Engine:
    """An engine for the workspace; makes the tables (and a SQLite file's folder) where there are none yet.

    Raises WorkspaceUnavailable.
    """
    try:
        address = sa.make_url(url)
        if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        made = sa.create_engine(address)
        metadata.create_all(made)
    except (OSError, SQLAlchemyError) as error:
        raise WorkspaceUnavailable(_UNAVAILABLE) from error
    return made


def evidence_of(engine: sa.Engine, statement: int) -> dict[str, EvidenceRecord]:
    """The evidence of a quality statement, by the id of its structure measure; those without any are not in it.

    Raises WorkspaceUnavailable.
    """
    try:
        with engine.connect() as connection:
            rows = connection.execute(sa.select(evidence).where(evidence.c.statement == statement)).mappings().all()
    except SQLAlchemyError as error:
        raise WorkspaceUnavailable(_UNAVAILABLE) from error
    return {row["evidence_id"]: EvidenceRecord(**{**row, "state": EvidenceState(row["state"])}) for row in rows}


def fill_demo_evidence(engine: sa.Engine) -> None:
    """The made-up authority's evidence. What is already there stays as it is."""
    with engine.begin() as connection:
        known = set(connection.scalars(sa.select(evidence.c.evidence_id)))
        missing = [row for row in _DEMO if row["evidence_id"] not in known]
        if missing:
            connection.execute(evidence.insert(), missing)


_DEMO = [
    {
        "evidence_id": "assessment_arrangements", "statement": 1, "state": EvidenceState.IN_PLACE.value,
        "words": "A written pathway says who assesses, within how many weeks, and that no programme begins before. The assessment team has "
        "been at full strength since autumn 2024.",
        "link": "https://example.org/attachment-assessment-pathway", "owner": "Service manager, children in care",
        "review_date": datetime.date(2027, 3, 31),
    },
    {
        "evidence_id": "education_plan_arrangements", "statement": 2, "state": EvidenceState.PARTLY.value,
        "words": "Children in care have a personal education plan each term. For children who live with special guardians or adopters, "
        "schools are asked for a plan, and not all have answered.",
        "link": "https://example.org/education-plan-protocol", "owner": "Head of the virtual school",
        "review_date": datetime.date(2026, 12, 15),
    },
    {
        "evidence_id": "video_feedback_arrangements", "statement": 3, "state": EvidenceState.IN_PLACE.value,
        "words": "A video feedback programme is commissioned from two providers, with places for families on the edge of care.",
        "link": "https://example.org/video-feedback-specification", "owner": "Commissioner, early help",
        "review_date": datetime.date(2027, 6, 30),
    },
    {
        "evidence_id": "carer_programme_arrangements", "statement": 4, "state": EvidenceState.IN_PLACE.value,
        "words": "The fostering service runs a course on attachment and trauma each term, open to special guardians and adopters.",
        "link": "https://example.org/carer-training-programme", "owner": "Fostering service manager",
        "review_date": datetime.date(2026, 10, 31),
    },
    {
        "evidence_id": "carer_programmes_by_age", "statement": 4, "state": EvidenceState.NOT_IN_PLACE.value,
        "words": "One course serves carers of children of all ages. Separate sessions for carers of teenagers are planned.",
        "link": None, "owner": "Fostering service manager", "review_date": datetime.date(2026, 12, 31),
    },
]
