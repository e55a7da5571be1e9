"""An authority beside the others that are loaded with it: its statistical neighbours, its region and all of them, in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import streamlit as st

from dashboard.access.roles import Person
from dashboard.figures.permitted import PermittedReporting, responsibility_of
from dashboard.text.formatting import (
    HIDDEN,
    NOT_COVERED,
    cell_words,
    counted,
    figure_and_count,
    is_rounded_away,
    listing,
    period_words,
    plural,
    upper_first,
)
from dashboard.text.paragraphs import CAPTION, bullets, paragraph, strong
from data_access.comparators import named_alike
from metrics.comparators.published import Kind
from metrics.judgement.several_authorities import Pool, pools
from metrics.judgement.trend import Trend
from metrics.measures.kinds import Measure
from metrics.summary.summarise import State, Where
from metrics.units.breakdowns import AREAS

WITHIN = (
    "Worked out from the children of the authorities that are loaded here, counted together, in the same way and for the same period; no "
    "published figures. The region and all authorities include the one shown."
)
MOST_NAMES = 12
_SHORT = {
    Kind.NEIGHBOURS: ("its neighbours", "{count} neighbours are loaded"), Kind.REGION: ("its region", "{count} authorities loaded in it"),
    Kind.ENGLAND: ("all loaded", "{count} authorities"),
}
"""For the overview: whom the value is held against, and how many they are."""


@dataclass(frozen=True)
class Pooled:
    """A pool beside a measure of one authority: `row` has the numbers in the trend's latest complete period, None where there are none,
    and `frame` those of all periods (`metrics.judgement.several_authorities.SUM_SCHEMA`)."""

    measure: Measure
    own: str
    pool: Pool
    frame: pl.DataFrame
    row: Mapping[str, Any] | None

    @property
    def name(self) -> str:
        """'All 24 authorities loaded', 'The 12 authorities loaded in London', 'The 3 of 10 statistical neighbours that are loaded'."""
        count = len(self.pool.members)
        if self.pool.kind == Kind.NEIGHBOURS:
            return f"The {count} of {self.pool.of} statistical neighbours that {'is' if count == 1 else 'are'} loaded"
        authorities = plural(count, "authority", "authorities")
        return f"All {authorities} loaded" if self.pool.kind == Kind.ENGLAND else f"The {authorities} loaded in {self.pool.area}"


def own_area(areas: bool, person: Person, where: Where) -> str:
    """The one authority that `where` chooses of several (`areas`); empty otherwise, and for a person who sees a part of the children."""
    chosen = tuple(where.get("authority", ()))
    whole = areas and responsibility_of(person) is None
    return chosen[0] if whole and len(chosen) == 1 else ""


def pooled_of(reporting: PermittedReporting, trend: Trend, grain: str, where: Where, neighbours: Sequence[str]) -> tuple[Pooled, ...]:
    """What stands beside an authority's trend; `neighbours` are the names of its statistical neighbours. Raises as the summaries do."""
    own, measure = own_area(reporting.areas, reporting.person, where), trend.measure
    regions = reporting.regions(measure)
    if own not in regions or not trend.frame.height:
        return ()
    others = {name: groups for name, groups in where.items() if name not in AREAS}
    found = []
    for pool in pools(own, regions, [named_alike(name, regions) or name for name in neighbours]):
        frame = reporting.pooled(measure, grain, pool, others)
        then = frame.filter(pl.col("period") == trend.latest["period"]) if trend.latest else frame.clear()
        found.append(Pooled(measure, own, pool, frame, next(then.iter_rows(named=True), None)))
    return tuple(found)


def standing(trend: Trend, pooled: Pooled) -> str:
    """Where the latest value lies: 'above', 'below', 'not clearly different'; empty where it can't be said."""
    row, level = trend.latest, pooled.row["value"] if pooled.row else None
    if row is None or level is None or row["lower"] is None or row["upper"] is None:
        return ""
    return "above" if row["lower"] > level else "below" if row["upper"] < level else "not clearly different"


