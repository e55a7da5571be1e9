"""How the protected view rounds and hides, read once from `disclosure.toml`."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from config.toml_file import ConfigError, config_folder, line_of, read_model

FILE = "disclosure.toml"


class DisclosureRules(BaseModel):
    """All in children; the TOML file says what each means."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    base: Literal[3, 5]
    smallest_group: int = Field(ge=1)
    two_way_value_from: int = Field(ge=1)
    total_from: int = Field(ge=1)
    total_part_exact_from: int = Field(ge=1)
    pairs: dict[str, list[str]]

    @property
    def rounding_variance(self) -> float:
        """Of the error that rounding a number to the base makes, over all remainders alike: 4/3 for base 3."""
        return (self.base**2 - 1) / 6

    def allows(self, first: str, second: str) -> bool:
        """Whether two breakdowns go together."""
        return second in self.pairs.get(first, ()) or first in self.pairs.get(second, ())


@functools.cache
def disclosure_rules() -> DisclosureRules:
    """The rules of `disclosure.toml`.

    Raises ConfigError, naming the line, for a setting that is missing, unknown, of the wrong type or does not suit the others.
    """
    rules = read_model(FILE, DisclosureRules)
    for setting, sentence in _unsuitable(rules):
        line = line_of(config_folder() / FILE, rf"^{setting}")
        raise ConfigError(f"{FILE}, line {line}: {sentence}. Correct it or put the default back.")
    return rules


def _unsuitable(rules: DisclosureRules) -> Iterator[tuple[str, str]]:
    """The settings that don't suit the others, each with why."""
    base = rules.base
    for setting in ("smallest_group", "two_way_value_from"):
        if getattr(rules, setting) % base:
            yield setting, f"{setting} must be a multiple of base, which is {base}, because it is compared with rounded numbers"
    if rules.smallest_group < 3 * base:
        yield "smallest_group", f"smallest_group must be at least {3 * base}, three times base, or groups of very few children show"
    if rules.two_way_value_from < rules.smallest_group:
        yield "two_way_value_from", "two_way_value_from must not be below smallest_group"
    if rules.total_part_exact_from <= base:
        yield "total_part_exact_from", f"total_part_exact_from must be above base, which is {base}, or one or two children show"
    if rules.total_from < rules.total_part_exact_from:
        yield "total_from", "total_from must not be below total_part_exact_from"
