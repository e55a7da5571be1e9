"""The local targets of `targets.toml`: levels of measures, each from a date on, some for one placement only."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.code_lists import PLACEMENTS
from config.toml_file import ConfigError, config_folder, line_of, read_toml

ENTRY = r"""^\s*(\[\[\s*["']?target["']?\s*\]\]|["']?target["']?\s*=)"""
REQUIRED = ("measure", "level", "from")
OPTIONAL = ("placement", "reason")


@dataclass(frozen=True)
class Target:
    """A level that a measure should reach from a date on.

    `level` is in the unit people read: percent for proportions and attendance, otherwise the measure's own unit.
    `placement` is None for a target that holds for all placements. `line` is where `targets.toml` has it; whether the
    measure exists is for those who know the measures to check.
    """

    measure: str
    level: float
    from_date: datetime.date
    placement: str | None
    reason: str
    line: int


def targets() -> tuple[Target, ...]:
    """The targets of `targets.toml`, in the file's order; none if it has none.

    Read anew at each call, so that a change holds without a restart. Raises ConfigError, naming the line of the faulty
    entry, for a key that is missing, unknown or of the wrong type, a negative level, an unknown placement and a target
    that is there twice.
    """
    path = config_folder() / "targets.toml"
    values = read_toml(path)
    for key in values:
        if key != "target":
            raise ConfigError(f"{_at(path, line_of(path, _key(key)))}: there is no setting {key!r}. Each target begins with [[target]].")
    entries = values.get("target", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        at = _at(path, line_of(path, _key("target")))
        raise ConfigError(f"{at}: each target begins with [[target]], with two brackets on each side.")
    read: dict[tuple[str, datetime.date, str | None], Target] = {}
    for number, entry in enumerate(entries):
        target = _target(path, line_of(path, ENTRY, number), entry)
        key_of = (target.measure, target.from_date, target.placement)
        if key_of in read:
            raise ConfigError(
                f"{_at(path, target.line)}: this target repeats the one of line {read[key_of].line} "
                f"({target.measure}, from {target.from_date}, {target.placement or 'all placements'}). Remove one of them."
            )
        read[key_of] = target
    return tuple(read.values())


def _target(path: Path, line: int, entry: dict[str, Any]) -> Target:
    """One [[target]] entry, or ConfigError naming its line."""
    at = _at(path, line)
    for key in entry:
        if key not in REQUIRED + OPTIONAL:
            raise ConfigError(f"{at}: a target has no {key!r}. It has {', '.join(REQUIRED)} and, if you like, {' and '.join(OPTIONAL)}.")
    for key in REQUIRED:
        if key not in entry:
            raise ConfigError(f"{at}: this target lacks {key!r}. Add it.")
    for key in ("measure", *OPTIONAL):
        if key in entry and not isinstance(entry[key], str):
            raise ConfigError(f"{at}: {key} must be text in quotes, not {entry[key]!r}.")
    level, from_date, placement = entry["level"], entry["from"], entry.get("placement")
    if isinstance(level, bool) or not isinstance(level, int | float) or not math.isfinite(level):
        raise ConfigError(f"{at}: level must be a number such as 90 or 2.5, not {level!r}.")
    if level < 0:
        raise ConfigError(f"{at}: level is {level:g}, but a target can't be below 0.")
    # A TOML date with a time is a date to Python, too.
    if not isinstance(from_date, datetime.date) or isinstance(from_date, datetime.datetime):
        raise ConfigError(f"{at}: from must be a date written as 2025-04-01, without quotes, not {str(from_date)!r}.")
    if placement is not None and placement not in PLACEMENTS:
        raise ConfigError(f"{at}: there is no placement {placement!r}. The placements are {', '.join(PLACEMENTS)}.")
    return Target(entry["measure"], float(level), from_date, placement, entry.get("reason", ""), line)


def _at(path: Path, line: int) -> str:
    return f"{path.name}, line {line}"


def _key(name: str) -> str:
    """A regular expression for the line that sets a top-level key or opens its table."""
    return rf"""^\s*\[*\s*["']?{re.escape(name)}(?!\w)"""
