"""Where the databases are and whose dashboard this is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from config.home import home_folder
from config.toml_file import ConfigError, config_folder, line_of, read_toml, while_it_says_the_same

PROJECT_FOLDER = Path(__file__).resolve().parent.parent
FILE_DATABASES = ("duckdb:///", "sqlite:///")
OPTIONAL = {"region": "", "comparators": "data/comparators.csv"}
"""Settings that a file may leave out, with what they then are."""


@dataclass(frozen=True)
class Settings:
    """`authority` and `region` are names for people; `database` and `workspace` are SQLAlchemy addresses.

    `region` is empty where it is the authority's own. `comparators` is the file of published figures that were loaded.
    """

    authority: str
    database: str
    workspace: str
    region: str
    comparators: Path


def settings() -> Settings:
    """The settings of `settings.toml`, each overridden by its environment variable.

    Read anew at each call, because tests and commands change the environment.
    Raises ConfigError for a setting that is missing, unknown or not text.
    """
    values = while_it_says_the_same(config_folder() / "settings.toml", _values)
    return Settings(
        authority=os.environ.get("QS133_AUTHORITY") or values["authority"],
        database=absolute_address(os.environ.get("QS133_DATABASE_URL") or values["database"]),
        workspace=absolute_address(os.environ.get("QS133_WORKSPACE_URL") or values["workspace"]),
        region=os.environ.get("QS133_REGION") or values.get("region", OPTIONAL["region"]),
        comparators=home_folder() / (os.environ.get("QS133_COMPARATORS") or values.get("comparators") or OPTIONAL["comparators"]),
    )


def _values(path: Path) -> dict[str, str]:
    values = read_toml(path)
    known = {"authority", "database", "workspace", *OPTIONAL}
    for name, value in values.items():
        if name not in known:
            at = f"{path.name}, line {line_of(path, name)}"
            raise ConfigError(f"{at}: there is no setting {name!r}. The settings are {', '.join(sorted(known))}.")
        if not isinstance(value, str):
            raise ConfigError(f"{path.name}, line {line_of(path, name)}: {name} must be text in quotes.")
    missing = known - values.keys() - OPTIONAL.keys()
    if missing:
        raise ConfigError(f"{path.name} lacks the setting {sorted(missing)[0]!r}. Put it back.")
    return values


def absolute_address(url: str) -> str:
    """A database address whose relative file path, if it has one, is taken from the home folder."""
    for prefix in FILE_DATABASES:
        path = url.removeprefix(prefix)
        if path != url and path and path != ":memory:" and not Path(path).is_absolute():
            return f"{prefix}{home_folder() / path}"
    return url
