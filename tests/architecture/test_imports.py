"""Which room may know which, and which library belongs in which."""

from __future__ import annotations

import pytest
from importlinter import cli

from tests.architecture.source import PACKAGES, PROJECT, imported, modules, name

# The one module of data access that the measures know is where the tables are.
MAY_IMPORT = {
    "pages": ("dashboard", "metrics"),
    "dashboard": ("metrics", "data_access", "config"),
    "metrics": ("data_access.tables", "config"),
    "data_access": ("config",),
    "config": (),
}
ONLY_IN = {
    "streamlit": ("pages/", "dashboard/"),
    "plotly": ("dashboard/charts",),
    "argparse": ("dashboard/",),
    "duckdb": ("data_access/",),
    "psycopg": ("data_access/",),
}


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_the_contracts_of_import_linter_hold(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    status = cli.lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


@pytest.mark.parametrize("room", PACKAGES)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for path in modules(room)
        for module in imported(path)
        if any(is_within(module, package) for package in (*PACKAGES, "tests"))
        and not any(is_within(module, allowed) for allowed in (room, *MAY_IMPORT[room]))
        # `from data_access import tables` names the package on its way to the module.
        and not any(is_within(allowed, module) and allowed in imported(path) for allowed in MAY_IMPORT[room])
    ]
    assert not wrong


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_where_it_belongs(library: str) -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for path in modules(*PACKAGES)
        for module in imported(path)
        if is_within(module, library) and not name(path).startswith(ONLY_IN[library])
    ]
    assert not wrong
