"""Reading the TOML files of `config/`, so that a mistake in one is told as a sentence with its line."""

from __future__ import annotations

import copy
import datetime
import os
import re
import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from config.home import home_folder

Model = TypeVar("Model", bound=BaseModel)
T = TypeVar("T")


PACKAGED = Path(__file__).parent
"""The settings files as the program brings them."""


class ConfigError(Exception):
    """A settings file that can't be used; the message says where and what to do."""


def config_folder() -> Path:
    """The folder of TOML files: the one that `QS133_CONFIG` names, otherwise `config` in the home folder.

    A file that the latter lacks is read as the program brings it.
    """
    return Path(os.environ.get("QS133_CONFIG") or home_folder() / "config")


def read_toml(path: Path) -> dict[str, Any]:
    """The contents of a TOML file.

    Raises ConfigError when the file is missing or is not TOML.
    """
    try:
        return copy.deepcopy(_parsed(_text(path)))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}. Correct that line and try again.") from None


def _text(path: Path) -> str:
    brought = PACKAGED / path.name
    if path.parent == home_folder() / "config" and not os.environ.get("QS133_CONFIG") and not path.exists() and brought.is_file():
        path = brought
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a byte-order mark in front
    except FileNotFoundError:
        raise ConfigError(f"The settings file {path} is missing. Put it back, or point QS133_CONFIG at the folder that has it.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{_at(path, line)}: this line is not in UTF-8. Save the file again with the encoding UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"The settings file {path} can't be read ({error}).") from None


def while_it_says_the_same(path: Path, build: Callable[[Path], T]) -> T:
    """What `build` makes of a file, made anew only when the file says something else; nobody may change it.

    The files are read at each click, so that a change holds at once. Raises what `build` does.
    """
    text = _text(path)
    known = _built.get((path, build))
    if known is not None and known[0] == text:
        return cast("T", known[1])
    made = build(path)
    if _text(path) == text:  # and not changed while it was made of
        _built[path, build] = text, made
    return made


_built: dict[tuple[Path, Callable[[Path], object]], tuple[str, object]] = {}


@lru_cache(maxsize=64)
def _parsed(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def line_of(path: Path, pattern: str, occurrence: int = 0) -> int:
    """The 1-based line of the n-th line of a file that matches a regular expression (1 if none does)."""
    found = _lines_with(_text(path), pattern)
    return found[min(occurrence, len(found) - 1)] if found else 1


@lru_cache(maxsize=256)
def _lines_with(text: str, pattern: str) -> tuple[int, ...]:
    return tuple(number for number, line in enumerate(text.splitlines(), start=1) if re.search(pattern, line))


def read_entries(
    path: Path, name: str, required: tuple[str, ...], optional: tuple[str, ...], beside: tuple[str, ...] = (),
) -> list[tuple[str, int, dict[str, Any]]]:
    """The `[[name]]` entries of a file: for each, where it is in words, its line, and its settings.

    Raises ConfigError, naming the line, for settings of an entry that are missing or unknown, and for anything in the file that
    is neither an entry nor a setting named in `beside`, which are the caller's to read.
    """
    values = read_toml(path)
    for key in values:
        if key != name and key not in beside:
            raise ConfigError(f"{_at(path, line_of(path, _key(key)))}: there is no setting {key!r}. Each {name} begins with [[{name}]].")
    entries = values.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        at = _at(path, line_of(path, _key(name)))
        raise ConfigError(f"{at}: each {name} begins with [[{name}]], with two brackets on each side.")
    found = []
    for number, entry in enumerate(entries):
        line = line_of(path, rf"""^\s*(\[\[\s*["']?{name}["']?\s*\]\]|["']?{name}["']?\s*=)""", number)
        _check_keys(_at(path, line), name, entry, required, optional)
        found.append((_at(path, line), line, entry))
    return found


def check_date(at: str, key: str, value: Any) -> datetime.date:
    """A TOML date. Raises ConfigError for anything else; a date with a time is a date to Python, too."""
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise ConfigError(f"{at}: {key} must be a date written as 2025-04-01, without quotes, not {str(value)!r}.")
    return value


def check_text(at: str, key: str, value: Any) -> str:
    """Text. Raises ConfigError for anything else."""
    if not isinstance(value, str):
        raise ConfigError(f"{at}: {key} must be text in quotes, not {value!r}.")
    return value


def _check_keys(at: str, name: str, entry: dict[str, Any], required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    for key in entry:
        if key not in required + optional:
            may = f" and, if you like, {' and '.join(optional)}" if optional else ""
            raise ConfigError(f"{at}: a {name} has no {key!r}. It has {', '.join(required)}{may}.")
    for key in required:
        if key not in entry:
            raise ConfigError(f"{at}: this {name} lacks {key!r}. Add it.")


def read_model(name: str, model: type[Model]) -> Model:
    """A file of settings of the config folder, checked against its model.

    Raises ConfigError, naming the line, for a setting that is missing, unknown, of the wrong type or out of its range.
    """
    path = config_folder() / name
    values = read_toml(path)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        where = first["loc"]
        setting = str(where[-1] if isinstance(where[-1], str) else where[0])
        at = _at(path, line_of(path, _key(setting)))
        raise ConfigError(f"{at}: {setting}: {first['msg']}. Correct it or put the default back.") from None


def _at(path: Path, line: int) -> str:
    return f"{path.name}, line {line}"


def _key(name: str) -> str:
    """A regular expression for the line that sets a top-level key or opens its table."""
    return rf"""^\s*\[*\s*["']?{re.escape(name)}(?!\w)"""
