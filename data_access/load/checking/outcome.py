"""What became of one file: how many of its rows are loaded, and those that are kept aside, as they were read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import polars as pl

from data_access.load.checking.rows import REASON, ROW, set_aside
from data_access.load.reading.batches import Rows
from data_access.load.reading.files import Raw, as_written
from data_access.load.reading.source_table import SourceTable

UPN = re.compile(r"^[A-Z][0-9]{11}[0-9A-Z]$", re.IGNORECASE)
PRIVATE_SHAPES = re.compile(r"^([A-Z][0-9]{11}[0-9A-Z]|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})$", re.IGNORECASE)
"""What a UPN or a postcode looks like, for rows whose fields are out of step with the header."""

QUARANTINE = pl.Schema({
    "source": pl.String(), "file": pl.String(), "table_name": pl.String(), "line": pl.Int32(), "reason": pl.String(), "row": pl.String(),
})
SET_ASIDE = pl.Schema({
    "source": pl.String(), "file": pl.String(), "table_name": pl.String(), "reason": pl.String(), "rows": pl.Int32(),
})


@dataclass(frozen=True)
class Judged:
    """One file after checking: the number of rows that are loaded, the quarantine's rows, and the values set aside."""

    loaded: int
    quarantine: Rows
    set_aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SET_ASIDE))


def judge(source: SourceTable, checked: pl.DataFrame, good: pl.DataFrame) -> Judged:
    """Takes `_row` and `_reason` of each well-shaped row of what was read, and the good rows."""
    aside = [(source.source, source.file, source.table.name, reason, rows) for reason, rows in set_aside(source, good)]
    return Judged(good.height, quarantined(source, source.raw, checked), pl.DataFrame(aside, schema=SET_ASIDE, orient="row"))


def quarantined(source: SourceTable, raw: Raw, checked: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not loaded, in the order of their lines, as the quarantine has them."""
    raw = source.as_read or raw
    if checked[REASON].null_count() == checked.height and not raw.ragged:
        return pl.DataFrame(schema=QUARANTINE)
    bad = checked.filter(pl.col(REASON).is_not_null())
    private = {place for place, name in enumerate(raw.columns) if source.is_private(name)}
    shapes = PRIVATE_SHAPES if private else UPN
    kept: list[tuple[int, str, list[str | None]]] = []
    for (line, *fields), reason in zip(raw.rows[bad[ROW]].iter_rows(), bad[REASON], strict=True):
        blanked = [None if place in private or UPN.match((value or "").strip()) else value for place, value in enumerate(fields)]
        kept.append((line, reason, blanked))
    for line, ragged in raw.ragged:
        reason = f"the row has {len(ragged)} field{'s' * (len(ragged) != 1)}, the header has {len(raw.columns)}"
        kept.append((line, reason, [None if shapes.match(value.strip()) else value for value in ragged]))
    kept.sort(key=lambda row: row[0])
    rows = [(source.source, source.file, source.table.name, line, reason, as_written(fields)) for line, reason, fields in kept]
    return pl.DataFrame(rows, orient="row", schema=QUARANTINE)
