"""Attacker (c): knows all characteristics of everybody, and infers who has an outcome from all numbers of a measure and period together.

Expectation propagation: children with the same characteristics are one unknown number with a binomial (or Poisson) prior, every number
that is shown is a sum of some of them with normal noise, and each prior is replaced by the normal distribution that fits it best beside all
else (Minka 2001). Scores and attendance are normal from the start, so that one step is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

from dashboard.figures.reporting import Reporting
from metrics.disclosure.rounding import STEP_VARIANCE
from metrics.measures.kinds import Mean, Measure, Proportion, Rate
from metrics.summary.summarise import CHILDREN, added_up
from metrics.units.breakdowns import BREAKDOWNS
from tests.metrics.disclosure.attackers import SURE, Cell, Period, Place
from tests.metrics.disclosure.beliefs import ABSENT, CONCERN, MOST_EVENTS, Belief

Numbers = npt.NDArray[np.float64]
ROUNDS, STEP = 40, 0.3
LEAST, NEXT_TO_NOTHING = 1e-9, 0.05
"""The least variance, and that of a sum that is exact."""


@dataclass
class Pinned:
    """Of the outcomes of children: how many are the rarer one, how many of these are above 95% likely, and of how many that is wrong."""

    outcomes: int = 0
    rarer: int = 0
    pinned: int = 0
    wrong: int = 0

    def also(self, other: Pinned) -> None:
        self.outcomes += other.outcomes
        self.rarer += other.rarer
        self.pinned += other.pinned
        self.wrong += other.wrong


def inferring(reporting: Reporting, grain: str, periods: Sequence[Period]) -> Pinned:
    """What is found of the periods of one measure."""
    found = Pinned()
    if periods:
        people = _people(reporting, periods[0].common.measure, grain)
        for period in periods:
            found.also(_in_period(period, people.filter(pl.col("period") == period.label)))
    return found


def _people(reporting: Reporting, measure: Measure, grain: str) -> pl.DataFrame:
    """All groups of children with the same characteristics, with the measure's parts."""
    rows = added_up(measure, reporting.facts(measure.unit, grain), by=list(BREAKDOWNS), keyed=True)
    return rows.filter(pl.col(CHILDREN) > 0)


def _in_period(period: Period, people: pl.DataFrame) -> Pinned:
    rows = people["children" if "children" in people.columns else "denominator"].to_numpy().astype(np.int64)
    children, amounts = people[CHILDREN].to_numpy(), people["numerator"].to_numpy().astype(np.float64)
    seen = [(place, cell) for place, cell in period.cells.items() if cell.own]
    among = np.array([people.with_columns(_in(place))["is_in"].to_numpy() for place, _ in seen], dtype=np.float64)
    exposure = people["denominator"].to_numpy().astype(np.float64)
    if isinstance(period.common.measure, Proportion | Rate):
        sure, true, counted = _of_counts(period, [cell.own for _, cell in seen if cell.own], among, rows, amounts)
    else:
        sure, true = _of_scores(period, [cell for _, cell in seen], among, rows, exposure, amounts)
        sure, counted = np.where(children == 1, sure, 0), np.where(children == 1, true, 0)
    told = sure > SURE
    counted = np.where(children == 1, np.minimum(counted, 1), counted)  # a child may have several events
    return Pinned(int(children.sum()), int(counted.sum()), int(children[told & true].sum()), int(children[told & ~true].sum()))


def _in(place: Place) -> pl.Expr:
    return pl.all_horizontal(pl.lit(True), *(pl.col(name) == group for name, group in place)).alias("is_in")


def _of_counts(
    period: Period, seen: Sequence[Belief], among: Numbers, rows: npt.NDArray[np.int64], amounts: Numbers,
) -> tuple[Numbers, npt.NDArray[np.bool_], Numbers]:
    """Of children with the same characteristics: how likely all have the rarer outcome, whether they do, and how many do."""
    share = isinstance(period.common.measure, Proportion)
    priors = _priors(period.common.measure, period.common.centre, rows)
    likely = propagated(priors, among, seen)
    every = likely[np.arange(len(rows)), rows] if share else 1 - likely[:, 0]
    having_is_rarer = period.common.centre < 0.5 if share else np.exp(-period.common.centre) > 0.5
    if having_is_rarer:
        return every, amounts >= rows if share else amounts > 0, amounts
    return likely[:, 0], amounts == 0, rows - amounts


