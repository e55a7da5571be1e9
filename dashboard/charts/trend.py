"""The chart of a measure over time: points, interval band, target, centre line and limits."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import polars as pl

from config.rebases import Rebase
from dashboard.charts.beside import with_beside
from dashboard.charts.changes import change_key, change_marks, change_shapes, change_words, places
from dashboard.charts.theme import AVERAGE, BAND, COMMON_CAUSE, MARKS, TARGET, Drawing, KeyItem, axis, figure_of, layout, line, margin
from dashboard.comparator_beside import Beside
from dashboard.pooled import Pooled
from dashboard.sentences import COMMON_CAUSE as NO_SIGNAL
from dashboard.sentences import grain, trend_alt
from dashboard.words import (
    cell_words,
    count_words,
    figure,
    grain_of,
    interval_words,
    long_date,
    period_words,
    target_words,
    upper_first,
    value_words,
)
from data_access.workspace import ChangeRecord
from metrics.kinds import Better, Measure
from metrics.summarise import State
from metrics.trend import Chart, Trend

HEIGHT = 300
BELOW_PLOT, LABEL_LINE = 28, 18
"""Room below the plot, and for each line of the periods' names, in pixels."""
MOST_TICKS = 8
MANY_POINTS = 24
_YEAR_STARTS = {"quarter": ("Q1",), "month": ("-04",), "term": ("Autumn",)}
Xs = list[float | None]


def trend_chart(
    trend: Trend, rebases: Sequence[Rebase] = (), changes: Sequence[ChangeRecord] = (), *, beside: Beside | None = None,
    pooled: Sequence[Pooled] = (),
) -> Drawing:
    """The chart of a trend, with the `rebases` that its limits were worked out with, the measure's dated `changes`, and what stands
    `beside` it: published figures, and the authorities loaded with this one (`pooled`).

    A trend without rows gives an empty chart: show words instead.
    """
    frame, scale = trend.frame, 100 if trend.measure.percent else 1
    starts = _rebase_starts(frame, rebases)
    states = point_states(trend)
    placed = places(frame, changes)
    span = _range(frame, trend.measure, scale)
    traces = [
        *_band(frame, scale),
        *_limits(frame, scale),
        *_levels(frame, scale, ("mean",), line(AVERAGE, 2)),
        *_levels(frame, scale, ("median",), line(AVERAGE, 2)),
        *_levels(frame, scale, ("target",), line(TARGET, 2.5, dash="longdashdot"), over_gaps=False),
        _line(frame, scale),
        *_points(trend, states, scale),
        *change_marks(placed, frame.height, *span),
    ]
    y_axis = axis(range=span, ticksuffix=" %" if trend.measure.percent else "", nticks=6)
    shapes = [*_rebase_shapes(starts.values()), *change_shapes(placed)]
    x_axis = _time_axis(frame)
    bottom = BELOW_PLOT + LABEL_LINE * (1 + any("<br>" in label for label in x_axis["ticktext"]))
    room = margin((54 if span[1] >= 100 else 47) if trend.measure.percent else 27, bottom)
    picture = figure_of(traces, layout(HEIGHT, margin=room, xaxis=x_axis, yaxis=y_axis, shapes=shapes))
    new_baselines = [
        KeyItem("rebase", f"Dotted upright line: new limits from {long_date(rebase.on)}, because: {rebase.reason}")
        for rebase in rebases if rebase.on in starts
    ]
    alt = " ".join([trend_alt(trend), *(f"Marked on the chart: {words.rstrip('.')}." for words in change_words(placed))])
    drawing = Drawing(picture, alt, (*_key(trend, states), *new_baselines, *change_key(placed)))
    return with_beside(drawing, frame, beside or Beside(), pooled, scale) if beside or pooled else drawing


def _rebase_shapes(starts: Iterable[int]) -> list[dict[str, Any]]:
    return [
        {"type": "line", "x0": start - 0.5, "x1": start - 0.5, "yref": "paper", "y0": 0, "y1": 1, "line": line(COMMON_CAUSE, 2, dash="dot")}
        for start in starts
    ]


def _rebase_starts(frame: pl.DataFrame, rebases: Sequence[Rebase]) -> dict[datetime.date, int]:
    """Where each rebase's new baseline begins: the first period that starts on or after its day. Those before or after all: nowhere."""
    starts = frame["period_start"].to_list()
    found = {rebase.on: next((index for index, start in enumerate(starts) if start >= rebase.on), 0) for rebase in rebases}
    return {on: index for on, index in found.items() if index}


