"""The overview: every measure at a glance, so that a commissioner sees in ten seconds where to look."""

from __future__ import annotations

import datetime
import html
from collections.abc import Sequence

import streamlit as st

from dashboard import cockpit, filters
from dashboard.charts.theme import CONCERN
from dashboard.cockpit import Finding, Line
from dashboard.comparator_words import england_words
from dashboard.digest_blocks import digest_list
from dashboard.emptiness import why_empty
from dashboard.icons import ASSURANCE_MEANING, VARIATION_MEANING, assurance_icon, variation_icon
from dashboard.improvement_words import overdue_words
from dashboard.links import IMPROVEMENT, page_link
from dashboard.pooled import overview_words
from dashboard.quality_words import quality_mark
from dashboard.shared import drawn_once, worked_out_once
from dashboard.sparkline import sparkline
from dashboard.view import View
from dashboard.words import (
    HIDDEN,
    count_words,
    figure,
    hidden_later_sentence,
    interval_words,
    period_words,
    plural,
    target_words,
    upper_first,
)
from metrics.catalogue import statements
from metrics.published import Kind
from metrics.targets import TargetStatus

STYLE = f"""<style>
.cockpit {{container-type: inline-size}}
.cockpit ul, .cockpit li, .cockpit p {{margin: 0; padding: 0; list-style: none; line-height: 1.3}}
.cockpit .line {{display: grid; gap: .3rem 1.4rem; align-items: center; padding: .7rem 0 .7rem .8rem;
  border-top: 1px solid rgba(123, 135, 148, .45); border-left: .35rem solid transparent;
  grid-template-columns: minmax(0, 5fr) minmax(0, 5fr) minmax(0, 3.4fr) minmax(0, 5.6fr)}}
.cockpit :where(.with_england) .line {{
  grid-template-columns: minmax(0, 4.6fr) minmax(0, 4.4fr) minmax(0, 3.2fr) minmax(0, 3.4fr) minmax(0, 5.2fr)}}
.cockpit .concern {{border-left-color: {CONCERN}}}
.cockpit a {{color: inherit; font-weight: 600}}
.cockpit .value {{font-size: 1.5rem; font-weight: 650; line-height: 1.15}}
.cockpit .small {{font-size: .85rem}}
.cockpit .icons {{display: flex; flex-direction: column; gap: .3rem}}
.cockpit .empty {{grid-column: 2 / -1}}
.cockpit img {{max-width: 100%}}
@container (max-width: 860px) {{
  .cockpit .line {{grid-template-columns: minmax(0, 1fr) minmax(0, 1fr)}}
  .cockpit .empty {{grid-column: 1 / -1}}
  .cockpit .england:empty {{display: none}}
}}
@container (min-width: 521px) and (max-width: 860px) {{.cockpit .icons {{grid-column: 2}}}}
@container (max-width: 520px) {{.cockpit .line {{grid-template-columns: minmax(0, 1fr)}}}}
</style>"""
ALL = "all"
FINDINGS = {ALL: "All", **{finding.value: upper_first(finding.value) for finding in Finding}}
STATUS_WORDS = {
    TargetStatus.MET: "Meets the {target}", TargetStatus.MISSED: "Misses the {target}",
    TargetStatus.NOT_CLEAR: "Not clear yet whether it meets the {target}",
}


def overview(view: View) -> None:
    """The whole page."""
    st.title("Where to look first", anchor=False)
    digest_list()
    found = worked_out_once(view, "lines", cockpit.lines)
    _top_line(found)
    _overdue(view)
    number, finding = _choice()
    chosen = cockpit.with_finding(cockpit.of_statement(found, number), finding)
    if not chosen:
        st.info("No measure is like that. Choose 'All' to see every measure.", icon=":material/check_circle:")
        return
    england = Kind.ENGLAND in view.published.chosen or bool(view.published.peers)
    kind = ' class="with_england"' if england else ""
    rows = worked_out_once(
        view, ("rows", filters.address(view.filters)), lambda same: {line.measure.id: _row(same, line, england=england) for line in found},
    )
    st.html(f'{STYLE}<div class="cockpit"><ul{kind}>' + "".join(rows[line.measure.id] for line in chosen) + "</ul></div>")
    drawn_once(view, "icons", _key)


def summary_words(found: Sequence[Line]) -> str:
    """How many measures give concern, and how many miss their target, in a sentence."""
    concern = len(cockpit.with_finding(found, Finding.CONCERN))
    missed = len(cockpit.with_finding(found, Finding.MISSING_TARGET))
    gives, misses = "gives" if concern == 1 else "give", "misses its target" if missed == 1 else "miss their target"
    return f"{concern} of {plural(len(found), 'measure')} {gives} concern, {missed} {misses}"


