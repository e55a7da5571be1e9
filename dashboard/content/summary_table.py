"""The summary of several measures as one table, as one person may see it: what `qs133 measures` prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from config.rebases import Rebase
from dashboard.figures.permitted import PermittedReporting
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Chart, trend
from metrics.measures.kinds import Measure
from metrics.summary.summarise import Where

CONTROL_COLUMNS = ("mean", "lower_limit", "upper_limit", "special_cause", "direction")


def measure_table(
    reporting: PermittedReporting, measures: Iterable[Measure], grain: str, targets: Targets, *,
    by: Sequence[str] = (), where: Where | None = None, rebases: Sequence[Rebase] = (),
) -> pl.DataFrame:
    """The summary's columns, and the cohort after the measure; then target, target_status, mean, lower_limit, upper_limit, special_cause,
    direction, variation, assurance; one row for each measure, period and combination of groups.

    Process control is each group's own; its columns are null below 13 complete points that have a value, hidden ones not among them.
    Numerators are whole numbers when all are. Raises what `PermittedReporting.summary` does.
    """
    tables = [
        _with_control(measure, series, targets, _placements(series, by, where), rebases, of_group=bool(by or where))
        for measure in measures
        for series in _series(reporting.summary(measure, grain, by=by, where=where), by)
    ]
    table = pl.concat(tables) if tables else pl.DataFrame()
    if table.width:
        table = table.select("measure", pl.lit(reporting.cohort.value).alias("cohort"), pl.exclude("measure"))
    if table.height and (table["numerator"].drop_nulls() % 1 == 0).all():
        table = table.with_columns(pl.col("numerator").cast(pl.Int64))
    return table


def with_data_to_check(table: pl.DataFrame, badges: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """The table with the column data_to_check: why a measure's data is beyond a local limit of data quality; null where it isn't."""
    if not table.width:
        return table
    reasons = {measure: " ".join(sentences) for measure, sentences in badges.items()}
    return table.with_columns(
        pl.col("measure").replace_strict(reasons, default=None, return_dtype=pl.String).alias("data_to_check"),
    )


def _series(summary: pl.DataFrame, by: Sequence[str]) -> list[pl.DataFrame]:
    return summary.partition_by(by, maintain_order=True) if by and summary.height else [summary]


def _placements(series: pl.DataFrame, by: Sequence[str], where: Where | None) -> Sequence[str]:
    """The placements a series is about, for the targets that placements have of their own."""
    if "placement" in by and series.height:
        return [str(series["placement"][0])]
    return list((where or {}).get("placement", ()))


def _with_control(
    measure: Measure, series: pl.DataFrame, targets: Targets, placements: Sequence[str], rebases: Sequence[Rebase],
    *, of_group: bool,
) -> pl.DataFrame:
    rebase_on = [rebase.on for rebase in rebases if rebase.measure == measure.id]
    found = trend(measure, series, targets, placements=placements, rebase_on=rebase_on, of_group=of_group)
    drawn = found.chart == Chart.PROCESS_CONTROL
    return found.frame.select(
        *series.columns, "target", "target_status",
        *((pl.col(name) if drawn else pl.lit(None, dtype=found.frame.schema[name])).alias(name) for name in CONTROL_COLUMNS),
        pl.lit(found.variation, dtype=pl.String).alias("variation"), pl.lit(found.assurance, dtype=pl.String).alias("assurance"),
    )
