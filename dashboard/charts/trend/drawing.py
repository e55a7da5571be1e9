"""The description of a trend's chart: lines, band, points, upright lines, axes, key and alternative text."""

from __future__ import annotations

import datetime
import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from config.rebases import Rebase
from dashboard.charts.theme import AVERAGE, COMMON_CAUSE, MARKS, TARGET, KeyItem
from dashboard.charts.trend.dated_changes import change_key, change_uprights, change_words, places
from dashboard.charts.trend.parts import Hover, Line, Point, Upright, joined, steps, within
from dashboard.charts.trend.reference_lines import (
    beside_alt,
    beside_key,
    definition_places,
    edge_names,
    published_ends,
    published_lines,
    without_loaded,
)
from dashboard.charts.trend.scale import Scale, axis_scale, decimals
from dashboard.charts.trend.several_authorities import (
    loaded_alt,
    loaded_ends,
    loaded_key,
    loaded_lines,
    loaded_points,
    loaded_rows,
)
from dashboard.charts.trend.time_axis import tick_label, tick_positions
from dashboard.content.comparisons.selection import Comparison
from dashboard.content.sentences import COMMON_CAUSE as NO_SIGNAL
from dashboard.content.sentences import grain, trend_alt
from dashboard.content.several_authorities import Pooled
from dashboard.text.formatting import (
    cell_words,
    counted,
    figure,
    listing,
    long_date,
    period_words,
    row_interval,
    row_value,
    target_words,
    upper_first,
)
from data_access.workspace import ChangeRecord
from metrics.judgement.trend import Centre, Chart, Trend
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State

ROOM = 0.03
"""Of the height of the axis: room above and below it, so that a point on its end is whole."""
CENTRE_WIDTH, LIMIT_WIDTH, TARGET_WIDTH, VALUE_WIDTH = 2.0, 1.5, 2.5, 1.5
TITLES = {
    "value": "Value", "target": "Target", "mean": "Average", "lower_limit": "Lower limit", "upper_limit": "Upper limit", "median": "Median",
}
"""What tables and legends call a trend's lines, by its columns."""


@dataclass(frozen=True)
class TrendDrawing:
    """A trend's chart, whose vertical axis is from `low` to `high` with labels where `scale` says.

    `not_covered` are the stretches of periods, first and last, that what was loaded does not cover: they are shaded, with nothing in them.
    `lines` are its own and `others` those of published figures and of authorities loaded, beneath first; what is `other` lies beneath the
    rest. `band` has the interval (x, lower, upper) of the periods of each stretch without a gap. `names` are those of lines at the right
    edge, with their heights. `key` says in words what is drawn.
    """

    trend: Trend
    scale: Scale
    low: float
    high: float
    lines: tuple[Line, ...]
    points: tuple[Point, ...]
    band: tuple[tuple[tuple[float, float, float], ...], ...]
    not_covered: tuple[tuple[int, int], ...]
    uprights: tuple[Upright, ...]
    others: tuple[Line, ...]
    other_points: tuple[Point, ...]
    names: tuple[tuple[float, str], ...]
    key: tuple[KeyItem, ...]
    more_alt: tuple[str, ...]

    @property
    def measure(self) -> Measure:
        """The measure whose trend it is."""
        return self.trend.measure

    @property
    def width(self) -> int:
        """How many periods there are."""
        return self.trend.frame.height

    @cached_property
    def levels(self) -> tuple[tuple[float, str], ...]:
        """The levels that get a label on the vertical axis, with it."""
        places = decimals(self.measure, self.scale)
        return tuple((level, figure(self.measure, level, places)) for level in self.scale.ticks)

    @cached_property
    def periods(self) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """The periods that get a label, with its lines."""
        labels, by = self.trend.frame["period"].to_list(), grain(self.trend)
        return tuple((index, tick_label(labels[index], by)) for index in tick_positions(labels, by))

    @cached_property
    def alt(self) -> str:
        """The chart in words, for who can't see it."""
        return " ".join([trend_alt(self.trend), *self.more_alt])


