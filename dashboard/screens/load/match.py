"""The part of the load page on which the columns of an unknown file are matched with ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl
import streamlit as st

from config.sources import SourceDescription, written
from config.toml_file import ConfigError
from dashboard.access.audit_guard import SessionGuard
from dashboard.figures.descriptions import every_description
from dashboard.screens.load.matching import Unknown, described_as, lacking, not_asked, preview, proposal, questions, unknown_files
from dashboard.screens.load.uploads import UploadedFile
from dashboard.text.formatting import escape_markdown, listing, number, plural
from data_access.load.checking import specification as spec
from data_access.load.drafting.proposal import Draft
from data_access.load.errors import FileProblem
from data_access.load.reading.described import TABLES
from data_access.workspace import WorkspaceUnavailable
from data_access.workspace.descriptions import save_description

_UNKNOWN, _SAVED = "_load_unknown", "_load_matched"
NONE, AS_IT_IS = "No column", "Leave as it is"


def match_columns(files: Callable[[], Sequence[UploadedFile]], of: object, guard: SessionGuard) -> None:
    """A section for each uploaded file that is in no shape that is known; nothing where every file is.

    `files` gives what was uploaded, and is called once for each `of`. Raises LoadError when it can't.
    """
    saved = st.session_state.pop(_SAVED, None)
    if saved:
        st.success(escape_markdown(saved), icon=":material/check_circle:")
    try:
        described = every_description()
    except (ConfigError, WorkspaceUnavailable) as problem:
        st.error(escape_markdown(str(problem)), icon=":material/error:")
        return
    kept = st.session_state.get(_UNKNOWN)
    if kept is None or kept[0] != (of, described):
        kept = st.session_state[_UNKNOWN] = ((of, described), unknown_files(files(), described))
    for place, unknown in enumerate(kept[1]):
        with st.expander(f"Match columns: {escape_markdown(unknown.file.name)}", icon=":material/join_inner:", expanded=place == 0):
            _match(unknown, f"match_{place}_{unknown.file.name}", guard)


def _match(unknown: Unknown, key: str, guard: SessionGuard) -> None:
    st.markdown(
        "This file is in none of the shapes that are known. Say once what its columns are; files with such a name then load as they are."
    )
    names = list(TABLES)
    first = proposal(unknown)
    becomes = st.selectbox("What the file holds", names, index=names.index(first.description.becomes), key=f"{key}_table")
    proposed = first if becomes == first.description.becomes else proposal(unknown, becomes)
    st.dataframe(unknown.look.frame.head(6), hide_index=True)
    description, missing = _chosen(proposed, f"{key}_{becomes}")
    for sentence in proposed.unsure:
        st.caption(escape_markdown(sentence))
    if missing:
        st.warning(f"Choose a column for {listing(missing)}.", icon=":material/warning:")
        return
    try:
        _preview(unknown, description)
    except (FileProblem, ConfigError) as problem:
        st.error(escape_markdown(str(problem)), icon=":material/error:")
        return
    st.download_button("Download as TOML", written(description), "sources.toml", "application/toml", key=f"{key}_toml", on_click="ignore")
    if st.button("Save", icon=":material/save:", key=f"{key}_save", type="primary"):
        _save(description, guard)


def _chosen(proposed: Draft, key: str) -> tuple[SourceDescription, list[str]]:
    """The description that is chosen, and the needed columns for which none is."""
    table = TABLES[proposed.description.becomes]
    columns: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    by_name = {column.name: column for column in proposed.columns}
    options = [NONE, *by_name]
    for ours in table.columns:
        match = proposed.matches.get(ours)
        needs = " (needed)" if ours in lacking(table, {}) else ""
        chosen = st.selectbox(
            f"{ours}{needs}", options, index=options.index(match.column.name) if match else 0, key=f"{key}_{ours}",
            help=f"Found: {escape_markdown(match.column.shown())}" if match and ours != table.child else None,
        )
        if chosen == NONE:
            continue
        columns[ours] = chosen
        unread, choices = questions(table, ours, by_name[chosen])
        guessed = proposed.description.values.get(ours, {})
        values[ours] = not_asked(proposed, ours, chosen, unread) | _meanings(ours, unread, choices, guessed, f"{key}_{ours}_{chosen}")
    last_day = proposed.description.last_day_included
    if table.interval:
        last_day = st.checkbox("The end date is the last day itself", value=last_day, key=f"{key}_last_day")
    pattern = st.text_input("Names of such files; * stands for anything", value=proposed.description.file or "*", key=f"{key}_pattern")
    return described_as(proposed, pattern or "*", columns, values, last_day_included=last_day), lacking(table, columns)


def _meanings(ours: str, unread: Sequence[str], choices: Sequence[str], guessed: Mapping[str, str], key: str) -> dict[str, str]:
    found: dict[str, str] = {}
    options = [AS_IT_IS, *choices]
    for place, value in enumerate(unread):
        guess = guessed.get(value)
        meant = st.selectbox(
            f"{ours}: what '{escape_markdown(value)}' means", options, index=options.index(guess) if guess in options else 0,
            key=f"{key}_{place}",
        )
        if meant != AS_IT_IS:
            found[value] = meant
    return found


def _preview(unknown: Unknown, description: SourceDescription) -> None:
    for trial in preview(unknown, description):
        aside = f", {number(trial.rows_set_aside)} set aside" if trial.rows_set_aside else ""
        st.markdown(
            f"**{plural(trial.rows_read, 'row')} read, {number(trial.rows_loaded)} would be loaded, {number(trial.rows_quarantined)} "
            f"quarantined{aside}.** Whether the children are known is looked at when the files are checked together."
        )
        if trial.rows.height:
            st.dataframe(trial.rows.select(pl.all().cast(pl.String)), hide_index=True)
        for reason, rows, lines in trial.reasons:
            st.markdown(f"- {plural(rows, 'row')}: {escape_markdown(reason)} (line {', '.join(map(str, lines))})")


def _save(description: SourceDescription, guard: SessionGuard) -> None:
    guard.change(f"how files named {description.file} are read, as {description.becomes}")
    try:
        save_description(guard.workspace(), description, guard.person.who)
    except WorkspaceUnavailable as problem:
        st.error(escape_markdown(str(problem)), icon=":material/error:")
        return
    st.session_state[_SAVED] = f"Saved: files named {description.file} are now read as {description.becomes}."
    st.rerun()


def template_downloads() -> None:
    """A workbook to fill in for each table."""
    from data_access.load.drafting.templates import template

    with st.expander("Templates to fill in", icon=":material/table_view:", key="load_templates"):
        tables = {table.name: table for table in spec.EXTRACTS}
        name = st.selectbox("Table", list(tables), key="load_template")
        st.download_button(
            f"Download {name}.xlsx", lambda: template(tables[name]), f"{name}.xlsx", key="load_template_download", on_click="ignore",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
