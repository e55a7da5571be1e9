"""What a statement's page is made of besides its measures: its words, its evidence, and the choice of a breakdown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal

import sqlalchemy as sa
import streamlit as st

from config.settings import settings
from dashboard.comparator_blocks import crossing_words
from dashboard.measure_block import measure_block
from dashboard.shown import shown_of
from dashboard.view import View
from dashboard.words import escape_markdown, long_date, plural, upper_first
from data_access.workspace import EvidenceRecord, EvidenceState, WorkspaceUnavailable, evidence_of, workspace_engine
from metrics.breakdowns import BREAKDOWNS, Breakdown
from metrics.catalogue import measures_of, statements
from metrics.kinds import Evidence, Measure, Statement

_STATES: dict[EvidenceState, tuple[str, Literal["blue", "gray", "orange"], str]] = {
    EvidenceState.IN_PLACE: ("In place", "blue", ":material/check_circle:"),
    EvidenceState.PARTLY: ("Partly in place", "gray", ":material/clock_loader_40:"),
    EvidenceState.NOT_IN_PLACE: ("Not in place", "orange", ":material/cancel:"),
}


CHART_TEXT_STYLE = """<style>
[class*="st-key-block_"] :is(.xtick, .ytick, .annotation-text-g) text {fill: currentColor !important}
</style>"""
"""Streamlit paints a chart's text grey. This gives it the page's own text colour, which follows the theme at once."""


def statement_page(number: int, view: View) -> None:
    """A statement's page, from NICE's words to the last measure."""
    statement = statements()[number - 1]
    statement_header(statement)
    structure_evidence(statement)
    measures(statement, view, breakdown_choice(view))


def statement_header(statement: Statement) -> None:
    """NICE's words, and why they matter in ours."""
    st.title(f"Statement {statement.number}: {statement.title.lower()}", anchor=False)
    st.markdown(f"> {statement.words}\n>\n> NICE quality standard QS133, statement {statement.number}")
    st.markdown(f"**Why it matters.** {statement.why}")


def structure_evidence(statement: Statement) -> None:
    """NICE's structure measures with what the authority has written about them."""
    st.header("What is in place", anchor="structure")
    st.caption("NICE's structure measures ask for evidence of local arrangements, not for numbers.")
    try:
        known = evidence_of(_workspace(settings().workspace), statement.number)
    except WorkspaceUnavailable as problem:
        st.warning(str(problem))
        return
    for structure in statement.structure:
        with st.container(border=True):
            _evidence(structure, known.get(structure.id))


@st.cache_resource(show_spinner=False)
def _workspace(url: str) -> sa.Engine:
    return workspace_engine(url)


def _evidence(structure: Evidence, record: EvidenceRecord | None) -> None:
    if record is None:
        st.badge("Nothing recorded", icon=":material/help:", color="gray")
        st.markdown(f"{upper_first(structure.label)}: {structure.words}")
        st.caption("Nobody has written down yet what is in place here.")
        return
    words, colour, icon = _STATES[record.state]
    st.badge(words, icon=icon, color=colour)
    st.markdown(f"{upper_first(structure.label)}: {structure.words}")
    st.markdown(escape_markdown(record.words))
    details = [f"Owner: {escape_markdown(record.owner)}"] if record.owner else []
    if record.review_date:
        overdue = " (overdue)" if record.review_date < datetime.date.today() else ""
        details.append(f"Review due {long_date(record.review_date)}{overdue}")
    st.caption(". ".join(details) + "." if details else "No owner and no review date recorded.")
    if record.link and record.link.startswith(("https://", "http://")):
        st.link_button("Open the document", record.link, icon=":material/description:")


def breakdown_choice(view: View) -> Breakdown:
    """The breakdown that every measure of the page shows, shared by all pages and kept in the address."""
    chosen = st.selectbox(
        "Show each measure by", list(BREAKDOWNS), format_func=lambda id: BREAKDOWNS[id].title, key="by", bind="query-params",
        help="The groups in the chart beside each trend.", width=320,
    )
    breakdown = BREAKDOWNS[chosen or "placement"]
    st.caption(breakdown.note)
    crossing_words(view.crossed_by_groups(breakdown.id), "a look at these groups over time")
    return breakdown


def measures(statement: Statement, view: View, breakdown: Breakdown) -> None:
    """All process and outcome measures of a statement, after a list of links to them."""
    shown = measures_of(statement.number)
    st.header("Process and outcome measures", anchor="measures")
    st.markdown(f"{upper_first(plural(len(shown), 'measure'))}: " + " · ".join(f"[{measure.title}](#{measure.id})" for measure in shown))
    _prepare(view, shown)
    st.html(CHART_TEXT_STYLE)
    contents = shown_of(view, shown, breakdown)
    for measure in shown:
        measure_block(view, measure, breakdown, contents[measure.id])


def _prepare(view: View, shown: Sequence[Measure]) -> None:
    """Works out the counts that the page needs, behind a grey shape the first time, which takes seconds."""
    with st.skeleton(height=480):
        for measure in shown:
            view.reporting.prepare(measure, view.filters.grain)
