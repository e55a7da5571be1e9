"""What a page is looking at: the data, the filters, the targets. Every page gets its numbers here and nowhere else."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from config.cohorts import Cohort
from config.rebases import Rebase
from dashboard.content.comparisons.selection import Comparison, comparison_of, crossed_between
from dashboard.content.several_authorities import Pooled, own_area, pooled_of
from dashboard.figures.permitted import PermittedReporting, is_in_protected_view, responsibility_of
from dashboard.figures.published import Published
from dashboard.figures.workspace_records import Written
from dashboard.text.formatting import EXACT, PROTECTED, file_part
from metrics.comparators.definition_changes import DefinitionChange, touching_breakdown
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Chart, Trend, trend
from metrics.measures.cohort_words import cohort_file_part
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State


@dataclass(frozen=True)
class Filters:
    """One shared set for all pages. `where`: breakdown id to the groups kept (no entry: all). `first` and `last` are period
    labels of the grain, or None for all. `chart` is the chosen chart type, None for automatic. `compare` names the kinds of
    published figures that are shown, None for all. `target_lines` says whether charts draw local targets. `cohort` says who is counted,
    None for whom the local choice says."""

    grain: str = "quarter"
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: str | None = None
    last: str | None = None
    chart: Chart | None = None
    compare: tuple[str, ...] | None = None
    target_lines: bool = True
    cohort: Cohort | None = None


@dataclass(frozen=True)
class View:
    """The numbers for one page: summaries and trends of measures under the filters, as the person who looks may see them.

    `written` is what people wrote; the targets and rebases in it are among `targets` and `rebases`.
    """

    reporting: PermittedReporting
    filters: Filters
    targets: Targets
    rebases: tuple[Rebase, ...] = ()
    published: Published = field(default_factory=Published)
    written: Written = field(default_factory=Written)
    badges: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is wrong with a measure's data, by the measure's id, in sentences for everybody."""
    identity: str = ""
    """The same for two views that show the same to everybody; empty where nothing is shared (`dashboard.session.render_cache`)."""
    _trends: dict[str, Trend] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def sharing(self) -> str:
        """Whether the numbers may be shared, in a sentence."""
        return EXACT if self.reporting.exact else PROTECTED

    @property
    def part(self) -> str:
        """Whose children the numbers are, where they are a manager's: 'team ‘North’'; empty where they are everybody's."""
        return self.reporting.person.part_words

    def file_name(self, name: str) -> str:
        """The name of a download, which says who is counted, whose children they are, if not all, and whether it may be shared."""
        whose = "-".join([name, *cohort_file_part(self.reporting.cohort), *([file_part(self.part)] if self.part else [])])
        return f"{whose}-not-for-sharing.csv" if self.reporting.exact else f"{whose}.csv"

    def before_export(self, name: str) -> None:
        """Called as a download is made; raises when it must not be."""
        self.reporting.before_export(name)

    def has_groups(self, *breakdowns: str) -> bool:
        """Whether there are numbers by these breakdowns under the filters: the protected view has only some."""
        return self.reporting.exact or is_in_protected_view(breakdowns, self.filters.where)

    def summary(self, measure: Measure, by: Sequence[str] = ()) -> pl.DataFrame:
        """The summary under the filters, within the chosen range of periods (see `metrics.summary.summarise.summarise`)."""
        summary = self.reporting.summary(measure, self.filters.grain, by=by, where=self.filters.where)
        return self._in_range(summary if self.reporting.exact else summary.filter("complete"))  # what is not over is shown to nobody there

    def trend(self, measure: Measure) -> Trend:
        """The trend under the filters, worked out once for the view. Limits are worked out from the periods that are shown."""
        if measure.id not in self._trends:
            self._trends[measure.id] = trend(
                measure, self.summary(measure), self.targets, chart=self.filters.chart,
                placements=self.filters.where.get("placement", ()), rebase_on=[rebase.on for rebase in self.rebases_of(measure)],
                of_group=bool(self.filters.where),
            )
        return self._trends[measure.id]

    def rebases_of(self, measure: Measure) -> list[Rebase]:
        """The rebases of a measure, for the chart to show where and why."""
        return sorted((rebase for rebase in self.rebases if rebase.measure == measure.id), key=lambda rebase: rebase.on)

    def comparison(self, trend: Trend) -> Comparison:
        """The published figures and the changes of definition that stand beside a trend under the filters."""
        where = self.filters.where
        # One authority of several is a whole one.
        by = [name for name in where if not (name == "authority" and own_area(self.reporting.areas, self.reporting.person, where))]
        part = responsibility_of(self.reporting.person) is not None
        return comparison_of(trend, self.published, by, part=part, cohort=self.reporting.cohort)

    def pooled(self, trend: Trend) -> tuple[Pooled, ...]:
        """The others that are loaded with the one authority that the filters choose; nothing where they don't."""
        return pooled_of(self.reporting, trend, self.filters.grain, self.filters.where, self.published.peers)

    def changed_since_release(self, measures: Iterable[Measure]) -> dict[Measure, dict[str, datetime.datetime]]:
        """See `PermittedReporting.changed_since_release`."""
        return self.reporting.changed_since_release(measures, self.filters.grain)

    def crossed_by_groups(self, breakdown: str) -> list[DefinitionChange]:
        """The changes of a breakdown's codes within the chosen range of periods: its groups since then are not those of before."""
        periods = self._in_range(self.reporting.periods(self.filters.grain).rename({"start_date": "period_start"}))
        return crossed_between(periods, touching_breakdown(breakdown))

    def groups(self, measure: Measure, breakdown: str) -> pl.DataFrame:
        """The summary by one breakdown in the latest complete period that has children (one row a group), empty if none.

        Hidden groups are among them. Empty, too, where the protected view has no such table.
        """
        if not self.has_groups(breakdown):
            return self.summary(measure).clear().with_columns(pl.lit(None, dtype=pl.String).alias(breakdown))
        rows = self.summary(measure, by=(breakdown,))
        complete = rows.filter(pl.col("complete") & ((pl.col("denominator") > 0) | (pl.col("state") == State.HIDDEN.value)))
        return complete.filter(pl.col("period_start") == complete["period_start"].max())

    def _in_range(self, summary: pl.DataFrame) -> pl.DataFrame:
        labels = self.reporting.periods(self.filters.grain)
        for label, keep in ((self.filters.first, pl.Expr.ge), (self.filters.last, pl.Expr.le)):
            start = labels.filter(pl.col("label") == label)["start_date"].min() if label else None
            if start is not None:
                summary = summary.filter(keep(pl.col("period_start"), pl.lit(start)))
        return summary