def _top_line(found: Sequence[Line]) -> None:
    hidden, without = (len(cockpit.with_finding(found, finding)) for finding in (Finding.HIDDEN, Finding.NO_DATA))
    more = f" {plural(hidden, 'measure is', 'measures are')} {HIDDEN} in the latest complete period." if hidden else ""
    more += f" {plural(without, 'measure has', 'measures have')} no data." if without else ""
    st.header(f"{summary_words(found)}.{more}", anchor=False)


def _overdue(view: View) -> None:
    """Reviews of evidence and actions that should have happened, with the way to them."""
    if words := overdue_words(view.written, datetime.date.today()):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/event_busy: {words}", width="content")
            page_link(IMPROVEMENT, "See them", filters.address(view.filters))


def _choice() -> tuple[int | None, Finding | None]:
    """Which measures to list: of a statement, with a finding; both kept in the address."""
    numbers = {ALL: "All statements", **{str(statement.number): f"{statement.number} {statement.title}" for statement in statements()}}
    with st.container(horizontal=True, gap="medium"):
        statement = st.selectbox(
            "Statement", list(numbers), format_func=lambda id: numbers.get(id, id), key="statement", bind="query-params", width=340,
        )
        finding = st.segmented_control(
            "Show", list(FINDINGS), default=ALL, required=True, format_func=lambda id: FINDINGS.get(id, id), key="show",
            bind="query-params", wrap=True,
        )
    return (
        int(statement) if statement in numbers and statement != ALL else None,
        Finding(finding) if finding in FINDINGS and finding != ALL else None,
    )


def _row(view: View, line: Line, *, england: bool) -> str:
    """One measure: title with link, latest value and what it is made from, trend, how it stands against England if that is shown, icons
    and target in words."""
    trend, measure, row = line.trend, line.measure, line.trend.latest
    link = f"statement_{line.statement}?{filters.address(view.filters)}#{measure.id}".replace("?#", "#")
    name = f'<p><a href="{html.escape(link)}">{html.escape(measure.title)}</a></p>'
    title = f'<div>{name}<p class="small">Statement {line.statement}</p>{quality_mark(view, measure)}</div>'
    style = "line concern" if Finding.CONCERN in line.findings else "line"
    if row is None:
        return f'<li class="{style}">{title}<p class="empty">{html.escape(why_empty(view, measure))}</p></li>'
    unit = " on average" if measure.kind == "mean" else f" {getattr(measure, 'per_words', '')}".rstrip()
    counted = f"{count_words(measure, row['numerator'], row['denominator'])}, {period_words(row)}"
    interval = interval_words(measure, row["lower"], row["upper"])
    if trend.hidden_since:
        interval += f". {hidden_later_sentence(trend.hidden_since)}"
    value = (
        f'<div><p><span class="value">{html.escape(figure(measure, row["value"]))}</span>{html.escape(unit)}</p>'
        f'<p class="small">{html.escape(counted)}</p><p class="small">{html.escape(interval)}</p></div>'
    )
    icons = variation_icon(trend.variation) + (assurance_icon(trend.assurance) if trend.assurance else "")
    target = f'<p class="small">{html.escape(target_status_words(line))}</p>'
    against = _against_england(view, line) if england else ""
    small = sparkline(trend, target_line=view.filters.target_lines)
    return f'<li class="{style}">{title}{value}<div>{small}</div>{against}<div class="icons">{icons}{target}</div></li>'


def _against_england(view: View, line: Line) -> str:
    """How the latest value stands against England's last published figure, if one is fair to the measure, and against the others that are
    loaded with the one authority shown; empty without either."""
    against = england_words(line.trend, view.beside(line.trend)), overview_words(line.trend, view.pooled(line.trend))
    return '<div class="england">' + "".join(
        f'<p><b>{html.escape(standing)}</b></p><p class="small">{html.escape(level)}</p>' for standing, level in against if standing
    ) + "</div>"


def target_status_words(line: Line) -> str:
    """What the latest value says about the target, in words."""
    status, row = line.trend.target_status, line.trend.latest
    if status is None or row is None:
        return "No target is set"
    return STATUS_WORDS[status].format(target=target_words(line.measure, row["target"]))


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
        "Against England: measures that a published figure is fair to say whether the whole 95 % interval of their latest value lies above "
        "or below England's last published figure, or reaches across it. How far the two are comparable is said beside the measure."
    )


