"""Every measure by every characteristic at once: who is clearly worse off, and a paragraph for an annual report."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.content.equality import overall
from dashboard.content.exports import to_csv
from dashboard.content.view import View
from dashboard.session.render_cache import worked_out_once
from dashboard.text.paragraphs import CAPTION, paragraph, prose, strong
from metrics.judgement.equality_overall import worse_off

ROWS = 30
"""So many rows at most are on the page; all are in the file."""


def everything(view: View, period: str | None) -> None:
    """The section, closed at first: it takes seconds to work out."""
    label = "All characteristics at once: who is clearly worse off"
    with st.expander(label, icon=":material/balance:", key="equality_everything", on_change="rerun") as section:
        if not section.open:
            return
        with st.spinner("Comparing every measure by every characteristic. The first time this takes up to half a minute."):
            compared = worked_out_once(view, ("equality everything", period), lambda view: overall.compare_everything(view, period))
        _told(view, compared)


def _told(view: View, compared: pl.DataFrame) -> None:
    st.header(overall.headline(compared), anchor=False)
    worse = worse_off(compared)
    if worse.height:
        alt = "Groups that are clearly worse off, over all measures and characteristics"
        st.table(overall.overall_table(view, worse.head(ROWS)), alt=alt, border="horizontal")
    if worse.height > ROWS:
        st.caption(f"The first {ROWS} of {worse.height}; all are in the file.")
    prose([
        strong("For an annual report"), paragraph(overall.paragraph_for_report(view, compared)), paragraph(overall.METHOD, CAPTION),
    ])
    file_name = view.file_name("equality-all-characteristics")

    def contents() -> bytes:
        view.before_export(file_name)
        return to_csv(overall.overall_export(view, compared))

    st.download_button(
        "Download all comparisons (CSV)", contents, file_name=file_name, mime="text/csv", key="csv_equality_everything",
        on_click="ignore", icon=":material/download:", help=view.sharing,
    )
