"""Going back to the contents of an earlier load, in one step like a load: readers see the one or the other, also when it is killed."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from data_access.database_files import real_file
from data_access.engines import DatabaseUnavailable, database_file, engine
from data_access.load.errors import LoadError
from data_access.load.storing.history import Load, history, read_history, went_back
from data_access.load.storing.retention import (
    in_schema,
    keep_rows,
    kept_files,
    kept_schemas,
    may_keep_rows,
    prune_schemas,
)
from data_access.load.storing.staging import beside, locked, put_in_place
from data_access.load.storing.writing import told_as_load_error, writing_rows
from data_access.schema_check import check
from data_access.tables import data_version, load_history, metadata

NO_WAY_BACK = (
    "This database keeps no earlier loads: qs133 may not make a schema in it, or it is neither DuckDB nor PostgreSQL. To go back, restore "
    "the database's own backup, or load the earlier files again."
)
NONE_EARLIER = "No earlier load is kept. To go back, load the earlier files again."
Progress = Callable[[str, float], None]


def kept_loads(url: str) -> list[Load]:
    """The loads whose contents are kept and are not those that the database holds, latest first. Raises DatabaseUnavailable."""
    known = history(url)
    if not known:
        return []
    file = database_file(url)
    if file is not None:
        ids: Sequence[str] = list(kept_files(real_file(file)))
    else:
        reader = engine(url)
        try:
            with reader.connect() as connection:
                ids = list(kept_schemas(connection))
        finally:
            reader.dispose()
    by_id = {load.load_id: load for load in known}
    return [by_id[id] for id in ids if id in by_id and id != known[0].contents_of]


def why_no_way_back(url: str) -> str | None:
    """Why no earlier load can ever be gone back to in this database, or None where loads are kept. Raises DatabaseUnavailable."""
    if database_file(url) is not None:
        return None
    reader = engine(url)
    try:
        with reader.connect() as connection:
            return None if may_keep_rows(connection) or kept_schemas(connection) else NO_WAY_BACK
    finally:
        reader.dispose()


def go_back(url: str, who: str, *, to: str | None = None, keep: int, progress: Progress | None = None) -> Load:
    """Puts the contents of a kept load (its `load_id`) in place of those that the database holds, which are kept in their turn.

    Without `to`, those of the newest kept load that is older than what the database holds. `keep` is how many loads are kept. Returns the
    entry of the history. Raises LoadError when there is no such load, when another load is under way, or when it can't be done; nothing
    is then changed.
    """
    tell: Progress = progress or (lambda _doing, _share: None)
    with told_as_load_error(url):
        file = database_file(url)
        if file is None:
            return _back_in_rows(url, who, to, keep, tell)
        real = real_file(file)
        if not real.exists():
            raise LoadError(NONE_EARLIER)
        with locked(real):
            return _back_in_file(real, who, to, keep, tell)


def _chosen(known: Sequence[Load], kept: Sequence[str], to: str | None) -> Load:
    current = known[0].contents_of if known else ""
    if to is None:
        to = next((id for id in kept if id < current), None)
        if to is None:
            raise LoadError(NONE_EARLIER)
    if to == current:
        raise LoadError("That is the load that the database already holds.")
    found = next((load for load in known if load.load_id == to), None)
    if found is None or to not in kept:
        raise LoadError(f"No load {to} is kept. See which are with 'qs133 rollback --list'.")
    return found


def _back_in_file(file: Path, who: str, to: str | None, keep: int, tell: Progress) -> Load:
    with beside(file) as new:
        known = history(_address(file))
        kept = kept_files(file)
        chosen = _chosen(known, list(kept), to)
        entry = went_back(known, chosen, who)
        tell("Copying the earlier contents", 0.0)
        shutil.copyfile(kept[chosen.load_id], new)
        tell("Checking them", 0.4)
        _date_and_note(new, known, entry)
        _refuse_unfit(new)
        tell("Putting them in place", 0.9)
        put_in_place(new, file, known[0].contents_of, entry, keep)
    tell("Done", 1.0)
    return entry


def _address(file: Path) -> str:
    return sa.URL.create("duckdb", database=str(file)).render_as_string()


def _date_and_note(new: Path, known: Sequence[Load], entry: Load) -> None:
    writer = sa.create_engine(sa.URL.create("duckdb", database=str(new)), poolclass=NullPool, hide_parameters=True)
    with writer.begin() as connection:
        metadata.create_all(connection)
        _date(connection, entry.at)
        connection.execute(sa.delete(load_history))
        connection.execute(sa.insert(load_history), [load.row() for load in (*known, entry)])


def _date(connection: sa.Connection, at: datetime.datetime) -> None:
    """The contents are there from now on, which is how readers know that they are other ones than before."""
    connection.execute(sa.update(data_version).values(loaded_at=at))


def _refuse_unfit(new: Path) -> None:
    try:
        problems = check(_address(new))
    except DatabaseUnavailable as problem:
        problems = [str(problem)]
    if problems:
        raise LoadError(["The earlier contents don't suit this version of the dashboard, so they were left where they are.", *problems])


def _back_in_rows(url: str, who: str, to: str | None, keep: int, tell: Progress) -> Load:
    with writing_rows(url) as connection:
        known = read_history(connection)
        kept = kept_schemas(connection)
        if not kept and not may_keep_rows(connection):
            raise LoadError(NO_WAY_BACK)
        chosen = _chosen(known, list(kept), to)
        entry = went_back(known, chosen, who)
        tell("Keeping the present contents", 0.0)
        keep_rows(connection, known[0].contents_of)
        there = sa.inspect(connection).get_table_names(schema=kept[chosen.load_id])
        pairs = in_schema(kept[chosen.load_id])
        for done, (table, earlier) in enumerate(pairs.items()):
            tell(f"Writing {table.name}", 0.1 + 0.9 * done / len(pairs))
            connection.execute(sa.delete(table))
            if table.name in there:
                connection.execute(sa.insert(table).from_select(table.columns.keys(), sa.select(earlier)))
        _date(connection, entry.at)
        connection.execute(sa.insert(load_history), [load.row() for load in ([] if _noted(connection) else known)] + [entry.row()])
        prune_schemas(connection, keep, entry.contents_of)
    tell("Done", 1.0)
    return entry


def _noted(connection: sa.Connection) -> bool:
    """Whether the history has been begun."""
    return connection.execute(sa.select(load_history.c.load_id).limit(1)).first() is not None
