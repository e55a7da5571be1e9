"""How small numbers are hidden in the protected view, read once from `disclosure.toml`."""

from __future__ import annotations

import functools

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.toml_file import ConfigError, config_folder, line_of, read_toml


class DisclosureRules(BaseModel):
    """All in children; the TOML file says what each means."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    smallest_cell: int = Field(ge=1)
    group_total: int = Field(ge=1)
    smallest_range: int = Field(ge=1)
    numerator_hidden_to: int = Field(ge=0)
    extreme_needs: int = Field(ge=0)


@functools.cache
def disclosure_rules() -> DisclosureRules:
    """The rules of `disclosure.toml`.

    Raises ConfigError, naming the line, for a setting that is missing, unknown, of the wrong type or below its least value.
    """
    path = config_folder() / "disclosure.toml"
    values = read_toml(path)
    try:
        return DisclosureRules.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        line = line_of(path, rf"^\s*{name}\b")
        raise ConfigError(f"{path.name}, line {line}: {name}: {first['msg']}. Correct it or put the default back.") from None
