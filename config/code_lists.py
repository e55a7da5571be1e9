"""The code lists of the sources, by collection year where a list changed.

Sources: Department for Education, 'Children looked-after by local authorities in England: guide to the
SSDA903 collection' (SEX, PLACE, LS, RNE, REC, REASON_PLACE_CHANGE, ETHNIC, PREV_PERM); Department for
Education, 'Working together to improve school attendance' (attendance marks, in force from 19 August 2024,
and the codes before it).

A collection year is the calendar year in which it ends: 2026 is 1 April 2025 to 31 March 2026.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

NOT_RECORDED = "Not recorded"

LEGAL_STATUS = {
    "V2": "section_20",
    **dict.fromkeys(("C1", "C2", "D1", "E1"), "care_order"),
    **dict.fromkeys(("J1", "J2", "J3", "L1", "L2", "L3"), "other_looked_after"),
    **dict.fromkeys(("V3", "V4"), "short_breaks"),
}
"""LS to our care status."""

IN_CARE = ("section_20", "care_order", "other_looked_after")
CARE_STATUSES = (*IN_CARE, "short_breaks", "special_guardianship", "adopted", "edge_of_care")

PLACEMENT = {
    **dict.fromkeys(("U1", "U2", "U3"), "kinship_foster_carer"),
    **dict.fromkeys(("U4", "U5", "U6"), "foster_carer"),
    **dict.fromkeys(("A3", "A4", "A5", "A6"), "adoptive_parents"),
    "P1": "birth_parents",
    **dict.fromkeys(("K1", "K2", "R1", "R2", "R3", "S1"), "residential"),
    **dict.fromkeys(("K3", "P2", "P3", "H5"), "independent_or_supported"),
    "R5": "secure_or_custody",
    **dict.fromkeys(("T0", "T1", "T2", "T3", "T4", "Z1", "Z11", "Z12", "Z13", "Z14"), "temporary_or_other"),
}
"""PLACE to our placement."""

PLACEMENTS = (
    "foster_carer", "kinship_foster_carer", "residential", "independent_or_supported", "adoptive_parents",
    "special_guardian", "birth_parents", "secure_or_custody", "temporary_or_other",
)
TEMPORARY_ABSENCE = ("T0", "T1", "T2", "T3", "T4")

SPECIAL_GUARDIANSHIP_REC = ("E45", "E46", "E47", "E48")
ADOPTED_REC = ("E11", "E12")

RNE = ("S", "P", "L", "T", "U", "B")
REC = (
    "E11", "E12", "E2", "E3", "E4A", "E4B", "E13", "E41", "E45", "E46", "E47", "E48",
    "E5", "E6", "E7", "E8", "E9", "E14", "E15", "E16", "E17", "X1",
)
REASON_PLACE_CHANGE = (
    "CARPL", "CLOSE", "ALLEG", "STAND", "APPRR", "CREQB", "CREQO", "CHILD", "LAREQ", "PLACE", "CUSTOD", "OTHER",
)

ETHNICITY_GROUP = {
    **dict.fromkeys(("WBRI", "WIRI", "WOTH", "WIRT", "WROM"), "White"),
    **dict.fromkeys(("MWBC", "MWBA", "MWAS", "MOTH"), "Mixed"),
    **dict.fromkeys(("AIND", "APKN", "ABAN", "AOTH", "CHNE"), "Asian"),
    **dict.fromkeys(("BCRB", "BAFR", "BOTH"), "Black"),
    "OOTH": "Other",
}
"""The 18 codes that say an ethnicity, in DfE's five groups."""

ETHNICITY_NOT_SAID = ("REFU", "NOBT")
ETHNICITIES = (*ETHNICITY_GROUP, *ETHNICITY_NOT_SAID)

PREVIOUS_PERMANENCE = ("P1", "P2", "P3", "P4", "Z1")
RETURNED_AFTER_PERMANENCE = ("P1", "P2", "P3")

NEED_STATUSES = ("possible", "at_risk", "confirmed")
PROGRAMMES = ("video_feedback", "parental_sensitivity", "other")
DOMAINS = ("social_emotional", "parental_sensitivity")
END_REASONS = ("planned", "breakdown", "other")
EXCLUSION_CATEGORIES = ("SUSP", "PERM")
ORIGINS = ("uk", "overseas")
ASSESSMENT_FACTORS = (
    "personal", "placement", "education", "parental_sensitivity", "parental_factors",
    "maltreatment_or_trauma", "physical_health", "coexisting_conditions",
)
EDUCATION_PLAN_PARTS = ("support_details", "contacts", "key_person", "safe_place")

