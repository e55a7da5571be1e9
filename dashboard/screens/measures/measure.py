"""The block a statement's page is made of: one measure, from its headline to its download."""

from __future__ import annotations

import datetime

import streamlit as st

from dashboard.charts.icons import assurance_icon, variation_icon
from dashboard.charts.trend.picture import trend_picture
from dashboard.content import exports, sentences
from dashboard.content.chart_tables import groups_table, trend_table
from dashboard.content.comparisons.tables import published_rows
from dashboard.content.coverage.no_data import why_empty
from dashboard.content.data_quality.wording import quality_badge
from dashboard.content.equality.wording import gap_sentences
from dashboard.content.measure_findings import MeasureFindings
from dashboard.content.several_authorities import pooled_rows, pooled_table
from dashboard.content.view import View
from dashboard.improvement.section import improvement_section, notes_of_view
from dashboard.improvement.wording import counts_words
from dashboard.screens.chart import BLOCK, titles
from dashboard.screens.comparators import beside_table, crossing_words
from dashboard.screens.measures.charts import charts, drawing_of, groups_title, has_gap
from dashboard.session.fragments import fragment
from dashboard.session.render_cache import drawn_once
from dashboard.text import formatting
from dashboard.text.paragraphs import CAPTION, HEADLINE, paragraph, prose, strong
from metrics.judgement.trend import Trend
from metrics.measures.catalogue import measures, statement_of
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import Breakdown

CHART, TABLE, IMPROVEMENT, COUNTED = "chart", "table", "improvement", "counted"
MORE = {
    CHART: (":material/monitoring: Open the chart and groups", "The chart and the groups"),
    TABLE: (":material/table: View as table, download", "View as table, download"),
    IMPROVEMENT: (":material/trending_up: Improvement", "Improvement: actions, changes, notes, targets"),
    COUNTED: (":material/calculate: How this is counted, and more", "How this is counted"),
}
"""What a block shows on request: the words of its switch, which a phone has room for, and those above it."""
PICTURE_WIDTH, PICTURE_HEIGHT = 460, 230


@fragment
def measure_block(view: View, measure: Measure, breakdown: Breakdown, shown: MeasureFindings, address: str) -> None:
    """Everything about one measure; `address` is the view's. Opening its chart or its table draws only this block anew."""
    with st.container(border=True, key=f"{BLOCK}{measure.id}"):
        opened = shown.has_values and CHART in (st.session_state.get(switch(measure)) or ())
        # The address, which the link to the equality page has, also says who somebody is who looks at the made-up authority.
        same = ("block", measure.id, breakdown.id, address, opened)
        drawn_once(view, same, lambda: _words_and_picture(view, breakdown, shown, opened=opened))
        _more(view, breakdown, shown)


def switch(measure: Measure) -> str:
    """The key of the switch that opens what a block has on request."""
    return f"more_{measure.id}"


def keep_open() -> None:
    """Has what is open stay so over a run that doesn't draw the page: Streamlit forgets the switches that a run doesn't draw."""
    for key in map(switch, measures()):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def _words_and_picture(view: View, breakdown: Breakdown, shown: MeasureFindings, *, opened: bool) -> None:
    """The part that is the same for all who look at the same: words beside a picture of the trend, or above the charts once they are
    opened."""
    trend, measure = shown.trend, shown.trend.measure
    st.subheader(measure.title, anchor=measure.id)
    quality_badge(view, measure)
    about = [paragraph(f"{measure.nice}. {formatting.better_words(measure)} {measure.why}", CAPTION)]
    if trend.latest is None and not (trend.hidden_since and shown.has_values):
        prose(about)
        st.info(why_empty(view, measure), icon=":material/info:")
        about = []
    if not shown.has_values:
        return
    crossed = crossing_words(shown.comparison.changes, "this trend")
    told = [*_headline(trend), *crossed, *_gap(measure, breakdown, shown)]
    if opened:
        prose([*about, *told, titles(f"By {sentences.grain(trend)}", groups_title(trend, breakdown, shown.groups))])
        charts(view, breakdown, shown)
    else:
        picture = trend_picture(drawing_of(view, shown), PICTURE_WIDTH, PICTURE_HEIGHT)
        prose([f'<div class="pictured"><div>{"".join(told)}</div><div>{picture}</div></div>'])
    notes_of_view(view, measure)


