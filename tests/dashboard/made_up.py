"""Made-up summaries and trends for the dashboard's tests, through the real path from cells on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from config.targets import Target
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Chart, Trend, trend
from metrics.measures.catalogue import get
from metrics.measures.kinds import Mean, Measure
from metrics.summary.cells import cells_schema, column_name
from metrics.summary.summarise import Facts, summarise
from metrics.units.breakdowns import BREAKDOWNS
from metrics.units.unit import CHILD_NUMBER

FIRST_YEAR = 2020
Counts = Sequence[tuple[float, int]]


def quarters(count: int, *, last_complete: bool = True) -> pl.DataFrame:
    """The first `count` financial quarters from April 2020."""
    rows = []
    for index in range(count):
        year, quarter = FIRST_YEAR + index // 4, index % 4
        start = datetime.date(year + (quarter == 3), (4 + quarter * 3 - 1) % 12 + 1, 1)
        following = datetime.date(start.year + (start.month == 10), (start.month + 2) % 12 + 1, 1)
        last = following - datetime.timedelta(days=1)
        complete = last_complete or index < count - 1
        rows.append({
            "label": f"{year}-{(year + 1) % 100} Q{quarter + 1}", "start_date": start, "last_date": last,
            "period_end": last if complete else start + datetime.timedelta(days=14), "complete": complete,
        })
    return pl.DataFrame(rows)


def facts(measure: Measure, counts: Counts, groups: Mapping[str, Sequence[tuple[str, float, int]]] | None = None, *,
          last_complete: bool = True, provided: frozenset[str] | None = None) -> Facts:
    """Cells with a numerator and denominator for each quarter, all in one group; `groups` adds some to the last quarter:
    breakdown to (group, numerator, denominator). A denominator of 0 leaves the quarter empty."""
    periods = quarters(len(counts), last_complete=last_complete)
    labels = periods["label"].to_list()
    rows = [_cell(measure, label, x, n, {}) for label, (x, n) in zip(labels, counts, strict=True) if n]
    rows += [_cell(measure, labels[-1], x, n, {breakdown: group}) for breakdown, found in (groups or {}).items() for group, x, n in found]
    cells = pl.DataFrame(rows, schema=cells_schema(measure.unit, (measure,)))
    return Facts(cells, periods, measure.sources if provided is None else provided)


def _cell(measure: Measure, label: str, numerator: float, denominator: int, groups: Mapping[str, str]) -> dict[str, Any]:
    parts = {
        "denominator": denominator, "numerator": numerator, "children": denominator, "squares": numerator**2 / max(denominator, 1) + 10,
        "over_squares": numerator**2 / 50, "under_squares": denominator**2 / 50, "products": numerator * denominator / 50,
    }
    whole = {name: parts[name] if isinstance(measure, Mean) else int(parts[name]) for name in measure.parts()}
    whole["denominator"] = denominator
    keys: dict[str, Any] = {name: groups.get(name, "Not recorded") for name in BREAKDOWNS}
    if measure.unit.event:
        keys |= {CHILD_NUMBER: 1}
    return {"period": label, **keys, **{column_name(measure, name): value for name, value in whole.items()}, measure.key_column: 1}


def made_trend(id: str, counts: Counts, *, target: float | None = None, chart: Chart | None = None, last_complete: bool = True,
               rebase_on: Sequence[datetime.date] = ()) -> Trend:
    """The trend of a measure with these numerators and denominators by quarter; `target` in the unit people read."""
    measure = get(id)
    held = Target(measure=id, level=target or 0.0, from_date=datetime.date(2000, 1, 1), placement=None, reason="", line=1)
    summary = summarise(measure, facts(measure, counts, last_complete=last_complete))
    return trend(measure, summary, Targets(() if target is None else (held,)), chart=chart, rebase_on=rebase_on)


def made_groups(id: str, breakdown: str, found: Sequence[tuple[str, float, int]]) -> pl.DataFrame:
    """A summary's rows by group in one quarter."""
    measure = get(id)
    return summarise(measure, facts(measure, [(0, 0)], {breakdown: found}), by=(breakdown,))
