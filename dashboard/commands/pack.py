"""`qs133 pack`: a meeting pack, made unattended; protected unless exact figures are asked for, which the audit log then says."""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from config.cohorts import Cohort
from config.settings import absolute_address, settings
from dashboard.commands.support.console import clear_progress, show_progress, user_name
from dashboard.commands.support.reporting_data import (
    add_cohort,
    add_where,
    data_to_check,
    personal_reporting,
    tell_kept,
    where_of,
)
from dashboard.content import digest
from dashboard.content.view import Filters, View
from dashboard.figures import published as published_figures
from dashboard.figures.permitted import is_in_protected_view, protected_limit
from dashboard.figures.reporting import GRAINS, DataChanged, NoData
from dashboard.figures.workspace_records import Written, decisions, read
from dashboard.packs.contents import Choice, Progress, Stamp, make_pack, of_measures, of_statement
from dashboard.packs.writing import FORMATS, baseline, contents_of
from dashboard.session.filters import shown_words
from data_access.audit import AuditUnavailable
from data_access.file_system import CannotWrite, check_free, write_file
from data_access.workspace import WorkspaceUnavailable, existing_workspace
from metrics.measures import catalogue
from metrics.summary.summarise import UnknownBreakdown
from metrics.units.breakdowns import EVERY

NAME = "pack"
HELP = "make a meeting pack: slides, an accessible spreadsheet or a PDF, with the numbers, actions and changes of some measures"
ERRORS = (NoData, DataChanged, UnknownBreakdown, AuditUnavailable, WorkspaceUnavailable, CannotWrite)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 pack`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--statement", type=int, choices=(1, 2, 3, 4), help="all measures of a quality statement's page")
    what.add_argument("--measure", action="append", metavar="ID", help="a measure's id; may be repeated")
    what.add_argument("--changed", action="store_true", help="the measures whose state changed since the data before")
    what.add_argument("--baseline", action="store_true", help="a baseline assessment in the shape of NICE's template, as XLSX")
    parser.add_argument("--format", choices=list(FORMATS), help="(default: what the file's name ends with)")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="where to write it")
    parser.add_argument("--force", action="store_true", help="replace the file if it is there already")
    parser.add_argument("--period", choices=GRAINS, default="quarter", help="the length of a period (default: quarter)")
    parser.add_argument(
        "--by", choices=list(EVERY), default="placement", metavar="BREAKDOWN",
        help=f"the groups that are shown (default: placement): {', '.join(EVERY)} "
        "(region and authority where several are loaded; provider with --exact, where one is)",
    )
    add_cohort(parser)
    add_where(parser)
    parser.add_argument(
        "--exact", action="store_true", help="exact figures, for whoever holds the database's credentials; the audit log records it",
    )
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Writes the file, and says on standard error what it holds."""
    where = {name: tuple(groups) for name, groups in where_of(options).items()}
    problem = _usage_problem(options, where)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    check_free(options.output, force=options.force)
    progress = show_progress if sys.stderr.isatty() else None
    try:
        made = _make(options, where, progress)
    except catalogue.UnknownMeasure as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        if progress:
            clear_progress()
    if made is None:
        print("No measure changed its state since the data before, so there is nothing to put into a pack.", file=sys.stderr)
        return 1
    contents, view = made
    if options.exact:
        view.before_export(f"qs133 pack: {options.output.name}")
    write_file(options.output, contents, force=options.force)
    print(f"{options.output} is written. {view.sharing}", file=sys.stderr)
    tell_kept(view.reporting, catalogue.measures(view.reporting.cohort), options.period)
    return 0


def _usage_problem(options: argparse.Namespace, where: dict[str, tuple[str, ...]]) -> str | None:
    if _format(options) not in FORMATS:
        return f"The name of the file doesn't say which format is wanted. Add --format: {', '.join(FORMATS)}."
    if options.baseline and _format(options) != "xlsx":
        return "A baseline assessment is written as XLSX. Name a file that ends in .xlsx."
    if not options.exact and not is_in_protected_view([options.by], where):
        return f"{protected_limit()} Or ask for --exact, if you may have exact numbers."
    return None


def _format(options: argparse.Namespace) -> str:
    format: str = options.format or options.output.suffix.lower().removeprefix(".")
    return format


def _make(options: argparse.Namespace, where: dict[str, tuple[str, ...]], progress: Progress | None) -> tuple[bytes, View] | None:
    """The file's contents, and the view that they are of; None for a pack of what changed where nothing did."""
    database = absolute_address(options.database) if options.database else settings().database
    what = f"qs133 pack: {options.output.name}"
    reporting = personal_reporting(database, [options.by], where, what, exact=options.exact, cohort=options.cohort)
    workspace = existing_workspace(settings().workspace)
    written = read(workspace) if workspace else Written()
    published = published_figures.current(made_up=reporting.made_up)
    view = View(
        reporting, Filters(options.period, where), *decisions(written), published=published, written=written,
        badges=data_to_check(database),
    )
    found = digest.digest(workspace, reporting.version, reporting.cohort) if workspace else None
    choice = _choice(options, found, reporting.cohort)
    if not choice.measures:
        return None
    shown = shown_words(view.filters, _periods(view, choice), reporting.as_at, cohort=reporting.cohort)
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    stamp = Stamp(settings().authority, reporting.version, reporting.as_at, shown, view.sharing, reporting.exact, user_name(), now)
    changed = found.sentences if found is not None and options.changed else ()
    pack = make_pack(view, choice, stamp, changed=changed, progress=progress)
    return baseline(pack, written) if options.baseline else contents_of(pack, _format(options), progress), view


def _choice(options: argparse.Namespace, found: digest.Digest | None, cohort: Cohort) -> Choice:
    breakdown = EVERY[options.by]
    if options.statement:
        return of_statement(options.statement, breakdown, cohort)
    if options.measure:
        return of_measures("Chosen measures", [catalogue.get(id, cohort) for id in options.measure], breakdown)
    if options.baseline:
        return of_measures("Baseline assessment", catalogue.measures(cohort), breakdown)
    return of_measures("What changed", found.measures if found else (), breakdown)


def _periods(view: View, choice: Choice) -> list[str]:
    """The periods that the pack shows."""
    labels: list[str] = view.reporting.periods(view.filters.grain)["label"].to_list()
    shown = {label for measure in choice.measures for label in view.trend(measure).frame["period"]}
    return [label for label in labels if label in shown]
