"""The rebases of `rebases.toml`: dated, reasoned decisions to begin a measure's process-control limits anew."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from config.toml_file import check_date, check_text, config_folder, read_entries, while_it_says_the_same


@dataclass(frozen=True)
class Rebase:
    """On the day `on` something was changed that `reason` says. `line` is where the file has it, None for one from the dashboard."""

    measure: str
    on: datetime.date
    reason: str
    line: int | None = None


def rebases() -> tuple[Rebase, ...]:
    """The rebases in the file's order.

    Read anew at each call, so that a change holds without a restart. Raises ConfigError naming the line of a faulty entry.
    """
    return while_it_says_the_same(config_folder() / "rebases.toml", _rebases)


def _rebases(path: Path) -> tuple[Rebase, ...]:
    return tuple(
        Rebase(
            check_text(at, "measure", entry["measure"]), check_date(at, "on", entry["on"]), check_text(at, "reason", entry["reason"]), line,
        )
        for at, line, entry in read_entries(path, "rebase", ("measure", "on", "reason"), ())
    )
