"""Is anyone served worse: each group of children against the rest of the children.

For proportions. The rest of a group are the other children whose group is recorded: 'Not recorded' is shown but not compared,
neither as a group nor within the rest, as any of those children may belong to the group itself.

Intervals of the difference are Newcombe's (see `metrics.statistics.intervals`), p values Fisher's exact ones, and Benjamini
and Hochberg's method
(1995, J. R. Statist. Soc. B 57, 289 to 300) allows for making many comparisons on one page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from metrics.statistics import intervals

NOT_RECORDED = "Not recorded"
COMPARED_FROM = 10
"""A comparison is made from this many children on both sides ..."""
RELIABLE_FROM = 30
"""... and is marked as unreliable below this many on either."""
LEVEL = 0.05

COMPARISON = {
    "group": pl.String, "numerator": pl.Int64, "denominator": pl.Int64, "value": pl.Float64,
    "rest_numerator": pl.Int64, "rest_denominator": pl.Int64, "rest_value": pl.Float64,
    "difference": pl.Float64, "lower": pl.Float64, "upper": pl.Float64, "children": pl.Int64, "p_value": pl.Float64,
    "certainty": pl.String, "verdict": pl.String,
}

Count = int | None
Share = tuple[Count, Count]


def against_rest(groups: pl.DataFrame, total: Share | None = None, *, rounding: float = 0.0) -> pl.DataFrame:
    """Each group against the rest, in the order given: the columns of COMPARISON.

    `groups` has a row per group with `group`, `numerator` and `denominator` (whole numbers; null where hidden). `total` is the numerator
    and denominator of all the children, 'Not recorded' included: with it, a group can be compared although another one is hidden.

    - `difference` is `value` less `rest_value`, as a fraction (0.1 is 10 percentage points), with its 95% limits `lower` and `upper`.
    - `children` is how many of the group's children the gap stands for: difference x denominator, rounded to the nearest whole number
      (halves away from 0). So many fewer (or more, below 0) of them would be in the numerator if the group did as the rest do.
    - `p_value` is Fisher's exact test of the two, two-sided.
    - `certainty` is 'too_few' (fewer than 10 on either side: nothing is compared), 'unreliable' (fewer than 30) or 'reliable'; null for
      'Not recorded' and where a hidden number leaves nothing to compare.
    - `verdict` is 'no clear difference' where the interval holds 0, else 'higher than the rest' or 'lower than the rest'.

    `rounding` is the variance of the error that each number of a group was rounded with, 0 where they are exact: the interval is wider by
    it, the rest is cut to what can be, and children 'Not recorded' whose number is hidden stay among the rest.

    ValueError for a group that comes twice, a numerator above its denominator, numbers below 0 and a total below its groups, where
    nothing is rounded.
    """
    rows = groups.select("group", "numerator", "denominator").rows()
    if len({group for group, *_ in rows}) < len(rows):
        raise ValueError("A group comes twice. Add its numbers up first, so that each group has one row.")
    for group, numerator, denominator in rows:
        _check(f"The group {group!r}", numerator, denominator)
    recorded = _recorded(rows, total, rounded=rounding > 0)
    return pl.DataFrame([_against(row, recorded, rounding) for row in rows], schema=COMPARISON)


def benjamini_hochberg(p_values: Sequence[float | None] | pl.Series, level: float = LEVEL) -> pl.DataFrame:
    """Benjamini and Hochberg's adjusted p values: `p_value`, `adjusted_p_value` and `clear` (adjusted <= level), a row for each.

    Give every comparison that the page shows at once. A null is no comparison: it stays null and doesn't count among them.
    """
    p = pl.Series("p_value", p_values, dtype=pl.Float64)
    made = p.drop_nulls()
    if not made.is_between(0, 1).all():
        raise ValueError("A p value has to be from 0 to 1, or null where nothing was compared.")
    adjusted = iter(_adjusted(made.to_list()))
    column = pl.Series("adjusted_p_value", [None if value is None else next(adjusted) for value in p], dtype=pl.Float64)
    return pl.DataFrame([p, column]).with_columns(clear=pl.col("adjusted_p_value") <= level)


def _adjusted(p_values: list[float]) -> list[float]:
    if not p_values:
        return []
    from scipy.stats import false_discovery_control  # slow to import

    return [float(value) for value in false_discovery_control(p_values, method="bh")]


def _recorded(rows: list[tuple[str, Count, Count]], total: Share | None, *, rounded: bool) -> Share:
    """The numerator and denominator of all children whose group is recorded; None where a hidden number leaves it open."""
    if total is None:
        known = [row[1:] for row in rows if row[0] != NOT_RECORDED]
        return _sum([x for x, _ in known]), _sum([n for _, n in known])
    _check("The total", *total)
    unrecorded = next((row[1:] for row in rows if row[0] == NOT_RECORDED), (0, 0))
    if rounded and None in unrecorded:
        unrecorded = (0, 0)
    return _less(total[0], unrecorded[0]), _less(total[1], unrecorded[1])


def _against(row: tuple[str, Count, Count], recorded: Share, rounding: float) -> dict[str, Any]:
    """One group's row of the comparison."""
    group, x, n = row
    result: dict[str, Any] = {"group": group, "numerator": x, "denominator": n, "value": _share(x, n)}
    if group == NOT_RECORDED:
        return result
    rest_x, rest_n = _less(recorded[0], x), _less(recorded[1], n)
    if rounding:
        rest_n = None if rest_n is None else max(rest_n, 0)
        rest_x = None if rest_x is None or rest_n is None else min(max(rest_x, 0), rest_n)
    _check(f"The rest of {group!r} (the total less the group)", rest_x, rest_n)
    result |= {"rest_numerator": rest_x, "rest_denominator": rest_n, "rest_value": _share(rest_x, rest_n)}
    if n is None or rest_n is None:
        return result
    if min(n, rest_n) < COMPARED_FROM:
        return result | {"certainty": "too_few"}
    if x is None or rest_x is None:
        return result
    return result | gap(x, n, rest_x, rest_n, rounding)


