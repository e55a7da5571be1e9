"""`python -m tests.bench`: every subject, in one run, as a table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.bench import attack, beside, cells, clicks, country, disclosure, first_day, loading, long_files, pages, signals, summaries
from tests.bench.measuring import Authority, Row, authority

SUBJECTS: dict[str, Callable[[Sequence[Authority]], list[Row]]] = {
    "load": loading.rows, "cells": cells.rows, "summaries": summaries.rows, "disclosure": disclosure.rows, "pages": pages.rows,
    "clicks": clicks.rows,
}
UNASKED = ("load", "cells", "summaries", "disclosure", "pages")
"""What is measured when nothing is named: what takes minutes, not what takes an hour."""
WITH_THEIR_OWN = ("england", "engines", "memory", "signals", "attack", "firstday")
"""Subjects that make their own authorities, or need none."""


def main() -> int:
    """Measures what was asked for and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    every, unasked = ", ".join([*SUBJECTS, *WITH_THEIR_OWN]), ", ".join(UNASKED)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"any of {every} (default: {unasked})")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 10, 50], help="how many times 600 children (default: 1 10 50)")
    parser.add_argument("--england", type=int, default=150, help="how many authorities England has (default: 150)")
    parser.add_argument("--engines", nargs="+", type=int, default=[1, 10], help="of how many on each engine (default: 1 10)")
    parser.add_argument("--marks", type=int, default=5, help="of how many authorities to load, and of ten times as many (default: 5)")
    parser.add_argument("--series", type=int, default=300, help="how many series of each measure and grain signals judges (default: 300)")
    parser.add_argument("--attacked", nargs="+", type=int, default=attack.SIZES, help="of how many children the attacked authorities are")
    parser.add_argument(
        "--return", type=Path, dest="returned", metavar="FOLDER", help="the return firstday loads (default: a made-up one)",
    )
    options = parser.parse_args()
    with_their_own: dict[str, Callable[[], Iterable[Row]]] = dict(zip(WITH_THEIR_OWN, (
        lambda: country.rows(options.england), lambda: beside.rows(options.engines), lambda: long_files.rows(options.marks),
        lambda: signals.rows(options.series), lambda: attack.rows(options.attacked), lambda: first_day.rows(options.returned),
    ), strict=True))
    chosen = options.subjects or UNASKED
    unknown = set(chosen) - SUBJECTS.keys() - with_their_own.keys()
    if unknown:
        parser.error(f"there is no subject {sorted(unknown)[0]!r}")
    with tempfile.TemporaryDirectory() as folder:
        authorities, measured = [], list[Row]()
        if SUBJECTS.keys() & set(chosen):
            _tell("Making the authorities")
            authorities = [authority(Path(folder), size) for size in sorted(options.sizes)]
        for name in chosen:
            _tell(f"Measuring: {name}")
            for row in with_their_own[name]() if name in with_their_own else SUBJECTS[name](authorities):
                print(_line(row), flush=True)
                measured.append(row)
    for line in aims_table(measured):
        print(line)
    print(f"Medians of one run on {os.cpu_count()} processors; {os.getloadavg()[0]:.1f} processes wanted them at the end.")
    return 0


def aims_table(rows: Iterable[Row]) -> list[str]:
    """The figures that have an aim, a line each, under a title: the figure, the aim, and whether it is held; empty where none has one."""
    there = [row for row in rows if row.aim is not None]
    if not there:
        return []
    title = f"{'Aim':<95} {'figure':>8} {'at most':>8}"
    lines = [f"{row.what:<95} {row.figure:>8.2f} {row.aim:>8.2f} {'held' if is_held(row) else 'missed'}" for row in there]
    return ["", title, *lines, f"{sum(map(is_held, there))} of {len(there)} held.", ""]


def is_held(row: Row) -> bool:
    """Whether a figure is within its aim."""
    return row.aim is not None and row.figure <= row.aim


def _line(row: Row) -> str:
    aim = "" if row.aim is None else f"aim {row.aim:g}: {'held' if is_held(row) else 'missed'}"
    taken = "" if row.seconds is None else f"({row.seconds:.2f} s)"
    return f"{row.what:<95} {row.figure:>8.2f} {row.unit:<13} {taken:<10} {aim}".rstrip()


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
