"""Which attendance summaries count: those of children without marks on their days, and of those that share a day, the first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import polars as pl

from data_access.load.reading.batches import Rows, frames_of

FIRST, LAST = pl.col("start_date"), pl.col("end_date") - pl.duration(days=1)


@dataclass(frozen=True)
class Summaries:
    """The rows that count, or will when their last day has come; and those set aside, because of marks and of other summaries."""

    counted: pl.DataFrame
    with_marks: pl.DataFrame
    overlapping: pl.DataFrame


def summaries(rows: pl.DataFrame, marks: Rows, as_at: datetime.date) -> Summaries:
    """Takes the loaded rows of attendance_summary and of attendance."""
    if rows.is_empty():
        return Summaries(rows, rows, rows)
    placed = rows.with_row_index("_place")
    marked = _marked(placed, marks)
    left = placed.filter(~pl.col("_place").is_in(marked.implode()))
    # What ends after the as-at date doesn't count, so it is in no other summary's way.
    overlapping = _overlapping(left.filter(as_at >= LAST))
    return Summaries(
        left.filter(~pl.col("_place").is_in(overlapping.implode())).drop("_place"),
        placed.filter(pl.col("_place").is_in(marked.implode())).drop("_place"),
        placed.filter(pl.col("_place").is_in(overlapping.implode())).drop("_place"),
    )


def _marked(placed: pl.DataFrame, marks: Rows) -> pl.Series:
    """The places of the rows on a day of which the child has a mark."""
    children = placed["child_id"].unique()
    found: list[pl.Series] = [pl.Series("_place", [], dtype=placed["_place"].dtype)]
    for frame in frames_of(marks):
        days = frame.filter(pl.col("child_id").is_in(children.implode())).select("child_id", "date").unique()
        # The first mark on or after a summary's first day says whether there is one on its days.
        held = placed.sort("start_date").join_asof(
            days.sort("date"), left_on="start_date", right_on="date", by="child_id", strategy="forward", check_sortedness=False,
        )
        found.append(held.filter(pl.col("date") <= LAST)["_place"])
    return pl.concat(found).unique()


def _overlapping(placed: pl.DataFrame) -> pl.Series:
    """The places of the rows that share a day with one that counts, taken in the order of their starts."""
    found: list[int] = []
    before, until = None, datetime.date.min
    ordered = placed.sort("child_id", "start_date").select("_place", "child_id", "start_date", "end_date")
    for place, child, start, end in ordered.iter_rows():
        if child == before and start < until:
            found.append(place)
        else:
            before, until = child, end
    return pl.Series("_place", found, dtype=placed["_place"].dtype)
