"""Exports as people make them by hand and systems leave them: more than one header row, blank rows, totals, sheets of other kinds, ticks,
years of two digits, words for codes, UPNs in parts. Each says facts of `facts` and, where it says so, a few rows that are none."""

from __future__ import annotations

import csv
import datetime
import io
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

from tests.data_access.council.facts import FACTS, UPNS
from tests.data_access.council.shape import PARTS
from tests.office import find_office

Line = Sequence[object]
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Unusual:
    """One export. `fill` writes it at a path; `values` and `sheets` are those that a draft has to propose, `says` what it has to say.

    `aside` and `bad` are rows that are no facts: those that the draft sets aside, and those that a load quarantines.
    """

    file: str
    table: str
    columns: Mapping[str, str]
    fill: Callable[[Path, Rows], None]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    sheets: str | tuple[str, ...] | None = None
    dates: tuple[str, ...] | None = None
    last_day: bool = False
    aside: int = 0
    bad: int = 0
    says: str = ""

    def write(self, folder: Path) -> Path:
        """The file in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self.fill(folder / self.file, FACTS[self.table])
        return folder / self.file


def date(text: str) -> datetime.date | str:
    return datetime.date.fromisoformat(text) if text else ""


def written(text: str, form: str) -> str:
    return datetime.date.fromisoformat(text).strftime(form) if text else ""


def text(path: Path, lines: Sequence[Line], separator: str = ",", encoding: str = "utf-8") -> None:
    held = io.StringIO()
    csv.writer(held, delimiter=separator, lineterminator="\r\n").writerows(lines)
    path.write_bytes(held.getvalue().encode(encoding))


def workbook(path: Path, merged: Sequence[str] = (), **sheets: Sequence[Line]) -> None:
    """A workbook of sheets; `merged` are ranges of the first one whose cells are one, each with the text of its first."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy"}) as book:
        for number, (name, lines) in enumerate(sheets.items()):
            sheet = book.add_worksheet(name.replace("_", " "))
            for place in merged if number == 0 else ():
                sheet.merge_range(place, "")
            for row, line in enumerate(lines):
                for column, value in enumerate(line):
                    if value not in ("", None):
                        sheet.write(row, column, value)


def two_header_rows(path: Path, rows: Rows) -> None:
    lines: list[Line] = [
        ["Virtual School PEP report - Spring 2025"], [], ["Pupil", "", "PEP", "", "Quality"],
        ["UPN", "Name", "Date of PEP\nmeeting", "PEP status", "Key adult named?", "Safe space agreed?"],
    ]
    for number, row in enumerate(rows):
        lines.append([
            UPNS[row["child_id"]], "A Child", date(row["completed_date"]), "Complete", "Yes" if row["key_person"] == "1" else "No",
            "✓" if row["safe_place"] == "1" else "✗",
        ])
        lines += [[]] * (number % 5 == 4)
    workbook(path, ["A1:F1", "A3:B3", "C3:D3", "E3:F3"], Report=[*lines, [], ["Total", "", 24], ["Total PEPs: 24"]])


def sheets_of_several_kinds(path: Path, rows: Rows) -> None:
    said = [(row["child_id"], date(row["completed_date"]), "Y" if row["key_person"] == "1" else "N") for row in rows]
    workbook(
        path, Guidance=[["How to use this workbook"], ["Fill in one row for each PEP"], *[["and so on"]] * 40],
        Autumn_term=[["Child ID", "PEP date", "Key person"], *said[:12]],
        Spring_term=[[], ["School", "key person", "PEP Date", "CHILD ID"], *(("Hill", key, day, child) for child, day, key in said[12:])],
        Lookups=[["Yes/No", "Terms"], ["Y", "Autumn"], ["N", "Spring"]],
    )


def marks_of_mornings(path: Path, rows: Rows) -> None:
    said = [
        [f" {UPNS[row['child_id']].lower()} ", "X", f"{date(row['date']):%d %b %Y}".removeprefix("0"),
         {"AM": "Morning", "PM": "Afternoon"}[row["session"]], row["mark"]] for row in rows
    ]
    text(path, [["Report: marks"], ["UPN ", "Surname", "Attendance date", "Session", "Mark"], *said], "\t", "utf-16")


