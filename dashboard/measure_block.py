"""The block a statement's page is made of: one measure, from its headline to its download."""

from __future__ import annotations

import datetime
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboard import exports, sentences, words
from dashboard.chart_block import BLOCK, LEFT, RIGHT, draw_chart, second_title, titles
from dashboard.charts.groups import groups_chart
from dashboard.charts.trend import trend_chart
from dashboard.comparator_blocks import beside_table, beside_words, crossing_words
from dashboard.comparator_tables import published_rows
from dashboard.emptiness import why_empty
from dashboard.equality_words import gap_sentences
from dashboard.icons import assurance_icon, variation_icon
from dashboard.improvement_block import improvement_section, notes_of_view
from dashboard.improvement_words import counts_words
from dashboard.links import equality_link
from dashboard.measure_tables import groups_table, trend_table
from dashboard.pooled import pooled_rows, pooled_table, pooled_words
from dashboard.prose import CAPTION, HEADLINE, paragraph, prose, strong
from dashboard.quality_words import quality_badge
from dashboard.shared import drawn_once
from dashboard.shown import Shown
from dashboard.view import View
from metrics import equality
from metrics.breakdowns import Breakdown
from metrics.catalogue import statement_of
from metrics.kinds import Measure
from metrics.summarise import State
from metrics.targets import level
from metrics.trend import Trend

TABLE, IMPROVEMENT, COUNTED = "table", "improvement", "counted"
MORE = {
    TABLE: (":material/table: View as table, download", "View as table, download"),
    IMPROVEMENT: (":material/trending_up: Improvement", "Improvement: actions, changes, notes, targets"),
    COUNTED: (":material/calculate: How this is counted, and more", "How this is counted"),
}
"""What a block shows on request: the words of its switch, which a phone has room for, and those above it."""
ALL_HIDDEN = (
    "Each of these groups is hidden to protect children: it is small, or could be worked out from the others. Longer periods, or another "
    "characteristic, may have more that can be shown."
)


@st.fragment
def measure_block(view: View, measure: Measure, breakdown: Breakdown, shown: Shown, address: str) -> None:
    """Everything about one measure; `address` is the view's. Opening its table draws only this block anew."""
    with st.container(border=True, key=f"{BLOCK}{measure.id}"):
        # The address, which the link to the equality page has, also says who somebody is who looks at the made-up authority.
        drawn_once(view, ("block", measure.id, breakdown.id, address), lambda: _charts_and_words(view, breakdown, shown))
        _more(view, breakdown, shown)


def _charts_and_words(view: View, breakdown: Breakdown, shown: Shown) -> None:
    """The part that is the same for all who look at the same."""
    trend, measure = shown.trend, shown.trend.measure
    st.subheader(measure.title, anchor=measure.id)
    quality_badge(view, measure)
    about = [paragraph(f"{measure.nice}. {words.better_words(measure)} {measure.why}", CAPTION)]
    if trend.latest is None:
        prose(about)
        st.info(why_empty(view, measure), icon=":material/info:")
        about = []
    if not shown.has_values:
        return
    over, by = f"By {sentences.grain(trend)}", _groups_title(trend, breakdown, shown.groups)
    crossed = crossing_words(shown.beside.changes, "this trend")
    prose([*about, *_headline(trend), *crossed, *_gap(measure, breakdown, shown), titles(over, by)])
    with st.container(key=f"{LEFT}{measure.id}"):
        _over_time(view, shown, by)
    with st.container(key=f"{RIGHT}{measure.id}"):
        _by_group(view, trend, breakdown, shown.groups)
        if _has_gap(measure, shown):
            equality_link(view.filters, measure, breakdown)
    notes_of_view(view, measure)


def _headline(trend: Trend) -> list[str]:
    """What the chart shows in a sentence, then period, interval and target, then the icons with their meaning."""
    row, measure = trend.latest, trend.measure
    if row is None:
        return []
    period = words.upper_first(words.period_words(row))
    return [
        paragraph(words.headline(trend), HEADLINE),
        *([paragraph(f"{words.hidden_later_sentence(trend.hidden_since)}.")] if trend.hidden_since else []),
        paragraph(f"{period}, {words.interval_words(measure, row['lower'], row['upper'])}. {words.target_sentence(trend)}"),
        f'<div class="icons">{variation_icon(trend.variation)}{assurance_icon(trend.assurance)}</div>',
        strong(sentences.control_sentence(trend)),
    ]


