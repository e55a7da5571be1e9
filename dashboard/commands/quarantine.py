"""`qs133 quarantine`: the rows that the last load did not take, and why."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import polars as pl

from config.settings import absolute_address, settings
from dashboard.access.audit_guard import CommandGuard
from dashboard.commands.support.reporting_data import command_entry
from dashboard.figures.data_quality import rows_of
from dashboard.figures.reporting import NoData, Reporting
from dashboard.text.formatting import plural
from data_access import tables
from data_access.audit import Action, AuditUnavailable
from data_access.engines import engine
from data_access.workspace import WorkspaceUnavailable, workspace_engine

NAME = "quarantine"
HELP = "print the rows that the last load quarantined, each with its file, line and reason; they hold children's data"
ERRORS = (NoData, AuditUnavailable, WorkspaceUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 quarantine`."""
    parser.add_argument("--table", metavar="TABLE", help="only the rows of this table of the data dictionary")
    parser.add_argument("--reasons", action="store_true", help="only how many rows there are for each reason, without any child's data")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write a CSV file there instead of printing it")
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Prints the rows as CSV, or the counts; what is printed of children is written down in the audit log first."""
    address = absolute_address(options.database) if options.database else settings().database
    reporting = Reporting(engine(address))
    rows = rows_of(address, tables.quarantine, reporting.version)
    if options.table:
        rows = rows.filter(pl.col("table_name") == options.table)
    if options.reasons:
        counts = rows.group_by("table_name", "file", "reason").len("rows")
        counts = counts.sort("table_name", "file", "rows", descending=[False, False, True])
        print("\n".join(f"{table}, {file}: {plural(count, 'row')}: {reason}" for table, file, reason, count in counts.iter_rows())
              or "No row is in quarantine.")
        return 0
    if rows.is_empty():
        print("No row is in quarantine.", file=sys.stderr)
        return 0
    what = f"qs133 quarantine: {plural(rows.height, 'row')}"
    guard = CommandGuard(lambda: workspace_engine(settings().workspace), command_entry(Action.EXPORT, what, reporting.version))
    guard.before_export(what)
    text = rows.rename({"table_name": "table"}).write_csv()
    if options.output:
        options.output.write_text(text, encoding="utf-8-sig", newline="")
    else:
        print(text, end="")
    return 0
