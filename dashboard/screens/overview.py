"""The overview: every measure at a glance, so that a commissioner sees in ten seconds where to look."""

from __future__ import annotations

import datetime
import html
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.charts.icons import ASSURANCE_MEANING, VARIATION_MEANING, assurance_icon, variation_icon
from dashboard.content import exports, overview_findings
from dashboard.content.overview_findings import Finding, Line
from dashboard.content.sentences import not_judged_sentences
from dashboard.content.view import View
from dashboard.improvement.wording import overdue_words
from dashboard.screens.digest import digest_list
from dashboard.screens.measures.measure_list import measures_html
from dashboard.screens.show_more import what_would_show_more
from dashboard.session import filters
from dashboard.session.links import IMPROVEMENT, page_link
from dashboard.session.render_cache import drawn_once, worked_out_once
from dashboard.text.formatting import (
    HIDDEN,
    plural,
    upper_first,
)
from metrics.measures.catalogue import statements

ALL = "all"
FINDINGS = {ALL: "All", **{finding.value: upper_first(finding.value) for finding in Finding}}
CAPTION = "Choose a measure to see its chart and its groups."
ORDERS = {
    "urgency": "Most urgent first", "statement": "Statement", "title": "Measure, A to Z", "value": "Value, highest first",
    "change": "Change, worst first", "target": "Target, missed first",
}


def overview(view: View) -> None:
    """The whole page."""
    st.title("Where to look first", anchor=False)
    digest_list(view.reporting.cohort)
    found = worked_out_once(view, "lines", overview_findings.lines)
    _top_line(found)
    _overdue(view)
    number, finding, order = _choice()
    chosen = overview_findings.with_finding(overview_findings.of_statement(found, number), finding)
    if not chosen:
        st.info("No measures match. Choose 'All' to see every measure.", icon=":material/check_circle:")
        return
    chosen = overview_findings.in_order(chosen, order)
    here = filters.address(view.filters)

    def table(lines: Sequence[Line], name: str) -> Callable[[View], str]:
        links = {line.measure.id: filters.statement_link(line.measure, line.statement, here) for line in lines}
        return lambda same: measures_html(same, lines, links, name=name)

    untold = [] if finding is Finding.NO_DATA else overview_findings.with_finding(chosen, Finding.NO_DATA)
    told = [line for line in chosen if not untold or Finding.NO_DATA not in line.findings]
    if told:
        st.html(worked_out_once(view, ("table", here, number, finding, order), table(told, CAPTION)))
    if untold:
        with st.expander(f"{plural(len(untold), 'measure')} that cannot be told, and why", icon=":material/visibility_off:"):
            st.html(worked_out_once(view, ("untold", here, number, finding, order), table(untold, "Measures that cannot be told.")))
    _download(view, chosen)
    what_would_show_more(view)
    drawn_once(view, "icons", _key)


def summary_words(found: Sequence[Line]) -> str:
    """How many measures give concern, of those that can be judged, and how many miss their target, of those that have one."""
    judged = [line for line in found if line.trend.variation is not None]
    with_target = [line for line in found if line.trend.target_status is not None]
    concern = len(overview_findings.with_finding(judged, Finding.CONCERN))
    missed = len(overview_findings.with_finding(with_target, Finding.MISSING_TARGET))
    judgeable = "" if len(judged) == len(found) else " that can be judged"
    first = (
        _share_of(concern, len(judged), judgeable, ("gives concern", "give concern", "gives no concern")) if judged
        else _nothing_judged(found)
    )
    second = (
        _share_of(missed, len(with_target), " with a target", ("misses it", "miss it", "does not miss it"))
        if with_target else "No measure has a target"
    )
    return f"{first}. {second}"


def _nothing_judged(found: Sequence[Line]) -> str:
    """Why of no measure change can be told from chance."""
    if any(line.trend.unfit for line in found):
        return "Change cannot be told from chance here, because numbers are rounded to protect children"
    if not any(line.trend.latest for line in found):
        return "There is nothing to judge yet"
    return "It is too early to tell change from chance: no measure has enough periods yet"


