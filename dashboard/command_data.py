"""What commands share: the data as whoever runs one may see it, and the options that narrow it down."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Iterable, Mapping, Sequence

from config.access import Role
from config.settings import absolute_address, settings
from dashboard.access import Person
from dashboard.console import user_name
from dashboard.guard import CommandGuard
from dashboard.personal import PersonalReporting
from dashboard.release_words import kept_sentences
from dashboard.releases import Releases
from dashboard.reporting import Reporting
from dashboard.words import listing
from data_access.audit import Action, Entry
from data_access.engines import engine
from data_access.workspace import workspace_engine
from metrics.breakdowns import BREAKDOWNS, EVERY
from metrics.kinds import Measure
from metrics.summarise import check_breakdowns


def add_where(parser: argparse.ArgumentParser) -> None:
    """The option `--where`."""
    parser.add_argument(
        "--where", action="append", default=[], metavar="BREAKDOWN=GROUP", type=_condition,
        help="only this group; repeated for several breakdowns: all of them; with --exact, repeated for one: any of the groups",
    )


def where_of(options: argparse.Namespace) -> dict[str, list[str]]:
    """What `--where` says, by breakdown."""
    where: dict[str, list[str]] = {}
    for breakdown, group in options.where:
        where.setdefault(breakdown, []).append(group)
    return where


def personal_reporting(
    database: str | None, by: Sequence[str], where: Mapping[str, Sequence[str]], what: str, *, exact: bool
) -> PersonalReporting:
    """The figures as whoever runs the command may see them; exact ones are recorded, as `what`, before the first of them is given.

    Raises NoData, DatabaseUnavailable, and UnknownBreakdown before any figure is worked out; the figures raise AuditUnavailable and
    WorkspaceUnavailable.
    """
    address = absolute_address(database) if database else settings().database
    everything = Reporting(engine(address), releases=releases_for(address))
    check_breakdowns([*by, *where], EVERY if everything.areas else BREAKDOWNS)
    who = user_name()
    filters = [f"{breakdown} is {listing(groups, 'or')}" for breakdown, groups in where.items()]
    look = command_entry(Action.EXACT_VIEW, what, everything.version, ", ".join(filters))
    guard = CommandGuard(lambda: workspace_engine(settings().workspace), look)
    return PersonalReporting(everything, Person("", who, Role.ANALYST if exact else Role.VIEWER), guard)


def command_entry(action: Action, what: str, data_version: str, filters: str = "") -> Entry:
    """What the audit log says of whoever runs a command."""
    return Entry(user_name(), "command line", action, what, filters, data_version)


def releases_for(address: str) -> Releases | None:
    """The released periods for the data at an address: those of the settings' workspace are of the settings' database, and of no other."""
    if address != settings().database:
        return None
    return Releases(functools.cache(lambda: workspace_engine(settings().workspace)))


def tell_kept(reporting: PersonalReporting, measures: Iterable[Measure], grain: str) -> None:
    """Says on standard error which periods of the measures were given as they were released."""
    for sentence in kept_sentences(reporting.kept(measures, grain), reporting.periods(grain)["label"].to_list()):
        print(sentence, file=sys.stderr)


def _condition(text: str) -> tuple[str, str]:
    breakdown, equals, group = text.partition("=")
    if not equals or breakdown not in EVERY:
        raise argparse.ArgumentTypeError(f"{text!r} is not BREAKDOWN=GROUP. The breakdowns are {', '.join(EVERY)}.")
    labels = EVERY[breakdown].labels
    if labels and group not in labels and group != "Not recorded":
        raise argparse.ArgumentTypeError(f"{breakdown} has no group {group!r}. Its groups are {', '.join(labels)} and Not recorded.")
    return breakdown, group
