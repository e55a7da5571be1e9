"""What every subject of the bench needs: a row of the table, a median, and authorities of several sizes."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data_access.demo import write_demo
from data_access.load import load

CHILDREN = 600
"""In the demo authority, which is size 1."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, and the figure in its unit; `aim` is the most it should be, None without one."""

    what: str
    figure: float
    unit: str
    aim: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Authority:
    """The demo authority, `size` times as large: the folders it was written to, and the database they were loaded into."""

    size: int
    sources: tuple[Path, ...]
    database: str

    @property
    def words(self) -> str:
        """'600 children'."""
        return f"{self.size * CHILDREN:,} children"


def authority(folder: Path, size: int) -> Authority:
    """Makes an authority in a folder."""
    sources = write_demo(folder / f"sources-{size}", children=CHILDREN * size)
    database = f"duckdb:///{folder / f'authority-{size}.duckdb'}"
    load(sources, database, made_up=True)
    return Authority(size, tuple(sources), database)


def times_for(size: int, most: int) -> int:
    """How often something is measured: less often what takes long, never once."""
    return most if size == 1 else 3 if size <= 10 else 2


def median_seconds(times: int, *doing: Callable[[], object]) -> list[float]:
    """The median time of each of several things, done in turn so that a busy moment of the machine falls on all of them."""
    taken: list[list[float]] = [[] for _ in doing]
    for _ in range(times):
        for each, seconds in zip(doing, taken, strict=True):
            gc.collect()
            start = time.perf_counter()
            each()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def growth(what: str, by_size: dict[int, float]) -> list[Row]:
    """How many times as long the larger authorities take as the smallest one measured."""
    smallest = min(by_size)
    return [
        Row(f"{what}, {size // smallest} times as many children", seconds / by_size[smallest], "times as long", seconds=seconds)
        for size, seconds in sorted(by_size.items()) if size != smallest
    ]
