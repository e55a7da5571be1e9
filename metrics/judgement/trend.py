"""A measure over time: its summary with process control and targets. What a chart draws and a sentence says.

Sources: NHS England, 'Making Data Count'; Anhøj and Olesen (2014) for run charts.
"""

from __future__ import annotations

import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from config.disclosure import disclosure_rules
from metrics.judgement.control_method import Series, memory_words, methods, reason, taken
from metrics.judgement.targets import Targets, TargetStatus, grain_of, level, status
from metrics.measures.kinds import Measure, Proportion, Rate
from metrics.statistics import process_control
from metrics.statistics.control_methods import Method
from metrics.summary.summarise import State

POINTS_FOR_LIMITS = 13
"""Process-control limits and icons are shown from this many complete points in the current baseline."""


class Centre(StrEnum):
    """What the line in the middle of a control chart is."""

    AVERAGE = "average"
    SEASON = "average of the time of year"
    LAST_YEAR = "same period last year"


class Chart(StrEnum):
    """How a trend is drawn."""

    PROCESS_CONTROL = "process_control"
    RUN = "run_chart"
    LINE = "line"


@dataclass(frozen=True)
class Trend:
    """The result that charts, sentences and exports read.

    `frame`: the summary's columns, then target, target_status, mean, lower_limit, upper_limit, lower_2sigma, upper_2sigma,
    median, special_cause, direction, point_state (see `process_control.point_states`), baseline. Points that take no part (incomplete,
    no value) have nulls there. Limits are not clamped; `told` leaves out those that no value can be beyond.
    `chart` is how it is drawn and `method` by which limits ('xmr', 'p', 'u', 'binomial', 'poisson', 'run' or None); `reason`
    says why, and which rules don't apply.
    `variation` and `assurance` are the icons' states or None when there are too few points; there is no assurance while the latest
    complete point is a special cause, as limits over the old and the new say nothing of what will come. `latest` is the last complete
    period's row that has a value; None where the last one covered is hidden, and that row is then `earlier`, which is judged against
    nothing. `signal` is the run chart's verdict on the current baseline, None where neighbouring points count much of the same. `centre`
    is what the line in the middle is. `target_period` is the length of period that the measure's target is for, where it is not this one.
    `unfit` is why there are no limits however many points there are, because numbers are rounded; else empty.
    """

    measure: Measure
    frame: pl.DataFrame
    chart: Chart
    method: str | None
    reason: str
    variation: str | None
    assurance: str | None
    latest: dict[str, Any] | None
    signal: bool | None
    earlier: dict[str, Any] | None = None
    centre: Centre = Centre.AVERAGE
    target_period: str | None = None
    unfit: str = ""

    @functools.cached_property
    def told(self) -> pl.DataFrame:
        """The frame as charts, tables and sentences have it: without lower limits below 0 and upper limits above the most that a value can
        be, as no point can ever be outside them."""
        most = 1.0 if self.measure.percent else self.measure.most
        lower, upper = pl.col("lower_limit"), pl.col("upper_limit")
        return self.frame.with_columns(pl.when(lower >= 0).then(lower), *([] if most is None else [pl.when(upper <= most).then(upper)]))

    @functools.cached_property
    def taking_part(self) -> pl.DataFrame:
        """The rows that process control looks at: complete, with a value, in time order."""
        return self.told.filter(pl.col("complete") & (pl.col("state") == State.SHOWN.value) & pl.col("value").is_not_null())

    @property
    def target(self) -> float | None:
        """The level of the target that holds in the last period, in the unit of the value."""
        last: float | None = self.frame["target"][-1] if self.frame.height else None
        return last

    @property
    def hidden_since(self) -> dict[str, Any] | None:
        """The row of the last complete period that is covered, where it is hidden."""
        complete = covered_of(self.frame)
        last = complete.row(-1, named=True) if complete.height else None
        return last if last and last["state"] == State.HIDDEN.value else None

    @property
    def target_status(self) -> TargetStatus | None:
        """What the latest value says about its target."""
        return TargetStatus(self.latest["target_status"]) if self.latest and self.latest["target_status"] else None


