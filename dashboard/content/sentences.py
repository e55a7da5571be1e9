"""What a trend and its groups say, in sentences: process control, the gap that matters most, and why there is nothing to show."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from dashboard.text.formatting import (
    NOUNS,
    cell_words,
    counted,
    figure,
    headline,
    is_rounded_away,
    listing,
    lower_first,
    number,
    period_words,
    plural,
    row_interval,
    row_value,
    target_words,
    told_apart,
    value_words,
)
from metrics.judgement.targets import grain_of
from metrics.judgement.trend import POINTS_FOR_LIMITS, Centre, Chart, Trend
from metrics.measures.kinds import Better, Mean, Measure, Proportion, Rate, RatioOfTotals
from metrics.summary.summarise import State
from metrics.units.breakdowns import Breakdown

COMMON_CAUSE = "common_cause"


def grain(trend: Trend) -> str:
    """The trend's grain; a quarter when it has no rows."""
    return grain_of(trend.frame["period"][0], trend.frame["period_start"][0]) if trend.frame.height else "quarter"


def control_sentence(trend: Trend) -> str:
    """Whether anything has really changed, and whether the target will be met as things are."""
    rows = trend.taking_part
    if not rows.height:
        return f"There is no complete {NOUNS[grain(trend)][0]} with a value yet, so nothing can be said about change."
    if trend.variation is None:
        return _without_limits(trend, rows)
    first = f"{variation_word(trend.variation)}: {_evidence(trend, rows)}."
    return f"{first} {assurance_sentence(trend)}".strip()


def variation_word(variation: str) -> str:
    """A variation icon's state in one or two words."""
    return {"improvement": "Improving", "concern": "Getting worse"}.get(variation.split("_")[0], "No clear change")


def assurance_sentence(trend: Trend) -> str:
    """What the limits say about the target; empty without a target or limits."""
    level = trend.latest["target"] if trend.latest else None
    if level is None or trend.variation is None:
        return ""
    target = f"the {target_words(trend.measure, level)}"
    if trend.assurance is None:
        return (
            f"Whether {target} will be met from now on cannot be told while the latest {NOUNS[grain(trend)][0]} is unusual: it will be "
            "said again once the change is explained and limits begin anew."
        )
    said = {
        "consistently met": f"At this level {target} will be met consistently.",
        "consistently missed": f"At this level {target} will be missed consistently.",
        "hit or miss": f"At this level {target} will be met in some {NOUNS[grain(trend)][1]} and missed in others.",
    }[trend.assurance]
    return f"{said} {_out_of_reach(trend, level)}".strip()


def _out_of_reach(trend: Trend, level: float) -> str:
    """The sentence for a target at the end of the scale, which limits can't pass."""
    higher = trend.measure.better == Better.HIGHER
    if not trend.measure.percent or level != (1.0 if higher else 0.0):
        return ""
    return (
        f"A target of {figure(trend.measure, level)} can never be outside the limits on its good side, because no value can be "
        f"{'above' if higher else 'below'} it: so it is never shown as consistently met."
    )


RUNS_FROM = 10
"""With fewer points, no run and no number of crossings can be a signal of a run chart (Anhøj)."""


def _without_limits(trend: Trend, rows: pl.DataFrame) -> str:
    """What a run chart says, where numbers are too rounded, or points too few, for limits and icons."""
    nouns = NOUNS[grain(trend)]
    since = _since_rebase(rows)
    again = " since the limits started again" if since < rows.height else ""
    start = (
        f"Limits and icons are left out, because {trend.unfit}." if trend.unfit
        else f"Too early to say: limits and icons need {POINTS_FOR_LIMITS} complete {nouns[1]}, and there "
        f"{'is' if since == 1 else 'are'} {since}{again}."
    )
    median = rows["median"].drop_nulls()
    if not median.len() or trend.signal is None or since < RUNS_FROM:
        return start
    level = figure(trend.measure, median[-1])
    if trend.signal:
        return f"{start} But the {nouns[1]} stay on one side of the median of {level} for longer than is usual while nothing changes."
    return f"{start} So far, no run on one side of the median of {level} is longer than is usual while nothing changes."


def not_judged_sentences(trends: Iterable[Trend]) -> str:
    """Of how many trends with a number change cannot be told from chance, and why; empty where of all it can."""
    unjudged = [bool(trend.unfit) for trend in trends if trend.variation is None and trend.latest is not None]
    counts = {
        "too few periods to tell change from chance": unjudged.count(False),
        "numbers too rounded to tell change from chance": unjudged.count(True),
    }
    return " ".join(f"{plural(count, 'has', 'have')} {why}." for why, count in counts.items() if count)