def point_states(trend: Trend) -> list[str | None]:
    """How each row's point is drawn: a name of MARKS, or None where there is nothing to draw.

    The last point that takes part is what the variation icon says.
    """
    states: list[str | None] = []
    latest = trend.latest["period"] if trend.latest else None
    for row in trend.frame.iter_rows(named=True):
        if row["state"] == State.HIDDEN.value:
            states.append("hidden")
        elif row["value"] is None:
            states.append(None)
        elif not row["complete"]:
            states.append("incomplete")
        elif trend.chart != Chart.PROCESS_CONTROL:
            states.append(NO_SIGNAL)
        elif row["period"] == latest and trend.variation:
            states.append(NO_SIGNAL if trend.variation == NO_SIGNAL else trend.variation.split("_")[0])
        else:
            states.append(_state(row["direction"], trend.measure))
    return states


def _state(direction: str | None, measure: Measure) -> str:
    if direction is None:
        return NO_SIGNAL
    return "improvement" if (direction == "high") == (measure.better == Better.HIGHER) else "concern"


def _band(frame: pl.DataFrame, scale: int) -> list[dict[str, Any]]:
    """The interval of every period as one shaded shape for each stretch of neighbouring periods."""
    rows = [(index, low * scale, high * scale) for index, (low, high) in enumerate(frame.select("lower", "upper").rows())
            if low is not None and high is not None]
    x: Xs = []
    y: Xs = []
    for stretch in _stretches(rows):
        if len(stretch) == 1:
            index, low, high = stretch[0]
            stretch = [(index - 0.12, low, high), (index + 0.12, low, high)]
        x += [index for index, _, _ in stretch] + [index for index, _, _ in reversed(stretch)] + [None]
        y += [high for _, _, high in stretch] + [low for _, low, _ in reversed(stretch)] + [None]
    return [_trace(x, y, mode="lines", line={"width": 0}, fill="toself", fillcolor=BAND)] if x else []


def _stretches(rows: Sequence[tuple[int, float, float]]) -> list[list[tuple[float, float, float]]]:
    """Rows in groups whose periods follow each other without a gap."""
    grouped = itertools.groupby(enumerate(rows), key=lambda pair: pair[1][0] - pair[0])
    return [[(float(index), low, high) for _, (index, low, high) in group] for _, group in grouped]


def _levels(
    frame: pl.DataFrame, scale: int, names: Sequence[str], style: dict[str, Any], *, over_gaps: bool = True
) -> list[dict[str, Any]]:
    """Level lines: each holds for its whole period. They end where a baseline ends, and at a gap unless drawn over gaps."""
    x: Xs = []
    y: Xs = []
    for name in names:
        for stretch in _level_stretches(frame[name].to_list(), over_gaps=over_gaps):
            x += [edge for index, _ in stretch for edge in (index - 0.5, index + 0.5)] + [None]
            y += [level * scale for _, level in stretch for _ in range(2)] + [None]
    return [_trace(x, y, mode="lines", line=style)] if x else []


def _level_stretches(levels: Sequence[float | None], *, over_gaps: bool) -> list[list[tuple[int, float]]]:
    stretches: list[list[tuple[int, float]]] = []
    for index, level in enumerate(levels):
        if level is None:
            continue
        if not stretches or not (over_gaps or stretches[-1][-1][0] == index - 1):
            stretches.append([])
        stretches[-1].append((index, level))
    return stretches


def _limits(frame: pl.DataFrame, scale: int) -> list[dict[str, Any]]:
    """The limits, from point to point within a baseline: a baseline has one mean."""
    mean = frame["mean"].to_list()
    known = [index for index, level in enumerate(mean) if level is not None]
    x: Xs = []
    y: Xs = []
    for name in ("lower_limit", "upper_limit"):
        levels = frame[name].to_list()
        for _, group in itertools.groupby(known, key=lambda index: mean[index]):
            inside = [index for index in group if levels[index] is not None]
            if inside:
                x += [inside[0] - 0.5, *inside, inside[-1] + 0.5, None]
                y += [levels[index] * scale for index in (inside[0], *inside, inside[-1])] + [None]
    return [_trace(x, y, mode="lines", line=line(AVERAGE, 1.5, dash="dash"))] if x else []


def _line(frame: pl.DataFrame, scale: int) -> dict[str, Any]:
    """The line through the values: periods without a value are not joined."""
    values = [value * scale if value is not None else None for value in frame["value"]]
    return _trace([float(index) for index in range(len(values))], values, mode="lines", line=line(COMMON_CAUSE, 1.5), connectgaps=False)


def _points(trend: Trend, states: Sequence[str | None], scale: int) -> list[dict[str, Any]]:
    rows = trend.frame.rows(named=True)
    low, _ = _range(trend.frame, trend.measure, scale)
    small = 1.0 if len(rows) <= MANY_POINTS else 0.7
    traces = []
    for state, mark in MARKS.items():
        chosen = [index for index, found in enumerate(states) if found == state]
        if not chosen:
            continue
        heights = [rows[index]["value"] * scale if rows[index]["value"] is not None else low for index in chosen]
        edge = {"width": 2 * small, "color": mark.colour}
        marker = {"color": mark.colour, "symbol": mark.symbol, "size": mark.size * small, "line": edge}
        traces.append(_trace(
            [float(index) for index in chosen], heights, mode="markers", marker=marker, hoverinfo="text", cliponaxis=False,
            hovertext=[_hover(trend, rows[index]) for index in chosen],
        ))
    return traces


