"""Tables to which rows are only added: SQLite and PostgreSQL themselves refuse to change or remove one, by triggers.

Whoever owns the database can take the triggers away again: give the dashboard a database user who doesn't.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

# SQLAlchemy has no words for triggers. What is put into a statement is a table's name and a sentence from our own code.
_ddl: Callable[[str], sa.DDL] = sa.DDL


def let_only_grow(connection: sa.Connection, table: str, refusal: str) -> None:
    """Makes a table refuse every UPDATE and DELETE (and TRUNCATE, where there is one) with the words of `refusal`."""
    for statement in _sqlite(table, refusal) if connection.dialect.name == "sqlite" else _postgresql(table, refusal):
        connection.execute(_ddl(statement))


def _sqlite(table: str, refusal: str) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        for verb in ("UPDATE", "DELETE")
    )


def _postgresql(table: str, refusal: str) -> tuple[str, ...]:
    return (
        f"CREATE OR REPLACE FUNCTION {table}_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refusal}'; END $$",
        f"CREATE OR REPLACE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_grows()",
    )
