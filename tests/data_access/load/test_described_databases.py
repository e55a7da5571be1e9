"""Databases as sources that `sources.toml` describes: PostgreSQL, DuckDB and SQLite, read only, and told of without a password."""

from __future__ import annotations

import datetime
import json
import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.sources import descriptions
from config.toml_file import PACKAGED
from dashboard.command_line import main
from data_access.load import LoadError, LoadReport, load
from tests.data_access.files import database, reasons, rows_of, write

A_DAY = datetime.date(2025, 3, 4)
CREATED = (
    "CREATE TABLE needs (ref VARCHAR(20), upn VARCHAR(20), level VARCHAR(30), since DATE, until DATE, stage VARCHAR(10))",
    "INSERT INTO needs VALUES ('1', 'A123456789012', 'Tier 2', '2024-09-01', '2024-09-30', 'Agreed')",
    "INSERT INTO needs VALUES ('2', 'b123456789012', 'Confirmed', '2024-10-01', NULL, 'agreed')",
    "INSERT INTO needs VALUES ('2', 'B123456789012', 'Nobody knows', '2024-10-02', NULL, 'Agreed')",
    "INSERT INTO needs VALUES ('1', 'A123456789012', 'Confirmed', '2024-11-01', NULL, 'Draft')",
    "INSERT INTO needs VALUES ('Total', NULL, '4', NULL, NULL, 'Agreed')",
)
SETTINGS = """
becomes = "attachment_needs"
ignore_rows = { ref = ["Total"] }
only = { stage = ["Agreed"] }
last_day_included = true
child = { column = "UPN", is = "upn" }
[source.columns]
status = "level"
start_date = "since"
end_date = "until"
[source.values.status]
"Tier 2" = "at_risk"
"""


