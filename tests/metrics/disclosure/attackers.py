"""Attackers of the protected view, who want to know whether one child has an outcome.

(a) knows which child is alone in a cell, and subtracts what is shown of a line's other cells from the line's total, exact or rounded. (b)
also takes together what all tables show of a cell: its own number and the sums of its parts. As insiders they know how many children are
in every cell, and how often the outcome is, which is more than anybody would. `nested` compares any two populations that differ by one
child: totals and groups of one cohort or of two, and of all and those in care, and knows that everybody else's outcome is the same in both.

Each works by Bayes' rule. A child is found out where its outcome is above 95% or below 5% likely and was not when only the total was known.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from config.disclosure import disclosure_rules
from dashboard.figures.reporting import Reporting
from metrics.disclosure.pairs import is_offered
from metrics.measures.catalogue import get, measures
from metrics.measures.kinds import Mean, Measure, Proportion, Rate, RatioOfTotals
from metrics.summary.summarise import CHILDREN, KEY, added_up
from metrics.units.breakdowns import BREAKDOWNS
from tests.metrics.disclosure.beliefs import Belief, Common, before, has_outcome, seen, summed

SURE = 0.95
CERTAIN = 1 - 1e-9
Place = tuple[tuple[str, str], ...]
"""The breakdowns and groups of a cell, in the order of their names; empty for the total."""


@dataclass(frozen=True)
class Told:
    """One child's outcome of a measure in a period: how likely it was, how likely it is by the strongest of the attacks, and the truth."""

    prior: float
    posterior: float
    outcome: bool

    @property
    def sureness(self) -> float:
        """How likely the likelier of having and lacking the outcome is."""
        return max(self.posterior, 1 - self.posterior)

    @property
    def found(self) -> bool:
        """Whether it is as good as known now and was not before."""
        return self.sureness > SURE >= max(self.prior, 1 - self.prior)


@dataclass
class Found:
    """How many outcomes of children there are, and of those that were attacked what is told, by measure, period and child."""

    outcomes: int = 0
    told: dict[tuple[str, str, int], Told] = field(default_factory=dict)

    def add(self, place: tuple[str, str, int], told: Told) -> None:
        """Keeps the strongest of several attacks on a child."""
        if place not in self.told or told.sureness > self.told[place].sureness:
            self.told[place] = told

    def also(self, other: Found) -> None:
        """What another attack found, of other children, measures or periods."""
        self.outcomes += other.outcomes
        for place, told in other.told.items():
            self.add(place, told)

    @property
    def attacked(self) -> int:
        return len(self.told)

    @property
    def found(self) -> list[tuple[str, str, int]]:
        """Whose outcomes were found out."""
        return [place for place, told in self.told.items() if told.found]

    @property
    def rarer(self) -> list[tuple[str, str, int]]:
        """Of those, who has the outcome that is the less likely one."""
        return [place for place in self.found if (self.told[place].posterior > 0.5) == (self.told[place].prior < 0.5)]

    @property
    def certain(self) -> list[tuple[str, str, int]]:
        """Of those, who is certain to have the outcome, or to lack it."""
        return [place for place in self.found if self.told[place].sureness > CERTAIN]


@dataclass(frozen=True)
class Cell:
    """A cell of a measure and period: rows (children or events), children, sessions of a ratio, key, the true amount, and what its own
    number (`own`) tells of it; None where nothing is shown."""

    rows: int
    children: int
    exposure: float
    key: int
    amount: float
    own: Belief | None
    prior: Belief
    row: dict[str, Any] = field(repr=False)

    @property
    def belief(self) -> Belief:
        """What is thought of it when its own number and the total are known."""
        return self.prior.times(self.own).scaled() if self.own else self.prior


@dataclass(frozen=True)
class Period:
    """All cells of a measure in one period, in tables by no, one or two breakdowns that are offered."""

    common: Common
    label: str
    cells: dict[Place, Cell]
    lines: dict[tuple[Place, str], list[Place]]
    """By a cell and a breakdown that goes with it, the cells that it falls into."""

    @property
    def outcomes(self) -> int:
        """How many children's outcomes its total is of."""
        return self.cells[()].children


