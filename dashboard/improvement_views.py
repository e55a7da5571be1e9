"""Saved views in the sidebar: a named set of filters that a person or everyone can open again."""

from __future__ import annotations

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard import filters
from dashboard.access import Person
from dashboard.improvement_dialogs import edit, show_history
from dashboard.improvement_forms import Subject
from dashboard.improvement_saving import may_change, may_write, owner_of
from dashboard.view import View
from dashboard.words import escape_markdown
from data_access.workspace import Revision, SavedViewRecord


def views_of(view: View) -> list[Revision[SavedViewRecord]]:
    """The saved views that the person may open, by name: everyone's and their own."""
    person = view.reporting.person
    found = [item for item in view.written.all(SavedViewRecord) if item.record.everyone or owner_of(item) == person.who]
    return sorted(found, key=lambda item: item.record.name.casefold())


def saved_views(view: View, page: StreamlitPage) -> None:
    """Draws them as links to this page in the sidebar, with the way to save what is set now."""
    person, items = view.reporting.person, views_of(view)
    if not items and not may_write(person, SavedViewRecord):
        return
    with st.sidebar, st.expander("Saved views", icon=":material/bookmarks:", key="saved_views"):
        for item in items:
            _one(person, item, page)
        if may_write(person, SavedViewRecord) and st.button("Save this view", icon=":material/bookmark_add:", key="save_view"):
            fixed = {"view": filters.view_address(view.filters), "owner": person.who}
            edit(SavedViewRecord, Subject(fixed, may_share=person.role.exact))


def _one(person: Person, item: Revision[SavedViewRecord], page: StreamlitPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        icon = ":material/group:" if item.record.everyone else ":material/person:"
        st.page_link(
            page, label=escape_markdown(item.record.name), icon=icon, query_params=filters.opening(item.record.view), width="stretch",
            help="Everyone's" if item.record.everyone else "Only yours",
        )
        if may_change(person, item):
            if st.button("", icon=":material/edit:", key=f"open_view_{item.item_id}", type="tertiary", help="Rename, or share"):
                edit(SavedViewRecord, Subject({}, may_share=person.role.exact), item.item_id)
            if st.button("", icon=":material/history:", key=f"history_view_{item.item_id}", type="tertiary", help="History; take away"):
                show_history(item)
