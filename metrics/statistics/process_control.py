"""Process control charts and run charts, as pure functions over a series: NHS England's rules (Making Data Count).

Each chart is a Polars frame with a row per point:

| Column | What |
|---|---|
| `mean`, `lower`, `upper`, `lower_2sigma`, `upper_2sigma` | the centre line, the limits (3 sigma) and the 2-sigma lines |
| `special_cause` | null, `outside`, `shift`, `trend` or `two_of_three`: of several, the first of these |
| `direction` | `high` or `low` (of a trend: rising or falling), null without a special cause |
| `signals_high`, `signals_low` | whether any rule flags the point as high, and as low: a point can be both |
| `value`, `baseline` | the point, and which baseline it belongs to (0, then one more at each rebase) |

`rebase_at` holds the 0-based index of each point that starts a new baseline, in any order. Limits are worked out anew from each
baseline, and moving ranges and runs never cross a rebase. The limits are given at any length: when there are points enough to show
them (13) is for the page to decide.

A missing point (None, NaN, a denominator of 0) takes no part: means, moving ranges and runs are those of the series without it. It keeps
its row, with the lines as far as they are known there. An incomplete period takes no part either: give it as missing. A baseline of
one point has no moving range, so its XmR chart has a mean and no limits. Nothing is ever NaN.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from metrics.statistics import special_cause
from metrics.statistics.control_methods import Method, PChart, Points, UChart
from metrics.statistics.special_cause import FloatArray

P_CHART_FROM = 0.25
"""A P chart is drawn where a denominator is further than this share from the mean denominator."""

STABLE = "common_cause"
"""The state of a point that no rule flags."""

CROSSINGS_TAIL = 20
"""1 in 20: Anhøj's limit for crossings is the 5% point of the binomial distribution."""

Values = Iterable[float | None]

_LINES = ("mean", "lower", "upper", "lower_2sigma", "upper_2sigma")
_CONTROL = {
    **dict.fromkeys(_LINES, pl.Float64), "special_cause": pl.String, "direction": pl.String,
    "signals_high": pl.Boolean, "signals_low": pl.Boolean, "value": pl.Float64, "baseline": pl.Int64,
}
_RUN = {
    **_CONTROL, "median": pl.Float64, "signal": pl.String, "in_long_run": pl.Boolean, "useful_points": pl.Int64,
    "longest_run": pl.Int64, "longest_run_limit": pl.Int64, "crossings": pl.Int64, "crossings_limit": pl.Int64,
}


def xmr(values: Values, rebase_at: Iterable[int] = ()) -> pl.DataFrame:
    """An XmR chart: mean ± 2.66 mean moving ranges. Moving ranges are not screened and limits are not clamped."""
    points = _numbers("values", values)
    return control_chart([Method()], Points(points, points, np.ones(len(points))), rebase_at)


def p_chart(numerators: Values, denominators: Values, rebase_at: Iterable[int] = ()) -> pl.DataFrame:
    """A P chart of proportions: cl = Σx / Σn, ± 3 √(cl (1 - cl) / n_i), clamped to 0 to 1."""
    x, n = _pairs("numerators", numerators, "denominators", denominators)
    if (x > n).any():
        raise ValueError("A numerator is more than its denominator, so the points are no proportions. For a rate, use a U chart.")
    return control_chart([PChart()], Points(x / n, x, n), rebase_at)


def u_chart(events: Values, exposures: Values, rebase_at: Iterable[int] = ()) -> pl.DataFrame:
    """A U chart of rates (per one unit of exposure): cl = Σx / Σn, ± 3 √(cl / n_i), not below 0."""
    x, n = _pairs("events", events, "exposures", exposures)
    return control_chart([UChart()], Points(x / n, x, n), rebase_at)


def run_chart(values: Values, rebase_at: Iterable[int] = ()) -> pl.DataFrame:
    """A run chart with the median and the two rules of Anhøj and Olesen (2014, PLOS ONE 9(11): e113825), for each baseline.

    The columns of the control charts (lines and special causes null), and these, equal over a baseline but for `in_long_run`:
    `median`; `signal` (null, `long_run`, `few_crossings` or `both`); `useful_points` (n, the points not on the median; points on
    it neither break nor lengthen a run); `longest_run` on one side of the median and `longest_run_limit` = round(log2 n) + 3, above which
    it signals; `crossings` of the median and `crossings_limit`, the 5% point of the binomial (n - 1, 0.5), below which they signal.
    The limits are null without useful points. `in_long_run` marks the points of the runs that are too long.
    """
    points = _numbers("values", values)
    parts = baselines(len(points), rebase_at)
    rows = [row for index, part in enumerate(parts) for row in _run_rows(points[part], index)]
    return pl.DataFrame(rows, schema=_RUN)


