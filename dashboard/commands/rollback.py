"""`qs133 rollback`: back to an earlier load, in one step."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from config.data_quality import data_quality
from config.settings import absolute_address, settings
from dashboard.commands.support.after_load import audited
from dashboard.commands.support.console import clear_progress, show_progress, user_name
from data_access.load import LoadError
from data_access.load.storing.history import NOT_KNOWN, Load, history
from data_access.load.storing.rollback import NONE_EARLIER, go_back, kept_loads, why_no_way_back

NAME = "rollback"
PRINTS = True
HELP = "put an earlier load's contents back into the reporting database"
ERRORS = (LoadError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 rollback`."""
    parser.add_argument("--list", action="store_true", help="print the loads that are kept, latest first, and change nothing")
    parser.add_argument("--to", metavar="LOAD", help="the load to go back to, as --list names it (default: the one before)")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of what is printed (default: text)")
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Goes back, or lists the loads there are."""
    database = absolute_address(options.database) if options.database else settings().database
    if options.list:
        return _list(database, options.format)
    progress = show_progress if sys.stderr.isatty() else None
    try:
        with audited(database, f"qs133 rollback{f' --to {options.to}' if options.to else ''}") as replaced:
            entry = go_back(database, user_name(), to=options.to, keep=data_quality().loads_kept, progress=progress)
            replaced(f"qs133 rollback: back to the load {entry.contents_of}", entry.version)
    finally:
        if progress:
            clear_progress()
    if options.format == "json":
        print(json.dumps(entry.row(), default=str, indent=2))
    else:
        print(f"Back to the load {entry.contents_of}: version {entry.version}, as at {entry.as_at}.")
    return 0


def _list(database: str, format: str) -> int:
    current, kept = history(database)[:1], kept_loads(database)
    if format == "json":
        print(json.dumps({"current": _rows(current), "kept": _rows(kept)}, default=str, indent=2))
        return 0
    for load in current:
        print(f"In the database: load {load.contents_of}, version {load.version}, as at {load.as_at}{_by(load)}.")
    for load in kept:
        print(f"{load.load_id}  version {load.version}, as at {load.as_at}, loaded on {load.at:%Y-%m-%d at %H:%M} (UTC){_by(load)}")
    if not kept:
        print(why_no_way_back(database) or NONE_EARLIER)
    return 0


def _rows(loads: Sequence[Load]) -> list[dict[str, object]]:
    return [load.row() for load in loads]


def _by(load: Load) -> str:
    return f" by {load.who}" if load.who != NOT_KNOWN else ""
