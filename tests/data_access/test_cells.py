"""Reading cells on PostgreSQL: its planner must not try all pairs of rows."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import sqlalchemy as sa

from data_access.cells import fetch
from data_access.engines import engine


def test_postgresql_tries_no_pairs_of_rows_while_cells_are_read_and_is_then_as_it_was(postgresql_database: Callable[[], str]) -> None:
    reader = engine(postgresql_database())
    setting = sa.select(sa.func.current_setting("enable_nestloop").label("pairs"))
    with reader.connect() as connection:
        assert fetch(connection, setting, {"pairs": pl.String()})["pairs"].to_list() == ["off"]
        connection.rollback()
        assert connection.scalar(setting) == "on"
    reader.dispose()
