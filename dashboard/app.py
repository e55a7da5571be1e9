"""The entry point: who looks, navigation, the filters that all pages share, and what stands above and below every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from config.settings import settings
from config.toml_file import ConfigError
from dashboard import comparator_choice, comparator_figures, filters, sign_in
from dashboard.access import LOAD, WITHOUT_SIGN_IN, Person
from dashboard.availability import audit_log_unavailable, database_unavailable, nothing_loaded, settings_faulty, workspace_unavailable
from dashboard.chart_block import page_style
from dashboard.guard import AccessChanged, SessionGuard
from dashboard.improvement_views import saved_views
from dashboard.personal import NotInProtectedView
from dashboard.pooled import own_area
from dashboard.quality_words import loaded_words
from dashboard.release_blocks import kept_note
from dashboard.reporting import DataChanged, NoData
from dashboard.session import Data, await_new_data, choices, current_data, open_guard, open_view, own_data, present_load, teams, workspace
from dashboard.words import EXACT, PROTECTED, escape_markdown, long_date
from data_access.audit import AuditUnavailable
from data_access.engines import DatabaseUnavailable
from data_access.workspace import WorkspaceUnavailable
from metrics.catalogue import measures

PAGES_FOLDER = Path(__file__).resolve().parent.parent / "pages"
FAVICON = Path(__file__).resolve().parent / "favicon.svg"
# Every page's file in `pages/`, its title, icon and tooltip, in the order of the navigation. Not every role has each of them,
# and there is one for authorities only where the data of several is together.
PAGES = (
    ("overview", "Overview", ":material/dashboard:", "Every measure at a glance: where to look first."),
    ("statement_1", "1 Assessment", ":material/fact_check:", "Quality statement 1: comprehensive assessment."),
    ("statement_2", "2 Education plan", ":material/school:", "Quality statement 2: education plan."),
    ("statement_3", "3 Video feedback", ":material/videocam:", "Quality statement 3: video feedback programme."),
    ("statement_4", "4 Carers", ":material/diversity_1:", "Quality statement 4: training, education and support for carers."),
    ("equality", "Equality", ":material/balance:", "Is anyone served worse? Every measure by groups of children."),
    ("authorities", "Authorities", ":material/map:", "The authorities beside each other: which differ by more than chance."),
    ("improvement", "Improvement", ":material/trending_up:", "For the meeting: actions, changes, notes, and what is overdue."),
    ("pack", "Meeting pack", ":material/co_present:", "Slides, a spreadsheet or a PDF for the improvement meeting."),
    ("definitions", "Definitions", ":material/menu_book:", "How every measure is counted, and how to read the numbers."),
    ("data_quality", "Data quality", ":material/rule:", "What was loaded, what is missing, and which measures it touches."),
    ("load", "Load data", ":material/upload_file:", "Load returns and extracts, or go back to an earlier load."),
    ("released", "Released periods", ":material/lock_clock:", "What the protected view keeps as it was released, and releasing it anew."),
    ("audit", "Audit log", ":material/history:", "Who signed in, saw exact numbers, took them away or changed something."),
)

Still = Callable[[], Person | None]
EXPLAINED = (ConfigError, DatabaseUnavailable, NoData, DataChanged, AuditUnavailable, WorkspaceUnavailable)


def main() -> None:
    """One run of the dashboard for one visitor: the page, or in a sentence what keeps it from being drawn."""
    # With an icon of our own, no browser asks anybody else's server for one.
    st.set_page_config(page_icon=FAVICON, layout="wide")
    person: Person = WITHOUT_SIGN_IN
    still: Still = _somebody
    problem: Exception | None = None
    try:
        if refusal := sign_in.refusal_here():
            sign_in.refused_page(refusal)
            return
        person, still = who_looks()
    except EXPLAINED as error:
        problem = error
    page = navigation(person, has_areas(person))
    try:
        if problem:
            raise problem
        authority = settings().authority
        st.set_page_config(page_title=f"{page.title}: {authority}, children's attachment")
        draw(page, authority, person, still)
    except DatabaseUnavailable as error:
        database_unavailable(str(error))
    except NoData:
        nothing_loaded()
    except ConfigError as error:
        settings_faulty(str(error))
    except AuditUnavailable as error:
        audit_log_unavailable(str(error))
    except WorkspaceUnavailable as error:
        workspace_unavailable(str(error))
    except DataChanged:
        await_new_data()
        st.rerun()  # the next run finds the new data
    except AccessChanged:
        st.rerun()  # the next run finds who the person is by now


def who_looks() -> tuple[Person, Still]:
    """The person, and a function that says who they are by now. On made-up data that needs no sign-in, whoever they choose to be.

    Ends the run with a page of its own for a person who has to sign in first. Raises what `EXPLAINED` names.
    """
    if sign_in.sign_in_configured():
        person, still = sign_in.visitor(workspace)
        sign_in.signed_in_as(person)
        return person, still
    data = current_data()
    if not data.reporting.made_up:
        return WITHOUT_SIGN_IN, _somebody
    chosen = sign_in.demo_switch(lambda: teams(data))
    return chosen, lambda: chosen


def _somebody() -> Person:
    return WITHOUT_SIGN_IN


def has_areas(person: Person) -> bool:
    """Whether the data is that of several authorities; no, as long as it can't be read."""
    try:
        return own_data(person).reporting.areas
    except EXPLAINED:
        return False


