"""The columns, kinds of value and rules of every source table, as data.

Source: the project's data dictionary, which follows the Department for Education's guide to the SSDA903
collection and NICE QS133's 'local data collection'.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from config import code_lists as codes


class Kind(Enum):
    """How a checked column is read."""

    TEXT = "text"
    DATE = "date"
    CODE = "code"
    FLAG = "flag"
    NUMBER = "number"
    WHOLE = "whole number"


Codes = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """How one column is checked. `codes` gives the stored value of each code as read, by collection year.

    `described` says that a code may be followed by its words: 'C2 - Full care order'. In an extract words may stand for a code, unless
    it is `exact`. `set_aside` says that a row with an unknown code is loaded without it, because losing a child falsifies more than not
    knowing a group.
    """

    kind: Kind
    required: bool = False
    codes: Callable[[int], Codes] | None = None
    highest: int | None = None
    described: bool = False
    exact: bool = False
    set_aside: bool = False


@dataclass(frozen=True, eq=False)
class Table:
    """One source table: its columns as the dictionary writes them, and what is checked of them.

    `key` is what no two rows of one source may share; empty means the whole row. `or_key` is it for rows with a blank in `key`.
    `interval` is the pair of columns of which the second may not be before the first, and with `not_empty` not the same day either.
    `child` is the column of the child's id, or empty for a table that has none. `optional` are columns that a file need not have;
    of `one_of` it must have at least one, and a row must fill exactly one.
    """

    name: str
    columns: tuple[str, ...]
    rules: Mapping[str, Rule] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    interval: tuple[str, str] | None = None
    child: str = ""
    is_return: bool = False
    used: bool = True
    optional: frozenset[str] = frozenset()
    one_of: tuple[str, ...] = ()
    is_extract: bool = False
    or_key: tuple[str, ...] = ()
    not_empty: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that a file must have."""
        return tuple(name for name in self.columns if name not in self.optional)

    @property
    def date_format(self) -> str:
        """The format of its dates: DD/MM/YYYY in a return, ISO in an extract."""
        return "%d/%m/%Y" if self.is_return else "%Y-%m-%d"


def _listed(*values: str) -> Callable[[int], Codes]:
    same = {value: value for value in values}
    return lambda _year: same


def _either_case(*values: str) -> Callable[[int], Codes]:
    spellings = {spelling: value for value in values for spelling in _spellings(value)}
    return lambda _year: spellings


def _spellings(value: str) -> list[str]:
    """Every way to write a code in upper and lower case."""
    if not value:
        return [""]
    first = sorted({value[0].upper(), value[0].lower()})
    return [letter + rest for letter in first for rest in _spellings(value[1:])]


def _code(codes_of_year: Callable[[int], Codes], required: bool = False, *, set_aside: bool = False) -> Rule:
    return Rule(Kind.CODE, required, codes_of_year, set_aside=set_aside)


ID = Rule(Kind.TEXT, required=True)
TEXT = Rule(Kind.TEXT)
DATE = Rule(Kind.DATE)
DATE_REQUIRED = Rule(Kind.DATE, required=True)
FLAG = Rule(Kind.FLAG)
GROUP_FLAG = Rule(Kind.FLAG, set_aside=True)
NUMBER = Rule(Kind.NUMBER)
COUNT_REQUIRED = Rule(Kind.WHOLE, required=True)


def _return(
    name: str, columns: str, rules: dict[str, Rule], key: tuple[str, ...] = ("CHILD",), interval: tuple[str, str] | None = None,
) -> Table:
    return Table(name, tuple(columns.split()), {"CHILD": ID, **rules}, key, interval, "CHILD", is_return=True)


def _unused(name: str, columns: str) -> Table:
    return Table(name, tuple(columns.split()), is_return=True, used=False)


HEADER = _return(
    "Header", "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
    {
        "SEX": _code(lambda _year: codes.SEX, set_aside=True), "DOB": DATE,
        "ETHNIC": _code(_listed(*codes.ETHNICITIES), set_aside=True),
    },
)
EPISODES = _return(
    "Episodes", "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST PL_POST URN",
    {
        "DECOM": DATE_REQUIRED,
        "RNE": _code(_listed(*codes.RNE), required=True),
        "LS": _code(_listed(*codes.LEGAL_STATUS), required=True),
        "PLACE": _code(lambda year: {code: code for code in codes.place_codes(year)}, set_aside=True),
        "DEC": DATE,
        "REC": _code(_listed(*codes.REC)),
        "REASON_PLACE_CHANGE": _code(_listed(*codes.REASON_PLACE_CHANGE), set_aside=True),
    },
    key=("CHILD", "DECOM"), interval=("DECOM", "DEC"),
)
OC2 = _return(
    "OC2",
    "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK HEALTH_ASSESSMENT SUBSTANCE_MISUSE "
    "INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    {"SDQ_SCORE": Rule(Kind.WHOLE, highest=40)},
)
UASC = _return("UASC", "CHILD SEX DOB DUC", {"DUC": DATE})
PREV_PERM = _return("PrevPerm", "CHILD DOB PREV_PERM LA_PERM DATE_PERM", {"PREV_PERM": _code(_listed(*codes.PREVIOUS_PERMANENCE))})

RETURN_TABLES = (HEADER, EPISODES, OC2, UASC, PREV_PERM)
UNUSED_TABLES = (
    _unused("Reviews", "CHILD DOB REVIEW REVIEW_CODE"),
    _unused("OC3", "CHILD DOB IN_TOUCH ACTIV ACCOM"),
    _unused("AD1", "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR"),
    _unused("PlacedAdoption", "CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED"),
    _unused("Missing", "CHILD DOB MISSING MIS_START MIS_END"),
    _unused("SWEpisodes", "CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON"),
    _unused("DoLo", "CHILD DOB DOLO_START DOLO_END"),
)


