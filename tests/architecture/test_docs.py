"""What the documentation names is there."""

from __future__ import annotations

import importlib
import re
from functools import reduce

import pytest

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
