"""Which tables the protected view has: one group a filter, and two characteristics at most, of those that go together."""

from __future__ import annotations

from collections.abc import Sequence

from config.disclosure import DisclosureRules
from metrics.summary.summarise import Where
from metrics.units.breakdowns import EVERY


def is_offered(by: Sequence[str], where: Where, rules: DisclosureRules) -> bool:
    """Whether the protected view has a table by these breakdowns, of these groups only."""
    names = list(dict.fromkeys([*by, *where]))
    one_each = all(len(groups) == 1 for groups in where.values())
    return one_each and (len(names) < 2 or (len(names) == 2 and rules.allows(*names)))


def offered_beside(breakdown: str, rules: DisclosureRules) -> list[str]:
    """The breakdowns that go together with one."""
    return [name for name in EVERY if name != breakdown and rules.allows(breakdown, name)]
