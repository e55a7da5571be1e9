"""Who may see what: the roles, and the grants of `access.toml` that give them to people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from config.toml_file import ConfigError, check_text, config_folder, line_of, read_entries, read_toml, while_it_says_the_same

REQUIRED = ("role", "claim", "is")
OPTIONAL = ("teams", "providers")
SETTINGS = ("sign_in_hours", "everyone_else", "deployment_protects", "targets_and_rebases_by")
NOBODY = "nobody"


class Role(StrEnum):
    """What a person may see and do; each role may all that the ones before it may, a manager for their own children only."""

    VIEWER = "viewer"
    MANAGER = "manager"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def exact(self) -> bool:
        """Whether the role sees exact numbers."""
        return self is not Role.VIEWER

    @property
    def rank(self) -> int:
        """0 for the role that may least."""
        return list(Role).index(self)


@dataclass(frozen=True)
class Grant:
    """People whose `claim` is one of `values` have the `role`. `line` is where the file has it."""

    role: Role
    claim: str
    values: tuple[str, ...]
    teams: tuple[str, ...]
    providers: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class Access:
    """`everyone_else` is None where a person without a grant sees nothing; `targets_and_rebases_by` is the least role that sets
    targets and begins limits anew."""

    sign_in_hours: float
    everyone_else: Role | None
    deployment_protects: bool
    grants: tuple[Grant, ...]
    targets_and_rebases_by: Role = Role.MANAGER


def access() -> Access:
    """What `access.toml` says.

    Read anew at each call, so that a change holds without a restart. Raises ConfigError, naming the line, for anything in the
    file that is missing, unknown or of the wrong type: a mistake must not give anybody a role.
    """
    return while_it_says_the_same(config_folder() / "access.toml", _access)


def _access(path: Path) -> Access:
    settings = read_toml(path)
    entries = read_entries(path, "grant", REQUIRED, OPTIONAL, beside=SETTINGS)
    return Access(
        sign_in_hours=_hours(path, settings),
        everyone_else=_everyone_else(path, settings),
        deployment_protects=_yes_or_no(path, settings, "deployment_protects"),
        grants=tuple(_grant(at, line, entry) for at, line, entry in entries),
        targets_and_rebases_by=_targets_and_rebases_by(path, settings),
    )


def _grant(at: str, line: int, entry: Mapping[str, Any]) -> Grant:
    role = _role(at, entry["role"])
    teams, providers = (_texts(at, key, entry.get(key, [])) for key in OPTIONAL)
    if role is Role.MANAGER and not teams and not providers:
        raise ConfigError(f"{at}: this manager has neither teams nor providers, and would see nothing. Name some.")
    if role is not Role.MANAGER and (teams or providers):
        raise ConfigError(f"{at}: only a manager has teams or providers; a {role} sees all children. Remove them or change the role.")
    values = _texts(at, "is", entry["is"])
    if not values:
        raise ConfigError(f"{at}: 'is' names no value of the claim. Give at least one.")
    return Grant(role, check_text(at, "claim", entry["claim"]), values, teams, providers, line)


def _role(at: str, value: Any) -> Role:
    try:
        return Role(check_text(at, "role", value))
    except ValueError:
        raise ConfigError(f"{at}: there is no role {value!r}. The roles are {', '.join(Role)}.") from None


def _texts(at: str, key: str, value: Any) -> tuple[str, ...]:
    """A text or a list of texts, none of them empty."""
    texts = value if isinstance(value, list) else [value]
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise ConfigError(f"{at}: {key} must be text in quotes, or a list of such, not {text!r}.")
    return tuple(texts)


def _hours(path: Path, settings: Mapping[str, Any]) -> float:
    hours = _setting(path, settings, "sign_in_hours")
    if isinstance(hours, bool) or not isinstance(hours, int | float) or not 0 < hours <= 24 * 30:
        raise ConfigError(f"{_at(path, 'sign_in_hours')}: sign_in_hours must be a number of hours above 0, at most 720, not {hours!r}.")
    return float(hours)


def _everyone_else(path: Path, settings: Mapping[str, Any]) -> Role | None:
    role = _setting(path, settings, "everyone_else")
    if role not in (Role.VIEWER.value, NOBODY):
        raise ConfigError(f"{_at(path, 'everyone_else')}: everyone_else must be \"viewer\" or \"nobody\", not {role!r}.")
    return Role.VIEWER if role == Role.VIEWER.value else None


def _targets_and_rebases_by(path: Path, settings: Mapping[str, Any]) -> Role:
    role = settings.get("targets_and_rebases_by", Role.MANAGER.value)
    allowed = [found.value for found in Role if found.exact]
    if role not in allowed:
        at = _at(path, "targets_and_rebases_by")
        raise ConfigError(f"{at}: targets_and_rebases_by must be one of {', '.join(allowed)}, in quotes, not {role!r}.")
    return Role(role)


def _yes_or_no(path: Path, settings: Mapping[str, Any], name: str) -> bool:
    value = _setting(path, settings, name)
    if not isinstance(value, bool):
        raise ConfigError(f"{_at(path, name)}: {name} must be true or false, without quotes, not {value!r}.")
    return value


def _setting(path: Path, settings: Mapping[str, Any], name: str) -> Any:
    if name not in settings:
        raise ConfigError(f"{path.name} lacks the setting {name!r}. Put it back, above the first [[grant]].")
    return settings[name]


def _at(path: Path, name: str) -> str:
    return f"{path.name}, line {line_of(path, rf'^ *{name}')}"
