"""The 'Improvement' section of a measure's block, and the notes under its chart."""

from __future__ import annotations

import html

import streamlit as st

from config.targets import Target
from dashboard.access.roles import Person
from dashboard.content.view import View
from dashboard.improvement.cards import action_card, change_card, note_card, target_card
from dashboard.improvement.dialogs import edit
from dashboard.improvement.forms import Subject
from dashboard.improvement.saving import may_decide, may_write
from dashboard.improvement.wording import help_words, level_words, period_of_target, target_words
from dashboard.session import filters
from dashboard.text.formatting import escape_markdown, long_date, where_words
from data_access.workspace import ActionRecord, ChangeRecord, NoteRecord, Record, TargetRecord
from metrics.judgement.trend import Trend
from metrics.measures.catalogue import get
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import BREAKDOWNS

ADD: dict[type[Record], tuple[str, str]] = {
    ActionRecord: ("Add an action", ":material/add_task:"), ChangeRecord: ("Add a change", ":material/flag:"),
    NoteRecord: ("Add a note", ":material/add_comment:"), TargetRecord: ("Set a target", ":material/target:"),
}


def improvement_section(view: View, trend: Trend) -> None:
    """Actions, changes, notes and targets of a measure."""
    measure, person = trend.measure, view.reporting.person
    periods = tuple(trend.frame["period"].to_list()[::-1])
    _add(view, person, measure, periods)
    _actions(view, person, measure, periods)
    _changes(view, person, trend, periods)
    _notes(view, person, measure, periods)
    _targets(view, person, measure)


def notes_of_view(view: View, measure: Measure) -> None:
    """The notes that were written about what is shown now, under the chart."""
    notes = view.written.of(NoteRecord, measure)
    if not notes:
        return
    now = filters.view_address(view.filters)
    for item in notes:
        if item.record.view == now:
            period = f" ({escape_markdown(item.record.period)})" if item.record.period else ""
            st.markdown(f":material/sticky_note_2: **Note{period}:** {escape_markdown(item.record.words)}")


def _add(view: View, person: Person, measure: Measure, periods: tuple[str, ...]) -> None:
    allowed = [kind for kind in ADD if may_write(person, kind)]
    if not allowed:
        return
    with st.container(horizontal=True, gap="small"):
        for kind in allowed:
            label, icon = ADD[kind]
            if st.button(label, icon=icon, key=f"add_{kind.kind}_{measure.id}"):
                edit(kind, subject_of_new(view, kind, measure, periods))


def subject_of_new(view: View, kind: type[Record], measure: Measure, periods: tuple[str, ...]) -> Subject:
    """What a new item about a measure is about; `periods` are those that a note can be tied to, the latest first."""
    person = view.reporting.person
    fixed: dict[str, object] = {"measure": measure.id}
    if kind is NoteRecord:
        fixed |= {"view": filters.view_address(view.filters), "view_words": where_words(view.filters.where, view.part)}
    return Subject(fixed, periods, may_decide(person), person.role.exact)


def _actions(view: View, person: Person, measure: Measure, periods: tuple[str, ...]) -> None:
    items = view.written.of(ActionRecord, measure)
    st.markdown("**Actions**")
    for item in items:
        action_card(person, item, periods)
    if not items:
        st.caption("No actions recorded yet.")


def _changes(view: View, person: Person, trend: Trend, periods: tuple[str, ...]) -> None:
    items = view.written.changes(trend.measure)
    st.markdown("**Changes**")
    rebases = view.rebases_of(trend.measure)
    for item in items:
        change_card(person, item, help_words(trend, item.record.on, rebases), periods)
    if not items:
        st.caption("No changes recorded yet. A change that you record appears as a line on the chart.")


def _notes(view: View, person: Person, measure: Measure, periods: tuple[str, ...]) -> None:
    items = view.written.of(NoteRecord, measure)
    if not items:
        return
    st.markdown("**Notes**")
    for item in items:
        note_card(person, item, note_link(item.record), periods)


def note_link(record: NoteRecord) -> str:
    """A link, as HTML, to the measure as it was shown when the note was written."""
    return f'<a style="color:inherit" href="{html.escape(filters.link_to(get(record.measure), record.view))}">Open what was shown</a>'


def _targets(view: View, person: Person, measure: Measure) -> None:
    written = view.written.of(TargetRecord, measure)
    from_file = [target for target in view.targets.all if target.measure == measure.id and target.line is not None]
    st.markdown("**Targets**")
    for target in from_file:
        st.markdown(_file_target_words(measure, target))
    for item in sorted(written, key=lambda item: item.record.from_date):
        target_card(person, item, target_words(item.record))
    if not from_file and not written:
        st.caption("No target is set. NICE sets no levels: they are agreed locally.")


def _file_target_words(measure: Measure, target: Target) -> str:
    only = f", only for {BREAKDOWNS['placement'].label(target.placement)}" if target.placement else ""
    only += period_of_target(target.period)
    reason = f": {target.reason}" if target.reason else ""
    return f"{escape_markdown(f'{level_words(measure, target.level)} from {long_date(target.from_date)}{only}{reason}')} *(targets.toml)*"