def tables() -> list[tuple[str, ...]]:
    """The tables that are offered, each once."""
    pairs = [pair for pair in itertools.combinations(BREAKDOWNS, 2) if is_offered(pair, {}, disclosure_rules())]
    return [(), *((name,) for name in BREAKDOWNS), *pairs]


def periods_of(reporting: Reporting, measure: Measure, grain: str, latest: int | None = None, *, insider: bool = True) -> list[Period]:
    """What there is to see of a measure in each period in which its total is shown, or in the latest ones."""
    totals = reporting.protected_summary(measure, grain).filter(state="shown")
    labels = totals["period"].to_list()[-latest if latest else 0:]
    found: dict[str, dict[Place, dict[str, Any]]] = {label: {} for label in labels}
    for by in tables() if labels else ():
        for row in _table(reporting, measure, grain, by).filter(pl.col("period").is_in(labels)).iter_rows(named=True):
            found[row["period"]][tuple(sorted((name, row[name]) for name in by))] = row
    own, whole = reporting.of(reporting.own_cohort), get(measure.part_of or measure.id)
    wholes = {row["period"]: row for row in _table(own, whole, grain, ()).iter_rows(named=True)} if labels else {}
    return [
        _period(_common(measure, rows[()], wholes.get(label), own is not reporting, insider), label, rows) for label, rows in found.items()
    ]


def for_an_outsider(period: Period) -> Period:
    """The same, as somebody sees it who knows what is shown and no more."""
    common = replace(period.common, insider=False)
    return replace(period, common=common, cells={place: _cell(common, cell.row) for place, cell in period.cells.items()})


def _table(reporting: Reporting, measure: Measure, grain: str, by: tuple[str, ...]) -> pl.DataFrame:
    """The protected rows beside the true parts, of cells in which anybody is."""
    true = added_up(measure, reporting.facts(measure.unit, grain), by=by, keyed=True).filter(pl.col(CHILDREN) > 0)
    parts = true.select("period", *by, KEY, CHILDREN, pl.col(measure.part_names).name.prefix("true_"))
    return parts.join(reporting.protected_summary(measure, grain, by=by), on=["period", *by])


def _period(common: Common, label: str, rows: dict[Place, dict[str, Any]]) -> Period:
    cells = {place: _cell(common, row) for place, row in rows.items()}
    lines: dict[tuple[Place, str], list[Place]] = defaultdict(list)
    for place in cells:
        for name, _ in place:
            lines[tuple(each for each in place if each[0] != name), name].append(place)
    return Period(common, label, cells, lines)


def _common(measure: Measure, total: dict[str, Any], whole: dict[str, Any] | None, another_cohort: bool, insider: bool) -> Common:
    rows = _rows(measure, total)
    centre, spread = total["numerator"] / total["denominator"], 0.12
    if isinstance(measure, Proportion):
        centre = min(max(centre, 0.02), 0.98)
    if isinstance(measure, Rate):
        centre = max(total["numerator"], 1) / rows  # none is shown where there may be two
    if isinstance(measure, Mean):
        spread = float(np.sqrt(max(total["true_squares"] / rows - centre**2, 1)))
    exact = whole["true_numerator"] if whole and not whole["rounded"] else None
    return Common(measure, centre, spread, _rows(measure, whole) if whole else 0, exact, another_cohort, insider)


def _rows(measure: Measure, row: dict[str, Any]) -> int:
    return int(row["true_children" if isinstance(measure, Rate | RatioOfTotals) else "true_denominator"])


def _cell(common: Common, row: dict[str, Any]) -> Cell:
    rows, exposure = _rows(common.measure, row), float(row["true_denominator"])
    prior = before(common, rows, exposure)
    own = seen(common, row, rows, exposure)
    return Cell(rows, row[CHILDREN], exposure, row[KEY], row["true_numerator"], own, prior.scaled(), row)


def alone(period: Period, *, together: bool) -> Iterator[tuple[Cell, Belief]]:
    """Every child who is alone in a cell of a line, with what is thought of its amount when the line's other cells are taken off the whole;
    `together`: by what all tables show of a cell."""
    beliefs = _taken_together(period) if together else {place: cell.belief for place, cell in period.cells.items()}
    for (whole, _), places in period.lines.items():
        for target in places:
            cell = period.cells[target]
            others = [beliefs[place] for place in places if place != target]
            seen_of_others = [period.cells[place].own is not None for place in places if place != target]
            enough = any(seen_of_others) if period.common.insider else all(seen_of_others)
            if cell.children != 1 or not others or not enough:
                continue
            known = period.cells[whole]
            told = known.own if not together else beliefs[whole].over(known.prior) if known.own else None
            if told is not None:
                yield cell, _left(cell.prior, told, summed(others))


