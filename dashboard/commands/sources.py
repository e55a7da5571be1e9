"""`qs133 sources`: proposes how a file in another shape is read, and tries it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from config.sources import written
from dashboard.figures.descriptions import every_description
from dashboard.text.formatting import plural
from data_access.load import LoadError
from data_access.load.drafting.looking import look_at
from data_access.load.drafting.proposal import Draft, draft
from data_access.load.drafting.trial import Trial, data_file, known_in, own_shape, tried
from data_access.load.errors import FileProblem
from data_access.load.reading.described import TABLES, fitting

NAME = "sources"
PRINTS = True
HELP = "propose how a file in another shape is to be read (draft), or show what would become of one (try); writes nothing"
ERRORS = (LoadError, FileProblem)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 sources`."""
    what = parser.add_subparsers(dest="what", required=True, metavar="draft | try")
    drafting = what.add_parser("draft", help="print a block for config/sources.toml for each file, with what it is unsure of as comments")
    drafting.add_argument("files", nargs="+", type=Path, metavar="FILE")
    drafting.add_argument("--becomes", choices=tuple(TABLES), metavar="TABLE",
                          help="the table of the data dictionary that the file holds, where you know it")
    trying = what.add_parser("try", help="show the first rows as they would be loaded, and how many would be quarantined")
    trying.add_argument("file", type=Path, metavar="FILE")
    trying.add_argument("--beside", nargs="+", type=Path, default=[], metavar="SOURCE",
                        help="the return and the extract of children to be loaded with it: UPNs and children are looked up there")
    trying.add_argument("--rows", type=int, default=10, metavar="N", help="how many rows are shown (default: 10)")


def run(options: argparse.Namespace) -> int:
    """Prints the proposals, or what would become of a file."""
    if options.what == "draft":
        return _draft(options.files, options.becomes)
    file = data_file(options.file)
    known = known_in(options.beside) if options.beside else None
    described = every_description()
    if not fitting(file, described):
        print("No description fits this file; it is read as one in our own shape.", file=sys.stderr)
    for number, trial in enumerate(tried(file, described, known, options.rows)):
        print(*([""] if number else []), *trial_lines(trial), sep="\n")
    if known is None:
        print("\nWithout --beside, nobody looked whether the children are known.")
    return 0


def _draft(files: Sequence[Path], becomes: str | None) -> int:
    problems = 0
    for number, path in enumerate(files):
        try:
            file = data_file(path)
            if not becomes and (known := own_shape(file)):
                print(f"# {path.name} needs no description: it is read as the {known}.")
                continue
            found = draft(look_at(file), becomes)
        except FileProblem as problem:
            print(problem, file=sys.stderr)
            problems += 1
            continue
        print(*([""] if number else []), draft_text(found), sep="\n" if number else "", end="")
    return 1 if problems else 0


def draft_text(found: Draft) -> str:
    """A proposal as a block of `sources.toml`: beside each column what was found in it, and at the end what is unsure."""
    lines = []
    for line in written(found.description).splitlines():
        ours = line.partition(" = ")[0].strip()
        match = found.matches.get(ours)
        lines.append(f"{line}  # {match.column.shown()}" if match and found.description.columns.get(ours) == match.column.name else line)
    used = {match.column.name for match in found.matches.values()}
    others = [column.name for column in found.columns if column.name not in used]
    if others:
        lines.append(f"# Not used: {', '.join(others)}.")
    if found.unsure:
        lines += ["# Look at these:", *(f"#   {sentence}" for sentence in found.unsure)]
    return "\n".join(lines) + "\n"


def trial_lines(trial: Trial) -> list[str]:
    """What would become of a table of a file, as lines."""
    counts = [f"{plural(trial.rows_read, 'row')} read", f"{trial.rows_loaded:,} would be loaded"]
    counts += [f"{trial.rows_quarantined:,} quarantined"] + ([f"{trial.rows_set_aside:,} set aside"] if trial.rows_set_aside else [])
    lines = [f"{trial.file} becomes {trial.table.name}: {', '.join(counts)}."]
    with pl.Config(
        tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True, fmt_str_lengths=24,
        tbl_formatting="ASCII_MARKDOWN",
    ):
        lines += str(trial.rows).splitlines() if trial.rows.height else []
    if trial.reasons:
        lines.append("Would be quarantined:")
        lines += [f"  {plural(rows, 'row')}: {reason} (line {', '.join(map(str, first))}{' …' if rows > len(first) else ''})"
                  for reason, rows, first in trial.reasons]
    return lines
