"""The protected summary: the exact summary of the same cells, then rounded and hidden. `docs/disclosure.md` says the rules in words.

What is shown of a group depends on its own children and on nothing else: not on what else is shown, nor on who asks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from config.disclosure import DisclosureRules
from metrics.disclosure.rounding import STEP_VARIANCE, STEP_WEIGHTS, Numbers, Whole, steps, to_base, uniform
from metrics.measures.catalogue import get
from metrics.measures.kinds import Mean, Measure, Rate, RatioOfTotals
from metrics.statistics import intervals
from metrics.summary.cells import column_name
from metrics.summary.summarise import CHILDREN, KEY, Facts, State, added_up, has_data, values_of

Mask = npt.NDArray[np.bool_]
_NUMBERS = ("numerator", "value", "lower", "upper")
_MEAN_STEP, _RATIO_STEP = 1 / 5, 0.25
"""A step of noise is this share of a score's range, or of a ratio's, over the number of children."""


@dataclass(frozen=True)
class Protection:
    """What the protected view is made with. `exact_totals_of`: the cells of the cohort whose totals are exact, of the same unit and grain,
    where it is another than the one that is asked for; None where it is the same."""

    rules: DisclosureRules
    secret: bytes = field(repr=False)
    exact_totals_of: pl.DataFrame | None = None


@dataclass(frozen=True)
class _Table:
    """What is rounded: parts as arrays (see `Measure.parts`), the number of characteristics, and by row whether it is a group's."""

    measure: Measure
    part: Mapping[str, Numbers]
    counted: Whole
    children: Whole
    characteristics: int
    group: Mask
    draw_n: Numbers
    draw_k: Numbers
    rules: DisclosureRules
    whole: Mapping[str, Numbers]
    of_another_cohort: bool

    @functools.cached_property
    def beside_whole(self) -> Whole:
        """How many more children there are than the exact total is of."""
        return np.asarray(self.counted - self.whole[self.counted_part].astype(np.int64), dtype=np.int64)

    @functools.cached_property
    def nearly_whole(self) -> Mask:
        """Where an exact total is of the same children but one or two. What is shown then follows the total instead of a draw, or whoever
        knows these children would subtract the group from it."""
        near = (np.abs(self.beside_whole) < self.rules.base) & ((self.beside_whole < 0) | self.of_another_cohort)
        return self.group & near & (self.whole[self.counted_part] > 0)

    def by_draw(self, numbers: Whole, of_all: Whole) -> Whole:
        """Numbers rounded by their draws; where the exact total is of nearly the same children, to the neighbour that it alone says."""
        base, drawn = self.rules.base, to_base(numbers, self.draw_k, self.rules.base)
        down = of_all - of_all % base
        nearest = np.where(of_all % base * 2 < base, down, down + base)
        up = np.where(of_all % base > 0, down + base, down)
        said = np.where(self.beside_whole < 0, down, np.where(self.beside_whole > 0, up, nearest))
        allowed = (np.abs(said - numbers) < base) & ((numbers % base > 0) | (said == numbers))
        return np.asarray(np.where(self.nearly_whole & allowed, said, drawn), dtype=np.int64)

    @property
    def counted_part(self) -> str:
        """The part that says how many children (or events) there are."""
        return "children" if "children" in self.part else "denominator"

    @functools.cached_property
    def shown_counted(self) -> Whole:
        """The rows of the denominator (children, or events) as they are shown."""
        return np.where(self.group, to_base(self.counted, self.draw_n, self.rules.base), self.counted)

    @functools.cached_property
    def denominator_shown(self) -> Mask:
        rounded = np.minimum(self.shown_counted, to_base(self.children, self.draw_n, self.rules.base))
        return np.where(self.group, rounded >= self.rules.smallest_group, self.children >= self.rules.total_from)

    @functools.cached_property
    def value_shown(self) -> Mask:
        if self.characteristics < 2:
            return self.denominator_shown
        rounded = np.minimum(self.shown_counted, to_base(self.children, self.draw_n, self.rules.base))
        return self.denominator_shown & (rounded >= self.rules.two_way_value_from)


@dataclass(frozen=True)
class _Rounded:
    """What is shown of a table, by row; lower and upper are NaN where there is no interval. `rounded`: whether any of it is."""

    numerator: Numbers
    denominator: Numbers
    value: Numbers
    lower: Numbers
    upper: Numbers
    rounded: Mask


@dataclass(frozen=True)
class _Shown:
    """By row, whether the denominator and the value are shown, and whether what is shown is rounded."""

    denominator: Mask
    value: Mask
    rounded: Mask


