"""Released periods that a later load has changed: the report of them, and releasing them anew, which an administrator does."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.access.audit_guard import SessionGuard
from dashboard.access.roles import RELEASE
from dashboard.content.release_wording import ChangedSinceRelease, changed_measures, changed_since_release_sentences, changed_words
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.reporting import ChangedPeriod
from dashboard.text.formatting import escape_markdown, plural
from data_access.audit import AuditUnavailable
from data_access.workspace import WorkspaceUnavailable

_DONE, _ROUND, _FORGOTTEN = "_released_done", "_released_round", "_released_forgotten"
MOST_CHARACTERS = 500
WHY = (
    "A period that is over is **released** when it is first shown in the protected view, and from then on it stays there as it was: "
    "whoever kept the numbers of before a load could otherwise subtract them from those of after it, and be left with a single child. "
    "Exact numbers are always those of the data as it is now."
)
Release = Callable[[SessionGuard, str, str], None]


def released_page(changed: Sequence[ChangedPeriod], guard: SessionGuard, release: Release, reporting: PermittedReporting) -> None:
    """The administrator's page. `release` releases all changed periods anew: it takes the guard, which periods, and the reason."""
    guard.must_have(RELEASE)
    st.title("Released periods", anchor=False)
    st.markdown(WHY)
    if done := st.session_state.pop(_DONE, None):
        st.success(escape_markdown(done), icon=":material/check_circle:")
    changed_list(changed, reporting)
    if not changed:
        return
    st.header("Release anew", anchor="anew")
    st.markdown(
        "The protected view, its downloads and commands then show these periods as the data has them now. Do so for a real correction, "
        "and not after every load: each release lets whoever kept the earlier numbers see what changed. It can't be taken back."
    )
    if reason := _reason("release", "these periods are released anew", "Release these periods anew", ":material/published_with_changes:"):
        with st.spinner("Releasing these periods anew …"):
            release(guard, changed_words(changed), reason)
        _begin_forms_anew()
        st.session_state[_DONE] = f"Released anew: {changed_words(changed)}."
        st.rerun()


def start_over_section(guard: SessionGuard, start_over: Callable[[SessionGuard, str], int]) -> None:
    """Forgets every released period, for a database whose first loads were trials. `start_over` gives how many there were."""
    guard.must_have(RELEASE)
    st.header("Start over", anchor="start-over")
    st.markdown(
        "The first load is less than a month old. If everything loaded so far was a trial, forget every released period: each is released "
        "again when the protected view next shows it. Don't do this once anyone outside may have seen the numbers, because they could "
        "compare the two. It can't be undone."
    )
    if done := st.session_state.pop(_FORGOTTEN, None):
        st.success(done, icon=":material/check_circle:")
    if reason := _reason("start_over", "all released periods are forgotten", "Forget all released periods", ":material/restart_alt:"):
        count = start_over(guard, reason)
        _begin_forms_anew()
        st.session_state[_FORGOTTEN] = f"Forgot {plural(count, 'release')}."
        st.rerun()


def _reason(form: str, why: str, button: str, icon: str) -> str:
    """A form that asks why before its button does anything: what was written, once it is pressed with a reason; empty otherwise."""
    number = st.session_state.get(_ROUND, 0)
    with st.form(f"{form}_{number}", border=False):
        reason = st.text_area(f"Why {why}", max_chars=MOST_CHARACTERS, key=f"{form}_reason_{number}")
        pressed = st.form_submit_button(button, icon=icon, key=f"{form}_now_{number}")
    if pressed and not reason.strip():
        st.error(f"Write why {why}. The audit log keeps it.", icon=":material/error:")
    return reason.strip() if pressed else ""


def _begin_forms_anew() -> None:
    """Has the forms be empty in the next run: Streamlit keeps what was typed under a form's key."""
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def changed_section(periods: Callable[[], Sequence[ChangedPeriod]], guard: SessionGuard, reporting: PermittedReporting) -> None:
    """The report on the page on data quality, which goes on without it where the workspace can't be read."""
    st.header("Released periods that have changed", anchor="released")
    try:
        changed_list(periods(), reporting)
    except (WorkspaceUnavailable, AuditUnavailable) as problem:
        st.warning(escape_markdown(str(problem)), icon=":material/cloud_off:")
        return
    if guard.person.may_have(RELEASE):
        st.page_link("../pages/released.py", label="Released periods", icon=":material/lock_clock:")


def changed_list(changed: Sequence[ChangedPeriod], reporting: PermittedReporting) -> None:
    """The measures and their periods, in words: no count, from which a child could be told."""
    if reporting.made_up:
        st.info("The data is made up, so its periods are not kept as they were released.", icon=":material/info:")
        return
    if not changed:
        st.markdown("No released period has changed: the protected view shows the data as it is.")
        return
    count = len({(each.grain, each.period) for each in changed})
    st.markdown(
        f"**{plural(count, 'released period has', 'released periods have')} other numbers in the data by now.** The protected view "
        "shows them as they were released, until an administrator releases them anew."
    )
    rows = changed_measures(changed, lambda grain: reporting.periods(grain)["label"].to_list())
    st.table(rows, border="horizontal", hide_index=True, alt="Released periods that have changed")


def kept_note(kept: ChangedSinceRelease, labels: Sequence[str]) -> None:
    """Says on a protected page which of its periods are shown as they were released; nothing where all are as the data has them."""
    sentences = changed_since_release_sentences(kept, labels)
    if sentences:
        st.caption(f":material/lock_clock: {escape_markdown(' '.join(sentences))}", help=WHY)
