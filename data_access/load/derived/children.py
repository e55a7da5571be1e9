"""The children that are loaded: what the return, the dataset and the extract say of each."""

from __future__ import annotations

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.checking.rows import YEAR
from data_access.load.merging import Merged


def children(merged: Merged) -> pl.DataFrame:
    """One row a child: SSDA903's sex, birth date and ethnicity before the extract's, and UASC before its flag."""
    header = merged.frames[spec.HEADER].select(pl.col("CHILD").alias("child_id"), "SEX", "DOB", "ETHNIC")
    uasc = merged.frames[spec.UASC].select(
        pl.col("CHILD").alias("child_id"), pl.col("DUC").alias("unaccompanied_until"), pl.lit(1, dtype=pl.Int16).alias("in_uasc"),
    )
    extract = merged.frames[spec.CHILDREN].drop(YEAR)
    joined = header.join(extract, on="child_id", how="full", coalesce=True, maintain_order="left_right").join(
        uasc, on="child_id", how="left", maintain_order="left",
    )
    outside = pl.when(pl.col("child_id").is_in(sorted(merged.outside_uasc))).then(pl.lit(0, dtype=pl.Int16))
    return joined.select(
        "child_id", pl.coalesce("SEX", "sex").alias("sex"), pl.coalesce("DOB", "date_of_birth").alias("date_of_birth"),
        pl.coalesce("ETHNIC", "ethnicity").alias("ethnicity"), "disabled", "mental_health_problem", "origin",
        pl.coalesce("in_uasc", outside, "uasc").alias("unaccompanied"), "unaccompanied_until", "team",
    )