def _hover(trend: Trend, row: dict[str, Any]) -> str:
    measure = trend.measure
    if row["value"] is None:
        return f"{upper_first(period_words(row))}<br>{upper_first(cell_words(measure, row))}"
    lines = [
        upper_first(period_words(row)), f"<b>{value_words(measure, row['value'])}</b>",
        count_words(measure, row["numerator"], row["denominator"]), interval_words(measure, row["lower"], row["upper"]),
    ]
    if row["target"] is not None:
        lines.append(f"{target_words(measure, row['target'])}: {row['target_status']}")
    return "<br>".join(lines)


def _trace(x: Sequence[float | None], y: Sequence[float | None], **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "x": x, "y": y, "hoverinfo": "skip", **more}


def _range(frame: pl.DataFrame, measure: Measure, scale: int) -> list[float]:
    """The vertical axis: all that is drawn, with room around it; shares stay near 0 to 100."""
    names = ("value", "lower", "upper", "target", "lower_limit", "upper_limit", "median")
    drawn = [float(value) * scale for name in names for value in frame[name].drop_nulls()]
    low, high = min(drawn, default=0.0), max(drawn, default=1.0)
    room = (high - low) * 0.08 or 1.0
    if measure.percent:
        return [max(low - room, -3.0), min(high + room, 103.0)]
    return [max(low - room, -room), high + room]


def _time_axis(frame: pl.DataFrame) -> dict[str, Any]:
    labels = frame["period"].to_list()
    by = grain_of(labels[0], frame["period_start"][0]) if labels else "quarter"
    shown = tick_positions(labels, by)
    return axis(
        range=[-0.6, len(labels) - 0.4], tickvals=shown, ticktext=[tick_label(labels[index], by) for index in shown], showgrid=False,
        ticks="outside", ticklen=5, tickcolor="rgba(123, 135, 148, 0.6)", tickangle=0,
    )


def tick_positions(labels: Sequence[str], by: str) -> list[int]:
    """Which periods get a label: all of a few, otherwise those that begin a year, thinned until they fit on a phone."""
    if len(labels) <= MOST_TICKS // 2:
        return list(range(len(labels)))
    ends = _YEAR_STARTS.get(by, ())
    starts = [index for index, label in enumerate(labels) if any(end in label[4:] for end in ends)] if ends else list(range(len(labels)))
    if len(starts) < 2:
        starts = list(range(0, len(labels), -(-len(labels) // 4)))
    return starts[:: -(-len(starts) // MOST_TICKS)]


def tick_label(label: str, by: str) -> str:
    """A period's label in at most two short lines."""
    if by == "quarter":
        year, quarter = label.split()
        return f"{quarter}<br>{year}"
    if by == "term":
        year, term = label.split()
        return f"{term}<br>{year}"
    if by == "month":
        year, month = label.split("-")
        return f"{_MONTHS[int(month) - 1]}<br>{year}"
    return label


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _key(trend: Trend, states: Iterable[str | None]) -> list[KeyItem]:
    """What is drawn, each with its meaning in a sentence."""
    frame = trend.frame
    present = set(states)
    items = []
    if trend.chart == Chart.PROCESS_CONTROL:
        items += _marks(present, ("common_cause", "improvement", "concern"))
    elif NO_SIGNAL in present:
        items.append(KeyItem(NO_SIGNAL, f"Grey circle: a complete {grain(trend)}"))
    items += _marks(present, ("incomplete", "hidden"))
    if frame["lower"].drop_nulls().len():
        items.append(KeyItem("band", "Shaded band: the 95 % interval, the range in which the true level probably lies"))
    if frame["mean"].drop_nulls().len():
        items.append(KeyItem("average", f"Solid line: the average, {figure(trend.measure, frame['mean'].drop_nulls()[-1])}"))
        items.append(KeyItem("limits", "Dashed lines: the limits; chance alone keeps nearly all points between them"))
    if frame["median"].drop_nulls().len():
        median = figure(trend.measure, frame["median"].drop_nulls()[-1])
        items.append(KeyItem("average", f"Solid line: the median, {median}; half of the points lie above it"))
    if trend.target is not None:
        items.append(KeyItem("target", f"Purple line: the local target, {figure(trend.measure, trend.target)}"))
    return items


def _marks(present: set[str | None], wanted: Iterable[str]) -> list[KeyItem]:
    return [KeyItem(state, upper_first(MARKS[state].words)) for state in wanted if state in present]
