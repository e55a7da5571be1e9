"""Exports of case management systems and electronic personal education plans."""

from __future__ import annotations

from tests.data_access.council.shape import CELL, PARTS, TRUE_FALSE, Y_N, YES_NO, Shape

SERVICES = [
    # Children
    Shape(
        "Mosaic caseload 2025-03.xlsx",
        "children",
        {
            "child_id": "Mosaic ID",
            "sex": "Gender",
            "date_of_birth": "Date of Birth",
            "ethnicity": "Ethnicity",
            "disabled": "Disabled?",
            "team": "Allocated Team",
        },
        CELL,
        {
            "sex": {"M": "Male", "F": "Female"},
            "disabled": YES_NO,
            "ethnicity": {
                "WBRI": "White British",
                "WIRI": "White Irish",
                "MWBC": "White and Black Caribbean",
                "APKN": "Pakistani",
                "BCRB": "Caribbean",
                "CHNE": "Chinese",
                "OOTH": "Any other ethnic group",
                "REFU": "Refused",
                "WROM": "Gypsy/Roma",
                "AIND": "Indian",
                "BAFR": "African",
                "MOTH": "Any other mixed background",
            },
        },
        titles=[["Caseload report"], [], ["Run on", "01/03/2025"]],
        extra={"Worker": "A Worker"},
    ),
    Shape(
        "LCS_Demographics.csv",
        "children",
        {
            "child_id": "LCS Number",
            "date_of_birth": "DOB",
            "sex": "Sex",
            "ethnicity": "Ethnic Origin Code",
            "uasc": "UASC",
            "team": "Team Name",
        },
        words={"uasc": TRUE_FALSE},
        encoding="cp1252",
        extra={"Surname": "Zoë"},
    ),
    Shape(
        "eclipse children.tsv",
        "children",
        {
            "child_id": "Person ID",
            "sex": "Sex",
            "date_of_birth": "Birth date",
            "mental_health_problem": "Mental Health Need",
            "disabled": "Disability flag",
        },
        "%Y-%m-%dT00:00:00",
        {"mental_health_problem": Y_N, "disabled": Y_N},
        separator="\t",
        encoding="utf-16",
    ),
    # Attachment needs
    Shape(
        "Attachment register.xlsx",
        "attachment_needs",
        {"child_id": "Child ID", "status": "Attachment status", "start_date": "Date identified", "end_date": "Date ended"},
        CELL,
        {"status": {"possible": "Possible", "at_risk": "At Risk", "confirmed": "Confirmed"}},
    ),
    Shape(
        "virtual-school-attachment.csv",
        "attachment_needs",
        {"child_id": "UPN", "status": "Level of need", "start_date": "From", "end_date": "To"},
        "%d/%m/%Y",
        {"status": {"at_risk": "At risk"}},
        "upn",
        ";",
    ),
    Shape(
        "attachment_flags_202503.csv",
        "attachment_needs",
        {"status": "Need Status", "start_date": "Start Date", "end_date": "End Date", "child_id": "ICS Number"},
        "%d-%b-%Y",
        {"status": {"at_risk": "AT RISK", "confirmed": "CONFIRMED", "possible": "POSSIBLE"}},
    ),
    # Care arrangements
    Shape(
        "Edge of care placements.xlsx",
        "care_arrangements",
        {
            "child_id": "Client ID",
            "care_status": "Status",
            "placement": "Placement Type",
            "start_date": "Start date",
            "end_date": "End date",
            "end_reason": "Reason ended",
            "provider": "Provider Name",
        },
        CELL,
        {
            "care_status": {"edge_of_care": "Edge of Care"},
            "placement": {
                value: value.replace("_", " ").capitalize()
                for value in (
                    "foster_carer",
                    "kinship_foster_carer",
                    "residential",
                    "birth_parents",
                    "special_guardian",
                    "temporary_or_other",
                )
            },
            "end_reason": {"planned": "Planned", "breakdown": "Breakdown"},
        },
    ),
    Shape(
        "LCS edge of care.csv",
        "care_arrangements",
        {
            "child_id": "LCS ID",
            "care_status": "Legal Status",
            "placement": "Placement",
            "start_date": "Placement Start Date",
            "end_date": "Placement End Date",
            "end_reason": "Placement End Reason",
            "provider": "Agency",
        },
        words={"care_status": {"edge_of_care": "Edge of care"}},
        separator=";",
    ),
    # Programmes
    Shape(
        "Parenting interventions.csv",
        "programmes",
        {
            "programme_id": "Referral ID",
            "child_id": "Child Reference",
            "programme": "Intervention",
            "offered_date": "Referral Date",
            "start_date": "Date Started",
            "end_date": "Date Ended",
            "provider": "Provider",
        },
        words={"programme": {"video_feedback": "Video Feedback", "parental_sensitivity": "Parental Sensitivity", "other": "Other"}},
    ),
    Shape(
        "EH referrals.xlsx",
        "programmes",
        {
            "child_id": "Person ID",
            "programme_id": "Referral Number",
            "programme": "Programme Name",
            "offered_date": "Date Offered",
            "start_date": "Start Date",
            "end_date": "End Date",
        },
        CELL,
        {"programme": {"video_feedback": "Video feedback programme"}},
    ),
    # Scores
    Shape(
        "SDQ scores.csv",
        "outcome_scores",
        {
            "child_id": "Child ID",
            "domain": "Domain",
            "instrument": "Questionnaire",
            "score_date": "Date of SDQ",
            "score": "Total Difficulties Score",
        },
        words={"domain": {"social_emotional": "Social and emotional"}},
    ),
    Shape(
        "SDQ_export.xlsx",
        "outcome_scores",
        {"child_id": "Mosaic ID", "score_date": "SDQ Date", "score": "SDQ Score", "instrument": "Measure", "domain": "Outcome domain"},
        CELL,
    ),
    # Personal education plans
    Shape(
        "ePEP Online export 2025-02.xlsx",
        "education_plans",
        {
            "child_id": "UPN",
            "completed_date": "PEP Completed Date",
            "support_details": "Attachment Support",
            "contacts": "Contacts Recorded",
            "key_person": "Key Adult Identified",
            "safe_place": "Safe Space Identified",
        },
        CELL,
        dict.fromkeys(PARTS, YES_NO),
        "upn",
        titles=[["ePEP Online"], ["Completed PEPs"]],
        extra={"Forename": "Ada", "Year Group": "5"},
    ),
    Shape(
        "ePEP termly.xlsx",
        "education_plans",
        {"child_id": "UPN", "completed_date": "Date of PEP", "key_person": "Key person"},
        "%d/%m/%Y",
        {"key_person": Y_N},
        "upn",
        sheets=3,
    ),
    Shape(
        "PEPs Autumn.csv",
        "education_plans",
        {"child_id": "Unique Pupil Number", "completed_date": "Date PEP completed"},
        "%d %b %Y",
        child="upn",
        extra={"School": "Hill School", "PEP Status": "Complete"},
    ),
    Shape(
        "pep-list.csv",
        "education_plans",
        {"completed_date": "Meeting Date", "child_id": "Pupil ID", "support_details": "Support in place", "safe_place": "Safe place"},
        "%d.%m.%Y",
        dict.fromkeys(PARTS, TRUE_FALSE),
        separator=";",
        total="Total",
    ),
    Shape(
        "Welfare Call PEPs.csv",
        "education_plans",
        {"child_id": "Child No", "completed_date": "PEP Date", "contacts": "Contact Details", "key_person": "Named key adult"},
        "%d/%m/%Y",
        dict.fromkeys(PARTS, YES_NO),
        encoding="utf-8-sig",
    ),
    Shape(
        "PEP_tracker.xlsx", "education_plans", {"child_id": "LAC ID", "completed_date": "Date signed off"}, "%d/%m/%y", total="Grand Total"
    ),
]