def sdq_with_decimal_commas(path: Path, rows: Rows) -> None:
    said = [[row["child_id"], written(row["score_date"], "%d.%m.%y"), "SDQ", row["score"], "12,5"] for row in rows]
    text(path, [["Person ID", "Date of SDQ", "Questionnaire", "Total score", "Percentile"], *said], ";", "cp1252")


def needs_with_short_years(path: Path, rows: Rows) -> None:
    said = [
        [row["child_id"], row["status"].replace("_", "-").upper(), *(written(row[day], "%d.%m.%y") for day in ("start_date", "end_date"))]
        for row in rows
    ]
    text(path, [["Client ID", "Attachment need", "Identified on", "Ended"], *said])


YES, NO = ("Y", "Yes", "TRUE", "✓", "1"), ("N", "No", "FALSE", "✗", "0")


def flags_of_every_kind(path: Path, rows: Rows) -> None:
    said = []
    for number, row in enumerate(rows):
        upn = UPNS[row["child_id"]]
        flags = [(YES if row[part] == "1" else NO)[(number + place) % 5] for place, part in enumerate(PARTS)]
        said.append([f"{upn[:4]} {upn[4:8]} {upn[8:]}", written(row["completed_date"], "%d/%m/%Y"), *flags])
    head = ["Pupil UPN", "Date PEP completed", "Attachment support recorded", "Contact details recorded", "Key adult identified",
            "Safe place identified"]
    text(path, [head, *said])


ETHNIC = {
    "WBRI": "WBRI - White British", "WIRI": "White - Irish", "MWBC": "Mixed - White and Black Caribbean",
    "APKN": "Asian or Asian British - Pakistani", "BCRB": "Black/Black British - Caribbean", "CHNE": "Chinese", "REFU": "Refused to say",
    "OOTH": "Any other ethnic group", "WROM": "White - Gypsy/Roma", "AIND": "Asian - Indian", "BAFR": "Black or Black British - African",
    "MOTH": "Mixed other",
}


def children_in_words(path: Path, rows: Rows) -> None:
    said = [
        [row["child_id"], {"M": "Boy", "F": "Girl"}[row["sex"]], written(row["date_of_birth"], "%d %b %Y"), ETHNIC[row["ethnicity"]],
         "Y" if row["disabled"] == "1" else "N", row["team"]] for row in rows
    ]
    text(path, [["sep=;"], ["LCS ID", "Gender", "D.O.B.", "Ethnic origin", "Disability (Y/N)", "Team"], *said], ";")


PLACED = {
    "foster_carer": "In-house foster carer", "kinship_foster_carer": "Connected person", "residential": "Children's home",
    "birth_parents": "Placed with parents", "special_guardian": "SGO", "temporary_or_other": "Temporary or other",
}


def placements_in_words(path: Path, rows: Rows) -> None:
    said = [
        [row["child_id"], "On the edge of care", PLACED[row["placement"]], written(row["start_date"], "%d/%m/%Y"),
         written(row["end_date"], "%d/%m/%Y"), {"planned": "Planned move", "breakdown": "Disruption", "": ""}[row["end_reason"]],
         row["provider"]] for row in rows
    ]
    text(path, [["Mosaic ID", "Status", "Living with", "Case start", "Case end", "Reason for ending", "Provider"], *said])


def half_term_counts(path: Path, rows: Rows) -> None:
    said = [
        ["X", UPNS[row["child_id"]], "HT1", date(row["start_date"]), datetime.date.fromisoformat(row["end_date"]) - datetime.timedelta(1),
         float(row["possible_sessions"]), float(row["attended_sessions"]), 0, 0, 0.9512] for row in rows
    ]
    head = ["Pupil", "UPN", "Half-term", "HT start", "HT end", "Possible", "Attended", "Auth. abs", "Unauth. abs", "% att"]
    workbook(path, Attendance=[["By half-term"], [], head, *said, [], ["Grand Total", "", "", "", "", 2500, 2300]])


