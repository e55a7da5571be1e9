"""The block a statement's page is made of: one measure, from its headline to its download."""

from __future__ import annotations

import html
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard import exports, sentences, words
from dashboard.chart_block import draw_chart
from dashboard.charts.groups import groups_chart
from dashboard.charts.trend import trend_chart
from dashboard.comparator_blocks import beside_table, beside_words, crossing_words
from dashboard.comparator_tables import published_rows
from dashboard.emptiness import why_empty
from dashboard.equality_words import gap_sentences
from dashboard.filters import address
from dashboard.icons import assurance_icon, variation_icon
from dashboard.improvement_block import improvement_section, notes_of_view
from dashboard.links import equality_link
from dashboard.measure_tables import groups_table, trend_table
from dashboard.pooled import pooled_rows, pooled_table, pooled_words
from dashboard.quality_words import quality_badge
from dashboard.shared import drawn_once
from dashboard.shown import Shown
from dashboard.view import View
from metrics import equality
from metrics.breakdowns import Breakdown
from metrics.catalogue import statement_of
from metrics.kinds import Measure
from metrics.targets import level
from metrics.trend import Trend

_ICONS = "display:flex;flex-wrap:wrap;gap:1rem"
_HEADLINE = "font-size:1.4rem;line-height:1.3;font-weight:600;margin:0"


@st.fragment
def measure_block(view: View, measure: Measure, breakdown: Breakdown, shown: Shown) -> None:
    """Everything about one measure. Opening its table draws only this block anew."""
    trend = shown.trend
    with st.container(border=True, key=f"block_{measure.id}"):
        # The address, which the link to the equality page has, also says who somebody is who looks at the made-up authority.
        drawn_once(view, ("block", measure.id, breakdown.id, address(view.filters)), lambda: _charts_and_words(view, breakdown, shown))
        improvement_section(view, trend)
        if shown.has_values:
            _table(shown, breakdown)
        drawn_once(view, ("definitions", measure.id), lambda: _definitions(measure))
        if shown.has_values:
            _download(view, shown, breakdown)


def _charts_and_words(view: View, breakdown: Breakdown, shown: Shown) -> None:
    """The part that is the same for all who look at the same."""
    trend, measure = shown.trend, shown.trend.measure
    st.subheader(measure.title, anchor=measure.id)
    st.caption(f"{measure.nice}. {words.better_words(measure)} {measure.why}")
    quality_badge(view, measure)
    if trend.latest is None:
        st.info(why_empty(view, measure), icon=":material/info:")
    if not shown.has_values:
        return
    _headline(trend)
    crossing_words(shown.beside.changes, "this trend")
    _gap(view, measure, breakdown, shown)
    over_time, by_group = st.columns([3, 2], gap="medium")
    with over_time:
        _over_time(view, shown)
    with by_group:
        _by_group(view, trend, breakdown, shown.groups)
    notes_of_view(view, measure)


def _headline(trend: Trend) -> None:
    """What the chart shows in a sentence, then period, interval and target, then the icons with their meaning."""
    row, measure = trend.latest, trend.measure
    if row is None:
        return
    st.html(f'<p style="{_HEADLINE}">{html.escape(words.headline(trend))}</p>')
    if trend.hidden_since:
        st.markdown(f"{words.hidden_later_sentence(trend.hidden_since)}.")
    period = words.upper_first(words.period_words(row))
    st.markdown(f"{period}, {words.interval_words(measure, row['lower'], row['upper'])}. {words.target_sentence(trend)}")
    # One element, not four: the browser draws all of a page's elements anew after each click.
    st.html(f'<div style="{_ICONS}">{variation_icon(trend.variation)}{assurance_icon(trend.assurance)}</div>')
    st.markdown(f"**{sentences.control_sentence(trend)}**")


