"""What changed since the data before, on a page: a short list that can be closed, the same for everybody."""

from __future__ import annotations

import logging
import threading

import sqlalchemy as sa
import streamlit as st

from config.cohorts import Cohort
from dashboard.content import digest
from dashboard.content.digest import Digest
from dashboard.figures.reporting import Reporting
from dashboard.session.state import current_data, workspace
from dashboard.text.formatting import escape_markdown
from data_access.workspace import WorkspaceUnavailable

_logger = logging.getLogger(__name__)
_CLOSED = "digest_closed"
KEEPER = "the dashboard"


def current_digest(cohort: Cohort) -> Digest | None:
    """What changed for a cohort in the data as it is now; None while that is being worked out, and for a made-up authority.

    A load keeps the states itself. Data that another program put there is looked at here, beside the pages, the first time it is seen.
    Raises WorkspaceUnavailable.
    """
    reporting = current_data().reporting.of(cohort)
    if reporting.made_up:
        return None
    found = digest.digest(workspace(), reporting.version, reporting.cohort)
    if found is None:
        _keep_beside(str(workspace().url), reporting.version, cohort, reporting, workspace())
    return found


@st.cache_resource(max_entries=2 * len(Cohort), show_spinner=False)
def _keep_beside(url: str, version: str, cohort: Cohort, _reporting: Reporting, _workspace: sa.Engine) -> threading.Thread:
    """Once for each version and cohort, in a thread of its own, so that nobody waits for it."""
    def keep() -> None:
        try:
            digest.keep(_reporting, _workspace, KEEPER)
        except Exception:
            _logger.exception("How the measures stand could not be kept.")

    thread = threading.Thread(target=keep, name="states of the measures", daemon=True)
    thread.start()
    return thread


def digest_list(cohort: Cohort) -> None:
    """The list, unless there is nothing to tell or it was closed."""
    try:
        found = current_digest(cohort)
    except WorkspaceUnavailable:
        return  # other parts of the page say so
    if found is None or not found.sentences:
        return
    version = current_data().reporting.version
    if st.session_state.get(_CLOSED) == version:
        return
    with st.container(border=True, key="digest"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f":material/new_releases: **{digest.heading(found)}**", width="content")
            st.button("Close", key="close_digest", type="tertiary", icon=":material/close:", on_click=_close, args=(version,))
        st.markdown("\n".join(f"- {escape_markdown(sentence)}" for sentence in found.sentences))


def _close(version: str) -> None:
    st.session_state[_CLOSED] = version
