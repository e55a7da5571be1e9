"""Several authorities' data together: who takes part in a measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from metrics.measures.kinds import Measure
from metrics.summary.cells import columns_of


def leave_out(frame: pl.DataFrame, measures: Iterable[Measure], without: Callable[[Measure], Sequence[str]]) -> pl.DataFrame:
    """The cells, in which an authority counts only for the measures that it provided something for.

    `without` gives the authorities that didn't. Otherwise the children of an authority that sends no education plans would be children
    without a plan.
    """
    lacking: dict[str, Sequence[str]] = {}
    for measure in measures:
        if left_out := without(measure):
            lacking |= dict.fromkeys(columns_of(measure), left_out)
    return frame.with_columns(
        pl.when(pl.col("authority").is_in(left_out)).then(pl.lit(0, dtype=frame[name].dtype)).otherwise(pl.col(name)).alias(name)
        for name, left_out in lacking.items()
    )
