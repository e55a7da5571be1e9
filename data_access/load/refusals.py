"""A load that would falsify what the dashboard says: what makes it one, in sentences."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from data_access.engines import DatabaseUnavailable, engine
from data_access.load.errors import LoadError
from data_access.tables import child, data_version, made_up

FEW = 5
"""Quarantined rows that are few, whatever share they are."""


@dataclass(frozen=True)
class Refusal:
    """Why a load is refused, and what it would do all the same."""

    why: str
    all_the_same: str


class LoadRefused(LoadError):
    """The load would falsify. Nothing was changed."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__([f"{each.why} With --accept, {each.all_the_same}" for each in refusals])
        self.refusals = tuple(refusals)


@dataclass(frozen=True)
class Held:
    """What the database held before: how many children, up to which day, and whether they are made up."""

    children: int
    as_at: datetime.date
    made_up: bool


def held(url: str, same: Mapping[str, str]) -> Held | None:
    """What a database holds, `same` being the new ids of children whose id changed; None where it holds nothing that can be read."""
    try:
        reader = engine(url)
        try:
            with reader.connect() as connection:
                as_at = connection.scalar(sa.select(data_version.c.as_at))
                return _held(connection, as_at, same) if as_at else None
        finally:
            reader.dispose()
    except DatabaseUnavailable:
        return None


def _held(connection: sa.Connection, as_at: datetime.date, same: Mapping[str, str]) -> Held:
    if same:
        children = len({same.get(id, id) for id in connection.scalars(sa.select(child.c.child_id))})
    else:
        children = connection.scalar(sa.select(sa.func.count()).select_from(child)) or 0
    invented = sa.inspect(connection).has_table(made_up.name)
    return Held(children, as_at, invented and connection.scalar(sa.select(made_up.c.version).limit(1)) is not None)


def refusals(files: pl.DataFrame, children: int, as_at: datetime.date, before: Held | None) -> list[Refusal]:
    """What would falsify: `files` are what was loaded now, with `authority` where there are several; `children` and `as_at` are what the
    database would hold."""
    return [*_of_tables(files), *(_of_contents(children, as_at, before) if before else ())]


def _of_tables(files: pl.DataFrame) -> Iterator[Refusal]:
    """Each table of each return, and each extract over all its files."""
    of_return = pl.col("collection_year").is_not_null()
    together = files.group_by(
        "authority" if "authority" in files.columns else pl.lit("").alias("authority"), "table_name", "collection_year",
        pl.when(of_return).then(pl.col("source")).alias("return"), maintain_order=True,
    ).agg(pl.col("rows_read", "rows_loaded", "rows_quarantined", "rows_set_aside").sum())
    for authority, table, year, _, read, loaded, bad, aside in together.iter_rows():
        in_year = f" of {year - 1}/{year % 100:02d}" if year is not None else ""
        name = f"{f'{authority}: ' if authority else ''}{table}{in_year}"
        if read and not loaded:
            yield Refusal(
                f"{name}: {read:,} {'row was' if read == 1 else 'rows were'} read and none was loaded.",
                "the rest is loaded, and what needs this table has no data.",
            )
        elif bad >= FEW and bad * 5 > read - aside:
            yield Refusal(
                f"{name}: {bad:,} of {read - aside:,} rows were quarantined, more than a fifth.",
                f"the other {loaded:,} rows are loaded, and every number that needs this table counts only them.",
            )


def _of_contents(children: int, as_at: datetime.date, before: Held) -> Iterator[Refusal]:
    invented = " of a made-up authority" if before.made_up else ""
    if children * 5 < before.children * 4:
        yield Refusal(
            f"The database holds {before.children:,} children{invented} and would hold {children:,}, fewer than four fifths of them.",
            "these replace them. To keep what is there and put these files beside it, load them with --add.",
        )
    if as_at < before.as_at:
        yield Refusal(
            f"The data would go up to {_day(as_at)}; the data{invented} in the database goes up to {_day(before.as_at)}.",
            f"everything after {_day(as_at)} is gone.",
        )


def _day(date: datetime.date) -> str:
    return f"{date.day} {date:%B %Y}"
