"""Links from one page to another."""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.equality_words import link_parameters
from dashboard.filters import address
from dashboard.view import Filters
from dashboard.words import lower_first
from metrics.breakdowns import Breakdown
from metrics.kinds import Measure

EQUALITY, IMPROVEMENT = "../pages/equality.py", "../pages/improvement.py"


def page_link(page: str, label: str, address: str) -> None:
    """A link to a page with the parameters of an address; nothing where there is no such page."""
    try:
        st.page_link(page, label=label, icon=":material/arrow_forward:", query_params=parse_qs(address))
    except StreamlitAPIException:
        return


def equality_link(filters: Filters, measure: Measure, breakdown: Breakdown) -> None:
    """A link to the equality page with this measure, breakdown and filters chosen; nothing where there is no such page."""
    try:
        st.page_link(
            EQUALITY, label=f"Compare groups: {lower_first(breakdown.title)}", icon=":material/balance:",
            query_params=parse_qs(address(filters, **link_parameters(measure, breakdown))),
        )
    except StreamlitAPIException:
        return
