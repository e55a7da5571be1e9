"""Running a SELECT and bringing its rows back as a Polars frame of a known schema."""

from __future__ import annotations

from typing import Any

import polars as pl
import sqlalchemy as sa


class UnexpectedColumns(Exception):
    """A SELECT came back with other columns or types than its reader relies on."""


def fetch(connection: sa.Connection, statement: sa.Select[Any], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows of a SELECT, with exactly the columns and types of `schema`.

    Raises UnexpectedColumns otherwise: a sum that arrives as a decimal would be divided to whole numbers later on, unnoticed.
    """
    if connection.dialect.name == "postgresql":
        # PostgreSQL takes the rows of a WITH for very few and would try all pairs of two of them: ten minutes for a hundred authorities.
        connection.execute(sa.select(sa.func.set_config("enable_nestloop", "off", True)))  # until the transaction ends
    result = connection.execution_options(duckdb_arrow=True).execute(statement)
    # DuckDB's result has an Arrow table and Spark's cursor has one; other engines give rows.
    arrow = getattr(result, "arrow", None)
    if arrow is None and connection.dialect.name == "spark":
        arrow = result.cursor.arrow
    frame = pl.DataFrame(result.all(), schema=schema, orient="row", strict=True) if arrow is None else pl.DataFrame(arrow)
    if dict(frame.schema) != schema:
        raise UnexpectedColumns(f"The database gave {dict(frame.schema)}, where {schema} was expected.")
    return frame
