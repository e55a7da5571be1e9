"""Links from one page to another."""

from __future__ import annotations

from urllib.parse import parse_qs

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.content.equality.wording import link_parameters
from dashboard.content.view import Filters
from dashboard.session.filters import address
from dashboard.text.formatting import lower_first
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import Breakdown

EQUALITY, IMPROVEMENT, LOAD = "../pages/equality.py", "../pages/improvement.py", "../pages/load.py"


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
