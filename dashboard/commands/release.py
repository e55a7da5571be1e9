"""`qs133 release`: released periods that a later load has changed, and releasing them anew."""

from __future__ import annotations

import argparse
import sys

from config.settings import settings
from dashboard.command_data import command_entry, releases_for
from dashboard.console import user_name
from dashboard.release_words import changed_rows, changed_words
from dashboard.releases import Anew
from dashboard.reporting import DataChanged, NoData, Reporting
from dashboard.words import plural
from data_access.audit import Action, AuditUnavailable, record
from data_access.engines import engine
from data_access.workspace import WorkspaceUnavailable, workspace_engine

NAME = "release"
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


def run(options: argparse.Namespace) -> int:
    """Lists or releases, and says on standard output what."""
    address = settings().database
    reporting = Reporting(engine(address), releases=releases_for(address))
    if reporting.made_up:
        print("The data is a made-up authority's, whose periods are always shown as they are.", file=sys.stderr)
        return 1
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
        reporting.release_anew(Anew(user_name(), options.reason))
        count = len({(each.grain, each.period) for each in changed})
        print(f"Released {plural(count, 'period')} anew: {words}.")
    return 0


def _reason(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("say in a few words why the periods are released anew.")
    return text.strip()