def gap(x: int, n: int, rest_x: int, rest_n: int, rounding: float) -> dict[str, Any]:
    """A share less the rest's, from `difference` to `verdict` of COMPARISON; of numbers from 1 and COMPARED_FROM on alike."""
    from scipy.stats import fisher_exact  # slow to import

    lower, upper = intervals.difference(x, n, rest_x, rest_n)
    if rounding:
        apart = x / n - rest_x / rest_n
        more = math.hypot(*(intervals.rounding_error(one, of, rounding) for one, of in ((x, n), (rest_x, rest_n))))
        lower, upper = max(apart - math.hypot(apart - lower, more), -1), min(apart + math.hypot(upper - apart, more), 1)
    verdict = "higher than the rest" if lower > 0 else "lower than the rest" if upper < 0 else "no clear difference"
    # In whole numbers, so that a gap of exactly half a child is one: n * (x / n - rest_x / rest_n).
    doubled, sign = abs(x * rest_n - n * rest_x) * 2, 1 if x * rest_n >= n * rest_x else -1
    return {
        "difference": x / n - rest_x / rest_n, "lower": lower, "upper": upper, "children": sign * ((doubled + rest_n) // (2 * rest_n)),
        "p_value": float(fisher_exact([[x, n - x], [rest_x, rest_n - rest_x]]).pvalue),
        "certainty": "unreliable" if min(n, rest_n) < RELIABLE_FROM else "reliable", "verdict": verdict,
    }


def _check(what: str, numerator: Count, denominator: Count) -> None:
    x, n = numerator or 0, denominator or 0
    if x < 0 or n < 0 or (numerator is not None and denominator is not None and x > n):
        raise ValueError(f"{what} has a numerator of {numerator} and a denominator of {denominator}: the numerator has to be among them.")


def _sum(numbers: list[Count]) -> Count:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None


def _less(whole: Count, part: Count) -> Count:
    return None if whole is None or part is None else whole - part


def _share(numerator: Count, denominator: Count) -> float | None:
    return None if numerator is None or not denominator else numerator / denominator
