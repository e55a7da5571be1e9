"""The one-file XML form of an SSDA903 return (`<EXPSSDA903>`).

Structure, as the Department for Education's schema and the Data to Insight validator have it: a CHILD element holds
one HEADER, whose leaves are the child's fields (CHILDID is CHILD) and which also holds OC2, PERMANENCE, AREVIEW,
AMISSING and AD_PLACED groups, and any number of EPISODE elements (PL is PLACE).

The standard library's expat parser is used because it reports true line numbers in files of any length and lets a
document type be refused at its first character, before an entity is read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.errors import FileProblem
from data_access.load.reading.files import Raw

ROOT = "EXPSSDA903"
GROUPS = {"HEADER": "Header", "EPISODE": "Episodes", "OC2": "OC2", "PERMANENCE": "PrevPerm"}
RENAMED = {"CHILDID": "CHILD", "PL": "PLACE"}
UNUSED_MARKS = {
    "AREVIEW": "Reviews", "AMISSING": "Missing", "AD_PLACED": "PlacedAdoption", "IN_TOUCH": "OC3", "DATE_INT": "AD1",
    "SW_ID": "SWEpisodes", "SW_DECOM": "SWEpisodes", "DOLO_START": "DoLo",
}
TABLES = {table.name: table for table in spec.RETURN_TABLES}
Fields = dict[str, str]


class _Reader:
    """Collects the rows of each table while the parser walks through the file."""

    def __init__(self, line: Callable[[], int]) -> None:
        self.line = line
        self.rows: dict[str, list[tuple[int, Fields]]] = {}
        self.root = ""
        self.seen: set[str] = set()
        self.path: list[str] = []
        self.text: list[str] = []
        self.leaf = False
        self.groups: list[tuple[str, int, Fields]] = []
        self.child_rows: list[tuple[str, int, Fields]] = []
        self.child: Fields = {}

    def start(self, qualified: str, _attributes: dict[str, str]) -> None:
        name = qualified.rpartition(":")[2]
        self.root = self.root or name
        self.seen.add(name)
        self.path.append(name)
        self.text, self.leaf = [], True
        if name == "CHILD":
            self.child, self.child_rows = {}, []
        if name in GROUPS or name in UNUSED_MARKS:
            self.groups.append((name, self.line(), {}))

    def end(self, qualified: str) -> None:
        name = qualified.rpartition(":")[2]
        self.path.pop()
        if self.groups and self.groups[-1][0] == name:
            group = self.groups.pop()
            if name in GROUPS:
                self.child_rows.append(group)
        elif self.leaf:
            self._value(RENAMED.get(name, name), "".join(self.text))
        if name == "CHILD":
            self._end_child()
        self.text, self.leaf = [], False

    def _value(self, name: str, value: str) -> None:
        inside = self.groups[-1][0] if self.groups else "HEADER"
        if self.groups:
            self.groups[-1][2][name] = value
        if inside == "HEADER" and "CHILD" in self.path:
            self.child.setdefault(name, value)

    def _end_child(self) -> None:
        child_id, birth_date = self.child.get("CHILD", ""), self.child.get("DOB", "")
        for name, line, fields in self.child_rows:
            self.rows.setdefault(GROUPS[name], []).append((line, {"CHILD": child_id, "DOB": birth_date, **fields}))
            if name == "HEADER" and (fields.get("DUC", "").strip() or fields.get("UASC", "").strip() not in ("", "0")):
                self.rows.setdefault("UASC", []).append((line, {"CHILD": child_id, **fields}))

    def refuse_document_type(self, *_declaration: object) -> None:
        raise FileProblem("a document type (DOCTYPE) is declared")


def read_xml(path: Path) -> tuple[list[Raw], list[str]]:
    """The used tables of an XML return, and the names of the tables in it that are not used.

    A table of which the file has no element at all is left out. Raises FileProblem for a file that is not
    well-formed, declares a document type, or is no SSDA903 return.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileProblem(f"{path.name} can't be read ({error.strerror}). Check that the file is there and that you may read it.") from None
    if b"\0" in data:
        raise FileProblem(f"{path.name} holds NUL bytes, so it is not XML in UTF-8 or cp1252. Export the return again.")
    reader = _parse(data, path.name)
    if reader.root != ROOT:
        raise FileProblem(f"{path.name} is XML whose outermost element is <{reader.root}>; an SSDA903 return with <{ROOT}> was expected.")
    if "UASC" in reader.seen or "DUC" in reader.seen:
        reader.rows.setdefault("UASC", [])
    raws = [_raw(table, reader.rows[name]) for name, table in TABLES.items() if name in reader.rows]
    return raws, sorted({table for mark, table in UNUSED_MARKS.items() if mark in reader.seen})


def _parse(data: bytes, name: str) -> _Reader:
    encoding = None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        # A file that says it is UTF-8 and isn't was written as cp1252; what another declaration says is believed.
        declaration = data[:200].lower().partition(b"?>")[0]
        encoding = None if b"encoding" in declaration and b"utf-8" not in declaration else "windows-1252"
    parser = expat.ParserCreate(encoding)
    parser.buffer_text = True
    reader = _Reader(lambda: parser.CurrentLineNumber)
    parser.StartDoctypeDeclHandler = reader.refuse_document_type
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = lambda text: reader.text.append(text)
    try:
        parser.Parse(data, True)
    except FileProblem as problem:
        raise FileProblem(f"{name} is refused because {problem}, which a return never needs. Export the return again without it.") from None
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise FileProblem(f"{name} is not well-formed XML ({error}). Export the return again.") from None
    return reader


def _raw(table: spec.Table, rows: list[tuple[int, Fields]]) -> Raw:
    columns: dict[str, list[str | None]] = {
        str(position): [fields.get(name) or None for _, fields in rows] for position, name in enumerate(table.columns)
    }
    frame = pl.DataFrame(
        {"line": [line for line, _ in rows], **columns}, schema={"line": pl.Int64(), **dict.fromkeys(columns, pl.String())},
    )
    return Raw(table.columns, frame, table=table.name)
