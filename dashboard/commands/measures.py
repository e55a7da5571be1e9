"""`qs133 measures`: the summary as a table, protected unless exact figures are asked for, which the audit log then says."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Mapping, Sequence

import polars as pl

from config.access import Role
from config.settings import absolute_address, settings
from dashboard.access import Person
from dashboard.guard import CommandGuard
from dashboard.improvement_records import decisions, read_if_there
from dashboard.measure_table import measure_table
from dashboard.personal import PROTECTED_LIMIT, PersonalReporting, is_in_protected_view
from dashboard.reporting import GRAINS, DataChanged, NoData, Reporting
from dashboard.words import EXACT, PROTECTED, listing
from data_access.audit import Action, AuditUnavailable, Entry
from data_access.engines import engine
from data_access.workspace import WorkspaceUnavailable, workspace_engine
from metrics import catalogue
from metrics.breakdowns import BREAKDOWNS

NAME = "measures"
HELP = "print the measures as a table"
FORMATS = ("csv", "json", "parquet")
ERRORS = (NoData, DataChanged, AuditUnavailable, WorkspaceUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 measures`."""
    parser.add_argument("--measure", action="append", default=[], metavar="ID", help="a measure's id; may be repeated (default: all)")
    parser.add_argument("--period", choices=GRAINS, default="quarter", help="the length of a period (default: quarter)")
    parser.add_argument(
        "--by", action="append", default=[], choices=list(BREAKDOWNS), metavar="BREAKDOWN",
        help=f"one row for each group; may be repeated to cross breakdowns: {', '.join(BREAKDOWNS)}",
    )
    parser.add_argument(
        "--where", action="append", default=[], metavar="BREAKDOWN=GROUP", type=_condition,
        help="only this group; repeated for several breakdowns: all of them; with --exact, repeated for one: any of the groups",
    )
    parser.add_argument("--format", choices=FORMATS, default="csv", help="(default: csv)")
    parser.add_argument(
        "--exact", action="store_true", help="exact figures, for whoever holds the database's credentials; the audit log records it",
    )
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Prints the table to standard output."""
    try:
        chosen = [catalogue.get(id) for id in options.measure] or list(catalogue.measures())
    except catalogue.UnknownMeasure as error:
        print(error, file=sys.stderr)
        return 2
    targets, rebases = decisions(read_if_there(settings().workspace))
    where: dict[str, list[str]] = {}
    for breakdown, group in options.where:
        where.setdefault(breakdown, []).append(group)
    by = list(dict.fromkeys(options.by))
    if not options.exact and not is_in_protected_view(by, where):
        print(f"{PROTECTED_LIMIT} Or ask for --exact, if you may have exact numbers.", file=sys.stderr)
        return 2
    reporting = _reporting(options, by, where)
    table = measure_table(reporting, chosen, options.period, targets, by=by, where=where, rebases=rebases)
    print(EXACT if options.exact else PROTECTED, file=sys.stderr)
    write(table, options.format)
    return 0


def _reporting(options: argparse.Namespace, by: Sequence[str], where: Mapping[str, Sequence[str]]) -> PersonalReporting:
    """The figures as whoever runs the command may see them; `--exact` is recorded before the first of them is given."""
    everything = Reporting(engine(absolute_address(options.database) if options.database else settings().database))
    who = _user()
    filters = [f"{breakdown} is {listing(groups, 'or')}" for breakdown, groups in where.items()]
    measures = listing(options.measure) if options.measure else "all measures"
    what = f"qs133 measures: {measures}, by {listing([options.period, *by])}"
    look = Entry(who, "command line", Action.EXACT_VIEW, what, ", ".join(filters), everything.version)
    guard = CommandGuard(lambda: workspace_engine(settings().workspace), look)
    return PersonalReporting(everything, Person("", who, Role.ANALYST if options.exact else Role.VIEWER), guard)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a number that has no name
        return f"user {os.getuid()}"


def write(table: pl.DataFrame, format: str) -> None:
    """A table on standard output as CSV, JSON (a list of objects) or Parquet."""
    if format == "parquet":
        table.write_parquet(sys.stdout.buffer)
    elif format == "json":
        print(table.with_columns(pl.col(pl.Date).dt.to_string()).write_json())
    else:
        sys.stdout.write(table.write_csv())


def _condition(text: str) -> tuple[str, str]:
    breakdown, equals, group = text.partition("=")
    if not equals or breakdown not in BREAKDOWNS:
        raise argparse.ArgumentTypeError(f"{text!r} is not BREAKDOWN=GROUP. The breakdowns are {', '.join(BREAKDOWNS)}.")
    labels = BREAKDOWNS[breakdown].labels
    if labels and group not in labels and group != "Not recorded":
        raise argparse.ArgumentTypeError(f"{breakdown} has no group {group!r}. Its groups are {', '.join(labels)} and Not recorded.")
    return breakdown, group
