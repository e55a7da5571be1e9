"""DuckDB, PostgreSQL and Spark side by side on the same made-up authorities, and how each grows."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from data_access.engines import engine
from metrics.measures.catalogue import measures
from tests.bench.cells import GRAIN, prepared
from tests.bench.england import england
from tests.bench.measuring import Row
from tests.postgresql import running_postgresql
from tests.spark import running_spark

DUCKDB = "DuckDB"
SPARK_MEMORY = "-XX:MaxRAMPercentage=40"
"""What a hundred authorities have in one table that Spark holds against another takes more than the tests need."""


def rows(sizes: Sequence[int]) -> Iterator[Row]:
    """For each engine and number of authorities: writing them, all cells, a summary; and the exponents of growth."""
    taken: dict[tuple[str, str], dict[int, float]] = {}
    for size in sorted(sizes):
        words = f"{size} authorit{'ies' if size > 1 else 'y'}"
        with databases() as addresses:
            for name, address in addresses.items():
                for what, seconds in _measured(address, size).items():
                    taken.setdefault((what, name), {})[size] = seconds
                    duckdb = taken[what, DUCKDB][size]
                    yield Row(f"{what} in {name} against {DUCKDB}, {words}", seconds / duckdb, "times", seconds=seconds)
    for (what, name), by_size in sorted(taken.items()):
        if len(by_size) > 1:
            yield Row(f"growth of {what} in {name}, {min(sizes)} to {max(sizes)} authorities", exponent(by_size), "as exponent")


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """An empty database of each engine, by the engine's name; DuckDB first, which the others are held against."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_postgresql())
        spark = stack.enter_context(running_spark(SPARK_MEMORY))
        yield {
            DUCKDB: f"duckdb:///{folder / 'england.duckdb'}", "PostgreSQL": server.database(),
            "Spark": f"{spark}?tables={folder / 'tables'}",
        }


def _measured(address: str, authorities: int) -> dict[str, float]:
    """Once each: what takes minutes isn't measured again. The first cells are not counted, so that Spark's programs are warm."""
    begun = time.perf_counter()
    england(address, authorities)
    written = time.perf_counter() - begun
    reader = engine(address)
    if authorities == 1:
        prepared(reader)
    begun = time.perf_counter()
    reporting = prepared(reader)
    counted = time.perf_counter() - begun
    begun = time.perf_counter()
    for measure in measures():
        reporting.summary(measure, GRAIN, where={"sex": ("F",)})
    reader.dispose()
    return {"writing": written, "cells": counted, "summaries": time.perf_counter() - begun}


def exponent(by_size: dict[int, float]) -> float:
    """The power of the size that the time grows with, from the smallest to the largest: 1 is in proportion."""
    smallest, largest = min(by_size), max(by_size)
    return math.log(by_size[largest] / by_size[smallest]) / math.log(largest / smallest)
