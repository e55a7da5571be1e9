"""Which process-control method suits a measure's points: by its kind, how far back a point looks, and how many are counted.

A signal must be rare where nothing changed. The classical rules hold for points that are independent and not rare; a plan that counts for
183 days is counted in three quarters running, and seven quarters without an exclusion are no news where one a year is usual.
"""

from __future__ import annotations

import functools
import itertools
import math
import statistics
from dataclasses import dataclass

import numpy as np
import polars as pl

from metrics.measures.kinds import Measure, Proportion, Rate
from metrics.statistics.control_methods import (
    SEASONAL_RUN,
    Z_95,
    ExactProportion,
    ExactRate,
    IntArray,
    Laney,
    LaneyMean,
    LaneyP,
    LaneyU,
    LastYear,
    Method,
    PChart,
    Points,
    UChart,
    rhythm,
)
from metrics.statistics.process_control import chart_type
from metrics.statistics.special_cause import SHIFT_POINTS

DAYS_OF_YEAR = 365.25
YEARS_FOR_SEASONS = 3
"""Each season has a mean of its own from this many years on; before, a period is held against the one a year ago."""

SAME_WAYS_UP_TO = 200
"""Over periods longer than this many days, children's own ways outweigh the accidents of a period, and the same children make runs."""

FEW = 5
"""Limits are exact where fewer than this many have the outcome, or lack it, a period on average."""


@dataclass(frozen=True)
class Series:
    """What the choice is made from: `points` are a summary's rows that take part, in time order."""

    measure: Measure
    points: pl.DataFrame

    @property
    def remembers(self) -> bool:
        """Whether a point looks further back than its own period, so that neighbouring points count much of the same."""
        return bool(self.points.height) and self.measure.memory_days > self.days

    def few(self, first: int, after: int) -> bool:
        """Whether few are counted in the points of one baseline."""
        part = self.points.slice(first, after - first).filter(pl.col("denominator") > 0)
        if not part.height or not isinstance(self.measure, Proportion | Rate):
            return False
        numerator, denominator = float(part["numerator"].sum()), float(part["denominator"].sum())
        complement = denominator - numerator if isinstance(self.measure, Proportion) else math.inf
        return min(numerator, complement) < FEW * part.height

    @property
    def seasons(self) -> int:
        """How many periods a year has, where the measure has a rhythm of the year; 0 where it has none, and for years."""
        found = round(DAYS_OF_YEAR / self.days) if self.points.height else 0
        return found if self.measure.seasonal and found > 1 else 0

    @functools.cached_property
    def days(self) -> float:
        """How long a period is."""
        lengths = sorted((end - start).days + 1 for start, end in self.points.select("period_start", "period_end").rows())
        return float(statistics.median(lengths))

    def method(self, first: int, after: int) -> Method:
        """The method for the points of one baseline."""
        remembers, rate = self.remembers, isinstance(self.measure, Rate)
        if self.few(first, after):
            return ExactRate(remembers) if rate else ExactProportion(remembers)
        if not self.measure.unit.event and not remembers:
            return self._of_children_who_stay(first, after)
        kind = chart_type(self.measure.kind, self.points["denominator"].to_list())
        if kind == "u":
            return UChart(remembers)
        return PChart(remembers) if kind == "p" or (remembers and isinstance(self.measure, Proportion)) else Method(remembers)

    def _of_children_who_stay(self, first: int, after: int) -> Method:
        long = self.days > SAME_WAYS_UP_TO
        held = taken(self.measure, self.points.slice(first, after - first))
        seasons = self.seasons if self.seasons and _years(held, self.seasons) >= YEARS_FOR_SEASONS else 0
        if isinstance(self.measure, Rate):
            laney: Laney = LaneyU(long, seasons, long)
        else:
            laney = LaneyP(long, seasons) if isinstance(self.measure, Proportion) else LaneyMean(long, seasons)
        if not laney.spread(held.at(~np.isnan(held.value))) > 0:
            return Method(long, seasons if seasons and rhythm(held, seasons) else 0)
        return LastYear(True, self.seasons, laney) if self.seasons and not seasons else laney


def _years(held: Points, seasons: int) -> int:
    """How many points the season with the fewest has."""
    return int(np.bincount(held.places[~np.isnan(held.value)] % seasons, minlength=seasons).min())


