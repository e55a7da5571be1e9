"""A measure over time: its summary with process control and targets. What a chart draws and a sentence says.

Sources: NHS England, 'Making Data Count'; Anhøj and Olesen (2014) for run charts.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from metrics import process_control
from metrics.kinds import Measure, Rate
from metrics.summarise import State
from metrics.targets import Targets, TargetStatus, level, status

POINTS_FOR_LIMITS = 13
"""Process-control limits and icons are shown from this many complete points in the current baseline."""


class Chart(StrEnum):
    """How a trend is drawn."""

    PROCESS_CONTROL = "process_control"
    RUN = "run_chart"
    LINE = "line"


@dataclass(frozen=True)
class Trend:
    """The result that charts, sentences and exports read.

    `frame`: the summary's columns, then target, target_status, mean, lower_limit, upper_limit, lower_2sigma, upper_2sigma,
    median, special_cause, direction. Points that take no part (incomplete, no value) have nulls there.
    `chart` is how it is drawn and `method` by which rules ('xmr', 'p', 'u', 'run' or None); `reason` says in a sentence why.
    `variation` and `assurance` are the icons' states or None when there are too few points. `latest` is the last complete
    period's row that has a value. `signal` is the run chart's verdict on the current baseline.
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

    @property
    def target(self) -> float | None:
        """The level of the target that holds in the last period, in the unit of the value."""
        last: float | None = self.frame["target"][-1] if self.frame.height else None
        return last

    @property
    def hidden_since(self) -> dict[str, Any] | None:
        """The last complete period's row where it is hidden, so that `latest` is an earlier one (or None)."""
        complete = self.frame.filter("complete")
        last = complete.row(-1, named=True) if complete.height else None
        return last if last and last["state"] == State.HIDDEN.value else None

    @property
    def target_status(self) -> TargetStatus | None:
        """What the latest value says about its target."""
        return TargetStatus(self.latest["target_status"]) if self.latest and self.latest["target_status"] else None


def trend(
    measure: Measure, summary: pl.DataFrame, targets: Targets, *,
    chart: Chart | None = None, placements: Sequence[str] = (), rebase_on: Sequence[datetime.date] = (),
) -> Trend:
    """The trend of a measure's summary without breakdown (one row a period, in time order).

    `chart` is what a person chose; None chooses process control from 13 complete points in the current baseline and a run chart
    below. `placements` are those filtered on, for a placement's own target. `rebase_on` are the dates of rebases: the first
    complete period that starts on or after each begins a new baseline.
    """
    frame = _with_targets(measure, summary, targets, placements)
    taking_part = points_of(frame.with_row_index())
    rebase_at = _rebases(taking_part, rebase_on)
    in_baseline = taking_part.height - max(rebase_at, default=0)
    enough = in_baseline >= POINTS_FOR_LIMITS
    control_method, control = control_chart(measure, taking_part, rebase_at)
    drawn, reason = _choose(chart, control_method, in_baseline)
    run = process_control.run_chart(taking_part["value"].to_list(), rebase_at=rebase_at) if drawn == Chart.RUN else None
    shown = {Chart.PROCESS_CONTROL: control, Chart.RUN: run, Chart.LINE: None}[drawn]
    frame = _with_lines(frame, taking_part, shown)
    latest_target = level_in(frame, taking_part)
    return Trend(
        measure=measure, frame=frame, chart=drawn, reason=reason,
        method={Chart.PROCESS_CONTROL: control_method, Chart.RUN: "run", Chart.LINE: None}[drawn],
        variation=process_control.variation(control, measure.better) if enough else None,
        assurance=process_control.assurance(control, latest_target, measure.better) if enough else None,
        latest=frame.row(int(taking_part["index"][-1]), named=True) if taking_part.height else None,
        signal=bool(run["signal"][-1]) if run is not None and run.height else None,
    )


