"""The audit log of a load that is killed: the intention before, the outcome after, and what came of it at the next start."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from data_access.audit import Action, Entry, entries
from data_access.load import LoadError, load, outcomes
from data_access.load.storing.history import history
from data_access.workspace import workspace_engine
from tests.data_access.empty_databases import empty_database
from tests.data_access.files import write

PROJECT = Path(__file__).resolve().parents[2]
KILLED = """
import os, signal, sys
from dashboard import command_line
from data_access.load import outcomes

def kill(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[1] == "after":
    outcomes.done = kill
else:
    import data_access.load
    data_access.load._read = kill
command_line.main(["load", *sys.argv[2:]])
"""


@pytest.fixture(params=["duckdb", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    made = empty_database(request, tmp_path)
    monkeypatch.setenv("QS133_DATABASE_URL", made)
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    return made


@pytest.fixture
def workspace(tmp_path: Path) -> sa.Engine:
    return workspace_engine(f"sqlite:///{tmp_path / 'workspace.sqlite'}")


def source(folder: Path, children: int) -> Path:
    ids = [f"c{number}" for number in range(children)]
    write(folder, "children", *({"child_id": id} for id in ids))
    write(folder, "assessments", *({"assessment_id": id, "child_id": id, "personal": "1"} for id in ids))
    return folder


def run(program: str, *arguments: object) -> int:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, cwd=PROJECT, env=os.environ, check=False, capture_output=True).returncode


def log(workspace: sa.Engine) -> list[tuple[str, str, str]]:
    """action, what without the number of the entry, and version, the oldest first."""
    rows = entries(workspace).reverse().select("action", "what", "data_version").rows()
    return [(action, what.partition(" (begun in entry")[0], version) for action, what, version in rows]


def test_a_load_that_is_killed_after_replacing_the_data_is_settled(tmp_path: Path, url: str, workspace: sa.Engine) -> None:
    assert run(KILLED, "after", source(tmp_path / "a", 3)) == -signal.SIGKILL
    assert log(workspace) == [("begun", "qs133 load", "")]
    (made,) = history(url)
    assert outcomes.settle(workspace, url) == 1
    assert log(workspace)[1:] == [("change", f"qs133 load: {outcomes.FOUND}", made.version)]
    assert outcomes.settle(workspace, url) == 0 and len(log(workspace)) == 2


def test_the_next_load_settles_one_that_was_killed_before(tmp_path: Path, url: str, workspace: sa.Engine) -> None:
    first = source(tmp_path / "a", 3)
    load([first], url)  # where there is no database yet, or it is away, nobody can know
    assert run(KILLED, "before", first) == -signal.SIGKILL
    assert run("import sys; from dashboard.command_line import main; sys.exit(main(['load', sys.argv[1]]))", first) == 0
    assert [(action, what) for action, what, _ in log(workspace)] == [
        ("begun", "qs133 load"), ("not_done", f"qs133 load: {outcomes.CUT_OFF}"),
        ("begun", "qs133 load"), ("change", "qs133 load: 2 tables"),
    ]


def test_nothing_is_settled_while_a_load_goes_on_and_nothing_is_said_twice(tmp_path: Path, url: str, workspace: sa.Engine) -> None:
    intention = outcomes.begun(workspace, Entry("ann", "analyst", Action.CHANGE, "load of 2 tables"))
    seen: list[int] = []
    made = load([source(tmp_path / "a", 3)], url, who="ann", progress=_while_writing(lambda: seen.append(outcomes.settle(workspace, url))))
    assert seen and set(seen) == {0}
    assert outcomes.settle(workspace, url) == 1  # a server that starts just before the outcome is written
    outcomes.done(workspace, intention, "load of 2 tables", made.version)
    assert [action for action, _, _ in log(workspace)] == ["begun", "change"]


def _while_writing(act: Callable[[], None]) -> Callable[[str, float], None]:
    return lambda doing, _share: act() if doing.startswith("Writing child") else None


def test_a_refused_load_changed_nothing(url: str, workspace: sa.Engine, tmp_path: Path) -> None:
    intention = outcomes.begun(workspace, Entry("ann", "analyst", Action.CHANGE, "load of 2 tables"))
    with pytest.raises(LoadError), outcomes.told(workspace, intention, pytest.MonkeyPatch.context()):
        load([tmp_path / "nothing"], url)
    assert log(workspace)[1:] == [("not_done", "load of 2 tables: nothing was changed", "")]
    assert outcomes.settle(workspace, url) == 0
