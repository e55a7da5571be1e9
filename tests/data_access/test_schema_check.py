"""`qs133 check`: what is wrong with a database that a warehouse fills, in sentences."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access import tables
from data_access.engines import DatabaseUnavailable, address_of_file, engine
from data_access.load import load
from data_access.schema_check import check, create
from tests.data_access.empty_databases import empty_database
from tests.data_access.files import write

JUNE = datetime.date(2026, 6, 30)


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return empty_database(request, tmp_path)


def change(url: str, *statements: sa.Executable) -> None:
    """Runs statements on a database as its owner would."""
    writer = sa.create_engine(address_of_file(url), poolclass=sa.pool.NullPool)
    with writer.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def filled(url: str) -> None:
    """A database as a warehouse might fill it: nothing in it is wrong."""
    create(url, JUNE)
    change(
        url,
        sa.insert(tables.child).values(record_key=7, child_id="1"),
        sa.insert(tables.provided_table).values(name="children"),
        sa.insert(tables.data_version).values(version="1", loaded_at=datetime.datetime(2026, 7, 1), as_at=JUNE),
    )


def test_what_a_load_makes_lacks_nothing(tmp_path: Path, url: str) -> None:
    source = tmp_path / "source"
    write(source, "Header", {})
    write(source, "Episodes", {})
    write(source, "attendance", {})
    load([source], url)
    assert check(url) == []


def test_tables_that_were_made_for_a_warehouse_wait_for_its_rows(url: str) -> None:
    create(url, JUNE)
    sentences = check(url)
    assert [sentence.split()[0] for sentence in sentences] == ["data_version", "provided_table"]
    filled_again = len(sentences)
    create(url, JUNE)
    assert len(check(url)) == filled_again


def test_a_well_filled_database_lacks_nothing(url: str) -> None:
    filled(url)
    assert check(url) == []


def test_missing_tables_and_columns_and_wrong_types_are_named(url: str) -> None:
    create(url, JUNE)
    change(
        url, sa.schema.DropTable(tables.attendance), sa.schema.DropTable(tables.exclusion), sa.schema.DropTable(tables.care_start),
        sa.schema.CreateTable(sa.Table("exclusion", sa.MetaData(), sa.Column("child_id", sa.String), sa.Column("start_date", sa.Date))),
        sa.schema.CreateTable(sa.Table("care_start", sa.MetaData(), sa.Column("child_id", sa.String), sa.Column("start_date", sa.String))),
    )
    sentences = check(url)
    assert [sentence.split(" is ")[0].split(" (")[0] for sentence in sentences] == [
        "The column care_start.start_date", "The table attendance", "The table exclusion lacks the column category",
    ]


@pytest.mark.parametrize(("statement", "words"), [
    (sa.insert(tables.child).values(record_key=7, child_id="2", sex="1"), "child.sex is none of M, F, U"),
    (sa.insert(tables.child).values(record_key=7, child_id="2", disabled=2), "child.disabled is neither 0 nor 1"),
    (sa.insert(tables.child).values(record_key=7, child_id="1"), "child has more than one row for 1 of its child_ids"),
    (sa.insert(tables.child).values(child_id="2"), "child.record_key is empty"),
    (sa.insert(tables.child).values(child_id="2", record_key=2**40), "child.record_key is empty or not from 0"),
    (sa.insert(tables.care_start).values(child_id="2", start_date=JUNE), "care_start has a child_id that the table child lacks"),
    (
        sa.insert(tables.attachment_need).values(child_id="1", status="confirmed", start_date=JUNE, end_date=datetime.date(2026, 6, 29)),
        "attachment_need ends before it starts",
    ),
    (sa.insert(tables.programme_session).values(programme_id="x", session_date=JUNE), "a programme_id that the table programme lacks"),
    (sa.delete(tables.period), "period has no month"),
    (sa.delete(tables.data_version), "data_version has 0 rows"),
    (sa.update(tables.data_version).values(as_at=datetime.date(2030, 1, 1)), "period has no year that holds the as-at date"),
    (sa.delete(tables.provided_table), "provided_table is empty"),
    (sa.insert(tables.provided_table).values(name="Attendance"), "provided_table.name is none of Header,"),
    (
        sa.insert(tables.attendance).values([{"child_id": "1", "session_date": JUNE, "session": "AM", "mark": mark} for mark in "/\\"]),
        "attendance has more than one row for 1 of its pairings of child_id, session_date and session",
    ),
    (
        sa.insert(tables.previous_permanence).values([{"child_id": "1", "collection_year": 2026}] * 2),
        "previous_permanence has more than one row for 1 of its pairings of child_id and collection_year",
    ),
    (
        sa.insert(tables.period).values(grain="year", label="2026-27", start_date=JUNE, last_date=JUNE),
        "period has more than one row for 1 of its pairings of grain and label",
    ),
    (sa.insert(tables.coverage).values(name="plans", start_date=JUNE), "coverage.name is none of assessments, programmes"),
    (sa.insert(tables.coverage).values(name="carers", start_date=JUNE, end_date=JUNE), "coverage ends before it starts"),
])
def test_wrong_values_are_counted(url: str, statement: sa.Executable, words: str) -> None:
    filled(url)
    change(url, statement)
    assert any(words in sentence for sentence in check(url)), check(url)


def test_a_table_of_coverage_may_be_missing_but_not_half_there(url: str) -> None:
    filled(url)
    change(url, sa.schema.DropTable(tables.coverage))
    assert check(url) == []
    half = sa.Table("coverage", sa.MetaData(), sa.Column("name", sa.String), sa.Column("start_date", sa.Date))
    change(url, sa.schema.CreateTable(half))
    assert [sentence.split(".")[0] for sentence in check(url)] == ["The table coverage lacks authority, end_date"]


def test_coverage_of_an_authority_that_nobody_is_of_is_told(url: str) -> None:
    filled(url)
    change(url, sa.insert(tables.child_authority).values(child_id="1", authority="Barnet", region="London"))
    change(url, sa.insert(tables.coverage).values(name="carers", authority="Brent"))
    assert [sentence.split(". ")[0] for sentence in check(url)] == [
        "In 1 row coverage.authority is none of the authorities of child_authority",
    ]


def test_a_view_is_as_good_as_a_table(url: str) -> None:
    filled(url)
    held = sa.Table("warehouse_child", sa.MetaData(), *(column._copy() for column in tables.child.columns))
    view = sa.DDL("CREATE VIEW child AS SELECT * FROM warehouse_child")
    change(url, sa.schema.DropTable(tables.child), sa.schema.CreateTable(held), sa.insert(held).values(record_key=7, child_id="1"), view)
    assert check(url) == []


def test_a_column_of_another_type_is_told_to_a_reader_too(postgresql_database: Callable[[], str]) -> None:
    url = postgresql_database()
    filled(url)
    change(url, sa.DDL("ALTER TABLE child ALTER COLUMN disabled TYPE boolean USING disabled = 1"))
    with pytest.raises(DatabaseUnavailable, match="qs133 check"), engine(url).connect() as reader:
        reader.execute(sa.select(tables.child).where(tables.child.c.disabled == 1))


def test_an_engine_whose_package_is_not_there_is_a_sentence() -> None:
    with pytest.raises(DatabaseUnavailable, match="needs the Python package MySQLdb"):
        check("mysql://someone:secret@host/name")
    with pytest.raises(DatabaseUnavailable, match="is not one that can be read"):
        check("warehouse://host/name")


def test_an_empty_cell_that_may_not_be_is_counted(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    filled(url)
    loose = sa.Table("care_start", sa.MetaData(), sa.Column("child_id", sa.String), sa.Column("start_date", sa.Date))
    change(url, sa.schema.DropTable(tables.care_start), sa.schema.CreateTable(loose), sa.insert(loose).values(child_id="1"))
    assert check(url) == ["In 1 row care_start.start_date is empty. It may not be: fill it or remove the rows."]


def test_a_database_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(DatabaseUnavailable, match="There is no database"):
        check("duckdb:////nowhere/reporting.duckdb")
    with pytest.raises(DatabaseUnavailable, match="can't be made") as problem:
        create("postgresql+psycopg://someone:secret@127.0.0.1:9/none", JUNE)
    assert "secret" not in str(problem.value)
