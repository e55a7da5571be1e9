"""The page that makes a meeting pack: what goes in, as which kind of file, a bar that moves while it is made, and the download."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from config.cohorts import Cohort
from config.settings import settings
from dashboard.access.audit_guard import SessionGuard
from dashboard.content import digest
from dashboard.content.digest import Digest
from dashboard.content.view import View
from dashboard.packs.contents import OWN_WORDS, Choice, Stamp, make_pack, of_measures, of_statement
from dashboard.packs.writing import FORMATS, baseline, contents_of
from dashboard.screens.digest import current_digest
from dashboard.screens.statement import breakdown_choice
from dashboard.session.state import current_data
from dashboard.text.formatting import escape_markdown, file_part, plural
from data_access.workspace import WorkspaceUnavailable
from metrics.measures.catalogue import measures, statements
from metrics.measures.cohort_words import cohort_file_part
from metrics.units.breakdowns import Breakdown

STATEMENT, CHANGED, CHOSEN, BASELINE = "statement", "changed", "chosen", "baseline"
KINDS = {
    STATEMENT: "All of a statement", CHANGED: "What changed", CHOSEN: "Selected measures", BASELINE: "NICE baseline assessment",
}
NAMES = {"without sign-in": "someone not signed in", "demo visitor": "a demo visitor"}
"""How those without a name are called."""
NO_CHANGES_KEPT = (
    "This authority is made up, so there is no earlier load to compare it with. Once an authority's own data has been loaded twice, this "
    "shows what changed between the two. Choose measures or a statement instead."
)
CHANGES_TO_COME = "This data is new, and what has changed is still being worked out. Open this page again in a minute."
_MADE = "_made_pack"
WRITING = 0.9
"""The share of the bar for working out; the rest is for writing."""


@dataclass(frozen=True)
class _Asked:
    """What a pack was asked for: one that was made for something else isn't offered."""

    choice: Choice
    baseline: bool
    format: str
    filters: str
    version: str
    who: str
    role: str
    part: str = ""


@dataclass(frozen=True)
class _Made:
    asked: _Asked
    contents: bytes
    name: str


def pack_page(view: View, guard: SessionGuard) -> None:
    """The whole page."""
    st.title("Meeting pack", anchor=False)
    st.markdown(
        "Slides, a spreadsheet or a PDF with the numbers, sentences, actions and changes of some measures, as the pages show them under "
        "the filters at the side."
    )
    kind = st.segmented_control(
        "What goes in", list(KINDS), default=STATEMENT, required=True, format_func=lambda id: KINDS.get(id, id), key="pack_kind", wrap=True,
    )
    found = _digest(view.reporting.cohort) if kind == CHANGED else None
    choice = _choice(view, kind or STATEMENT, found)
    if choice is None:
        return
    format = _format(kind == BASELINE)
    person = view.reporting.person
    asked = _Asked(choice, kind == BASELINE, format, guard.filters, view.reporting.version, person.who, person.role_words, view.part)
    st.caption(f"{plural(len(choice.measures), 'measure')}. {view.sharing} {OWN_WORDS}")
    if st.button("Make the pack", icon=":material/build:", disabled=not choice.measures):
        st.session_state[_MADE] = _make(view, guard, asked, found)
    made = st.session_state.get(_MADE)
    if isinstance(made, _Made) and made.asked == asked:
        _download(view, made)


def _choice(view: View, kind: str, found: Digest | None) -> Choice | None:
    """What goes in; None where there is nothing to choose from."""
    if kind == CHANGED:
        if found is None:
            return None
        st.markdown(f"**{digest.heading(found)}**\n\n" + "\n".join(f"- {escape_markdown(sentence)}" for sentence in found.sentences))
        return of_measures("What changed", found.measures, breakdown_choice(view)) if found.measures else None
    if kind == STATEMENT:
        titles = {statement.number: f"{statement.number} {statement.title}" for statement in statements()}
        number = st.selectbox("Statement", list(titles), format_func=lambda number: titles[number], key="pack_statement", width=420)
        return of_statement(number, breakdown_choice(view), view.reporting.cohort)
    if kind == CHOSEN:
        return _chosen(breakdown_choice(view), view.reporting.cohort)
    st.caption("One table by quality statement and one by what NICE asks for: current position, evidence, gap, action, owner and date.")
    return of_measures("Baseline assessment", measures(view.reporting.cohort), breakdown_choice(view))


def _chosen(breakdown: Breakdown, cohort: Cohort) -> Choice:
    by_id = {measure.id: measure for measure in measures(cohort)}
    ids: Sequence[str] = st.multiselect(
        "Measures, in the order of the pack", list(by_id), format_func=lambda id: by_id[id].title, key="pack_measures",
        placeholder="Choose measures",
    )
    return of_measures("Chosen measures", [by_id[id] for id in ids], breakdown)


def _format(only_spreadsheet: bool) -> str:
    formats = ["xlsx"] if only_spreadsheet else list(FORMATS)
    key = "baseline_format" if only_spreadsheet else "pack_format"
    return st.selectbox("File", formats, format_func=lambda format: FORMATS[format][0], key=key, width=420)


def _digest(cohort: Cohort) -> Digest | None:
    """What changed, or None with the reason on the page."""
    try:
        found = current_digest(cohort)
    except WorkspaceUnavailable as problem:
        st.warning(str(problem), icon=":material/cloud_off:")
        return None
    if found is None:
        made_up = current_data().reporting.made_up
        st.info(NO_CHANGES_KEPT if made_up else CHANGES_TO_COME, icon=":material/info:" if made_up else ":material/hourglass:")
    return found


def _make(view: View, guard: SessionGuard, asked: _Asked, found: Digest | None) -> _Made:
    """Makes the pack while a bar moves."""
    bar = st.progress(0.0, "Working out")

    def working_out(title: str, share: float) -> None:
        bar.progress(share * WRITING, f"Working out: {title}")

    def writing(title: str, share: float) -> None:
        bar.progress(WRITING + share * (1 - WRITING), f"Writing: {title}")

    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    person, reporting = view.reporting.person, view.reporting
    made_by = person.name or NAMES.get(person.who, person.who)
    stamp = Stamp(settings().authority, reporting.version, reporting.as_at, guard.filters, view.sharing, reporting.exact, made_by, now)
    pack = make_pack(view, asked.choice, stamp, changed=found.sentences if found else (), progress=working_out)
    writing("the file", 0.0)
    contents = baseline(pack, view.written) if asked.baseline else contents_of(pack, asked.format, writing)
    bar.empty()
    return _Made(asked, contents, _name(asked, reporting.cohort, exact=reporting.exact, day=now.date()))


def _name(asked: _Asked, cohort: Cohort, *, exact: bool, day: datetime.date) -> str:
    """The file's name, which says who is counted, and whether it may be shared."""
    part = "".join(f"-{said}" for said in (*cohort_file_part(cohort), *([file_part(asked.part)] if asked.part else [])))
    what = "baseline" if asked.baseline else f"statement-{asked.choice.statement}" if asked.choice.statement else "measures"
    return f"qs133-{what}{part}-{day.isoformat()}{'-not-for-sharing' if exact else ''}.{asked.format}"


def _download(view: View, made: _Made) -> None:
    def contents() -> bytes:
        view.before_export(made.name)
        return made.contents

    st.success("The pack is ready.", icon=":material/check_circle:")
    st.download_button(
        f"Download {made.name}", contents, file_name=made.name, mime=FORMATS[made.asked.format][1], key="pack_download", on_click="ignore",
        icon=":material/download:", help=view.sharing,
    )
