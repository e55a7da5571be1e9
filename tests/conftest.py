"""What many tests share: PostgreSQL, the demo authority's database, and how hard Hypothesis searches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.postgresql import PostgreSQL, running_postgresql

# The same examples in every run, so that a red run means a change; `search` is for whoever goes looking for new ones.
settings.register_profile("everyday", derandomize=True, max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("everyday"), max_examples=100)
settings.register_profile("search", settings.get_profile("everyday"), derandomize=False, max_examples=2000)
settings.load_profile("ci" if os.environ.get("CI") else "everyday")


@pytest.fixture(scope="session", autouse=True)
def _own_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test writes into the project's own workspace, whatever command it runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path_factory.mktemp('workspace') / 'workspace.sqlite'}")
        yield


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
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the demo authority's database, to be read and not written to.

    The first test process that has one tells the others where it is. Two that begin at once both make one, which takes no longer
    than waiting would.
    """
    from data_access.demo import write_demo
    from data_access.load import load

    base = tmp_path_factory.getbasetemp()
    note = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo_database"
    if not note.exists():
        address = f"duckdb:///{tmp_path_factory.mktemp('demo') / 'demo.duckdb'}"
        load(write_demo(tmp_path_factory.mktemp("demo_sources")), address, made_up=True)
        draft = base / "demo_database_draft"
        draft.write_text(address, encoding="utf-8")
        os.replace(draft, note)
    return note.read_text(encoding="utf-8")
