"""Released periods: the cells that their numbers are made from, written down and read back, and whether the data has others by now."""

from __future__ import annotations

import datetime
import functools
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import IO

import polars as pl

from config.cohorts import Cohort
from metrics.measures.kinds import Measure
from metrics.measures.lineage import SDQ, overlap, reads
from metrics.summary.cells import cells_schema, cells_select, columns_of
from metrics.summary.quality import DATED
from metrics.units.unit import CHILD_NUMBER, Scope, Unit

_TOLERANCE = 1e-6
"""Between two sums of scores: engines add them up in any order."""
_ANY_DAY = datetime.date(2000, 1, 1)


@functools.lru_cache(maxsize=256)
def fingerprint(unit: Unit, measures: tuple[Measure, ...], grain: str, areas: bool, cohort: Cohort = Cohort.RECORDED) -> str:
    """Of how a unit's cells are counted: another one where the SQL or the columns are others."""
    select = cells_select(unit, measures, Scope(grain, _ANY_DAY, None, areas, cohort))
    schema = {name: str(type_) for name, type_ in cells_schema(unit, measures, areas).items()}
    said = json.dumps([str(select.compile(compile_kwargs={"literal_binds": True})), schema], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def needed_sources(measures: Iterable[Measure], cohort: Cohort = Cohort.RECORDED) -> frozenset[str]:
    """The source tables without which measures lack their numerators, or some of the children (or events) that they count."""
    tables = [*((table.source, table.read) for table in DATED), ("OC2", SDQ)]
    return frozenset().union(*(
        measure.sources | {source for source, table in tables if any(overlap(read, table) for read in reads(measure, cohort))}
        for measure in measures
    ))


def cells_to_bytes(cells: pl.DataFrame, period: str) -> bytes:
    """The cells of one period as Parquet. Children have numbers of the period's own."""
    kept = cells.filter(pl.col("period") == period).sort(pl.all())
    if CHILD_NUMBER in kept.columns:
        kept = kept.with_columns(pl.col(CHILD_NUMBER).rank("dense").cast(pl.Int64))
    written = io.BytesIO()
    kept.write_parquet(written, compression="zstd")
    return written.getvalue()


def cells_from_bytes(released: Iterable[bytes], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The cells of several periods together."""
    files: list[IO[bytes]] = [io.BytesIO(cells) for cells in released]
    return pl.concat([pl.DataFrame(schema=schema), *([pl.read_parquet(files)] if files else [])])


def differing(released: pl.DataFrame, present: pl.DataFrame, measures: Sequence[Measure]) -> dict[str, frozenset[str]]:
    """Which measures' cells differ, by period; periods in which none do are not in it. A child in another's place is a difference too."""
    parts = [name for name in present.columns if "." in name]
    keys = [name for name in present.columns if name not in parts and name != CHILD_NUMBER]
    both = pl.concat([present, released.select(present.columns).with_columns(-pl.col(parts))])
    moved = both.group_by(keys).agg(pl.col(parts).sum()).group_by("period").agg((pl.col(parts).abs() > _TOLERANCE).any())
    found = {
        row["period"]: frozenset(measure.id for measure in measures if any(row[name] for name in columns_of(measure)))
        for row in moved.sort("period").to_dicts()
    }
    return {period: ids for period, ids in found.items() if ids}
