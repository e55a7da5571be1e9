"""The local targets of `targets.toml`: levels of measures, each from a date on, some for one placement only."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.code_lists import PLACEMENTS
from config.toml_file import ConfigError, check_date, check_text, config_folder, read_entries, while_it_says_the_same

REQUIRED = ("measure", "level", "from")
OPTIONAL = ("placement", "period", "reason")
PERIODS = ("month", "quarter", "term", "year")


@dataclass(frozen=True)
class Target:
    """A level that a measure should reach from a date on.

    `level` is in the unit people read: percent for proportions and attendance, otherwise the measure's own unit.
    `placement` is None for a target that holds for all placements, `period` None for one that holds at every length of period.
    `line` is where `targets.toml` has it, None for one that was set
    in the dashboard; whether the measure exists is for those who know the measures to check.
    """

    measure: str
    level: float
    from_date: datetime.date
    placement: str | None
    reason: str
    line: int | None = None
    period: str | None = None


def targets() -> tuple[Target, ...]:
    """The targets of `targets.toml`, in the file's order; none if it has none.

    Read anew at each call, so that a change holds without a restart. Raises ConfigError, naming the line of the faulty
    entry, for a key that is missing, unknown or of the wrong type, a negative level, an unknown placement and a target
    that is there twice.
    """
    return while_it_says_the_same(config_folder() / "targets.toml", _targets)


def _targets(path: Path) -> tuple[Target, ...]:
    read: dict[tuple[str, datetime.date, str | None, str | None], Target] = {}
    for at, line, entry in read_entries(path, "target", REQUIRED, OPTIONAL):
        target = _target(at, line, entry)
        key_of = (target.measure, target.from_date, target.placement, target.period)
        if key_of in read:
            raise ConfigError(
                f"{at}: this target repeats the one of line {read[key_of].line} "
                f"({target.measure}, from {target.from_date}, {target.placement or 'all placements'}). Remove one of them."
            )
        read[key_of] = target
    return tuple(read.values())


def _target(at: str, line: int, entry: dict[str, Any]) -> Target:
    """One [[target]] entry, or ConfigError naming its line."""
    for key in ("measure", *OPTIONAL):
        if key in entry:
            check_text(at, key, entry[key])
    level, from_date, placement, period = entry["level"], entry["from"], entry.get("placement"), entry.get("period")
    if isinstance(level, bool) or not isinstance(level, int | float) or not math.isfinite(level):
        raise ConfigError(f"{at}: level must be a number such as 90 or 2.5, not {level!r}.")
    if level < 0:
        raise ConfigError(f"{at}: level is {level:g}, but a target can't be below 0.")
    check_date(at, "from", from_date)
    if placement is not None and placement not in PLACEMENTS:
        raise ConfigError(f"{at}: there is no placement {placement!r}. The placements are {', '.join(PLACEMENTS)}.")
    if period is not None and period not in PERIODS:
        raise ConfigError(f"{at}: there is no period {period!r}. The periods are {', '.join(PERIODS)}.")
    return Target(entry["measure"], float(level), from_date, placement, entry.get("reason", ""), line, period)

