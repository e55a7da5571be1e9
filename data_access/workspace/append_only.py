"""Tables to which rows are only added: SQLite and PostgreSQL themselves refuse to change or remove one, by triggers.

Whoever owns the database can take the triggers away again: give the dashboard a database user who doesn't.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

# SQLAlchemy has no words for triggers. What is put into a statement is a table's name and a sentence from our own code.
_ddl: Callable[[str], sa.DDL] = sa.DDL


def let_only_grow(connection: sa.Connection, table: str, refusal: str) -> None:
    """Makes a table refuse every UPDATE and DELETE (and TRUNCATE or REPLACE, where there is one) with the words of `refusal`."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in _sqlite(table, refusal, _keys(connection, table)) if sqlite else _postgresql(table, refusal):
        connection.execute(_ddl(statement))


def _keys(connection: sa.Connection, table: str) -> list[list[str]]:
    """The columns that tell rows apart: each row has their values for itself."""
    inspector = sa.inspect(connection)
    unique = [constraint["column_names"] for constraint in inspector.get_unique_constraints(table)]
    return [inspector.get_pk_constraint(table)["constrained_columns"], *unique]


def _sqlite(table: str, refusal: str, keys: list[list[str]]) -> tuple[str, ...]:
    # INSERT OR REPLACE removes a row without asking the trigger for DELETE.
    there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{column} = NEW.{column}' for column in key)})" for key in keys
    )
    conditions = {"UPDATE": "", "DELETE": "", "INSERT": f" WHEN {there}"}
    return tuple(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table}{condition} "
        f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        for verb, condition in conditions.items()
    )


def _postgresql(table: str, refusal: str) -> tuple[str, ...]:
    return (
        f"CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()",
    )
