"""The wheel, installed in an environment of its own and used in another folder: everything that is needed travels inside it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT
from tests.bench.sessions import crowd
from tests.browser.server import free_port, stop, wait_until_healthy

PROGRAMS = "Scripts" if os.name == "nt" else "bin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with the wheel, in which the packages that it needs are those of this one."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=PROJECT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment)
    python = environment / PROGRAMS / "python"
    purelib = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], check=True, capture_output=True, text=True,
    ).stdout.strip()
    # A plain path: what an editable install would add to it isn't followed.
    Path(purelib, "others.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
    subprocess.run(install, check=True)
    return environment / PROGRAMS


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def environment_of(folder: Path) -> dict[str, str]:
    """Everything that a program might write to by itself is in a folder of its own."""
    own = {"HOME": "user", "USERPROFILE": "user", "XDG_CACHE_HOME": "user", "XDG_CONFIG_HOME": "user", "TMPDIR": "temporary"}
    for name in set(own.values()):
        (folder / name).mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QS133_", "PYTHON", "STREAMLIT_"))}
    return kept | {name: str(folder / value) for name, value in own.items()} | {"PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def served(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[str]:
    port, log = free_port(), folder.parent / f"{folder.name}.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [*command, "--port", str(port)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )
        try:
            wait_until_healthy(f"http://localhost:{port}", server, log)
            yield f"http://localhost:{port}"
        finally:
            stop(server)
    assert "Traceback" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in the current folder", "in the one that --home names"])
def test_the_demo_in_any_folder(installed: Path, tmp_path: Path, elsewhere: bool) -> None:
    environment = environment_of(tmp_path)
    home = tmp_path / "home folder"
    home.mkdir()
    before = files(installed.parent)
    here = tmp_path / "temporary" if elsewhere else home
    qs133 = [str(installed / "qs133")]
    if elsewhere:  # and started as where new programs are blocked
        qs133 = [str(installed / "python"), "-m", "dashboard.command_line", "--home", str(home)]

    def run(*words: str) -> str:
        return subprocess.run([*qs133, *words], cwd=here, env=environment, check=True, capture_output=True, text=True).stdout

    run("init")
    settings = home / "config" / "settings.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("Your authority", "Rutland"), encoding="utf-8")
    with served([*qs133, "demo", "--children", "60"], here, environment) as address:
        (person,) = asyncio.run(crowd(address, "statement_2", "Ethnicity", people=1, clicks=1, pause=0.1))
    assert person.errors == [] and person.sentences == 0 and person.drawn
    run("measures", "--period", "year", "--output", str(home / "measures.csv"))
    run("pack", "--statement", "2", "--output", str(home / "pack.pdf"))  # its template is a file of the package
    assert (home / "measures.csv").read_text(encoding="utf-8").startswith("measure,")
    assert {path.name for path in home.iterdir()} == {"config", "data", "measures.csv", "pack.pdf"}
    assert files(installed.parent) == before
    assert not files(tmp_path / "user") and not files(tmp_path / "temporary")
