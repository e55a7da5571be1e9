"""Targets: which one holds for a measure on a date, and what a value says about it.

NICE sets no levels; a target is local and dated. No target means no comparison with one.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from config.targets import PERIODS, Target
from config.toml_file import ConfigError
from metrics.measures.kinds import Better, Measure

_TERM = re.compile(r"^\d{4} (Autumn|Spring|Summer)$")


class TargetStatus(StrEnum):
    """Where the interval of a value lies: on the target's good side, on its bad side, or across it."""

    MET = "met"
    MISSED = "missed"
    NOT_CLEAR = "not clear yet"


@dataclass(frozen=True)
class Targets:
    """The targets of all measures, by whoever set them. Of two that begin on the same day, the later one in `all` holds."""

    all: tuple[Target, ...]

    def check(self, measures: Sequence[Measure]) -> None:
        """Raises ConfigError, naming the line, for a target of a measure that doesn't exist or that it can't have."""
        known = {measure.id: measure for measure in measures}
        for target in self.all:
            if target.measure not in known:
                raise ConfigError(
                    f"targets.toml, line {target.line}: there is no measure {target.measure!r}. "
                    "The definitions page lists every measure's id."
                )
            if refusal := refused(known[target.measure], target.level):
                raise ConfigError(f"targets.toml, line {target.line}: {refusal}")
            if known[target.measure].grows and target.period is None:
                raise ConfigError(
                    f"targets.toml, line {target.line}: '{known[target.measure].title}' grows with the length of the period, so its target "
                    f"is for one length. Add a line such as period = \"quarter\" ({', '.join(PERIODS)})."
                )

    def on(self, measure: Measure, date: datetime.date, grain: str, placements: Sequence[str] = ()) -> Target | None:
        """The target that holds on a date for this length of period: the one for the placement when exactly one is looked at and has
        its own."""
        only = placements[0] if len(placements) == 1 else None
        return self._latest(measure, date, only, (None, grain)) or self._latest(measure, date, None, (None, grain))

    def for_other_periods(self, measure: Measure, date: datetime.date) -> str | None:
        """The length of period that the measure's latest target is for, where it names one."""
        found = self._latest(measure, date, None, PERIODS)
        return found.period if found else None

    def _latest(self, measure: Measure, date: datetime.date, placement: str | None, periods: Sequence[str | None]) -> Target | None:
        held = [
            t for t in self.all
            if t.measure == measure.id and t.placement == placement and t.period in periods and t.from_date <= date
        ]
        return max(reversed(held), key=lambda target: target.from_date, default=None)


def refused(measure: Measure, level: float) -> str | None:
    """Why a measure can't have a target of this level, in a sentence; None where it can. The level is in the unit people read."""
    if 0 <= level <= (math.inf if measure.most is None else measure.most):
        return None
    unit = "%" if measure.percent else ""
    values = "never below 0" if measure.most is None else f"from 0 to {measure.most:g}{unit}"
    return f"'{measure.title}' can't have a target of {level:g}{unit}: its values are {values}."


def level(measure: Measure, target: Target) -> float:
    """The target in the unit of the measure's value: a share for percentages, otherwise as it is written."""
    return target.level / 100 if measure.percent else target.level


def status(measure: Measure, lower: float | None, upper: float | None, target_level: float | None) -> TargetStatus | None:
    """What an interval says about a target; None without a target, 'not clear yet' without an interval."""
    if target_level is None:
        return None
    if lower is None or upper is None:
        return TargetStatus.NOT_CLEAR
    if measure.better == Better.LOWER:
        lower, upper, target_level = -upper, -lower, -target_level
    if lower >= target_level:
        return TargetStatus.MET
    return TargetStatus.MISSED if upper < target_level else TargetStatus.NOT_CLEAR


def grain_of(label: str, start: datetime.date) -> str:
    """The grain of a period, from its label and first day: '2011-12' is December 2011 or the year from April 2011."""
    if _TERM.match(label):
        return "term"
    if " Q" in label:
        return "quarter"
    return "month" if label == f"{start:%Y-%m}" else "year"
