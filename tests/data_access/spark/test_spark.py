"""The measures on a real Spark: the same SELECTs give the same cells as on DuckDB, and what goes wrong is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from dashboard.figures.reporting import Reporting
from data_access.engines import DatabaseUnavailable, current_version, engine
from data_access.load import LoadError, load
from data_access.schema_check import KINDS, _kind
from data_access.spark.carrying import carried
from data_access.tables import child, programme_session
from metrics.units import CHILDREN_ANY, UNITS
from metrics.units.unit import Responsibility
from tests.generators import write
from tests.spark import free_port, running_spark

SEED = 8
CHILDREN = 30


@dataclass
class Pair:
    """One authority on Spark and on DuckDB. `server` is Spark's address without the tables."""

    server: str
    folder: Path
    spark: str
    duckdb: str


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("authority")
    authority = write(folder / "sources", SEED, CHILDREN)
    with running_spark() as server:
        made = Pair(server, folder, f"{server}?tables={folder / 'tables'}", f"duckdb:///{folder / 'reporting.duckdb'}")
        for address in (made.duckdb, made.spark):
            load(authority.sources, address, as_at=authority.as_at, collection_year=authority.collection_year)
        yield made


@pytest.fixture(scope="module")
def spark(pair: Pair) -> Reporting:
    """The authority as it is read from Spark. It keeps the cells that it was asked for, so that Spark makes them once."""
    return Reporting(engine(pair.spark))


@pytest.fixture(scope="module")
def duckdb(pair: Pair) -> Reporting:
    return Reporting(engine(pair.duckdb))


@pytest.mark.long
def test_every_measure_has_the_same_cells_on_spark_and_on_duckdb(spark: Reporting, duckdb: Reporting) -> None:
    assert (spark.version, spark.as_at, spark.provided) == (duckdb.version, duckdb.as_at, duckdb.provided)
    for unit in UNITS:
        found, wanted = (reporting.facts(unit, "year").cells for reporting in (spark, duckdb))
        assert wanted.height
        assert found.sort(found.columns).equals(wanted.sort(wanted.columns)), unit.name


@pytest.mark.long
def test_a_managers_children_are_the_same_on_spark_and_on_duckdb(pair: Pair) -> None:
    own = Responsibility(("North",), ("PR1",))
    found, wanted = (Reporting(engine(address), own).facts(CHILDREN_ANY, "term").cells for address in (pair.spark, pair.duckdb))
    assert wanted.height
    assert found.sort(found.columns).equals(wanted.sort(wanted.columns))


@pytest.mark.long
def test_periods_are_read_alike(spark: Reporting, duckdb: Reporting) -> None:
    assert spark.periods("month").equals(duckdb.periods("month"))


@pytest.mark.long
def test_a_load_is_seen_at_once_and_what_was_begun_goes_on_with_what_it_began_with(pair: Pair) -> None:
    address = f"{pair.server}?tables={pair.folder / 'two'}"
    one, two = (write(pair.folder / f"sources_{seed}", seed, 5) for seed in (1, 2))
    count = sa.select(sa.func.count()).select_from(child)
    load(one.sources, address, as_at=one.as_at, collection_year=one.collection_year)
    before = current_version(address)
    with engine(address).connect() as begun:
        first = begun.scalar(count)
        load(two.sources, address, as_at=two.as_at, collection_year=two.collection_year)
        assert begun.scalar(count) == first
    assert current_version(address) != before
    assert len(list((pair.folder / "two").glob("*/data_version.parquet"))) == 2


@pytest.mark.long
def test_the_tables_can_be_held_against_the_schema(pair: Pair) -> None:
    with engine(pair.spark).connect() as connection:
        inspector = sa.inspect(connection)
        for table in (child, programme_session):
            found = {column["name"]: column["type"] for column in inspector.get_columns(table.name)}
            assert list(found) == list(table.columns.keys())
            assert all(isinstance(found[column.name], KINDS[_kind(column)]) for column in table.columns)
        assert inspector.has_table("child")
        assert not inspector.has_table("no_such_table")


@pytest.mark.long
def test_a_folder_without_tables_is_told_in_a_sentence(pair: Pair) -> None:
    with pytest.raises(DatabaseUnavailable, match="lacks a table"):
        current_version(f"{pair.server}?tables={pair.folder / 'nothing'}")


def test_a_server_that_is_not_there_is_told_in_a_sentence_and_holds_no_token() -> None:
    with pytest.raises(DatabaseUnavailable, match="can't be reached") as told:
        current_version(f"sc://somebody:secret@localhost:{free_port()}?tables=anywhere")
    assert "secret" not in str(told.value)


def test_an_address_without_a_folder_is_told_in_a_sentence() -> None:
    with pytest.raises(DatabaseUnavailable):
        current_version("sc://localhost")


@pytest.mark.long
def test_a_load_that_fails_leaves_what_was_there(pair: Pair, tmp_path: Path) -> None:
    authority = write(tmp_path / "sources", 1, 3)
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    address = f"{pair.server}?tables={tmp_path / 'file'}"
    with pytest.raises(LoadError, match="can't be written"):
        load(authority.sources, address, as_at=authority.as_at, collection_year=authority.collection_year)


def test_nulls_are_in_the_same_order_in_spark() -> None:
    assert carried('SELECT child.sex FROM child ORDER BY child.sex', "tables/{}".format) == (
        "SELECT child.sex FROM parquet.`tables/child` AS child ORDER BY child.sex NULLS LAST"
    )


def test_a_name_within_the_statement_is_no_table() -> None:
    assert "parquet" not in carried("WITH child AS (SELECT 1 AS sex) SELECT child.sex FROM child", str)


@pytest.mark.long
def test_cells_come_back_as_their_schema_says(spark: Reporting) -> None:
    cells = spark.facts(UNITS[0], "year").cells
    assert set(cells.dtypes) <= {pl.String(), pl.Int64(), pl.Float64()}
