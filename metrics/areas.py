"""Several authorities' data together: who takes part in a measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from metrics.kinds import Measure


def leave_out(frame: pl.DataFrame, measures: Iterable[Measure], provided: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """The cells (or what they are protected by), in which an authority counts only for the measures whose tables it provided.

    `provided`: by authority, the source tables that it has; an authority that isn't named has them all. Without this, the children of
    an authority that sends no education plans would be children without a plan.
    """
    lacking = {
        measure.id: [authority for authority, tables in provided.items() if not measure.sources() <= tables] for measure in measures
    }
    return frame.with_columns(
        pl.when(pl.col("authority").is_in(lacking[measure])).then(pl.lit(0, dtype=frame[name].dtype)).otherwise(pl.col(name)).alias(name)
        for name in frame.columns if (measure := name.partition(".")[0]) in lacking and "." in name and lacking[measure]
    )