def _headline(trend: Trend) -> list[str]:
    """What the chart shows in a sentence, then period, interval and target, then the icons with their meaning."""
    row, measure = trend.latest, trend.measure
    if row is None:
        earlier = [paragraph(f"{formatting.earlier_words(trend)}.", CAPTION)] if trend.earlier else []
        return [paragraph(f"{formatting.headline(trend)}.", HEADLINE), *earlier] if trend.hidden_since else []
    period = formatting.upper_first(formatting.period_words(row))
    return [
        paragraph(formatting.headline(trend), HEADLINE),
        paragraph(f"{period}, {formatting.row_interval(measure, row)}. {formatting.target_sentence(trend)}"),
        f'<div class="icons">{variation_icon(trend.variation, rounded=bool(trend.unfit))}{assurance_icon(trend.assurance)}</div>',
        strong(sentences.control_sentence(trend)),
    ]


def _gap(measure: Measure, breakdown: Breakdown, shown: MeasureFindings) -> list[str]:
    """The gap that matters most among the groups shown, in sentences."""
    if not has_gap(measure, shown):
        return []
    if shown.gap:
        return [paragraph(gap_sentences(measure, breakdown, shown.gap), lead="The gap that matters most.")]
    return [paragraph(sentences.no_gap_sentence(breakdown, shown.groups))]


def _more(view: View, breakdown: Breakdown, shown: MeasureFindings) -> None:
    """What is drawn only once it is asked for. One switch for all of it, because a click on a filter sends every element of a page."""
    measure = shown.trend.measure
    if counts := counts_words(view.written, measure, datetime.date.today()):
        st.caption(f"Recorded for improvement: {counts}.")
    there = [name for name in MORE if name not in (CHART, TABLE) or shown.has_values]
    opened = st.pills(
        "More about this measure", there, selection_mode="multi", format_func=lambda name: MORE[name][0], key=switch(measure),
        label_visibility="collapsed",
    )
    draw = {TABLE: lambda: _table(view, shown, breakdown), IMPROVEMENT: lambda: improvement_section(view, shown.trend),
            COUNTED: lambda: _definitions(measure)}
    for name in there:
        if name in opened and name in draw:
            with st.container(border=True):
                st.markdown(f"**{MORE[name][1]}**")
                draw[name]()


def _table(view: View, shown: MeasureFindings, breakdown: Breakdown) -> None:
    """The numbers behind the charts, to be read and to be taken away."""
    trend, groups, measure = shown.trend, shown.groups, shown.trend.measure
    st.table(trend_table(trend), alt=f"{measure.title} over time", border="horizontal")
    beside_table(shown.comparison, measure.title)
    pooled_table(trend, shown.pooled, measure.title)
    if groups.height:
        alt = f"{measure.title} by {formatting.lower_first(breakdown.title)}"
        st.table(groups_table(measure, breakdown, groups), alt=alt, border="horizontal")
    _download(view, shown, breakdown)


def _definitions(measure: Measure) -> None:
    """How a measure is counted, with the local choices, and where it comes from."""
    statement = statement_of(measure)
    st.markdown(
        f"{sentences.counted_words(measure)}\n\n**Additional information**\n\n"
        f"**Where it comes from.** {measure.nice}. NICE quality standard QS133, 'Children's attachment' (2016), statement "
        f"{statement.number}: '{statement.words}'\n\n"
        f"**Definition last checked against its source** on {formatting.long_date(measure.reviewed)}.\n\n"
        f"**Name in `qs133 measures` and in the address**: `{measure.id}`"
    )


def _download(view: View, shown: MeasureFindings, breakdown: Breakdown) -> None:
    trend = shown.trend
    name = view.file_name(exports.file_name(trend))

    def contents() -> bytes:
        view.before_export(name)
        return exports.to_csv(exports.shown_rows(
            trend, breakdown, shown.groups, view.filters.where, view.sharing,
            more=[published_rows(shown.comparison), pooled_rows(trend, shown.pooled)], kept=view.changed_since_release([trend.measure]),
            part=view.part, cohort=view.reporting.cohort,
        ))

    st.download_button(
        "Download these numbers (CSV)", contents, file_name=name, mime="text/csv", key=f"csv_{trend.measure.id}",
        on_click="ignore", icon=":material/download:", help=view.sharing,
    )


