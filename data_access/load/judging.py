"""What became of one file: how many of its rows are loaded, and those that are kept aside, as they were read."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from data_access.load import specification as spec
from data_access.load.batches import Rows
from data_access.load.checking import REASON, ROW
from data_access.load.reading import Raw, as_written
from data_access.load.recognising import SourceTable

KEPT_PRIVATE = "[not kept]"
PRIVATE_SHAPES = re.compile(r"^([A-Z][0-9]{11}[0-9A-Z]|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})$", re.IGNORECASE)
"""What a UPN or a postcode looks like, for rows whose fields are out of step with the header."""

QUARANTINE = pl.Schema({
    "source": pl.String(), "file": pl.String(), "table_name": pl.String(), "line": pl.Int32(), "reason": pl.String(), "row": pl.String(),
})


@dataclass(frozen=True)
class Judged:
    """One file after checking: the number of rows that are loaded, and the quarantine's rows."""

    loaded: int
    quarantine: Rows


def judge(source: SourceTable, raw: Raw, checked: pl.DataFrame) -> Judged:
    """Takes what was read and, for each well-shaped row of it, `_row` and `_reason`."""
    return Judged(checked[REASON].null_count(), quarantined(source, raw, checked))


def quarantined(source: SourceTable, raw: Raw, checked: pl.DataFrame) -> pl.DataFrame:
    """The rows that are not loaded, in the order of their lines, as the quarantine has them."""
    if checked[REASON].null_count() == checked.height and not raw.ragged:
        return pl.DataFrame(schema=QUARANTINE)
    bad = checked.filter(pl.col(REASON).is_not_null())
    private = [place for place, name in enumerate(raw.columns) if name.upper() in spec.PRIVATE_COLUMNS and source.table.is_return]
    kept: list[tuple[int, str, list[str | None]]] = []
    for (line, *fields), reason in zip(raw.rows[bad[ROW]].iter_rows(), bad[REASON], strict=True):
        kept.append((line, reason, [KEPT_PRIVATE if value and place in private else value for place, value in enumerate(fields)]))
    for line, ragged in raw.ragged:
        reason = f"the row has {len(ragged)} field{'s' * (len(ragged) != 1)}, the header has {len(raw.columns)}"
        kept.append((line, reason, [KEPT_PRIVATE if private and PRIVATE_SHAPES.match(value.strip()) else value for value in ragged]))
    kept.sort(key=lambda row: row[0])
    rows = [(source.source, source.file, source.table.name, line, reason, as_written(fields)) for line, reason, fields in kept]
    return pl.DataFrame(rows, orient="row", schema=QUARANTINE)
