"""What many tests share: PostgreSQL, the demo authority's database, and how hard Hypothesis searches."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings

from tests.postgresql import PostgreSQL, running_postgresql

MEMORY = Path("/dev/shm")
ROOM = 6 * 1024**3


def memory_has_room() -> bool:
    """Whether files can be kept in memory: the tests write about 2 GB, and PostgreSQL is started from there."""
    try:
        status = os.statvfs(MEMORY)
    except (OSError, AttributeError):
        return False
    may_run = not status.f_flag & getattr(os, "ST_NOEXEC", 0)
    return may_run and os.access(MEMORY, os.W_OK) and status.f_bavail * status.f_frsize >= ROOM


# The tests fill hundreds of databases and throw them away; on a disk that takes longer than some of them run. Whoever names a folder
# has that one. Before anything asks where temporary files go; the other test processes and all servers take it over.
if "TMPDIR" not in os.environ and memory_has_room():
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None

# Tests start Python hundreds of times, and where it is told not to keep what it has compiled, each process compiles all that it imports
# anew, which takes longer than most of them run. Here it is kept apart from the files, and the processes that are started find it.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# The same examples in every run, so that a red run means a change; `search` is for whoever goes looking for new ones.
settings.register_profile("everyday", derandomize=True, max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("everyday"), max_examples=100)
settings.register_profile("search", settings.get_profile("everyday"), derandomize=False, max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")


LONG_FIRST = ("browser", "", "dashboard", "data_access", "metrics")
"""Folders of tests by how long their modules take; those of `tests` itself are ''."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long tests too, as `make test-all` does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Short modules last, so that no test process works on a long one by itself in the end. Tests marked `long` are for `make test-all`,
    or for whoever names one."""
    named = any("::" in argument for argument in config.args)
    if not named and not config.getoption("--long"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        name = "" if folder == item.path.name else folder
        return LONG_FIRST.index(name) if name in LONG_FIRST else len(LONG_FIRST)

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _own_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes into the project's own workspace, whatever command it runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path_factory.mktemp('workspace') / 'workspace.sqlite'}")
        yield


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """An empty workspace of the test's own, which the settings name."""
    from data_access.workspace import workspace_engine  # not before it is settled where compiled files go

    address = f"sqlite:///{tmp_path / 'workspace.sqlite'}"
    monkeypatch.setenv("QS133_WORKSPACE_URL", address)
    return workspace_engine(address)


@pytest.fixture(scope="session", autouse=True)
def _no_waiting_for_the_disk() -> Iterator[None]:
    """SQLite hands what it writes to the system and doesn't wait until it is on the disk, as the tests' PostgreSQL doesn't: that takes
    milliseconds each time, and only a machine that loses power would lose anything."""

    def unwaiting(connection: Any, _record: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous = OFF")

    sa.event.listen(sa.Engine, "connect", unwaiting)
    yield
    sa.event.remove(sa.Engine, "connect", unwaiting)


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all test processes of this run share, and no other run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A running PostgreSQL, one for each test process."""
    with running_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_database(postgresql: PostgreSQL) -> Callable[[], str]:
    """A function that makes an empty PostgreSQL database and gives its SQLAlchemy address."""
    return postgresql.database


@pytest.fixture(scope="session")
def postgresql_url(postgresql_database: Callable[[], str]) -> str:
    """The address of one PostgreSQL database for all who can share it; who cannot asks `postgresql_database` for their own."""
    return postgresql_database()


@pytest.fixture(scope="session")
def demo_database(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the demo authority's database, to be read and not written to.

    The first test process that has one tells the others where it is. Two that begin at once both make one, which takes no longer
    than waiting would.
    """
    from data_access.demo import write_demo
    from data_access.load import load

    note = run_folder / "demo_database"
    if not note.exists():
        address = f"duckdb:///{tmp_path_factory.mktemp('demo') / 'demo.duckdb'}"
        load(write_demo(tmp_path_factory.mktemp("demo_sources")), address, made_up=True)
        draft = tmp_path_factory.getbasetemp() / "demo_database_draft"
        draft.write_text(address, encoding="utf-8")
        os.replace(draft, note)
    return note.read_text(encoding="utf-8")
