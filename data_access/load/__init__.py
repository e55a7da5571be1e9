"""`load`: SSDA903 returns and local extracts into the reporting database, in one step."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from config.data_quality import data_quality
from data_access.load.batches import Rows, frames_of, tuples_of
from data_access.load.contents import LAST_CREDIBLE_YEAR, as_at_of, attendance, contents
from data_access.load.drafting import Draft
from data_access.load.errors import LoadError, UsageError
from data_access.load.history import NOT_KNOWN
from data_access.load.merging import Merged, merge
from data_access.load.pooling import Authority, pooled, read_authorities
from data_access.load.recognising import Source, read_sources, with_collection_years
from data_access.load.report import CheckCount, FileCount, Finding, LoadReport, NotUsed, ReasonCount
from data_access.load.return_checks import Returns, run_checks
from data_access.load.writing import begun, fingerprint, prepared, replace_contents
from data_access.periods import FIRST_CREDIBLE
from data_access.tables import attendance as attendance_table

__all__ = ["LoadError", "LoadReport", "Progress", "UsageError", "load", "load_authorities", "read_authorities"]

CREDIBLE_YEARS = range(FIRST_CREDIBLE.year, LAST_CREDIBLE_YEAR + 1)
Progress = Callable[[str, float], None]


def load(
    sources: Sequence[Path | str], database_url: str, *,
    as_at: datetime.date | None = None, collection_year: int | None = None, progress: Progress | None = None,
    made_up: bool = False, who: str = NOT_KNOWN, dry_run: bool = False, shown_as: Callable[[Path], str] = str,
) -> LoadReport:
    """Replaces the whole contents of the reporting database with what the sources hold.

    `sources` are folders, files, or the address of a database that holds a Standard Safeguarding Dataset, as text.
    `as_at` is the last day that counts (the latest loaded date without it); `collection_year` is the year in which the
    only return's collection year ends. `progress` is told what is being done and what share of the whole is done (0 to 1).
    `made_up` says that the sources are not about real children, which lets anybody see the dashboard in any role. `who` is
    the person for the history of loads. A `dry_run` does everything but write, and reports what would have been loaded.
    `shown_as` names a folder or file in reports and in the database. Raises UsageError, and LoadError when a source stops
    the load; nothing is then written.
    """
    if not sources:
        raise UsageError("No source was given. Name at least one folder or file to load.")
    if collection_year is not None and collection_year not in CREDIBLE_YEARS:
        raise UsageError(f"{collection_year} is no collection year. Give the calendar year in which it ends, such as 2026 for 2025/26.")
    _check_as_at(as_at)
    tell: Progress = progress or (lambda _doing, _share: None)
    url = None if dry_run else database_url
    dated = _read(sources, as_at, collection_year, _part_of(tell, 0.0, 0.4), shown_as)
    with begun(url) as draft:
        merged = merge(dated, _part_of(tell, 0.4, 0.3), lambda rows: _begin(draft, {attendance_table.name: attendance(rows)}))
        date = as_at or as_at_of(merged)
        filled = _filled(dated, merged, date, draft)
        version = _written(filled, date, tell, url, made_up=made_up, who=who, draft=draft)
    return _report(version, date, merged.replaced, dated, filled, dry_run)


def load_authorities(
    authorities: Sequence[Authority], database_url: str, *,
    as_at: datetime.date | None = None, progress: Progress | None = None, made_up: bool = False, who: str = NOT_KNOWN,
    dry_run: bool = False,
) -> LoadReport:
    """Replaces the whole contents of the reporting database with what several authorities' sources hold, pooled.

    `as_at` is the last day that counts; without it, the earliest of the authorities' own latest dates, so that all are compared up to a
    day that each of them has reached. Otherwise as `load`.
    """
    tell: Progress = progress or (lambda _doing, _share: None)
    _check_as_at(as_at)
    read: list[tuple[Authority, list[Source], Merged]] = []
    for number, authority in enumerate(authorities):
        done = partial(_share_of, tell, authority.name, number, len(authorities))
        try:
            dated = _read(authority.sources, as_at, None, _part_of(done, 0.0, 4 / 7), str, len(authorities))
            read.append((authority, dated, merge(dated, _part_of(done, 4 / 7, 3 / 7))))
        except LoadError as error:
            raise type(error)([f"{authority.name}: {sentence}" for sentence in error.sentences]) from None
    date = as_at or min(as_at_of(merged) for _, _, merged in read)
    filled = pooled([(authority, _filled(dated, merged, date)) for authority, dated, merged in read])
    version = _written(filled, date, tell, None if dry_run else database_url, made_up=made_up, who=who)
    replaced = {name: sum(merged.replaced[name] for _, _, merged in read) for name in read[0][2].replaced}
    return _report(version, date, replaced, [source for _, dated, _ in read for source in dated], filled, dry_run)


def _written(
    filled: Mapping[str, Rows], date: datetime.date, tell: Progress, database_url: str | None, *, made_up: bool, who: str,
    draft: Draft | None = None,
) -> str:
    """Puts the contents into the database, or nowhere where there is none, and gives their version."""
    if database_url is None:
        version = fingerprint(prepared(filled), date)
    else:
        version = replace_contents(
            database_url, filled, date, _part_of(tell, 0.7, 0.3), made_up=made_up, who=who, keep=data_quality().loads_kept, draft=draft,
        )
    tell("Done", 1.0)
    return version


def _begin(draft: Draft | None, tables: Mapping[str, Rows]) -> None:
    """Where the database is a file, these tables are written while the rest is still worked out; attendance, by far the longest, first."""
    if draft:
        for name, rows in prepared(tables).items():
            draft.begin(name, rows)


def _part_of(tell: Progress, begun: float, share: float) -> Progress:
    """Progress of a step that begins when so much of the whole is done, and is that share of it."""
    return lambda doing, done: tell(doing, begun + share * done)


def _share_of(tell: Progress, name: str, number: int, count: int, doing: str, share: float) -> None:
    tell(f"{name}: {doing}", 0.7 * (number + share) / count)


def _read(
    sources: Sequence[Path | str], as_at: datetime.date | None, collection_year: int | None, tell: Progress,
    shown_as: Callable[[Path], str], together: int = 1,
) -> list[Source]:
    return with_collection_years(read_sources(sources, tell, shown_as, together), collection_year, as_at)


def _check_as_at(as_at: datetime.date | None) -> None:
    if as_at is not None and as_at.year not in CREDIBLE_YEARS:
        raise UsageError(f"{as_at} can't be the last day that counts. Give one from {CREDIBLE_YEARS[0]} to {CREDIBLE_YEARS[-1]}.")


def _filled(dated: Sequence[Source], merged: Merged, date: datetime.date, draft: Draft | None = None) -> dict[str, Rows]:
    filled = contents(merged, date)
    _begin(draft, filled)
    counts, rows = run_checks(Returns(merged, dated, date))
    return {**filled, "return_check": counts, "return_check_row": rows}


def _report(
    version: str, as_at: datetime.date, replaced: dict[str, int], sources: Sequence[Source], filled: Mapping[str, Rows],
    dry_run: bool,
) -> LoadReport:
    reason = ["source", "file", "table_name", "reason"]
    reasons = pl.concat(frame.group_by(reason, maintain_order=True).len() for frame in frames_of(filled["quarantine"]))
    return LoadReport(
        version=version, as_at=as_at,
        files=[FileCount(*row) for row in tuples_of(filled["load_file"])],
        quarantined=[ReasonCount(*row) for row in reasons.group_by(reason, maintain_order=True).sum().iter_rows()],
        not_used=[NotUsed(source.name, file, table) for source in sources for file, table in source.unused],
        findings=[Finding(*row) for row in tuples_of(filled["data_quality"])],
        replaced=replaced,
        checks=[CheckCount(*row) for row in tuples_of(filled["return_check"])],
        dry_run=dry_run,
    )
