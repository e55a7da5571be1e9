"""The audit log on its page: who signed in, saw or took away exact numbers, or changed something."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import polars as pl
import sqlalchemy as sa
import streamlit as st

from dashboard.access.audit_guard import SessionGuard
from dashboard.access.roles import AUDIT_LOG
from dashboard.content.exports import to_csv
from dashboard.text.formatting import number, plural
from data_access.audit import Action, entries

MOST_SHOWN = 500
ACTION_WORDS = {
    Action.SIGN_IN: "Signed in", Action.SIGN_OUT: "Signed out", Action.REFUSED: "Refused", Action.EXACT_VIEW: "Viewed exact numbers",
    Action.EXPORT: "Downloaded", Action.BEGUN: "Began to load", Action.CHANGE: "Changed", Action.NOT_DONE: "Did not load",
}
HEADINGS = {
    "at": "When (UTC)", "who": "Who", "role": "Role", "action": "Did", "what": "What", "filters": "Filters", "data_version": "Data version",
}


def audit_log_block(workspace: Callable[[], sa.Engine], guard: SessionGuard) -> None:
    """The newest entries, narrowed down as chosen, and all that were chosen as CSV. Raises AuditUnavailable."""
    guard.must_have(AUDIT_LOG)
    st.title("Audit log", anchor=False)
    st.markdown(
        "Every sign-in, view of exact numbers, download and change, with the time (UTC), filters and data version. Entries can't be "
        "changed or removed here. None of them names a child."
    )
    today = datetime.datetime.now(datetime.UTC).date()
    left, middle, right = st.columns(3)
    actions = left.multiselect("Did", list(ACTION_WORDS), format_func=lambda action: ACTION_WORDS[action], placeholder="Anything")
    who = middle.text_input("Who", help="The full name, as it is in the log.").strip()
    days = right.date_input("Days", value=(today - datetime.timedelta(days=30), today), max_value=today, format="DD/MM/YYYY")
    first, last = (days[0], days[-1]) if isinstance(days, tuple) and days else (None, None)

    def chosen(newest: int | None = None) -> pl.DataFrame:
        return entries(workspace(), actions=[Action(action) for action in actions], who=who, first=first, last=last, newest=newest)

    def contents() -> bytes:
        guard.before_export("audit-log.csv")
        return to_csv(chosen().with_columns(pl.col("at").dt.to_string("%Y-%m-%d %H:%M:%S")))

    shown = chosen(MOST_SHOWN + 1)
    if not shown.height:
        st.info("No entries in the log match your choices.", icon=":material/info:")
        return
    st.caption(
        f"The latest {number(MOST_SHOWN)}; the download has all of them." if shown.height > MOST_SHOWN
        else f"{plural(shown.height, 'entry', 'entries')}, latest first."
    )
    st.download_button("Download the log (CSV)", contents, file_name="audit-log.csv", mime="text/csv", on_click="ignore",
                       icon=":material/download:")
    words = {action.value: text for action, text in ACTION_WORDS.items()}
    st.dataframe(
        shown.head(MOST_SHOWN).with_columns(pl.col("action").replace(words)).rename(HEADINGS), hide_index=True, height="stretch",
        column_config={HEADINGS["role"]: st.column_config.TextColumn(width=_role_width(shown["role"]))},
        alt="The audit log, one row an entry",
    )


def _role_width(roles: pl.Series) -> int:
    """Pixels for the longest role, which may be further down than the browser measures: a manager's names the teams."""
    return min(max(110, 8 * max(len(role) for role in roles)), 400)
