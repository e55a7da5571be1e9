"""What a page says when there is nothing it can show, and how it comes back by itself."""

from __future__ import annotations

import re
import time
from pathlib import Path

import streamlit as st

from config.toml_file import ConfigError
from dashboard.figures.reporting import DataChanged, NoData
from dashboard.session.links import LOAD, page_link
from dashboard.session.state import current_data, local_decisions
from dashboard.text.formatting import escape_markdown
from data_access.engines import DatabaseUnavailable
from data_access.workspace import WorkspaceUnavailable

SECONDS_BETWEEN_LOOKS = 5
FIRST_DAY = Path(__file__).resolve().parents[2] / "docs" / "first-day.md"
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def database_unavailable(problem: str) -> None:
    """The database can't be reached or read: what to check."""
    st.title("The data can't be read at the moment", anchor=False)
    st.warning(escape_markdown(problem), icon=":material/cloud_off:")
    st.markdown("Nothing is lost. If someone else runs this dashboard for you, send them the message above.")
    _come_back()


def nothing_loaded(problem: str = "") -> None:
    """The database is empty, or there is none as `problem` says: what to do next."""
    st.title("No data to show yet", anchor=False)
    st.markdown(
        "**Begin with your latest SSDA903 return,** as CSV or XML files. It tells of placements and of strengths and difficulties scores "
        "at once, with England's figures beside them, and this page then says what would show more."
    )
    page_link(LOAD, "Load data", "")
    st.markdown(
        "Or load on the computer that runs this dashboard:\n\n"
        "```\nqs133 load path/to/ssda903-2025-26 path/to/extracts\n```\n\n"
        "It says what was read, and what was quarantined and why. To look around first with a made-up authority, run `qs133 demo`."
    )
    if problem:
        st.caption(f"{escape_markdown(problem)} If this dashboard has shown data before, the file was moved or deleted: put it back.")
    with st.expander("The first day, step by step", icon=":material/checklist:", on_change="rerun", key="first_day") as guide:
        if guide.open:
            st.markdown(first_day())
    _come_back()


def first_day() -> str:
    """The guide of the first day without its title; its links lead to files that a reader of the page doesn't have."""
    _, _, text = FIRST_DAY.read_text(encoding="utf-8").partition("\n")
    return LINK.sub(r"\1", text).replace("\n## ", "\n#### ")


def settings_faulty(problem: str) -> None:
    """A file of settings can't be used: where it is wrong."""
    st.title("A settings file needs correcting", anchor=False)
    st.warning(escape_markdown(problem), icon=":material/edit_document:")
    st.markdown("The file is in the folder `config`. Correct it and save it.")
    _come_back()


def audit_log_unavailable(problem: str) -> None:
    """The audit log doesn't answer, so that nothing exact may be shown: what to check."""
    st.title("No exact numbers at the moment", anchor=False)
    st.warning(escape_markdown(problem), icon=":material/visibility_lock:")
    _come_back()


def workspace_unavailable(problem: str) -> None:
    """The workspace doesn't answer. Targets and new limits are in it, so measures would be judged wrongly without it: what to check."""
    st.title("Targets and evidence can't be read at the moment", anchor=False)
    st.warning(escape_markdown(problem), icon=":material/cloud_off:")
    st.markdown("Without them the measures would be compared with the wrong targets, so they are not shown either. Nothing is lost.")
    _come_back()


def _come_back() -> None:
    st.caption(f"This page tries again every {SECONDS_BETWEEN_LOOKS} seconds and opens by itself.")
    _look_again(time.monotonic())


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _look_again(drawn_at: float) -> None:
    # Not in the run that draws the page: what is away may be none of what is looked at here, an audit log that can be read and not
    # written for one, and the page would be drawn anew without end.
    if time.monotonic() - drawn_at < SECONDS_BETWEEN_LOOKS / 2:
        return
    try:
        local_decisions()
        current_data()
    except (DatabaseUnavailable, NoData, DataChanged, ConfigError, WorkspaceUnavailable):
        return
    st.rerun()
