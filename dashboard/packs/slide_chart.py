"""A slide's chart: a native one, whose numbers can be opened and edited, with the dashboard's colours and shapes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from dashboard.charts.theme import AVERAGE, COMMON_CAUSE, CONCERN, IMPROVEMENT, TARGET
from dashboard.charts.trend import point_states
from dashboard.packs.contents import Part
from dashboard.packs.scales import Scale, decimals, scale
from dashboard.sentences import trend_alt
from metrics.kinds import Measure

SERIES = (("Target", "target"), ("Average", "mean"), ("Upper limit", "upper_limit"), ("Lower limit", "lower_limit"), ("Median", "median"))
"""The lines beside the value, by the trend's columns; those without a number are left out."""
TEXT_SIZE, LEGEND_SIZE, FONT, TEXT = 14, 13, "Arial", "14202B"
LABELS, MOST_QUARTERS = 12, 20
SLANTED = -45 * 60000
_LINES = {
    "Target": (TARGET, 2.5, MSO_LINE.LONG_DASH), "Average": (AVERAGE, 2.0, MSO_LINE.SOLID), "Median": (AVERAGE, 2.0, MSO_LINE.SOLID),
    "Upper limit": (AVERAGE, 1.5, MSO_LINE.DASH), "Lower limit": (AVERAGE, 1.5, MSO_LINE.DASH),
}
_MARKS = {
    "improvement": ("Improvement", IMPROVEMENT, XL_MARKER_STYLE.DIAMOND, 12),
    "concern": ("Concern", CONCERN, XL_MARKER_STYLE.SQUARE, 10),
    "incomplete": ("Not complete yet", COMMON_CAUSE, XL_MARKER_STYLE.CIRCLE, 9),
}
"""Points that look otherwise than the value's grey circles: a series each, because not every program draws single points."""


def add_chart(slide: Slide, part: Part, place: Sequence[int]) -> None:
    """The trend of a part as a line chart with its alt text."""
    frame = part.trend.frame
    data = CategoryChartData(number_format=number_format(part.measure))
    by_year = _categories(data, frame["period"].to_list())
    data.add_series("Value", frame["value"].to_list())
    lines = [(name, column) for name, column in SERIES if frame[column].drop_nulls().len()]
    for name, column in lines:
        data.add_series(name, frame[column].to_list())
    states = point_states(part.trend)
    marks = [state for state in _MARKS if state in states]
    for state in marks:
        data.add_series(_MARKS[state][0], [value if found == state else None for value, found in zip(frame["value"], states, strict=True)])
    shape = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data)
    shape.name = f"Chart: {part.measure.title}"
    shape._element.nvGraphicFramePr.cNvPr.set("descr", trend_alt(part.trend))
    chart: Chart = shape.chart
    chart.font.size, chart.font.name, chart.font.color.rgb = Pt(TEXT_SIZE), FONT, RGBColor.from_string(TEXT)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.font.size = Pt(LEGEND_SIZE)
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn = [value for column in ("value", *(column for _, column in lines)) for value in frame[column]]
    _axes(chart, part.measure, scale(part.measure, drawn), None if by_year else frame.height)
    series = list(chart.plots[0].series)
    _value_series(series[0])
    for found in series[1 : 1 + len(lines)]:
        _line_series(found)
    for found, state in zip(series[1 + len(lines) :], marks, strict=True):
        _mark_series(found, state)


def _categories(data: CategoryChartData, labels: Sequence[str]) -> bool:
    """Gives the data its periods: quarters under their financial years, where there is room for them; whether it is so."""
    if not all(" Q" in label for label in labels) or len(labels) > MOST_QUARTERS:
        data.categories = labels
        return False
    for year, quarters in itertools.groupby(labels, key=lambda label: label.partition(" ")[0]):
        category = data.add_category(year)
        for label in quarters:
            category.add_sub_category(label.partition(" ")[2])
    return True


def number_format(measure: Measure) -> str:
    """How a spreadsheet writes the measure's values."""
    if measure.percent:
        return "0.0%"
    return "0.0" if measure.kind == "mean" else "0.0#"


def _axes(chart: Chart, measure: Measure, found: Scale, periods: int | None) -> None:
    """`periods` is how many labels there would be side by side; None where years hold them together."""
    values, times = chart.value_axis, chart.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = found.low, found.high, found.step
    values.major_gridlines.format.line.color.rgb = RGBColor.from_string("D5DBE1")
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = _tick_format(measure, found), False
    times.tick_label_position, times.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.OUTSIDE
    times.format.line.color.rgb = RGBColor.from_string(COMMON_CAUSE.removeprefix("#"))
    if periods is None:
        return
    times._element.get_or_add_txPr().find(qn("a:bodyPr")).set("rot", str(SLANTED))
    for name in ("tickLblSkip", "tickMarkSkip"):
        _set(times._element, name, str(-(-periods // LABELS)))


def _tick_format(measure: Measure, found: Scale) -> str:
    places = decimals(measure, found)
    zeros = f"0.{'0' * places}" if places else "0"
    return f"{zeros}%" if measure.percent else zeros


def _set(axis: Any, name: str, value: str) -> None:
    """Puts a setting of the time axis that python-pptx has no words for where the schema wants it: before noMultiLvlLbl."""
    last = axis.find(axis.tag.replace("catAx", "noMultiLvlLbl"))
    made = axis.makeelement(axis.tag.replace("catAx", name), {"val": value})
    if last is None:
        axis.append(made)
    else:
        last.addprevious(made)


def _value_series(series: Any) -> None:
    series.smooth = False
    series.format.line.color.rgb, series.format.line.width = _rgb(COMMON_CAUSE), Pt(2)
    _marker(series, COMMON_CAUSE, XL_MARKER_STYLE.CIRCLE, 7)


def _mark_series(series: Any, state: str) -> None:
    _, colour, style, size = _MARKS[state]
    series.smooth = False
    series.format.line.fill.background()
    _marker(series, colour, style, size, filled=state != "incomplete")


def _marker(series: Any, colour: str, style: Any, size: int, *, filled: bool = True) -> None:
    marker = series.marker
    marker.style, marker.size = style, size
    marker.format.line.color.rgb = _rgb(colour)
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = _rgb(colour) if filled else RGBColor(255, 255, 255)


def _line_series(series: Any) -> None:
    colour, width, dash = _LINES[series.name]
    series.smooth = False
    series.marker.style = XL_MARKER_STYLE.NONE
    series.format.line.color.rgb, series.format.line.width, series.format.line.dash_style = _rgb(colour), Pt(width), dash


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))
