"""What a measure's block shows once its chart is opened: the interactive chart over time, and its groups beside it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard.charts.groups import groups_chart
from dashboard.charts.trend.drawing import TrendDrawing, trend_drawing
from dashboard.charts.trend.interactive import interactive
from dashboard.content import sentences
from dashboard.content.measure_findings import MeasureFindings
from dashboard.content.several_authorities import pooled_words
from dashboard.content.view import View
from dashboard.screens.chart import LEFT, RIGHT, draw_chart, second_title
from dashboard.screens.comparators import beside_words
from dashboard.session.links import equality_link
from dashboard.text import formatting
from dashboard.text.paragraphs import CAPTION, paragraph, prose
from metrics.judgement import equality
from metrics.judgement.targets import level
from metrics.judgement.trend import Trend
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import Breakdown


def charts(view: View, breakdown: Breakdown, shown: MeasureFindings) -> None:
    """The trend and the groups, beside each other where there is room."""
    trend, measure = shown.trend, shown.trend.measure
    with st.container(key=f"{LEFT}{measure.id}"):
        _over_time(view, shown, groups_title(trend, breakdown, shown.groups))
    with st.container(key=f"{RIGHT}{measure.id}"):
        _by_group(view, trend, breakdown, shown.groups)
        if has_gap(measure, shown):
            equality_link(view.filters, measure, breakdown)


def drawing_of(view: View, shown: MeasureFindings) -> TrendDrawing:
    """The one description of the trend's chart, from which the picture and the interactive chart are drawn."""
    trend = shown.trend
    changes = [item.record for item in view.written.changes(trend.measure)]
    return trend_drawing(
        trend, view.rebases_of(trend.measure), changes, comparison=shown.comparison, pooled=shown.pooled,
        target_line=view.filters.target_lines,
    )


def groups_title(trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> str:
    """The title of the chart beside the trend; empty where there is none."""
    return f"{breakdown.title}, {formatting.period_words(trend.latest)}" if groups.height and trend.latest is not None else ""


def _over_time(view: View, shown: MeasureFindings, comparison: str) -> None:
    trend = shown.trend
    drawing = interactive(drawing_of(view, shown))
    reason = paragraph(f"{formatting.better_words(trend.measure)} {trend.reason}", CAPTION)
    compared = [*beside_words(trend, shown.comparison), *pooled_words(trend, shown.pooled)]
    draw_chart(drawing, f"trend_{trend.measure.id}", [reason, *compared, second_title(comparison)])


def _by_group(view: View, trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> None:
    measure = trend.measure
    if not groups.height or trend.latest is None:
        return
    seen, hidden = sentences.without_hidden(groups)
    about = [sentences.hidden_groups_sentence(hidden, groups.height)] if hidden else []
    if seen["rounded"].any():
        about.append(f"{formatting.upper_first(formatting.ROUNDED)}.")
    if about:
        prose([paragraph(" ".join(about), CAPTION)])
    if not seen.height:
        return
    drawing = groups_chart(measure, breakdown, seen, overall=trend.latest["value"], targets=_targets(view, trend, breakdown, seen))
    draw_chart(drawing, f"groups_{measure.id}")


def has_gap(measure: Measure, shown: MeasureFindings) -> bool:
    """Whether there are groups that can be compared."""
    return equality.comparable(measure) and shown.groups.height >= 2


def _targets(view: View, trend: Trend, breakdown: Breakdown, groups: pl.DataFrame) -> dict[str, float]:
    """The target of each group, if targets are drawn: a placement may have its own."""
    measure, latest = trend.measure, trend.latest
    if latest is None or not view.filters.target_lines:
        return {}
    if breakdown.id != "placement":
        return {group: latest["target"] for group in groups[breakdown.id] if latest["target"] is not None}
    held = {group: view.targets.on(measure, latest["period_end"], view.filters.grain, (group,)) for group in groups[breakdown.id]}
    return {group: level(measure, target) for group, target in held.items() if target is not None}


