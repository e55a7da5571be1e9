"""The protected view: its cells, once after a load, and what a look costs after that; and how much is shown."""

from __future__ import annotations

import datetime
import itertools
import tempfile
from collections.abc import Sequence
from functools import partial
from typing import cast

import polars as pl

from config.disclosure import disclosure_rules
from dashboard.figures.released_periods import Releases
from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.load import load
from data_access.workspace import workspace_engine
from metrics.disclosure.pairs import is_offered
from metrics.judgement.targets import Targets
from metrics.judgement.trend import trend
from metrics.measures.catalogue import get, measures
from metrics.measures.kinds import Measure, Proportion
from metrics.summary.summarise import CHILDREN, State, added_up
from metrics.units.breakdowns import BREAKDOWNS
from tests.bench import first_page
from tests.bench.measuring import Authority, Row, median_seconds

AIM_SECONDS, AIM_MILLISECONDS = 10, 20
GRAIN, MEASURE = "quarter", "education_plan_up_to_date"
IN_A_QUARTER = datetime.timedelta(days=15)
"""Before the end of the demo's last quarter, so that one is not over."""
SIZES = (12, 21, 41, 81, 161, 10_000)
"""Of groups, from one to below the next."""


def rows(authorities: Sequence[Authority]) -> list[Row]:
    """For the smallest authority, as it is what the protected view is for."""
    each = authorities[0]
    with tempfile.TemporaryDirectory() as folder:
        address, workspace = f"duckdb:///{folder}/reporting.duckdb", workspace_engine(f"sqlite:///{folder}/workspace.sqlite")
        load(each.sources, address, as_at=Reporting(engine(each.database)).as_at - IN_A_QUARTER)
        found = []
        for when in ("the first time, which releases all quarters but one", "after a start, with these released"):
            reporting = Reporting(engine(address), releases=Releases(lambda: workspace))
            reporting.prepare(GRAIN)
            (seconds,) = median_seconds(1, partial(_every, reporting))
            found.append(Row(f"protected totals of all measures {when}, {each.words}", seconds, "s", AIM_SECONDS))
        (after,) = median_seconds(9, lambda: reporting.protected_summary(get(MEASURE), GRAIN, by=("placement",), where={"sex": "F"}))
        found.append(Row(f"a protected summary after that, {each.words}", after * 1000, "ms", AIM_MILLISECONDS))
        found += shares_shown(reporting, GRAIN, each.words)
        found += usefulness(reporting, GRAIN, each.words)
        workspace.dispose()
    return [*found, *first_page.rows(each)]


def _every(reporting: Reporting) -> None:
    for measure in measures():
        reporting.protected_summary(measure, GRAIN)


def shares_shown(reporting: Reporting, grain: str, words: str, period: str | None = None) -> list[Row]:
    """How many of the cells of 12 children and more, by what is offered, show what, and how many of all children are in cells that show how
    many they are; of a period or of all. `words` say which authority it is."""
    found = []
    for size in (1, 2):
        offered = [pair for pair in itertools.combinations(BREAKDOWNS, size) if is_offered(pair, {}, disclosure_rules())]
        cells = pl.concat([_cells(reporting, grain, pair, period) for pair in offered])
        large = cells.filter(pl.col("size") >= 12)
        by = f"by {size} breakdown{'s' * (size > 1)}, {words}"
        shown = {
            f"numbers of children shown of cells of 12 children and more {by}": large["children"].mean(),
            f"values shown of cells of 12 children and more {by}": large["value"].mean(),
            f"children in cells that are shown {by}": cells.filter("children")["size"].sum() / cells["size"].sum(),
        }
        found += [Row(what, 100 * cast(float, share), "%") for what, share in shown.items()]
    return found


def _cells(reporting: Reporting, grain: str, pair: tuple[str, ...], period: str | None) -> pl.DataFrame:
    """size, children, value: how many each cell of a period that is over holds, and whether it shows that and its value."""
    exact = reporting.summary(get(MEASURE), grain, by=pair).filter((pl.col("denominator") > 0) & pl.col("complete"))
    exact = (exact if period is None else exact.filter(pl.col("period") == period)).select("period", *pair, size="denominator")
    protected = reporting.protected_summary(get(MEASURE), grain, by=pair)
    return exact.join(protected, on=["period", *pair], how="left").select(
        "size", pl.col("denominator").is_not_null().alias("children"), (pl.col("state") == State.SHOWN.value).alias("value"),
    )


