"""`qs133 load`: returns, extracts and a Standard Safeguarding Dataset into the reporting database, in one step."""

from __future__ import annotations

import argparse
import datetime
import re
import sys
from pathlib import Path

from config.settings import absolute_address, settings
from dashboard.commands.support.after_load import audited, keep_states
from dashboard.commands.support.console import clear_progress, show_progress, user_name
from dashboard.figures.descriptions import every_description
from data_access.load import LoadError, LoadRefused, LoadReport, Progress, UsageError, load, load_authorities, read_authorities

NAME = "load"
PRINTS = True
HELP = "read SSDA903 returns and local extracts into the reporting database, replacing what it holds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 load`."""
    parser.add_argument(
        "sources", nargs="*", metavar="SOURCE",
        help="an SSDA903 return (a folder of CSV files, or the XML file), a folder of local extracts, or the address of a database with "
        "the Standard Safeguarding Dataset (env:NAME: the variable that holds it); any number, together",
    )
    parser.add_argument(
        "--authorities", type=Path, metavar="FILE",
        help="a TOML file that says which sources are whose, to load several authorities together",
    )
    parser.add_argument("--as-at", type=_date, metavar="YYYY-MM-DD", help="data up to this day (default: the latest date loaded)")
    parser.add_argument("--collection-year", type=int, metavar="YEAR", help="the only return's collection year: 2026 is 2025/26")
    parser.add_argument(
        "--add", action="store_true",
        help="put the sources beside what the database holds instead of in its place: rows with the same key are replaced, all others stay",
    )
    parser.add_argument(
        "--accept", action="store_true",
        help="load although it would falsify: a table of which nothing could be loaded or much was quarantined, far fewer children than "
        "before, or an earlier last day (without it such a load is refused and changes nothing)",
    )
    parser.add_argument("--dry-run", action="store_true", help="read and check everything, print the report, and write nothing")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the report (default: text)")
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Loads, and prints the report to standard output."""
    database = absolute_address(options.database) if options.database else settings().database
    progress = show_progress if sys.stderr.isatty() else None
    try:
        report = _load(options, database, progress) if options.dry_run else _audited(options, database, progress)
    except LoadError as error:
        if progress:
            clear_progress()
        more = ["Run it with --dry-run to see the whole report."] if isinstance(error, LoadRefused) else []
        print("Nothing was loaded.", *error.sentences, *more, sep="\n", file=sys.stderr)
        return 2 if isinstance(error, UsageError) else 1
    if progress:
        clear_progress()
    # Before what follows the load, which takes a while and changes nothing of it.
    print(report.as_json() if options.format == "json" else report.as_text(), flush=True)
    if options.dry_run:
        return 1 if report.refused and not options.accept else 0
    keep_states(database, progress)
    if progress:
        clear_progress()
    return 0


def _audited(options: argparse.Namespace, database: str, progress: Progress | None) -> LoadReport:
    """The load, with its intention and its outcome in the audit log."""
    what = f"qs133 load{' --add' if options.add else ''}"
    with audited(database, what) as replaced:
        report = _load(options, database, progress)
        accepted = f", accepted: {' '.join(each.why for each in report.refused)}" if report.refused else ""
        replaced(f"{what}: {len(report.files)} {'table' if len(report.files) == 1 else 'tables'}{accepted}", report.version)
    return report


def _load(options: argparse.Namespace, database: str, progress: Progress | None) -> LoadReport:
    if options.authorities is None:
        return load(
            options.sources, database, as_at=options.as_at, collection_year=options.collection_year, progress=progress,
            who=user_name(), dry_run=options.dry_run, careful=not options.accept, add=options.add, described=every_description(),
        )
    if options.add:
        raise UsageError("--add is for one authority's database. Load all authorities together, without --add.")
    if options.sources or options.collection_year:
        raise UsageError("With --authorities, the file names the sources of each: give no others, and no --collection-year.")
    return load_authorities(
        read_authorities(options.authorities), database, as_at=options.as_at, progress=progress, who=user_name(), dry_run=options.dry_run,
        careful=not options.accept,
    )


def _date(text: str) -> datetime.date:
    try:
        if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not a date. Write it as YYYY-MM-DD, such as 2026-03-31.")
