"""The contents of earlier loads, kept so that there is a way back.

Beside a DuckDB file they are files; in PostgreSQL each is a schema of its own, made where the user may make one. Of other databases none
are kept: going back there needs the database's own backup.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import sqlalchemy as sa

from data_access.database_files import current_file, kept_version, points, version_files
from data_access.file_system import remove_if_unused
from data_access.tables import load_history, metadata

SCHEMA_PREFIX = "qs133_kept_"
KEPT_TABLES = tuple(table for table in metadata.sorted_tables if table is not load_history)
"""The history is one for all loads."""


def kept_files(file: Path) -> dict[str, Path]:
    """The files of a database by the id of the load whose contents they are, the newest contents first."""
    found = {version.contents_of: version.path for version in reversed(version_files(file))}
    return dict(sorted(found.items(), reverse=True))


def keep_file(file: Path, id: str) -> None:
    """Keeps a database that stands at the address itself under a second name, before what will point to the next one takes its place."""
    kept = kept_version(file, id)
    if points(file) or kept.exists():
        return
    try:
        os.link(file, kept)
    except OSError:  # a file system without links
        draft = file.with_name(f".{file.name}.loading-copy-{os.getpid()}")
        shutil.copyfile(file, draft)
        os.replace(draft, kept)


def prune_files(file: Path, keep: int, current: str) -> None:
    """Removes all files of a database but the one in use and those of the newest `keep` other loads."""
    in_use = current_file(file)
    kept: set[str] = set()
    for version in sorted(version_files(file), key=lambda each: (each.contents_of, each.entry), reverse=True):
        if version.path == in_use:
            continue
        if version.contents_of == current or version.contents_of in kept or len(kept) == keep:
            remove_if_unused(version.path)
        else:
            kept.add(version.contents_of)


def kept_schemas(connection: sa.Connection) -> dict[str, str]:
    """The schemas of kept loads by the load's id, latest first; none for other databases than PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return {}
    names = [name for name in sa.inspect(connection).get_schema_names() if name.startswith(SCHEMA_PREFIX)]
    return {name.removeprefix(SCHEMA_PREFIX): name for name in sorted(names, reverse=True)}


def may_keep_rows(connection: sa.Connection) -> bool:
    """Whether earlier contents can be kept in this database: it is PostgreSQL, and the user may make a schema."""
    if connection.dialect.name != "postgresql":
        return False
    return bool(connection.scalar(sa.select(sa.func.has_database_privilege(sa.func.current_database(), "CREATE"))))


def keep_rows(connection: sa.Connection, id: str) -> None:
    """Copies the present contents into a schema of their own, within the connection's transaction."""
    name = f"{SCHEMA_PREFIX}{id}"
    if id in kept_schemas(connection) or not may_keep_rows(connection):
        return
    connection.execute(sa.schema.CreateSchema(name))
    for table, kept in in_schema(name).items():
        connection.execute(sa.schema.CreateTable(kept))
        connection.execute(sa.insert(kept).from_select(table.columns.keys(), sa.select(table)))


def in_schema(name: str) -> dict[sa.Table, sa.Table]:
    """Each reporting table with its like in a schema."""
    other = sa.MetaData()
    return {table: table.to_metadata(other, schema=name) for table in KEPT_TABLES}


def prune_schemas(connection: sa.Connection, keep: int, current: str) -> None:
    """Removes all kept schemas but the newest `keep`; the one whose contents are now in the database does not count."""
    others = [name for id, name in kept_schemas(connection).items() if id != current]
    for name in others[keep:]:
        connection.execute(sa.schema.DropSchema(name, cascade=True))
