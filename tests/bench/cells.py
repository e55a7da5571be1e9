"""The cells of all measures, against SQL written by hand for the same counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import sqlalchemy as sa

from config.cohorts import Cohort
from dashboard.figures.reporting import Reporting
from data_access.engines import address_of_file, engine
from metrics.units import UNITS
from tests.bench.measuring import Authority, Row, growth, median_seconds, times_for

GRAIN = "quarter"
COMPARED = 8
"""So many of the latest periods are compared: before them, what the data doesn't cover is nobody's count, which the SQL doesn't know."""
BY_HAND = Path(__file__).with_name("counts_by_hand.sql")
OF_ONE, OF_SEVERAL = {"team": "coalesce(team, 'Not recorded') as team", "from": "from aged;"}, {
    "team": "'Not recorded' as team, coalesce(region, 'Not recorded') as region, coalesce(authority, 'Not recorded') as authority",
    "from": "from aged left join child_authority using (child_id);",
}
"""Words of the SQL by hand, and what stands in their place where there are several authorities."""


class OtherCounts(Exception):
    """The SQL by hand and ours do not count the same."""


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """A row for each authority, and the growth. Raises OtherCounts when the two would not count the same."""
    found, taken = [], {}
    for each in authorities:
        reader = engine(each.database)
        with open_by_hand(each.database) as connection:

            def ours(reader: sa.Engine = reader) -> Reporting:
                return prepared(reader)

            def by_hand(connection: duckdb.DuckDBPyConnection = connection) -> None:
                count_by_hand(connection)

            by_hand()
            compare(ours(), connection)
            computed, written = median_seconds(times_for(each.size, 5), ours, by_hand)
        taken[each.size] = computed
        found.append(Row(f"cells of all measures against SQL by hand, {each.words}", computed / written, "times", None, computed))
        found.append(_of_another_cohort(reader, each, computed))
    return found + growth("cells of all measures", taken)


def _of_another_cohort(reader: sa.Engine, each: Authority, first: float) -> Row:
    """The cells of a cohort that is chosen when those of the first are there, against the first's: one more set of cells."""

    def other() -> None:
        reporting = begun.pop()
        reporting.of(next(cohort for cohort in Cohort if cohort is not reporting.cohort)).prepare(GRAIN)

    times = times_for(each.size, 5)
    begun = [prepared(reader) for _ in range(times)]
    (taken,) = median_seconds(times, other)
    return Row(f"cells of another cohort, when first asked for, against the first's, {each.words}", taken / first, "times", None, taken)


def prepared(reader: sa.Engine) -> Reporting:
    """All cells of a database, computed anew."""
    reporting = Reporting(reader)
    reporting.prepare(GRAIN)
    return reporting


def open_by_hand(database: str) -> duckdb.DuckDBPyConnection:
    """A connection that reads the database and keeps its tables to itself."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{address_of_file(database).removeprefix('duckdb:///')}' AS reporting (READ_ONLY)")
    connection.execute("USE reporting")
    return connection


def count_by_hand(connection: duckdb.DuckDBPyConnection, areas: bool = False) -> None:
    """Leaves a temporary table for each unit, under its name. `areas`: for several authorities."""
    statements = BY_HAND.read_text(encoding="utf-8")
    for part, words in OF_ONE.items() if areas else ():
        if statements.count(words) != 1:
            raise OtherCounts(f"{BY_HAND.name} has {words!r} {statements.count(words)} times, where once was expected.")
        statements = statements.replace(words, OF_SEVERAL[part])
    connection.execute(statements)


def compare(reporting: Reporting, connection: duckdb.DuckDBPyConnection) -> None:
    """Raises OtherCounts where a count differs, or a measure is not in the SQL by hand."""
    latest = reporting.periods(GRAIN)["label"].tail(COMPARED).to_list()
    for unit in UNITS:
        cells = reporting.facts(unit, GRAIN).cells.filter(pl.col("period").is_in(latest))
        found = connection.execute(f"FROM temp.{unit.name}").pl()
        missing = {name for name in set(cells.columns) - set(found.columns) if name.endswith((".numerator", ".denominator"))}
        if missing:
            raise OtherCounts(f"{BY_HAND.name} does not count {', '.join(sorted(missing))}.")
        keys = ["period", *reporting.breakdowns, *(["team"] if reporting.areas else [])]
        written = found.select(pl.col(name).cast(cells.schema[name]) for name in found.columns).sort(keys)
        written = written.filter(pl.col("period").is_in(latest))
        # A child that the data counts more than once has rows of its own in ours.
        told = cells.group_by(keys).agg(pl.col(name).sum() for name in written.columns if name not in keys)
        if not told.select(pl.col(name).cast(cells.schema[name]) for name in written.columns).sort(keys).equals(written):
            raise OtherCounts(f"{unit.name}: the SQL by hand and ours do not count the same.")
