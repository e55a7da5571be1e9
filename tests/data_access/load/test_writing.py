"""A load replaces everything or nothing: for readers meanwhile, for a killed load, for two at once, on DuckDB and PostgreSQL."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from data_access.engines import DatabaseUnavailable, current_version, engine
from data_access.load import LoadError, load
from data_access.load.storing.writing import replace_contents
from data_access.tables import attendance, child, data_version, metadata
from tests.data_access.empty_databases import empty_database
from tests.data_access.files import contents_of, rows_of, write

PROJECT = Path(__file__).resolve().parents[3]
AS_AT = datetime.date(2025, 6, 30)


@pytest.fixture(params=["duckdb", "postgresql", "sqlite"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    return empty_database(request, tmp_path)


def sources(folder: Path, children: int, sessions: int = 0) -> Path:
    """So many children, each with so many attendance rows."""
    ids = [f"é'{number:03d}" for number in range(children)]
    write(folder, "children", *({"child_id": id, "team": 'a "b", c\\'} for id in ids))
    write(folder, "assessments", *({"assessment_id": id, "child_id": id, "personal": "1"} for id in ids))
    days = [str(datetime.date(2023, 1, 1) + datetime.timedelta(days=day)) for day in range(sessions)]
    write(folder, "attendance", *({"child_id": id, "date": day, "mark": "\\"} for id in ids for day in days))
    return folder


def test_loading_twice_gives_the_same_contents_and_loading_less_leaves_nothing_behind(tmp_path: Path, url: str) -> None:
    many, few = sources(tmp_path / "many", 20, 5), sources(tmp_path / "few", 3)
    first = load([many], url)
    held = contents_of(url)
    assert len(held["child"]) == 20 and held["child"][0]["team"] == 'a "b", c\\' and len(held["attendance"]) == 100
    assert load([many], url) == first
    assert contents_of(url) == held
    load([few], url, as_at=AS_AT)
    assert len(rows_of(url, "child")) == 3 and rows_of(url, "attendance") == []
    assert load([many], url).version == first.version
    assert contents_of(url) == held


def test_every_kind_of_database_holds_the_same(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    source = sources(tmp_path / "source", 20, 5)
    urls = [f"duckdb:///{tmp_path / 'a.duckdb'}", f"sqlite:///{tmp_path / 'a.db'}", postgresql_database()]
    held = []
    for url in urls:
        load([source], url)
        held.append(contents_of(url))
    assert held[0] == held[1] == held[2]


def test_postgresql_plans_for_what_was_loaded_at_once(tmp_path: Path, postgresql_url: str) -> None:
    known = sa.table("pg_class", sa.column("relname"), sa.column("reltuples"))
    for children in (2, 7):
        load([sources(tmp_path / str(children), children)], postgresql_url)
        with engine(postgresql_url).connect() as connection:
            assert connection.scalar(sa.select(known.c.reltuples).where(known.c.relname == "child")) == children


def test_the_version_changes_with_the_contents_and_with_the_as_at_date(tmp_path: Path, url: str) -> None:
    one, two = sources(tmp_path / "one", 2), sources(tmp_path / "two", 3)
    seen, versions = set(), set()
    for source, as_at in ((one, AS_AT), (two, AS_AT), (one, datetime.date(2025, 7, 1))):
        versions.add(load([source], url, as_at=as_at).version)
        seen.add(current_version(url))
    assert len(seen) == len(versions) == 3


def test_a_load_that_is_stopped_leaves_what_was_there(tmp_path: Path, url: str) -> None:
    load([sources(tmp_path / "good", 4)], url)
    held = contents_of(url)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "unknown.csv").write_text("a,b\n1,2\n")
    with pytest.raises(LoadError):
        load([tmp_path / "bad"], url)
    broken = pl.DataFrame({"child_id": [None]}, schema={"child_id": pl.String})
    contents = {table.name: pl.DataFrame(schema=dict.fromkeys(table.columns.keys(), pl.String)) for table in metadata.sorted_tables}
    del contents["data_version"]
    contents["care_start"] = broken.with_columns(start_date=pl.lit(None, dtype=pl.Date))
    with pytest.raises(LoadError, match="can't be written"):
        replace_contents(url, contents, AS_AT, lambda _doing, _share: None)
    assert contents_of(url) == held


LOADER = """
import sys
from pathlib import Path
from data_access.load import load