def trend(
    measure: Measure, summary: pl.DataFrame, targets: Targets, *,
    chart: Chart | None = None, placements: Sequence[str] = (), rebase_on: Sequence[datetime.date] = (), of_group: bool = False,
) -> Trend:
    """The trend of a measure's summary without breakdown (one row a period, in time order).

    `chart` is what a person chose; None chooses process control from 13 complete points in the current baseline and a run chart
    below. `placements` are those filtered on, for a placement's own target. `rebase_on` are the dates of rebases: the first
    complete period that starts on or after each begins a new baseline. `of_group`: whether it is of some of the children only; where
    their numbers are rounded there are no limits, nor where more than a quarter of the points are of few.
    """
    frame = _with_targets(measure, summary, targets, placements)
    taking_part = points_of(frame.with_row_index())
    rebase_at = _rebases(taking_part, rebase_on)
    in_baseline = taking_part.height - max(rebase_at, default=0)
    unfit = _unfit_for_limits(measure, taking_part, of_group=of_group)
    enough = in_baseline >= POINTS_FOR_LIMITS and not unfit
    held, control = control_chart(measure, taking_part, rebase_at)
    memory = memory_words(measure) if Series(measure, taking_part).remembers else ""
    drawn, why = _choose(chart, reason(measure, taking_part, held), memory, in_baseline, unfit)
    run = process_control.run_chart(taking_part["value"].to_list(), rebase_at=rebase_at) if drawn == Chart.RUN else None
    shown = {Chart.PROCESS_CONTROL: control, Chart.RUN: run, Chart.LINE: None}[drawn]
    if drawn == Chart.PROCESS_CONTROL:
        shown = control.with_columns(pl.Series("point_state", process_control.point_states(control, measure.better), dtype=pl.String))
    frame = _with_lines(frame, taking_part, shown)
    last = frame.row(int(taking_part["index"][-1]), named=True) if taking_part.height else None
    states = covered_of(frame)["state"]
    hidden = bool(states.len()) and states[-1] == State.HIDDEN.value
    variation = process_control.variation(control, measure.better) if enough and not hidden else None
    return Trend(
        measure=measure, frame=frame, chart=drawn, reason=why,
        method={Chart.PROCESS_CONTROL: held.name, Chart.RUN: "run", Chart.LINE: None}[drawn],
        variation=variation,
        assurance=_assurance(measure, control, level_in(frame, taking_part), variation),
        latest=None if hidden else last, earlier=last if hidden else None,
        signal=bool(run["signal"][-1]) if run is not None and run.height and not memory else None,
        target_period=_other_period(measure, frame, targets), unfit=unfit,
        centre=Centre.LAST_YEAR if held.name == "last_year" else Centre.SEASON if held.seasons else Centre.AVERAGE,
    )


def _assurance(measure: Measure, control: pl.DataFrame, target: float | None, variation: str | None) -> str | None:
    """The assurance icon's state, for a process that is stable."""
    return process_control.assurance(control, target, measure.better) if variation == process_control.STABLE else None


def _unfit_for_limits(measure: Measure, points: pl.DataFrame, *, of_group: bool) -> str:
    """Why limits would say more than rounded numbers can; empty where they may be drawn."""
    if "rounded" not in points.columns:
        return ""
    rounded = points.filter("rounded")
    if of_group and rounded.height:
        return "numbers for groups are rounded to protect children"
    if not isinstance(measure, Proportion | Rate) or not points.height:
        return ""
    smaller = pl.min_horizontal("numerator", pl.col("denominator") - pl.col("numerator")) if measure.percent else pl.col("numerator")
    few = rounded.filter(smaller < disclosure_rules().total_part_exact_from)
    return "too many of the numbers are small and rounded to protect children" if 4 * few.height > points.height else ""


def covered_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a summary that are over and that the data covers."""
    return frame.filter(pl.col("complete") & (pl.col("state") != State.NOT_COVERED.value))


def points_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a summary that process control looks at: complete, shown, with a value."""
    return frame.filter(pl.col("complete") & (pl.col("state") == State.SHOWN.value) & pl.col("value").is_not_null())


