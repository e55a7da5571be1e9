"""Writing a state of the data as Parquet, into a folder that Spark's server sees under the same name."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import polars as pl
import sqlalchemy as sa

from data_access.spark import NAME
from data_access.spark.dbapi import VERSION_FILE

STATES_KEPT = 2
"""The one that is read, and the one before it for whoever began to read before."""


def tables_folder(url: str) -> Path | None:
    """The folder of a Spark address's tables, or None for any other engine."""
    address = sa.make_url(url)
    folder = address.query.get("tables") if address.get_backend_name() == NAME else None
    return Path(str(folder).removeprefix("file://")) if folder else None


def read_latest(folder: Path, table: str) -> pl.DataFrame:
    """A table of the latest complete state; without rows where there is none."""
    found = sorted(folder.glob(f"*/{VERSION_FILE}"))
    file = found[-1].with_name(f"{table}.parquet") if found else None
    return pl.read_parquet(file) if file and file.exists() else pl.DataFrame({"load_id": []}, schema={"load_id": pl.String})


def write_state(folder: Path, tables: Mapping[str, pl.DataFrame | Iterable[pl.DataFrame]], progress: Callable[[str, float], None]) -> None:
    """Writes the tables, data_version last, which completes the state; then removes states that nobody reads any more.

    A table of many frames becomes a folder of files.
    """
    now = datetime.datetime.now(datetime.UTC)
    state = folder / f"{now:%Y%m%dT%H%M%S%f}-{os.getpid()}"
    state.mkdir(parents=True)
    try:
        for done, (name, rows) in enumerate(tables.items()):
            progress(f"Writing {name}", done / len(tables))
            draft = state / f"_{name}"
            if isinstance(rows, pl.DataFrame):
                rows.write_parquet(draft)
            else:
                draft.mkdir()
                for number, frame in enumerate(rows):
                    frame.write_parquet(draft / f"{number:06}.parquet")
            if f"{name}.parquet" != VERSION_FILE:
                draft.rename(state / f"{name}.parquet")
        (state / f"_{VERSION_FILE.removesuffix('.parquet')}").rename(state / VERSION_FILE)
    except BaseException:
        shutil.rmtree(state, ignore_errors=True)
        raise
    complete = sorted(path.parent for path in folder.glob(f"*/{VERSION_FILE}"))
    for old in (path for path in folder.iterdir() if path.is_dir() and path not in complete[-STATES_KEPT:]):
        shutil.rmtree(old, ignore_errors=True)
