"""The authorities that are loaded together, beside one of them: its statistical neighbours, its region, and all of them.

Counts are added first and divided last. In the protected view a sum over several authorities is made only of cells that are all shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from config.code_lists import NOT_RECORDED
from metrics.comparators.published import Kind
from metrics.measures.kinds import Measure, Rate
from metrics.summary.summarise import State

SUM_SCHEMA = {
    "period": pl.String(), "numerator": pl.Float64(), "denominator": pl.Int64(), "value": pl.Float64(), "state": pl.String(),
    "rounded": pl.Boolean(),
}


@dataclass(frozen=True)
class Pool:
    """Authorities whose children are counted together. `kind` ENGLAND stands for all that are loaded, which need not be England.

    `where` are the areas whose children these are; `of` says of how many statistical neighbours the `members` are those that are loaded.
    """

    kind: Kind
    area: str
    members: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]
    of: int = 0


def pools(own: str, regions: Mapping[str, str], neighbours: Sequence[str]) -> list[Pool]:
    """The pools that an authority stands beside, the most alike first.

    `regions`: the region of every authority that is loaded. `neighbours`: those of `own` among them and others. A region that has no
    other authority, or all of them, is no pool of its own.
    """
    loaded = tuple(name for name in neighbours if name in regions and name != own)
    found = [Pool(Kind.NEIGHBOURS, own, loaded, {"authority": loaded}, len(neighbours))] if loaded else []
    region = regions.get(own, NOT_RECORDED)
    within = tuple(name for name, held in regions.items() if held == region)
    if region != NOT_RECORDED and 1 < len(within) < len(regions):
        found.append(Pool(Kind.REGION, region, within, {"region": (region,)}))
    return [*found, Pool(Kind.ENGLAND, "", tuple(regions), {})]


def sum_of_shown(measure: Measure, by_authority: pl.DataFrame, members: Sequence[str]) -> pl.DataFrame:
    """period, numerator, denominator, value, state, rounded (SUM_SCHEMA) of authorities together, from a protected summary by authority.

    A period that is not covered for one of them is not covered, and one in which a number of any of them is hidden is hidden: nothing is
    worked out from a part of them. An authority without a row has no children there. Rates are for each `measure.per`.
    """
    rows = by_authority.filter(pl.col("authority").is_in(list(members)))
    not_covered = pl.col("state") == State.NOT_COVERED.value
    hidden = ~not_covered & ((pl.col("state") == State.HIDDEN.value) | pl.col("denominator").is_null())
    sums = rows.group_by("period", maintain_order=True).agg(
        hidden.any().alias("hidden"), not_covered.any().alias("not_covered"), pl.col("numerator").is_null().any().alias("without"),
        pl.col("numerator").sum(), pl.col("denominator").sum(), pl.col("rounded").any(),
    )
    scale = measure.per if isinstance(measure, Rate) else 1
    told = ~pl.col("hidden") & ~pl.col("not_covered")
    has_value = told & ~pl.col("without") & (pl.col("denominator") > 0)
    state = (
        pl.when(pl.col("not_covered")).then(pl.lit(State.NOT_COVERED.value)).when(pl.col("hidden")).then(pl.lit(State.HIDDEN.value))
        .when(has_value).then(pl.lit(State.SHOWN.value)).otherwise(pl.lit(State.NO_DATA.value))
    )
    return sums.select(
        "period",
        pl.when(told & ~pl.col("without")).then(pl.col("numerator")).alias("numerator"),
        pl.when(told).then(pl.col("denominator")).alias("denominator"),
        pl.when(has_value).then(pl.col("numerator") / pl.col("denominator") * scale).alias("value"), state.alias("state"),
        "rounded",
    ).cast(pl.Schema(SUM_SCHEMA))
