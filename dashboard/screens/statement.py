"""What a statement's page is made of besides its measures: its words, its evidence, and the choice of a breakdown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.charts.key import GENERAL_KEY, key_html
from dashboard.content import overview_findings
from dashboard.content.measure_findings import findings_of
from dashboard.content.view import View
from dashboard.improvement.evidence import evidence_card
from dashboard.screens.comparators import groups_note
from dashboard.screens.measures.measure import CHART, measure_block, switch
from dashboard.screens.measures.measure_list import measures_html
from dashboard.session.filters import EVERY_CHART, OPEN, address
from dashboard.session.render_cache import while_counting, worked_out_once
from dashboard.text.paragraphs import prose
from metrics.measures.catalogue import measures_of, statements
from metrics.measures.kinds import Measure, Statement
from metrics.units.breakdowns import Breakdown

CAPTION = "Choose a measure to go to its picture."
_OPENED = "opened_by_address"
MARKS_KEY = (
    f"<details><summary>What the marks and lines in the pictures mean</summary>{key_html(GENERAL_KEY)}"
    "<p class='caption'>Open a measure's chart for its own key, for what each point says, and for its groups.</p></details>"
)


def statement_page(number: int, view: View) -> None:
    """A statement's page: NICE's words, all measures a line each, each measure with its picture, and what is in place."""
    statement = statements()[number - 1]
    statement_header(statement)
    measures(statement, view)
    structure_evidence(statement, view)


def statement_header(statement: Statement) -> None:
    """NICE's words."""
    st.title(f"Statement {statement.number}: {statement.title.lower()}", anchor=False)
    st.markdown(f"> {statement.words} (NICE quality standard QS133, statement {statement.number})")


def structure_evidence(statement: Statement, view: View) -> None:
    """NICE's structure measures with what the authority has written about them."""
    st.header("What is in place", anchor="structure")
    st.caption("NICE's structure measures ask for evidence of local arrangements, not for numbers.")
    known = view.written.evidence()
    for structure in statement.structure:
        evidence_card(view, statement, structure, known.get(structure.id))


def breakdown_choice(view: View) -> Breakdown:
    """The breakdown that every measure of the page shows, shared by all pages and kept in the address."""
    there_are = view.reporting.breakdowns
    chosen = st.selectbox(
        "Show each measure by", list(there_are), format_func=lambda id: there_are[id].title, key="by", bind="query-params",
        help="The groups in the chart beside each trend.", width=320,
    )
    breakdown = there_are[chosen or "placement"]
    groups_note(view, breakdown)
    return breakdown


def measures(statement: Statement, view: View) -> None:
    """All process and outcome measures of a statement: first a line each, then each with a picture of its trend, to be opened."""
    shown = measures_of(statement.number, view.reporting.cohort)
    st.header("Process and outcome measures", anchor="measures")
    _prepare(view, shown)
    found = worked_out_once(view, ("lines", statement.number), lambda same: overview_findings.lines_of(same, statement.number))
    links = {measure.id: f"#{measure.id}" for measure in shown}
    here = address(view.filters)
    st.html(worked_out_once(view, ("list", statement.number), lambda same: measures_html(same, found, links, name=CAPTION)))
    st.markdown(f"**Why it matters.** {statement.why}")
    breakdown = breakdown_choice(view)
    st.button("Open all charts", icon=":material/monitoring:", type="tertiary", on_click=_open, args=(shown,))
    prose([MARKS_KEY])
    contents = worked_out_once(view, ("shown", statement.number, breakdown.id), lambda same: findings_of(same, shown, breakdown))
    _open_what_the_address_names(shown)
    for measure in shown:
        measure_block(view, measure, breakdown, contents[measure.id], here)


def _open_what_the_address_names(shown: Sequence[Measure]) -> None:
    """Opens the charts of the measures that a link leads to, once: whoever closes one then has it closed."""
    named = st.query_params.get_all(OPEN)
    if named != st.session_state.get(_OPENED):
        st.session_state[_OPENED] = named
        _open([measure for measure in shown if measure.id in named or EVERY_CHART in named])


def _open(chosen: Sequence[Measure]) -> None:
    for measure in chosen:
        st.session_state[switch(measure)] = [*dict.fromkeys([CHART, *(st.session_state.get(switch(measure)) or ())])]


def _prepare(view: View, shown: Sequence[Measure]) -> None:
    """Works out the counts that the page needs, behind a grey shape the first time, which takes seconds."""
    with while_counting(480, there=view.reporting.is_prepared(shown, view.filters.grain)):
        for measure in shown:
            view.reporting.prepare(measure, view.filters.grain)
