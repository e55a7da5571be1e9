"""Links from one page to another."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.words import lower_first
from metrics.breakdowns import Breakdown
from metrics.kinds import Measure

EQUALITY = "../pages/equality.py"


def equality_link(measure: Measure, breakdown: Breakdown) -> None:
    """A link to the equality page with this measure and breakdown chosen; nothing while there is no such page."""
    try:
        st.page_link(
            EQUALITY, label=f"Compare groups: {lower_first(breakdown.title)}", icon=":material/balance:",
            query_params={"measure": measure.id, "by": breakdown.title},
        )
    except StreamlitAPIException:
        return
