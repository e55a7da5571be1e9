"""'Match columns': what somebody says of an unknown file, as a description of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from config.code_lists import plain
from config.sources import Child, SourceDescription
from dashboard.screens.load.uploads import IF_DESCRIBED, UploadedFile, on_disk
from data_access.load.checking import specification as spec
from data_access.load.drafting.columns import Column
from data_access.load.drafting.looking import Look, look_at
from data_access.load.drafting.proposal import Draft, draft
from data_access.load.drafting.templates import allowed
from data_access.load.drafting.trial import Trial, tried
from data_access.load.drafting.words import read_by_a_load
from data_access.load.errors import FileProblem
from data_access.load.reading.described import TABLES, fitting, needed
from data_access.load.reading.formats.packed import DataFile
from data_access.load.reading.listing import TABLES as ENDINGS
from data_access.load.reading.recognising import read_own

MOST_VALUES = 12
"""Values of a column that are asked about; a column with more of them is hardly one of codes."""


@dataclass(frozen=True)
class Unknown:
    """A file that nobody has described, and that is in none of our own shapes; `why` says what it would be told."""

    file: UploadedFile
    look: Look
    why: str


def unknown_files(files: Sequence[UploadedFile], described: Sequence[SourceDescription]) -> list[Unknown]:
    """The files of an upload whose columns have to be matched."""
    found: list[Unknown] = []
    for file in files:
        if not file.name.lower().endswith((*ENDINGS, *IF_DESCRIBED, ".csv.gz", ".tsv.gz")):
            continue
        with on_disk([file]) as sources:
            held = DataFile(_only(sources))
            if fitting(DataFile(Path(file.name)), described):
                continue
            try:
                read_own("", held)
            except FileProblem as problem:
                try:
                    look = look_at(held)
                except FileProblem:
                    continue  # it can't be read at all, and the dry run says so
                if len(look.columns) > 1 or not file.name.lower().endswith(IF_DESCRIBED):
                    found.append(Unknown(file, look, str(problem)))
    return found


def _only(sources: Mapping[Path, str]) -> Path:
    return next(path for folder in sources for path in folder.iterdir())


def proposal(unknown: Unknown, becomes: str | None = None) -> Draft:
    """What the file probably is, by its own name and not by that of its copy on the disk."""
    return draft(replace(unknown.look, name=unknown.file.name), becomes)


def described_as(
    proposed: Draft, pattern: str, columns: Mapping[str, str], values: Mapping[str, Mapping[str, str]], *, last_day_included: bool,
) -> SourceDescription:
    """The description of a file after somebody chose the file's column for each of ours, and what its values mean."""
    table = TABLES[proposed.description.becomes]
    by_name = {column.name: column for column in proposed.columns}
    formats = dict.fromkeys(
        each for ours, theirs in columns.items() if table.rules[ours].kind is spec.Kind.DATE for each in by_name[theirs].formats
    )
    child = by_name.get(columns.get(table.child, ""))
    return proposed.description.model_copy(update={
        "file": pattern, "columns": {ours: theirs for ours, theirs in columns.items() if ours != table.child},
        "child": _child(child) if child else None, "values": {name: said for name, said in values.items() if said},
        "dates": tuple(formats) or None, "last_day_included": last_day_included,
    })


def _child(column: Column) -> Child:
    return Child.model_validate({"column": column.name, "is": "upn" if column.upns > 0.5 else "child_id"})


def questions(table: spec.Table, ours: str, column: Column) -> tuple[list[str], list[str]]:
    """The values of a column that aren't understood as they are, and what they may mean; none for a column that takes anything."""
    rule = table.rules[ours]
    words = read_by_a_load(rule)
    choices = allowed(rule)
    unread = [value for value in column.counts if plain(value) not in words] if choices and not rule.exact else []
    return unread[:MOST_VALUES], choices


def not_asked(proposed: Draft, ours: str, theirs: str, asked: Sequence[str]) -> dict[str, str]:
    """What values of the column that is proposed mean, of which nobody is asked: those beyond the most, and those of dates and texts."""
    match = proposed.matches.get(ours)
    guessed = proposed.description.values.get(ours, {}) if match and match.column.name == theirs else {}
    return {said: meaning for said, meaning in guessed.items() if said not in asked}


def lacking(table: spec.Table, columns: Mapping[str, str]) -> list[str]:
    """The columns that are needed and for which none was chosen."""
    missing = [name for name in needed(table) if name not in columns]
    return missing + ([" or ".join(table.one_of)] if table.one_of and not set(table.one_of) & {*columns} else [])


def preview(unknown: Unknown, description: SourceDescription) -> list[Trial]:
    """What would become of the file. Raises FileProblem and ConfigError."""
    with on_disk([unknown.file]) as sources:
        return tried(DataFile(_only(sources)), [description.model_copy(update={"file": "*"})], rows=5)