def chart_type(kind: str, denominators: Values) -> str:
    """Which control chart suits a measure: `p`, `u` or `xmr`.

    A rate (kind `rate`) has a U chart. A proportion (`proportion`) has a P chart where any denominator is further than a quarter of their
    mean from it; missing and 0 denominators are points that take no part. Everything else (`mean`, `ratio_of_totals`) has an XmR chart.
    """
    if kind == "rate":
        return "u"
    if kind != "proportion":
        return "xmr"
    n = _numbers("denominators", denominators)
    n = n[n > 0]
    # n_i * count against the total, so that whole numbers exactly a quarter away stay so.
    varies = np.abs(n * len(n) - n.sum()) > P_CHART_FROM * n.sum()
    return "p" if varies.any() else "xmr"


def point_states(frame: pl.DataFrame, better: str) -> list[str | None]:
    """Each point's state: 'common_cause', 'improvement_high', 'improvement_low', 'concern_high' or 'concern_low'.

    `frame` is a control chart, `better` 'higher' or 'lower'. A point that is improvement and concern at once shows improvement. None for
    a missing point and where there are no limits.
    """
    improves, concerns = ("high", "low") if _check_better(better) == "higher" else ("low", "high")
    state = (
        pl.when(pl.col("value").is_null() | pl.col("lower").is_null()).then(None)
        .when(pl.col(f"signals_{improves}")).then(pl.lit(f"improvement_{improves}"))
        .when(pl.col(f"signals_{concerns}")).then(pl.lit(f"concern_{concerns}"))
        .otherwise(pl.lit(STABLE))
    )
    return frame.select(state.alias("state"))["state"].to_list()


def variation(frame: pl.DataFrame, better: str, complete: Sequence[bool] | None = None) -> str | None:
    """The variation icon: the state (see `point_states`) of the last point that is complete and not missing; None without one.

    `complete` says of each row whether its period is complete; all are if it is left out.
    """
    states = point_states(frame, better)
    complete = [True] * len(states) if complete is None else complete
    if len(complete) != len(states):
        raise ValueError(f"'complete' has {len(complete)} values for {len(states)} points. Give one for each point.")
    return next((state for state, whole in zip(reversed(states), reversed(complete), strict=True) if whole and state is not None), None)


def assurance(frame: pl.DataFrame, target: float | None, better: str) -> str | None:
    """The assurance icon: 'consistently met', 'consistently missed' or 'hit or miss', from the limits at the last point that has any
    in the last baseline. On a limit or inside: hit or miss. None without a target or limits. `target` is in the unit of the points.
    """
    higher = _check_better(better) == "higher"
    if target is None:
        return None
    if not math.isfinite(target):
        raise ValueError(f"A target of {target} can't be met or missed. Give a number, or None for no target.")
    last = frame.filter(pl.col("baseline") == pl.col("baseline").max()) if "baseline" in frame.columns else frame
    limits = last.select("lower", "upper").drop_nulls().tail(1)
    if limits.is_empty():
        return None
    lower, upper = limits.row(0)
    slack = special_cause.TOLERANCE * max(abs(lower), abs(upper), abs(target))
    if lower - target > slack:
        return "consistently met" if higher else "consistently missed"
    if target - upper > slack:
        return "consistently missed" if higher else "consistently met"
    return "hit or miss"


def control_chart(methods: Sequence[Method], points: Points, rebase_at: Iterable[int] = ()) -> pl.DataFrame:
    """The frame of a chart: each baseline by its own method, the last one for all that follow. A missing point's value is NaN."""
    parts = [
        _baseline(methods[min(index, len(methods) - 1)], points.at(part), index)
        for index, part in enumerate(baselines(len(points), rebase_at))
    ]
    frame = pl.concat(parts) if parts else pl.DataFrame(schema=_CONTROL)
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None))