def pooled_sentence(trend: Trend, pooled: Pooled) -> str:
    """'All 24 authorities loaded: 83% (1,204 of 1,450 children). Barnet is above.'"""
    row = pooled.row
    if row is None or row["state"] == State.NO_DATA.value:
        return f"{pooled.name}: no data."
    if row["state"] == State.NOT_COVERED.value:
        return f"{pooled.name}: {NOT_COVERED}."
    if row["state"] == State.HIDDEN.value:
        several = " (a number of one of them is)" if len(pooled.pool.where.get("authority", ())) > 1 else ""
        return f"{pooled.name}: {HIDDEN}{several}."
    where = standing(trend, pooled)
    made_from = "" if is_rounded_away(pooled.measure, row) else f" ({counted(pooled.measure, row)})"
    return f"{pooled.name}: {cell_words(pooled.measure, row)}{made_from}.{f' {pooled.own} is {where}.' if where else ''}"


def overview_words(trend: Trend, found: Sequence[Pooled]) -> tuple[str, str]:
    """For the overview: how the latest value stands against the most alike that has a number, and that number; empty without one."""
    for pooled in found:
        where = standing(trend, pooled)
        if where and pooled.row is not None:
            of, who = _SHORT[pooled.pool.kind]
            heading = f"{'No clear difference from' if where == 'not clearly different' else upper_first(where)} {of}"
            count = f"{len(pooled.pool.members)} of {pooled.pool.of}" if pooled.pool.of else str(len(pooled.pool.members))
            return heading, f"{figure_and_count(pooled.measure, pooled.row, short=True)}; {who.format(count=count)}"
    return "", ""


def pooled_words(trend: Trend, found: Sequence[Pooled]) -> list[str]:
    """Below a trend's chart, for `prose`; nothing where the view is not about one authority of several."""
    if not found or trend.latest is None:
        return []
    named = [
        f"{'Statistical neighbours' if pooled.pool.kind == Kind.NEIGHBOURS else pooled.pool.area}: {listing(pooled.pool.members)}."
        for pooled in found if pooled.pool.kind != Kind.ENGLAND and len(pooled.pool.members) <= MOST_NAMES
    ]
    return [
        strong(f"Beside the authorities loaded, {period_words(trend.latest)}"),
        bullets(pooled_sentence(trend, pooled) for pooled in found), paragraph(" ".join([WITHIN, *named]), CAPTION),
    ]


def pooled_table(trend: Trend, found: Sequence[Pooled], title: str) -> None:
    """Every period's numbers beside each other, the latest first; nothing without any."""
    rows = [
        {"Period": upper_first(period_words(period)), **{pooled.name: _cell(pooled, period["period"]) for pooled in found}}
        for period in trend.frame.reverse().iter_rows(named=True)
    ]
    if found and rows:
        st.table(pl.DataFrame(rows), alt=f"{title}: the authorities loaded", border="horizontal")


def _cell(pooled: Pooled, period: str) -> str:
    row = next(pooled.frame.filter(pl.col("period") == period).iter_rows(named=True), None)
    if row is None:
        return ""
    plain = row["state"] != State.SHOWN.value or is_rounded_away(pooled.measure, row)
    return f"{cell_words(pooled.measure, row)}{'' if plain else f' ({counted(pooled.measure, row)})'}"


def pooled_rows(trend: Trend, found: Sequence[Pooled]) -> pl.DataFrame:
    """The same for a download: part 'loaded', group (whose), period, numerator, denominator, value, shown_as, state."""
    periods = trend.frame.select("measure", "period", "period_start", "period_end", "complete")
    parts = []
    for pooled in found:
        rows = periods.join(pooled.frame, on="period", how="inner", maintain_order="left")
        shown = [cell_words(pooled.measure, row) for row in rows.iter_rows(named=True)]
        parts.append(rows.with_columns(
            pl.lit("loaded").alias("part"), pl.lit("Authorities loaded together").alias("breakdown"),
            pl.lit(pooled.name).alias("group"), pl.Series("shown_as", shown, dtype=pl.String),
        ))
    return pl.concat(parts) if parts else pl.DataFrame()
