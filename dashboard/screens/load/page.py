"""The page on which an analyst loads files, after a dry run, and goes back to an earlier load."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from config.data_quality import data_quality
from config.settings import settings
from config.toml_file import ConfigError
from dashboard.access.audit_guard import SessionGuard
from dashboard.access.roles import LOAD
from dashboard.access.sign_in import everybody_is_known
from dashboard.content.data_quality.wording import load_line
from dashboard.figures.descriptions import every_description
from dashboard.figures.reporting import NoData
from dashboard.screens.load.match import match_columns, template_downloads
from dashboard.screens.load.report import show_report
from dashboard.screens.load.uploads import IF_DESCRIBED, UPLOADER, data_files, on_disk
from dashboard.session.state import current_data
from dashboard.text.formatting import escape_markdown, plural
from data_access.engines import DatabaseUnavailable, NoDatabase
from data_access.load import LoadError, LoadReport, load
from data_access.load.reading.listing import SUFFIXES
from data_access.load.storing.history import ADD, BACK, NOT_KNOWN, Load, history
from data_access.load.storing.rollback import NONE_EARLIER, go_back, kept_loads, why_no_way_back
from data_access.workspace import WorkspaceUnavailable

_CHECKED, _DONE, _ROUND = "_load_checked", "_load_done", "_load_round"
TYPES = [suffix.removeprefix(".") for suffix in (*SUFFIXES, *IF_DESCRIBED, ".gz", ".zip")]
FILES, FOLDER = "Files or zip files", "A whole folder"
REPLACE, BESIDE = "Replace everything", "Put beside what is there"
WHAT_LOADING_DOES = {
    REPLACE: "Loading replaces everything in the database by this. The settings say how many earlier loads are kept.",
    BESIDE: "Loading puts this beside what the database holds: a row with the same key is replaced, all others stay. You can go back to "
    "what was there before, as after every load.",
}
HISTORY_SHOWN = 20


@dataclass(frozen=True)
class Options:
    """How the files are to be loaded: `made_up` says that they are not about real children, `add` that what is there stays."""

    as_at: datetime.date | None
    collection_year: int | None
    made_up: bool
    add: bool = False


@dataclass(frozen=True)
class Checked:
    """A dry run's report, or what stopped it, and of which files and options it is."""

    of: tuple[Any, ...]
    report: LoadReport | None
    stopped: tuple[str, ...] = ()


def load_page(guard: SessionGuard) -> None:
    """The whole page."""
    guard.must_have(LOAD)
    guard.before_exact()
    st.title("Load data", anchor=False)
    st.markdown(
        "Load SSDA903 returns and local extracts, as `qs133 load` does: first a dry run that writes nothing, then the load, which in one "
        "step replaces everything or is put beside what is there. The files are on this server's disk only while they are read, and are "
        "removed then."
    )
    _last_done()
    _choose_and_load(guard)
    _the_way_back(guard)
    _history()


def _last_done() -> None:
    done = st.session_state.get(_DONE)
    if done is None:
        return
    sentence, report = done
    st.success(escape_markdown(sentence), icon=":material/check_circle:")
    if report is not None:
        with st.expander("The report of this load", icon=":material/receipt_long:"):
            show_report(report)


