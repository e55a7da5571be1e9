"""What is known of the quality of one version of the data: counted once, from the tables, and kept for everybody."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import sqlalchemy as sa

from config.code_lists import NOT_RECORDED
from config.cohorts import Cohort
from config.data_quality import data_quality
from dashboard.figures.grants import Named, named
from dashboard.figures.reporting import DataChanged, NoData, Reporting
from data_access import tables
from data_access.cells import fetch
from data_access.engines import engine, has_table
from metrics.summary.coverage import Covered
from metrics.summary.quality import DATED, in_scope_by_groups, rows_by_day, with_marks
from metrics.units.breakdowns import BREAKDOWNS

DAYS: dict[str, pl.DataType] = {"date": pl.Date(), "rows": pl.Int64()}
MARKS: dict[str, pl.DataType] = {"period": pl.String(), "children": pl.Int64(), "with_marks": pl.Int64()}
TYPES: dict[type, pl.DataType] = {str: pl.String(), int: pl.Int32(), datetime.date: pl.Date()}


@dataclass(frozen=True)
class Quality:
    """What was counted, all exact.

    `files`, `set_aside`, `findings`, `checks`, `pairs` are the tables load_file, value_set_aside, data_quality, return_check and
    source_pair, empty where a warehouse
    has none. `reasons` has source, file, table_name, reason and rows. `days` has date and rows of each dated table that was provided, by
    its id. `marks` has period, start_date, children and with_marks of each month looked at. `groups` has breakdown, not_recorded and
    children of the children in scope in `quarter`. `children` is how many there are at all.
    `named` are the teams and providers that the data names.
    `covered` is what time the data covers, for the cohort of the settings, and `quarters` are the periods that it could be told for.
    """

    version: str
    as_at: datetime.date
    provided: frozenset[str]
    files: pl.DataFrame
    reasons: pl.DataFrame
    set_aside: pl.DataFrame
    findings: pl.DataFrame
    checks: pl.DataFrame
    pairs: pl.DataFrame
    days: Mapping[str, pl.DataFrame]
    marks: pl.DataFrame
    groups: pl.DataFrame
    quarter: str
    children: int
    named: Named
    covered: Covered
    quarters: pl.DataFrame

    @property
    def first_day(self) -> datetime.date:
        """The first of the days that are looked at for gaps."""
        months = self.as_at.year * 12 + self.as_at.month - data_quality().months_looked_at
        return datetime.date(months // 12, months % 12 + 1, 1)


def counted(reader: sa.Engine, reporting: Reporting) -> Quality:
    """Counts everything, in one state of the database. Raises DataChanged when that is not `reporting`'s, and DatabaseUnavailable."""
    as_at, provided = reporting.as_at, reporting.provided
    quarters, months = reporting.periods("quarter"), reporting.periods("month")
    looked_at = months.tail(data_quality().months_looked_at).select(pl.col("label").alias("period"), "start_date", "complete")
    quarter = quarters["label"][-1] if quarters.height else ""
    with reader.connect() as connection:
        if connection.scalar(sa.select(tables.data_version.c.version)) != reporting.version:
            raise DataChanged("New data was loaded. Open the page again to see it.")
        marks = pl.DataFrame(schema=MARKS)
        if "attendance" in provided:
            marks = fetch(connection, with_marks(looked_at["period"].to_list(), as_at, reporting.cohort), MARKS)
        return Quality(
            reporting.version, as_at, provided,
            _whole(connection, tables.load_file), _reasons(connection),
            _whole(connection, tables.value_set_aside), _whole(connection, tables.data_quality),
            _whole(connection, tables.return_check), _whole(connection, tables.source_pair),
            {
                table.id: fetch(connection, rows_by_day(table, as_at), DAYS).sort("date")
                for table in DATED if table.source in provided or (table.id == "sdq_scores" and "OC2" in provided)
            },
            looked_at.join(marks, on="period").sort("start_date"),
            _groups(connection, quarter, as_at, reporting.cohort), quarter,
            connection.scalar(sa.select(sa.func.count()).select_from(tables.child)) or 0,
            named(connection), reporting.covered, quarters,
        )


def _whole(connection: sa.Connection, table: sa.Table) -> pl.DataFrame:
    """All of a small table that the database need not have."""
    schema = {column.name: TYPES[column.type.python_type] for column in table.columns}
    if not has_table(connection, table):
        return pl.DataFrame(schema=schema)
    return fetch(connection, sa.select(table), schema)


def _reasons(connection: sa.Connection) -> pl.DataFrame:
    keys = [tables.quarantine.c[name] for name in ("source", "file", "table_name", "reason")]
    schema = {**{column.name: pl.String() for column in keys}, "rows": pl.Int64()}
    if not has_table(connection, tables.quarantine):
        return pl.DataFrame(schema=schema)
    statement = sa.select(*keys, sa.cast(sa.func.count(), sa.BigInteger).label("rows")).group_by(*keys)
    return fetch(connection, statement, schema).sort("table_name", "rows", "reason", descending=[False, True, False])


def _groups(connection: sa.Connection, quarter: str, as_at: datetime.date, cohort: Cohort) -> pl.DataFrame:
    schema: dict[str, pl.DataType] = {**dict.fromkeys(BREAKDOWNS, pl.String()), "children": pl.Int64()}
    cells = fetch(connection, in_scope_by_groups(quarter, as_at, cohort), schema)
    rows = [
        (name, int(cells.filter(pl.col(name) == NOT_RECORDED)["children"].sum()), int(cells["children"].sum())) for name in BREAKDOWNS
    ]
    return pl.DataFrame(rows, orient="row", schema={"breakdown": pl.String(), "not_recorded": pl.Int64(), "children": pl.Int64()})


def rows_of(url: str, table: sa.Table, version: str) -> pl.DataFrame:
    """Every row of a table about single rows or children, for a download.

    Raises DataChanged when the data is another version by now, NoData where the database has no such table, and DatabaseUnavailable.
    """
    reader = engine(url)
    try:
        with reader.connect() as connection:
            if connection.scalar(sa.select(tables.data_version.c.version)) != version:
                raise DataChanged("New data was loaded. Open the page again to see it.")
            if not has_table(connection, table):
                raise NoData(f"The database has no table {table.name}. Load your files once more with 'qs133 load': it keeps one.")
            return _whole(connection, table).sort(pl.all())
    finally:
        reader.dispose()
