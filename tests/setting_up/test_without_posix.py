"""Nothing that Windows lacks is needed: the commands run with it taken away (see `without_posix/sitecustomize.py`)."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT
from tests.browser.server import free_port, stop, wait_until_ready

TAKEN_AWAY = Path(__file__).with_name("without_posix")
PUBLISHED = PROJECT / "tests" / "data_access" / "published"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def environment(home: Path) -> dict[str, str]:
    paths = os.pathsep.join([str(TAKEN_AWAY), str(PROJECT)])
    return os.environ | {
        "PYTHONPATH": paths, "POSIX_CALLS_NOTED": str(home / "noted.txt"), "QS133_DATABASE_URL": f"duckdb:///{home / 'qs133.duckdb'}",
        "QS133_WORKSPACE_URL": f"sqlite:///{home / 'workspace.sqlite'}", "QS133_COMPARATORS": str(home / "comparators.csv"),
    }


def command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "dashboard.command_line", *words]


def run(home: Path, *words: str) -> str:
    done = subprocess.run(command(home, *words), cwd=PROJECT, env=environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr[-3000:]
    return done.stdout


def noted(home: Path) -> str:
    path = home / "noted.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_what_is_taken_away_is_away(home: Path) -> None:
    for tried in ("import fcntl", "import pwd", "import resource"):
        done = subprocess.run([sys.executable, "-c", tried], env=environment(home), capture_output=True, text=True, check=False)
        assert "Windows has none" in done.stderr


def test_the_commands_run_while_the_dashboard_is_served(home: Path) -> None:
    run(home, "demo", "--no-serve", "--children", "60", "--folder", str(home / "demo"))
    port = free_port()
    log = home / "server.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            command(home, "serve", "--port", str(port)), cwd=PROJECT, env=environment(home), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready(server, log)
            for path in ("/", "/ready"):
                with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=60) as answer:
                    assert answer.status == 200
            sources = [str(path) for path in sorted((home / "demo").iterdir())]
            run(home, "load", *sources)
            assert "In the database" in run(home, "rollback", "--list")
            run(home, "rollback")
            run(home, "comparators", str(PUBLISHED / "absence_la.csv"))
            run(home, "pack", "--statement", "2", "--output", str(home / "pack.pptx"))
            run(home, "measures", "--measure", "video_feedback_as_defined")
            run(home, "workspace", "backup", str(home / "backup.sqlite"))
        finally:
            stop(server)
    assert (home / "pack.pptx").stat().st_size > 10_000 and not noted(home)
    assert "Traceback" not in log.read_text(encoding="utf-8")
