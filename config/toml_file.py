"""Reading the TOML files of `config/`, so that a mistake in one is told as a sentence with its line."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any


class ConfigError(Exception):
    """A settings file that can't be used; the message says where and what to do."""


def config_folder() -> Path:
    """The folder of TOML files: `QS133_CONFIG` when it is set, otherwise this one."""
    return Path(os.environ.get("QS133_CONFIG") or Path(__file__).parent)


def read_toml(path: Path) -> dict[str, Any]:
    """The contents of a TOML file.

    Raises ConfigError when the file is missing or is not TOML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"The settings file {path} is missing. Put it back, or point QS133_CONFIG at the folder that has it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The settings file {path} can't be read ({error}). It must be a UTF-8 text file.") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path.name} is not valid TOML: {error}. Correct that line and try again.") from None


def line_of(path: Path, pattern: str, occurrence: int = 0) -> int:
    """The 1-based line of the n-th line of a file that matches a regular expression (1 if none does)."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if re.search(pattern, line)]
    return found[min(occurrence, len(found) - 1)] if found else 1
