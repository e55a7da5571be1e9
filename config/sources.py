"""The descriptions of files in other shapes: `sources.toml`, and those that were saved in the dashboard."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from config.toml_file import ConfigError, config_folder, read_toml, while_it_says_the_same

FILE = "sources.toml"
ENTRY = re.compile(r"""^\s*\[\[\s*["']?source["']?\s*\]\]""")


EXPECTED = {
    "file": "a pattern of names in quotes", "database": "text in quotes", "sql": "text in quotes", "becomes": "a table's name in quotes",
    "sheets": '"all" or a list of names', "header": '"find" or a row\'s number', "dates": "a list of formats in quotes",
    "child": '{ column = "…", is = "upn" } or { column = "…", is = "child_id" }, with strip and pad if you like',
    "only": '{ "a column" = ["a value", …] }', "ignore_rows": '{ "a column" = ["a value", …] }',
    "last_day_included": "true or false", "columns": "[source.columns], with the name of a column in quotes for each of ours",
    "values": "[source.values.COLUMN], with what each of the file's values means",
}
"""Every setting of a source, and what it has to be."""


def _text_of(value: object) -> object:
    """A value as a file would hold it: true and false are 1 and 0."""
    if isinstance(value, bool):
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


Text = Annotated[str, Field(min_length=1)]
Value = Annotated[str, BeforeValidator(_text_of)]
Listed = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
Wanted = Annotated[tuple[Value, ...], Field(min_length=1), Listed]
Names = Annotated[tuple[Text, ...], Field(min_length=1), Listed]
STRICT = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Child(BaseModel):
    """The column that says which child a row is about: its UPN, or the child's id after taking `strip` off and filling up to `pad`."""

    model_config = STRICT

    column: Text
    is_: Literal["upn", "child_id"] = Field(alias="is")
    strip: str = ""
    pad: int = Field(default=0, ge=0, le=100)


class SourceDescription(BaseModel):
    """One `[[source]]`. `line` is that of its first line, `where` what holds it; both are for sentences.

    Whether `becomes` is a table, its columns exist and `dates` are formats is for those who know the tables to check.
    """

    model_config = STRICT

    becomes: Text
    file: Text | None = None
    database: Text | None = None
    sql: Text | None = None
    sheets: Literal["all"] | Names | None = None
    header: Literal["find"] | Annotated[int, Field(ge=1)] | None = None
    dates: Names | None = None
    child: Child | None = None
    only: Mapping[Text, Wanted] = Field(default_factory=dict)
    ignore_rows: Mapping[Text, Wanted] = Field(default_factory=dict)
    last_day_included: bool = False
    columns: Mapping[Text, Text] = Field(default_factory=dict)
    values: Mapping[Text, Mapping[str, Value]] = Field(default_factory=dict)
    where: str = FILE
    line: int = 1
    lines: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> SourceDescription:
        if (self.file is None) == (self.database is None):
            raise ValueError("a source has either file, a pattern of names, or database with sql")
        if (self.database is None) != (self.sql is None):
            raise ValueError("database and sql belong together")
        if self.database is not None and not re.fullmatch("env:[A-Za-z_][A-Za-z0-9_]*", self.database):
            raise ValueError('database is "env:NAME", the environment variable that holds the address')
        if self.file is not None and ("/" in self.file or "\\" in self.file):
            raise ValueError("file is a pattern of names, such as ePEP*.xlsx, without a folder")
        return self

    def named(self) -> tuple[str, ...]:
        """Every column of the file that the description names."""
        child = (self.child.column,) if self.child else ()
        return tuple(dict.fromkeys((*self.columns.values(), *child, *self.only, *self.ignore_rows)))

    def at(self, key: str = "") -> str:
        """Where the description says something, in words: `key` is a setting of it, or its first line."""
        pattern = re.compile(rf"""^\s*\[*\s*(source\s*\.\s*)?(values\s*\.\s*|columns\s*\.\s*)?["']?{re.escape(key)}(?!\w)""")
        found = [number for number, line in enumerate(self.lines) if key and pattern.search(line)]
        return f"{self.where}, line {self.line + (found[0] if found else 0)}"


def sources() -> tuple[SourceDescription, ...]:
    """The descriptions of `sources.toml`, in the file's order; none where there is no such file.

    Read anew at each call, so that a change holds without a restart. Raises ConfigError, naming the line.
    """
    path = config_folder() / FILE
    return while_it_says_the_same(path, _of_file) if path.exists() else ()


def _of_file(path: Path) -> tuple[SourceDescription, ...]:
    read_toml(path)  # tells what is not TOML
    return descriptions(path.read_text(encoding="utf-8-sig"), path.name)


def descriptions(text: str, where: str) -> tuple[SourceDescription, ...]:
    """The descriptions in a TOML text; `where` names it in sentences. Raises ConfigError, naming the line."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is not valid TOML: {error}. Correct that line and try again.") from None
    lines = text.splitlines()
    for key in values:
        if key != "source":
            line = next((number for number, each in enumerate(lines, 1) if re.match(rf"""\s*\[*\s*["']?{re.escape(key)}(?!\w)""", each)), 1)
            raise ConfigError(f"{where}, line {line}: there is no setting {key!r}. Each source begins with [[source]].")
    entries = values.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError(f"{where}: each source begins with [[source]], with two brackets on each side.")
    begun = [number for number, line in enumerate(lines) if ENTRY.match(line)]
    if len(begun) != len(entries):
        begun = [0] * len(entries)
    parts = [tuple(lines[first:last]) for first, last in itertools.pairwise([*begun, len(lines)])]
    return tuple(
        _description(entry, where, first + 1, part) for entry, first, part in zip(entries, begun, parts, strict=True)
    )


def _description(entry: dict[str, Any], where: str, line: int, lines: tuple[str, ...]) -> SourceDescription:
    for key in ("where", "line", "lines"):
        if key in entry:
            raise ConfigError(f"{where}, line {line}: a source has no {key!r}.")
    try:
        return SourceDescription.model_validate({**entry, "where": where, "line": line, "lines": lines})
    except ValidationError as error:
        raise ConfigError(_sentence(error.errors()[0], where, line, lines)) from None


def _sentence(error: ErrorDetails, where: str, line: int, lines: tuple[str, ...]) -> str:
    setting = next((part for part in error["loc"] if isinstance(part, str)), "")
    at = SourceDescription.model_construct(where=where, line=line, lines=lines).at(setting)
    if error["type"] == "extra_forbidden":
        named = ".".join(str(part) for part in error["loc"])
        return f"{at}: a source has no setting {named!r}. It has {', '.join(EXPECTED)}."
    if error["type"] == "missing":
        lacks = ".".join(str(part) for part in error["loc"])
        return f"{at}: this source lacks {lacks}. Add it."
    if setting:
        return f"{at}: {setting} must be {EXPECTED[setting]}, not {error['input']!r}."
    return f"{at}: {error['msg'].removeprefix('Value error, ')}. Correct it."


def written(description: SourceDescription) -> str:
    """A description as it would be in `sources.toml`."""
    lines = ["[[source]]", *(f"{key} = {_quoted(value)}" for key in ("file", "database", "sql") if (value := getattr(description, key)))]
    lines.append(f"becomes = {_quoted(description.becomes)}")
    if description.sheets is not None:
        lines.append(f"sheets = {_quoted(description.sheets) if isinstance(description.sheets, str) else _list(description.sheets)}")
    if description.header is not None:
        lines.append(f"header = {_quoted(description.header) if isinstance(description.header, str) else description.header}")
    if description.dates:
        lines.append(f"dates = {_list(description.dates)}")
    if description.child:
        child = description.child
        parts = [f"column = {_quoted(child.column)}", f"is = {_quoted(child.is_)}"]
        parts += [f"strip = {_quoted(child.strip)}"] * bool(child.strip) + [f"pad = {child.pad}"] * bool(child.pad)
        lines.append(f"child = {{ {', '.join(parts)} }}")
    for key, wanted in (("only", description.only), ("ignore_rows", description.ignore_rows)):
        if wanted:
            lines.append(f"{key} = {{ {', '.join(f'{_quoted(name)} = {_list(values)}' for name, values in wanted.items())} }}")
    if description.last_day_included:
        lines.append("last_day_included = true")
    if description.columns:
        lines += ["[source.columns]", *(f"{name} = {_quoted(column)}" for name, column in description.columns.items())]
    for name, values in description.values.items():
        lines += [f"[source.values.{name}]", *(f"{_quoted(said)} = {_quoted(value)}" for said, value in values.items())]
    return "\n".join(lines) + "\n"


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(_quoted(value) for value in values)}]"


def _quoted(text: str) -> str:
    """Text as a TOML string."""
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(signs.get(sign, sign if sign >= " " and sign != "\x7f" else f"\\u{ord(sign):04x}") for sign in text) + '"'
