"""What becomes of rows with one key in several sources: the later wins, in extracts as in returns."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.checking.rows import YEAR, keys_of

ONCE_A_YEAR = (spec.OC2, spec.PREV_PERM)
"""Tables of a return that are kept once for each collection year."""


@dataclass(frozen=True)
class Part:
    """The good rows of one table in one source. `columns` are those that the source has, of a table where some are optional; `year` is
    the collection year of a return."""

    rows: pl.DataFrame
    columns: Set[str]
    year: int | None = None


def together(table: spec.Table, parts: Sequence[Part], empty: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """The rows of all parts, of those with one key the last, and how many were replaced. `empty` is such a frame without rows."""
    every = pl.concat([empty, *(part.rows.select(empty.columns) for part in parts)])
    if len(parts) < 2:
        return every, 0
    if table is spec.CHILDREN:
        merged = _column_by_column(parts, empty)
        return merged, every.height - merged.height
    keys = keys_of(every, table)
    if table in ONCE_A_YEAR:
        keys = keys.with_columns(every[YEAR])
    last = every.filter(pl.select(keys.to_struct().is_last_distinct()).to_series())
    return last, every.height - last.height


def _column_by_column(parts: Sequence[Part], empty: pl.DataFrame) -> pl.DataFrame:
    """One row a child: each column from the last source that has the child and the column, blank or not."""
    merged = empty
    for part in parts:
        given = [name for name in spec.CHILDREN.columns if name in part.columns and name != "child_id"]
        later = part.rows.select("child_id", pl.lit(True).alias("later"), *(pl.col(name).alias(f"later_{name}") for name in given))
        joined = merged.join(later, on="child_id", how="full", coalesce=True, maintain_order="left_right")
        replaced = [pl.when("later").then(pl.col(f"later_{name}")).otherwise(pl.col(name)).alias(name) for name in given]
        merged = joined.with_columns(replaced).select(empty.columns)
    return merged