def trend_drawing(
    trend: Trend, rebases: Sequence[Rebase] = (), changes: Sequence[ChangeRecord] = (), *, comparison: Comparison | None = None,
    pooled: Sequence[Pooled] = (), target_line: bool = True,
) -> TrendDrawing:
    """The chart of a trend, with the `rebases` that its limits were worked out with, the measure's dated `changes`, and what stands
    `beside` it: published figures, and the authorities loaded with this one (`pooled`). `target_line` draws and says the target.

    A trend without rows gives an empty chart: show words instead.
    """
    if not target_line:
        trend = replace(trend, frame=trend.frame.with_columns(pl.lit(None, pl.Float64).alias("target")))
    frame, lines = trend.told, trend_lines(trend)
    loaded = loaded_lines(frame, pooled)
    compared = without_loaded(comparison or Comparison(), loaded)
    others = (*published_lines(compared), *loaded_rows(loaded))
    ends = [frame[name].to_list() for name in ("lower", "upper")]
    scale = axis_scale(trend.measure, itertools.chain(*ends, *(line.levels for line in (*lines, *others))))
    room = ROOM * (scale.high - scale.low)
    low, high = scale.low - room, scale.high + room
    points = _points(trend, low)
    placed, definitions = places(frame, changes), tuple(definition_places(frame, compared.changes))
    starts, shaded = _rebase_starts(frame, rebases), _not_covered_key(frame)
    key = _key(trend, lines, {point.state for point in points})
    return TrendDrawing(
        trend, scale, low, high, lines, points, _band(frame), not_covered=tuple(_not_covered(frame)),
        uprights=(
            *(Upright("rebase", start - 0.5) for start in starts.values()), *change_uprights(placed, frame.height, low, high),
            *(Upright("definition", x, letter) for letter, x, _ in definitions),
        ),
        others=others, other_points=loaded_points(loaded, low, high),
        names=edge_names((*published_ends(compared), *loaded_ends(loaded)), low, high),
        key=(
            *key, *shaded, *_rebase_key(rebases, starts), *change_key(placed), *beside_key(compared, definitions),
            *loaded_key(loaded, {item.drawn for item in key}),
        ),
        more_alt=(
            *(f"{item.words}." for item in shaded), *_changes_alt(placed),
            *filter(None, [loaded_alt(loaded), beside_alt(compared)]),
        ),
    )


def _changes_alt(placed: Sequence[tuple[float, ChangeRecord]]) -> Iterator[str]:
    return (f"Marked on the chart: {words.rstrip('.')}." for words in change_words(placed))


def trend_lines(trend: Trend) -> tuple[Line, ...]:
    """The lines of a trend that have a number anywhere, beneath first: limits, centre line, target and the values."""
    frame = trend.told
    levels = {name: tuple(frame[name].to_list()) for name in TITLES}
    baselines = frame["baseline"].to_list()
    drawn = {
        "lower_limit": (AVERAGE, LIMIT_WIDTH, "dash", within(levels["lower_limit"], baselines)),
        "upper_limit": (AVERAGE, LIMIT_WIDTH, "dash", within(levels["upper_limit"], baselines)),
        "mean": (AVERAGE, CENTRE_WIDTH, "solid", steps(levels["mean"])),
        "median": (AVERAGE, CENTRE_WIDTH, "solid", steps(levels["median"])),
        "target": (TARGET, TARGET_WIDTH, "longdashdot", steps(levels["target"], over_gaps=True)),
        "value": (COMMON_CAUSE, VALUE_WIDTH, "solid", joined(levels["value"])),
    }
    return tuple(
        Line(name, TITLES[name], colour, width, dash, levels[name], paths)
        for name, (colour, width, dash, paths) in drawn.items() if paths
    )


def line_columns(trend: Trend) -> list[tuple[str, str]]:
    """The lines beside the value as tables and legends list them: title and column of those that have a number anywhere."""
    return [(title, name) for name, title in TITLES.items() if name != "value" and trend.told[name].null_count() < trend.told.height]


def point_states(trend: Trend) -> list[str | None]:
    """How each row's point is drawn: a name of MARKS, or None where there is nothing to draw."""
    states: list[str | None] = []
    for row in trend.frame.select("state", "value", "complete", "point_state").iter_rows(named=True):
        if row["state"] == State.HIDDEN.value:
            states.append("hidden")
        elif row["value"] is None:
            states.append(None)
        elif not row["complete"]:
            states.append("incomplete")
        else:
            states.append(mark_of(row["point_state"]))
    return states


def mark_of(signal: str | None) -> str:
    """The mark of a point or a variation icon: 'improvement' for 'improvement_high'; common cause where nothing is judged."""
    return NO_SIGNAL if signal is None or signal == NO_SIGNAL else signal.split("_")[0]


def _points(trend: Trend, low: float) -> tuple[Point, ...]:
    return tuple(
        Point(float(index), row["value"] if row["value"] is not None else low, state, functools.partial(_hover, trend.measure, row))
        for index, (row, state) in enumerate(zip(trend.told.iter_rows(named=True), point_states(trend), strict=True)) if state
    )


