"""Which tables the protected view has: one group a filter, and two characteristics at most, of those that go together; and none
by what is for exact numbers only."""

from __future__ import annotations

from collections.abc import Sequence

from config.disclosure import DisclosureRules
from metrics.summary.summarise import Where
from metrics.units.breakdowns import EXACT_ONLY


def is_offered(by: Sequence[str], where: Where, rules: DisclosureRules) -> bool:
    """Whether the protected view has a table by these breakdowns, of these groups only."""
    names = list(dict.fromkeys([*by, *where]))
    one_each = all(len(groups) == 1 for groups in where.values())
    return one_each and not EXACT_ONLY.keys() & names and (len(names) < 2 or (len(names) == 2 and rules.allows(*names)))
