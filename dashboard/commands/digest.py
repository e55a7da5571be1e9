"""`qs133 digest`: what changed since the data before, in sentences."""

from __future__ import annotations

import argparse
import json
import sys

from config.settings import absolute_address, settings
from dashboard.commands.support.console import clear_progress, show_progress, user_name
from dashboard.commands.support.reporting_data import add_cohort, of_choice, releases_for
from dashboard.content import digest
from dashboard.figures.reporting import DataChanged, NoData, Reporting
from data_access.engines import engine
from data_access.workspace import WorkspaceUnavailable, workspace_engine

NAME = "digest"
PRINTS = True
HELP = "say what changed since the data that was loaded before: new concern, targets newly met or missed, gaps opened or closed"
ERRORS = (NoData, DataChanged, WorkspaceUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 digest`."""
    add_cohort(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Prints the digest to standard output. Data that no load of ours brought is looked at first, which takes a while."""
    address = absolute_address(options.database) if options.database else settings().database
    everything, workspace = Reporting(engine(address), releases=releases_for(address)), workspace_engine(settings().workspace)
    reporting = of_choice(everything, options.cohort)
    if reporting.made_up:
        print("The data is a made-up authority's, of which nothing is kept to compare with. Load your own first.", file=sys.stderr)
        return 1
    progress = show_progress if sys.stderr.isatty() else None
    digest.keep(reporting, workspace, user_name(), progress)
    if progress:
        clear_progress()
    found = digest.digest(workspace, reporting.version, reporting.cohort)
    if found is None:
        print("How the measures stand is not known yet. Try again in a minute.", file=sys.stderr)
        return 1
    if options.format == "json":
        print(json.dumps({
            "since": found.since.isoformat() if found.since else None, "cohort": found.cohort.value,
            "measures": [measure.id for measure in found.measures],
            "sentences": found.sentences,
        }, ensure_ascii=False, indent=2))
    else:
        print(digest.heading(found) + (":" if found.sentences else ""), *(f"- {sentence}" for sentence in found.sentences), sep="\n")
    return 0
