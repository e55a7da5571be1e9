"""The dashboard's real server process, for the tests."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

PROJECT_FOLDER = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60


@contextmanager
def running_server(
    folder: Path, environment: Mapping[str, str], script: str = "dashboard/server.py", *,
    port: int | None = None, options: Sequence[str] = (),
) -> Iterator[str]:
    """Start the dashboard with these environment variables beside our own, and give its address once it is healthy.
    `options` go to Streamlit.

    What it prints goes to `server.log` in `folder`, which also holds a workspace of its own unless the environment names one.
    Raises RuntimeError with the end of that log if it does not start.
    """
    port = port or free_port()
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.address", "127.0.0.1",
        "--server.headless", "true", "--server.fileWatcherType", "none", "--browser.gatherUsageStats", "false", *options,
    ]
    variables = {"QS133_WORKSPACE_URL": f"sqlite:///{folder / 'workspace.sqlite'}", **environment}
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT_FOLDER, env=os.environ | variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_until_healthy(address, process, log)
            yield address
        finally:
            stop(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The dashboard's server did not start. The end of what it said:\n{log.read_text(encoding='utf-8')[-3000:]}")


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    """Until `qs133 serve` says in the log where the dashboard is, which it does when that can answer at once."""
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        if "stop it with Ctrl+C" in log.read_text(encoding="utf-8"):
            return
        time.sleep(0.1)
    raise RuntimeError(f"The dashboard was not ready. The end of what it said:\n{log.read_text(encoding='utf-8')[-3000:]}")


@contextmanager
def personal_server(
    home: Path, qs133: Sequence[str | Path] = (sys.executable, "-m", "dashboard.command_line"), without: tuple[str, ...] = ("QS133_",),
) -> Iterator[tuple[str, str]]:
    """Starts `qs133 serve --personal` in a home folder, and gives its address and the one that it prints to be opened first.

    `without` are what the names of environment variables begin with that it must not have. At the end nothing may have gone wrong on it.
    """
    port, log = free_port(), home / "server.log"
    command = [*qs133, "serve", "--personal", "--port", str(port), "--home", str(home)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(without)}
    address = f"http://localhost:{port}"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_ready(process, log)
            (first,) = re.findall(r"http://localhost:\d+/\?token=\S+", log.read_text(encoding="utf-8"))
            yield address, first
        finally:
            stop(process)
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said and said.count("token=") == 1, said


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the process: politely, then at once."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