def _share_of(count: int, of: int, which: str, verbs: tuple[str, str, str]) -> str:
    """'None of the 3 measures gives concern'. `which` says which measures are meant, `verbs` what one does, several do and one does not."""
    does, do, does_not = verbs
    if of == 1:
        return f"The one measure{which} {does if count else does_not}"
    if count == of:
        return f"{'Both' if of == 2 else f'All {of}'} measures{which} {do}"
    return f"{count or 'None'} of the {of} measures{which} {do if count > 1 else does}"


def _top_line(found: Sequence[Line]) -> None:
    st.header(f"{summary_words(found)}.", anchor=False)
    st.caption(told_sentences(found))


def told_sentences(found: Sequence[Line]) -> str:
    """How many measures have a number, and why not everything is said of the others."""
    hidden = len(overview_findings.with_finding(found, Finding.HIDDEN))
    told = [f"{overview_findings.told_words(found)}."]
    if any(line.trend.variation is not None for line in found):  # else the headline says it of all
        told.append(not_judged_sentences(line.trend for line in found))
    if hidden:
        told.append(f"{plural(hidden, 'is', 'are')} {HIDDEN} in the latest complete period.")
    return " ".join(filter(None, told))


def _overdue(view: View) -> None:
    """Reviews of evidence and actions that should have happened, with the way to them."""
    if words := overdue_words(view.written, datetime.date.today()):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/event_busy: {words}", width="content")
            page_link(IMPROVEMENT, "See them", filters.address(view.filters))


def _choice() -> tuple[int | None, Finding | None, str]:
    """Which measures to list, of a statement, with a finding, and in which order; all kept in the address."""
    numbers = {ALL: "All statements", **{str(statement.number): f"{statement.number} {statement.title}" for statement in statements()}}
    with st.container(horizontal=True, gap="small"):
        statement = st.selectbox(
            "Statement", list(numbers), format_func=lambda id: numbers.get(id, id), key="statement", bind="query-params", width=165,
        )
        order = st.selectbox(
            "Sort by", list(ORDERS), format_func=lambda id: ORDERS.get(id, id), key="sort", bind="query-params", width=170,
        )
        finding = st.segmented_control(
            "Show", list(FINDINGS), default=ALL, required=True, format_func=lambda id: FINDINGS.get(id, id), key="show",
            bind="query-params", wrap=True,
        )
    return (
        int(statement) if statement in numbers and statement != ALL else None,
        Finding(finding) if finding in FINDINGS and finding != ALL else None,
        order if order in ORDERS else "urgency",
    )


def _download(view: View, chosen: Sequence[Line]) -> None:
    name = view.file_name("overview")

    def contents() -> bytes:
        view.before_export(name)
        return exports.to_csv(overview_findings.rows(chosen, view))

    st.download_button(
        "Download this table (CSV)", contents, file_name=name, mime="text/csv", key="csv_overview", on_click="ignore",
        icon=":material/download:", help=view.sharing,
    )


def _key() -> None:
    with st.expander("What the icons and the small charts mean", icon=":material/help:"):
        _meanings()


def _meanings() -> None:
    for icon, meanings in ((variation_icon, VARIATION_MEANING), (assurance_icon, ASSURANCE_MEANING)):
        for state, meaning in meanings.items():
            st.html(f"{icon(state)}<p>{html.escape(meaning)}</p>")
    st.markdown(
        "The small chart shows every complete period; the mark at its end is the latest one: a blue diamond for improvement, an orange "
        "square for concern, otherwise a grey circle. A hollow circle is a period that is not complete yet. The dashed purple line is "
        "the target. The definitions page explains how change is told from chance.\n\n"
        "Against England: measures that a published figure is fair to say whether the whole 95% confidence interval of their latest value "
        "lies above or below England's last published figure, or reaches across it. How far the two are comparable is said beside the "
        "measure."
    )


