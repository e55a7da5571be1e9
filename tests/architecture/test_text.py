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
    "data_access/engines.py": {"ATTACH", "USE", "SET"},
    "data_access/load/storing/staging.py": {"DETACH", "SET"},
    "data_access/workspace/engine.py": {"BEGIN"},
}
SENDERS = {"execute", "exec_driver_sql", "executemany", "sql"}
# In pieces, so that this file does not contain what it looks for.
MACHINE_FOLDERS = "|".join(["root", "work", "opt", "home/[a-z]+", "Users/[A-Za-z]+"])
MACHINE_PATH = re.compile(rf"(?<![\w.*-])/(?:{MACHINE_FOLDERS})(?:/|\b)|[A-Z]:\\Users")
REGISTRIES = "|".join(["pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(?:org|com)", "deb" + r"\.debian"])
REGISTRY_HOST = re.compile(rf"\b(?:{REGISTRIES})\b")
SUPPRESSIONS = re.compile("|".join(["type: " + "ignore", "no" + "qa", "pragma: " + "no cover"]))
UNENGLISH = re.compile("|".join([
    r"\bway to draw\b", r"\bday that counts\b", r"\bwritten down\b", r"\btaken? away\b", r"\bbr(?:ing|ought) back\b", r"\bplease\b",
    r"\b(?:than|as) chance (?:alone )?would have\b", r"\bno more than that\b", r"\bone's own\b", r"\bsomebody who\b", r"\bheld against\b",
    r"\bcompared with nothing\b", r"\bwhat came of it\b", r"\bshould one\b", r"\bif one\b", r"(?<!hidden )\bone can\b",
    r"\bmay be looked at\b",
]), re.IGNORECASE)
"""Turns that are not how GOV.UK and the Office for National Statistics write: translated ones, 'one' for 'you', 'please'."""
SCREEN = tuple(f"dashboard/{room}" for room in ("access", "charts", "content", "improvement", "packs", "screens", "session", "text"))
SPACED_PERCENT = re.compile("(?:[0-9}]|^)[ \u00a0\u202f]" + "%(?![BYmdHMSyb])")
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


def words_of(path: Path) -> Iterator[str]:
    """What a file says: of Python its strings, `}` standing for what is filled in, and its comments; of other files everything."""
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
    source = io.StringIO(path.read_text(encoding="utf-8"))
    yield from (token.string for token in tokenize.generate_tokens(source.readline) if token.type == tokenize.COMMENT)


def test_a_percent_sign_follows_its_number_without_a_space() -> None:
    """'85%', as GOV.UK and the Office for National Statistics write it."""
    texts = [path for path in files() if path.suffix in {".md", ".toml", ".typ"}]
    wrong = [
        f"{name(path)}: {text[max(found.start() - 20, 0):found.end()]}"
        for path in (*texts, *modules(*PACKAGES, "tests"))
        for text in words_of(path)
        for found in SPACED_PERCENT.finditer(text)
    ]
    assert not wrong


def said_on_the_screen(path: Path) -> Iterator[str]:
    """The strings of a module that people may read: not its docstrings, nor the words of its code."""
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    attributes = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented | attributes:
            yield node.value


def test_pages_are_written_in_plain_english() -> None:
    wrong = [
        f"{name(path)}: {found.group()}"
        for path in modules(*SCREEN, "pages")
        for text in said_on_the_screen(path)
        if " " in text
        for found in UNENGLISH.finditer(text)
    ]
    assert not wrong
