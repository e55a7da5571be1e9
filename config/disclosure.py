"""How small numbers are hidden in the protected view, read once from `disclosure.toml`."""

from __future__ import annotations

import functools

from pydantic import BaseModel, ConfigDict, Field

from config.toml_file import read_model


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
    return read_model("disclosure.toml", DisclosureRules)
