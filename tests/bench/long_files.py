"""The memory of a load, of attendance that is ten times as long: the files may be longer than memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from data_access.load.checking import specification as spec
from tests.bench.england import all_places, drawn_attendance
from tests.bench.measuring import Row

TIMES = 10
"""How many times as long the longer file is."""
AIM = 1.5
MEASURED = """
import resource, sys, time
from data_access.load import load
begun = time.perf_counter()
report = load([sys.argv[1]], sys.argv[2])
print(report.files[0].rows_read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, time.perf_counter() - begun)
"""


def rows(authorities: int) -> list[Row]:
    """The peak memory of a process that loads the shorter and the longer file, and how they compare."""
    found, peaks = [], []
    for many in (authorities, authorities * TIMES):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "source"
            size = write(folder, many)
            read, peak, seconds = _measured(folder, f"duckdb:///{Path(name) / 'bench.duckdb'}")
        peaks.append(peak)
        words = f"{read / 1e6:.1f} million marks, {size / 2**20:,.0f} MiB"
        found.append(Row(f"peak memory of a load of {words}", peak, "MiB", seconds=seconds))
    return [*found, Row(f"peak memory with {TIMES} times the marks", peaks[1] / peaks[0], "times", AIM)]


def write(folder: Path, authorities: int) -> int:
    """Extracts with the children and marks of so many authorities, one after the other; the bytes that attendance has."""
    folder.mkdir()
    places = all_places(authorities)
    with (folder / "attendance.csv").open("wb") as file:
        for place in places:
            marks = drawn_attendance(place).rename({"session_date": "date"})
            file.write(marks.write_csv(include_header=place.number == 0).encode())
    children = pl.DataFrame({"child_id": [f"{place.name}/{number}" for place in places for number in range(place.children)]})
    others = [pl.lit(None, dtype=pl.String).alias(name) for name in spec.CHILDREN.columns if name != "child_id"]
    children.with_columns(others).select(spec.CHILDREN.columns).write_csv(folder / "children.csv")
    return (folder / "attendance.csv").stat().st_size


def _measured(folder: Path, database: str) -> tuple[int, float, float]:
    """Rows of attendance, MiB and seconds of a load in a process of its own."""
    done = subprocess.run([sys.executable, "-c", MEASURED, folder, database], capture_output=True, text=True, check=True)
    read, peak, seconds = done.stdout.split()[-3:]  # DuckDB may have drawn a bar before
    return int(read), float(peak), float(seconds)