def level_in(frame: pl.DataFrame, taking_part: pl.DataFrame) -> float | None:
    """The target's level in the last period that takes part."""
    return frame["target"][int(taking_part["index"][-1])] if taking_part.height else None


def _with_targets(measure: Measure, summary: pl.DataFrame, targets: Targets, placements: Sequence[str]) -> pl.DataFrame:
    held = [
        targets.on(measure, end, grain_of(label, start), placements)
        for label, start, end in summary.select("period", "period_start", "period_end").rows()
    ]
    levels = [level(measure, target) if target else None for target in held]
    statuses = [
        status(measure, lower, upper, target_level) if value is not None else None
        for value, lower, upper, target_level in zip(summary["value"], summary["lower"], summary["upper"], levels, strict=True)
    ]
    return summary.with_columns(
        pl.Series("target", levels, dtype=pl.Float64),
        pl.Series("target_status", [found.value if found else None for found in statuses], dtype=pl.String),
    )


def _other_period(measure: Measure, frame: pl.DataFrame, targets: Targets) -> str | None:
    if not frame.height or frame["target"][-1] is not None:
        return None
    return targets.for_other_periods(measure, frame["period_end"][-1])


def _rebases(taking_part: pl.DataFrame, rebase_on: Sequence[datetime.date]) -> tuple[int, ...]:
    """0-based indices, among the points that take part, of the first period on or after each rebase."""
    starts = taking_part["period_start"].to_list()
    found = (next((index for index, start in enumerate(starts) if start >= date), None) for date in rebase_on)
    return tuple(sorted({index for index in found if index}))


def control_chart(measure: Measure, points: pl.DataFrame, rebase_at: tuple[int, ...]) -> tuple[Method, pl.DataFrame]:
    """The method whose limits suit the measure in its last baseline, and the chart's frame
    (see `metrics.statistics.process_control`) with the lines in the unit of the value.

    `points` are a summary's rows that take part, in time order. Pages, packs, digest and 'did it help?' all come here.
    """
    chosen = methods(measure, points, rebase_at)
    frame = process_control.control_chart(chosen, taken(measure, points), rebase_at)
    if isinstance(measure, Rate):
        frame = frame.with_columns(pl.col("mean", "lower", "upper", "lower_2sigma", "upper_2sigma", "value") * measure.per)
    return chosen[-1], frame


def _choose(chart: Chart | None, control_reason: str, memory: str, in_baseline: int, unfit: str) -> tuple[Chart, str]:
    if chart == Chart.LINE:
        return Chart.LINE, "A plain line, as chosen: no limits are worked out."
    if chart == Chart.RUN:
        return Chart.RUN, f"A run chart, as chosen: the line in the middle is the median. {memory}".strip()
    if unfit:
        return Chart.RUN, f"A run chart with the median, because {unfit}. {memory}".strip()
    if in_baseline < POINTS_FOR_LIMITS:
        there_are = f"there {'is' if in_baseline == 1 else 'are'} {in_baseline}"
        needed = f"process-control limits need {POINTS_FOR_LIMITS} complete periods and {there_are}"
        return Chart.RUN, f"A run chart with the median, because {needed}. {memory}".strip()
    return Chart.PROCESS_CONTROL, control_reason


def _with_lines(frame: pl.DataFrame, taking_part: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    """The frame with the lines of the points that take part; nulls elsewhere."""
    schema = {
        "mean": pl.Float64, "lower_limit": pl.Float64, "upper_limit": pl.Float64, "lower_2sigma": pl.Float64, "upper_2sigma": pl.Float64,
        "median": pl.Float64, "special_cause": pl.String, "direction": pl.String, "point_state": pl.String,
        "baseline": pl.Int64,
    }
    if lines is None:
        return frame.with_columns(pl.lit(None, dtype=type_).alias(name) for name, type_ in schema.items())
    named = lines.rename({"lower": "lower_limit", "upper": "upper_limit"})
    columns = [(pl.col(name) if name in named.columns else pl.lit(None)).cast(type_).alias(name) for name, type_ in schema.items()]
    placed = named.select(columns).with_columns(taking_part["index"])
    return frame.with_row_index().join(placed, on="index", how="left", maintain_order="left").drop("index")
