"""The entry point: who looks, navigation, the filters that all pages share, and what stands above and below every page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from config.settings import settings
from config.toml_file import ConfigError
from dashboard.access import sign_in
from dashboard.access.audit_guard import AccessChanged, SessionGuard
from dashboard.access.roles import LEAST_ROLE, LOAD, WITHOUT_SIGN_IN, Person
from dashboard.content.data_quality.wording import loaded_words
from dashboard.content.several_authorities import own_area
from dashboard.figures import published as published_figures
from dashboard.figures.permitted import NotInProtectedView
from dashboard.figures.reporting import DataChanged, NoData
from dashboard.improvement.saved_views import saved_views
from dashboard.screens.chart import land_on_heading, page_style
from dashboard.screens.measures.measure import keep_open
from dashboard.screens.released_periods import kept_note
from dashboard.screens.unavailable import (
    audit_log_unavailable,
    database_unavailable,
    nothing_loaded,
    settings_faulty,
    workspace_unavailable,
)
from dashboard.session import comparator_choice, filters
from dashboard.session.fragments import access_has_changed
from dashboard.session.state import (
    Data,
    await_new_data,
    choices,
    current_data,
    of_cohort,
    open_guard,
    open_view,
    own_data,
    present_load,
    settle_loads,
    teams,
    workspace,
)
from dashboard.text.formatting import EXACT, PROTECTED, escape_markdown, long_date
from dashboard.text.protection import how_protected
from data_access.audit import AuditUnavailable
from data_access.engines import DatabaseUnavailable, NoDatabase
from data_access.workspace import WorkspaceUnavailable
from metrics.measures.catalogue import measures

PAGES_FOLDER = Path(__file__).resolve().parent.parent / "pages"
FAVICON = Path(__file__).resolve().parent / "favicon.svg"
# Every page's file in `pages/`, its title, icon and tooltip, in the order of the navigation and under its groups. Not every role has each
# of them, and there is one for authorities only where the data of several is together.
FIRST = "overview"
GROUPS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "": ((FIRST, "Overview", ":material/dashboard:", "Every measure at a glance: where to look first."),),
    "Statements": (
        ("statement_1", "1 Assessment", ":material/fact_check:", "Quality statement 1: comprehensive assessment."),
        ("statement_2", "2 Education plan", ":material/school:", "Quality statement 2: education plan."),
        ("statement_3", "3 Video feedback", ":material/videocam:", "Quality statement 3: video feedback programme."),
        ("statement_4", "4 Carers", ":material/diversity_1:", "Quality statement 4: training, education and support for carers."),
    ),
    "Compare": (
        ("equality", "Equality", ":material/balance:", "Is anyone served worse? Every measure by groups of children."),
        ("authorities", "Authorities", ":material/map:", "The authorities beside each other: which differ by more than chance."),
    ),
    "Improve": (
        ("improvement", "Improvement", ":material/trending_up:", "For the meeting: actions, changes, notes, and what is overdue."),
        ("pack", "Meeting pack", ":material/co_present:", "Slides, a spreadsheet or a PDF for the improvement meeting."),
    ),
    "Data": (
        ("definitions", "Definitions", ":material/menu_book:", "How every measure is counted, and how to read the numbers."),
        ("data_quality", "Data quality", ":material/rule:", "What was loaded, what is missing, and which measures are affected."),
        ("load", "Load data", ":material/upload_file:", "Load returns and extracts, or go back to an earlier load."),
        ("released", "Released periods", ":material/lock_clock:", "What the protected view keeps as released, and releasing it anew."),
        ("audit", "Audit log", ":material/history:", "Who signed in, saw exact numbers, took them away or changed something."),
    ),
}

ROLE_CHANGED = "Your role has changed. This page shows what you may see now."
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
    page, why_another = navigation(person, has_areas(person))
    try:
        if problem:
            raise problem
        authority = settings().authority
        whose = f"{authority}, {person.part_words}" if person.part_words else authority
        st.set_page_config(page_title=f"{page.title}: {whose}, children's attachment")
        if notice := ROLE_CHANGED if access_has_changed() else why_another:
            st.info(notice, icon=":material/info:")
        draw(page, authority, person, still)
    except EXPLAINED as error:
        keep_open()
        instead_of_page(error)
    except AccessChanged:
        st.rerun()  # the next run finds who the person is by now


def instead_of_page(problem: Exception) -> None:
    """What keeps the page from being drawn, in a sentence; where other data has come, the page is drawn anew with it."""
    match problem:
        case NoData():
            nothing_loaded()
        case NoDatabase():
            nothing_loaded(str(problem))
        case DatabaseUnavailable():
            database_unavailable(str(problem))
        case ConfigError():
            settings_faulty(str(problem))
        case AuditUnavailable():
            audit_log_unavailable(str(problem))
        case WorkspaceUnavailable():
            workspace_unavailable(str(problem))
        case _:
            await_new_data()
            st.rerun()  # the next run finds the new data


def who_looks() -> tuple[Person, Still]:
    """The person, and a function that says who they are by now. On made-up data that needs no sign-in, whoever they choose to be.

    Ends the run with a page of its own for a person who has to sign in first. Raises what `EXPLAINED` names.
    """
    if sign_in.everybody_is_known():
        person, still = sign_in.visitor(workspace)
        sign_in.signed_in_as(person, workspace)
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


def navigation(person: Person, several: bool) -> tuple[StreamlitPage, str | None]:
    """The page to show, of those that the person may have and that the data has, and why it is not the one asked for, if it isn't.

    A page whose file isn't there is left out. At the address of one that somebody can't have here stands the overview, and so it does
    under its own name, which as the first page it hasn't in its address.
    """
    shown: dict[str, list[StreamlitPage]] = {}
    overviews: dict[str, str | None] = {}
    for group, pages in GROUPS.items():
        for name, title, icon, tooltip in pages:
            if not (PAGES_FOLDER / f"{name}.py").is_file():
                continue
            why_not = refusal(person, name, title, several)
            if why_not is None:
                path, own = f"../pages/{name}.py", name if name != FIRST else "start"
                page = st.Page(path, title=title, icon=icon, help=tooltip, url_path=own, default=name == FIRST)
                shown.setdefault(group, []).append(page)
            if why_not is not None or name == FIRST:
                overviews[name] = why_not
    shown.setdefault("", []).extend(
        st.Page(f"../pages/{FIRST}.py", title="Overview", url_path=name, visibility="hidden") for name in overviews
    )
    page = st.navigation(shown, position="top")
    return page, overviews.get(page.url_path)


def refusal(person: Person, name: str, title: str, several: bool) -> str | None:
    """Why somebody can't have a page here, in a sentence; None where they can."""
    if not person.may_have(name):
        least = LEAST_ROLE[name].value
        return (
            f"The page '{title}' is not part of your role ({person.role.value}): it needs the role of {_article(least)} {least}. "
            "Ask whoever runs this dashboard if you need it. This is the overview."
        )
    if name == "authorities" and not several:
        return f"The page '{title}' compares several authorities, and the data here is that of one. This is the overview."
    return None


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


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
    settle_loads()
    if person is not WITHOUT_SIGN_IN and not sign_in.everybody_is_known() and not data.reporting.made_up:
        raise DataChanged("Real data has been loaded, in which nobody chooses a role.")
    chosen = filters.choose(data, protected=not person.role.exact)
    data = of_cohort(data, chosen.cohort)
    one = own_area(data.reporting.areas, person, chosen.where)
    published = comparator_choice.choose(published_figures.current(made_up=data.reporting.made_up, chosen=one))
    chosen = replace(chosen, compare=comparator_choice.in_address(published))
    periods = choices(data, chosen.grain).periods
    shown = filters.shown_words(chosen, periods, data.reporting.as_at, person.part_words, data.reporting.cohort)
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
            labels = view.reporting.periods(chosen.grain)["label"].to_list()
            kept_note(view.reporting.changed_since_release(measures(view.reporting.cohort), chosen.grain), labels)
    footer(data, person)
    land_on_heading()


def heading(authority: str, person: Person) -> None:
    """Whose data this is, and whether it may be shared."""
    part = f" · **{escape_markdown(person.part_words)}**" if person.part_words else ""
    words = f"**{escape_markdown(authority)}**{part} · NICE quality standard QS133, children's attachment "
    if person.role.exact:
        st.markdown(
            f"{words} :orange-badge[:material/visibility_lock: Contains small numbers, do not share]",
            help="Some of these numbers are about very few children. They are for your own work: please don't pass on pictures, prints or "
            "downloads of them. Every look and every download is in the audit log.",
        )
    else:
        st.markdown(
            f"{words} :blue-badge[:material/shield_person: Protected view]",
            help=f"{how_protected()} What is shown may be shared.",
        )


def footer(data: Data, person: Person) -> None:
    """Which data this is."""
    part = f"Only children of {escape_markdown(person.part_words)}. " if person.part_words else ""
    st.caption(
        f"---\n\n{part}"
        f"Data version {escape_markdown(data.reporting.version)}, {escape_markdown(loaded_words(data.loaded_at, present_load(data)))}. "
        f"{long_date(data.reporting.as_at)} is the last day that counts. "
        + (EXACT if person.role.exact else PROTECTED)
    )


main()
