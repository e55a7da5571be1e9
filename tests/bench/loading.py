"""The load, against reading the same files with Polars and doing nothing with them."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from data_access.engines import engine
from data_access.load import load
from data_access.load.storing.writing import replace_contents
from data_access.tables import metadata
from tests.bench.measuring import Authority, Row, growth, median_seconds, times_for

AIM = 4
FILLED_BY_WRITING = ("made_up", "data_version", "load_history")


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
            whole()
            contents = written(address)
            write = partial(replace_contents, address, contents, datetime.date.today(), lambda _doing, _done: None)
            loaded, only_read, only_written = median_seconds(times_for(each.size, 5), whole, bare, write)
        taken[each.size] = loaded
        found.append(Row(f"load against a bare read, {each.words}", loaded / only_read, "times", AIM, loaded))
        found.append(Row(f"of it, writing what is loaded, against a bare read, {each.words}", only_written / only_read, "times"))
    return found + growth("load", taken)


def read(sources: Sequence[Path]) -> int:
    """Every file, as text: what any load has to do. The number of rows."""
    return sum(pl.read_csv(file, infer_schema=False).height for source in sources for file in sorted(source.iterdir()))


def written(address: str) -> dict[str, pl.DataFrame]:
    """What a load has put into every table but those that writing fills by itself."""
    with engine(address).connect() as connection:
        return {
            table.name: pl.read_database(sa.select(table), connection)
            for table in metadata.sorted_tables if table.name not in FILLED_BY_WRITING
        }
