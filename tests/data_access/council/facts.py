"""The same facts that each of the council's files says in its own way, in our shape."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

Row = dict[str, str]
CHILDREN = [f"{number:06d}" for number in range(201, 213)]
UPNS = {child: f"{'ABCDEFGHJKLM'[place]}8{place:02d}{place * 7:09d}" for place, child in enumerate(CHILDREN)}
FIRST = datetime.date(2024, 9, 3)


def day(days: int) -> str:
    return (FIRST + datetime.timedelta(days=days)).isoformat()


def _each(rows: int) -> list[tuple[int, str]]:
    return [(number, CHILDREN[number % len(CHILDREN)]) for number in range(rows)]


def _flag(number: int, of: int) -> str:
    return str(int(number % of == 0))


ETHNICITIES = ["WBRI", "WIRI", "MWBC", "APKN", "BCRB", "CHNE", "OOTH", "REFU", "WROM", "AIND", "BAFR", "MOTH"]
PLACEMENTS = ["foster_carer", "kinship_foster_carer", "residential", "birth_parents", "special_guardian", "temporary_or_other"]

FACTS: dict[str, Sequence[Row]] = {
    "children": [
        {
            "child_id": child,
            "sex": "MFF"[number % 3],
            "date_of_birth": (datetime.date(2012, 1, 15) + datetime.timedelta(41 * number)).isoformat(),
            "ethnicity": ETHNICITIES[number],
            "disabled": _flag(number, 3),
            "mental_health_problem": _flag(number, 4),
            "origin": "uk",
            "uasc": "0",
            "team": ["North", "South", "Permanence"][number % 3],
        }
        for number, child in _each(12)
    ],
    "attachment_needs": [
        {
            "child_id": child,
            "status": ["possible", "at_risk", "confirmed"][number % 3],
            "start_date": day(number * 9),
            "end_date": day(number * 9 + 120) if number % 4 == 0 else "",
        }
        for number, child in _each(12)
    ],
    "care_arrangements": [
        {
            "child_id": child,
            "care_status": "edge_of_care",
            "placement": PLACEMENTS[number % 6],
            "start_date": day(number * 7),
            "end_date": day(number * 7 + 60) if number % 2 else "",
            "end_reason": ["planned", "breakdown"][number % 4 // 2] if number % 2 else "",
            "provider": f"Provider {number % 3}",
        }
        for number, child in _each(10)
    ],
    "programmes": [
        {
            "programme_id": f"R{number:04d}",
            "child_id": child,
            "programme": ["video_feedback", "parental_sensitivity", "other"][number % 3],
            "offered_date": day(number * 5),
            "start_date": day(number * 5 + 10) if number % 3 else "",
            "end_date": "",
            "provider": "CAMHS",
        }
        for number, child in _each(11)
    ],
    "outcome_scores": [
        {
            "child_id": child,
            "domain": "social_emotional",
            "instrument": "sdq_total",
            "score_date": day(number * 11),
            "score": str(number % 35),
        }
        for number, child in _each(20)
    ],
    "education_plans": [
        {
            "child_id": child,
            "completed_date": day(number * 13),
            "support_details": _flag(number, 2),
            "contacts": _flag(number, 3),
            "key_person": _flag(number + 1, 2),
            "safe_place": _flag(number, 5),
        }
        for number, child in _each(24)
    ],
    "attendance": [
        {
            "child_id": child,
            "date": day(days),
            "session": session,
            "mark": "/\\LB"[(place + days) % 4] if (place * days) % 7 else "INOS"[place % 4],
        }
        for place, child in enumerate(CHILDREN[:4])
        for days in range(10)
        for session in ("AM", "PM")
    ],
    "exclusions": [
        {
            "child_id": child,
            "start_date": day(number * 17),
            "category": "PERM" if number % 7 == 6 else "SUSP",
            "sessions": str(2 + number % 4),
            "reason": "Persistent disruptive behaviour",
        }
        for number, child in _each(14)
    ],
    "attendance_summary": [
        {
            "child_id": child,
            "start_date": day(half * 49),
            "end_date": day(half * 49 + 49),
            "possible_sessions": str(68 + half),
            "attended_sessions": str(60 + (place + half) % 8),
        }
        for place, child in enumerate(CHILDREN)
        for half in range(3)
    ],
    "carers": [
        {
            "carer_id": f"FC{number:03d}",
            "child_id": child,
            "start_date": day(number * 4),
            "end_date": day(number * 4 + 80) if number % 3 == 0 else "",
        }
        for number, child in _each(9)
    ],
    "carer_training": [
        {
            "carer_id": f"FC{number % 9:03d}",
            "carer_type": "foster_carer",
            "programme": "Attachment training",
            "completed_date": day(number * 6),
            "age_group": "",
        }
        for number in range(15)
    ],
}
