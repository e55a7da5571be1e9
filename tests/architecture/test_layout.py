"""What lies where."""

from __future__ import annotations

from pathlib import PurePosixPath

from tests.architecture.source import PACKAGES, PROJECT, is_ignored, modules, name

FOLDERS = {*PACKAGES, "tests", "docs", ".ci"}
FILES = {
    "README.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "Makefile", "pyproject.toml", "requirements.lock", "requirements-test.lock",
    ".gitignore", ".gitattributes", ".pre-commit-config.yaml", ".editorconfig", ".dockerignore", "Dockerfile", "compose.yaml",
}


def test_the_top_level_holds_what_it_should_and_nothing_else() -> None:
    found = {path.name for path in PROJECT.iterdir() if not is_ignored(PurePosixPath(path.name))}
    assert found - FOLDERS - FILES == set()
    missing = {*FOLDERS, "README.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml"} - found
    assert not missing


def test_the_entry_point_has_no_pages_folder_beside_it() -> None:
    """Streamlit serves a `pages` folder beside its entry point without running the entry point, and so without its sign-in."""
    assert (PROJECT / "dashboard" / "app.py").is_file()
    assert not [path.name for path in PROJECT.glob("*.py")]
    assert not (PROJECT / "dashboard" / "pages").exists()


def test_nothing_in_dashboard_has_the_name_of_a_package() -> None:
    """Streamlit puts the entry point's folder first on the path, where a module of that name would hide the package."""
    names = {path.stem if path.is_file() else path.name for path in (PROJECT / "dashboard").iterdir()}
    assert not names & {*PACKAGES, "tests", "streamlit", "plotly", "polars"}


def test_every_folder_of_code_is_a_package() -> None:
    """A folder without `__init__.py` is left out by import-linter and, quietly, by others too."""
    folders = {path.parent for path in modules(*PACKAGES)} | {PROJECT / package for package in PACKAGES}
    assert not [name(folder) for folder in folders if not (folder / "__init__.py").is_file()]
