"""`load`: SSDA903 returns and local extracts into the reporting database, in one step."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from data_access.load.contents import as_at_of, contents
from data_access.load.errors import LoadError, UsageError
from data_access.load.merging import Merged, merge
from data_access.load.recognising import Source, read_sources, with_collection_years
from data_access.load.report import FileCount, Finding, LoadReport, NotUsed, ReasonCount
from data_access.load.writing import replace_contents

__all__ = ["LoadError", "LoadReport", "UsageError", "load"]

COLLECTION_YEARS = range(1990, 2201)
Progress = Callable[[str, float], None]


def load(
    sources: Sequence[Path], database_url: str, *,
    as_at: datetime.date | None = None, collection_year: int | None = None, progress: Progress | None = None,
    made_up: bool = False,
) -> LoadReport:
    """Replaces the whole contents of the reporting database with what the sources hold.

    `sources` are folders or files; `as_at` is the last day that counts (the latest loaded date without it);
    `collection_year` is the year in which the only return's collection year ends. `progress` is told what is being
    done and what share of the whole is done (0 to 1). `made_up` says that the sources are not about real children, which lets
    anybody see the dashboard in any role. Raises UsageError, and LoadError when a file stops the load;
    nothing is then written.
    """
    if not sources:
        raise UsageError("No source was given. Name at least one folder or file to load.")
    if collection_year is not None and collection_year not in COLLECTION_YEARS:
        raise UsageError(f"{collection_year} is no collection year. Give the calendar year in which it ends, such as 2026 for 2025/26.")
    tell: Progress = progress or (lambda _doing, _share: None)
    read = read_sources(sources, lambda doing, share: tell(doing, share * 0.4))
    dated = with_collection_years(read, collection_year, as_at)
    merged = merge(dated, lambda doing, share: tell(doing, 0.4 + share * 0.3))
    date = as_at or as_at_of(merged)
    filled = contents(merged, date)
    version = replace_contents(database_url, filled, date, lambda doing, share: tell(doing, 0.7 + share * 0.3), made_up=made_up)
    tell("Done", 1.0)
    return _report(version, date, merged, dated, filled["data_quality"])


def _report(version: str, as_at: datetime.date, merged: Merged, sources: Sequence[Source], findings: pl.DataFrame) -> LoadReport:
    reasons = merged.quarantine.group_by("source", "file", "table_name", "reason", maintain_order=True).len()
    return LoadReport(
        version=version, as_at=as_at,
        files=[FileCount(*row) for row in merged.files.iter_rows()],
        quarantined=[ReasonCount(*row) for row in reasons.iter_rows()],
        not_used=[NotUsed(source.name, file, table) for source in sources for file, table in source.unused],
        findings=[Finding(*row) for row in findings.iter_rows()],
        replaced=merged.replaced,
    )
