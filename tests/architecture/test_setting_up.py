"""`make` and the lock files."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import PROJECT

RUNTIME = "requirements.lock"
EVERYTHING = "requirements-test.lock"


def locked(file: str) -> dict[str, tuple[str, int]]:
    """Of each package in a lock file, its version and how many hashes it has."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", (PROJECT / file).read_text(encoding="utf-8"))
    found: dict[str, tuple[str, int]] = {}
    for entry in entries:
        if match := re.match(r"([\w.-]+)==([\w.+!-]+)", entry):
            found[canonicalize_name(match[1])] = (match[2], entry.count("--hash=sha256:"))
    return found


def wanted(*groups: str) -> Iterator[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    for line in project["project"]["dependencies"]:
        yield Requirement(line)
    for group in groups:
        yield from (Requirement(line) for line in project["dependency-groups"][group])


@pytest.mark.parametrize(("file", "groups"), [(RUNTIME, ["build"]), (EVERYTHING, ["build", "test", "lint"])])
def test_the_lock_has_what_the_project_asks_for(file: str, groups: list[str]) -> None:
    versions = locked(file)
    stale = [
        str(requirement)
        for requirement in wanted(*groups)
        if (name := canonicalize_name(requirement.name)) not in versions or not requirement.specifier.contains(versions[name][0])
    ]
    assert not stale, f"{file} no longer fits pyproject.toml. Run: make lock"


@pytest.mark.parametrize("file", [RUNTIME, EVERYTHING])
def test_the_lock_has_hashes_and_no_addresses(file: str) -> None:
    assert not [package for package, (_, hashes) in locked(file).items() if not hashes]
    assert "://" not in (PROJECT / file).read_text(encoding="utf-8")


def test_the_tests_run_on_what_people_run() -> None:
    assert locked(RUNTIME).items() <= locked(EVERYTHING).items()


def make(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """`make run` in a folder with only our Makefile, and only these programs on the path."""
    program = shutil.which("make")
    assert program is not None
    shutil.copy(PROJECT / "Makefile", folder)
    for file in (RUNTIME, EVERYTHING, "pyproject.toml"):
        (folder / file).touch()
    clean = {variable: value for variable, value in os.environ.items() if variable not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHON"}}
    return subprocess.run([program, "run"], cwd=folder, env=clean | {"PATH": str(path)}, capture_output=True, text=True, check=False)


def python_that(folder: Path, answers: str) -> Path:
    """A folder with a `python3` that is a shell script."""
    programs = folder / "programs"
    programs.mkdir()
    python = programs / "python3"
    python.write_text(f"#!/bin/sh\n{answers}\n", encoding="utf-8")
    python.chmod(0o755)
    return programs


def test_without_a_python_that_is_new_enough_make_says_which_to_install(tmp_path: Path) -> None:
    result = make(tmp_path, python_that(tmp_path, "exit 1"))
    assert result.returncode != 0
    assert "This needs Python 3.11" in result.stderr


def test_without_venv_make_names_the_package_to_install(tmp_path: Path) -> None:
    result = make(tmp_path, python_that(tmp_path, 'case "$2" in *ensurepip*) exit 1 ;; esac'))
    assert result.returncode != 0
    assert "apt install python3-venv" in result.stderr
    assert not (tmp_path / ".venv").exists()