def points_of(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows of a summary that process control looks at: complete, shown, with a value."""
    return frame.filter(pl.col("complete") & (pl.col("state") == State.SHOWN.value) & pl.col("value").is_not_null())


def level_in(frame: pl.DataFrame, taking_part: pl.DataFrame) -> float | None:
    """The target's level in the last period that takes part."""
    return frame["target"][int(taking_part["index"][-1])] if taking_part.height else None


def _with_targets(measure: Measure, summary: pl.DataFrame, targets: Targets, placements: Sequence[str]) -> pl.DataFrame:
    held = [targets.on(measure, date, placements) for date in summary["period_end"]]
    levels = [level(measure, target) if target else None for target in held]
    statuses = [
        status(measure, lower, upper, target_level) if value is not None else None
        for value, lower, upper, target_level in zip(summary["value"], summary["lower"], summary["upper"], levels, strict=True)
    ]
    return summary.with_columns(
        pl.Series("target", levels, dtype=pl.Float64),
        pl.Series("target_status", [found.value if found else None for found in statuses], dtype=pl.String),
    )


def _rebases(taking_part: pl.DataFrame, rebase_on: Sequence[datetime.date]) -> tuple[int, ...]:
    """0-based indices, among the points that take part, of the first period on or after each rebase."""
    starts = taking_part["period_start"].to_list()
    found = (next((index for index, start in enumerate(starts) if start >= date), None) for date in rebase_on)
    return tuple(sorted({index for index in found if index}))


def control_chart(measure: Measure, points: pl.DataFrame, rebase_at: tuple[int, ...]) -> tuple[str, pl.DataFrame]:
    """Which control chart suits the measure ('p', 'u' or 'xmr'), and its frame (see `metrics.process_control`) with the lines in the
    unit of the value. `points` are a summary's rows that take part."""
    denominators = points["denominator"].to_list()
    method = process_control.chart_type(measure.kind, denominators)
    if method == "p":
        return method, process_control.p_chart(points["numerator"].to_list(), denominators, rebase_at=rebase_at)
    if method == "u" and isinstance(measure, Rate):
        lines = process_control.u_chart(points["numerator"].to_list(), denominators, rebase_at=rebase_at)
        return method, lines.with_columns(pl.col("mean", "lower", "upper", "lower_2sigma", "upper_2sigma") * measure.per)
    return "xmr", process_control.xmr(points["value"].to_list(), rebase_at=rebase_at)


def _choose(chart: Chart | None, method: str, in_baseline: int) -> tuple[Chart, str]:
    if chart == Chart.LINE:
        return Chart.LINE, "A plain line, as chosen: no limits are worked out."
    if chart == Chart.RUN:
        return Chart.RUN, "A run chart, as chosen: the line in the middle is the median."
    if in_baseline < POINTS_FOR_LIMITS:
        return Chart.RUN, (
            f"A run chart with the median, because process-control limits need {POINTS_FOR_LIMITS} complete periods and there "
            f"{'is' if in_baseline == 1 else 'are'} {in_baseline}."
        )
    return Chart.PROCESS_CONTROL, {
        "p": "A P chart, because how many are counted differs from period to period: limits are wider where there are fewer.",
        "u": "A U chart, which is made for rates: limits are wider where there are fewer children or days.",
        "xmr": "An XmR chart: limits come from how much neighbouring periods usually differ.",
    }[method]


def _with_lines(frame: pl.DataFrame, taking_part: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    """The frame with the lines of the points that take part; nulls elsewhere."""
    schema = {
        "mean": pl.Float64, "lower_limit": pl.Float64, "upper_limit": pl.Float64, "lower_2sigma": pl.Float64, "upper_2sigma": pl.Float64,
        "median": pl.Float64, "special_cause": pl.String, "direction": pl.String,
    }
    if lines is None:
        return frame.with_columns(pl.lit(None, dtype=type_).alias(name) for name, type_ in schema.items())
    named = lines.rename({"lower": "lower_limit", "upper": "upper_limit"})
    columns = [(pl.col(name) if name in named.columns else pl.lit(None)).cast(type_).alias(name) for name, type_ in schema.items()]
    placed = named.select(columns).with_columns(taking_part["index"])
    return frame.with_row_index().join(placed, on="index", how="left", maintain_order="left").drop("index")
