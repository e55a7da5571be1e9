"""`qs133 check`: holds a database against the schema."""

from __future__ import annotations

import argparse
import datetime

import sqlalchemy as sa

from config.access import access
from config.settings import absolute_address, settings
from dashboard.figures.coverage_told import coverage_told
from dashboard.figures.grants import grants_without_data, named
from data_access import schema_check
from data_access.engines import engine

NAME = "check"
PRINTS = True
HELP = "say in sentences what the reporting database lacks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 check`."""
    parser.add_argument("--database", metavar="URL", help="the reporting database (default: the one of the settings)")
    parser.add_argument(
        "--create", action="store_true",
        help="first make the missing tables, and fill an empty period table to the end of next year, for a warehouse to fill the rest",
    )


def run(options: argparse.Namespace) -> int:
    """Prints what is wrong, a sentence a line, to standard output; 0 when nothing is.

    Then it says what time the data covers, and which grants find nobody.
    """
    database = absolute_address(options.database) if options.database else settings().database
    if options.create:
        schema_check.create(database, datetime.date(datetime.date.today().year + 1, 12, 31))
    problems = schema_check.check(database)
    told = problems or ["Nothing is missing: the dashboard can be built on this database.", *_told(engine(database))]
    print("\n".join(told))
    return 1 if problems else 0


def _told(database: sa.Engine) -> list[str]:
    with database.connect() as connection:
        data = named(connection)
    return [*coverage_told(database), *grants_without_data(access().grants, data)]
