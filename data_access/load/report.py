"""What a load did: for people as text, for programs as JSON."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from data_access.load.refusals import Refusal

REASONS_SHOWN = 12
"""Reasons of one file that the report names."""


@dataclass(frozen=True)
class FileCount:
    """What became of one table of one file: rows_read = rows_loaded + rows_quarantined + rows_set_aside."""

    source: str
    file: str
    table: str
    collection_year: int | None
    rows_read: int
    rows_loaded: int
    rows_quarantined: int
    rows_set_aside: int


@dataclass(frozen=True)
class ReasonCount:
    """How many rows of one table of one file were quarantined, or loaded without a value, for one reason."""

    source: str
    file: str
    table: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Finding:
    """What was loaded as it is although something about it is odd."""

    finding: str
    rows: int
    children: int


@dataclass(frozen=True)
class CheckCount:
    """What a check of the return found (see `data_access.load.checking.rows.return_checks`); 0 and 0 when nothing."""

    rule: str
    finding: str
    rows: int
    children: int


@dataclass(frozen=True)
class NotUsed:
    """A table of a return that no measure needs."""

    source: str
    file: str
    table: str


@dataclass(frozen=True)
class LoadReport:
    """What a load did, or would do. `replaced` counts, by table, the loaded rows that a later source's rows replaced. `set_aside` are the
    values without which rows were loaded, `refused` why it would have been refused if nobody had accepted that.

    `dry_run` says that nothing was written.
    """

    version: str
    as_at: datetime.date
    files: Sequence[FileCount]
    quarantined: Sequence[ReasonCount]
    not_used: Sequence[NotUsed]
    findings: Sequence[Finding]
    replaced: dict[str, int]
    set_aside: Sequence[ReasonCount] = ()
    refused: Sequence[Refusal] = ()
    checks: Sequence[CheckCount] = ()
    dry_run: bool = False

    def as_json(self) -> str:
        """One JSON document with the fields of this report."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False, indent=2)

    def as_text(self) -> str:
        """The report as tables and sentences."""
        header = ("table", "year", "read", "loaded", "quarantined", "set aside", "file")
        lines = [*_table(header, [_count_row(count) for count in self.files])]
        if self.quarantined:
            lines += ["", "Quarantined rows, by reason", *_reason_lines(self.quarantined)]
        if self.set_aside:
            lines += ["", "Rows loaded without a value, which is set aside", *_reason_lines(self.set_aside)]
        if self.not_used:
            lines += ["", "Recognised and not used: " + ", ".join(f"{each.table} ({each.file})" for each in self.not_used) + "."]
        replaced = [f"{count:,} of {table}" for table, count in self.replaced.items() if count]
        if replaced:
            lines += ["", f"Loaded rows that a later source replaced: {', '.join(replaced)}."]
        if self.findings:
            lines += ["", "Loaded as it is, worth a look"]
            lines += [f"  {each.finding} ({each.rows:,} rows, {each.children:,} children)" for each in self.findings]
        if self.checks:
            lines += ["", *_check_lines(self.checks)]
        read, loaded, bad, aside = (
            sum(getattr(each, f"rows_{name}") for each in self.files) for name in ("read", "loaded", "quarantined", "set_aside")
        )
        became = f"{loaded:,} loaded, {bad:,} quarantined{f', {aside:,} set aside' if aside else ''}"
        lines += ["", f"{read:,} rows read, {became}. As at {self.as_at}. Version {self.version}."]
        if self.refused:
            doing = "This load would be refused:" if self.dry_run else "Loaded although it would have been refused:"
            lines += ["", doing]
            lines += [f"  {each.why}{f' With --accept, {each.all_the_same}' if self.dry_run else ''}" for each in self.refused]
        if self.dry_run:
            lines += ["Dry run: nothing was written."]
        return "\n".join(lines)


def _reason_lines(counts: Sequence[ReasonCount]) -> list[str]:
    """The reasons of each file, the most frequent ones; of very many, as of dates that are each another one, only how many more."""
    shown: list[tuple[str, str, str, str]] = []
    for (source, file, table), group in itertools.groupby(counts, lambda each: (each.source, each.file, each.table)):
        reasons = sorted(group, key=lambda each: -each.rows)
        shown += [(table, f"{each.rows:,}", each.reason, f"{source}: {file}") for each in reasons[:REASONS_SHOWN]]
        if more := reasons[REASONS_SHOWN:]:
            rows = sum(each.rows for each in more)
            shown.append((table, f"{rows:,}", f"{len(more):,} more reasons (all in the report as JSON)", f"{source}: {file}"))
    return _table(("table", "rows", "reason", "file"), shown)


def _check_lines(checks: Sequence[CheckCount]) -> list[str]:
    """Checks of the return that found something, and how many found nothing."""
    found = [each for each in checks if each.rows]
    passed = len(checks) - len(found)
    nothing = f"{passed} of {len(checks)} checks of the return found nothing."
    if not found:
        return [nothing]
    rows = [(each.rule if each.rule[0].isdigit() else "ours", f"{each.rows:,}", f"{each.children:,}", each.finding) for each in found]
    return ["Checks of the return, by the Department for Education's rule", *_table(("rule", "rows", "children", "finding"), rows), nothing]


def _count_row(count: FileCount) -> tuple[str, ...]:
    year = f"{count.collection_year - 1}/{count.collection_year % 100:02d}" if count.collection_year is not None else ""
    numbers = (f"{count.rows_read:,}", f"{count.rows_loaded:,}", f"{count.rows_quarantined:,}", f"{count.rows_set_aside:,}")
    return count.table, year, *numbers, f"{count.source}: {count.file}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as aligned text: columns that hold numbers to the right, the rest to the left."""
    widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    numeric = [header[place] in ("read", "loaded", "quarantined", "set aside", "rows", "children") for place in range(len(header))]
    lines = []
    for row in (header, *rows):
        cells = [value.rjust(width) if right else value.ljust(width) for value, width, right in zip(row, widths, numeric, strict=True)]
        lines.append("  ".join(cells).rstrip())
    return lines
