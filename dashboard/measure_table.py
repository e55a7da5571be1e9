"""The summary of several measures as one table, as one person may see it: what `qs133 measures` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from config.rebases import Rebase
from dashboard.personal import PersonalReporting
from metrics.kinds import Measure
from metrics.summarise import Where
from metrics.targets import Targets
from metrics.trend import Chart, trend

CONTROL_COLUMNS = ("mean", "lower_limit", "upper_limit", "special_cause", "direction")


def measure_table(
    reporting: PersonalReporting, measures: Iterable[Measure], grain: str, targets: Targets, *,
    by: Sequence[str] = (), where: Where | None = None, rebases: Sequence[Rebase] = (),
) -> pl.DataFrame:
    """The summary's columns, then target, target_status, mean, lower_limit, upper_limit, special_cause, direction, variation,
    assurance; one row for each measure, period and combination of groups.

    Process control is each group's own; its columns are null below 13 complete points that have a value, hidden ones not among them.
    Numerators are whole numbers when all are. Raises what `PersonalReporting.summary` does.
    """
    tables = [
        _with_control(measure, series, targets, _placements(series, by, where), rebases)
        for measure in measures
        for series in _series(reporting.summary(measure, grain, by=by, where=where), by)
    ]
    table = pl.concat(tables) if tables else pl.DataFrame()
    if table.height and (table["numerator"].drop_nulls() % 1 == 0).all():
        table = table.with_columns(pl.col("numerator").cast(pl.Int64))
    return table


def _series(summary: pl.DataFrame, by: Sequence[str]) -> list[pl.DataFrame]:
    return summary.partition_by(by, maintain_order=True) if by and summary.height else [summary]


def _placements(series: pl.DataFrame, by: Sequence[str], where: Where | None) -> Sequence[str]:
    """The placements a series is about, for the targets that placements have of their own."""
    if "placement" in by and series.height:
        return [str(series["placement"][0])]
    return list((where or {}).get("placement", ()))


def _with_control(
    measure: Measure, series: pl.DataFrame, targets: Targets, placements: Sequence[str], rebases: Sequence[Rebase],
) -> pl.DataFrame:
    rebase_on = [rebase.on for rebase in rebases if rebase.measure == measure.id]
    found = trend(measure, series, targets, placements=placements, rebase_on=rebase_on)
    drawn = found.chart == Chart.PROCESS_CONTROL
    return found.frame.select(
        *series.columns, "target", "target_status",
        *((pl.col(name) if drawn else pl.lit(None, dtype=found.frame.schema[name])).alias(name) for name in CONTROL_COLUMNS),
        pl.lit(found.variation, dtype=pl.String).alias("variation"), pl.lit(found.assurance, dtype=pl.String).alias("assurance"),
    )
