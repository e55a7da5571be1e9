"""Saved views in the sidebar: a named set of filters that a person or everyone can open again."""

from __future__ import annotations

import html
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.access.roles import Person
from dashboard.content.view import View
from dashboard.improvement.dialogs import edit, show_history
from dashboard.improvement.forms import Subject
from dashboard.improvement.saving import may_change, may_write, owner_of
from dashboard.session import filters
from data_access.workspace import Revision, SavedViewRecord


def views_of(view: View) -> list[Revision[SavedViewRecord]]:
    """The saved views that the person may open, by name: everyone's and their own."""
    person = view.reporting.person
    found = [item for item in view.written.all(SavedViewRecord) if item.record.everyone or owner_of(item) == person.who]
    return sorted(found, key=lambda item: item.record.name.casefold())


def saved_views(view: View, page: StreamlitPage) -> None:
    """Draws them in the sidebar as links that open this page anew, with the way to save what is set now."""
    person, items = view.reporting.person, views_of(view)
    if not items and not may_write(person, SavedViewRecord):
        return
    with st.sidebar, st.expander("Saved views", icon=":material/bookmarks:", key="saved_views"):
        for item in items:
            _one(person, item, page)
        if may_write(person, SavedViewRecord) and st.button("Save this view", icon=":material/bookmark_add:", key="save_view"):
            fixed = {"view": filters.view_address(view.filters), "owner": person.who}
            edit(SavedViewRecord, Subject(fixed, may_share=person.role.exact))


def link(page: str, view: str) -> str:
    """The address of a page under a kept view, from any page; the first page has an empty name."""
    parameters = urlencode(filters.opening(view), doseq=True)
    return f"{page or './'}{f'?{parameters}' if parameters else ''}"


def _one(person: Person, item: Revision[SavedViewRecord], page: StreamlitPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        # A page link to the page that is open already leaves its filters as they are: a plain link opens it anew.
        whose = "everyone's" if item.record.everyone else "only yours"
        st.html(
            f'<a style="color:inherit" href="{html.escape(link(page.url_path, item.record.view))}">{html.escape(item.record.name)}</a>'
            f'<span style="font-size:.85rem"> ({whose})</span>', width="stretch",
        )
        if may_change(person, item):
            if st.button("", icon=":material/edit:", key=f"open_view_{item.item_id}", type="tertiary", help="Rename, or share"):
                edit(SavedViewRecord, Subject({}, may_share=person.role.exact), item.item_id)
            if st.button("", icon=":material/history:", key=f"history_view_{item.item_id}", type="tertiary", help="History, remove"):
                show_history(item)
