"""What is said of the protected view, wherever it is explained."""

from __future__ import annotations

from config.disclosure import disclosure_rules


def how_protected() -> str:
    """What the protected view does, for whoever looks at it."""
    base = disclosure_rules().base
    return (
        f"Totals are exact. Numbers for groups are rounded at random to a multiple of {base}, never more than {base - 1} from the truth, "
        "so that nobody can work out one child by subtracting. Groups therefore may not add up to the total: use the total. "
        "Groups of fewer than about 10 children are hidden. A period is shown once it is over."
    )