def _choose_and_load(guard: SessionGuard) -> None:
    st.header("Choose files", anchor="files")
    how = st.segmented_control("What to choose", [FILES, FOLDER], default=FILES, required=True, key="load_how")
    uploads = st.file_uploader(
        "Returns and extracts", type=TYPES, accept_multiple_files="directory" if how == FOLDER else True,
        key=f"{UPLOADER}{how == FOLDER}_{st.session_state.get(_ROUND, 0)}", max_upload_size=data_quality().upload_megabytes,
        help="Tables of a return are recognised by their columns, extracts by their file's name. Put each return into a folder of its own "
        "and choose the folder that holds them all, or make a zip file of each.",
    )
    st.caption(
        f"At most {plural(data_quality().upload_megabytes, 'megabyte')} together, unpacked. A file marked in red is larger, or of a kind "
        "that is not read, and is not sent. Load larger ones with ‘qs133 load’, or raise ‘upload_megabytes’ in data_quality.toml."
    )
    template_downloads()
    what = st.segmented_control(
        "What loading does", [REPLACE, BESIDE], default=REPLACE, required=True, key="load_what",
        help="A month's files alone are put beside what is there. Everything together, or a new beginning, replaces it.",
    )
    options = _options(add=what == BESIDE)
    if not uploads:
        st.session_state.pop(_CHECKED, None)
        return
    of = (tuple((file.name, file.file_id) for file in uploads), options)
    with contextlib.suppress(LoadError):  # the dry run says it
        match_columns(lambda: data_files(uploads, data_quality().upload_megabytes), of[0], guard)
    if st.button("Check the files (dry run)", icon=":material/fact_check:", key="load_check"):
        st.session_state[_CHECKED] = _check(uploads, options, of)
    checked: Checked | None = st.session_state.get(_CHECKED)
    if checked is None or checked.of != of:
        return
    if checked.report is None:
        st.error("These files can't be loaded. Correct what is named here and choose them again.\n\n"
                 + "\n".join(f"- {escape_markdown(sentence)}" for sentence in checked.stopped), icon=":material/error:")
        return
    st.subheader("What the dry run found", anchor="report")
    show_report(checked.report)
    st.markdown(WHAT_LOADING_DOES[BESIDE if options.add else REPLACE])
    accepted = not checked.report.refused or _accepted(checked.report)
    if st.button("Load", icon=":material/upload:", key="load_now", disabled=not accepted):
        _load(uploads, options, checked.report, guard)


def _accepted(report: LoadReport) -> bool:
    """Whether the person says that what the load would falsify is meant so."""
    lost = "\n".join(f"- {escape_markdown(each.why)} Loaded all the same, {escape_markdown(each.all_the_same)}" for each in report.refused)
    st.warning(f"**This load would falsify what the dashboard says.**\n\n{lost}", icon=":material/warning:")
    return st.checkbox("I have read what would be lost, and want to load these files all the same", key="load_accept")


def _options(*, add: bool) -> Options:
    with st.expander("Options", icon=":material/tune:", key="load_options"):
        as_at = st.date_input("Data up to (leave blank for the latest date in the files)", value=None, format="DD/MM/YYYY")
        year = st.number_input(
            "Collection year of the only return: 2026 is 2025/26 (found in the dates without it)",
            min_value=1990, max_value=2200, value=None, step=1, format="%d",
        )
        made_up = False
        if _is_made_up():
            made_up = st.checkbox(
                "These files are made up, too: they are not about real children", key="load_made_up",
                help="Only made-up data can be seen by anyone in any role.",
            )
            if not made_up and not everybody_is_known():
                st.caption(
                    "Without sign-in, nobody sees more than the protected view once real data is loaded, and this page is no longer "
                    "available. Set up sign-in first (see SECURITY.md), or load and go back with `qs133`."
                )
    return Options(as_at if isinstance(as_at, datetime.date) else None, int(year) if year is not None else None, made_up, add)


def _is_made_up() -> bool:
    try:
        return current_data().reporting.made_up
    except (NoData, DatabaseUnavailable):
        return False


def _check(uploads: Sequence[Any], options: Options, of: tuple[Any, ...]) -> Checked:
    try:
        return Checked(of, _run(uploads, options, dry_run=True, who=NOT_KNOWN))
    except LoadError as problem:
        return Checked(of, None, tuple(problem.sentences))
    except (ConfigError, WorkspaceUnavailable) as problem:
        return Checked(of, None, (str(problem),))


def _load(uploads: Sequence[Any], options: Options, checked: LoadReport, guard: SessionGuard) -> None:
    accepted = f", accepted: {' '.join(each.why for each in checked.refused)}" if checked.refused else ""
    beside = " beside what was there" if options.add else ""
    what = f"load of {plural(len(checked.files), 'table')}{beside}, version {checked.version}{accepted}"
    try:
        with guard.replacing(what) as replaced_by:
            # What has come between the dry run and now is not accepted: then it is refused.
            report = _run(uploads, options, dry_run=False, who=guard.person.who, careful=not checked.refused)
            replaced_by(report.version)
    except LoadError as problem:
        st.error("\n\n".join(escape_markdown(sentence) for sentence in problem.sentences), icon=":material/error:")
        return
    except (ConfigError, WorkspaceUnavailable) as problem:
        st.error(escape_markdown(str(problem)), icon=":material/error:")
        return
    _finish(f"Loaded: version {report.version} is in the database.", report)


