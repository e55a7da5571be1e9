"""The vertical axis: round numbers around all that is drawn."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from metrics.measures.kinds import Measure

MOST_STEPS = 6
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """From `low` to `high` in steps, in the unit of the value (a share for percentages)."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """The levels that get a label."""
        return [self.low + index * self.step for index in range(round((self.high - self.low) / self.step) + 1)]

    def place(self, value: float) -> float:
        """Where a value is, from 0 at the bottom to 1 at the top."""
        return (value - self.low) / (self.high - self.low)


def decimals(measure: Measure, found: Scale) -> int:
    """How many decimals the labels need, so that each says exactly where it is."""
    step = found.step * (100 if measure.percent else 1)
    return next((places for places in range(4) if abs(step * 10**places - round(step * 10**places)) < 1e-9), 4)


def axis_scale(measure: Measure, drawn: Iterable[float | None]) -> Scale:
    """The scale that holds all values. Nothing we measure is below 0, and no share is above 1."""
    known = [value for value in drawn if value is not None]
    low, high = max(min(known, default=0.0), 0.0), max(known, default=1.0)
    if high - low < 1e-9:
        low, high = max(low - 0.05 * (high or 1.0), 0.0), high + 0.05 * (high or 1.0)
    if measure.percent:
        high = min(high, 1.0)
    step = _step((high - low) / MOST_STEPS)
    bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    # What lies on the edge can't be told from the axis.
    if bottom > 0 and low - bottom < step / 8:
        bottom = max(bottom - step, 0.0)
    if top - high < step / 8 and not (measure.percent and top > 1 - step / 2):
        top += step
    return Scale(round(bottom, 10), round(top, 10), step)


def _step(least: float) -> float:
    """The smallest round step that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(round(factor * power, 10) for factor in _ROUND if factor * power >= least * (1 - 1e-9))
