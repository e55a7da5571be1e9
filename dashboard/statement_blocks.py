"""What a statement's page is made of besides its measures: its words, its evidence, and the choice of a breakdown."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from dashboard.comparator_blocks import groups_note
from dashboard.filters import address
from dashboard.improvement_cards import buttons
from dashboard.improvement_dialogs import edit
from dashboard.improvement_forms import Subject
from dashboard.improvement_saving import may_write
from dashboard.improvement_words import STATES
from dashboard.measure_block import measure_block
from dashboard.shared import while_counting, worked_out_once
from dashboard.shown import shown_of
from dashboard.view import View
from dashboard.words import escape_markdown, long_date, plural, upper_first
from data_access.workspace import EvidenceRecord, EvidenceState, Revision
from metrics.breakdowns import Breakdown
from metrics.catalogue import measures_of, statements
from metrics.kinds import Evidence, Measure, Statement

_STATES: dict[EvidenceState, tuple[Literal["blue", "gray", "orange"], str]] = {
    EvidenceState.IN_PLACE: ("blue", ":material/check_circle:"),
    EvidenceState.PARTLY: ("gray", ":material/clock_loader_40:"),
    EvidenceState.NOT_IN_PLACE: ("orange", ":material/cancel:"),
}


def statement_page(number: int, view: View) -> None:
    """A statement's page, from NICE's words to the last measure."""
    statement = statements()[number - 1]
    statement_header(statement)
    structure_evidence(statement, view)
    measures(statement, view, breakdown_choice(view))


def statement_header(statement: Statement) -> None:
    """NICE's words, and why they matter in ours."""
    st.title(f"Statement {statement.number}: {statement.title.lower()}", anchor=False)
    words = f"> {statement.words}\n>\n> NICE quality standard QS133, statement {statement.number}"
    st.markdown(f"{words}\n\n**Why it matters.** {statement.why}")


def structure_evidence(statement: Statement, view: View) -> None:
    """NICE's structure measures with what the authority has written about them."""
    st.header("What is in place", anchor="structure")
    st.caption("NICE's structure measures ask for evidence of local arrangements, not for numbers.")
    known = view.written.evidence()
    for structure in statement.structure:
        _structure(view, statement, structure, known.get(structure.id))


@st.fragment
def _structure(view: View, statement: Statement, structure: Evidence, item: Revision[EvidenceRecord] | None) -> None:
    with st.container(border=True, key=f"evidence_{structure.id}"):
        _evidence(structure, item)
        _evidence_buttons(view, statement, structure, item)


def _evidence(structure: Evidence, item: Revision[EvidenceRecord] | None) -> None:
    asked = f"{upper_first(structure.label)}: {structure.words}"
    if item is None:
        st.markdown(f":gray-badge[:material/help: Nothing recorded]\n\n{asked}")
        st.caption("Nobody has written down yet what is in place here.")
        return
    record = item.record
    colour, icon = _STATES[record.state]
    overdue = " :orange-badge[:material/event_busy: Review overdue]" if record.overdue(datetime.date.today()) else ""
    st.markdown(f":{colour}-badge[{icon} {STATES[record.state]}]{overdue}\n\n{asked}\n\n{escape_markdown(record.words)}")
    details = [f"Owner: {escape_markdown(record.owner)}"] if record.owner else []
    details += [f"Review due {long_date(record.review_date)}"] if record.review_date else []
    is_address = bool(record.link and record.link.startswith(("https://", "http://")))
    details += [f"Where it is: {escape_markdown(record.link)}"] if record.link and not is_address else []
    st.caption(". ".join(details) + "." if details else "No owner and no review date recorded.")
    if record.link and is_address:
        st.link_button("Open the document", record.link, icon=":material/description:")


def _evidence_buttons(view: View, statement: Statement, structure: Evidence, item: Revision[EvidenceRecord] | None) -> None:
    person = view.reporting.person
    if item is not None:
        buttons(person, item)
    elif may_write(person, EvidenceRecord) and st.button("Record evidence", icon=":material/edit:", key=f"record_{structure.id}"):
        # Under its id there may be evidence that was taken away: the dialog then begins with it.
        edit(EvidenceRecord, Subject({"evidence_id": structure.id, "statement": statement.number}), structure.id)


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


def measures(statement: Statement, view: View, breakdown: Breakdown) -> None:
    """All process and outcome measures of a statement, after a list of links to them."""
    shown = measures_of(statement.number)
    st.header("Process and outcome measures", anchor="measures")
    st.markdown(f"{upper_first(plural(len(shown), 'measure'))}: " + " · ".join(f"[{measure.title}](#{measure.id})" for measure in shown))
    _prepare(view, shown)
    contents = worked_out_once(view, ("shown", statement.number, breakdown.id), lambda same: shown_of(same, shown, breakdown))
    here = address(view.filters)
    for measure in shown:
        measure_block(view, measure, breakdown, contents[measure.id], here)


def _prepare(view: View, shown: Sequence[Measure]) -> None:
    """Works out the counts that the page needs, behind a grey shape the first time, which takes seconds."""
    with while_counting(480, there=view.reporting.is_prepared(shown, view.filters.grain)):
        for measure in shown:
            view.reporting.prepare(measure, view.filters.grain)