def _priors(measure: Measure, centre: float, rows: npt.NDArray[np.int64]) -> Numbers:
    """How likely each number is for each unknown, before anything but the total is known."""
    most = int(rows.max()) + (0 if isinstance(measure, Proportion) else MOST_EVENTS)
    numbers = np.arange(most + 1)
    if isinstance(measure, Proportion):
        return np.asarray(stats.binom.pmf(numbers, rows[:, None], centre))
    return np.asarray(stats.poisson.pmf(numbers, rows[:, None] * centre))


def propagated(priors: Numbers, among: Numbers, seen: Sequence[Belief]) -> Numbers:
    """How likely each number is for each unknown, when sums of them are known as `seen` says: `among` has a row a sum, a column an unknown.

    What is known of a sum is a normal distribution with the mean and the spread of its likelihood.
    """
    numbers = np.arange(priors.shape[1], dtype=np.float64)
    sums, likely = _padded(seen)
    middle = (sums * likely).sum(axis=1) / likely.sum(axis=1)
    tau = 1 / np.maximum((likely * (sums - middle[:, None]) ** 2).sum(axis=1) / likely.sum(axis=1), NEXT_TO_NOTHING)
    told, told_mean = among.T @ (tau[:, None] * among), among.T @ (tau * middle)
    mean = priors @ numbers
    site = 1 / np.maximum(priors @ numbers**2 - mean**2, 1e-4)
    shift = site * mean
    found = priors
    for _ in range(ROUNDS):
        spread = np.linalg.inv(np.diag(site) + told)
        centre, variance = spread @ (shift + told_mean), np.maximum(np.diag(spread), LEAST)
        beside = np.maximum(1 / variance - site, LEAST)
        nu = centre / variance - shift
        weights = np.log(priors + 1e-300) - 0.5 * beside[:, None] * (numbers - (nu / beside)[:, None]) ** 2
        found = np.exp(weights - weights.max(axis=1, keepdims=True))
        found /= found.sum(axis=1, keepdims=True)
        mean = found @ numbers
        narrow = np.maximum((found * (numbers - mean[:, None]) ** 2).sum(axis=1), 1e-4)
        wanted = np.maximum(1 / narrow - beside, 1e-2)
        site += STEP * (wanted - site)
        shift += STEP * (mean * (wanted + beside) - nu - shift)
    return found


def _padded(seen: Sequence[Belief]) -> tuple[Numbers, Numbers]:
    """The numbers that are possible of each sum, and how likely they are, a row a sum."""
    spans = [np.flatnonzero(belief.likely > 0) for belief in seen]
    width = max(int(span[-1] - span[0]) + 1 for span in spans)
    sums, likely = np.zeros((len(seen), width)), np.zeros((len(seen), width))
    for row, (belief, span) in enumerate(zip(seen, spans, strict=True)):
        cut = belief.likely[span[0]:span[-1] + 1]
        sums[row] = belief.low + span[0] + np.arange(width)
        likely[row, :len(cut)] = cut
    return sums, likely


def _of_scores(
    period: Period, seen: Sequence[Cell], among: Numbers, rows: npt.NDArray[np.int64], exposure: Numbers, amounts: Numbers,
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """How likely each child has the rarer of a score of concern (or too low an attendance) and none, by one step of normal distributions;
    and whether it does."""
    common, of_mean = period.common, isinstance(period.common.measure, Mean)
    size = np.ones(len(rows)) if of_mean else exposure / rows
    noise, values = np.array([_noise(cell, common.measure) for cell in seen]).T
    expected = common.centre * rows * size
    spread = np.linalg.inv(np.diag(1 / (rows * (common.spread * size) ** 2)) + among.T @ (among / noise[:, None]))
    centre = expected + spread @ (among.T @ ((values - among @ expected) / noise))
    below = stats.norm.cdf((CONCERN - 0.5 if of_mean else 1 - ABSENT) * size, centre, np.sqrt(np.diag(spread)))
    low = amounts < CONCERN if of_mean else amounts <= (1 - ABSENT) * exposure
    return (below, low) if low.mean() < 0.5 else (1 - below, ~low)


def _noise(cell: Cell, measure: Measure) -> tuple[float, float]:
    """The variance of a shown sum of scores or sessions, and the sum."""
    if not cell.row["rounded"]:
        return NEXT_TO_NOTHING, cell.row["numerator"]
    of_mean = isinstance(measure, Mean)
    under, step, written = (cell.rows, (measure.most or 0) / 5, 0.1) if of_mean else (cell.exposure, 0.25, 0.01)
    return STEP_VARIANCE * (step * under / cell.rows) ** 2 + (written * under) ** 2 / 12, cell.row["value"] * under
