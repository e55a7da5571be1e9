"""The way back to an earlier load: the same contents as before, the history kept, one step for readers and for a killed process."""

from __future__ import annotations

import datetime
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.engines import address_of_file, current_version, engine
from data_access.load import LoadError, load
from data_access.load.storing.history import history
from data_access.load.storing.rollback import NO_WAY_BACK, go_back, kept_loads, why_no_way_back
from data_access.tables import child, data_version, load_history, metadata
from tests.dashboard.commands.test_load_command import run
from tests.data_access.empty_databases import empty_database
from tests.data_access.files import contents_of, rows_of, write

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that keeps earlier loads."""
    return empty_database(request, tmp_path)


def source(folder: Path, children: int) -> Path:
    write(folder / str(children), "children", *({"child_id": f"{number}"} for number in range(children)))
    write(folder / str(children), "assessments", *({"assessment_id": f"{number}", "child_id": f"{number}"} for number in range(children)))
    return folder / str(children)


def loads(folder: Path, url: str, *children: int) -> None:
    for count in children:
        load([source(folder, count)], url, who=f"loader of {count}")


def test_back_and_forth(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    three, version_of_three = contents_of(url), current_version(url)
    loads(tmp_path, url, 4)
    entry = go_back(url, "somebody", keep=3)
    assert contents_of(url) == three and current_version(url) != version_of_three
    assert (entry.who, entry.what, entry.version) == ("somebody", "back", three["data_version"][0]["version"])
    assert [load.who for load in kept_loads(url)] == ["loader of 4", "loader of 2"]
    go_back(url, "somebody", keep=3)
    assert len(rows_of(url, "child")) == 2
    with pytest.raises(LoadError, match="No earlier load is kept"):
        go_back(url, "somebody", keep=3)
    newest = kept_loads(url)[0]
    go_back(url, "another", to=newest.load_id, keep=3)
    assert len(rows_of(url, "child")) == 4 and [load.who for load in kept_loads(url)] == ["loader of 3", "loader of 2"]


def test_the_history_survives_loads_and_going_back(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    go_back(url, "somebody", keep=3)
    loads(tmp_path, url, 5)
    found = history(url)
    assert [(load.who, load.what) for load in found] == [
        ("loader of 5", "load"), ("somebody", "back"), ("loader of 3", "load"), ("loader of 2", "load"),
    ]
    assert [load.rows_read for load in found] == [10, 4, 6, 4]
    assert found[1].contents_of == found[3].load_id and found[0].contents_of == found[0].load_id
    assert found[0].version == rows_of(url, "data_version")[0]["version"]
    ids = [load.load_id for load in found]
    assert ids == sorted(ids, reverse=True) and len(set(ids)) == 4


def test_only_so_many_are_kept(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3, 4, 5, 6)
    assert [load.who for load in kept_loads(url)] == ["loader of 5", "loader of 4", "loader of 3"]
    go_back(url, "somebody", keep=1)
    assert [load.who for load in kept_loads(url)] == ["loader of 6"]
    assert len(history(url)) == 6


def test_a_load_that_is_not_kept_is_a_sentence_and_changes_nothing(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    held, current = contents_of(url), history(url)[0]
    for to, words in (("20200101t000000000000", "No load 20200101t000000000000 is kept"), (current.load_id, "already holds")):
        with pytest.raises(LoadError, match=words):
            go_back(url, "somebody", to=to, keep=3)
    assert contents_of(url) == held and len(history(url)) == 2


def test_a_database_without_a_history_begins_one(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2)
    writer = sa.create_engine(address_of_file(url))
    with writer.begin() as connection:
        load_history.drop(connection)
    writer.dispose()
    assert [(load.who, load.what, load.rows_read) for load in history(url)] == [("", "load", 4)]
    loads(tmp_path, url, 3)
    assert [load.who for load in history(url)] == ["loader of 3", ""]
    go_back(url, "somebody", keep=3)
    assert len(rows_of(url, "child")) == 2


def test_a_kept_load_that_does_not_suit_is_a_sentence_and_changes_nothing(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    held = contents_of(url)
    kept = kept_loads(url)[0].load_id
    if url.startswith("duckdb"):
        (file,) = tmp_path.glob(f"reporting.duckdb.version-{kept}")
        writer = sa.create_engine(address_of_file(f"duckdb:///{file}"))
        table = child
    else:
        writer = sa.create_engine(url)
        table = child.to_metadata(sa.MetaData(), schema=f"qs133_kept_{kept}")
    with writer.begin() as connection:
        table.drop(connection)
        connection.execute(sa.schema.CreateTable(sa.Table(child.name, sa.MetaData(), sa.Column("other", sa.Integer), schema=table.schema)))
    writer.dispose()
    with pytest.raises(LoadError, match=r"don't suit this version|can't be written"):
        go_back(url, "somebody", keep=3)
    assert contents_of(url) == held


def test_where_nothing_is_kept(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    url = f"sqlite:///{tmp_path / 'reporting.db'}"
    loads(tmp_path, url, 2, 3)
    assert kept_loads(url) == [] and why_no_way_back(url) == NO_WAY_BACK
    assert [load.who for load in history(url)] == ["loader of 3", "loader of 2"]
    with pytest.raises(LoadError, match="backup"):
        go_back(url, "somebody", keep=3)
    # Where the user may not make a schema, loading works as ever.
    owner = postgresql_database()
    engine_of_owner = sa.create_engine(owner)
    with engine_of_owner.begin() as connection:
        metadata.create_all(connection)
        user = f"loader_{sa.make_url(owner).database}"
        connection.exec_driver_sql(f"CREATE ROLE {user} LOGIN")
        connection.exec_driver_sql(f"GRANT USAGE, CREATE ON SCHEMA public TO {user}")
        connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}")
    restricted = sa.make_url(owner).set(username=user).render_as_string(hide_password=False)
    loads(tmp_path, restricted, 2, 3)
    assert kept_loads(restricted) == [] and why_no_way_back(restricted) == NO_WAY_BACK
    with pytest.raises(LoadError, match="backup"):
        go_back(restricted, "somebody", keep=3)
    engine_of_owner.dispose()


GOER = """
import os, signal, sys
from data_access.load.storing import rollback

