"""What each command reads from disk before it does anything: the list of commands next to nothing, none a library that it doesn't need."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

from dashboard import commands

HEAVY = ("streamlit", "plotly", "scipy", "statsmodels", "polars", "sqlalchemy", "duckdb", "numpy", "pandas", "pptx", "openpyxl", "typst")
FOR_PAGES = {"streamlit", "plotly", "statsmodels", "scipy", "pandas"}
HEAVY_COMMANDS = ("pack", "digest")
"""They share the words and charts of the pages."""
IMPORTED = """
import json, sys
from dashboard.command_line import main
try:
    code = main(sys.argv[2:])
except SystemExit as end:
    code = end.code
print(json.dumps([code, [name for name in json.loads(sys.argv[1]) if name in sys.modules]]), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    """The heavy libraries that a command has imported when it ends, which it must do well."""
    run = subprocess.run(
        [sys.executable, "-c", IMPORTED, json.dumps(HEAVY), *arguments], capture_output=True, text=True, check=True, timeout=60,
    )
    code, found = json.loads(run.stderr.splitlines()[-1])
    assert not code, run.stderr
    return set(found)


def test_the_list_of_commands_is_given_without_any_library() -> None:
    assert imported("--help") == set()


def test_no_command_imports_what_only_pages_need() -> None:
    every = [module.name for module in pkgutil.iter_modules(commands.__path__) if not module.ispkg]
    light = [name for name in every if name not in HEAVY_COMMANDS]
    assert "load" in light
    assert "measures" in light
    modules = ", ".join(f"{commands.__name__}.{name}" for name in light)
    run = subprocess.run(
        [sys.executable, "-c", f"import sys, {modules}; print([name for name in {list(FOR_PAGES)} if name in sys.modules])"],
        capture_output=True, text=True, check=True, timeout=60,
    )
    assert run.stdout.strip() == "[]"


def test_a_table_of_measures_is_made_without_what_only_pages_need(demo_database: str) -> None:
    found = imported("measures", "--measure", "assessed_before_programme", "--database", demo_database)
    assert found & FOR_PAGES <= {"scipy"}, "of SciPy no more than the functions that limits and intervals rest on"


def test_a_spreadsheet_which_needs_pandas_is_made_all_the_same(demo_database: str, tmp_path: Path) -> None:
    file = tmp_path / "pack.xlsx"
    imported("pack", "--measure", "assessed_before_programme", "--database", demo_database, "--output", str(file))
    assert file.stat().st_size > 1_000
