"""Exports of schools' systems, attendance collectors, fostering and training."""

from __future__ import annotations

from tests.data_access.council.shape import CELL, PARTS, Y_N, Shape

SCHOOLS = [
    # Attendance, marks
    Shape(
        "SIMS session marks.csv", "attendance", {"child_id": "UPN", "date": "Mark Date", "session": "AM/PM", "mark": "Mark"}, child="upn"
    ),
    Shape(
        "Arbor registers.xlsx",
        "attendance",
        {"child_id": "Student ID", "date": "Date", "session": "Session", "mark": "Attendance Code"},
        CELL,
    ),
    Shape(
        "welfarecall_daily_2025_03.csv.gz",
        "attendance",
        {"date": "Attendance Date", "session": "Session", "mark": "Code", "child_id": "Child Ref"},
        "%d/%m/%Y 00:00",
        separator="\t",
    ),
    Shape(
        "Bromcom marks.tsv",
        "attendance",
        {"child_id": "Pupil UPN", "date": "Date", "session": "Session Name", "mark": "Mark Code"},
        "%Y-%m-%d",
        child="upn",
        separator="\t",
        encoding="utf-16",
    ),
    Shape(
        "attendance feed.csv",
        "attendance",
        {"child_id": "Case ID", "date": "Register Date", "session": "Half day", "mark": "Register Mark"},
        "%d %B %Y",
        words={"session": {"AM": "am", "PM": "pm"}, "mark": {"L": "l"}},
        titles=[["Daily attendance"], [], []],
    ),
    # Exclusions
    Shape(
        "SIMS exclusions.csv",
        "exclusions",
        {"child_id": "UPN", "category": "Exclusion Type", "start_date": "Start Date", "sessions": "Sessions", "reason": "Reason"},
        words={"category": {"SUSP": "Suspension", "PERM": "Permanent Exclusion"}},
        child="upn",
    ),
    Shape(
        "Suspensions and PEX.xlsx",
        "exclusions",
        {"child_id": "Child ID", "start_date": "Date of suspension", "category": "Category", "sessions": "Number of sessions"},
        CELL,
        {"category": {"SUSP": "Suspension", "PERM": "Permanent exclusion"}},
        total="Total",
    ),
    Shape(
        "arbor-suspensions.csv",
        "exclusions",
        {"start_date": "Suspension Start Date", "category": "Suspension Type", "reason": "Suspension Reason", "child_id": "Pupil Number"},
        "%Y-%m-%d 00:00:00",
        separator=";",
    ),
    Shape(
        "Exclusions_return_Mar25.tsv",
        "exclusions",
        {"child_id": "Client Number", "start_date": "Exclusion Start", "category": "Exclusion Category", "reason": "Exclusion Reason"},
        "%d-%m-%Y",
        separator="\t",
    ),
    # Attendance, sums
    Shape(
        "Half term attendance.xlsx",
        "attendance_summary",
        {
            "child_id": "UPN",
            "start_date": "Period start",
            "end_date": "Period end",
            "possible_sessions": "Possible Sessions",
            "attended_sessions": "Sessions Attended",
        },
        CELL,
        child="upn",
        last_day=True,
    ),
    Shape(
        "weekly_attendance_summary.csv",
        "attendance_summary",
        {
            "child_id": "Child ID",
            "start_date": "From Date",
            "end_date": "To Date",
            "possible_sessions": "Possible",
            "attended_sessions": "Present",
        },
        last_day=True,
        total="Total",
    ),
    Shape(
        "Arbor attendance percentages.csv",
        "attendance_summary",
        {
            "child_id": "Student ID",
            "start_date": "Half term start",
            "end_date": "Half term end",
            "possible_sessions": "Total Possible",
            "attended_sessions": "Total Attended",
        },
        "%d %b %Y",
        extra={"% Attendance": "91.2"},
    ),
    Shape(
        "SIMS att summary.xlsx",
        "attendance_summary",
        {
            "child_id": "Unique Pupil Number",
            "attended_sessions": "Attendances",
            "possible_sessions": "Poss. sessions",
            "start_date": "Start",
            "end_date": "End",
        },
        CELL,
        child="upn",
        titles=[["Hill School"]],
        last_day=True,
    ),
    # Carers
    Shape(
        "Fostering households.xlsx",
        "carers",
        {"carer_id": "Household ID", "child_id": "Child ID", "start_date": "Date placed", "end_date": "Placement end date"},
        CELL,
    ),
    Shape(
        "carers placements.csv",
        "carers",
        {"child_id": "Mosaic ID", "carer_id": "Carer Reference", "start_date": "Placement Start", "end_date": "Placement End"},
        separator=";",
    ),
    Shape(
        "LCS carer links.csv",
        "carers",
        {"carer_id": "Carer ID", "child_id": "LCS Number", "start_date": "Start Date", "end_date": "End Date"},
        "%d-%b-%Y",
    ),
    # Training
    Shape(
        "Training log.xlsx",
        "carer_training",
        {"carer_id": "Carer ID", "carer_type": "Carer Type", "programme": "Course Title", "completed_date": "Date completed"},
        CELL,
    ),
    Shape(
        "learning_pool_courses.csv",
        "carer_training",
        {"carer_id": "Learner ID", "programme": "Course", "completed_date": "Completion Date"},
        "%d/%m/%Y %H:%M",
        extra={"Result": "Passed"},
    ),
    Shape(
        "CPD attendance 2024-25.csv",
        "carer_training",
        {"carer_id": "Foster Carer ID", "completed_date": "Date Attended", "programme": "Event"},
        "%d %B %Y",
        titles=[["Training attended by carers"], []],
    ),
    Shape(
        "carer training.tsv",
        "carer_training",
        {"completed_date": "Training Date", "carer_id": "Carer No", "programme": "Training"},
        "%Y-%m-%d",
        separator="\t",
        encoding="utf-16",
    ),
    # The same in other clothes
    Shape(
        "Welfare Call weekly.csv",
        "attendance_summary",
        {
            "child_id": "Child Number",
            "start_date": "Week Commencing",
            "end_date": "Week Ending",
            "possible_sessions": "Sessions Possible",
            "attended_sessions": "Sessions Present",
        },
        "%d/%m/%Y",
        last_day=True,
        encoding="cp1252",
        extra={"School": "Saint Zoë"},
    ),
    Shape(
        "ePEP_2025-03-31.csv",
        "education_plans",
        {
            "child_id": "UPN",
            "completed_date": "Finalised Date",
            "support_details": "Support strategies",
            "contacts": "Professional contacts",
            "key_person": "Trusted adult",
            "safe_place": "Safe base",
        },
        "%d/%m/%Y",
        dict.fromkeys(PARTS, Y_N),
        "upn",
        ";",
        titles=[["ePEP export"], ["Generated 31/03/2025 09:00"]],
    ),
    Shape(
        "Mosaic assessments and needs.csv",
        "attachment_needs",
        {"child_id": "Person ID", "status": "Attachment difficulties", "start_date": "Date from", "end_date": "Date to"},
        "%d %b %Y",
    ),
]
