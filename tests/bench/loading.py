"""The load, against reading the same files with Polars and doing nothing with them."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from data_access.load import load
from tests.bench.measuring import Authority, Row, growth, median_seconds, times_for

AIM = 4


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """A row for each authority, and the growth."""
    found, taken = [], {}
    for each in authorities:
        with tempfile.TemporaryDirectory() as folder:
            address = f"duckdb:///{Path(folder) / 'bench.duckdb'}"

            def whole(each: Authority = each, address: str = address) -> None:
                load(each.sources, address)

            def bare(each: Authority = each) -> None:
                read(each.sources)

            bare()  # the files are in the machine's cache from here on, for both
            loaded, only_read = median_seconds(times_for(each.size, 5), whole, bare)
        taken[each.size] = loaded
        found.append(Row(f"load against a bare read, {each.words}", loaded / only_read, "times", AIM, loaded))
    return found + growth("load", taken)


def read(sources: Sequence[Path]) -> int:
    """Every file, as text: what any load has to do. The number of rows."""
    return sum(pl.read_csv(file, infer_schema=False).height for source in sources for file in sorted(source.iterdir()))