def methods(measure: Measure, points: pl.DataFrame, rebase_at: tuple[int, ...] = ()) -> list[Method]:
    """The method of each baseline, in time order; one for no points at all."""
    series, edges = Series(measure, points), sorted({0, *rebase_at, points.height})
    return [series.method(first, after) for first, after in itertools.pairwise(edges)] or [Method()]


def taken(measure: Measure, points: pl.DataFrame) -> Points:
    """A summary's rows as process control works with them: rates for one unit of exposure, NaN where a point has no value."""
    there = pl.col("value").is_not_null() & (pl.col("denominator") > 0)
    columns = points.select(
        pl.when(there).then(pl.col(name).cast(pl.Float64)).otherwise(pl.lit(math.nan)).fill_null(math.nan).alias(name)
        for name in ("value", "numerator", "denominator", *(("lower", "upper") if {"lower", "upper"} <= set(points.columns) else ()))
    )
    per = measure.per if isinstance(measure, Rate) else 1
    value, numerator, denominator, *limits = (columns[name].to_numpy() for name in columns.columns)
    error = (limits[1] - limits[0]) / 2 / Z_95 if limits else None
    return Points(value / per, numerator, denominator, error, _places(points))


def _places(points: pl.DataFrame) -> IntArray:
    """Where each period lies, counted in periods, so that the same one of the next year is a year's number of them on."""
    if not points.height:
        return np.zeros(0, dtype=np.int64)
    days = sorted((end - start).days + 1 for start, end in points.select("period_start", "period_end").rows())
    a_year = max(round(DAYS_OF_YEAR / statistics.median(days)), 1)
    middles = [start + (end - start) / 2 for start, end in points.select("period_start", "period_end").rows()]
    return np.array([day.year * a_year + (day.month - 1) * a_year // 12 for day in middles], dtype=np.int64)


ALIKE_WORDS = (
    "Much the same children are counted from one period to the next, and over so long a period their own ways show: runs mean nothing "
    "here, and only a point outside the limits is a signal."
)
WORDS = {
    "p": "A P chart, because how many are counted differs from period to period: limits are wider where there are fewer.",
    "u": "A U chart, which is made for rates: limits are wider where there are fewer children or days.",
    "laney_p": "A P′ chart (Laney): limits come from how many children there are, and are wider where periods differ more than that.",
    "laney_u": "A U′ chart (Laney): limits come from how many events there are, and are wider where periods differ more than that.",
    "laney_mean": "Limits come from how much children differ, and are wider where periods differ more than that (Laney).",
    "last_year": "Each period is compared with the same one a year before, because the measure has a rhythm of the year.",
    "xmr": "An XmR chart: limits come from how much neighbouring periods usually differ.",
}


def reason(measure: Measure, points: pl.DataFrame, method: Method) -> str:
    """Why these limits and these rules, in a sentence or three."""
    if method.name in ("binomial", "poisson"):
        said = [f"Limits are worked out exactly, because on average fewer than {FEW} a period {_counted(measure)}."]
        if not method.only_outside:
            said.append(
                f"A run on one side of the average is a signal once it is as unlikely as {SHIFT_POINTS} points on one side usually are; "
                "a rising or falling run is none."
            )
    elif method.only_outside and method.name == "p":
        said = ["A P chart: limits are wider where fewer are counted."]
    else:
        said = [WORDS[method.name]]
    if method.seasons and method.name != "last_year":
        said.append(
            f"Each period is compared with the average for its own time of year, and a run is a signal from {SEASONAL_RUN} periods on."
        )
    if Series(measure, points).remembers:
        said.append(f"{memory_words(measure)} Only a point outside the limits is a signal.")
    elif method.only_outside:
        said.append("Only a point outside the limits is a signal." if method.name == "last_year" else ALIKE_WORDS)
    return " ".join(said)


def _counted(measure: Measure) -> str:
    return "are counted" if isinstance(measure, Rate) else "have the outcome or lack it"


def memory_words(measure: Measure) -> str:
    """Why runs say nothing of a measure whose points look back further than their period."""
    back = (
        "What happened once counts in every later period" if math.isinf(measure.memory_days)
        else f"Each point looks back {measure.memory_days:.0f} days, longer than its period"
    )
    return f"{back}, so neighbouring points count much of the same and runs mean nothing here."
