"""Which changes bring the long tests."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import PROJECT, modules, name

PATHS = [line for line in (PROJECT / "tests/long_tests.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def test_every_path_is_there_and_every_module_with_long_tests_is_listed() -> None:
    assert not [path for path in PATHS if not (PROJECT / path).exists() or path.endswith("/") != (PROJECT / path).is_dir()]
    long = [name(path) for path in modules("tests") if "pytest.mark." + "long" in path.read_text(encoding="utf-8")]
    assert long and not [path for path in long if not any(path == each or (each.endswith("/") and path.startswith(each)) for each in PATHS)]


@pytest.mark.parametrize(("changed", "target"), [
    (None, "test-all"), ("README.md", "test"), ("metrics/units/unit.py", "test-all"), ("tests/test_authorities.py", "test"),
    ("data_access/tables.py", "test-all"), ("data_access/tables.pyx", "test"),
])
def test_the_long_tests_run_when_their_files_have_changed_or_nothing_is_known(tmp_path: Path, changed: str | None, target: str) -> None:
    for file in (".ci/run", "tests/long_tests.txt"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT / file, tmp_path / file)
    (tmp_path / "Makefile").write_text("%:\n\t@echo $@\n", encoding="utf-8")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--quiet", ".")
    git("add", ".")
    git("commit", "--quiet", "--message", "before")
    if changed:
        git("branch", "landed")
        (tmp_path / changed).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / changed).write_text("changed", encoding="utf-8")
        git("add", ".")
        git("commit", "--quiet", "--message", "after")
    # Run by make, these tests inherit its flags, and a make below it would tell the folders that it enters and leaves.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | {"LANDED": "landed"}
    done = subprocess.run([tmp_path / ".ci/run"], cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert done.stdout.split()[-1] == target
