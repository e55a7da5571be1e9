"""Holding a reporting database against the schema, for whoever fills it from their own warehouse."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config import code_lists as codes
from config.coverage import NAMES
from data_access import periods, tables
from data_access.engines import DatabaseUnavailable, address_of_file, engine
from data_access.load.checking.specification import EXTRACTS, RETURN_TABLES
from data_access.load.provided import EDUCATION_PLANS_WITH_PARTS, TRAINING_BY_CARER

RECORD_KEY_BITS = 40

SqlType = type[sa.types.TypeEngine[Any]]

KINDS: dict[SqlType, tuple[SqlType, ...]] = {
    sa.String: (sa.String,),
    sa.Date: (sa.Date,),
    sa.SmallInteger: (sa.Integer,),
    sa.Integer: (sa.Integer,),
    sa.Double: (sa.Numeric, sa.Float, sa.Integer),
    sa.DateTime: (sa.DateTime,),
}
"""What a column of the schema may be in a database: any whole number for a flag, any number for a score."""

WORDS: dict[SqlType, str] = {
    sa.String: "text", sa.Date: "a date", sa.SmallInteger: "a whole number", sa.Integer: "a whole number", sa.Double: "a number",
    sa.DateTime: "a date with time",
}

CODES: dict[str, tuple[str, ...]] = {
    "child.sex": ("M", "F", "U"),
    "child.ethnicity": codes.ETHNICITIES,
    "child.origin": codes.ORIGINS,
    "attachment_need.status": codes.NEED_STATUSES,
    "care_arrangement.care_status": codes.CARE_STATUSES,
    "care_arrangement.placement": codes.PLACEMENTS,
    "previous_permanence.previous_permanence": codes.PREVIOUS_PERMANENCE,
    "programme.programme": codes.PROGRAMMES,
    "outcome_score.domain": codes.DOMAINS,
    "attendance.session": ("AM", "PM"),
    "attendance.mark": codes.MARKS,
    "exclusion.category": codes.EXCLUSION_CATEGORIES,
    "period.grain": ("month", "quarter", "term", "year"),
    "provided_table.name": (*(table.name for table in (*RETURN_TABLES, *EXTRACTS)), EDUCATION_PLANS_WITH_PARTS, TRAINING_BY_CARER),
}

KEYS: tuple[tuple[sa.Column[Any], ...], ...] = (
    (tables.child.c.child_id,),
    (tables.assessment.c.assessment_id,),
    (tables.programme.c.programme_id,),
    (tables.education_plan.c.plan_id, tables.education_plan.c.child_id, tables.education_plan.c.completed_date),
    (tables.attendance.c.child_id, tables.attendance.c.session_date, tables.attendance.c.session),
    (tables.previous_permanence.c.child_id, tables.previous_permanence.c.collection_year),
    (tables.period.c.grain, tables.period.c.label),
)
"""Columns that no two rows of a table share; a measure that counts rows would count such a row twice."""


def check(url: str) -> list[str]:
    """What is wrong with a database, a sentence each; empty when the dashboard can be built on it.

    Raises DatabaseUnavailable when it can't be reached.
    """
    reader = engine(url)
    try:
        with reader.connect() as connection:
            inspector = sa.inspect(connection)
            # A view is as good as a table. It is asked for by its name: a list of tables leaves views out.
            there = [table.name for table in tables.NEEDED_BY_MEASURES if inspector.has_table(table.name)]
            found = {name: inspector.get_columns(name) for name in there}
            problems = list(_shape(found))
            if problems:
                return problems
            return [*_values(connection), *_whole(connection), *_coverage(inspector, connection)]
    finally:
        reader.dispose()


def _shape(found: dict[str, list[sa.engine.interfaces.ReflectedColumn]]) -> Iterator[str]:
    for table in tables.NEEDED_BY_MEASURES:
        if table.name not in found:
            yield f"The table {table.name} is missing. It holds: {table.comment} 'qs133 check --create' makes it."
            continue
        types = {column["name"]: column["type"] for column in found[table.name]}
        for column in table.columns:
            kind = _kind(column)
            if column.name not in types:
                yield f"The table {table.name} lacks the column {column.name} ({WORDS[kind]}). Add it."
            elif not isinstance(types[column.name], KINDS[kind]):
                yield f"The column {table.name}.{column.name} is {types[column.name]} and must be {WORDS[kind]}. Change its type."


def _kind(column: sa.Column[Any]) -> SqlType:
    # SmallInteger is an Integer and a DateTime is no Date, so the first that fits is the narrowest.
    order: tuple[SqlType, ...] = (sa.String, sa.Date, sa.SmallInteger, sa.Integer, sa.Double, sa.DateTime)
    return next(kind for kind in order if isinstance(column.type, kind))


def _values(connection: sa.Connection) -> Iterator[str]:
    for table in tables.NEEDED_BY_MEASURES:
        for column in table.columns:
            name = f"{table.name}.{column.name}"
            if not column.nullable:
                yield from _counted(connection, table, column.is_(None), f"{name} is empty", "It may not be: fill it or remove the rows.")
            if name in CODES:
                allowed = ", ".join(CODES[name])
                unknown = column.not_in(CODES[name])
                yield from _counted(connection, table, unknown, f"{name} is none of {allowed}", "Use one of these, or null.")
            if isinstance(column.type, sa.SmallInteger):
                yield from _counted(connection, table, column.not_in((0, 1)), f"{name} is neither 0 nor 1", "Use 0, 1, or null.")
        if "start_date" in table.columns and "end_date" in table.columns:
            ends_first = table.c.end_date < table.c.start_date
            yield from _counted(connection, table, ends_first, f"{table.name} ends before it starts", "end_date is the first day out.")
        if "child_id" in table.columns and table is not tables.child:
            unknown = table.c.child_id.not_in(sa.select(tables.child.c.child_id))
            yield from _counted(connection, table, unknown, f"{table.name} has a child_id that the table child lacks", "Add the children.")
    key = tables.child.c.record_key
    unfit = sa.or_(key.is_(None), key < 0, key >= 2**RECORD_KEY_BITS)
    yield from _counted(
        connection, tables.child, unfit, f"child.record_key is empty or not from 0 to below 2 to the power of {RECORD_KEY_BITS}",
        "Give each child a random one that stays with the child: the protected view rounds by it.",
    )
    unknown = tables.programme_session.c.programme_id.not_in(sa.select(tables.programme.c.programme_id))
    yield from _counted(
        connection, tables.programme_session, unknown, "programme_session has a programme_id that the table programme lacks", "Add them.",
    )


def _counted(connection: sa.Connection, table: sa.Table, wrong: sa.ColumnElement[bool], what: str, remedy: str) -> Iterator[str]:
    count = connection.scalar(sa.select(sa.func.count()).select_from(table).where(wrong))
    if count:
        yield f"In {count:,} row{'s' * (count != 1)} {what}. {remedy}"


def _whole(connection: sa.Connection) -> Iterator[str]:
    """What single rows can't show: repeated keys, no periods, no version."""
    for key in KEYS:
        repeated = sa.select(*key).group_by(*key).having(sa.func.count() > 1).subquery()
        count = connection.scalar(sa.select(sa.func.count()).select_from(repeated))
        if count:
            names = [column.name for column in key]
            what = f"{names[0]}s" if len(names) == 1 else f"pairings of {', '.join(names[:-1])} and {names[-1]}"
            yield f"{key[0].table.name} has more than one row for {count:,} of its {what}. Keep one row each."
    versions = connection.scalar(sa.select(sa.func.count()).select_from(tables.data_version))
    if versions != 1:
        yield (
            f"data_version has {versions} rows and must have one. Write a version (any text that changes with the data), "
            "loaded_at and as_at, the last day that counts."
        )
    as_at = connection.scalar(sa.select(sa.func.max(tables.data_version.c.as_at)))
    for grain in CODES["period.grain"]:
        last = connection.scalar(sa.select(sa.func.max(tables.period.c.last_date)).where(tables.period.c.grain == grain))
        if last is None or (as_at is not None and last < as_at):
            yield f"period has no {grain} that holds the as-at date. 'qs133 check --create' fills it while it is empty."
    if not connection.scalar(sa.select(sa.func.count()).select_from(tables.provided_table)):
        yield "provided_table is empty, so every measure says 'no data'. Name the data dictionary's tables that you fill, one a row."