def _extract(
    name: str, rules: dict[str, Rule], key: tuple[str, ...] = (), interval: tuple[str, str] | None = None, *,
    optional: tuple[str, ...] = (), or_key: tuple[str, ...] = (), one_of: tuple[str, ...] = (), not_empty: bool = False,
) -> Table:
    return Table(
        name, tuple(rules), rules, key, interval, "child_id" if "child_id" in rules else "", is_extract=True, or_key=or_key,
        not_empty=not_empty, optional=frozenset((*optional, *one_of)), one_of=one_of,
    )


FREE = TEXT
"""A column that is kept as it is."""

CHILDREN = _extract(
    "children",
    {
        "child_id": ID, "sex": _code(_listed("M", "F", "U"), set_aside=True), "date_of_birth": DATE,
        "ethnicity": _code(_listed(*codes.ETHNICITIES), set_aside=True), "disabled": GROUP_FLAG, "mental_health_problem": GROUP_FLAG,
        "origin": _code(_listed(*codes.ORIGINS), set_aside=True), "uasc": GROUP_FLAG, "team": FREE,
    },
    key=("child_id",),
)
ATTACHMENT_NEEDS = _extract(
    "attachment_needs",
    {"child_id": ID, "status": _code(_listed(*codes.NEED_STATUSES), True), "start_date": DATE_REQUIRED, "end_date": DATE},
    interval=("start_date", "end_date"),
)
CARE_ARRANGEMENTS = _extract(
    "care_arrangements",
    {
        "child_id": ID, "care_status": _code(_listed(*codes.CARE_STATUSES), True), "placement": _code(_listed(*codes.PLACEMENTS)),
        "start_date": DATE_REQUIRED, "end_date": DATE, "end_reason": _code(_listed(*codes.END_REASONS)), "provider": FREE,
    },
    interval=("start_date", "end_date"),
)
ASSESSMENTS = _extract(
    "assessments",
    {"assessment_id": ID, "child_id": ID, "completed_date": DATE_REQUIRED, **dict.fromkeys(codes.ASSESSMENT_FACTORS, FLAG)},
    key=("assessment_id",),
)
PROGRAMMES = _extract(
    "programmes",
    {
        "programme_id": ID, "child_id": ID, "programme": _code(_listed(*codes.PROGRAMMES), True), "offered_date": DATE,
        "start_date": DATE, "end_date": DATE, "provider": FREE,
    },
    key=("programme_id",), interval=("start_date", "end_date"),
)
PROGRAMME_SESSIONS = _extract(
    "programme_sessions",
    {"programme_id": ID, "session_date": DATE_REQUIRED, "minutes": NUMBER, "filmed_minutes": NUMBER, "watched_together": FLAG},
)
OUTCOME_SCORES = _extract(
    "outcome_scores",
    {
        "child_id": ID, "domain": _code(_listed(*codes.DOMAINS), True), "instrument": Rule(Kind.TEXT, required=True),
        "score_date": DATE_REQUIRED, "score": Rule(Kind.NUMBER, required=True),
    },
)
EDUCATION_PLANS = _extract(
    "education_plans",
    {"plan_id": TEXT, "child_id": ID, "completed_date": DATE_REQUIRED, **dict.fromkeys(codes.EDUCATION_PLAN_PARTS, FLAG)},
    key=("plan_id",), or_key=("child_id", "completed_date"), optional=("plan_id", *codes.EDUCATION_PLAN_PARTS),
)
ATTENDANCE = _extract(
    "attendance",
    {
        "child_id": ID, "date": DATE_REQUIRED, "session": _code(_either_case("AM", "PM"), True),
        "mark": Rule(Kind.CODE, True, _either_case(*codes.MARKS), exact=True),
    },
    key=("child_id", "date", "session"),
)
EXCLUSIONS = _extract(
    "exclusions",
    {
        "child_id": ID, "start_date": DATE_REQUIRED, "category": _code(_listed(*codes.EXCLUSION_CATEGORIES), True),
        "sessions": FREE, "reason": FREE,
    },
)
ATTENDANCE_SUMMARY = _extract(
    "attendance_summary",
    {
        "child_id": ID, "start_date": DATE_REQUIRED, "end_date": DATE_REQUIRED,
        "possible_sessions": COUNT_REQUIRED, "attended_sessions": COUNT_REQUIRED,
    },
    key=("child_id", "start_date"), interval=("start_date", "end_date"), not_empty=True,
)
CARERS = _extract(
    "carers", {"carer_id": ID, "child_id": ID, "start_date": DATE_REQUIRED, "end_date": DATE}, interval=("start_date", "end_date"),
)
CARER_TRAINING = _extract(
    "carer_training",
    {"child_id": TEXT, "carer_id": TEXT, "carer_type": FREE, "programme": FREE, "completed_date": DATE_REQUIRED, "age_group": FREE},
    optional=("carer_type", "programme", "age_group"), one_of=("child_id", "carer_id"),
)
SAME_CHILD = _extract("same_child", {"old_id": ID, "new_id": ID}, key=("old_id",))
SAME_TEAM = _extract("same_team", {"old": ID, "new": ID})
EXTRACTS = (
    CHILDREN, ATTACHMENT_NEEDS, CARE_ARRANGEMENTS, ASSESSMENTS, PROGRAMMES, PROGRAMME_SESSIONS, OUTCOME_SCORES,
    EDUCATION_PLANS, ATTENDANCE, ATTENDANCE_SUMMARY, EXCLUSIONS, CARERS, CARER_TRAINING, SAME_CHILD, SAME_TEAM,
)
