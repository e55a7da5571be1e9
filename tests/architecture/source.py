"""The project's own files, for the rules to be held against."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path, PurePosixPath

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("pages", "dashboard", "metrics", "data_access", "config")


@cache
def ignored_patterns() -> tuple[str, ...]:
    """The patterns of .gitignore, read here because git itself may be missing."""
    lines = (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return (".git", *(line.strip().rstrip("/") for line in lines if line.strip() and not line.startswith("#")))


def is_ignored(path: PurePosixPath) -> bool:
    """Whether git would leave this path, relative to the project, alone."""
    return any(fnmatch(str(path) if "/" in pattern else path.name, pattern) for pattern in ignored_patterns())


@cache
def files(folder: str = ".") -> tuple[Path, ...]:
    """The project's files below a folder of it, without what git ignores."""
    return tuple(sorted(_files(PROJECT / folder)))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if is_ignored(PurePosixPath(name(path))):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def name(path: Path) -> str:
    """The path as a person would write it: from the project's folder, with slashes."""
    return path.relative_to(PROJECT).as_posix()


def modules(*folders: str) -> tuple[Path, ...]:
    """The Python files below these folders."""
    return tuple(path for folder in folders for path in files(folder) if path.suffix == ".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, by its full name; of `from a import b`, both `a` and `a.b`."""
    package = path.relative_to(PROJECT).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
