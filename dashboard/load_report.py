"""The report of a load, or of a dry run, on the page."""

from __future__ import annotations

import streamlit as st

from dashboard.words import escape_markdown, long_date, number, plural
from data_access.load import LoadReport
from data_access.load.report import FileCount


def show_report(report: LoadReport) -> None:
    """What was recognised, what went into quarantine and why, and what is worth a look."""
    read, bad = sum(each.rows_read for each in report.files), sum(each.rows_quarantined for each in report.files)
    done = "would be loaded" if report.dry_run else "loaded"
    st.markdown(
        f"**{number(read)} rows read, {number(read - bad)} {done}, {number(bad)} in quarantine.** "
        f"{long_date(report.as_at)} is the last day that counts."
    )
    st.table(
        [
            {
                "Table": each.table, "Year": _year(each), "Read": number(each.rows_read), "Loaded": number(each.rows_loaded),
                "Quarantined": number(each.rows_quarantined), "File": escape_markdown(f"{each.source}: {each.file}"),
            } for each in report.files
        ],
        border="horizontal", hide_index=True, alt="Rows read, loaded and quarantined of every file",
    )
    if report.quarantined:
        st.markdown(f"**{plural(bad, 'row')} in quarantine.** They count nowhere until they are corrected at their source.")
        st.table(
            [{"Table": each.table, "Rows": number(each.rows), "Reason": escape_markdown(each.reason),
              "File": escape_markdown(f"{each.source}: {each.file}")}
             for each in report.quarantined],
            border="horizontal", hide_index=True, alt="Quarantined rows by reason",
        )
    if report.not_used:
        unused = ", ".join(f"{each.table} ({each.file})" for each in report.not_used)
        st.markdown(f"Recognised and not used: {escape_markdown(unused)}.")
    _worth_a_look(report)


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