def _left(prior: Belief, whole: Belief, others: Belief) -> Belief:
    """What is thought of one amount, when the whole and the sum of all others are known so."""
    amounts = prior.low + np.arange(len(prior.likely))
    fits = np.zeros(len(amounts))
    for number, amount in enumerate(amounts):
        fits[number] = Belief(whole.low - int(amount), whole.likely).times(others).likely.sum()
    return Belief(prior.low, prior.likely * fits).scaled() if (prior.likely * fits).sum() > 0 else prior


def _taken_together(period: Period) -> dict[Place, Belief]:
    """Of each cell, its own number times what the sums of its parts tell, in every table that has it."""
    found = {}
    for place, cell in period.cells.items():
        belief = cell.belief
        for (whole, _), places in period.lines.items():
            parts = [period.cells[part] for part in places]
            if whole == place and (all if not period.common.insider else any)(part.own for part in parts):
                told = summed(part.belief for part in parts).over(summed(part.prior for part in parts))
                more = belief.times(told)
                belief = more.scaled() if more.likely.sum() > 0 else belief
        found[place] = belief
    return found


def subtracting(reporting: Reporting, grain: str, *, together: bool = False, insider: bool = False) -> Found:
    """Attackers (a) and, `together`, (b), on measures of every kind and all periods of a grain."""
    found = Found()
    for measure in measures():
        for period in periods_of(reporting, measure, grain, insider=insider):
            found.also(attacked(period, together=together))
    return found


def attacked(period: Period, *, together: bool) -> Found:
    """The same on one measure and period."""
    found = Found(period.outcomes)
    for cell, posterior in alone(period, together=together):
        _tell(found, period, cell, posterior)
    return found


def _tell(found: Found, period: Period, child: Cell, posterior: Belief) -> None:
    measure = period.common.measure
    outcome = bool(has_outcome(measure, np.array([child.amount]), child.exposure)[0])
    told = Told(_share(measure, child.prior, child), _share(measure, posterior, child), outcome)
    found.add((measure.id, period.label, child.key), told)


def _share(measure: Measure, belief: Belief, cell: Cell) -> float:
    amounts = belief.low + np.arange(len(belief.likely), dtype=np.float64)
    return float(belief.likely[has_outcome(measure, amounts, cell.exposure)].sum() / belief.likely.sum())


def nested(periods: Sequence[Period], children: Collection[int]) -> Found:
    """Any two cells that are shown of populations that differ by one of `children` (record keys), of measures with the same outcome."""
    found = Found(sum(cell.children for period in periods for place, cell in period.cells.items() if not place))
    cells = {}
    for period in periods:
        cells.update({(id(period), place): (period, cell) for place, cell in period.cells.items() if cell.own})
    by_key = defaultdict(list)
    for period, cell in cells.values():
        by_key[cell.key].append((period, cell))
    keys = np.array(sorted(by_key), dtype=np.int64)
    more = np.array(sorted(children), dtype=np.int64)
    for key in keys:
        for larger in keys[np.isin(keys - key, more)]:
            for (_, small), (period, large) in itertools.product(by_key[int(key)], by_key[int(larger)]):
                if large.rows == small.rows + 1:
                    _compare(found, period, small, large)
    return found


def _compare(found: Found, period: Period, small: Cell, large: Cell) -> None:
    """`large` has one child more than `small`."""
    common = period.common
    exposure = large.exposure - small.exposure
    prior = before(common, 1, exposure).scaled()
    child = Cell(1, 1, exposure, large.key - small.key, large.amount - small.amount, None, prior, {})
    assert large.own is not None
    posterior = _left(prior, large.own, small.belief)
    _tell(found, period, child, posterior)


def family(measure: Measure) -> str:
    """The outcome that a measure counts: measures of those in care count the same as those of all."""
    return get(measure.part_of).id if measure.part_of else measure.id
