"""The secret of the protected view's rounding: made once, also by processes that start together, and never printed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.load.record_keys import record_key
from data_access.workspace import disclosure_secret, workspace_engine
from data_access.workspace.secret import secret, secret_at
from tests.data_access.empty_databases import empty_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return empty_database(request, tmp_path, "workspace")


def test_of_many_that_ask_first_at_the_same_time_all_get_the_same(url: str) -> None:
    workspace_engine(url)
    engines = [workspace_engine(url) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(disclosure_secret, engines))
    with engines[0].connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(secret)) == 1
    assert len(found) == 1 and len(found.pop()) == 32
    assert secret_at(url) == disclosure_secret(engines[0])


def test_two_workspaces_have_two_secrets_and_so_other_record_keys(tmp_path: Path) -> None:
    one, other = (disclosure_secret(workspace_engine(f"sqlite:///{tmp_path / name}.sqlite")) for name in ("one", "other"))
    keys = [(record_key(one, str(child)), record_key(other, str(child))) for child in range(200)]
    assert one != other and all(mine != theirs and 0 <= mine < 2**40 for mine, theirs in keys)
    assert len({mine for mine, _ in keys}) == 200 and max(mine for mine, _ in keys) > 2**39
