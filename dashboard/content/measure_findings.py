"""What is shown of a measure, on its page and in a pack: its trend, its groups, and the gap among them that matters most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from dashboard.content.comparisons.selection import Comparison
from dashboard.content.several_authorities import Pooled
from dashboard.content.view import View
from metrics.judgement import equality
from metrics.judgement.trend import Trend
from metrics.measures.kinds import Measure
from metrics.units.breakdowns import Breakdown


@dataclass(frozen=True)
class MeasureFindings:
    """What a block shows of a measure: its trend, its groups in the latest complete period (in the breakdown's order), and of them
    the row of `metrics.judgement.equality.compare` with the gap that matters most, if one is clear; and what stands beside
    the trend: published
    figures, and the other authorities that are loaded."""

    trend: Trend
    groups: pl.DataFrame
    gap: Mapping[str, Any] | None
    comparison: Comparison = field(default_factory=Comparison)
    pooled: tuple[Pooled, ...] = ()

    @cached_property
    def has_values(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.trend.frame["value"].drop_nulls().len())


def findings_of(view: View, measures: Sequence[Measure], breakdown: Breakdown) -> dict[str, MeasureFindings]:
    """What a page shows of its measures, by their ids. Groups are compared all at once, as the page's comparisons are one family."""
    trends = {measure.id: view.trend(measure) for measure in measures}
    groups = {measure.id: _groups(view, trends[measure.id], breakdown) for measure in measures}
    worse = equality.gaps_against(_compared(trends, groups, breakdown))
    gaps = {row["measure"]: row for row in worse.reverse().iter_rows(named=True)}
    return {
        id: MeasureFindings(trend, groups[id], gaps.get(id), view.comparison(trend), view.pooled(trend)) for id, trend in trends.items()
    }


def compared_groups(view: View, trends: Mapping[str, Trend], breakdown: Breakdown) -> pl.DataFrame:
    """All comparisons of groups that a page with these trends makes: rows of `metrics.judgement.equality.compare`."""
    return _compared(trends, {id: _groups(view, trend, breakdown) for id, trend in trends.items()}, breakdown)


def _compared(trends: Mapping[str, Trend], groups: Mapping[str, pl.DataFrame], breakdown: Breakdown) -> pl.DataFrame:
    return equality.compare([
        equality.Groups(trends[id].measure, breakdown, rows, _all_together(trends[id], rows)) for id, rows in groups.items() if rows.height
    ])


def _all_together(trend: Trend, groups: pl.DataFrame) -> pl.DataFrame:
    return trend.frame.filter(pl.col("period") == groups["period"][0])


def _groups(view: View, trend: Trend, breakdown: Breakdown) -> pl.DataFrame:
    """The groups in the breakdown's order; none while no period is complete."""
    if trend.latest is None:
        return pl.DataFrame(schema={breakdown.id: pl.String})
    groups = view.groups(trend.measure, breakdown.id)
    order = breakdown.order(groups[breakdown.id].to_list())
    return groups.sort(pl.col(breakdown.id).replace_strict({group: index for index, group in enumerate(order)}, return_dtype=pl.Int64))
