"""What the source may not contain."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import PACKAGES, files, modules, name, tree

MODULE_LINES = 400
FUNCTION_LINES = 40
# Statements that SQLAlchemy Core has no words for, by the file that may send them and how they begin.
RAW_SQL = {
    "data_access/engines.py": {"ATTACH", "USE"},
    "data_access/load/drafting.py": {"DETACH", "SET"},
    "data_access/workspace/engine.py": {"BEGIN"},
}
SENDERS = {"execute", "exec_driver_sql", "executemany", "sql"}
# In pieces, so that this file does not contain what it looks for.
MACHINE_FOLDERS = "|".join(["root", "work", "opt", "home/[a-z]+", "Users/[A-Za-z]+"])
MACHINE_PATH = re.compile(rf"(?<![\w.*-])/(?:{MACHINE_FOLDERS})(?:/|\b)|[A-Z]:\\Users")
REGISTRIES = "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(?:org|com)", "deb" + r"\.debian"])
REGISTRY_HOST = re.compile(rf"\b(?:{REGISTRIES})\b")
SUPPRESSIONS = re.compile("|".join(["type: " + "ignore", "no" + "qa", "pragma: " + "no cover"]))
SKIPS = {"skip", "skipif", "xfail", "importorskip"}


def test_no_module_is_longer_than_a_person_reads() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES, "tests")}
    assert not {path: lines for path, lines in lengths.items() if lines > MODULE_LINES}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {
        f"{name(path)}: {node.name}": lines
        for path in modules(*PACKAGES, "tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }
    assert not long


def raw_sql(path: Path) -> Iterator[str]:
    """The SQL that a file sends as text: what `text()` makes, and strings given to whatever sends a statement."""
    from_sqlalchemy = {
        alias.asname or alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
        if alias.name in {"text", "literal_column"}
    }
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called, first = node.func, node.args[0]
        is_text = (isinstance(called, ast.Name) and called.id in from_sqlalchemy) or (
            isinstance(called, ast.Attribute)
            and called.attr in {"text", "literal_column"}
            and isinstance(called.value, ast.Name)
            and called.value.id in {"sa", "sqlalchemy"}
        )
        is_sent = isinstance(called, ast.Attribute) and called.attr in SENDERS and isinstance(first, ast.JoinedStr | ast.Constant)
        if is_text or is_sent:
            yield ast.unparse(first).lstrip("f").strip("'\"")


def test_sql_is_built_and_not_written_as_text() -> None:
    wrong = [
        f"{name(path)}: {statement}"
        for path in modules(*PACKAGES)
        for statement in raw_sql(path)
        if (statement.split() or [""])[0] not in RAW_SQL.get(name(path), set())
    ]
    assert not wrong


def test_nothing_names_a_machine_or_a_package_registry() -> None:
    wrong = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and the like
        wrong += [f"{name(path)}: {found.group()}" for pattern in (MACHINE_PATH, REGISTRY_HOST) for found in pattern.finditer(text)]
    assert not wrong


def test_no_check_is_silenced() -> None:
    wrong = []
    for path in modules(*PACKAGES, "tests"):
        tokens = tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline)
        comments = [token for token in tokens if token.type == tokenize.COMMENT]
        wrong += [f"{name(path)}, line {comment.start[0]}" for comment in comments if SUPPRESSIONS.search(comment.string)]
    assert not wrong


def test_no_test_is_skipped() -> None:
    wrong = [
        f"{name(path)}, line {node.lineno}"
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in SKIPS and ast.unparse(node).startswith("pytest.")
    ]
    assert not wrong
