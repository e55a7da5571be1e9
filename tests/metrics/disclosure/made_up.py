"""Made-up children and the cells that a SELECT would count of them, for tests of the protected view."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from config.disclosure import disclosure_rules
from metrics.disclosure.view import Protection, protected_summary
from metrics.measures.kinds import Mean, Measure, Rate, RatioOfTotals
from metrics.summary.cells import cells_schema, column_name
from metrics.summary.summarise import Facts
from metrics.units.breakdowns import BREAKDOWNS
from metrics.units.unit import CHILD_NUMBER

PERIOD = "2025-26 Q1"
SECRET = b"a secret of thirty-two bytes or so"
GROUPS = {"sex": ("F", "M"), "placement": ("foster_carer", "residential", "special_guardian"), "origin": ("uk", "overseas")}


@dataclass(frozen=True)
class Child:
    """A child in a period: the groups of `GROUPS`, how much of the numerator it makes, and for a mean its score."""

    key: int
    groups: tuple[str, ...]
    outcome: int
    score: float = 0.0
    sessions: int = 100
    events: int = 1


def children(seed: int, count: int, share: float = 0.3) -> list[Child]:
    """So many children, of whom a share have the outcome."""
    made = random.Random(seed)
    return [
        Child(
            made.randrange(2**40), tuple(made.choices(groups, range(len(groups), 0, -1))[0] for groups in GROUPS.values()),
            int(made.random() < share), float(made.randint(0, 40)), made.randint(20, 130),
        )
        for _ in range(count)
    ]


def facts(measure: Measure, counted: Sequence[Child], period: str = PERIOD) -> Facts:
    """The cells of those children, in the order in which they come."""
    cells: dict[tuple[Any, ...], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for number, child in enumerate(counted):
        groups = dict(zip(GROUPS, child.groups, strict=True))
        key = (*(groups.get(name, "Not recorded") for name in BREAKDOWNS), *((number,) if measure.unit.event else ()))
        for part, value in _parts(measure, child).items():
            cells[key][column_name(measure, part)] += value
        cells[key][measure.key_column] += child.key * child.events
    names = ("period", *BREAKDOWNS, *((CHILD_NUMBER,) if measure.unit.event else ()))
    schema = cells_schema(measure.unit, (measure,))
    rows = [{**dict(zip(names, (period, *key), strict=True)), **parts} for key, parts in cells.items()]
    whole = [{name: value if schema[name] != pl.Int64 else int(value) for name, value in row.items()} for row in rows]
    start = datetime.date(2025, 4, 1)
    periods = pl.DataFrame({
        "label": [period], "start_date": [start], "last_date": [datetime.date(2025, 6, 30)], "period_end": [datetime.date(2025, 6, 30)],
        "complete": [True],
    })
    return Facts(pl.DataFrame(whole, schema=schema), periods, measure.sources)


def _parts(measure: Measure, child: Child) -> dict[str, float]:
    n, k = child.events, child.outcome * child.events
    if isinstance(measure, Mean):
        return {"denominator": n, "numerator": child.score * n, "squares": child.score**2 * n}
    if isinstance(measure, RatioOfTotals):
        attended = child.sessions - (child.sessions // 4) * child.outcome
        return {
            "denominator": child.sessions, "numerator": attended, "children": 1, "over_squares": attended**2,
            "under_squares": child.sessions**2, "products": attended * child.sessions,
        }
    if isinstance(measure, Rate):
        return {"denominator": n, "numerator": k, "children": n}
    return {"denominator": n, "numerator": k}


def shown(
    measure: Measure, counted: Sequence[Child], by: Sequence[str] = (), *, secret: bytes = SECRET, period: str = PERIOD,
    where: dict[str, str] | None = None, exact_totals_of: Sequence[Child] | None = None, base: int = 3,
) -> list[dict[str, Any]]:
    """The protected summary's rows of one period; `exact_totals_of`: the children of the cohort whose totals are exact, if another."""
    rules = disclosure_rules()
    if base != rules.base:
        rules = replace_rules(base=base, smallest_group=15, two_way_value_from=25)
    other = None if exact_totals_of is None else facts(measure, exact_totals_of, period).cells
    protection = Protection(rules, secret, other)
    groups = {name: GROUPS[name] for name in (*by, *(where or {}))}
    return protected_summary(measure, facts(measure, counted, period), protection, by=by, where=where, groups=groups).rows(named=True)


def replace_rules(**changes: Any) -> Any:
    """The rules with some changed."""
    return disclosure_rules().model_copy(update=changes)


def another(child: Child, **changes: Any) -> Child:
    """The child with something else about it."""
    return replace(child, **changes)
