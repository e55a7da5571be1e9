"""`python -m tests.bench`: every subject, in one run, as a table."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import cells, clicks, disclosure, loading, pages, summaries
from tests.bench.measuring import Authority, Row, authority

SUBJECTS: dict[str, Callable[[Sequence[Authority]], list[Row]]] = {
    "load": loading.rows, "cells": cells.rows, "summaries": summaries.rows, "disclosure": disclosure.rows, "pages": pages.rows,
    "clicks": clicks.rows,
}


def main() -> int:
    """Measures what was asked for and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="SUBJECT", help=f"any of {', '.join(SUBJECTS)} (default: all)")
    parser.add_argument("--sizes", nargs="+", type=int, default=[1, 10, 50], help="how many times 600 children (default: 1 10 50)")
    options = parser.parse_args()
    unknown = set(options.subjects) - SUBJECTS.keys()
    if unknown:
        parser.error(f"there is no subject {sorted(unknown)[0]!r}")
    with tempfile.TemporaryDirectory() as folder:
        _tell("Making the authorities")
        authorities = [authority(Path(folder), size) for size in sorted(options.sizes)]
        for name in options.subjects or SUBJECTS:
            _tell(f"Measuring: {name}")
            for row in SUBJECTS[name](authorities):
                print(_line(row), flush=True)
    print(f"Medians of one run on {os.cpu_count()} processors; {os.getloadavg()[0]:.1f} processes wanted them at the end.")
    return 0


def _line(row: Row) -> str:
    aim = "" if row.aim is None else f"aim {row.aim:g}: {'reached' if row.figure <= row.aim else 'missed'}"
    taken = "" if row.seconds is None else f"({row.seconds:.2f} s)"
    return f"{row.what:<95} {row.figure:>8.2f} {row.unit:<13} {taken:<10} {aim}".rstrip()


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