def navigation(person: Person, several: bool) -> StreamlitPage:
    """The page to show, of those that the person may have and that the data has. One whose file isn't there is left out."""
    return st.navigation([
        st.Page(f"../pages/{name}.py", title=title, icon=icon, help=tooltip, url_path=name, default=name == "overview")
        for name, title, icon, tooltip in PAGES
        if person.may_have(name) and (several or name != "authorities") and (PAGES_FOLDER / f"{name}.py").is_file()
    ], position="top")


def draw(page: StreamlitPage, authority: str, person: Person, still: Still) -> None:
    """The page between what stands above and below every page."""
    try:
        data = own_data(person)
    except (NoData, DatabaseUnavailable):
        if page.url_path != LOAD:
            raise
        open_guard(SessionGuard(workspace, person, still, "", st.session_state, page.title))
        page.run()
        return
    if person is not WITHOUT_SIGN_IN and not sign_in.sign_in_configured() and not data.reporting.made_up:
        raise DataChanged("Real data has been loaded, in which nobody chooses a role.")
    chosen = filters.choose(data, protected=not person.role.exact)
    one = own_area(data.reporting.areas, person, chosen.where)
    published = comparator_choice.choose(comparator_figures.current(made_up=data.reporting.made_up, chosen=one))
    chosen = replace(chosen, compare=comparator_choice.in_address(published))
    shown = filters.shown_words(chosen, choices(data, chosen.grain).periods, data.reporting.as_at)
    # Pages set other authorities' numbers beside those of one that is chosen, and the audit log has what was seen.
    seen = f"{shown}, and others beside {one}" if one else shown
    guard = SessionGuard(workspace, person, still, data.reporting.version, st.session_state, page.title, seen)
    view = open_view(data, chosen, guard, published)
    saved_views(view, page)
    with st.container(gap="xsmall"):
        heading(authority, person)
        st.markdown(f":material/filter_alt: **Shown:** {escape_markdown(shown)}.")
        kept = None if person.role.exact else st.container()
        page_style()
    try:
        page.run()
    except NotInProtectedView as problem:
        st.info(str(problem), icon=":material/shield_person:")
    if kept is not None:
        with kept:
            kept_note(view.reporting.kept(measures(), chosen.grain), view.reporting.periods(chosen.grain)["label"].to_list())
    footer(data, person)


def heading(authority: str, person: Person) -> None:
    """Whose data this is, and whether it may be shared."""
    words = f"**{escape_markdown(authority)}** · NICE quality standard QS133, children's attachment "
    if person.role.exact:
        st.markdown(
            f"{words} :orange-badge[:material/visibility_lock: Contains small numbers, do not share]",
            help="Some of these numbers are about very few children. They are for your own work: please don't pass on pictures, prints or "
            "downloads of them. Every look and every download is in the audit log.",
        )
    else:
        st.markdown(
            f"{words} :blue-badge[:material/shield_person: Protected view]",
            help="Numbers about few children are hidden here, and so are those from which they could be worked out. What is shown may be "
            "shared.",
        )


def footer(data: Data, person: Person) -> None:
    """Which data this is."""
    st.caption(
        "---\n\n"
        f"Data version {escape_markdown(data.reporting.version)}, {escape_markdown(loaded_words(data.loaded_at, present_load(data)))}. "
        f"{long_date(data.reporting.as_at)} is the last day that counts. "
        + (EXACT if person.role.exact else PROTECTED)
    )


main()