def _since_rebase(rows: pl.DataFrame) -> int:
    """How many rows there are since the limits started again last: each baseline has one median."""
    medians = rows["median"].to_list()
    return next((index for index, median in enumerate(reversed(medians)) if median != medians[-1]), len(medians))


def _evidence(trend: Trend, rows: pl.DataFrame) -> str:
    """Why the last point is what its icon says."""
    many, last = NOUNS[grain(trend)][1], rows.row(-1, named=True)
    if trend.variation == COMMON_CAUSE:
        return _steady(trend, last)
    cause, high = last["special_cause"], str(trend.variation).endswith("high")
    if cause is None or (last["direction"] == "high") != high:
        return f"the latest {many} are {'higher' if high else 'lower'} than they usually vary"
    return {"shift": _shift, "trend": _trend, "outside": _outside, "two_of_three": _two_of_three}[cause](trend, rows, high)


def _steady(trend: Trend, last: Mapping[str, Any]) -> str:
    """Why nothing has clearly changed."""
    noun, many = NOUNS[grain(trend)]
    if last["mean"] is None:
        return f"the latest {many} vary no more than usual"
    level = figure(trend.measure, last["mean"])
    return {
        Centre.AVERAGE: f"the latest {many} vary around the average of {level} no more than usual",
        Centre.SEASON: f"the latest {many} are close to what is usual for their time of year ({level} for this one)",
        Centre.LAST_YEAR: f"the latest {noun} is not clearly different from the same {noun} last year, {level}",
    }[trend.centre]


def _shift(trend: Trend, rows: pl.DataFrame, high: bool) -> str:
    baseline = _last_baseline(rows)
    length = _run([(value > mean) if high else (value < mean) for value, mean in baseline.select("value", "mean").rows()])
    usual = (
        "what is usual for their time of year" if trend.centre == Centre.SEASON
        else f"the average of {figure(trend.measure, baseline['mean'][-1])}"
    )
    return f"the last {length} {NOUNS[grain(trend)][1]} are all {'above' if high else 'below'} {usual}"


def _trend(trend: Trend, rows: pl.DataFrame, high: bool) -> str:
    seasonal = trend.centre == Centre.SEASON
    values = _last_baseline(rows).select(pl.col("value") - (pl.col("mean") if seasonal else 0)).to_series().to_list()
    moves = [(later > earlier) if high else (later < earlier) for earlier, later in itertools.pairwise(values)]
    allowing = ", allowing for the time of year" * seasonal
    return f"each of the last {_run(moves)} {NOUNS[grain(trend)][1]} is {'above' if high else 'below'} the one before it{allowing}"


def _outside(trend: Trend, rows: pl.DataFrame, high: bool) -> str:
    value, limit = told_apart(trend.measure, rows["value"][-1], rows["upper_limit" if high else "lower_limit"][-1])
    side = "above the upper" if high else "below the lower"
    latest = f"the latest {NOUNS[grain(trend)][0]}{f', {value},' * bool(value)}"
    noun, nouns = NOUNS[grain(trend)]
    return f"{latest} is {side} limit of {limit}" + {
        Centre.AVERAGE: f", further from the average than {nouns} usually vary",
        Centre.SEASON: f" for its time of year, further from the average than {nouns} usually vary",
        Centre.LAST_YEAR: f" when compared with the same {noun} last year",
    }[trend.centre]


def _two_of_three(trend: Trend, rows: pl.DataFrame, high: bool) -> str:
    where = "near the upper limit or beyond it" if high else "near the lower limit or beyond it"
    if rows["upper_limit" if high else "lower_limit"][-1] is None:  # no value can be beyond it
        where = "far above the average" if high else "far below the average"
    return f"two of three {NOUNS[grain(trend)][1]} in a row lie {where}, which is rare while nothing changes"


