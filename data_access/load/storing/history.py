"""The history of loads: who put which contents into the reporting database, and when. It survives each load and each going back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from data_access.engines import engine
from data_access.tables import data_version, load_file, load_history

LOAD, ADD, BACK = "load", "add", "back"
NOT_KNOWN = ""
"""Who loaded, where nothing recorded it."""


@dataclass(frozen=True)
class Load:
    """One time that the contents were replaced (see the table `load_history`). `at` is UTC; `load_id` sorts as `at` does."""

    load_id: str
    at: datetime.datetime
    who: str
    what: str
    contents_of: str
    version: str
    as_at: datetime.date
    rows_read: int
    rows_quarantined: int

    def row(self) -> dict[str, object]:
        """The row of `load_history`."""
        return asdict(self)


def load_id(at: datetime.datetime) -> str:
    """The id of a load at a time, good for a file name."""
    return at.strftime("%Y%m%dt%H%M%S%f")


def history(url: str) -> list[Load]:
    """Every load, latest first: what the database holds is the first one's contents.

    Where nothing was recorded, as in a database that a warehouse fills, what data_version says. Raises DatabaseUnavailable.
    """
    reader = engine(url)
    try:
        with reader.connect() as connection:
            return read_history(connection)
    finally:
        reader.dispose()


def read_history(connection: sa.Connection) -> list[Load]:
    """See `history`; empty where the database holds nothing."""
    inspector = sa.inspect(connection)
    if inspector.has_table(load_history.name):
        found = [Load(**row) for row in connection.execute(sa.select(load_history)).mappings()]
        if found:
            return sorted(found, key=lambda load: load.load_id, reverse=True)
    if not inspector.has_table(data_version.name):
        return []
    row = connection.execute(sa.select(data_version)).mappings().first()
    if row is None:
        return []
    read = quarantined = 0
    if inspector.has_table(load_file.name):
        sums = connection.execute(sa.select(sa.func.sum(load_file.c.rows_read), sa.func.sum(load_file.c.rows_quarantined))).one()
        read, quarantined = int(sums[0] or 0), int(sums[1] or 0)
    id = load_id(row["loaded_at"])
    return [Load(id, row["loaded_at"], NOT_KNOWN, LOAD, id, row["version"], row["as_at"], read, quarantined)]


def now_after(known: Sequence[Load]) -> datetime.datetime:
    """The time (UTC), later than every load that is known even where a clock was set back."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return max([now, *(load.at + datetime.timedelta(microseconds=1) for load in known)])


def went_back(known: Sequence[Load], to: Load, who: str) -> Load:
    """The entry for going back to an earlier load's contents."""
    at = now_after(known)
    return Load(load_id(at), at, who, BACK, to.contents_of, to.version, to.as_at, to.rows_read, to.rows_quarantined)