def _hover(measure: Measure, row: dict[str, Any]) -> Hover:
    period = upper_first(period_words(row))
    if row["value"] is None:
        return Hover("", period, (upper_first(cell_words(measure, row)),))
    made_from = (counted(measure, row), row_interval(measure, row))
    target = () if row["target"] is None else (f"{target_words(measure, row['target'])}: {row['target_status']}",)
    return Hover(row_value(measure, row), period, (*made_from, *target))


def _band(frame: pl.DataFrame) -> tuple[tuple[tuple[float, float, float], ...], ...]:
    """The intervals of each stretch of neighbouring periods that have one."""
    rows = frame.select("lower", "upper").rows()
    return tuple(
        tuple((float(index), low, high) for index, (low, high) in group)
        for there, group in itertools.groupby(enumerate(rows), key=lambda pair: None not in pair[1]) if there
    )


def _not_covered(frame: pl.DataFrame) -> Iterator[tuple[int, int]]:
    """The first and the last row of each stretch of periods that the data doesn't cover."""
    states = enumerate(frame["state"].to_list())
    for missing, group in itertools.groupby(states, key=lambda pair: pair[1] == State.NOT_COVERED.value):
        if missing:
            places = [index for index, _ in group]
            yield places[0], places[-1]


def not_covered_words(frame: pl.DataFrame) -> str:
    """The stretches of periods that the data doesn't cover: '2024-25 Q1 to 2024-25 Q4'; nothing where all are covered."""
    labels = frame["period"].to_list()
    spans = [labels[first] if first == last else f"{labels[first]} to {labels[last]}" for first, last in _not_covered(frame)]
    return listing(spans) if spans else ""


def _not_covered_key(frame: pl.DataFrame) -> list[KeyItem]:
    """Which periods the shaded stretches are, and why nothing stands in them; nothing where all are covered."""
    spans = not_covered_words(frame)
    return [KeyItem("not_covered", f"Shaded from top to bottom: {spans}, which the data loaded does not cover")] if spans else []


def _rebase_starts(frame: pl.DataFrame, rebases: Sequence[Rebase]) -> dict[datetime.date, int]:
    """Where each rebase's new baseline begins: the first period that starts on or after its day. Those before or after all: nowhere."""
    starts = frame["period_start"].to_list()
    found = {rebase.on: next((index for index, start in enumerate(starts) if start >= rebase.on), 0) for rebase in rebases}
    return {on: index for on, index in found.items() if index}


def _rebase_key(rebases: Sequence[Rebase], starts: Mapping[datetime.date, int]) -> Iterator[KeyItem]:
    for rebase in rebases:
        if rebase.on in starts:
            yield KeyItem("rebase", f"Dotted upright line: new limits from {long_date(rebase.on)}, because: {rebase.reason}")


def _key(trend: Trend, lines: Sequence[Line], states: Set[str]) -> list[KeyItem]:
    """What is drawn of the trend itself, each with its meaning in a sentence."""
    last = {line.name: figure(trend.measure, next(level for level in reversed(line.levels) if level is not None)) for line in lines}
    items = []
    if trend.chart == Chart.PROCESS_CONTROL:
        items += _marks(states, (NO_SIGNAL, "improvement", "concern"))
    elif NO_SIGNAL in states:
        items.append(KeyItem(NO_SIGNAL, f"Grey circle: a complete {grain(trend)}"))
    items += _marks(states, ("incomplete", "hidden"))
    if trend.frame["lower"].null_count() < trend.frame.height:
        items.append(KeyItem("band", "Shaded band: the 95% confidence interval, the range in which the true level probably lies"))
    if "mean" in last:
        noun = grain(trend)
        items.append(KeyItem("average", {
            Centre.AVERAGE: f"Solid line: the average, {last['mean']}",
            Centre.SEASON: f"Solid line: what is usual for the time of year, {last['mean']} in the latest {noun}",
            Centre.LAST_YEAR: f"Solid line: the same {noun} last year, {last['mean']} for the latest {noun}",
        }[trend.centre]))
        items.append(KeyItem("limits", "Dashed lines: the limits; while nothing changes, nearly all points lie between them"))
    if "median" in last:
        items.append(KeyItem("average", f"Solid line: the median, {last['median']}; half of the points lie above it"))
    if trend.target is not None:
        items.append(KeyItem("target", f"Purple line: the local target, {figure(trend.measure, trend.target)}"))
    return items


def _marks(present: Set[str], wanted: Iterable[str]) -> list[KeyItem]:
    return [KeyItem(state, upper_first(MARKS[state].words)) for state in wanted if state in present]