@pytest.fixture(params=["postgresql", "duckdb", "sqlite"])
def held(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a council's database, which the variable HELD holds."""
    if request.param == "postgresql":
        postgresql_database: Callable[[], str] = request.getfixturevalue("postgresql_database")
        url = postgresql_database()
    else:
        url = f"{request.param}:///{tmp_path / 'held.db'}"
    run(url, *CREATED)
    monkeypatch.setenv("HELD", url)
    return url


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    owner = sa.create_engine(url, poolclass=NullPool)
    with owner.begin() as connection:
        results = [connection.exec_driver_sql(statement) for statement in statements]
        return [tuple(row) for row in results[-1]] if results[-1].returns_rows else []


def source(sql: str, settings: str = SETTINGS) -> str:
    return f'[[source]]\ndatabase = "env:HELD"\nsql = {json.dumps(sql)}{settings}\n'


def loaded(tmp_path: Path, text: str) -> LoadReport:
    known = tmp_path / "known"
    write(known, "Header", {"CHILD": "1", "SEX": "", "UPN": "A123456789012"}, {"CHILD": "2", "SEX": "", "UPN": "B123456789012"})
    write(known, "Episodes", {"CHILD": "1", "DECOM": "01/05/2024"})
    return load([known], database(tmp_path), as_at=A_DAY, described=descriptions(text, "sources.toml"))


def needs(tmp_path: Path) -> list[tuple[object, ...]]:
    return [(row["child_id"], row["status"], row["start_date"], row["end_date"]) for row in rows_of(database(tmp_path), "attachment_need")]


@pytest.mark.usefixtures("held")
def test_rows_are_read_set_aside_and_quarantined_as_those_of_a_file(tmp_path: Path) -> None:
    report = loaded(tmp_path, source("SELECT * FROM needs ORDER BY since"))
    (each,) = [file for file in report.files if file.table == "attachment_needs"]
    assert (each.rows_read, each.rows_loaded, each.rows_quarantined, each.rows_set_aside) == (5, 2, 1, 2)
    assert needs(tmp_path) == [
        ("1", "at_risk", datetime.date(2024, 9, 1), datetime.date(2024, 10, 1)), ("2", "confirmed", datetime.date(2024, 10, 1), None),
    ]
    ((_, reason),) = reasons(database(tmp_path), "attachment_needs")
    assert "Nobody knows" in reason
    (row,) = rows_of(database(tmp_path), "quarantine")
    assert "123456789012" not in str(row["row"])


def test_a_later_source_replaces_rows_with_the_same_key(tmp_path: Path, held: str) -> None:
    run(
        held, "CREATE TABLE feed (child VARCHAR(5), day DATE, half VARCHAR(5), code VARCHAR(5))",
        "INSERT INTO feed VALUES ('1', '2024-09-02', 'AM', 'O')", "INSERT INTO feed VALUES ('1', '2024-09-03', 'AM', '/')",
    )
    columns = '[source.columns]\nchild_id = "child"\ndate = "day"\nsession = "half"\nmark = "code"'
    feed = f'\nbecomes = "attendance"\n{columns}'
    corrected = "SELECT child, day, half, 'L' AS code FROM feed WHERE code = 'O'"
    loaded(tmp_path, source("SELECT * FROM feed", feed) + source(corrected, feed))
    assert [row["mark"] for row in rows_of(database(tmp_path), "attendance")] == ["L", "/"]
    loaded(tmp_path, source(corrected, feed) + source("SELECT * FROM feed", feed))
    assert [row["mark"] for row in rows_of(database(tmp_path), "attendance")] == ["O", "/"]


@pytest.mark.usefixtures("held")
def test_dates_with_the_month_first_in_text_are_refused_or_read_as_described(tmp_path: Path) -> None:
    sql = "SELECT ref, upn, level, '10/31/2024' AS since, until, stage FROM needs WHERE level = 'Confirmed'"
    said = r"env:HELD: start_date, read from the column 'since', has dates with the month first, such as 10/31/2024 in row 2.*toml, line 1,"
    with pytest.raises(LoadError, match=said):
        loaded(tmp_path, source(sql))
    loaded(tmp_path, source(sql, f'\ndates = ["MM/DD/YYYY"]{SETTINGS}'))
    assert needs(tmp_path) == [("2", "confirmed", datetime.date(2024, 10, 31), None)]


@pytest.mark.parametrize("sql", [
    "INSERT INTO needs SELECT * FROM needs", "DROP TABLE needs", "SELECT * FROM needs; DROP TABLE needs", "PRAGMA x",
    "WITH gone AS (DELETE FROM needs RETURNING *) SELECT * FROM gone", "SELECT * INTO other FROM needs",
    "SELECT $a$'$a$ AS level, * FROM needs; COMMIT; DELETE FROM needs; --'",
    "SELECT $$'$$ AS level, * FROM needs; COMMIT; DELETE FROM needs; --'",
    r"SELECT E'\'' AS level, * FROM needs; COMMIT; DELETE FROM needs; --'",
    "SELECT * FROM needs /* /* */ ' */; COMMIT; DELETE FROM needs; --'",
])
def test_sql_that_is_more_than_one_select_changes_nothing(tmp_path: Path, held: str, sql: str) -> None:
    before = run(held, "SELECT * FROM needs")
    with pytest.raises(LoadError, match=r"sources\.toml, line 3: sql must be one SELECT"):
        loaded(tmp_path, source(sql))
    assert run(held, "SELECT * FROM needs") == before


def test_a_function_that_writes_is_refused_by_the_database(
    tmp_path: Path, postgresql_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = postgresql_database()
    monkeypatch.setenv("HELD", url)
    run(url, *CREATED, "CREATE FUNCTION emptied() RETURNS text LANGUAGE sql AS 'DELETE FROM needs RETURNING ref'")
    with pytest.raises(LoadError, match="read-only transaction"):
        loaded(tmp_path, source("SELECT emptied(), * FROM needs"))
    assert len(run(url, "SELECT * FROM needs")) == 5


@pytest.mark.usefixtures("held")
def test_signs_that_mean_something_to_drivers_are_text(tmp_path: Path) -> None:
    loaded(tmp_path, source("SELECT * FROM needs WHERE level LIKE '%2%' AND level <> ' :x' AND level <> '; DROP TABLE needs'"))
    assert [row[1] for row in needs(tmp_path)] == ["at_risk"]


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize(("sql", "words"), [
    ("SELECT * FROM missing", "sources.toml, line 2: the database can't be read"),
    ("SELECT ref, upn, level, since, stage FROM needs", "The SELECT of sources.toml, line 3 lacks the column 'until'"),
    ("SELECT ref, * FROM needs WHERE", "sources.toml, line 2: the database can't be read"),
])
def test_a_wrong_select_is_told_with_the_line(tmp_path: Path, sql: str, words: str) -> None:
    with pytest.raises(LoadError) as problem:
        loaded(tmp_path, source(sql))
    assert str(problem.value).startswith(words)


def test_ids_that_are_uuids(tmp_path: Path, postgresql_database: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELD", postgresql_database())
    sql = "SELECT 'c0ffee00-0000-4000-8000-000000000001'::uuid AS carer, '1' AS child, DATE '2024-09-01' AS since"
    loaded(tmp_path, source(sql, '\nbecomes = "carers"\n[source.columns]\ncarer_id = "carer"\nchild_id = "child"\nstart_date = "since"'))
    assert [row["carer_id"] for row in rows_of(database(tmp_path), "carer")] == ["c0ffee00-0000-4000-8000-000000000001"]


SECRET = "hunter2-secret"


@pytest.mark.parametrize("address", [
    f"postgresql+psycopg://me:{SECRET}@localhost:1/x", f"postgresql+psycopg://me@localhost:1/x?password={SECRET}",
    f"postgresql+psycopg://me:{SECRET}@localhost:port/x", f"postgresql+psycopg://me:{SECRET}@/x?host=/nowhere&sslmode={SECRET}",
    f"mssql+pyodbc://me:{SECRET}@server/x", f"nothing+such://me:{SECRET}@server/x", f"just {SECRET}",
    f"duckdb:////nowhere/x.duckdb?password={SECRET}",
])
def test_no_password_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, address: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("HELD", address)
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path / "config"))
    shutil.copytree(PACKAGED, tmp_path / "config")
    (tmp_path / "config" / "sources.toml").write_text(source("SELECT * FROM needs"), encoding="utf-8")
    write(tmp_path / "known", "children", {"child_id": "1"})
    assert main(["load", str(tmp_path / "known"), "--database", database(tmp_path)]) == 1
    written = capfd.readouterr()
    assert "sources.toml, line 2: " in written.err
    assert SECRET not in written.out + written.err + caplog.text


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for engine in ("sqlite", "duckdb"):
        monkeypatch.setenv("HELD", f"{engine}:///{tmp_path / 'absent.db'}")
        with pytest.raises(LoadError, match=r"sources\.toml, line 2: the database can't be read"):
            loaded(tmp_path, source("SELECT * FROM needs"))
        assert not (tmp_path / "absent.db").exists()


def test_a_variable_that_is_not_set_is_named(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"sources\.toml, line 2: the environment variable HELD is not set"):
        loaded(tmp_path, source("SELECT * FROM needs"))


def test_values_of_several_kinds_in_one_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "held.db") as connection:
        connection.execute("CREATE TABLE t (a, b, c)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?)", [(1, "Confirmed", "2024-09-01 00:00:00"), (2.0, "Confirmed", 45536)])
    monkeypatch.setenv("HELD", f"sqlite:///{tmp_path / 'held.db'}")
    columns = '[source.columns]\nchild_id = "a"\nstatus = "b"\nstart_date = "c"'
    loaded(tmp_path, source("SELECT a, b, c FROM t", f'\nbecomes = "attachment_needs"\n{columns}'))
    assert [(row[0], row[2]) for row in needs(tmp_path)] == [("1", datetime.date(2024, 9, 1))]
    assert "45536" in reasons(database(tmp_path), "attachment_needs")[0][1]