def _baseline(method: Method, points: Points, index: int) -> pl.DataFrame:
    """The rows of one baseline; a missing point has the lines as far as they are known there, and no special cause."""
    present = ~np.isnan(points.value)
    lines = method.lines(points.at(present), points)
    flags = method.flags(points.at(present), lines.at(present))
    cause, direction = np.full(len(points), None, dtype=object), np.full(len(points), None, dtype=object)
    cause[present], direction[present] = flags.cause, flags.direction
    high, low = np.zeros(len(points), dtype=bool), np.zeros(len(points), dtype=bool)
    high[present], low[present] = flags.high, flags.low
    columns = {name: getattr(lines, name) for name in _LINES} | {
        "special_cause": cause.tolist(), "direction": direction.tolist(), "signals_high": high, "signals_low": low, "value": points.value,
    }
    return pl.DataFrame(columns | {"baseline": np.full(len(points), index)}, schema=_CONTROL)


def _run_rows(values: FloatArray, baseline: int) -> list[dict[str, Any]]:
    """The rows of one baseline of a run chart."""
    present = ~np.isnan(values)
    median = float(np.median(values[present])) if present.any() else None
    side = np.zeros(len(values), dtype=np.int8)
    side[present] = special_cause.sides(values[present], np.full(int(present.sum()), median if median is not None else math.nan))
    useful = side[side != 0]
    lengths = special_cause.run_lengths(useful)
    n, longest = len(useful), int(lengths.max(initial=0))
    crossings = int((useful[1:] != useful[:-1]).sum())
    run_limit, crossings_limit = (round(math.log2(n)) + 3, _fewest_crossings(n)) if n else (None, None)
    long_run = run_limit is not None and longest > run_limit
    few_crossings = crossings_limit is not None and crossings < crossings_limit
    too_long = np.zeros(len(values), dtype=bool)
    too_long[side != 0] = long_run & (lengths > (run_limit or 0))
    whole = {
        "baseline": baseline, "median": median, "useful_points": n, "longest_run": longest, "longest_run_limit": run_limit,
        "crossings": crossings, "crossings_limit": crossings_limit, "signals_high": False, "signals_low": False,
        "signal": {(True, True): "both", (True, False): "long_run", (False, True): "few_crossings"}.get((long_run, few_crossings)),
    }
    return [
        whole | {"value": float(value) if there else None, "in_long_run": bool(long_)}
        for value, there, long_ in zip(values, present, too_long, strict=True)
    ]


@functools.cache
def _fewest_crossings(useful_points: int) -> int:
    """The 5% point of the binomial (n - 1, 0.5), in whole numbers: the least k with P(at most k) of 5% or more."""
    places, below = useful_points - 1, 0
    for k in range(places + 1):
        below += math.comb(places, k)
        if below * CROSSINGS_TAIL >= 2**places:
            return k
    return places


def _numbers(name: str, values: Values) -> FloatArray:
    numbers = np.array([math.nan if value is None else float(value) for value in values], dtype=np.float64)
    if np.isinf(numbers).any():
        raise ValueError(f"One of the {name} is infinite. Give finite numbers, and None where one is missing.")
    return numbers


def _pairs(name_x: str, x: Values, name_n: str, n: Values) -> tuple[FloatArray, FloatArray]:
    """Both series, NaN in both where a point is missing."""
    first, second = _numbers(name_x, x), _numbers(name_n, n)
    if len(first) != len(second):
        raise ValueError(f"There are {len(first)} {name_x} and {len(second)} {name_n}. Give one of each for every point.")
    for name, numbers in ((name_x, first), (name_n, second)):
        if (numbers < 0).any():
            raise ValueError(f"One of the {name} is {numbers[numbers < 0][0]:g}. They are counts and can't be below 0.")
    missing = np.isnan(first) | np.isnan(second) | (second == 0)
    return np.where(missing, np.nan, first), np.where(missing, np.nan, second)


def baselines(length: int, rebase_at: Iterable[int]) -> list[slice]:
    """The stretches of the series that each have their own limits. A rebase at the first point changes nothing."""
    starts = {0}
    for index in map(operator.index, rebase_at):
        if not 0 <= index < length:
            raise ValueError(f"There is no point {index} to rebase at: the series has {length} points, counted from 0.")
        starts.add(index)
    edges = [*sorted(starts), length]
    return [slice(first, after) for first, after in itertools.pairwise(edges)] if length else []


def _check_better(better: str) -> str:
    if better not in ("higher", "lower"):
        raise ValueError(f"'better' says which way is better, 'higher' or 'lower', not {better!r}.")
    return better
