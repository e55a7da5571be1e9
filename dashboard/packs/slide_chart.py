"""A slide's chart: a native one, whose numbers can be opened and edited, with the dashboard's colours and shapes."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from dashboard.charts.theme import COMMON_CAUSE, MARKS
from dashboard.charts.trend.drawing import TrendDrawing, trend_drawing
from dashboard.charts.trend.parts import Line
from dashboard.charts.trend.scale import Scale, decimals
from dashboard.packs.contents import Part
from metrics.measures.kinds import Measure

TEXT_SIZE, LEGEND_SIZE, FONT, TEXT = 14, 13, "Arial", "14202B"
LABELS, MOST_QUARTERS = 12, 20
SLANTED = -45 * 60000
_DASHES = {"solid": MSO_LINE.SOLID, "dash": MSO_LINE.DASH, "longdashdot": MSO_LINE.LONG_DASH_DOT}
_SYMBOLS = {"diamond": XL_MARKER_STYLE.DIAMOND, "square": XL_MARKER_STYLE.SQUARE, "circle-open": XL_MARKER_STYLE.CIRCLE}
_MARKED = {"improvement": "Improvement", "concern": "Concern", "incomplete": "Not complete yet"}
"""Points that look otherwise than the value's grey circles: a series each, because not every program draws single points."""


def add_chart(slide: Slide, part: Part, place: Sequence[int]) -> None:
    """The trend of a part as a line chart with its alt text."""
    drawing = trend_drawing(part.trend, comparison=part.compared)
    data = CategoryChartData(number_format=number_format(part.measure))
    by_year = _categories(data, part.trend.frame["period"].to_list())
    # The values first, so that a table of the chart's numbers begins with them.
    lines = sorted(drawing.lines, key=lambda line: line.name != "value")
    for line in lines:
        data.add_series(line.title, line.levels)
    beside = _beside(drawing)
    for line in beside:
        data.add_series(line.title, line.levels)
    marks = [state for state in _MARKED if any(point.state == state for point in drawing.points)]
    for state in marks:
        heights = {int(point.x): point.y for point in drawing.points if point.state == state}
        data.add_series(_MARKED[state], [heights.get(index) for index in range(drawing.width)])
    shape = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *place, data)
    shape.name = f"Chart: {part.measure.title}"
    shape._element.nvGraphicFramePr.cNvPr.set("descr", drawing.alt)
    chart: Chart = shape.chart
    chart.font.size, chart.font.name, chart.font.color.rgb = Pt(TEXT_SIZE), FONT, RGBColor.from_string(TEXT)
    chart.has_title = False
    chart.has_legend = True
    chart.legend.font.size = Pt(LEGEND_SIZE)
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    _axes(chart, part.measure, drawing.scale, None if by_year else drawing.width)
    series = list(chart.plots[0].series)
    for found, line in zip(series, [*lines, *beside], strict=False):
        _line_series(found, line)
    for found, state in zip(series[len(lines) + len(beside) :], marks, strict=True):
        _mark_series(found, state)


def _beside(drawing: TrendDrawing) -> list[Line]:
    """What stands beside the trend, a line for each name: on the page, the last figure that is carried on is a thinner line of its own."""
    found: dict[str, Line] = {}
    for line in drawing.others:
        before = found.setdefault(line.title, line)
        pairs = zip(before.levels, line.levels, strict=True)
        found[line.title] = replace(before, levels=tuple(second if first is None else first for first, second in pairs))
    return list(found.values())


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


def _line_series(series: Any, line: Line) -> None:
    series.smooth = False
    width = Pt(2) if line.name == "value" else Pt(line.width)
    series.format.line.color.rgb, series.format.line.width = _rgb(line.colour), width
    series.format.line.dash_style = _DASHES.get(line.dash, MSO_LINE.DASH)
    if line.name == "value":
        _marker(series, COMMON_CAUSE, XL_MARKER_STYLE.CIRCLE, 7)
    else:
        series.marker.style = XL_MARKER_STYLE.NONE


def _mark_series(series: Any, state: str) -> None:
    mark = MARKS[state]
    series.smooth = False
    series.format.line.fill.background()
    _marker(series, mark.colour, _SYMBOLS[mark.symbol], mark.size, filled=state != "incomplete")


def _marker(series: Any, colour: str, style: Any, size: int, *, filled: bool = True) -> None:
    marker = series.marker
    marker.style, marker.size = style, size
    marker.format.line.color.rgb = _rgb(colour)
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = _rgb(colour) if filled else RGBColor(255, 255, 255)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))
