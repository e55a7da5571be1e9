"""`qs133 comparators`: published figures to compare with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from config.settings import settings
from dashboard.text.formatting import listing, plural
from data_access.comparators import (
    NEIGHBOURS,
    SERIES,
    SYMBOLS,
    ComparatorProblems,
    ComparatorsUnavailable,
    Places,
    ReadFile,
    load_files,
    places,
    published,
)

NAME = "comparators"
PRINTS = True
HELP = "read published figures of the Department for Education to compare with, or say which there are"
ERRORS = (ComparatorProblems, ComparatorsUnavailable)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `qs133 comparators`."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE",
        help="a CSV file of 'explore education statistics' as downloaded, or of the statistical neighbours; none: say what there is",
    )


def run(options: argparse.Namespace) -> int:
    """Adds what the files hold to what was loaded before, and prints what was read and what there is now."""
    given = settings()
    for read in load_files(options.files, given.comparators) if options.files else []:
        print(*_read_lines(read), sep="\n")
    values = published(given.comparators)
    print(*_held_lines(values), *_place_lines(places(values, given.authority, given.region), given.authority), sep="\n")
    return 0


def _read_lines(read: ReadFile) -> list[str]:
    """What of a file is used."""
    lines = [f"{read.name}: {plural(read.rows_read, 'row')} read, {plural(read.published.height, 'row')} used."]
    for series in read.published["series"].unique(maintain_order=True):
        rows = read.published.filter(pl.col("series") == series)
        symbols = rows.filter(pl.col("value").is_in(list(SYMBOLS))).height
        without = f", {symbols} of them a symbol and no number" if symbols else ""
        lines.append(f"  {_title(series)}: {plural(rows.height, 'value')}{without}.")
    return lines


def _held_lines(values: pl.DataFrame) -> list[str]:
    """What there is to compare with, of what comes with the dashboard and what was loaded."""
    lines = ["Published figures to compare with:"]
    for series in (*SERIES, NEIGHBOURS):
        rows = values.filter(pl.col("series") == series)
        years = sorted(rows["year"].unique())
        span = "" if series == NEIGHBOURS or not years else f", {years[0]} to {years[-1]}"
        areas = plural(rows["area"].n_unique(), "authority", "authorities") if series == NEIGHBOURS else plural(
            rows["area"].n_unique(), "area",
        )
        lines.append(f"  {_title(series)}{span}, {areas}.")
    return lines


def _place_lines(found: Places, authority: str) -> Sequence[str]:
    """What the authority is compared with."""
    if found.problem:
        return (found.problem,)
    region = found.region_name or "no region, as the settings name none"
    if not found.own:
        return (
            f"{authority!r} is none of the published authorities, so there is no line of its own and there are no statistical neighbours. "
            "The setting 'authority' must hold the name that the Department for Education's files have.",
            f"Compared with: England, {region}.",
        )
    return (
        f"{found.own_name} is compared with England, {region}, and its statistical neighbours "
        f"{listing(found.neighbour_names) if found.neighbours else 'are not known'}.",
    )


def _title(series: str) -> str:
    return "Statistical neighbours" if series == NEIGHBOURS else SERIES[series].title
