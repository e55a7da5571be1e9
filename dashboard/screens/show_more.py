"""What would show more: the tables that were not loaded, what each would bring, and a workbook to fill in for it."""

from __future__ import annotations

import streamlit as st

from dashboard.content.coverage.missing_sources import would_bring
from dashboard.content.view import View
from dashboard.session.links import LOAD, page_link
from data_access.load.checking import specification as spec
from metrics.measures.catalogue import measures

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def what_would_show_more(view: View) -> None:
    """A line for each missing table with its template, and how to have the file read that there is; nothing where none is missing."""
    missing = would_bring(measures(view.reporting.cohort), view.reporting.covered)
    if not missing:
        return
    st.subheader("What would show more", anchor=False)
    st.markdown(
        "Each of these tables would let more measures be told. Is there a file with other columns? Don't copy it: load it as it is, and "
        "'Match columns' on the Load data page asks what each of its columns means and remembers that (described in docs/first-day.md). "
        "Where there is no file, fill in the template."
    )
    page_link(LOAD, "Load data", "")
    tables = {table.name: table for table in spec.EXTRACTS}
    for each in missing:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{each.table}**: {each.words}", width="stretch")
            if each.table in tables:
                _template(tables[each.table])
            else:
                st.markdown("A table of the SSDA903 return", width="content")


def _template(table: spec.Table) -> None:
    def contents() -> bytes:
        from data_access.load.drafting.templates import template  # a writer of workbooks, which no look at the page needs

        return template(table)

    st.download_button(
        f"Template {table.name}.xlsx", contents, f"{table.name}.xlsx", key=f"template_{table.name}", on_click="ignore", mime=WORKBOOK,
        icon=":material/download:",
    )
