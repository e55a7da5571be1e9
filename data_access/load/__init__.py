"""`load`: SSDA903 returns and local extracts into the reporting database, in one step."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import polars as pl

from config.data_quality import data_quality
from config.settings import settings
from config.sources import SourceDescription
from config.sources import sources as described_sources
from data_access.engines import current_version
from data_access.load.checking.return_checks import Returns, run_checks
from data_access.load.checking.specification import SAME_CHILD
from data_access.load.contents import as_at_of, attendance, contents
from data_access.load.errors import LoadError, UsageError
from data_access.load.kept import Kept, read_kept
from data_access.load.merging import NOTHING, Merged, merge
from data_access.load.reading.batches import Rows, frames_of, tuples_of
from data_access.load.reading.recognising import Source, read_sources, with_collection_years
from data_access.load.reading.values import LAST_YEAR
from data_access.load.record_keys import with_record_keys
from data_access.load.refusals import LoadRefused, Refusal, held, refusals
from data_access.load.report import CheckCount, FileCount, Finding, LoadReport, NotUsed, ReasonCount
from data_access.load.same import same_children, with_same_children
from data_access.load.several_authorities import Authority, pooled, qualified, read_authorities
from data_access.load.storing.history import ADD, LOAD, NOT_KNOWN
from data_access.load.storing.staging import Draft
from data_access.load.storing.writing import begun, fingerprint, prepared, replace_contents
from data_access.periods import FIRST_CREDIBLE
from data_access.tables import attendance as attendance_table
from data_access.workspace import WorkspaceUnavailable, secret_at

__all__ = ["LoadError", "LoadRefused", "LoadReport", "Progress", "UsageError", "load", "load_authorities", "read_authorities"]

CREDIBLE_YEARS = range(FIRST_CREDIBLE.year, LAST_YEAR + 1)
Progress = Callable[[str, float], None]


def load(
    sources: Sequence[Path | str], database_url: str, *,
    as_at: datetime.date | None = None, collection_year: int | None = None, progress: Progress | None = None,
    made_up: bool = False, who: str = NOT_KNOWN, dry_run: bool = False, shown_as: Callable[[Path], str] = str,
    described: Sequence[SourceDescription] | None = None, careful: bool = False, add: bool = False,
) -> LoadReport:
    """Replaces the whole contents of the reporting database with what the sources hold, or with `add` puts that beside what is there.

    `sources` are folders, files, or the address of a database that holds a Standard Safeguarding Dataset, as text.
    `as_at` is the last day that counts (the latest loaded date without it); `collection_year` is the year in which the
    only return's collection year ends. `progress` is told what is being done and what share of the whole is done (0 to 1).
    `made_up` says that the sources are not about real children, which lets anybody see the dashboard in any role. `who` is
    the person for the history of loads. A `dry_run` does everything but write, and reports what would have been loaded.
    `shown_as` names a folder or file in reports and in the database. `described` are the descriptions of files in other shapes, those of
    `sources.toml` without it. A `careful` load that would falsify is refused; what a load would be refused for is in the report. What
    is added comes as if it had been loaded together with what is there, as the later source; the last day that counts gets no earlier by
    it. Raises UsageError, LoadRefused, and LoadError when a source stops the load; nothing is then written.
    """
    described = described_sources() if described is None else described
    _check_asked(sources, described, as_at, collection_year)
    tell: Progress = progress or (lambda _doing, _share: None)
    url = None if dry_run else database_url
    kept = read_kept(database_url) if add else NOTHING
    dated, kept = _beside(
        _read(sources, as_at, collection_year, _part_of(tell, 0.0, 0.4), shown_as, described, whole=add), kept,
    )
    secret = _secret(not dry_run)  # before a thread begins to write, because both load Alembic
    with begun(url) as draft:
        if add:
            _refuse_other(database_url, kept)
        merged = merge(dated, _part_of(tell, 0.4, 0.3), lambda rows: _begin(draft, {attendance_table.name: attendance(rows)}), kept)
        date = as_at or _last_day(merged, kept)
        filled = _filled(dated, merged, date, secret, draft)
        before = held(database_url, same_children(dated, kept.pairs(SAME_CHILD)))
        refused = refusals(merged.new_files, _height(filled["child"]), date, before)
        _refuse(refused, careful=careful and not dry_run)
        version = _written(
            filled, date, tell, url, made_up=made_up, who=who, draft=draft, counted=merged.new_files, what=ADD if add else LOAD,
        )
    return _report(version, date, merged.replaced, dated, filled, refused, merged.new_files, dry_run)


def _check_asked(
    sources: Sequence[Path | str], described: Sequence[SourceDescription], as_at: datetime.date | None, collection_year: int | None,
) -> None:
    """Raises UsageError when a load is asked for that can't be."""
    if not sources and all(each.database is None for each in described):
        raise UsageError("No source was given. Name at least one folder or file to load.")
    if collection_year is not None and collection_year not in CREDIBLE_YEARS:
        raise UsageError(f"{collection_year} is no collection year. Give the calendar year in which it ends, such as 2026 for 2025/26.")
    _check_as_at(as_at)


