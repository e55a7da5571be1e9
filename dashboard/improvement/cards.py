"""One item that people wrote, as a page shows it: its words, its state, and the buttons that change it for whoever may."""

from __future__ import annotations

import datetime

import streamlit as st

from dashboard.access.roles import Person
from dashboard.improvement.dialogs import edit, show_history
from dashboard.improvement.forms import Subject
from dashboard.improvement.saving import may_change, may_decide
from dashboard.improvement.wording import STAGES, who_when
from dashboard.text.formatting import escape_markdown, long_date
from data_access.workspace import ActionRecord, ChangeRecord, NoteRecord, Record, Revision, Stage, TargetRecord

STAGE_ICONS = {
    Stage.PLAN: ":material/edit_note:", Stage.DO: ":material/play_circle:", Stage.STUDY: ":material/query_stats:",
    Stage.ACT: ":material/published_with_changes:", Stage.DONE: ":material/check_circle:",
}


def action_card(person: Person, item: Revision[ActionRecord], periods: tuple[str, ...] = (), where: str = "") -> None:
    """An action: aim, idea, stage, owner, due date and outcome. `where` goes into the buttons' keys."""
    record, today = item.record, datetime.date.today()
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, gap="small"):
            st.badge(STAGES[record.stage], icon=STAGE_ICONS[record.stage], color="gray" if record.stage is Stage.DONE else "blue")
            if record.overdue(today):
                st.badge("Overdue", icon=":material/event_busy:", color="orange")
        st.markdown(f"**{escape_markdown(record.aim)}**")
        if record.change_idea:
            st.markdown(f"Change idea: {escape_markdown(record.change_idea)}")
        if record.outcome:
            st.markdown(f"Outcome: {escape_markdown(record.outcome)}")
        due = f". Due {long_date(record.due)}" if record.due else ", no due date"
        st.caption(f"Owner: {escape_markdown(record.owner)}{due}.")
        buttons(person, item, periods, where)


def change_card(person: Person, item: Revision[ChangeRecord], helped: str = "", periods: tuple[str, ...] = (), where: str = "") -> None:
    """A dated change, with what came after it in the words of process control."""
    record = item.record
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{long_date(record.on)}:** {escape_markdown(record.words)}")
        if record.rebase_reason:
            st.markdown(f"New limits from this day, because: {escape_markdown(record.rebase_reason)}")
        if helped:
            st.markdown(f"**Did it help?** {escape_markdown(helped)}")
        buttons(person, item, periods, where)


def note_card(person: Person, item: Revision[NoteRecord], link: str = "", periods: tuple[str, ...] = (), where: str = "") -> None:
    """A note with the period and the filter that it is about; `link` is HTML that opens what was shown."""
    record = item.record
    with st.container(border=True, gap="xsmall"):
        st.markdown(escape_markdown(record.words))
        about = [f"About {escape_markdown(record.period)}" if record.period else "About all periods"]
        about += [f"when this was shown: {escape_markdown(record.view_words)}"] if record.view_words else []
        st.caption(f"{', '.join(about)}.")
        if link:
            st.html(f'<p style="margin:0;font-size:.9rem">{link}</p>')
        buttons(person, item, periods, where)


def target_card(person: Person, item: Revision[TargetRecord], words: str, where: str = "") -> None:
    """A target that was set in the dashboard."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{escape_markdown(words)}:** {escape_markdown(item.record.reason)}")
        buttons(person, item, (), where)


def buttons(person: Person, item: Revision[Record], periods: tuple[str, ...] = (), where: str = "") -> None:
    """Edit and history, for whoever may change the item; they also see who wrote it last."""
    if not may_change(person, item):
        return
    key, record = f"{where}{item.item_id}", item.record
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        if st.button("Edit", icon=":material/edit:", key=f"open_{key}", type="tertiary"):
            edit(type(record), subject_of(person, record, periods), item.item_id)
        if st.button("History", icon=":material/history:", key=f"history_{key}", type="tertiary", help="History, undo, remove"):
            show_history(item)
        st.caption(f"Last updated by {escape_markdown(who_when(item))}.", width="content")


def subject_of(person: Person, record: Record, periods: tuple[str, ...] = ()) -> Subject:
    """What an item that is there is about."""
    fixed = {name: getattr(record, name) for name in ("measure", "evidence_id", "statement") if hasattr(record, name)}
    return Subject(fixed, periods, may_decide(person), person.role.exact)