def incidents(path: Path, rows: Rows) -> None:
    said = [
        [f"INC{number:04}", written(row["start_date"], "%d/%m/%Y"), row["child_id"], written(row["start_date"], "%d/%m/%Y"), "",
         {"SUSP": "Fixed term", "PERM": "PEX"}[row["category"]], row["sessions"], row["reason"]] for number, row in enumerate(rows)
    ]
    head = ["Incident no", "Date logged", "Pupil No", "Excluded from", "Excluded to", "Type", "No of sessions", "Primary reason"]
    text(path, [head, *said, ["Total", "14"]])


def training_by_carer(path: Path, rows: Rows) -> None:
    said = [["A Carer", row["carer_id"], row["carer_type"], row["programme"], date(row["completed_date"]), "Yes", 6.5] for row in rows]
    head = ["Carer name", "Carer ref.", "Type of carer", "Course attended", "Date attended", "Attended?", "Hours"]
    workbook(path, Log=[head, *said])


def old_workbook(path: Path, rows: Rows) -> None:
    said = [[row["carer_id"], row["child_id"], date(row["start_date"]), date(row["end_date"])] for row in rows]
    new = path.with_suffix(".xlsx")
    workbook(new, Placements=[["Carer ID", "Child ID", "Start date", "End date"], *said])
    with tempfile.TemporaryDirectory() as profile:
        office = [str(find_office()), f"-env:UserInstallation=file://{profile}", "--headless"]
        subprocess.run(
            [*office, "--convert-to", "xls", "--outdir", str(path.parent), str(new)], check=True, capture_output=True, timeout=120,
        )
    new.unlink()


def referrals_of_interventions(path: Path, rows: Rows) -> None:
    words = {"video_feedback": "VIPP-SD", "parental_sensitivity": "Parental sensitivity", "other": "Other"}
    said = [
        [row["programme_id"], row["child_id"], words[row["programme"]], written(row["offered_date"], "%d-%b-%y"),
         written(row["start_date"], "%d-%b-%y"), ""] for row in rows
    ]
    text(path, [["Referral ID", "Child ID", "Intervention", "Offered", "Started", "Finished"], *said], "\t")


def exclusions_in_american_words(path: Path, rows: Rows) -> None:
    said = [
        [row["child_id"], f"{date(row['start_date']):%b %d, %Y}", {"SUSP": "Suspended", "PERM": "Permanently excluded"}[row["category"]]]
        for row in rows
    ]
    text(path, [["Student ID", "Exclusion date", "Exclusion type"], *said])


