"""The protected view: deciding what is hidden, once after a load, and what a look costs after that; and how much is shown."""

from __future__ import annotations

import datetime
import itertools
import tempfile
from collections.abc import Sequence
from functools import partial
from typing import cast

import polars as pl

from dashboard.releases import Releases
from dashboard.reporting import Reporting
from data_access.engines import engine
from data_access.load import load
from data_access.workspace import workspace_engine
from metrics.breakdowns import BREAKDOWNS
from metrics.catalogue import get, measures
from metrics.summarise import State
from tests.bench.measuring import Authority, Row, median_seconds

AIM_SECONDS, AIM_MILLISECONDS = 10, 20
GRAIN, MEASURE = "quarter", "education_plan_up_to_date"
IN_A_QUARTER = datetime.timedelta(days=15)
"""Before the end of the demo's last quarter, so that one is not over."""


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """For the smallest authority, as it is what the protected view is for."""
    each = authorities[0]
    with tempfile.TemporaryDirectory() as folder:
        address, workspace = f"duckdb:///{folder}/reporting.duckdb", workspace_engine(f"sqlite:///{folder}/workspace.sqlite")
        load(each.sources, address, as_at=Reporting(engine(each.database)).as_at - IN_A_QUARTER)
        found = []
        for when in ("the first time", "after a load, with all quarters but one released", "after a start, with all decided before"):
            reporting = Reporting(engine(address), releases=Releases(lambda: workspace))
            reporting.prepare(GRAIN)
            (seconds,) = median_seconds(1, partial(_every, reporting))
            found.append(Row(f"deciding what is hidden of all measures and tables {when}, {each.words}", seconds, "s", AIM_SECONDS))
        (after,) = median_seconds(9, lambda: reporting.protected_summary(get(MEASURE), GRAIN, by=("placement",), where={"sex": "F"}))
        found.append(Row(f"a protected summary after that, {each.words}", after * 1000, "ms", AIM_MILLISECONDS))
        found += shares_shown(reporting, GRAIN, each.words)
        workspace.dispose()
    return found


def _every(reporting: Reporting) -> None:
    for measure in measures():
        reporting.protected_summary(measure, GRAIN)


def shares_shown(reporting: Reporting, grain: str, words: str, period: str | None = None) -> list[Row]:
    """How many of the cells of 10 children and more show what, and how many of all children are in cells that show how many they are; of a
    period or of all. `words` say which authority it is."""
    found = []
    for size in (1, 2):
        cells = pl.concat([_cells(reporting, grain, pair, period) for pair in itertools.combinations(BREAKDOWNS, size)])
        large = cells.filter(pl.col("size") >= 10)
        by = f"by {size} breakdown{'s' * (size > 1)}, {words}"
        shown = {
            f"numbers of children shown of cells of 10 children and more {by}": large["children"].mean(),
            f"values shown of cells of 10 children and more {by}": large["value"].mean(),
            f"children in cells that are shown {by}": cells.filter("children")["size"].sum() / cells["size"].sum(),
        }
        found += [Row(what, 100 * cast(float, share), "%") for what, share in shown.items()]
    return found


def _cells(reporting: Reporting, grain: str, pair: tuple[str, ...], period: str | None) -> pl.DataFrame:
    """size, children, value: how many each cell that isn't empty holds, and whether it shows that and its value."""
    exact = reporting.summary(get(MEASURE), grain, by=pair).filter(pl.col("denominator") > 0)
    exact = (exact if period is None else exact.filter(pl.col("period") == period)).select("period", *pair, size="denominator")
    protected = reporting.protected_summary(get(MEASURE), grain, by=pair)
    return exact.join(protected, on=["period", *pair], how="left").select(
        "size", pl.col("denominator").is_not_null().alias("children"), (pl.col("state") == State.SHOWN.value).alias("value"),
    )
