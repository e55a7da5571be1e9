"""What commands share: the data as whoever runs one may see it, and the options that narrow it down."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Iterable, Mapping, Sequence

from config.access import Role
from config.cohorts import COHORT_CHOICES, cohort_of
from config.settings import absolute_address, settings
from dashboard.access.audit_guard import CommandGuard
from dashboard.access.roles import Person
from dashboard.commands.support.console import user_name
from dashboard.content.data_quality.problems import badges
from dashboard.content.release_wording import changed_since_release_sentences
from dashboard.figures.data_quality import counted
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.released_periods import Releases
from dashboard.figures.reporting import Reporting
from dashboard.text.formatting import listing
from data_access.audit import Action, Entry
from data_access.engines import engine
from data_access.workspace import workspace_engine
from metrics.measures.kinds import Measure
from metrics.summary.summarise import check_breakdowns
from metrics.units.breakdowns import AREAS, BREAKDOWNS, EVERY, EXACT_ONLY


def add_where(parser: argparse.ArgumentParser) -> None:
    """The option `--where`."""
    parser.add_argument(
        "--where", action="append", default=[], metavar="BREAKDOWN=GROUP", type=_condition,
        help="only this group; repeated for several breakdowns: all of them; with --exact, repeated for one: any of the groups",
    )


def add_cohort(parser: argparse.ArgumentParser) -> None:
    """The option `--cohort`."""
    parser.add_argument(
        "--cohort", choices=COHORT_CHOICES, metavar="COHORT",
        help="who is counted: recorded (children whose attachment needs are recorded), looked_after (children in care), ng26 (in care, "
        "from care or at the edge of care), or auto (recorded if any needs are, otherwise looked_after). Default: the local choice",
    )


def where_of(options: argparse.Namespace) -> dict[str, list[str]]:
    """What `--where` says, by breakdown."""
    where: dict[str, list[str]] = {}
    for breakdown, group in options.where:
        where.setdefault(breakdown, []).append(group)
    return where


def personal_reporting(
    database: str | None, by: Sequence[str], where: Mapping[str, Sequence[str]], what: str, *, exact: bool, cohort: str | None = None,
) -> PermittedReporting:
    """The figures as whoever runs the command may see them; exact ones are recorded, as `what`, before the first of them is given.

    `cohort` says who is counted (None: what the local choice says).

    Raises NoData, DatabaseUnavailable, and UnknownBreakdown before any figure is worked out; the figures raise AuditUnavailable and
    WorkspaceUnavailable.
    """
    address = absolute_address(database) if database else settings().database
    everything = Reporting(engine(address), releases=releases_for(address))
    everything = of_choice(everything, cohort)
    check_breakdowns([*by, *where], {**BREAKDOWNS, **(AREAS if everything.areas else EXACT_ONLY)})
    who = user_name()
    filters = [f"{breakdown} is {listing(groups, 'or')}" for breakdown, groups in where.items()]
    look = command_entry(Action.EXACT_VIEW, what, everything.version, ", ".join(filters))
    guard = CommandGuard(lambda: workspace_engine(settings().workspace), look)
    return PermittedReporting(everything, Person("", who, Role.ANALYST if exact else Role.VIEWER), guard)


def data_to_check(database: str | None) -> dict[str, tuple[str, ...]]:
    """What is wrong with the data of each measure beyond a local limit, by its id, in sentences for everybody.

    Raises DataChanged and DatabaseUnavailable.
    """
    reader = engine(absolute_address(database) if database else settings().database)
    return badges(counted(reader, Reporting(reader)))


def of_choice(reporting: Reporting, choice: str | None) -> Reporting:
    """The data of the cohort that `--cohort` says; of the one that the local choice says where it isn't given."""
    return reporting if choice is None else reporting.of(cohort_of(choice, needs_recorded=reporting.needs_recorded))


def command_entry(action: Action, what: str, data_version: str, filters: str = "") -> Entry:
    """What the audit log says of whoever runs a command."""
    return Entry(user_name(), "command line", action, what, filters, data_version)


def releases_for(address: str) -> Releases | None:
    """The released periods for the data at an address: those of the settings' workspace are of the settings' database, and of no other."""
    if address != settings().database:
        return None
    return Releases(functools.cache(lambda: workspace_engine(settings().workspace)))


def tell_kept(reporting: PermittedReporting, measures: Iterable[Measure], grain: str) -> None:
    """Says on standard error which periods of the measures were given as they were released."""
    changed, labels = reporting.changed_since_release(measures, grain), reporting.periods(grain)["label"].to_list()
    for sentence in changed_since_release_sentences(changed, labels):
        print(sentence, file=sys.stderr)


def _condition(text: str) -> tuple[str, str]:
    breakdown, equals, group = text.partition("=")
    if not equals or breakdown not in EVERY:
        raise argparse.ArgumentTypeError(f"{text!r} is not BREAKDOWN=GROUP. The breakdowns are {', '.join(EVERY)}.")
    labels = EVERY[breakdown].labels
    if labels and not EVERY[breakdown].named and group not in labels and group != "Not recorded":
        raise argparse.ArgumentTypeError(f"{breakdown} has no group {group!r}. Its groups are {', '.join(labels)} and Not recorded.")
    return breakdown, group
