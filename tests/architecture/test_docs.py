"""What the documentation names is there."""

from __future__ import annotations

import importlib
import re
import shlex
from functools import reduce

import pytest

from dashboard.command_line import _home_given, _parser
from tests.architecture.source import PACKAGES, PROJECT

DOTTED = re.compile(rf"`((?:{'|'.join(PACKAGES)})(?:\.\w+)+)`")
NAMED = sorted(set(DOTTED.findall((PROJECT / "docs/path-of-a-number.md").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("dotted", NAMED)
def test_every_function_on_the_path_of_a_number_is_there(dotted: str) -> None:
    parts = dotted.split(".")
    depth = next(depth for depth in range(len(parts), 0, -1) if (PROJECT / "/".join(parts[:depth])).with_suffix(".py").is_file())
    assert callable(reduce(getattr, parts[depth:], importlib.import_module(".".join(parts[:depth]))))


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_every_folder_and_file_that_is_named_is_there(file: str) -> None:
    text = (PROJECT / file).read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(PACKAGES)}|tests|docs)/[\w./-]*)`", text)
    assert named and not [path for path in named if not (PROJECT / path).exists()]


SHOWN = (r"^(?:[-\w./\\]*[/\\])?qs133 ([a-z].*)$", r"^(?:\S+ +){5}qs133 (.*)$", r'/tr "qs133 (.*)"$')
"""A line of a terminal, of a crontab, and of Windows' Task Scheduler."""
COMMAND = re.compile("|".join(SHOWN))
COMMANDS = sorted({
    next(filter(None, found.groups())) for path in [PROJECT / "README.md", *PROJECT.glob("docs/*.md")]
    for line in path.read_text(encoding="utf-8").splitlines() if (found := COMMAND.search(line))
})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_is_shown_can_be_given(command: str) -> None:
    _, given = _home_given(shlex.split(command.replace("\\", "/"), comments=True))
    parser, commands = _parser(given)
    assert commands and parser.parse_args(given).command == given[0]
