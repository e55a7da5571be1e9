"""A trend drawn with Plotly, as a page draws it, for the tests of what is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from config.rebases import Rebase
from dashboard.charts.theme import Drawing
from dashboard.charts.trend.drawing import trend_drawing
from dashboard.charts.trend.interactive import interactive
from dashboard.content.comparisons.selection import Comparison
from dashboard.content.several_authorities import Pooled
from data_access.workspace import ChangeRecord
from metrics.judgement.trend import Trend


def trend_chart(
    trend: Trend, rebases: Sequence[Rebase] = (), changes: Sequence[ChangeRecord] = (), *,
    comparison: Comparison | None = None, pooled: Sequence[Pooled] = (), target_line: bool = True,
) -> Drawing:
    """The chart of a trend."""
    described = trend_drawing(trend, rebases, changes, comparison=comparison, pooled=pooled, target_line=target_line)
    return interactive(described)
