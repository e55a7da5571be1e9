"""What the made-up authority has written: evidence, and one turn of the improvement loop around the stories that its figures tell."""

from __future__ import annotations

import datetime

import sqlalchemy as sa

from data_access.workspace.history import EditConflict, history, save
from data_access.workspace.records import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    Record,
    Stage,
    TargetRecord,
)

MADE_UP = "made-up authority"


def fill_demo_evidence(engine: sa.Engine) -> None:
    """The made-up authority's evidence, actions, changes, notes and target. What was ever written stays as it is.

    Raises WorkspaceUnavailable.
    """
    for item_id, record in (*((record.evidence_id, record) for record in EVIDENCE), *IMPROVEMENT.items()):
        if not history(engine, type(record), item_id):
            try:
                save(engine, item_id, record, after=0, who=MADE_UP)
            except EditConflict:
                continue  # another process has just filled it


EVIDENCE = (
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

IMPROVEMENT: dict[str, Record] = {
    "demo_assessment_team": ChangeRecord(
        measure="assessed_before_programme", on=datetime.date(2024, 10, 1),
        words="The assessment team is at full strength, and no programme begins before its assessment.",
    ),
    "demo_plan_process": ChangeRecord(
        measure="education_plan_up_to_date", on=datetime.date(2025, 1, 1),
        words="The virtual school took over the termly reviews of plans, with one form for all schools.",
    ),
    "demo_plan_target": TargetRecord(
        measure="education_plan_up_to_date", level=88, from_date=datetime.date(2026, 4, 1),
        reason="The level of 80% has been met since the virtual school took over, so the partnership agreed the next step.",
    ),
    "demo_plans_in_residential_care": ActionRecord(
        measure="education_plan_up_to_date", aim="Four in five children in residential care have an up-to-date plan by summer 2027.",
        change_idea="A named teacher at the virtual school for each home, who books the reviews at the start of term.",
        owner="Head of the virtual school", due=datetime.date(2027, 7, 31), stage=Stage.DO,
    ),
    "demo_training_drift": ActionRecord(
        measure="carer_trained", aim="Stop the fall in trained carers, and be back at 70% by spring 2027.",
        change_idea="Courses on Saturdays and online, with care for the children while their carers learn.",
        owner="Fostering service manager", due=datetime.date(2026, 10, 31), stage=Stage.STUDY,
    ),
    "demo_video_feedback_offer": ActionRecord(
        measure="video_feedback_offered", aim="Offer video feedback to every second family of a preschool child by the end of the year.",
        change_idea="Health visitors make the offer at the two-year review.",
        owner="Commissioner, early help", due=datetime.date(2026, 3, 31), stage=Stage.DONE,
        outcome="Tried with one team. Families said yes as often as before, and the offer came sooner. It is now part of the contract.",
    ),
    "demo_breakdown_spike": NoteRecord(
        measure="placement_breakdown", period="2025-26 Q2",
        words="A provider closed two homes in the summer of 2025, and children had to move. It has not happened again since.",
    ),
}