def _groups_title(trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> str:
    """The title of the chart beside the trend; empty where there is none."""
    return f"{breakdown.title}, {words.period_words(trend.latest)}" if groups.height and trend.latest is not None else ""


def _over_time(view: View, shown: Shown, beside: str) -> None:
    trend = shown.trend
    changes = [item.record for item in view.written.changes(trend.measure)]
    drawn = trend if view.filters.target_lines else replace(trend, frame=trend.frame.with_columns(pl.lit(None, pl.Float64).alias("target")))
    drawing = trend_chart(drawn, view.rebases_of(trend.measure), changes, beside=shown.beside, pooled=shown.pooled)
    reason = paragraph(f"{words.better_words(trend.measure)} {trend.reason}", CAPTION)
    compared = [*beside_words(trend, shown.beside), *pooled_words(trend, shown.pooled)]
    draw_chart(drawing, f"trend_{trend.measure.id}", [reason, *compared, second_title(beside)])


def _by_group(view: View, trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> None:
    measure = trend.measure
    if not groups.height or trend.latest is None:
        return
    if not (groups["state"] != State.HIDDEN.value).any():
        prose([paragraph(ALL_HIDDEN)])
        return
    drawing = groups_chart(measure, breakdown, groups, overall=trend.latest["value"], targets=_targets(view, trend, breakdown, groups))
    draw_chart(drawing, f"groups_{measure.id}")


def _has_gap(measure: Measure, shown: Shown) -> bool:
    """Whether there are groups that can be compared."""
    return equality.comparable(measure) and shown.groups.height >= 2


def _gap(measure: Measure, breakdown: Breakdown, shown: Shown) -> list[str]:
    """The gap that matters most among the groups shown, in sentences."""
    if not _has_gap(measure, shown):
        return []
    if shown.gap:
        return [paragraph(gap_sentences(measure, breakdown, shown.gap), lead="The gap that matters most.")]
    return [paragraph(sentences.no_gap_sentence(breakdown, shown.groups))]


def _targets(view: View, trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> dict[str, float]:
    """The target of each group, if targets are drawn: a placement may have its own."""
    measure, latest = trend.measure, trend.latest
    if latest is None or not view.filters.target_lines:
        return {}
    if breakdown.id != "placement":
        return {group: latest["target"] for group in groups[breakdown.id] if latest["target"] is not None}
    held = {group: view.targets.on(measure, latest["period_end"], (group,)) for group in groups[breakdown.id]}
    return {group: level(measure, target) for group, target in held.items() if target is not None}


def _more(view: View, breakdown: Breakdown, shown: Shown) -> None:
    """What is drawn only once it is asked for. One switch for all of it, because a click on a filter sends every element of a page."""
    measure = shown.trend.measure
    if counts := counts_words(view.written, measure, datetime.date.today()):
        st.caption(f"Written down for improvement: {counts}.")
    there = [name for name in MORE if name != TABLE or shown.has_values]
    opened = st.pills(
        "More about this measure", there, selection_mode="multi", format_func=lambda name: MORE[name][0], key=f"more_{measure.id}",
        label_visibility="collapsed",
    )
    draw = {TABLE: lambda: _table(view, shown, breakdown), IMPROVEMENT: lambda: improvement_section(view, shown.trend),
            COUNTED: lambda: _definitions(measure)}
    for name in there:
        if name in opened:
            with st.container(border=True):
                st.markdown(f"**{MORE[name][1]}**")
                draw[name]()


def _table(view: View, shown: Shown, breakdown: Breakdown) -> None:
    """The numbers behind the charts, to be read and to be taken away."""
    trend, groups, measure = shown.trend, shown.groups, shown.trend.measure
    st.table(trend_table(trend), alt=f"{measure.title} over time", border="horizontal")
    beside_table(shown.beside, measure.title)
    pooled_table(trend, shown.pooled, measure.title)
    if groups.height:
        alt = f"{measure.title} by {words.lower_first(breakdown.title)}"
        st.table(groups_table(measure, breakdown, groups), alt=alt, border="horizontal")
    _download(view, shown, breakdown)


def _definitions(measure: Measure) -> None:
    """How a measure is counted, with the local choices, and where it comes from."""
    statement = statement_of(measure)
    st.markdown(
        f"{sentences.counted_words(measure)}\n\n**Additional information**\n\n"
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