def _last_baseline(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows since the last rebase: runs don't cross one."""
    return rows.filter(pl.col("baseline") == pl.col("baseline").max())


def _run(holds: list[bool]) -> int:
    """How many at the end hold in a row."""
    return next((length for length, held in enumerate(reversed(holds)) if not held), len(holds))


# --- groups ---------------------------------------------------------------------------------------------------------


def group_words(measure: Measure, row: Mapping[str, Any], label: str) -> str:
    """A group's row in words: 'Foster carer: 82 of 96 children, 85%, 95% confidence interval 77% to 91%'."""
    if row["state"] != State.SHOWN.value:
        return f"{label}: {cell_words(measure, row)}"
    value = "" if is_rounded_away(measure, row) else f" {value_words(measure, row['value'])},"
    return f"{label}: {counted(measure, row)},{value} {row_interval(measure, row)}"


def without_hidden(groups: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """A summary's groups without those that are hidden, and how many these are."""
    shown = groups.filter(pl.col("state") != State.HIDDEN.value)
    return shown, groups.height - shown.height


def hidden_groups_sentence(hidden: int, groups: int) -> str:
    """How many groups are not shown: '3 of 9 groups are too small to show.'"""
    return f"{number(hidden)} of {plural(groups, 'group')} {'is' if hidden == 1 else 'are'} too small to show."


def no_gap_sentence(breakdown: Breakdown, groups: pl.DataFrame) -> str:
    """That no group is clearly worse than the rest, without calling small groups equal, nor those that are hidden."""
    hidden = without_hidden(groups)[1]
    if hidden:
        left = groups.height - hidden
        if left < 2:
            return f"{breakdown.title}: too few groups are shown to say anything about gaps between them."
        is_hidden = f"{hidden} {'is' if hidden == 1 else 'are'} hidden"
        return f"{breakdown.title}: no clear gap among the {left} of {groups.height} groups that are shown; {is_hidden}."
    return f"{breakdown.title}: no group is clearly served worse than the rest. They may still differ: a small group can hide a gap."


# --- alt texts ------------------------------------------------------------------------------------------------------


def trend_alt(trend: Trend) -> str:
    """The alt text of a trend chart."""
    rows = trend.taking_part
    title = trend.measure.title
    if not rows.height:
        return f"{title}: no complete period with a value."
    first, last = rows.row(0, named=True), rows.row(-1, named=True)
    parts = [
        f"{title}, by {grain(trend)}, {period_words(first)} to {period_words(last)}.",
        f"From {row_value(trend.measure, first)} to {row_value(trend.measure, last)}.",
        f"Latest: {headline(trend)}.",
    ]
    if trend.chart == Chart.PROCESS_CONTROL:
        parts.append(control_sentence(trend))
    return " ".join(parts)


def groups_alt(measure: Measure, breakdown: Breakdown, groups: pl.DataFrame) -> str:
    """The alt text of a chart of groups."""
    if not groups.height:
        return f"{measure.title} by {lower_first(breakdown.title)}: no data."
    rows = [group_words(measure, row, breakdown.label(row[breakdown.id])) for row in groups.iter_rows(named=True)]
    return f"{measure.title} by {lower_first(breakdown.title)}, {period_words(groups.row(0, named=True))}. {'; '.join(rows)}."


# --- nothing to show ------------------------------------------------------------------------------------------------

_FILES = {"PrevPerm": "the SSDA903 table PrevPerm"}


def missing_source_sentence(missing: frozenset[str]) -> str:
    """Which files would bring a measure's data."""
    files = [_FILES.get(name, f"the local extract '{name}'") for name in sorted(missing)]
    was, it = ("was", "it") if len(files) == 1 else ("were", "them")
    return (
        f"No data: this measure needs {listing(files)}, which {was} not among the files that were loaded. "
        f"Load the files again together with {it}."
    )


def nothing_counted_sentence(measure: Measure) -> str:
    """Why a measure is empty although nothing is filtered."""
    return f"No data: this measure counts {measure.denominator.words}, and nothing that was loaded belongs to it in any period."


def filtered_empty_sentence(measure: Measure, filters: list[str]) -> str:
    """Why a measure is empty under the filters; `filters` are those that empty it, in words."""
    return (
        f"No data under {listing(filters)}: this measure counts {measure.denominator.words}, and none of them "
        f"{'belongs' if len(filters) == 1 else 'belong'} to what is chosen. Choose another group, or clear the filters, to see it."
    )


def counted_words(measure: Measure) -> str:
    """How a measure is counted, as Markdown: its parts in NICE's words or ours, then the fine points with the local choices."""
    return "\n\n".join([*(f"**{title}:** {text}." for title, text in _parts(measure)), measure.counted])


def _parts(measure: Measure) -> list[tuple[str, str]]:
    if isinstance(measure, Rate):
        counted = [("Events", measure.events.words), ("Compared with", f"{measure.exposure.words}, and given {measure.per_words}")]
    elif isinstance(measure, RatioOfTotals):
        counted = [("Numerator", measure.over.words)]
    elif isinstance(measure, Mean):
        counted = [("Average of", measure.score.words)]
    else:
        counted = [("Numerator", measure.numerator.words)] if isinstance(measure, Proportion) else []
    return [*counted, ("Denominator", measure.denominator.words)]