def tell(doing, share):
    print(doing, flush=True)
    if doing in sys.argv[3:]:
        sys.stdin.read()  # until it is killed

load([Path(sys.argv[1])], sys.argv[2], progress=tell)
"""


def loading(source: Path, url: str, *waits_at: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", LOADER, str(source), url, *waits_at]
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("moment", ["Reading attendance.csv", "Checking attendance", "Writing attendance", "Writing data_version"])
def test_a_killed_load_leaves_what_was_there_and_the_next_one_works(tmp_path: Path, url: str, moment: str) -> None:
    load([sources(tmp_path / "old", 3)], url)
    held = contents_of(url)
    new = sources(tmp_path / "new", 50, 200)
    process = loading(new, url, moment)
    assert process.stdin is not None and process.stdout is not None
    for line in process.stdout:
        if line.strip() == moment:
            break
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    process.stdin.close()
    process.stdout.close()
    assert contents_of(url) == held
    load([new], url)
    assert len(rows_of(url, "child")) == 50
    assert not [path for path in tmp_path.iterdir() if "loading" in path.name]


def test_readers_see_one_load_or_the_other_while_loads_go_on(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    one, two = sources(tmp_path / "one", 5, 4), sources(tmp_path / "two", 9, 4)
    for url in (f"duckdb:///{tmp_path / 'reporting.duckdb'}", postgresql_database()):
        load([one], url)
        stop = threading.Event()
        seen: set[tuple[str, tuple[int, int]]] = set()
        problems: list[Exception] = []
        readers = [threading.Thread(target=_read, args=(url, stop, seen, problems)) for _ in range(3)]
        for reader in readers:
            reader.start()
        for source in (two, one) * 3:
            load([source], url)
        stop.set()
        for reader in readers:
            reader.join()
        assert problems == []
        assert {counted for _, counted in seen} <= {(5, 20), (9, 36)}
        assert len({version for version, _ in seen}) == len(seen)


def _read(url: str, stop: threading.Event, seen: set[tuple[str, tuple[int, int]]], problems: list[Exception]) -> None:
    reader = engine(url)
    try:
        while not stop.is_set():
            with reader.connect() as connection:
                version = connection.scalar(sa.select(data_version.c.version))
                counted = tuple(connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in (child, attendance))
            seen.add((str(version), (counted[0] or 0, counted[1] or 0)))
    except Exception as problem:
        problems.append(problem)
    finally:
        reader.dispose()


def test_a_reader_who_stays_connected_does_not_hide_a_new_load(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    load([sources(tmp_path / "one", 2)], url)
    with engine(url).connect() as staying:
        assert staying.scalar(sa.select(sa.func.count()).select_from(child)) == 2
        load([sources(tmp_path / "two", 3)], url)
        assert staying.scalar(sa.select(sa.func.count()).select_from(child)) == 2
        assert len(rows_of(url, "child")) == 3


@pytest.fixture
def slow_load(tmp_path: Path, url: str) -> Iterator[str]:
    """The address of a database into which another process is loading, stopped while it writes."""
    process = loading(sources(tmp_path / "slow", 30, 30), url, "Writing child")
    assert process.stdin is not None and process.stdout is not None
    for line in process.stdout:
        if line.strip() == "Writing child":
            break
    yield url
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


@pytest.mark.parametrize("url", ["duckdb", "postgresql"], indirect=True)
def test_two_loads_at_once_are_a_sentence_and_no_mixture(tmp_path: Path, slow_load: str) -> None:
    source = sources(tmp_path / "source", 2)
    with pytest.raises(LoadError, match="Another load into this database is under way"):
        load([source], slow_load)


def test_a_database_that_cannot_be_written_is_a_sentence_without_the_password(tmp_path: Path) -> None:
    source = sources(tmp_path / "source", 2)
    for address in ("postgresql+psycopg://someone:secret@127.0.0.1:9/none", "duckdb:////proc/none/reporting.duckdb", "duckdb:///:memory:"):
        with pytest.raises(LoadError) as problem:
            load([source], address)
        assert "secret" not in str(problem.value) and len(problem.value.sentences) == 1


def test_a_row_that_a_database_does_not_take_is_told_without_the_child(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    for url in (postgresql_database(), f"duckdb:///{tmp_path / 'reporting.duckdb'}"):
        load([sources(tmp_path / "source", 2)], url)
        bad = pl.DataFrame({column.name: ["A00012345"] for column in child.columns})
        with pytest.raises(LoadError, match="qs133 check") as problem:
            replace_contents(url, {"child": bad}, AS_AT, lambda _doing, _share: None)
        assert "00012345" not in str(problem.value)
        with engine(url).connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(child)) == 2


def test_readers_cannot_write(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    for url in (postgresql_database(), f"duckdb:///{tmp_path / 'reporting.duckdb'}"):
        load([sources(tmp_path / "source", 2)], url)
        reader = engine(url)
        with pytest.raises((sa.exc.DBAPIError, DatabaseUnavailable)), reader.begin() as connection:
            connection.execute(sa.delete(child))
        with reader.connect() as connection:
            assert connection.scalar(sa.select(sa.func.count()).select_from(child)) == 2


def test_an_old_log_beside_the_file_is_not_played_into_the_new_one(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    (tmp_path / "reporting.duckdb.wal").write_bytes(b"left by another program")
    load([sources(tmp_path / "source", 2)], url)
    assert len(rows_of(url, "child")) == 2


def test_a_link_to_the_database_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "reporting.duckdb"
    link.symlink_to(tmp_path / "elsewhere" / "real.duckdb")
    load([sources(tmp_path / "source", 2)], f"duckdb:///{link}")
    assert link.is_symlink() and len(rows_of(f"duckdb:///{link}", "child")) == 2


def test_readers_are_told_what_to_check(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    (tmp_path / "text.duckdb").write_text("this is not a database")
    empty = postgresql_database()
    cases = {
        f"duckdb:///{tmp_path / 'absent.duckdb'}": "There is no database at",
        f"duckdb:///{tmp_path / 'text.duckdb'}": "can't be opened",
        "postgresql+psycopg://someone:secret@127.0.0.1:9/none": "can't be reached",
        empty: "qs133 check",
        "nonsense": "not one that can be read",
        "duckdb:///:memory:": "names no DuckDB file",
    }
    for address, words in cases.items():
        with pytest.raises(DatabaseUnavailable, match=words) as problem, engine(address).connect() as connection:
            connection.execute(sa.select(child))
        assert "secret" not in str(problem.value)
    for address in (empty, f"duckdb:///{tmp_path / 'absent.duckdb'}"):
        with pytest.raises(DatabaseUnavailable):
            current_version(address)
    metadata.create_all(sa.create_engine(empty))
    with pytest.raises(DatabaseUnavailable, match="holds no data yet"):
        current_version(empty)


def test_the_cheap_version_of_a_file_changes_with_each_load(tmp_path: Path) -> None:
    url = f"duckdb:///{tmp_path / 'reporting.duckdb'}"
    source = sources(tmp_path / "source", 2)
    load([source], url)
    before = current_version(url)
    assert current_version(url) == before
    load([source], url)
    assert current_version(url) != before


def test_asking_a_postgresql_for_its_version_keeps_a_connection_and_makes_one_anew_where_it_has_ended(
    tmp_path: Path, postgresql_database: Callable[[], str],
) -> None:
    url = postgresql_database()
    load([sources(tmp_path / "source", 2)], url)
    # Not the server's own processes: it may be clearing up after a load.
    others = sa.text(
        "SELECT pid FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )
    asker = sa.create_engine(url, poolclass=sa.NullPool)

    def kept() -> list[int]:
        """The connections, once those that were closed have ended: a load's may take a moment longer than the load."""
        for _ in range(200):
            with asker.connect() as connection:
                found = list(connection.scalars(others))
            if len(found) == 1:
                break
            time.sleep(0.05)
        return found

    before, loaded = current_version(url), kept()
    assert [current_version(url) for _ in range(3)] == [before] * 3 and kept() == loaded and len(loaded) == 1
    load([sources(tmp_path / "again", 3)], url)
    after = current_version(url)
    assert after != before and kept() == loaded
    with asker.connect() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": loaded[0]})
    assert current_version(url) == after