SESSIONS = {"session": {"Morning": "AM", "Afternoon": "PM"}}
TICKS = {"✓": "1", "✗": "0"}
UNUSUAL = [
    Unusual(
        "VS PEP report Spring 2025.xlsx", "education_plans",
        {"child_id": "UPN", "completed_date": "Date of PEP meeting", "key_person": "Key adult named?", "safe_place": "Safe space agreed?"},
        two_header_rows, {"safe_place": TICKS}, aside=1, bad=1, says="some values of 'PEP status' only",
    ),
    Unusual(
        "PEP tracker 2024-25.xlsx", "education_plans", {"child_id": "Child ID", "completed_date": "PEP date", "key_person": "Key person"},
        sheets_of_several_kinds, sheets=("Autumn term", "Spring term"),
    ),
    Unusual(
        "Attendance marks week 36.txt", "attendance",
        {"child_id": "UPN", "date": "Attendance date", "session": "Session", "mark": "Mark"}, marks_of_mornings, SESSIONS,
        dates=("D MMM YYYY",), says="guessed for 'Morning', 'Afternoon'",
    ),
    Unusual(
        "SDQ export.csv", "outcome_scores",
        {"child_id": "Person ID", "domain": "Questionnaire", "instrument": "Questionnaire", "score_date": "Date of SDQ",
         "score": "Total score"},
        sdq_with_decimal_commas, {"domain": {"SDQ": "social_emotional"}, "instrument": {"SDQ": "sdq_total"}}, dates=("DD.MM.YY",),
        says="'SDQ' is taken for the total difficulties score of the SDQ",
    ),
    Unusual(
        "attachment list.csv", "attachment_needs",
        {"child_id": "Client ID", "status": "Attachment need", "start_date": "Identified on", "end_date": "Ended"}, needs_with_short_years,
        dates=("DD.MM.YY",), says="last_day_included",
    ),
    Unusual(
        "pep quality audit.csv", "education_plans",
        {"child_id": "Pupil UPN", "completed_date": "Date PEP completed", "support_details": "Attachment support recorded",
         "contacts": "Contact details recorded", "key_person": "Key adult identified", "safe_place": "Safe place identified"},
        flags_of_every_kind, {**dict.fromkeys(PARTS[:3], TICKS), "safe_place": {"✓": "1"}},
    ),
    Unusual(
        "LCS children with needs.csv", "children",
        {"child_id": "LCS ID", "sex": "Gender", "date_of_birth": "D.O.B.", "ethnicity": "Ethnic origin", "disabled": "Disability (Y/N)",
         "team": "Team"},
        children_in_words,
        {"sex": {"Boy": "M", "Girl": "F"},
         "ethnicity": {ETHNIC[code]: code for code in ("WBRI", "BCRB", "REFU", "WROM", "AIND", "MOTH")}},
        dates=("DD MMM YYYY",),
    ),
    Unusual(
        "edge of care cases.csv", "care_arrangements",
        {"child_id": "Mosaic ID", "care_status": "Status", "placement": "Living with", "start_date": "Case start", "end_date": "Case end",
         "end_reason": "Reason for ending", "provider": "Provider"},
        placements_in_words,
        {"care_status": {"On the edge of care": "edge_of_care"}, "end_reason": {"Planned move": "planned", "Disruption": "breakdown"},
         "placement": {said: code for code, said in PLACED.items() if code != "temporary_or_other"}},
    ),
    Unusual(
        "Half-term attendance 2024-25.xlsx", "attendance_summary",
        {"child_id": "UPN", "start_date": "HT start", "end_date": "HT end", "possible_sessions": "Possible",
         "attended_sessions": "Attended"},
        half_term_counts, last_day=True, aside=1,
    ),
    Unusual(
        "Exclusion incidents log.csv", "exclusions",
        {"child_id": "Pupil No", "start_date": "Excluded from", "category": "Type", "sessions": "No of sessions",
         "reason": "Primary reason"},
        incidents, {"category": {"Fixed term": "SUSP", "PEX": "PERM"}}, aside=1,
    ),
    Unusual(
        "Foster carer training log.xlsx", "carer_training",
        {"carer_id": "Carer ref.", "carer_type": "Type of carer", "programme": "Course attended", "completed_date": "Date attended"},
        training_by_carer, says="some values of 'Attended?' only",
    ),
    Unusual(
        "carers by child.xls", "carers",
        {"carer_id": "Carer ID", "child_id": "Child ID", "start_date": "Start date", "end_date": "End date"},
        old_workbook,
    ),
    Unusual(
        "VIPP referrals.tsv", "programmes",
        {"programme_id": "Referral ID", "child_id": "Child ID", "programme": "Intervention", "offered_date": "Offered",
         "start_date": "Started", "end_date": "Finished"},
        referrals_of_interventions, {"programme": {"VIPP-SD": "video_feedback"}}, dates=("DD-MMM-YY",),
    ),
    Unusual(
        "exclusions_us.csv", "exclusions", {"child_id": "Student ID", "start_date": "Exclusion date", "category": "Exclusion type"},
        exclusions_in_american_words, {"category": {"Suspended": "SUSP", "Permanently excluded": "PERM"}}, dates=("MMM D, YYYY",),
    ),
]
