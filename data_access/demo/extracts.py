"""The demo's local extracts: one folder of CSV files, with a handful of bad rows on purpose."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from config.code_lists import ASSESSMENT_FACTORS, EDUCATION_PLAN_PARTS
from data_access.demo.carers import CarerTraining
from data_access.demo.children import Child
from data_access.demo.school_calendar import OPEN, Window
from data_access.demo.schooling import attendance, education_plans, exclusions
from data_access.demo.ssda903 import Row, write_table
from data_access.demo.support import NO_SESSION, Support

COLUMNS: dict[str, tuple[str, ...]] = {
    "children": ("child_id", "sex", "date_of_birth", "ethnicity", "disabled", "mental_health_problem", "origin", "uasc", "team"),
    "attachment_needs": ("child_id", "status", "start_date", "end_date"),
    "care_arrangements": ("child_id", "care_status", "placement", "start_date", "end_date", "end_reason", "provider"),
    "assessments": ("assessment_id", "child_id", "completed_date", *ASSESSMENT_FACTORS),
    "programmes": ("programme_id", "child_id", "programme", "offered_date", "start_date", "end_date", "provider"),
    "programme_sessions": ("programme_id", "session_date", "minutes", "filmed_minutes", "watched_together"),
    "outcome_scores": ("child_id", "domain", "instrument", "score_date", "score"),
    "education_plans": ("plan_id", "child_id", "completed_date", *EDUCATION_PLAN_PARTS),
    "exclusions": ("child_id", "start_date", "category", "sessions", "reason"),
    "carer_training": ("child_id", "carer_type", "programme", "completed_date", "age_group"),
}
PROVIDERS = {"video_feedback": "Early Attachment Service", "parental_sensitivity": "Family Support Service", "other": "Therapeutic Team"}


def bad_rows(known: str, assessment: str) -> dict[str, list[Row]]:
    """Ten rows that a load must quarantine, each for another reason: slips of the kind that real extracts have."""
    return {
        "attachment_needs": [
            (known, "query", "2024-05-01", ""),
            (known, "possible", "2024-05-01", "2024-03-01"),
        ],
        "assessments": [(assessment, known, "2024-06-03", *(1 for _ in ASSESSMENT_FACTORS))],
        "programmes": [("VF-late-entry", known, "video coaching", "2024-01-15", "", "", PROVIDERS["video_feedback"])],
        "programme_sessions": [("PR-unknown", "2025-02-03", 60, 15, 1)],
        "outcome_scores": [(known, "social_emotional", "sdq_total", "2025-05-14", "not returned")],
        "education_plans": [
            ("EP-not-ours", "999999", "2025-03-03", 1, 1, 1, 1),
            ("EP-flag", known, "2025-03-03", "in part", 1, 1, 1),
        ],
        "exclusions": [(known, "2025-02-30", "SUSP", 2, "DB")],
        "carer_training": [(known, "foster_carer", "Attachment and trauma", "", "primary")],
    }


def day_text(day: int) -> str:
    return "" if day in (OPEN, NO_SESSION) else date.fromordinal(day).isoformat()


def age_group(age: int) -> str:
    return "preschool" if age < 5 else "primary" if age < 11 else "secondary"


def blank(value: int | None) -> object:
    return "" if value is None else value


def write_extracts(folder: Path, window: Window, children: list[Child], support: Support, seed: int) -> None:
    """Writes every extract; `attendance` in pieces, because it has about 1,500 rows a child."""
    folder.mkdir(parents=True, exist_ok=True)
    suspensions = exclusions(random.Random(f"{seed} exclusions"), window, children)
    rows: dict[str, list[Row]] = {
        "children": children_rows(random.Random(f"{seed} disagreements"), children),
        "attachment_needs": [
            (child.child_id, need.status, day_text(need.start), day_text(need.end)) for child in children for need in child.needs
        ],
        "care_arrangements": [
            (child.child_id, row.care_status, row.placement, day_text(row.start), day_text(row.end), row.end_reason, row.provider)
            for child in children for row in child.local
        ],
        "education_plans": [
            (f"EP{number:06}", plan.child.child_id, day_text(plan.completed), *plan.parts)
            for number, plan in enumerate(education_plans(random.Random(f"{seed} plans"), window, children), start=1)
        ],
        "exclusions": [
            (row.child.child_id, day_text(row.start), row.category, row.sessions or "", row.reason)
            for row in sorted(suspensions, key=lambda row: (row.start, row.child.number))
        ],
        "carer_training": [
            (row.child.child_id, row.carer_type, row.course, day_text(row.completed), age_group(row.child.age(row.completed)))
            for row in CarerTraining(random.Random(f"{seed} carers"), window, children).run()
        ],
        **support_rows(support),
    }
    for name, bad in bad_rows(children[0].child_id, "AS000001").items():
        rows[name] += bad
    for name, columns in COLUMNS.items():
        write_table(folder / f"{name}.csv", columns, rows[name])
    with (folder / "attendance.csv").open("wb") as file:
        file.write(b"child_id,date,session,mark\n")
        for piece in attendance(seed, window, children, suspensions):
            piece.write_csv(file, include_header=False)


def children_rows(rng: random.Random, children: list[Child]) -> list[Row]:
    """Three of them disagree with the return about ethnicity, as registers do; the return wins."""
    looked_after = [child.number for child in children if child.care and child.ethnicity == "WBRI"]
    disagree = rng.sample(looked_after, min(3, len(looked_after)))
    return [
        (
            child.child_id, child.sex, day_text(child.born), "WOTH" if child.number in disagree else child.ethnicity, child.disabled,
            child.mental_health_problem, child.origin, int(child.unaccompanied), child.team,
        )
        for child in children
    ]


def support_rows(support: Support) -> dict[str, list[Row]]:
    programmes = [(f"PR{number:06}", row) for number, row in enumerate(support.programmes, start=1)]
    scores = sorted(support.scores, key=lambda row: (row.day, row.child.number, row.instrument))
    return {
        "assessments": [
            (f"AS{number:06}", row.child.child_id, day_text(row.completed), *row.factors)
            for number, row in enumerate(support.assessments, start=1)
        ],
        "programmes": [
            (
                name, row.child.child_id, row.programme, day_text(row.offered), day_text(row.start), day_text(row.end),
                PROVIDERS[row.programme],
            )
            for name, row in programmes
        ],
        "programme_sessions": [
            (name, day_text(session.day), session.minutes, blank(session.filmed), blank(session.watched))
            for name, row in programmes for session in row.sessions
        ],
        "outcome_scores": [(row.child.child_id, row.domain, row.instrument, day_text(row.day), row.score) for row in scores],
    }
