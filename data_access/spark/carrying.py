"""Carrying a SELECT over into Spark's words."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import sqlglot
from sqlglot import exp

from data_access.tables import metadata


def carried(statement: str, path: Callable[[str], str]) -> str:
    """A SELECT, as SQLAlchemy writes it, in Spark's words, with each reporting table read from its Parquet file.

    Orders of rows mean in Spark what they mean in DuckDB, also where a value is null.
    """
    tree = _parsed(statement).copy()
    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in list(tree.find_all(exp.Table)):
        if table.name in metadata.tables and table.name not in own:
            file = exp.table_(exp.to_identifier(path(table.name), quoted=True), db=exp.to_identifier("parquet"))
            table.replace(exp.alias_(file, table.alias or table.name, table=True))
    return tree.sql(dialect="spark")


@lru_cache(maxsize=64)
def _parsed(statement: str) -> exp.Expr:
    return sqlglot.parse_one(statement, read="duckdb")
