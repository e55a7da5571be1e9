"""Which published figures are shown: a choice in the sidebar, kept in the address."""

from __future__ import annotations

import streamlit as st

from dashboard.figures.published import KINDS, Published, showing
from metrics.comparators.published import Kind

COMPARE = "compare"
"""The key in the address."""
_THERE = "compare_there"


def choose(figures: Published) -> Published:
    """Draws the choice below the filters, and gives the figures with what was chosen. All are shown at first."""
    there = [kind.value for kind in figures.there()]
    _keep_all(there)
    with st.sidebar:
        chosen = st.pills(
            "Compare with published figures", there, selection_mode="multi", default=there, format_func=_words, key=COMPARE,
            bind="query-params",
            help="Lines beside the trends of those measures that a published figure is fair to. Each can be turned off.",
        )
        if figures.problem:
            st.caption(figures.problem)
    return showing(figures, chosen)


def _keep_all(there: list[str]) -> None:
    """Another authority may have others: whoever has all of them shown still has, and who has chosen keeps what there still is."""
    before, held = st.session_state.get(_THERE), st.session_state.get(COMPARE)
    if before is not None and before != there and held is not None:
        st.session_state[COMPARE] = there if list(held) == before else [kind for kind in held if kind in there]
    st.session_state[_THERE] = there


def in_address(figures: Published) -> tuple[str, ...] | None:
    """What of the choice an address holds: None while all are shown."""
    there = figures.there()
    shown = tuple(KINDS[kind] for kind in there if kind in figures.chosen)
    return None if len(shown) == len(there) else shown


def _words(kind: str) -> str:
    return KINDS[Kind(kind)] if kind in KINDS else kind
