"""Every setting is explained where it is set and where people look for it."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from tests.architecture.source import PACKAGES, PROJECT, modules, tree

CONFIG_FILES = sorted(path.name for path in (PROJECT / "config").glob("*.toml"))
README = PROJECT / "README.md"


@pytest.mark.parametrize("file", ["settings.toml", "local_choices.toml"])
def test_every_setting_has_a_comment(file: str) -> None:
    blocks = re.split(r"\n\s*\n", (PROJECT / "config" / file).read_text(encoding="utf-8"))
    bare = [block for block in blocks if re.search(r"^\w+ *=", block, re.MULTILINE) and not block.lstrip().startswith("#")]
    assert not bare


@pytest.mark.parametrize("file", CONFIG_FILES)
def test_every_file_of_settings_is_in_the_readme(file: str) -> None:
    assert file in README.read_text(encoding="utf-8")


def test_every_setting_of_the_dashboard_is_in_the_readme() -> None:
    readme = README.read_text(encoding="utf-8")
    settings = tomllib.loads((PROJECT / "config" / "settings.toml").read_text(encoding="utf-8"))
    assert not [setting for setting in settings if f"`{setting}`" not in readme]


def test_every_environment_variable_is_in_the_readme() -> None:
    readme = README.read_text(encoding="utf-8")
    variables = {
        node.value
        for path in modules(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"QS133(_[A-Z]+)+", node.value)
    }
    assert variables
    assert not [variable for variable in sorted(variables) if variable not in readme]
