"""The page on data quality: problems with the measures they touch, then what was counted. For analysts, and exact."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import polars as pl
import sqlalchemy as sa
import streamlit as st

from config.access import access
from config.cohorts import Cohort
from config.data_quality import data_quality
from config.settings import settings
from dashboard.access.audit_guard import SessionGuard
from dashboard.charts.quality import coverage_chart, marks_chart, rows_chart
from dashboard.content.coverage.wording import bars, told
from dashboard.content.data_quality.problems import Problem, problems
from dashboard.content.exports import to_csv
from dashboard.figures.data_quality import Quality, rows_of
from dashboard.figures.grants import grants_without_data
from dashboard.screens.chart import draw_chart
from dashboard.text.formatting import escape_markdown, listing, long_date, number, percent, plural, upper_first
from data_access import tables
from data_access.load.checking.return_checks import CHECKS
from metrics.measures.catalogue import measures
from metrics.measures.cohort_words import WHO, worded
from metrics.summary.quality import DATED
from metrics.units.breakdowns import BREAKDOWNS

QUARANTINE_FILE, CHECKS_FILE = "quarantine-not-for-sharing.csv", "return-checks-not-for-sharing.csv"
# The folder or file that was loaded; where it lies on the server is in the download.
_SOURCE = pl.col("source").str.extract(r"([^/\\]+)[/\\]*$").alias("Source")
# Wide enough for every table's name and number of rows: Streamlit measures the first rows only, and cuts the longer ones below.
_WIDTHS = {
    "Table": st.column_config.TextColumn(width=170),
    **{name: st.column_config.NumberColumn(format="localized", width=95) for name in ("Read", "Loaded")},
    **{name: st.column_config.NumberColumn(format="localized") for name in ("Quarantined", "Set aside", "Rows")},
}


def data_quality_page(quality: Quality, guard: SessionGuard) -> None:
    """The whole page."""
    st.title("Data quality", anchor=False)
    st.markdown(
        "What was loaded, what is missing, and which measures are affected. The filters don't change this page. A problem that is beyond a "
        "limit of `config/data_quality.toml` puts a badge on each measure it affects. The badge shows no counts."
    )
    found = problems(quality)
    _problems(found, quality.covered.cohort)
    _grants(quality)
    _loaded(quality, guard)
    _covered(quality)
    _completeness(quality)
    _over_time(quality)
    _sources(quality)
    _return_checks(quality, guard)


def _problems(found: Sequence[Problem], cohort: Cohort) -> None:
    beyond = [problem for problem in found if problem.beyond]
    st.header("Problems", anchor="problems")
    touched = {measure.id for problem in beyond for measure in problem.measures()}
    if beyond:
        badges = f"{plural(len(touched), 'measure carries', 'measures carry')} a badge"
        st.markdown(f"**{plural(len(beyond), 'problem is', 'problems are')} beyond a local limit:** {badges}.")
    else:
        st.markdown("**No problem is beyond a local limit,** so no measure carries a badge.")
    for problem in beyond:
        with st.container(border=True):
            _problem(problem, cohort)
    within = found[len(beyond):]
    if within:
        with st.expander(f"{upper_first(plural(len(within), 'smaller problem'))}", icon=":material/list:"):
            for problem in within:
                _problem(problem, cohort)


def _grants(quality: Quality) -> None:
    for sentence in grants_without_data(access().grants, quality.named):
        st.warning(escape_markdown(sentence), icon=":material/key_off:")


def _problem(problem: Problem, cohort: Cohort) -> None:
    st.markdown(f"**{escape_markdown(problem.words)}** {escape_markdown(problem.effect)}")
    st.caption(escape_markdown(_touched(problem, cohort)))


def _touched(problem: Problem, cohort: Cohort) -> str:
    touched = problem.measures()
    if not touched:
        return "No measure's own definition needs it."
    if len(touched) == len(measures()):
        return "It affects every measure."
    return f"It affects {plural(len(touched), 'measure')}: {'; '.join(worded(measure, cohort).title for measure in touched)}."


def _loaded(quality: Quality, guard: SessionGuard) -> None:
    st.header("What was loaded", anchor="loaded")
    if not quality.files.height:
        st.info("The database was not filled by `qs133 load`, so nothing is known of files and rows.", icon=":material/info:")
        return
    read, bad = int(quality.files["rows_read"].sum()), int(quality.files["rows_quarantined"].sum())
    aside = int(quality.files["rows_set_aside"].sum())
    not_wanted = f" The descriptions of the files leave out {plural(aside, 'row')}." if aside else ""
    loaded = number(read - bad - aside)
    st.markdown(f"{number(read)} rows were read, {loaded} loaded and {number(bad)} put into quarantine.{not_wanted}")
    year = pl.col("collection_year")
    st.dataframe(
        quality.files.select(
            pl.col("table_name").alias("Table"),
            pl.when(year.is_not_null()).then(pl.format("{}/{}", year - 1, (year % 100).cast(pl.String).str.zfill(2)))
            .otherwise(pl.lit("")).alias("Year"),
            pl.col("rows_read").alias("Read"), pl.col("rows_loaded").alias("Loaded"), pl.col("rows_quarantined").alias("Quarantined"),
            pl.col("rows_set_aside").alias("Set aside"),
            pl.col("file").alias("File"), _SOURCE,
        ),
        hide_index=True, height="content", column_config=_WIDTHS, alt="Rows read, loaded and quarantined of every file",
    )
    if quality.set_aside.height:
        _values_set_aside(quality)
    if not bad:
        return
    st.subheader("Quarantined rows, by reason", anchor="quarantine")
    st.dataframe(
        quality.reasons.select(
            pl.col("table_name").alias("Table"), pl.col("rows").alias("Rows"), pl.col("reason").alias("Reason"),
            pl.col("file").alias("File"), _SOURCE,
        ),
        hide_index=True, column_config=_WIDTHS, alt="Quarantined rows by table and reason",
    )
    _download("Download the quarantined rows (CSV)", QUARANTINE_FILE, tables.quarantine, quality, guard)


def _covered(quality: Quality) -> None:
    st.header("What time the data covers", anchor="covered")
    st.caption(
        "A period is told only where everything that a measure needs covers it, with the time it looks back. Otherwise what was not "
        "loaded would read as nought. Where a table really ends earlier, say so in `config/coverage.toml`."
    )
    found = bars(quality.covered, quality.as_at)
    if found:
        named = [(f"{bar.table}, {bar.of}" if bar.of else bar.table, bar.first, bar.last) for bar in found]
        draw_chart(coverage_chart(named), "coverage")
        with st.expander("View as table", icon=":material/table:", key="coverage_table", on_change="rerun") as table:
            if table.open:
                rows = [{"Table": name, "From": long_date(first), "To": long_date(last)} for name, first, last in named]
                st.table(rows, border="horizontal", hide_index=True, alt="What time each table covers")
    st.subheader("When each measure is told", anchor="told")
    st.caption(f"By quarter, for {WHO[quality.covered.cohort]}.")
    every = [told(worded(measure, quality.covered.cohort), quality.covered, quality.quarters) for measure in measures()]
    rows = [{"Measure": escape_markdown(each.measure.title), "Told": escape_markdown(each.sentence)} for each in every]
    st.table(rows, border="horizontal", hide_index=True, alt="When each measure is told")


def _values_set_aside(quality: Quality) -> None:
    st.subheader("Rows loaded without a value", anchor="set-aside")
    st.markdown("A code that nobody knows is set aside and the row is loaded, because losing the child would falsify more.")
    st.dataframe(
        quality.set_aside.sort("rows", descending=True).select(
            pl.col("table_name").alias("Table"), pl.col("rows").alias("Rows"), pl.col("reason").alias("Reason"),
            pl.col("file").alias("File"), _SOURCE,
        ),
        hide_index=True, column_config=_WIDTHS, alt="Values set aside by table and reason",
    )


def _download(label: str, name: str, table: sa.Table, quality: Quality, guard: SessionGuard) -> None:
    def contents() -> bytes:
        guard.before_export(name)
        return to_csv(rows_of(settings().database, table, quality.version))

    st.download_button(
        label, contents, file_name=name, mime="text/csv", on_click="ignore", icon=":material/download:",
        help="It holds rows about single children. Use it to correct the sources, and do not share it. The audit log records the download.",
    )


def _completeness(quality: Quality) -> None:
    st.header("Completeness of the groups", anchor="completeness")
    children = max(quality.groups["children"].to_list(), default=0)
    st.caption(
        f"Of the {number(children)} {WHO[quality.covered.cohort]} in the quarter {quality.quarter}. Equality figures leave children "
        "without a value under 'Not recorded'."
    )
    rows = [
        {
            "Characteristic": BREAKDOWNS[name].title, "Not recorded": missing, "Of": all,
            "Share not recorded": percent(missing / all) if all else "",
        }
        for name, missing, all in quality.groups.iter_rows()
    ]
    st.table(rows, border="horizontal", hide_index=True, alt="Share not recorded of each characteristic")


def _over_time(quality: Quality) -> None:
    st.header("Completeness over time", anchor="time")
    months = pl.date_range(quality.first_day, quality.as_at, "1mo", eager=True).to_list()
    shown = [table for table in DATED if table.id in quality.days]
    if not shown:
        st.info("No table with dates was provided.", icon=":material/info:")
        return
    by_month = {table.title: _by_month(quality.days[table.id], months) for table in shown}
    st.caption(
        "Rows by month. A square of a stronger blue has more rows, beside the table's fullest month; an orange cross marks a month without "
        "any."
    )
    draw_chart(rows_chart(months, by_month), "rows_by_month")
    with st.expander("View as table", icon=":material/table:", key="rows_table", on_change="rerun") as table:
        if table.open:
            st.dataframe(
                pl.DataFrame({"Month": [f"{month:%Y-%m}" for month in months], **by_month}), hide_index=True, height="content",
                alt="Rows of each table by month",
            )
    st.subheader("How recent the data is", anchor="timeliness")
    st.caption(f"Data up to {long_date(quality.as_at)}.")
    rows = []
    for each in shown:
        last = quality.days[each.id]["date"].max()
        rows.append({
            "Table": each.title, "Latest row": long_date(last) if isinstance(last, datetime.date) else "none",
            "Days before the end of the data": number((quality.as_at - last).days) if isinstance(last, datetime.date) else "",
        })
    st.table(rows, border="horizontal", hide_index=True, alt="Latest row of each table")
    if quality.marks.height:
        st.subheader("Children with attendance marks", anchor="marks")
        st.caption(
            f"Of the {WHO[quality.covered.cohort]} who are of school age in each month, those who have at least one possible session. "
            "When a school stops sending its marks, they go missing here."
        )
        limit = data_quality().children_with_marks_percent / 100
        draw_chart(marks_chart(quality.marks, WHO[quality.covered.cohort], limit), "marks_by_month")


def _by_month(days: pl.DataFrame, months: Sequence[datetime.date]) -> list[int]:
    counted = dict(days.group_by(pl.col("date").dt.truncate("1mo")).agg(pl.col("rows").sum()).iter_rows())
    return [counted.get(month, 0) for month in months]


def _sources(quality: Quality) -> None:
    st.header("Children in one source and not in another", anchor="sources")
    if not quality.pairs.height:
        st.info("No two sources that could be compared were loaded.", icon=":material/info:")
    else:
        rows = [
            {
                "In": escape_markdown(one), "Not in": escape_markdown(other), "Children": number(missing), "Of": number(all),
                "Share": percent(missing / all) if all else "",
            }
            for one, other, missing, all in quality.pairs.select("present_in", "absent_from", "children", "of_children").iter_rows()
        ]
        st.table(rows, border="horizontal", hide_index=True, alt="Children in one source and not in another")
    st.subheader("Where sources disagree, and unusual records", anchor="findings")
    if not quality.findings.height:
        st.markdown("Nothing found.")
        return
    st.table(
        [{"Found": escape_markdown(finding), "Children": number(children), "Rows": number(rows)}
         for finding, rows, children in quality.findings.select("finding", "rows", "children").iter_rows()],
        border="horizontal", hide_index=True, alt="Where sources disagree",
    )


def _return_checks(quality: Quality, guard: SessionGuard) -> None:
    st.header("Checks of the SSDA903 return", anchor="checks")
    if not quality.checks.height:
        st.info("No SSDA903 return was loaded.", icon=":material/info:")
        return
    st.caption(
        "Under the Department for Education's own rule numbers where it has one. They change nothing of what is loaded, and find what "
        "would make a measure wrong."
    )
    by_rule = {check.rule: check for check in CHECKS}
    ran = quality.checks.sort("children", descending=True, maintain_order=True)
    rows = [
        {
            "Rule": rule if rule[0].isdigit() else "ours", "Finds": finding, "Children": number(children), "Rows": number(rows),
            "Effect on measures": by_rule[rule].effect if rule in by_rule else "",
        }
        for rule, finding, rows, children in ran.select("rule", "finding", "rows", "children").iter_rows() if rows
    ]
    without = sorted(ran.filter(pl.col("rows") == 0)["rule"], key=lambda rule: (not rule[0].isdigit(), rule))
    clean = [rule if rule[0].isdigit() else f"‘{by_rule[rule].finding.rstrip('.')}’" for rule in without]
    if rows:
        st.table(rows, border="horizontal", hide_index=True, alt="Checks of the return that found something")
        _download("Download the rows that were found (CSV)", CHECKS_FILE, tables.return_check_row, quality, guard)
    if clean:
        st.markdown(f"Nothing was found by {plural(len(clean), 'check')}: {escape_markdown(listing(clean))}.")