def tell(doing, share):
    if doing.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2].startswith("replacing"):
    real, left = os.replace, [int(sys.argv[2].removeprefix("replacing "))]

    def replace(one, other):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        real(one, other)

    os.replace = replace
rollback.go_back(sys.argv[1], "killed", keep=3, progress=tell)
"""


def killed(url: str, moment: str) -> None:
    done = subprocess.run([sys.executable, "-c", GOER, url, moment], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL


def test_killed_while_going_back(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    held, kept = contents_of(url), kept_loads(url)
    in_a_file = ("Copying", "Checking", "Putting", "replacing 1", "replacing 2")
    in_rows = ("Keeping", "Writing child", "Writing quarantine")
    for moment in in_a_file if url.startswith("duckdb") else in_rows:
        killed(url, moment)
        assert contents_of(url) == held and kept_loads(url) == kept and len(history(url)) == 2
    go_back(url, "somebody", keep=3)
    assert len(rows_of(url, "child")) == 2 and [load.who for load in kept_loads(url)] == ["loader of 3"]
    assert not [path for path in tmp_path.iterdir() if "loading" in path.name]


def test_readers_see_one_load_or_the_other_while_going_back_and_forth(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    stop, seen, problems = threading.Event(), set(), []

    def read() -> None:
        reader = engine(url)
        try:
            while not stop.is_set():
                with reader.connect() as connection:
                    version = connection.scalar(sa.select(data_version.c.version))
                    seen.add((version, connection.scalar(sa.select(sa.func.count()).select_from(child))))
        except Exception as problem:
            problems.append(problem)
        finally:
            reader.dispose()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(6):
        go_back(url, "somebody", to=kept_loads(url)[0].load_id, keep=3)
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == [] and {count for _, count in seen} <= {2, 3} and len({version for version, _ in seen}) == len(seen)


def test_going_back_waits_for_no_load_under_way(tmp_path: Path, url: str) -> None:
    loads(tmp_path, url, 2, 3)
    waiting = subprocess.Popen(
        [sys.executable, "-c", GOER.replace("os.kill(os.getpid(), signal.SIGKILL)", "print('there', flush=True); input()"), url, "Writing"
         if url.startswith("postgresql") else "Checking"], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert waiting.stdout is not None and waiting.stdin is not None
    assert waiting.stdout.readline().strip() == "there"
    with pytest.raises(LoadError, match="under way"):
        go_back(url, "somebody", keep=3)
    with pytest.raises(LoadError, match="under way"):
        load([source(tmp_path, 2)], url)
    os.kill(waiting.pid, signal.SIGKILL)
    waiting.wait()
    waiting.stdin.close()
    waiting.stdout.close()


def test_the_command(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "rollback", "--database", f"duckdb:///{tmp_path / 'none.duckdb'}")
    assert code == 1 and "No earlier load is kept" in err
    run(capsys, "load", source(tmp_path, 2), "--database", url)
    run(capsys, "load", source(tmp_path, 3), "--database", url)
    code, out, err = run(capsys, "rollback", "--list", "--database", url)
    assert (code, err) == (0, "") and out.startswith("In the database: load ") and len(out.splitlines()) == 2
    code, out, _ = run(capsys, "rollback", "--list", "--format", "json", "--database", url)
    kept = json.loads(out)["kept"]
    assert code == 0 and datetime.date.fromisoformat(kept[0]["as_at"]) == datetime.date(2025, 1, 1)
    code, out, err = run(capsys, "rollback", "--to", kept[0]["load_id"], "--database", url)
    assert (code, err) == (0, "") and out.startswith(f"Back to the load {kept[0]['load_id']}")
    assert len(rows_of(url, "child")) == 2
    assert run(capsys, "rollback", "--to", "nonsense", "--database", url)[0] == 1


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "load", "--dry-run", source(tmp_path, 2), "--database", url)
    assert code == 0 and out.endswith("Dry run: nothing was written.\n")
    assert not (tmp_path / "reporting.duckdb").exists()
    load([source(tmp_path, 3)], url)
    held = contents_of(url)
    would = load([source(tmp_path, 2)], url, dry_run=True)
    assert contents_of(url) == held and len(history(url)) == 1
    did = load([source(tmp_path, 2)], url)
    assert (would.version, would.files, would.checks) == (did.version, did.files, did.checks)
