"""The page for the improvement meeting: all actions, changes and notes over all measures, and what is overdue."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import filters
from dashboard.access import Person
from dashboard.improvement_block import note_link
from dashboard.improvement_cards import action_card, change_card, note_card
from dashboard.improvement_dialogs import bring_back, desk
from dashboard.improvement_saving import may_change
from dashboard.improvement_words import STAGES, TITLES, help_words, name_of, overdue_reviews, overdue_words, who_when
from dashboard.view import View
from dashboard.words import escape_markdown, long_date, plural
from data_access.workspace import ActionRecord, ChangeRecord, EvidenceRecord, NoteRecord, Record, Revision, Stage, TargetRecord
from metrics.catalogue import measures, measures_of, statements
from metrics.kinds import Measure

ALL = "all"
OVERDUE = "overdue"
NOT_DONE = "not_done"
KINDS: dict[str, type[Record]] = {"actions": ActionRecord, "changes": ChangeRecord, "notes": NoteRecord}
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
    shown = [measure for measure in measures() if chosen.statement is None or measure in measures_of(chosen.statement)]
    if chosen.wants("actions"):
        _section(shown, "Actions", lambda measure: _actions(view, measure, chosen.stage, today))
    if chosen.wants("changes"):
        _section(shown, "Changes", lambda measure: _changes(view, measure))
    if chosen.wants("notes"):
        _section(shown, "Notes", lambda measure: _notes(view, measure))
    _reviews(view, chosen.statement, today)
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


def _section(shown: Sequence[Measure], title: str, draw: Callable[[Measure], int]) -> None:
    """A heading, and the items of each measure below its name; a sentence where there are none."""
    st.header(title, anchor=title.lower())
    if not sum(draw(measure) for measure in shown):
        st.caption(f"No {title.lower()} to show here. They are written on the statements' pages, below each measure's chart.")


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


def _reviews(view: View, statement: int | None, today: datetime.date) -> None:
    late = [item for item in overdue_reviews(view.written, today) if statement in (None, item.record.statement)]
    if not late:
        return
    st.header("Reviews of evidence that are overdue", anchor="reviews")
    for item in late:
        due = long_date(item.record.review_date) if item.record.review_date else ""
        owner = f", {escape_markdown(item.record.owner)}" if item.record.owner else ""
        st.markdown(f"- **{name_of(item.record)}**{owner}: due {due}. {escape_markdown(item.record.words)}")


def _taken_away(person: Person) -> None:
    """What was taken away, read only once it is asked for, with the way to bring it back."""
    if not person.role.exact:
        return
    with st.expander("Taken away", icon=":material/restore_from_trash:", key="taken_away", on_change="rerun") as section:
        if not section.open:
            return
        items = desk().taken_away(ActionRecord, ChangeRecord, NoteRecord, TargetRecord, EvidenceRecord)
        st.caption(f"{plural(len(items), 'item')} taken away. Nothing is ever deleted: each can be brought back with its history.")
        for item in items:
            with st.container(border=True, gap="xsmall"):
                st.markdown(f"**{TITLES[type(item.record)]}:** {escape_markdown(name_of(item.record))}")
                st.caption(f"Taken away by {escape_markdown(who_when(item))}.")
                if may_change(person, item) and st.button("Bring back", icon=":material/undo:", key=f"back_{item.item_id}"):
                    bring_back(item)
