"""The page for the improvement meeting: all actions, changes and notes over all measures, and what is overdue."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.access.roles import Person
from dashboard.content.view import View
from dashboard.improvement.cards import action_card, change_card, note_card
from dashboard.improvement.dialogs import bring_back, edit, record_editor
from dashboard.improvement.evidence import evidence_card
from dashboard.improvement.saving import may_change, may_write
from dashboard.improvement.section import ADD, note_link, subject_of_new
from dashboard.improvement.wording import STAGES, TITLES, help_words, name_of, overdue_words, structure_label, who_when
from dashboard.session import filters
from dashboard.text.formatting import escape_markdown, plural
from data_access.workspace import ActionRecord, ChangeRecord, EvidenceRecord, NoteRecord, Record, Revision, Stage, TargetRecord
from metrics.measures.catalogue import measures, measures_of, statements
from metrics.measures.kinds import Measure

ALL = "all"
OVERDUE = "overdue"
NOT_DONE = "not_done"
KINDS: dict[str, type[Record]] = {
    "actions": ActionRecord, "changes": ChangeRecord, "notes": NoteRecord, "evidence": EvidenceRecord,
}
STAGE_CHOICES = {ALL: "All stages", NOT_DONE: "Not done yet", OVERDUE: "Overdue", **{stage.value: words for stage, words in STAGES.items()}}


@dataclass(frozen=True)
class Choice:
    """Which items to list: of a statement (None: all), at a stage, and of which kind (None: all)."""

    statement: int | None
    stage: str
    kind: str | None

    def wants(self, kind: str) -> bool:
        """Whether items of a kind are listed."""
        return self.kind in (None, kind)


def improvement_page(view: View) -> None:
    """The whole page."""
    st.title("Improvement", anchor=False)
    today = datetime.date.today()
    if overdue := overdue_words(view.written, today):
        st.warning(overdue, icon=":material/event_busy:")
    chosen = _choice()
    shown = measures(view.reporting.cohort) if chosen.statement is None else measures_of(chosen.statement, view.reporting.cohort)
    if chosen.wants("actions"):
        _section(view, shown, "actions", lambda measure: _actions(view, measure, chosen.stage, today))
    if chosen.wants("changes"):
        _section(view, shown, "changes", lambda measure: _changes(view, measure))
    if chosen.wants("notes"):
        _section(view, shown, "notes", lambda measure: _notes(view, measure))
    if chosen.wants("evidence"):
        _evidence(view, chosen.statement)
    _taken_away(view.reporting.person)


def chosen_actions(items: Sequence[Revision[ActionRecord]], stage: str, today: datetime.date) -> list[Revision[ActionRecord]]:
    """The actions at a stage, those that are due first before the others; `stage` is a key of STAGE_CHOICES."""
    found = [item for item in items if _is_at(item.record, stage, today)]
    return sorted(found, key=lambda item: (item.record.stage is Stage.DONE, item.record.due or datetime.date.max))


def _is_at(record: ActionRecord, stage: str, today: datetime.date) -> bool:
    if stage == NOT_DONE:
        return record.stage is not Stage.DONE
    return record.overdue(today) if stage == OVERDUE else stage in (ALL, record.stage.value)


def _choice() -> Choice:
    numbers = {ALL: "All statements", **{str(one.number): f"{one.number} {one.title}" for one in statements()}}
    kinds = {ALL: "All", **{name: name.capitalize() for name in KINDS}}
    with st.container(horizontal=True, gap="medium"):
        statement = st.selectbox(
            "Statement", list(numbers), format_func=lambda id: numbers.get(id, id), key="improvement_statement", bind="query-params",
            width=340,
        )
        stage = st.selectbox(
            "Actions", list(STAGE_CHOICES), format_func=lambda id: STAGE_CHOICES.get(id, id), key="improvement_stage", bind="query-params",
            width=240,
        )
        kind = st.segmented_control(
            "Show", list(kinds), default=ALL, required=True, format_func=lambda id: kinds.get(id, id), key="improvement_kind",
            bind="query-params", wrap=True,
        )
    return Choice(
        int(statement) if statement in numbers and statement != ALL else None, stage if stage in STAGE_CHOICES else ALL,
        kind if kind in KINDS else None,
    )


def _section(view: View, shown: Sequence[Measure], kind: str, draw: Callable[[Measure], int]) -> None:
    """A heading, what adds an item, and the items of each measure below its name; a sentence where there are none."""
    st.header(kind.capitalize(), anchor=kind)
    _add(view, shown, kind)
    if not sum(draw(measure) for measure in shown):
        st.caption(f"No {kind} to show here yet.")


def _add(view: View, shown: Sequence[Measure], kind: str) -> None:
    """The choice of a measure and the button that opens the dialog for a new item about it, for whoever may write one."""
    record = KINDS[kind]
    if not may_write(view.reporting.person, record):
        return
    by_id = {measure.id: measure for measure in shown}
    label, icon = ADD[record]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            f"{label} about", list(by_id), index=None, format_func=lambda id: by_id[id].title, placeholder="Choose a measure",
            key=f"add_{kind}_measure", width=420,
        )
        if st.button(label, icon=icon, key=f"add_{kind}", disabled=chosen is None) and chosen in by_id:
            periods = tuple(view.summary(by_id[chosen])["period"].to_list()[::-1])
            edit(record, subject_of_new(view, record, by_id[chosen], periods))


def _measure_name(view: View, measure: Measure) -> None:
    link = html.escape(filters.link_to(measure, filters.view_address(view.filters)))
    st.html(f'<p style="margin:.4rem 0 0;font-weight:600"><a style="color:inherit" href="{link}">{html.escape(measure.title)}</a></p>')


def _actions(view: View, measure: Measure, stage: str, today: datetime.date) -> int:
    items = chosen_actions(view.written.of(ActionRecord, measure), stage, today)
    if items:
        _measure_name(view, measure)
    for item in items:
        action_card(view.reporting.person, item, where="page_")
    return len(items)


def _changes(view: View, measure: Measure) -> int:
    items = view.written.changes(measure)
    if items:
        _measure_name(view, measure)
        trend, rebases = view.trend(measure), view.rebases_of(measure)
        for item in items:
            change_card(view.reporting.person, item, help_words(trend, item.record.on, rebases), where="page_")
    return len(items)


def _notes(view: View, measure: Measure) -> int:
    items = view.written.of(NoteRecord, measure)
    if items:
        _measure_name(view, measure)
    for item in items:
        note_card(view.reporting.person, item, note_link(item.record), where="page_")
    return len(items)


def _evidence(view: View, number: int | None) -> None:
    """What is in place for each structure measure, those whose review is overdue among them, and what records it."""
    st.header("Evidence", anchor="evidence")
    known = view.written.evidence()
    for statement in statements():
        for structure in statement.structure if number in (None, statement.number) else ():
            evidence_card(view, statement, structure, known.get(structure.id), title=structure_label(structure.id))


def _taken_away(person: Person) -> None:
    """What was taken away, read only once it is asked for, with the way to bring it back."""
    if not person.role.exact:
        return
    with st.expander("Removed", icon=":material/restore_from_trash:", key="taken_away", on_change="rerun") as section:
        if not section.open:
            return
        items = record_editor().taken_away(ActionRecord, ChangeRecord, NoteRecord, TargetRecord, EvidenceRecord)
        st.caption(f"{plural(len(items), 'item')} removed. Nothing is deleted: you can restore each with its history.")
        for item in items:
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{TITLES[type(item.record)]}:** {escape_markdown(name_of(item.record))}")
                st.caption(f"Removed by {escape_markdown(who_when(item))}.")
                if may_change(person, item) and st.button("Restore", icon=":material/undo:", key=f"back_{item.item_id}"):
                    bring_back(item)
