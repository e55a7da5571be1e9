"""Parts of a page that are drawn anew by themselves, and what happens when they can't be."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from config.toml_file import ConfigError
from dashboard.access.audit_guard import AccessChanged
from dashboard.figures.reporting import DataChanged, NoData
from data_access.audit import AuditUnavailable
from data_access.engines import DatabaseUnavailable
from data_access.workspace import WorkspaceUnavailable

EXPLAINED = (AccessChanged, AuditUnavailable, ConfigError, DatabaseUnavailable, DataChanged, NoData, WorkspaceUnavailable)
_CHANGED = "_access_changed"
Given = ParamSpec("Given")


def fragment(draw: Callable[Given, None]) -> Callable[Given, None]:
    """As `st.fragment`, but what the whole page would explain in a sentence is left to it: it is drawn anew, and says so."""

    @st.fragment
    @functools.wraps(draw)
    def drawn(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            draw(*given, **named)
        except EXPLAINED as problem:
            context = get_script_run_ctx()
            if context is None or not context.fragment_ids_this_run:
                raise  # the whole page is being drawn already
            st.session_state[_CHANGED] = isinstance(problem, AccessChanged)
            st.rerun()

    return drawn


def access_has_changed() -> bool:
    """Whether the page is drawn anew because the person's role has changed meanwhile. True once."""
    return bool(st.session_state.pop(_CHANGED, False))
