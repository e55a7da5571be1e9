"""What the data dictionary says a source looks like, written out once more and on purpose.

The constants here repeat those in `config`: a slip in either is found because the two disagree.
"""

from __future__ import annotations

from dataclasses import dataclass


def _set_of(words: str) -> set[str]:
    return set(words.split())


SSDA903_TABLES: dict[str, list[str]] = {
    "Header": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "Episodes": [
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE",
        "HOME_POST", "PL_POST", "URN",
    ],
    "OC2": [
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
        "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
    ],
    "UASC": ["CHILD", "SEX", "DOB", "DUC"],
    "PrevPerm": ["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
}

NOT_USED_TABLES: dict[str, list[str]] = {
    "Reviews": ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
    "OC3": ["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
    "AD1": ["CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"],
    "PlacedAdoption": ["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
    "Missing": ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
}

FACTORS = [
    "personal", "placement", "education", "parental_sensitivity", "parental_factors", "maltreatment_or_trauma",
    "physical_health", "coexisting_conditions",
]
PLAN_PARTS = ["support_details", "contacts", "key_person", "safe_place"]

EXTRACTS: dict[str, list[str]] = {
    "children": [
        "child_id", "sex", "date_of_birth", "ethnicity", "disabled", "mental_health_problem", "origin", "uasc", "team",
    ],
    "attachment_needs": ["child_id", "status", "start_date", "end_date"],
    "care_arrangements": ["child_id", "care_status", "placement", "start_date", "end_date", "end_reason", "provider"],
    "assessments": ["assessment_id", "child_id", "completed_date", *FACTORS],
    "programmes": ["programme_id", "child_id", "programme", "offered_date", "start_date", "end_date", "provider"],
    "programme_sessions": ["programme_id", "session_date", "minutes", "filmed_minutes", "watched_together"],
    "outcome_scores": ["child_id", "domain", "instrument", "score_date", "score"],
    "education_plans": ["plan_id", "child_id", "completed_date", *PLAN_PARTS],
    "attendance": ["child_id", "date", "session", "mark"],
    "exclusions": ["child_id", "start_date", "category", "sessions", "reason"],
    "attendance_summary": ["child_id", "start_date", "end_date", "possible_sessions", "attended_sessions"],
    "carers": ["carer_id", "child_id", "start_date", "end_date"],
    "carer_training": ["child_id", "carer_id", "carer_type", "programme", "completed_date", "age_group"],
    "same_child": ["old_id", "new_id"],
    "same_team": ["old", "new"],
}

OPTIONAL: dict[str, set[str]] = {
    "education_plans": {"plan_id", *PLAN_PARTS},
    "carer_training": {"child_id", "carer_id", "carer_type", "programme", "age_group"},
}
"""Columns that a file of the extract need not have."""

SET_ASIDE: dict[str, set[str]] = {
    "Header": {"SEX", "ETHNIC"},
    "Episodes": {"PLACE", "REASON_PLACE_CHANGE"},
    "children": {"sex", "ethnicity", "disabled", "mental_health_problem", "origin", "uasc"},
}
"""Columns whose unknown codes are set aside: the row is loaded without the value."""

KEYS: dict[str, list[str]] = {
    "Header": ["CHILD"],
    "OC2": ["CHILD"],
    "UASC": ["CHILD"],
    "PrevPerm": ["CHILD"],
    "Episodes": ["CHILD", "DECOM"],
    "children": ["child_id"],
    "assessments": ["assessment_id"],
    "programmes": ["programme_id"],
    "attendance": ["child_id", "date", "session"],
    "attendance_summary": ["child_id", "start_date"],
    "same_child": ["old_id"],
}
"""The columns that identify a row. A table not named here is identified by its whole row, except education_plans: see `key_of`."""


def key_of(table: str, values: dict[str, str]) -> tuple[str, ...]:
    """What no two loaded rows of one table of one source share."""
    if table == "education_plans":
        return ("id", values["plan_id"]) if values["plan_id"] else ("date", values["child_id"], values["completed_date"])
    return tuple(values[column] for column in KEYS.get(table, EXTRACTS.get(table, list(values))))


INTERVALS: dict[str, tuple[str, str]] = {
    "Episodes": ("DECOM", "DEC"),
    "attachment_needs": ("start_date", "end_date"),
    "care_arrangements": ("start_date", "end_date"),
    "programmes": ("start_date", "end_date"),
    "attendance_summary": ("start_date", "end_date"),
    "carers": ("start_date", "end_date"),
}

IN_CARE = {"section_20", "care_order", "other_looked_after"}
CARE_STATUSES = IN_CARE | {"short_breaks", "special_guardianship", "adopted", "edge_of_care"}
PLACEMENTS = {
    "kinship_foster_carer", "foster_carer", "adoptive_parents", "special_guardian", "birth_parents", "residential",
    "independent_or_supported", "secure_or_custody", "temporary_or_other",
}

LEGAL_STATUS: dict[str, str] = {
    "V2": "section_20",
    "C1": "care_order", "C2": "care_order", "D1": "care_order", "E1": "care_order",
    "J1": "other_looked_after", "J2": "other_looked_after", "J3": "other_looked_after",
    "L1": "other_looked_after", "L2": "other_looked_after", "L3": "other_looked_after",
    "V3": "short_breaks", "V4": "short_breaks",
}

PLACE: dict[str, str] = {
    "U1": "kinship_foster_carer", "U2": "kinship_foster_carer", "U3": "kinship_foster_carer",
    "U4": "foster_carer", "U5": "foster_carer", "U6": "foster_carer",
    "A3": "adoptive_parents", "A4": "adoptive_parents", "A5": "adoptive_parents", "A6": "adoptive_parents",
    "P1": "birth_parents",
    "K1": "residential", "K2": "residential", "R1": "residential", "R2": "residential", "R3": "residential",
    "S1": "residential",
    "K3": "independent_or_supported", "P2": "independent_or_supported", "P3": "independent_or_supported",
    "H5": "independent_or_supported",
    "R5": "secure_or_custody",
    "T0": "temporary_or_other", "T1": "temporary_or_other", "T2": "temporary_or_other", "T3": "temporary_or_other",
    "T4": "temporary_or_other", "Z1": "temporary_or_other", "Z11": "temporary_or_other", "Z12": "temporary_or_other",
    "Z13": "temporary_or_other", "Z14": "temporary_or_other",
}
TEMPORARY_ABSENCE = {"T0", "T1", "T2", "T3", "T4"}

RNE = _set_of("S P L T U B")
REC = _set_of("E11 E12 E2 E3 E4A E4B E13 E41 E45 E46 E47 E48 E5 E6 E7 E8 E9 E14 E15 E16 E17 X1")
ADOPTED_REC = {"E11", "E12"}
SPECIAL_GUARDIANSHIP_REC = {"E45", "E46", "E47", "E48"}
REASON_PLACE_CHANGE = _set_of("CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER")
BREAKDOWN_REASONS = frozenset({"CREQB", "CREQO", "CHILD"})
PREV_PERM = _set_of("P1 P2 P3 P4 Z1")

ETHNICITY_GROUP: dict[str, str] = {
    "WBRI": "White", "WIRI": "White", "WOTH": "White", "WIRT": "White", "WROM": "White",
    "MWBC": "Mixed", "MWBA": "Mixed", "MWAS": "Mixed", "MOTH": "Mixed",
    "AIND": "Asian", "APKN": "Asian", "ABAN": "Asian", "AOTH": "Asian", "CHNE": "Asian",
    "BCRB": "Black", "BAFR": "Black", "BOTH": "Black",
    "OOTH": "Other",
}
ETHNIC = set(ETHNICITY_GROUP) | {"REFU", "NOBT"}

ATTENDED = _set_of("/ \\ L B K P V W")
AUTHORISED = _set_of("C C1 C2 E H I J1 M R S T")
UNAUTHORISED = _set_of("G N O U")
NOT_POSSIBLE = _set_of("D J Q X Y Y1 Y2 Y3 Y4 Y5 Y6 Y7 Z # -")
MARKS = ATTENDED | AUTHORISED | UNAUTHORISED | NOT_POSSIBLE


SEX = {"1", "2", "M", "F", "U"}


def sex_codes(collection_year: int) -> set[str]:
    """SEX as the return of a collection year writes it (by the calendar year in which it ends); both are read in every year."""
    if collection_year <= 2024:
        return {"1", "2"}
    return {"M", "F", "U"}


def place_codes(collection_year: int) -> set[str]:
    """PLACE in the return of a collection year, named by the calendar year in which it ends."""
    codes = _set_of("A3 A4 A5 A6 H5 K1 K2 P1 P2 P3 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 U1 U2 U3 U4 U5 U6 Z1")
    if collection_year >= 2025:
        codes.add("K3")
    if collection_year >= 2026:
        codes -= {"H5", "P2", "Z1"}
        codes |= {"Z11", "Z12", "Z13", "Z14"}
    return codes


@dataclass(frozen=True)
class Rule:
    """How one column is checked: its form, whether a blank is a bad row, and its codes if it has a list."""

    form: str
    required: bool = False
    codes: frozenset[str] = frozenset()


def _text(required: bool = False) -> Rule:
    return Rule("text", required)


def _date(required: bool = False) -> Rule:
    return Rule("date", required)


def _code(codes: set[str], required: bool = False) -> Rule:
    return Rule("code", required, frozenset(codes))


_FLAG = _code({"0", "1"})
_ID = _text(required=True)


EXTRACT_RULES: dict[str, dict[str, Rule]] = {
    "children": {
        "child_id": _ID, "sex": _code({"M", "F", "U"}), "date_of_birth": _date(), "ethnicity": _code(ETHNIC),
        "disabled": _FLAG, "mental_health_problem": _FLAG, "origin": _code({"uk", "overseas"}), "uasc": _FLAG,
        "team": _text(),
    },
    "attachment_needs": {
        "child_id": _ID, "status": _code({"possible", "at_risk", "confirmed"}, required=True),
        "start_date": _date(required=True), "end_date": _date(),
    },
    "care_arrangements": {
        "child_id": _ID, "care_status": _code(CARE_STATUSES, required=True), "placement": _code(PLACEMENTS),
        "start_date": _date(required=True), "end_date": _date(),
        "end_reason": _code({"planned", "breakdown", "other"}),
    },
    "assessments": {
        "assessment_id": _ID, "child_id": _ID, "completed_date": _date(required=True),
        **dict.fromkeys(FACTORS, _FLAG),
    },
    "programmes": {
        "programme_id": _ID, "child_id": _ID,
        "programme": _code({"video_feedback", "parental_sensitivity", "other"}, required=True),
        "offered_date": _date(), "start_date": _date(), "end_date": _date(),
    },
    "programme_sessions": {
        "programme_id": _ID, "session_date": _date(required=True), "minutes": Rule("number"),
        "filmed_minutes": Rule("number"), "watched_together": _FLAG,
    },
    "outcome_scores": {
        "child_id": _ID, "domain": _code({"social_emotional", "parental_sensitivity"}, required=True),
        "instrument": _text(required=True), "score_date": _date(required=True),
        "score": Rule("number", required=True),
    },
    "education_plans": {
        "plan_id": _text(), "child_id": _ID, "completed_date": _date(required=True), **dict.fromkeys(PLAN_PARTS, _FLAG),
    },
    "attendance": {
        "child_id": _ID, "date": _date(required=True), "session": _code({"AM", "PM"}, required=True),
        "mark": _code(MARKS, required=True),
    },
    "exclusions": {
        "child_id": _ID, "start_date": _date(required=True), "category": _code({"SUSP", "PERM"}, required=True),
    },
    "attendance_summary": {
        "child_id": _ID, "start_date": _date(required=True), "end_date": _date(required=True),
        "possible_sessions": Rule("whole", required=True), "attended_sessions": Rule("whole", required=True),
    },
    "carers": {"carer_id": _ID, "child_id": _ID, "start_date": _date(required=True), "end_date": _date()},
    "carer_training": {"completed_date": _date(required=True)},
    "same_child": {"old_id": _ID, "new_id": _ID},
    "same_team": {"old": _ID, "new": _ID},
}
"""The columns of a local extract that are checked, and how."""


def return_rules(collection_year: int) -> dict[str, dict[str, Rule]]:
    """The columns of a return's tables that are checked, and how: PLACE and SEX by the list of its year."""
    return {
        "Header": {"CHILD": _ID, "SEX": _code(SEX), "DOB": _date(), "ETHNIC": _code(ETHNIC)},
        "Episodes": {
            "CHILD": _ID,
            "DECOM": _date(required=True),
            "RNE": _code(RNE, required=True),
            "LS": _code(set(LEGAL_STATUS), required=True),
            "PLACE": _code(place_codes(collection_year)),
            "DEC": _date(),
            "REC": _code(REC),
            "REASON_PLACE_CHANGE": _code(REASON_PLACE_CHANGE),
        },
        "OC2": {"CHILD": _ID, "SDQ_SCORE": Rule("whole 0 to 40")},
        "UASC": {"CHILD": _ID, "DUC": _date()},
        "PrevPerm": {"CHILD": _ID, "PREV_PERM": _code(PREV_PERM)},
    }


def rules(table: str, collection_year: int | None) -> dict[str, Rule]:
    """The checked columns of a table. `collection_year` is None for a local extract."""
    return EXTRACT_RULES[table] if collection_year is None else return_rules(collection_year)[table]
