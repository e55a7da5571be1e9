"""Which tables and columns of the Standard Safeguarding Dataset are read, how they are checked, and what they become.

Source: Data to Insight, ssd-data-model, version 1.4.5 (July 2026). Nothing else of a table is read: no names, UPN, NHS number or
postcode. A column becomes the column of the SSDA903 return or of the extract named beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from config.ssd_codes import SSD_CODES, local_words
from data_access.load.checking.specification import DATE, DATE_REQUIRED, ID, TEXT, Codes, Kind, Rule, Table

PLACEHOLDERS = ("SSD_PH", "PLACEHOLDER_DATA")
"""What the dataset's own scripts write where a system has no such field: the same as a blank."""

UNACCOMPANIED_WORDS = re.compile(r"(uasc[ -]+)?unaccompanied asylum[ -]seeking child( \(?uasc\)?)?", re.IGNORECASE)
"""How the model and the systems write that a child is one; other words are named in `ssd_codes.toml`."""


def codes_of(column: str) -> Callable[[int], Codes]:
    """The codes of a coded column, and the authority's own words for them. A dataset is of no one collection year."""
    return lambda _year: {**{code: code for code in SSD_CODES[column]}, **local_words()[column]}


def _code(column: str, required: bool = False) -> Rule:
    return Rule(Kind.CODE, required, codes_of(column), described=True)


def _table(name: str, rules: dict[str, Rule], key: tuple[str, ...] = (), interval: tuple[str, str] | None = None, child: str = "") -> Table:
    return Table(name, tuple(rules), rules, key, interval, child)


PERSON = _table(
    "ssd_person",
    {
        "pers_person_id": ID,                                                            # Header CHILD
        "pers_sex": _code("pers_sex"),                                                   # Header SEX
        "pers_ethnicity": _code("pers_ethnicity"),                                       # Header ETHNIC
        "pers_dob": DATE,                                                                # Header DOB
    },
    key=("pers_person_id",), child="pers_person_id",
)
PLACEMENT = _table(
    "ssd_cla_placement",
    {
        "clap_cla_placement_id": ID,                                                     # joins the episode's clae_cla_placement_id
        "clap_cla_placement_type": _code("clap_cla_placement_type"),                     # Episodes PLACE
        "clap_cla_placement_provider": TEXT,                                             # Episodes PLACE_PROVIDER
        "clap_cla_placement_end_date": DATE,                                             # when the reason for the change holds
        "clap_cla_placement_change_reason": _code("clap_cla_placement_change_reason"),   # Episodes REASON_PLACE_CHANGE
    },
    key=("clap_cla_placement_id",),
)
LEGAL_STATUS = _table(
    "ssd_legal_status",
    {
        "lega_legal_status_id": TEXT,                                                    # to find a row by
        "lega_person_id": ID,                                                            # joins the episode's person
        "lega_legal_status": TEXT,                                                       # Episodes LS; a status outside care has no bearing
        "lega_legal_status_start_date": DATE_REQUIRED,                                   # from when it holds
        "lega_legal_status_end_date": DATE,                                              # the first day on which it no longer holds
    },
    interval=("lega_legal_status_start_date", "lega_legal_status_end_date"), child="lega_person_id",
)
EPISODES = _table(
    "ssd_cla_episodes",
    {
        "clae_cla_episode_id": TEXT,                                                     # to find a row by
        "clae_person_id": ID,                                                            # Episodes CHILD
        "clae_cla_placement_id": TEXT,                                                   # the placement
        "clae_cla_episode_start_date": DATE_REQUIRED,                                    # Episodes DECOM
        "clae_cla_episode_start_reason": _code("clae_cla_episode_start_reason", True),   # Episodes RNE
        "clae_cla_episode_ceased_date": DATE,                                            # Episodes DEC
        "clae_cla_episode_ceased_reason": _code("clae_cla_episode_ceased_reason"),       # Episodes REC
    },
    key=("clae_person_id", "clae_cla_episode_start_date"),
    interval=("clae_cla_episode_start_date", "clae_cla_episode_ceased_date"), child="clae_person_id",
)
IMMIGRATION = _table(
    "ssd_immigration_status",
    {
        "immi_immigration_status_id": TEXT,                                              # to find a row by
        "immi_person_id": ID,                                                            # UASC CHILD
        "immi_immigration_status": TEXT,                                                 # a row of UASC, if it says unaccompanied
        "immi_immigration_status_end_date": DATE,                                        # UASC DUC
    },
    child="immi_person_id",
)
DISABILITY = _table(
    "ssd_disability",
    {
        "disa_table_id": TEXT,                                                           # to find a row by
        "disa_person_id": ID,                                                            # children child_id
        "disa_disability_code": _code("disa_disability_code", True),                     # children disabled: NONE is 0, any other 1
    },
    child="disa_person_id",
)
SDQ_SCORES = _table(
    "ssd_sdq_scores",
    {
        "csdq_table_id": TEXT,                                                           # to find a row by
        "csdq_person_id": ID,                                                            # outcome_scores child_id
        "csdq_sdq_completed_date": DATE,                                                 # outcome_scores score_date
        "csdq_sdq_score": Rule(Kind.WHOLE, highest=40),                                  # outcome_scores score
        "csdq_sdq_reason": TEXT,                                                         # as SDQ_REASON of OC2
    },
    child="csdq_person_id",
)
PREVIOUS_PERMANENCE = _table(
    "ssd_cla_previous_permanence",
    {
        "lapp_table_id": TEXT,                                                           # to find a row by
        "lapp_person_id": ID,                                                            # PrevPerm CHILD
        "lapp_previous_permanence_option": _code("lapp_previous_permanence_option"),     # PrevPerm PREV_PERM
        "lapp_previous_permanence_order_date": TEXT,                                     # DATE_PERM: which care it came before
    },
    child="lapp_person_id",
)
TABLES = (PERSON, PLACEMENT, LEGAL_STATUS, EPISODES, IMMIGRATION, DISABILITY, SDQ_SCORES, PREVIOUS_PERMANENCE)
"""All tables that are read, those first that others are held against."""

STANDS_FOR = {
    PERSON: "Header", EPISODES: "Episodes", IMMIGRATION: "UASC", SDQ_SCORES: "outcome_scores", PREVIOUS_PERMANENCE: "PrevPerm",
}
"""The data dictionary's name of what a table with at least one good row provides; a measure needs those."""