def _beside(dated: Sequence[Source], kept: Kept) -> tuple[list[Source], Kept]:
    """Sources and what they come beside, both with the new ids of children whose id changed."""
    kept.refuse_mixture(
        has_return=any(source.is_return for source in dated), has_dataset=any(source.is_ssd for source in dated),
    )
    before = kept.pairs(SAME_CHILD)
    return with_same_children(dated, before), kept.with_new_ids(same_children(dated, before))


def _last_day(merged: Merged, kept: Kept) -> datetime.date:
    """The last day that counts. Raises LoadError where no date was loaded, which also says of which tables no row could be."""
    try:
        return max(as_at_of(merged, datetime.date.today()), kept.as_at or datetime.date.min)
    except LoadError as problem:
        why = [each.why for each in refusals(merged.new_files, 0, datetime.date.max, None)]
        raise LoadError([*why, *problem.sentences]) from None


def _refuse_other(url: str, kept: Kept) -> None:
    """Raises LoadError where the database no longer holds what was read from it."""
    if current_version(url) != kept.version:
        raise LoadError("Other data was loaded in between, so nothing was added. Try again.")


def load_authorities(
    authorities: Sequence[Authority], database_url: str, *,
    as_at: datetime.date | None = None, progress: Progress | None = None, made_up: bool = False, who: str = NOT_KNOWN,
    dry_run: bool = False, careful: bool = False,
) -> LoadReport:
    """Replaces the whole contents of the reporting database with what several authorities' sources hold, pooled.

    `as_at` is the last day that counts; without it, the earliest of the authorities' own latest dates, so that all are compared up to a
    day that each of them has reached. Otherwise as `load`.
    """
    tell: Progress = progress or (lambda _doing, _share: None)
    _check_as_at(as_at)
    described = described_sources()
    of_database = next((each for each in described if each.database is not None), None)
    if of_database is not None:
        raise UsageError(f"{of_database.at()}: of several authorities, nothing says whose a database is. Take that source out.")
    read: list[tuple[Authority, list[Source], Merged]] = []
    for number, authority in enumerate(authorities):
        done = partial(_share_of, tell, authority.name, number, len(authorities))
        try:
            dated, _ = _beside(_read(authority.sources, as_at, None, _part_of(done, 0.0, 4 / 7), str, described, len(authorities)), NOTHING)
            read.append((authority, dated, merge(dated, _part_of(done, 4 / 7, 3 / 7))))
        except LoadError as error:
            raise type(error)([f"{authority.name}: {sentence}" for sentence in error.sentences]) from None
    date = as_at or min(as_at_of(merged, datetime.date.today()) for _, _, merged in read)
    filled = with_record_keys(
        pooled([(authority, _filled(dated, merged, date, None)) for authority, dated, merged in read]), _secret(not dry_run),
    )
    files = pl.concat(merged.files.with_columns(pl.lit(authority.name).alias("authority")) for authority, _, merged in read)
    same = {
        qualified(authority, old): qualified(authority, new)
        for authority, dated, _ in read for old, new in same_children(dated).items()
    }
    refused = refusals(files, _height(filled["child"]), date, held(database_url, same))
    _refuse(refused, careful=careful and not dry_run)
    version = _written(filled, date, tell, None if dry_run else database_url, made_up=made_up, who=who)
    replaced = {name: sum(merged.replaced[name] for _, _, merged in read) for name in read[0][2].replaced}
    sources = [source for _, dated, _ in read for source in dated]
    return _report(version, date, replaced, sources, filled, refused, pl.concat(frames_of(filled["load_file"])), dry_run)