def protected_summary(
    measure: Measure, facts: Facts, protection: Protection, *, by: Sequence[str] = (), where: Mapping[str, str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> pl.DataFrame:
    """The columns of the exact summary of the same cells (see `metrics.summary.summarise.summarise`), protected.

    `where` has one group of a breakdown; `groups` are those that every measure's table lists, of each breakdown that is asked for. Periods
    that are not over are hidden. A hidden number is null; where the denominator is shown and the value is not, the state is 'hidden' too.
    """
    conditions = dict(where or {})
    names = list(dict.fromkeys([*by, *conditions]))
    rows = added_up(measure, facts, by=names, groups=groups, keyed=True)
    exact = values_of(measure, rows, names, provided=has_data(measure, facts))
    kept = pl.all_horizontal(*(pl.col(name) == group for name, group in conditions.items())) if conditions else pl.lit(True)
    both = pl.concat([exact, rows.select(pl.all().name.prefix("_"))], how="horizontal").filter(kept)
    exact, rows = both.select(exact.columns), both.select(pl.col("^_.*$").name.replace("^_", ""))
    table = _table(measure, facts, protection, rows, len(names))
    found = _rounded(table, exact)
    over = exact["complete"].to_numpy()
    shown = _Shown(over & table.denominator_shown, over & table.value_shown, found.rounded & (table.group | (over & table.value_shown)))
    return _masked(exact, found, shown, _counted_periods(measure, facts)).select(pl.exclude([name for name in names if name not in by]))


def _table(measure: Measure, facts: Facts, protection: Protection, rows: pl.DataFrame, characteristics: int) -> _Table:
    part = {name: rows[name].to_numpy().astype(np.float64) for name in measure.part_names}
    counted = part.get("children", part["denominator"]).astype(np.int64)
    other = protection.exact_totals_of
    group = np.full(rows.height, bool(characteristics) or bool(measure.part_of) or other is not None)
    keys, periods = rows[KEY].to_list(), rows["period"].to_list()
    return _Table(
        measure, part, counted, rows[CHILDREN].to_numpy(), characteristics, group,
        uniform(protection.secret, keys, periods, "n"), uniform(protection.secret, keys, periods, measure.id, "k"), protection.rules,
        _whole(measure, facts.cells if other is None else other, rows) if group.any() else part, other is not None,
    )


def _whole(measure: Measure, cells: pl.DataFrame, rows: pl.DataFrame) -> dict[str, Numbers]:
    """By row, the parts of the exact total that the row's children are among: the measure's own, or that of which it counts a part."""
    held = {name.partition(".")[0] for name in cells.columns}
    whole = get(measure.part_of) if measure.part_of in held else measure
    sums = cells.group_by("period").agg(pl.col(column_name(whole, part)).sum().alias(part) for part in whole.part_names)
    found = rows.select("period").join(sums, on="period", how="left", maintain_order="left")
    return {part: found[part].fill_null(0).to_numpy().astype(np.float64) for part in whole.part_names}


def _rounded(table: _Table, exact: pl.DataFrame) -> _Rounded:
    with np.errstate(divide="ignore", invalid="ignore"):  # a row without children is hidden
        if isinstance(table.measure, Rate):
            return _rate(table, table.measure)
        if isinstance(table.measure, Mean):
            return _noisy(table, exact, table.measure.highest_score or math.nan, _MEAN_STEP, decimals=1)
        if isinstance(table.measure, RatioOfTotals):
            return _noisy(table, exact, 1.0, _RATIO_STEP, decimals=2)
        return _proportion(table)


def _proportion(table: _Table) -> _Rounded:
    n, k = table.shown_counted, table.part["numerator"].astype(np.int64)
    without = table.counted - k
    few = np.minimum(k, without)
    rounded = table.group | (few < table.rules.total_part_exact_from)
    of_all, all_with = table.whole["denominator"].astype(np.int64), table.whole["numerator"].astype(np.int64)
    fewer_have = np.where(table.nearly_whole, 2 * all_with <= of_all, k <= without)
    part = table.by_draw(np.where(fewer_have, k, without), np.where(fewer_have, all_with, of_all - all_with))
    shown = np.minimum(part, n)
    numerator = np.where(rounded, np.where(fewer_have, shown, n - shown), k)
    value = numerator / n
    lower, upper = intervals.proportion(numerator, n)
    smaller = np.minimum(numerator, n - numerator) / n
    lower, upper = _widened(table, value, lower, upper, smaller, n.astype(np.float64), rounded)
    whole = np.where((numerator > 0) & (numerator < n), np.clip(_half_up(value, 2), 0.01, 0.99), _half_up(value, 2))
    return _Rounded(
        numerator.astype(np.float64), n.astype(np.float64), np.where(rounded, whole, value), np.maximum(lower, 0), np.minimum(upper, 1),
        rounded,
    )


def _rate(table: _Table, measure: Rate) -> _Rounded:
    events, exposure = table.part["numerator"].astype(np.int64), table.part["denominator"]
    rounded = table.group | (events < table.rules.total_part_exact_from)
    all_events = table.whole["numerator"].astype(np.int64)
    numerator = np.where(rounded, table.by_draw(events, all_events), events)
    if not table.of_another_cohort:  # a child left out may have many events
        numerator = np.where(table.nearly_whole, all_events - all_events % table.rules.base, numerator)
    denominator = np.where(table.group, _half_up(exposure * table.shown_counted / np.maximum(table.counted, 1), 0), exposure)
    value = numerator / denominator
    lower, upper = intervals.rate(numerator, denominator)
    share = np.minimum(numerator / np.maximum(table.shown_counted, 1), 1)
    lower, upper = (
        limit * measure.per for limit in _widened(table, value, lower, upper, share, denominator, rounded)
    )
    return _Rounded(numerator.astype(np.float64), denominator, value * measure.per, np.maximum(lower, 0), upper, rounded)


def _noisy(table: _Table, exact: pl.DataFrame, highest: float, step: float, *, decimals: int) -> _Rounded:
    """A mean or a ratio of totals, from 0 to `highest`: of groups the value has noise, and a half-width of its interval with it."""
    value, lower, upper = (exact[name].to_numpy().astype(np.float64) for name in ("value", "lower", "upper"))
    n, scale = np.maximum(table.counted, 1), step * highest
    of_all = table.whole["numerator"] / table.whole["denominator"]
    drawn, most = steps(table.draw_k), (len(STEP_WEIGHTS) - 1) // 2
    following = np.clip(np.rint((of_all - value) * n / scale + drawn), -most, most)
    least = 10.0**-decimals if decimals > 1 else 0.0
    noise = np.where(table.nearly_whole, following, drawn) * scale / n
    moved = np.clip(_half_up(value + noise, decimals), least, highest - least)
    half = np.hypot((upper - lower) / 2, intervals.Z * math.sqrt(STEP_VARIANCE) * scale / np.maximum(table.shown_counted, 1))
    denominator = _half_up(table.part["denominator"] * table.shown_counted / n, 0)
    return _Rounded(
        np.where(table.group, _half_up(moved * denominator, 0 if decimals > 1 else 1), table.part["numerator"]),
        np.where(table.group, denominator, table.part["denominator"]), np.where(table.group, moved, value),
        np.where(table.group, np.maximum(_half_up(moved - half, decimals), 0), lower),
        np.where(table.group, np.minimum(_half_up(moved + half, decimals), highest), upper), table.group,
    )


def _widened(
    table: _Table, value: Numbers, lower: Numbers, upper: Numbers, share: Numbers, of: Numbers, rounded: Mask,
) -> tuple[Numbers, Numbers]:
    """The interval with what rounding adds; a total's denominator adds nothing."""
    both = 1 + np.where(table.group, share, 0) ** 2
    more = np.where(rounded, intervals.Z * np.sqrt(table.rules.rounding_variance * both) / of, 0)
    return value - np.hypot(value - lower, more), value + np.hypot(upper - value, more)


def _half_up(numbers: Numbers, decimals: int) -> Numbers:
    """Rounded as people do, halves up; a hair more, because 0.125 * 100 may be a hair less than 12.5."""
    scale = 10.0**decimals
    return np.asarray(np.floor(numbers * scale + 0.5 + 1e-9) / scale)


def _counted_periods(measure: Measure, facts: Facts) -> pl.Series:
    """The periods in which anybody is counted at all: in the others there is nothing to hide."""
    anybody = pl.col(column_name(measure, "denominator")).sum() > 0
    return facts.cells.group_by("period").agg(anybody.alias("anybody")).filter("anybody")["period"]


def _masked(exact: pl.DataFrame, found: _Rounded, shown: _Shown, counted: pl.Series) -> pl.DataFrame:
    """The exact summary with the rounded numbers in place of its own, and nothing where nothing may be shown."""
    known = pl.col("numerator").is_not_null()  # a source was loaded that says what it is
    nobody = ~pl.col("period").is_in(counted.implode()) & pl.col("complete")
    value = pl.lit(pl.Series(shown.value & ~np.isnan(found.value)))
    denominator = pl.lit(pl.Series(shown.denominator)) & pl.col("denominator").is_not_null()
    replaced = {name: pl.lit(pl.Series(getattr(found, name))).fill_nan(None) for name in _NUMBERS}
    return exact.with_columns(
        *(pl.when(known & value).then(new).cast(pl.Float64).alias(name) for name, new in replaced.items()),
        pl.when(denominator).then(pl.lit(pl.Series(found.denominator)).fill_nan(None)).cast(pl.Int64).alias("denominator"),
        pl.when(~known).then(pl.col("state")).when(nobody).then(pl.lit(State.NO_DATA.value)).when(value).then(pl.lit(State.SHOWN.value))
        .otherwise(pl.lit(State.HIDDEN.value))
        .alias("state"),
        pl.lit(pl.Series(shown.rounded)).alias("rounded"),
    )
