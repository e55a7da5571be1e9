"""`qs133 templates`: workbooks to fill in, one a table."""

from __future__ import annotations

import argparse
from pathlib import Path

from dashboard.text.formatting import plural
from data_access.load.drafting.templates import write_templates

NAME = "templates"
HELP = "write a workbook to fill in for each table of the local extracts, with its columns, drop-downs and notes"
ERRORS = (OSError,)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 templates`."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where to; workbooks that are there already are left alone")


def run(options: argparse.Namespace) -> int:
    """Writes the workbooks."""
    written = write_templates(options.folder)
    print(f"{plural(len(written), 'workbook')} written to {options.folder}. Fill in those you can; a workbook without rows is left out.")
    return 0