def _height(rows: Rows) -> int:
    return sum(frame.height for frame in frames_of(rows))


def _refuse(found: Sequence[Refusal], *, careful: bool) -> None:
    if careful and found:
        raise LoadRefused(found)


def _written(
    filled: Mapping[str, Rows], date: datetime.date, tell: Progress, database_url: str | None, *, made_up: bool, who: str,
    draft: Draft | None = None, counted: pl.DataFrame | None = None, what: str = LOAD,
) -> str:
    """Puts the contents into the database, or nowhere where there is none, and gives their version."""
    if database_url is None:
        version = fingerprint(prepared(filled), date)
    else:
        version = replace_contents(
            database_url, filled, date, _part_of(tell, 0.7, 0.3), made_up=made_up, who=who, keep=data_quality().loads_kept, draft=draft,
            counted=counted, what=what,
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
    shown_as: Callable[[Path], str], described: Sequence[SourceDescription], together: int = 1, *, whole: bool = False,
) -> list[Source]:
    return with_collection_years(read_sources(sources, tell, shown_as, together, described, whole=whole), collection_year, as_at)


def _check_as_at(as_at: datetime.date | None) -> None:
    if as_at is not None and as_at.year not in CREDIBLE_YEARS:
        raise UsageError(f"{as_at} can't be the last day that counts. Give one from {CREDIBLE_YEARS[0]} to {CREDIBLE_YEARS[-1]}.")


def _filled(
    dated: Sequence[Source], merged: Merged, date: datetime.date, secret: bytes | None, draft: Draft | None = None,
) -> dict[str, Rows]:
    filled = with_record_keys(contents(merged, date), secret)
    _begin(draft, filled)
    counts, rows = run_checks(Returns(merged, dated, date))
    return {**filled, "return_check": counts, "return_check_row": rows}


def _secret(needed: bool) -> bytes | None:
    """The secret that record keys are made with, if they are: the workspace's, or where that can't be used one for this load only."""
    try:
        return secret_at(settings().workspace) if needed else None
    except WorkspaceUnavailable:
        return secrets.token_bytes(32)


def _not_used(source: Source) -> list[tuple[str, str]]:
    return [*source.unused, *((file, "a workbook that nobody filled in") for file in source.unfilled)]


def _report(
    version: str, as_at: datetime.date, replaced: dict[str, int], sources: Sequence[Source], filled: Mapping[str, Rows],
    refused: Sequence[Refusal], files: pl.DataFrame, dry_run: bool,
) -> LoadReport:
    """The report of the files that were read now."""

    def of_files(rows: Rows) -> list[pl.DataFrame]:
        return [frame.join(files, on=reason[:3], how="semi", maintain_order="left") for frame in frames_of(rows)]

    reason = ["source", "file", "table_name", "reason"]
    reasons = pl.concat(frame.group_by(reason, maintain_order=True).len() for frame in of_files(filled["quarantine"]))
    return LoadReport(
        version=version, as_at=as_at,
        files=[FileCount(*row) for row in files.iter_rows()],
        quarantined=[ReasonCount(*row) for row in reasons.group_by(reason, maintain_order=True).sum().iter_rows()],
        not_used=[NotUsed(source.name, file, table) for source in sources for file, table in _not_used(source)],
        findings=[Finding(*row) for row in tuples_of(filled["data_quality"])],
        replaced=replaced,
        set_aside=[ReasonCount(*row) for frame in of_files(filled["value_set_aside"]) for row in frame.iter_rows()],
        checks=[CheckCount(*row) for row in tuples_of(filled["return_check"])],
        refused=refused, dry_run=dry_run,
    )
