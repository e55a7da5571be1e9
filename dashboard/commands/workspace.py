"""`qs133 workspace`: a copy of what people wrote, and back."""

from __future__ import annotations

import argparse
from pathlib import Path

from config.settings import absolute_address, settings
from dashboard.text.formatting import listing, plural
from data_access.workspace import WorkspaceUnavailable
from data_access.workspace.backup import BackupError, backup, restore

NAME = "workspace"
HELP = "back up what people wrote (evidence, targets, actions, notes, the audit log) and the released periods, or restore it"
ERRORS = (BackupError, WorkspaceUnavailable)
NOUNS = {
    "item_revision": ("revision", "revisions"), "audit_log": ("entry of the audit log", "entries of the audit log"),
    "period_release": ("release of a period", "releases of periods"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two subcommands and their options."""
    commands = parser.add_subparsers(dest="doing", required=True, metavar="backup|restore")
    for name, help in (
        ("backup", "copy the whole workspace into one new file; people may go on working"),
        ("restore", "copy a backup into an empty workspace, also of another kind of database"),
    ):
        sub = commands.add_parser(name, help=help, description=f"{help[0].upper()}{help[1:]}.")
        sub.add_argument("file", type=Path, metavar="FILE", help="the backup, an SQLite file")
        sub.add_argument("--workspace", metavar="URL", help="the workspace database (default: the one of the settings)")


def run(options: argparse.Namespace) -> int:
    """Copies, and says how much on standard output."""
    url = absolute_address(options.workspace) if options.workspace else settings().workspace
    done, counts = ("Backed up", backup(url, options.file)) if options.doing == "backup" else ("Restored", restore(options.file, url))
    print(f"{done} {listing([plural(counts[name], *nouns) for name, nouns in NOUNS.items()])}.")
    return 0
