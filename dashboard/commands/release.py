"""`qs133 release`: released periods that a later load has changed, and releasing them anew."""

from __future__ import annotations

import argparse
import sys

from config.settings import settings
from dashboard.commands.support.console import user_name
from dashboard.commands.support.reporting_data import command_entry, releases_for
from dashboard.content.release_wording import changed_rows, changed_words
from dashboard.figures.released_periods import NewRelease, Releases
from dashboard.figures.reporting import DataChanged, NoData, Reporting
from dashboard.text.formatting import plural
from data_access.audit import Action, AuditUnavailable, record
from data_access.engines import engine
from data_access.workspace import WorkspaceUnavailable, workspace_engine

NAME = "release"
PRINTS = True
HELP = "release periods anew that a load has changed since the protected view first showed them"
ERRORS = (NoData, DataChanged, AuditUnavailable, WorkspaceUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 release`, of which there is one at a time."""
    doing = parser.add_mutually_exclusive_group(required=True)
    doing.add_argument("--list", action="store_true", help="print the periods that have changed, with the measures, and change nothing")
    doing.add_argument(
        "--reason", metavar="WORDS", type=_reason,
        help="release all of them anew, so that the protected view shows them as the data has them now; the audit log keeps the reason",
    )
    parser.add_argument(
        "--start-over", action="store_true",
        help="with --reason: forget every released period, as after the first trial loads, and release each when it is next shown",
    )


def run(options: argparse.Namespace) -> int:
    """Lists or releases, and says on standard output what."""
    if options.start_over and options.reason is None:
        print("Say why with --reason WORDS; the audit log keeps it.", file=sys.stderr)
        return 2
    address = settings().database
    reporting = Reporting(engine(address), releases=releases_for(address))
    if reporting.made_up:
        print("The data is a made-up authority's, whose periods are always shown as they are.", file=sys.stderr)
        return 1
    if options.start_over:
        return _start_over(options.reason, reporting.version)
    changed = reporting.changed()
    if not changed:
        print("No released period has changed.")
    elif options.list:
        for row in changed_rows(changed):
            print(f"{row['Length'].lower()} {row['Period']}, released on {row['Released on']}: {row['Measures that changed']}")
    else:
        words = changed_words(changed)
        what = f"qs133 release: {words}. Reason: {options.reason}"
        record(workspace_engine(settings().workspace), command_entry(Action.CHANGE, what, reporting.version))
        reporting.release_again(NewRelease(user_name(), options.reason))
        count = len({(each.grain, each.period) for each in changed})
        print(f"Released {plural(count, 'period')} anew: {words}.")
    return 0


def _start_over(reason: str, version: str) -> int:
    workspace = workspace_engine(settings().workspace)
    record(workspace, command_entry(Action.CHANGE, f"qs133 release: all released periods forgotten. Reason: {reason}", version))
    count = Releases(lambda: workspace).start_over(NewRelease(user_name(), reason), version)
    print(f"Forgot {plural(count, 'release')}. Each period is released again when the protected view next shows it.")
    return 0


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("say in a few words why the periods are released anew.")
    return text.strip()