ATTENDED = ("/", "\\", "L", "B", "K", "P", "V", "W")
AUTHORISED_ABSENCE = ("C", "C1", "C2", "E", "H", "I", "J1", "M", "R", "S", "T")
UNAUTHORISED_ABSENCE = ("G", "N", "O", "U")
NOT_POSSIBLE = ("D", "J", "Q", "X", "Y", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#", "-")
MARKS = (*ATTENDED, *AUTHORISED_ABSENCE, *UNAUTHORISED_ABSENCE, *NOT_POSSIBLE)
INTERVIEW_MARK = "J"
INTERVIEW_ATTENDED_BEFORE = datetime.date(2024, 8, 19)
"""Until this date J (interview) was a present mark; from it on J is not a possible session."""

YES_WORDS, NO_WORDS = ("1", "yes", "y", "true"), ("0", "no", "n", "false")
"""How an extract may write a flag, in any case."""

WORDS = {
    "M": ("Male",), "F": ("Female",), "U": ("Neither",),
    "WBRI": ("White British",), "WIRI": ("White Irish",), "WOTH": ("Any other White background",),
    "WIRT": ("Traveller of Irish heritage",), "WROM": ("Gypsy/Roma", "Gypsy or Roma"),
    "MWBC": ("White and Black Caribbean", "Mixed - White and Black Caribbean"),
    "MWBA": ("White and Black African", "Mixed - White and Black African"), "MWAS": ("White and Asian", "Mixed - White and Asian"),
    "MOTH": ("Any other Mixed background",), "AIND": ("Indian", "Asian or Asian British - Indian"),
    "APKN": ("Pakistani", "Asian or Asian British - Pakistani"), "ABAN": ("Bangladeshi", "Asian or Asian British - Bangladeshi"),
    "AOTH": ("Any other Asian background",), "BCRB": ("Caribbean", "Black Caribbean", "Black or Black British - Caribbean"),
    "BAFR": ("African", "Black African", "Black or Black British - African"), "BOTH": ("Any other Black background",),
    "CHNE": ("Chinese",), "OOTH": ("Any other ethnic group",), "REFU": ("Refused",),
    "NOBT": ("Information not yet obtained", "Information not obtained", "Not yet obtained"),
    "section_20": ("Accommodated (section 20)",), "other_looked_after": ("Looked after under another order",),
    "kinship_foster_carer": ("Foster carer who is a relative or friend",), "residential": ("Children's home or residential school",),
    "independent_or_supported": ("Independent or supported living",), "birth_parents": ("Own parents",),
    "secure_or_custody": ("Secure unit or custody",),
    "social_emotional": ("Social and emotional",),
    "possible": ("May have attachment difficulties",), "at_risk": ("At risk of attachment difficulties",),
    "confirmed": ("Confirmed attachment difficulties",),
    "video_feedback": ("Video feedback programme",), "parental_sensitivity": ("Parental sensitivity programme",),
    "SUSP": ("Suspension",), "PERM": ("Permanent exclusion",), "uk": ("From the UK",), "overseas": ("From overseas",),
}
"""The words that an extract may write in place of a code, beside the code itself with spaces for underscores ('Foster carer').

The ethnic groups are as the Department for Education's guide names them, some also as the census does. Compared in lower case, all but
letters and digits being one space.
"""


def in_words(codes: Iterable[str]) -> dict[str, str]:
    """Each way to say one of these codes, in lower case with all but letters and digits as one space, to the code."""
    return {plain(said): code for code in codes for said in (code, *WORDS.get(code, ()))}


def plain(text: str) -> str:
    """Text in lower case, all but letters and digits being one space."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


SEX = {"1": "M", "2": "F", "M": "M", "F": "F", "U": "U"}
"""SEX to M, F or U, in the codes to 2023/24 and in those from 2024/25: each is read in every year."""


def place_codes(collection_year: int) -> tuple[str, ...]:
    """PLACE codes of a collection year: K3 came in 2024/25; H5, P2 and Z1 gave way to Z11 to Z14 in 2025/26."""
    absent: set[str] = set()
    if collection_year < 2025:
        absent.add("K3")
    if collection_year < 2026:
        absent |= {"Z11", "Z12", "Z13", "Z14"}
    else:
        absent |= {"H5", "P2", "Z1"}
    return tuple(code for code in PLACEMENT if code not in absent)
