"""CSV of exactly what is shown: the rows behind a measure's chart and, where groups are shown, theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import polars as pl

from config.cohorts import Cohort
from dashboard.content.release_wording import ChangedSinceRelease
from dashboard.text.formatting import EXACT, cell_words, where_words
from metrics.judgement.trend import Trend
from metrics.measures.cohort_words import children_of
from metrics.units.breakdowns import Breakdown

_FORMULA = r"^[\s\x{feff}]*[=+\-@＝＋－＠]|^[\t\r\n]"
"""What a spreadsheet may take for the start of a formula (OWASP, CSV injection); in some languages the wide signs are, too."""


def shown_rows(
    trend: Trend, breakdown: Breakdown | None, groups: pl.DataFrame | None, where: Mapping[str, Collection[str]], sharing: str = EXACT,
    *, more: Sequence[pl.DataFrame] = (), kept: ChangedSinceRelease | None = None, part: str = "",
    cohort: Cohort = Cohort.RECORDED,
) -> pl.DataFrame:
    """What a measure's block shows, as one table.

    First the trend, a row a period, with its target and lines (`part` is 'over time'); then the groups of one period (`part` is
    'by group'), then `more` rows of what stands beside the trend (`part` is 'published' or 'loaded'). `shown_as` is the value as the page
    writes it, `released_on` is as `with_released` gives it, `filters` says what is counted (of a manager's
    `part`, and of a `cohort`), `sharing` whether the numbers may be shared.
    """
    measure = trend.measure
    parts = [trend.frame.with_columns(pl.lit("over time").alias("part"), *_group_columns(None, None))]
    if breakdown is not None and groups is not None and groups.height:
        parts.append(groups.with_columns(pl.lit("by group").alias("part"), *_group_columns(breakdown, breakdown.id)).drop(breakdown.id))
    rows = pl.concat(parts, how="diagonal_relaxed")
    shown = [cell_words(measure, row) for row in rows.select("state", "value", "numerator", "denominator", "rounded").iter_rows(named=True)]
    rows = rows.with_columns(pl.Series("shown_as", shown, dtype=pl.String))
    rows = pl.concat([rows, *(comparison for comparison in more if comparison.height)], how="diagonal_relaxed")
    rows = with_released(rows, kept or {})
    first = ["measure", "title", "part", "breakdown", "group", "period", "period_start", "period_end", "complete"]
    rows = rows.with_columns(
        pl.lit(measure.title).alias("title"),
        pl.lit(where_words(where, part, children_of(measure, cohort))).alias("filters"), pl.lit(sharing).alias("sharing"),
    )
    if (rows["numerator"].drop_nulls() % 1 == 0).all():
        rows = rows.with_columns(pl.col("numerator").cast(pl.Int64))
    return rows.select(*first, pl.exclude(*first, "filters", "sharing"), "filters", "sharing")


def with_released(rows: pl.DataFrame, kept: ChangedSinceRelease) -> pl.DataFrame:
    """Rows with a measure (its id) and a period, and when each was released: `released_on`, the day (UTC).

    It is empty but for periods that are shown as they were released, because a later load changed the data (`kept`).
    """
    days = [(measure.id, label, at.date()) for measure, periods in kept.items() for label, at in periods.items()]
    released = pl.DataFrame(days, schema={"measure": pl.String, "period": pl.String, "released_on": pl.Date}, orient="row")
    return rows.join(released, on=["measure", "period"], how="left", maintain_order="left")


def to_csv(rows: pl.DataFrame) -> bytes:
    """CSV in UTF-8. Text that a spreadsheet would run as a formula gets an apostrophe in front, so that it stays text."""
    guarded = rows.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name, type_ in rows.schema.items() if type_ == pl.String
    )
    return guarded.write_csv().encode()


def file_name(trend: Trend) -> str:
    """The download's name without its ending: which measure, and which periods."""
    periods = trend.frame["period"].to_list()
    span = f"-{_slug(periods[0])}-to-{_slug(periods[-1])}" if periods else ""
    return f"{trend.measure.id}{span}"


def _slug(label: str) -> str:
    return label.lower().replace(" ", "-")


def _group_columns(breakdown: Breakdown | None, column: str | None) -> list[pl.Expr]:
    group = pl.lit(None, dtype=pl.String) if breakdown is None or column is None else pl.col(column).replace(breakdown.labels)
    return [pl.lit(breakdown.title if breakdown else None, dtype=pl.String).alias("breakdown"), group.alias("group")]
