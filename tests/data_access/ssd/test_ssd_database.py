"""Reading the dataset's database: what is an address, what is missing, that nothing in it is changed, and what is never said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql
from sqlalchemy.pool import NullPool

from data_access.load import LoadError, load
from data_access.load.ssd import database as reading
from data_access.load.ssd import mapping as ssd
from tests.dashboard.commands.test_load_command import run
from tests.data_access.datasets import COLUMNS, DEFAULTS, dataset
from tests.data_access.files import database, rows_of

GOOD = {name: [{}] for name in DEFAULTS}
Database = Callable[[], str]


@pytest.fixture
def address(postgresql_database: Database) -> str:
    """The address of a dataset with a row in each table."""
    return dataset(postgresql_database(), GOOD)


def change(url: str, *statements: sa.Executable) -> None:
    writer = sa.create_engine(url, poolclass=NullPool)
    with writer.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    writer.dispose()


def refused(address: str) -> list[str]:
    """The sentences with which a source is refused."""
    with pytest.raises(LoadError) as error:
        reading.read_database(address)
    return error.value.sentences


@pytest.mark.parametrize(("source", "is_one"), [
    ("mssql+pyodbc://server/database", True), ("postgresql+psycopg://user@/database?host=/tmp", True), ("duckdb:///file", True),
    ("env:SSD_DATABASE", True), ("ssda903-2025-26", False), ("extracts/children.csv", False), ("/srv/returns", False),
    ("C:/returns", False), ("C:\\returns", False), ("c://returns", False), ("env", False), ("", False),
])
def test_an_address_is_told_from_a_path(source: str, is_one: bool) -> None:
    assert reading.is_address(source) is is_one


@pytest.mark.parametrize(("address", "shown"), [
    ("mssql+pyodbc://ann:secret@server:1433/db?driver=ODBC+Driver+18+for+SQL+Server", "mssql+pyodbc://server:1433/db"),
    ("mssql+pyodbc://ann:s%40cret@server/db?schema=ssd_development", "mssql+pyodbc://server/db?schema=ssd_development"),
    ("mssql+pyodbc:///?odbc_connect=SERVER%3Dx%3BUID%3Dann%3BPWD%3Dsecret", "mssql+pyodbc:///"),
    ("postgresql://ann@/db?password=secret", "postgresql:///db"),
])
def test_an_address_is_shown_without_who_and_with_what(address: str, shown: str) -> None:
    assert reading.shown_address(address) == shown


def test_a_variable_may_hold_the_address(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSD_DATABASE", address)
    report = load(["env:SSD_DATABASE"], database(tmp_path))
    assert {each.source for each in report.files} == {reading.shown_address(address)}
    monkeypatch.delenv("SSD_DATABASE")
    assert refused("env:SSD_DATABASE") == [
        "env:SSD_DATABASE: the environment variable SSD_DATABASE is not set. Set it to the database's address.",
    ]


def test_the_command_takes_an_address(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "load", address, "--database", database(tmp_path))
    assert (code, err) == (0, "")
    assert "ssd_cla_previous_permanence           1       1            0" in out
    assert rows_of(database(tmp_path), "data_version")[0]["as_at"].isoformat() == "2025-06-01"


def test_each_missing_table_is_a_sentence(postgresql_database: Database) -> None:
    sentences = refused(postgresql_database())
    assert len(sentences) == len(ssd.TABLES)
    assert "has no table ssd_person in your own schema; another is named with ?schema=NAME" in sentences[0]
    assert "ssd_person has the columns pers_person_id, pers_sex, pers_ethnicity, pers_dob." in sentences[0]
    named = refused(f"{postgresql_database()}&schema=ssd_development")
    assert "no table ssd_sdq_scores in the schema ssd_development" in named[6]


def test_each_missing_column_is_named_with_what_was_expected(postgresql_database: Database, tmp_path: Path) -> None:
    url = dataset(postgresql_database(), GOOD)
    old = sa.Table("ssd_cla_episodes", sa.MetaData(), sa.Column("clae_cla_episode_id", sa.String), sa.Column("CLAE_person_id", sa.String))
    writer = sa.create_engine(url, poolclass=NullPool)
    with writer.begin() as connection:
        connection.execute(sa.schema.DropTable(old))
        connection.execute(sa.schema.CreateTable(old))
    sentences = refused(url)
    assert len(sentences) == 1
    assert "ssd_cla_episodes has the columns clae_cla_episode_id, CLAE_person_id; clae_cla_episode_id, clae_person_id" in sentences[0]
    assert sentences[0].endswith(
        "Missing: clae_cla_placement_id, clae_cla_episode_start_date, clae_cla_episode_start_reason, clae_cla_episode_ceased_date, "
        "clae_cla_episode_ceased_reason."
    )
    with pytest.raises(LoadError):
        load([url], database(tmp_path))
    assert not (tmp_path / "reporting.duckdb").exists()


def test_the_tables_may_be_in_a_schema(postgresql_database: Database, tmp_path: Path) -> None:
    address = dataset(postgresql_database(), GOOD, schema="ssd_development")
    report = load([address], database(tmp_path))
    assert [each.rows_loaded for each in report.files] == [1] * len(ssd.TABLES)


@pytest.fixture
def sent() -> Iterator[list[tuple[str, object]]]:
    """Every statement sent to a PostgreSQL, with whether its transaction was read-only."""
    seen: list[tuple[str, object]] = []

    def note(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
        seen.append((statement, getattr(connection.connection.driver_connection, "read_only", None)))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_only_selects_are_sent_and_nothing_names_a_child(address: str, sent: list[tuple[str, object]]) -> None:
    sent.clear()
    reading.read_database(address)
    assert sent
    assert {statement.split()[0].lower() for statement, _ in sent} <= {"select", "show"}
    of_tables = [statement for statement, _ in sent if "FROM ssd_" in statement]
    assert len(of_tables) == len(ssd.TABLES)
    assert all(read_only for statement, read_only in sent if "FROM ssd_" in statement)
    private = ("surname", "forename", "upn", "postcode", "unique_id", "urn", "gender", "nationality")
    assert not [statement for statement in of_tables for word in private if word in statement]


def test_even_a_view_that_writes_changes_nothing(address: str) -> None:
    """A view may call a function, and a function may write: the transaction is what forbids it."""
    change(
        address,
        sa.DDL("CREATE TABLE log (at timestamp)"),
        sa.DDL("CREATE FUNCTION noted() RETURNS text LANGUAGE sql AS 'INSERT INTO log VALUES (now()); SELECT ''NONE'';'"),
        sa.DDL("DROP TABLE ssd_disability"),
        sa.DDL("CREATE VIEW ssd_disability AS SELECT '1' AS disa_table_id, '1' AS disa_person_id, noted() AS disa_disability_code"),
    )
    [sentence] = refused(address)
    assert "can't be read (cannot execute INSERT in a read-only transaction)" in sentence


@pytest.mark.parametrize(("address", "words"), [
    ("mssql+pyodbc://ann:hunter2@server/db", "mssql+pyodbc://server/db: its driver, the package pyodbc, is not installed."),
    ("nosuch://ann:hunter2@server/db", "there is no database engine 'nosuch'"),
    ("postgresql+psycopg://ann:hunter2@127.0.0.1:1/db?password=hunter2", "The database postgresql+psycopg://127.0.0.1:1/db can't be read"),
    ("postgresql+psycopg://ann:hunter2@127.0.0.1:port/db", "A source is no database address that can be read."),
    ("duckdb:///hunter2.duckdb", "is read from a database server, not from a database file"),
    ("postgresql+psycopg://ann@127.0.0.1:1/db?nosuch=hunter2&sslpassword=hunter2", "can't be read (invalid"),
])
def test_what_can_not_be_read_is_told_without_a_password(
    address: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, err = run(capsys, "load", address, "--database", database(tmp_path))
    assert (code, out) == (1, "") and words in err and "hunter2" not in err
    assert not (tmp_path / "hunter2.duckdb").exists()


def test_a_drivers_words_are_shown_without_secrets() -> None:
    url = sa.make_url("mssql+pyodbc://ann:s%3Bcret@/?odbc_connect=DRIVER%3D{x};PWD%3D{p}};w};UID%3Dann&Password=other")
    text = reading.without_secrets("login failed: s;cret, other; PWD={p}};w}; pwd=third;AccessToken=fourth", url)
    assert not [secret for secret in ("s;cret", "other", "third", "fourth") if secret in text]


@pytest.mark.parametrize("schema", [None, "ssd_development", "warehouse.ssd_development"])
def test_the_statements_are_sql_servers(schema: str | None) -> None:
    for table in ssd.TABLES:
        text = str(reading.statement(table, {name: name for name in table.columns}, schema).compile(dialect=mssql.dialect()))
        where = f"{schema}." if schema else ""
        assert text.replace("[", "").replace("]", "").split(" \nFROM ") == [
            f"SELECT {', '.join(f'{where}{table.name}.{name}' for name in table.columns)}", f"{where}{table.name}",
        ]


def test_every_column_that_is_read_is_in_the_model() -> None:
    for table in ssd.TABLES:
        assert set(table.columns) <= set(COLUMNS[table.name].split()), table.name
