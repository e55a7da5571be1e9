"""The report of a load, or of a dry run, on the page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.text.formatting import escape_markdown, long_date, number, plural
from data_access.load import LoadReport
from data_access.load.report import FileCount, ReasonCount

REASONS_SHOWN = 50


def show_report(report: LoadReport) -> None:
    """What was recognised, what went into quarantine and why, and what is worth a look."""
    read, bad = sum(each.rows_read for each in report.files), sum(each.rows_quarantined for each in report.files)
    aside = sum(each.rows_set_aside for each in report.files)
    done = "would be loaded" if report.dry_run else "loaded"
    st.markdown(
        f"**{number(read)} rows read, {number(read - bad - aside)} {done}, {number(bad)} in quarantine"
        f"{f', {number(aside)} set aside' if aside else ''}.** "
        f"Data up to {long_date(report.as_at)}."
    )
    st.table(
        [
            {
                "Table": each.table, "Year": _year(each), "Read": number(each.rows_read), "Loaded": number(each.rows_loaded),
                "Quarantined": number(each.rows_quarantined), "Set aside": number(each.rows_set_aside),
                "File": escape_markdown(f"{each.source}: {each.file}"),
            } for each in report.files
        ],
        border="horizontal", hide_index=True, alt="Rows read, loaded and quarantined of every file",
    )
    if report.quarantined:
        st.markdown(f"**{plural(bad, 'row')} in quarantine.** They count nowhere until they are corrected at their source.")
        _reasons(report.quarantined, "Quarantined rows by reason")
    if report.set_aside:
        st.markdown("**Rows loaded without a value.** What the value was isn't known; everything else in these rows counts.")
        _reasons(report.set_aside, "Values set aside by reason")
    if report.not_used:
        unused = ", ".join(f"{each.table} ({each.file})" for each in report.not_used)
        st.markdown(f"Recognised and not used: {escape_markdown(unused)}.")
    _worth_a_look(report)


def _reasons(counts: Sequence[ReasonCount], alt: str) -> None:
    shown = sorted(counts, key=lambda each: -each.rows)
    st.table(
        [{"Table": each.table, "Rows": number(each.rows), "Reason": escape_markdown(each.reason),
          "File": escape_markdown(f"{each.source}: {each.file}")}
         for each in shown[:REASONS_SHOWN]],
        border="horizontal", hide_index=True, alt=alt,
    )
    if more := shown[REASONS_SHOWN:]:
        st.caption(f"And {plural(len(more), 'more reason')}, of {plural(sum(each.rows for each in more), 'row')}.")


def _year(count: FileCount) -> str:
    return f"{count.collection_year - 1}/{count.collection_year % 100:02d}" if count.collection_year is not None else ""


def _worth_a_look(report: LoadReport) -> None:
    checks = [(f"DfE rule {each.rule}: {each.finding}" if each.rule[0].isdigit() else each.finding, each.children, each.rows)
              for each in report.checks]
    findings = [(each.finding, each.children, each.rows) for each in report.findings]
    rows = [
        {"Found": escape_markdown(found), "Children": number(children), "Rows": number(count)}
        for found, children, count in (*checks, *findings) if count
    ]
    if rows:
        st.markdown("**Loaded as it is, worth a look**")
        st.table(rows, border="horizontal", hide_index=True, alt="Checks of the return and other findings")
