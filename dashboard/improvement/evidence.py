"""The evidence for a structure measure, as the statement's page and the improvement page show it."""

from __future__ import annotations

import datetime
from typing import Literal

import streamlit as st

from dashboard.content.view import View
from dashboard.improvement.cards import buttons
from dashboard.improvement.dialogs import edit
from dashboard.improvement.forms import Subject
from dashboard.improvement.saving import may_write
from dashboard.improvement.wording import STATES
from dashboard.session.fragments import fragment
from dashboard.text.formatting import escape_markdown, long_date, upper_first
from data_access.workspace import EvidenceRecord, EvidenceState, Revision
from metrics.measures.kinds import Evidence, Statement

_STATES: dict[EvidenceState, tuple[Literal["blue", "gray", "orange"], str]] = {
    EvidenceState.IN_PLACE: ("blue", ":material/check_circle:"),
    EvidenceState.PARTLY: ("gray", ":material/clock_loader_40:"),
    EvidenceState.NOT_IN_PLACE: ("orange", ":material/cancel:"),
}


@fragment
def evidence_card(
    view: View, statement: Statement, structure: Evidence, item: Revision[EvidenceRecord] | None, *, title: str = "",
) -> None:
    """What is in place for a structure measure, with the buttons that record and change it; below a `title` where there is one."""
    with st.container(border=True, key=f"evidence_{structure.id}"):
        if title:
            st.markdown(f"**{title}**")
        _evidence(structure, item)
        _evidence_buttons(view, statement, structure, item)


def _evidence(structure: Evidence, item: Revision[EvidenceRecord] | None) -> None:
    asked = f"{upper_first(structure.label)}: {structure.words}"
    if item is None:
        st.markdown(f":gray-badge[:material/help: Nothing recorded]\n\n{asked}")
        st.caption("No evidence recorded yet.")
        return
    record = item.record
    colour, icon = _STATES[record.state]
    overdue = " :orange-badge[:material/event_busy: Review overdue]" if record.overdue(datetime.date.today()) else ""
    st.markdown(f":{colour}-badge[{icon} {STATES[record.state]}]{overdue}\n\n{asked}\n\n{escape_markdown(record.words)}")
    details = [f"Owner: {escape_markdown(record.owner)}"] if record.owner else []
    details += [f"Review due {long_date(record.review_date)}"] if record.review_date else []
    is_address = bool(record.link and record.link.startswith(("https://", "http://")))
    details += [f"Location: {escape_markdown(record.link)}"] if record.link and not is_address else []
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
