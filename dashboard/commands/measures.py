"""`qs133 measures`: the summary as a table, protected unless exact figures are asked for, which the audit log then says."""

from __future__ import annotations

import argparse
import sys

import polars as pl

from config.settings import settings
from dashboard.commands.support.reporting_data import (
    add_cohort,
    add_where,
    data_to_check,
    personal_reporting,
    tell_kept,
    where_of,
)
from dashboard.content.exports import to_csv
from dashboard.content.summary_table import measure_table, with_data_to_check
from dashboard.figures.permitted import is_in_protected_view, protected_limit
from dashboard.figures.reporting import GRAINS, DataChanged, NoData
from dashboard.figures.workspace_records import decisions, read_if_there
from dashboard.text.formatting import EXACT, PROTECTED, listing
from data_access.audit import AuditUnavailable
from data_access.workspace import WorkspaceUnavailable
from metrics.measures import catalogue
from metrics.summary.summarise import UnknownBreakdown
from metrics.units.breakdowns import EVERY

NAME = "measures"
PRINTS = True
WITHOUT_PANDAS = True
HELP = "print the measures as a table"
FORMATS = ("csv", "json", "parquet")
ERRORS = (NoData, DataChanged, UnknownBreakdown, AuditUnavailable, WorkspaceUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 measures`."""
    parser.add_argument("--measure", action="append", default=[], metavar="ID", help="a measure's id; may be repeated (default: all)")
    add_cohort(parser)
    parser.add_argument("--period", choices=GRAINS, default="quarter", help="the length of a period (default: quarter)")
    parser.add_argument(
        "--by", action="append", default=[], choices=list(EVERY), metavar="BREAKDOWN",
        help=f"one row for each group; may be repeated to cross breakdowns: {', '.join(EVERY)} "
        "(region and authority where several are loaded; provider with --exact, where one is)",
    )
    add_where(parser)
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
    where = where_of(options)
    by = list(dict.fromkeys(options.by))
    if not options.exact and not is_in_protected_view(by, where):
        print(f"{protected_limit()} Or ask for --exact, if you may have exact numbers.", file=sys.stderr)
        return 2
    asked = listing(options.measure) if options.measure else "all measures"
    what = f"qs133 measures: {asked}, by {listing([options.period, *by])}"
    reporting = personal_reporting(options.database, by, where, what, exact=options.exact, cohort=options.cohort)
    table = measure_table(reporting, chosen, options.period, targets, by=by, where=where, rebases=rebases)
    table = with_data_to_check(table, data_to_check(options.database))
    print(EXACT if options.exact else PROTECTED, file=sys.stderr)
    if where and table.is_empty():
        asked_for = listing([f"{breakdown}={group}" for breakdown, groups in where.items() for group in groups])
        print(f"Nobody was counted for {asked_for}. Check the spelling: a group is written as the data has it.", file=sys.stderr)
    tell_kept(reporting, chosen, options.period)
    write(table, options.format)
    return 0


def write(table: pl.DataFrame, format: str) -> None:
    """A table on standard output as CSV, JSON (a list of objects) or Parquet."""
    if format == "parquet":
        table.write_parquet(sys.stdout.buffer)
    elif format == "json":
        print(table.with_columns(pl.col(pl.Date).dt.to_string()).write_json())
    else:
        sys.stdout.write(to_csv(table).decode())