def usefulness(reporting: Reporting, grain: str, words: str) -> list[Row]:
    """Of all measures: groups of 12 children and more by one breakdown whose value shows, points of totals that show, how far shares of
    groups are off, and how many points of totals are the special causes that they are in the exact view."""
    groups = pl.concat([_group_values(reporting, measure, grain) for measure in measures()])
    points = pl.concat([_points(reporting, measure, grain) for measure in measures()])
    found = [
        Row(f"values shown of groups of 12 children and more, all measures, {words}", 100 * _mean(groups["shows"]), "%"),
        Row(f"points of totals shown, {words}", 100 * _mean(points["shows"]), "%"),
        Row(f"points of totals of 10 children and more shown, {words}", 100 * _mean(points.filter(pl.col("size") >= 10)["shows"]), "%"),
        Row(f"special causes that agree with the exact view, {words}", 100 * _mean(points.filter("shows")["agrees"]), "%"),
        Row(f"of them where both views have the same chart, {words}", 100 * _mean(points.filter("shows", "same_chart")["agrees"]), "%"),
    ]
    off = groups.filter("shows").drop_nulls("off")
    for low, high in itertools.pairwise(SIZES):
        errors = off.filter(pl.col("size").is_between(low, high, closed="left"))["off"]
        if len(errors):
            what = f"root mean square error of shares of {low} to {high - 1} children, {words}"
            found.append(Row(what, _mean(errors**2) ** 0.5, "points"))
    return found


def _group_values(reporting: Reporting, measure: Measure, grain: str) -> pl.DataFrame:
    """size, shows, off: of groups of 12 children and more in periods that are over, whether the value shows and how many percentage points
    a share is off."""
    tables = []
    for name in BREAKDOWNS:
        sizes = added_up(measure, reporting.facts(measure.unit, grain), by=(name,), keyed=True).select("period", name, size=CHILDREN)
        exact = reporting.summary(measure, grain, by=(name,)).filter((pl.col("state") == State.SHOWN.value) & pl.col("complete"))
        shown = reporting.protected_summary(measure, grain, by=(name,)).select("period", name, "state", seen="value")
        off = 100 * (pl.col("seen") - pl.col("value")) if isinstance(measure, Proportion) else pl.lit(None, pl.Float64)
        tables.append(exact.join(sizes, on=["period", name]).filter(pl.col("size") >= 12).join(shown, on=["period", name]).select(
            pl.col("size").cast(pl.Int64), (pl.col("state_right") == State.SHOWN.value).alias("shows"), off.alias("off"),
        ))
    return pl.concat(tables)


def _points(reporting: Reporting, measure: Measure, grain: str) -> pl.DataFrame:
    """size, shows, agrees, same_chart: of the points of a measure's total in periods that are over, the last whether both views have
    limits, or neither."""
    exact, shown = reporting.summary(measure, grain), reporting.protected_summary(measure, grain)
    if exact.is_empty():
        return pl.DataFrame(schema={"size": pl.Int64, "shows": pl.Boolean, "agrees": pl.Boolean, "same_chart": pl.Boolean})
    sizes = added_up(measure, reporting.facts(measure.unit, grain), keyed=True).select("period", size=pl.col(CHILDREN).cast(pl.Int64))
    trends = [trend(measure, each, Targets(())) for each in (exact, shown)]
    causes = [each.frame.select("period", special="special_cause") for each in trends]
    there = exact.filter((pl.col("state") == State.SHOWN.value) & pl.col("complete")).select("period")
    told = there.join(sizes, on="period").join(shown.select("period", "state"), on="period")
    for number, each in enumerate(causes):
        told = told.join(each.rename({"special": f"special_{number}"}), on="period", how="left")
    return told.select(
        "size", (pl.col("state") == State.SHOWN.value).alias("shows"), pl.col("special_0").eq_missing(pl.col("special_1")).alias("agrees"),
        pl.lit(trends[0].chart is trends[1].chart).alias("same_chart"),
    )


def _mean(numbers: pl.Series) -> float:
    return cast(float, numbers.mean() or 0.0)