def _over_time(view: View, shown: Shown) -> None:
    trend = shown.trend
    st.markdown(f"**By {sentences.grain(trend)}**")
    changes = [item.record for item in view.written.changes(trend.measure)]
    drawn = trend if view.filters.target_lines else replace(trend, frame=trend.frame.with_columns(pl.lit(None, pl.Float64).alias("target")))
    drawing = trend_chart(drawn, view.rebases_of(trend.measure), changes, beside=shown.beside, pooled=shown.pooled)
    draw_chart(drawing, f"trend_{trend.measure.id}")
    st.caption(f"{words.better_words(trend.measure)} {trend.reason}")
    beside_words(trend, shown.beside)
    pooled_words(trend, shown.pooled)


def _by_group(view: View, trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> None:
    measure = trend.measure
    if not groups.height or trend.latest is None:
        return
    st.markdown(f"**{breakdown.title}, {words.period_words(trend.latest)}**")
    drawing = groups_chart(measure, breakdown, groups, overall=trend.latest["value"], targets=_targets(view, trend, breakdown, groups))
    draw_chart(drawing, f"groups_{measure.id}")


def _gap(view: View, measure: Measure, breakdown: Breakdown, shown: Shown) -> None:
    """The gap that matters most among the groups shown, in sentences, with the way to the equality page."""
    if not equality.comparable(measure) or shown.groups.height < 2:
        return
    if shown.gap:
        st.markdown(f"**The gap that matters most.** {words.escape_markdown(gap_sentences(measure, breakdown, shown.gap))}")
    else:
        st.markdown(sentences.no_gap_sentence(breakdown, shown.groups))
    equality_link(view.filters, measure, breakdown)


def _targets(view: View, trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> dict[str, float]:
    """The target of each group, if targets are drawn: a placement may have its own."""
    measure, latest = trend.measure, trend.latest
    if latest is None or not view.filters.target_lines:
        return {}
    if breakdown.id != "placement":
        return {group: latest["target"] for group in groups[breakdown.id] if latest["target"] is not None}
    held = {group: view.targets.on(measure, latest["period_end"], (group,)) for group in groups[breakdown.id]}
    return {group: level(measure, target) for group, target in held.items() if target is not None}


def _table(shown: Shown, breakdown: Breakdown) -> None:
    """The numbers behind the charts, drawn only once they are asked for."""
    trend, groups, measure = shown.trend, shown.groups, shown.trend.measure
    with st.expander("View as table", icon=":material/table:", key=f"table_{measure.id}", on_change="rerun") as table:
        if table.open:
            st.table(trend_table(trend), alt=f"{measure.title} over time", border="horizontal")
            beside_table(shown.beside, measure.title)
            pooled_table(trend, shown.pooled, measure.title)
            if groups.height:
                alt = f"{measure.title} by {words.lower_first(breakdown.title)}"
                st.table(groups_table(measure, breakdown, groups), alt=alt, border="horizontal")


def _definitions(measure: Measure) -> None:
    statement = statement_of(measure)
    with st.expander("How this is counted", icon=":material/calculate:"):
        st.markdown(sentences.counted_words(measure))
    with st.expander("Additional information", icon=":material/info:"):
        st.markdown(
            f"**Where it comes from.** {measure.nice}. NICE quality standard QS133, 'Children's attachment' (2016), statement "
            f"{statement.number}: '{statement.words}'\n\n"
            f"**Definition last held against its source** on {words.long_date(measure.reviewed)}.\n\n"
            f"**Name in `qs133 measures` and in the address**: `{measure.id}`"
        )


def _download(view: View, shown: Shown, breakdown: Breakdown) -> None:
    trend = shown.trend
    name = view.file_name(exports.file_name(trend))

    def contents() -> bytes:
        view.before_export(name)
        return exports.to_csv(exports.shown_rows(
            trend, breakdown, shown.groups, view.filters.where, view.sharing,
            more=[published_rows(shown.beside), pooled_rows(trend, shown.pooled)], kept=view.kept([trend.measure]),
        ))

    st.download_button(
        "Download these numbers (CSV)", contents, file_name=name, mime="text/csv", key=f"csv_{trend.measure.id}",
        on_click="ignore", icon=":material/download:", help=view.sharing,
    )