def _run(uploads: Sequence[Any], options: Options, *, dry_run: bool, who: str, careful: bool = False) -> LoadReport:
    """One load of the uploaded files, or its dry run, with a bar that says how far it is. Raises LoadError."""
    with _progress() as tell, on_disk(data_files(uploads, data_quality().upload_megabytes)) as sources:

        def named(path: Path) -> str:
            return sources[path]

        return load(
            list(sources), settings().database, as_at=options.as_at, collection_year=options.collection_year, progress=tell,
            made_up=options.made_up, who=who, dry_run=dry_run, shown_as=named, careful=careful,
            described=every_description(), add=options.add,
        )


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A bar on the page while something is done, gone at the end."""
    bar = st.progress(0.0, "Beginning")
    try:
        yield lambda doing, share: _show(bar, doing, share)
    finally:
        bar.empty()


def _show(bar: DeltaGenerator, doing: str, share: float) -> None:
    bar.progress(min(max(share, 0.0), 1.0), escape_markdown(doing))


def _finish(sentence: str, report: LoadReport | None) -> None:
    """Forgets the uploaded files and draws the page anew, with what was done at its top."""
    st.session_state.pop(_CHECKED, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state[_DONE] = (sentence, report)
    st.rerun()


def _the_way_back(guard: SessionGuard) -> None:
    st.header("Go back to an earlier load", anchor="back")
    url = settings().database
    kept = _looked_up(kept_loads)
    if kept is None:
        return
    if not kept:
        st.info(why_no_way_back(url) or NONE_EARLIER, icon=":material/history:")
        return
    # A key of its own after each load, so that the newest is chosen then and not what was chosen before.
    chosen = st.selectbox("Earlier loads that are kept", kept, format_func=_kept_words, key=f"load_kept_{kept[0].load_id}")
    if chosen is not None and st.button("Go back to this load", icon=":material/undo:", key="load_back"):
        try:
            with guard.replacing(f"back to the load {chosen.load_id}, version {chosen.version}") as replaced_by, _progress() as tell:
                replaced_by(go_back(url, guard.person.who, to=chosen.load_id, keep=data_quality().loads_kept, progress=tell).version)
        except LoadError as problem:
            st.error("\n\n".join(escape_markdown(sentence) for sentence in problem.sentences), icon=":material/error:")
            return
        _finish(f"Back to the load of {load_line(chosen)}: version {chosen.version} is in the database.", None)


def _looked_up(loads: Callable[[str], list[Load]]) -> list[Load] | None:
    """The loads that the database knows; None where it can't be read, which the page then says."""
    try:
        return loads(settings().database)
    except NoDatabase:
        return []
    except DatabaseUnavailable as problem:
        st.warning(escape_markdown(str(problem)), icon=":material/cloud_off:")
        return None


def _kept_words(load: Load) -> str:
    return f"{load_line(load)}: version {load.version}, as at {load.as_at:%d/%m/%Y}"


def _history() -> None:
    st.header("History of loads", anchor="history")
    found = _looked_up(history)
    if found is None:
        return
    if not found:
        st.markdown("Nothing has been loaded yet.")
        return
    by_id = {load.load_id: load for load in found}
    st.table(
        [
            {
                "When (UTC)": f"{load.at:%d/%m/%Y %H:%M}", "Who": escape_markdown(load.who or "not recorded"), "What": _what(load, by_id),
                "As at": f"{load.as_at:%d/%m/%Y}", "Rows read": f"{load.rows_read:,}", "Quarantined": f"{load.rows_quarantined:,}",
                "Version": load.version,
            } for load in found[:HISTORY_SHOWN]
        ],
        border="horizontal", hide_index=True, alt="History of loads, latest first",
    )


def _what(load: Load, by_id: dict[str, Load]) -> str:
    if load.what != BACK:
        return "Load beside what was there" if load.what == ADD else "Load"
    of = by_id.get(load.contents_of)
    return f"Back to the load of {of.at:%d/%m/%Y %H:%M}" if of else "Back to an earlier load"
