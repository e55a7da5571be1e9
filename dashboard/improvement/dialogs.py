"""The dialogs in which people write: one to add or change an item, one with its history, undo and the way to take it away.

Nothing that was typed is lost: a click beside the dialog doesn't close it, and when a save fails it stays open, says why in a sentence, and
shows what someone else wrote in the meantime. What changes the chart of everybody, new limits, is shown before it is saved.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import streamlit as st

from config.toml_file import ConfigError
from dashboard.access.audit_guard import AccessChanged
from dashboard.improvement.forms import FORMS, NEVER_A_CHILD, Subject, Unfinished, made
from dashboard.improvement.new_limits import confirmed, new_limits
from dashboard.improvement.saving import MayNotWrite, RecordEditor, may_change
from dashboard.improvement.wording import TITLES, differences, measure_title, name_of, structure_label, who_when
from dashboard.session.state import current_guard, workspace
from dashboard.text.formatting import escape_markdown, lower_first
from data_access.audit import AuditUnavailable
from data_access.workspace import EditConflict, Record, Revision, SavedViewRecord, WorkspaceUnavailable, new_id

EXPLAINED = (AccessChanged, AuditUnavailable, ConfigError, EditConflict, MayNotWrite, Unfinished, WorkspaceUnavailable)
_numbers = itertools.count(1)


def record_editor() -> RecordEditor:
    """Where the person whose page is drawn writes."""
    return RecordEditor(workspace, current_guard())


def edit(kind: type[Record], subject: Subject, item_id: str | None = None) -> None:
    """Opens the dialog for an item, or for a new one. What it is filled with is read at this moment."""
    verb = "Change" if item_id else "Add"
    title = f"{TITLES[kind]}: {_about(kind, subject)}" if kind is not SavedViewRecord else "Save this view"
    key = f"edit_{next(_numbers)}"
    found = _explained(lambda: record_editor().history(kind, item_id)[:1]) if item_id else []
    if found is None:
        return
    st.session_state[f"{key}_seen"] = found[0].revision if found else 0
    held = {name: getattr(found[0].record, name) for name in kind.model_fields} if found else {}
    st.dialog(escape_markdown(title), width="medium", dismissible=False)(_edit)(kind, subject, item_id or new_id(), held, key, verb)


def _about(kind: type[Record], subject: Subject) -> str:
    return measure_title(subject.fixed["measure"]) if "measure" in subject.fixed else structure_label(subject.fixed["evidence_id"])


def _edit(kind: type[Record], subject: Subject, item_id: str, held: dict[str, Any], key: str, verb: str) -> None:
    theirs: Revision[Record] | None = st.session_state.get(f"{key}_theirs")
    with st.form(key, border=False):
        typed = FORMS[kind](key, held, subject)
        if kind is not SavedViewRecord:
            st.caption(NEVER_A_CHILD)
        with st.container(horizontal=True):
            sent = st.form_submit_button("Save mine after theirs" if theirs else "Save", key=f"{key}_save")
            left = st.form_submit_button("Cancel", key=f"{key}_cancel", type="tertiary")
    if left:
        st.rerun()
    kept = {name: value for name, value in held.items() if name in kind.model_fields}
    values = {**subject.fixed, **kept, **typed}
    asked = new_limits(held, values)
    if sent and asked and st.session_state.get(f"{key}_shown") != asked:
        st.session_state[f"{key}_shown"] = asked
    if asked and st.session_state.get(f"{key}_shown") == asked:
        if confirmed(values, key):
            _save(kind, item_id, values, key)
    elif sent:
        _save(kind, item_id, values, key)
    if problem := st.session_state.pop(f"{key}_problem", None):
        st.error(escape_markdown(problem), icon=":material/error:")
        if theirs:
            _compare(theirs)


def _save(kind: type[Record], item_id: str, values: dict[str, Any], key: str) -> None:
    """Saves and closes the dialog, or draws it anew with the reason why not."""
    at = record_editor()
    try:
        at.save(item_id, made(kind, values), after=st.session_state[f"{key}_seen"])
    except EXPLAINED as problem:
        st.session_state[f"{key}_problem"] = str(problem)
        if isinstance(problem, EditConflict):
            latest = at.history(kind, item_id)[0]
            st.session_state[f"{key}_seen"], st.session_state[f"{key}_theirs"] = latest.revision, latest
        st.rerun(scope="fragment")
    st.toast("Saved.", icon=":material/check:")
    st.rerun()


def _compare(theirs: Revision[Record]) -> None:
    """What someone else wrote in the meantime; what was typed stays in the fields above."""
    st.markdown(f"**What is there now** ({escape_markdown(who_when(theirs))})" + (", removed" if theirs.withdrawn else ""))
    for name, now, _ in differences(theirs.record, None):
        if now:
            st.markdown(f"{name}: {escape_markdown(now)}")


def show_history(item: Revision[Record]) -> None:
    """Opens the dialog with an item's history, undo, and the way to take it away."""
    st.dialog(f"History: {escape_markdown(TITLES[type(item.record)].lower())}", width="medium")(_history)(item)


def _history(item: Revision[Record]) -> None:
    at = record_editor()
    revisions = _explained(lambda: at.history(type(item.record), item.item_id))
    if not revisions:
        return
    latest = revisions[0]
    st.markdown(f"**{escape_markdown(name_of(latest.record))}**")
    if may_change(at.person, latest):
        with st.container(horizontal=True):
            if st.button("Undo the last change", icon=":material/undo:", key=f"undo_{item.item_id}"):
                _done(lambda: at.undo(latest), "Undone.")
            if not latest.withdrawn and st.button("Remove", icon=":material/delete:", key=f"withdraw_{item.item_id}",
                                                  help="It is no longer shown. Its history is kept, and you can restore it."):
                _done(lambda: at.withdraw(latest), "Removed. You can restore it on the Improvement page.")
    for newer, older in itertools.zip_longest(revisions, revisions[1:]):
        _revision(newer, older)


def _revision(newer: Revision[Record], older: Revision[Record] | None) -> None:
    with st.container(border=True):
        did = "removed" if newer.withdrawn else "written" if older is None else "changed" if not older.withdrawn else "restored"
        st.markdown(f"**{did.capitalize()}** by {escape_markdown(who_when(newer))}")
        lines = [
            f"- {name}: {escape_markdown(now) or '*empty*'}" + (f" (before: {escape_markdown(then)})" if then else "")
            for name, now, then in differences(newer.record, older.record if older else None) if now or then
        ]
        if lines:
            st.markdown("\n".join(lines))


def _done(act: Callable[[], object], words: str) -> None:
    try:
        act()
    except EXPLAINED as problem:
        st.error(escape_markdown(str(problem)), icon=":material/error:")
        return
    st.toast(words, icon=":material/check:")
    st.rerun()


def bring_back(item: Revision[Record]) -> None:
    """Undoes that an item was taken away, and draws the page anew."""
    _done(lambda: record_editor().undo(item), f"The {lower_first(TITLES[type(item.record)])} has been restored.")


def _explained(read: Callable[[], Any]) -> Any:
    """What was read, or None after a sentence that says why it can't be."""
    try:
        return read()
    except EXPLAINED as problem:
        st.error(escape_markdown(str(problem)), icon=":material/error:")
        return None