def _coverage(inspector: sa.Inspector, connection: sa.Connection) -> Iterator[str]:
    """What is wrong with the table coverage, which may be missing or empty: what time is covered is then worked out."""
    table = tables.coverage
    if not inspector.has_table(table.name):
        return
    lacking = [column.name for column in table.columns if column.name not in {it["name"] for it in inspector.get_columns(table.name)}]
    if lacking:
        yield f"The table coverage lacks {', '.join(lacking)}. Add what is missing, or remove the table: it is then worked out."
        return
    allowed = ", ".join(NAMES)
    yield from _counted(connection, table, table.c.name.not_in(NAMES), f"coverage.name is none of {allowed}", "Use one of these.")
    never = table.c.end_date <= table.c.start_date
    yield from _counted(connection, table, never, "coverage ends before it starts", "end_date is the day after the last one covered.")
    whose = sa.select(tables.child_authority.c.authority)
    if inspector.has_table(tables.child_authority.name) and connection.scalar(whose.limit(1)) is not None:
        unknown = table.c.authority.not_in(whose)
        what = "coverage.authority is none of the authorities of child_authority"
        yield from _counted(connection, table, unknown, what, "Write the same name, or leave it empty for all.")


def create(url: str, as_at: datetime.date) -> None:
    """Makes the tables that are missing, and fills `period` up to a date if it is empty.

    For a warehouse that fills the other tables itself. Raises DatabaseUnavailable when the database can't be written.
    """
    writer = sa.create_engine(address_of_file(url), poolclass=NullPool)
    try:
        with writer.begin() as connection:
            tables.metadata.create_all(connection)
            if not connection.scalar(sa.select(sa.func.count()).select_from(tables.period)):
                rows = periods.periods(periods.FIRST_CREDIBLE, as_at).to_dicts()
                connection.execute(sa.insert(tables.period), rows)
    except sa.exc.SQLAlchemyError as error:
        shown = sa.make_url(url).render_as_string(hide_password=True)
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise DatabaseUnavailable(f"{shown}: the tables can't be made ({reason}). Check that you may create tables.") from None
