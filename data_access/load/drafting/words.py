"""What local systems write in place of our codes, beyond the words that a load understands: proposed as values, for a person to check."""

from __future__ import annotations

import re
from collections.abc import Mapping

from config.code_lists import LEGAL_STATUS, NO_WORDS, PLACEMENT, YES_WORDS, in_words, plain
from data_access.load.checking import specification as spec
from data_access.load.checking.specification import Kind

SIGNS = {**dict.fromkeys("✓✔☑√✅", "1"), **dict.fromkeys("✗✘☐❌", "0")}
"""Ticks and crosses, which are no letters."""

FLAGS = {
    **dict.fromkeys(YES_WORDS, "1"), **dict.fromkeys(NO_WORDS, "0"), "t": "1", "f": "0", "x": "1", "tick": "1", "ticked": "1",
    "complete": "1", "in place": "1", "present": "1", "not in place": "0", "none": "0", "incomplete": "0", "not complete": "0",
    "not recorded": "",
}

SAID = {
    "M": ("boy", "man"), "F": ("girl", "woman"),
    "WBRI": ("White English", "White Welsh", "White Scottish", "British", "White - English, Welsh, Scottish, Northern Irish or British",
             "English, Welsh, Scottish, Northern Irish or British"),
    "WIRI": ("Irish",), "WIRT": ("Irish Traveller", "White - Irish Traveller", "White - Traveller of Irish heritage"),
    "WOTH": ("White other", "Other White", "White - any other White background"),
    "WROM": ("Roma", "Gypsy", "White - Gypsy/Roma", "White - Gypsy or Roma"),
    "MWBC": ("Mixed White/Black Caribbean",), "MWBA": ("Mixed White/Black African",), "MWAS": ("Mixed White/Asian",),
    "MOTH": ("Mixed other", "Other mixed", "Mixed - any other Mixed background"),
    "AIND": ("Asian - Indian", "Asian/Asian British - Indian"), "APKN": ("Asian - Pakistani", "Asian/Asian British - Pakistani"),
    "ABAN": ("Asian - Bangladeshi", "Asian/Asian British - Bangladeshi"),
    "AOTH": ("Asian other", "Other Asian", "Asian or Asian British - any other Asian background"),
    "CHNE": ("Asian - Chinese", "Asian or Asian British - Chinese"),
    "BCRB": ("Black/Black British - Caribbean",), "BAFR": ("Black/Black British - African",),
    "BOTH": ("Black other", "Other Black", "Black or Black British - any other Black background"),
    "OOTH": ("Other ethnic group", "Arab"), "REFU": ("Refused to say", "Declined", "Prefer not to say"),
    "NOBT": ("Not known", "Unknown", "Not stated", "Not recorded", "Not obtained"),
    "uk": ("British", "United Kingdom", "England"), "overseas": ("Abroad", "Non-UK", "Outside the UK"),
    "possible": ("suspected",), "confirmed": ("diagnosed",),
    "section_20": ("s20", "s.20", "section 20", "accommodated", "voluntary accommodation"),
    "care_order": ("ICO", "FCO", "full care order", "interim care order", "placement order"),
    "special_guardianship": ("SGO", "special guardianship order"), "adopted": ("adoption order",),
    "edge_of_care": ("EOC", "on the edge of care"), "short_breaks": ("short break", "respite"),
    "foster_carer": ("foster placement", "foster care", "fostering", "in-house foster carer", "in-house fostering", "IFA",
                     "independent fostering agency", "agency foster carer", "mainstream foster carer"),
    "kinship_foster_carer": ("kinship", "kinship carer", "kinship foster care", "connected person", "connected carer",
                             "connected person's foster carer", "family and friends", "family and friends carer", "friends and family",
                             "placed with relatives", "foster placement with relative or friend"),
    "residential": ("residential home", "residential care", "children's home", "residential children's home", "residential school"),
    "independent_or_supported": ("semi-independent", "supported accommodation", "supported lodgings", "supported living",
                                 "independent living"),
    "adoptive_parents": ("placed for adoption", "adoptive placement", "adopters", "prospective adopters"),
    "special_guardian": ("special guardianship", "SGO"), "birth_parents": ("parents", "with parents", "placed with parents", "at home"),
    "secure_or_custody": ("secure unit", "secure children's home", "secure accommodation", "custody", "YOI"),
    "planned": ("planned move", "as planned", "planned ending"),
    "breakdown": ("placement breakdown", "broke down", "disruption", "disrupted", "placement disruption"),
    "video_feedback": ("VIPP", "VIPP-SD", "VIG", "video interaction guidance"),
    "social_emotional": ("SDQ", "SDQ total", "emotional and behavioural", "social emotional"),
    "SUSP": ("suspended", "fixed term", "fixed-term exclusion", "fixed period", "fixed-period exclusion", "FTE", "FPE", "FIXD"),
    "PERM": ("permanent", "permanently excluded", "PEX"),
    "AM": ("morning",), "PM": ("afternoon",),
}
"""By code: words of case management and school systems, and of the census."""

STILL_RUNS = ("present", "current", "ongoing", "open", "still open", "to date", "n a", "na", "none", "not ended")
"""What stands in place of a date that there isn't yet."""

OPPOSITE = re.compile(r"\b(un|in|im|ir|il|non|dis|not|no|never|without)")
"""What turns a word into its opposite: 'unconfirmed' is much like 'confirmed', and not it."""


def words_of(rule: spec.Rule) -> Mapping[str, str]:
    """What is understood in a coded column or one of flags, in lower case with all but letters and digits as one space."""
    if rule.kind is Kind.FLAG:
        return {**FLAGS, **SIGNS}
    if rule.kind is not Kind.CODE or rule.codes is None:
        return {}
    if rule.exact:
        return dict(rule.codes(0))
    codes = set(rule.codes(0).values())
    returned = {plain(code): ours for list_ in (LEGAL_STATUS, PLACEMENT) for code, ours in list_.items() if {*list_.values()} & codes}
    local = {plain(said): code for code in codes for said in SAID.get(code, ())}
    return {**{said: ours for said, ours in returned.items() if ours in codes}, **local, **in_words(codes)}


def read_by_a_load(rule: spec.Rule) -> set[str]:
    """The words of a column that a load reads as they are, without a description of them."""
    if rule.kind is Kind.FLAG:
        return {*YES_WORDS, *NO_WORDS}
    return set(in_words(rule.codes(0).values())) if rule.codes is not None else set()
