"""What time a load covers: the sources' tables, and the dates of what was loaded of them, for `data_access.coverage`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

import polars as pl

from data_access.coverage import Extract, Known, coverage_of
from data_access.load.checking import specification as spec
from data_access.load.merging import Merged
from data_access.load.reading.batches import Rows, frames_of
from data_access.load.ssd import mapping as ssd

SCHEMA = {"name": pl.String(), "authority": pl.String(), "start_date": pl.Date(), "end_date": pl.Date()}

RETURNED = {"arrangements": spec.EPISODES, "sdq_scores": spec.OC2, "prev_perm": spec.PREV_PERM}
OF_DATASET = {"arrangements": ssd.EPISODES, "sdq_scores": ssd.SDQ_SCORES, "prev_perm": ssd.PREVIOUS_PERMANENCE}
OF_EXTRACTS: dict[str, dict[spec.Table, tuple[str, ...]]] = {
    "assessments": {spec.ASSESSMENTS: ("completed_date",)}, "programmes": {spec.PROGRAMMES: ("offered_date", "start_date")},
    "programme_sessions": {spec.PROGRAMME_SESSIONS: ("session_date",)}, "outcome_scores": {spec.OUTCOME_SCORES: ("score_date",)},
    "sdq_scores": {spec.OUTCOME_SCORES: ("score_date",)}, "arrangements": {spec.CARE_ARRANGEMENTS: ("start_date",)},
    "education_plans": {spec.EDUCATION_PLANS: ("completed_date",)},
    "attendance": {spec.ATTENDANCE: ("date",), spec.ATTENDANCE_SUMMARY: ("start_date",)}, "exclusions": {spec.EXCLUSIONS: ("start_date",)},
    "carer_training": {spec.CARER_TRAINING: ("completed_date",)}, "carers": {spec.CARERS: ("start_date",)},
}
"""By name: its extract tables, and the columns of which the earlier is a row's date."""


def coverage(merged: Merged, as_at: datetime.date) -> pl.DataFrame:
    """The rows of the reporting table `coverage`, of one authority."""
    names = {*RETURNED, *OF_EXTRACTS}
    found = coverage_of({name: _known(name, merged) for name in names}, as_at)
    rows = [(name, None, start, end) for name, intervals in found.items() for start, end in intervals]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _known(name: str, merged: Merged) -> Known:
    returned, dataset = RETURNED.get(name), OF_DATASET.get(name)
    of_return = merged.files.filter(pl.col("collection_year").is_not_null())
    counts = of_return.filter(pl.col("table_name") == returned.name) if returned else of_return.clear()
    by_year = counts.group_by("collection_year").agg(pl.col("rows_read", "rows_loaded").sum())
    there = by_year.filter((pl.col("rows_loaded") > 0) | (pl.col("rows_read") == 0))
    has_dataset = dataset is not None and not merged.frames[dataset].is_empty()
    return Known(
        years=there["collection_year"].to_list(), dataset=has_dataset,
        return_has_rows=has_dataset or counts["rows_loaded"].sum() > 0,
        extracts=list(_extracts(OF_EXTRACTS.get(name, {}), merged)),
    )


def _extracts(tables: Mapping[spec.Table, tuple[str, ...]], merged: Merged) -> Iterator[Extract]:
    """The tables that were provided: they were read, and some row was loaded or there was none."""
    for table, columns in tables.items():
        counts = merged.files.filter(pl.col("table_name") == table.name)
        if counts.is_empty() or (counts["rows_read"].sum() and not counts["rows_loaded"].sum()):
            continue
        rows = merged.long.rows if merged.long and table is spec.ATTENDANCE else merged.frames[table]
        yield Extract(_dates(rows, columns), has_rows=counts["rows_loaded"].sum() > 0)


def _dates(rows: Rows, columns: tuple[str, ...]) -> set[datetime.date]:
    return {date for frame in frames_of(rows) for date in frame.select(pl.min_horizontal(columns)).to_series().unique().drop_nulls()}
