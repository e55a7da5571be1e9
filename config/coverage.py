"""What time the data covers, where people say so: `coverage.toml`, read once."""

from __future__ import annotations

import datetime
import functools
import re
from dataclasses import dataclass

from config.toml_file import ConfigError, check_date, config_folder, line_of, read_toml

NAMES = (
    "assessments", "programmes", "programme_sessions", "outcome_scores", "sdq_scores", "arrangements", "education_plans", "attendance",
    "exclusions", "carer_training", "carers", "prev_perm",
)
"""What coverage is kept of. Most are extracts of that name; `sdq_scores` are OC2's and `outcome_scores`', `attendance` is marks and
summaries, `arrangements` are Episodes or else `care_arrangements`, `prev_perm` is PrevPerm."""


@dataclass(frozen=True)
class Said:
    """The first and the last day that a name covers, both included; None where that is left to what was worked out."""

    first: datetime.date | None = None
    last: datetime.date | None = None


@functools.cache
def coverage_said() -> dict[str, Said]:
    """What `coverage.toml` says, by name. A folder of settings need not have the file.

    Raises ConfigError, naming the line.
    """
    path = config_folder() / "coverage.toml"
    if not path.exists():
        return {}
    found = {}
    for name, given in read_toml(path).items():
        line = line_of(path, rf"^\s*\[?\s*{re.escape(name)}")
        at = f"{path.name}, line {line}"
        if name not in NAMES:
            raise ConfigError(f"{at}: there is no {name!r}. The names are {', '.join(NAMES)}.")
        if not isinstance(given, dict) or not given or not given.keys() <= {"from", "to"}:
            raise ConfigError(f"{at}: [{name}] has from, to or both, such as from = 2023-09-01, and nothing else.")
        days = {key: check_date(at, key, value) for key, value in given.items()}
        said = Said(days.get("from"), days.get("to"))
        if said.first and said.last and said.last < said.first:
            raise ConfigError(f"{at}: to is before from. Correct one of them.")
        found[name] = said
    return found
