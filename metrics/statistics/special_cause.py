"""The special-cause rules of a process control chart, over arrays.

The rules are NHS England's (Making Data Count): a point outside the limits; a shift of 7 points on one side of the mean; a trend of
7 points; 2 of 3 points beyond 2 sigma. Where events are few, a run on one side signals by its probability
instead. Each rule gets the points of one baseline, without missing ones, and gives each point
1 (signalled high), -1 (signalled low) or 0. Every point of a run that signals is flagged, not just its last.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SHIFT_POINTS = 7
TREND_POINTS = 7
UNLIKELY_RUN = 2.0**-SHIFT_POINTS
"""How likely 7 points on one side of a symmetric chart are: 1 in 128."""
SHORTEST_RUN = 2
WINDOW, WINDOW_BEYOND = 3, 2
"""2 of 3 consecutive points."""

TOLERANCE = 1e-9
"""Two numbers closer than this share of their size are one: means and limits carry rounding errors, and a point on a line is on it."""

FloatArray = npt.NDArray[np.float64]
SignArray = npt.NDArray[np.int8]
BoolArray = npt.NDArray[np.bool_]

RULES = ("outside", "shift", "trend", "two_of_three")
"""In this order: a point that several rules flag is named by the first."""


@dataclass(frozen=True)
class Lines:
    """The lines of a baseline's points: one number a point; NaN limits where there is nothing to work them out from."""

    mean: FloatArray
    lower: FloatArray
    upper: FloatArray
    lower_2sigma: FloatArray
    upper_2sigma: FloatArray

    def at(self, points: BoolArray) -> Lines:
        """The lines of some of the points."""
        return Lines(*(line[points] for line in (self.mean, self.lower, self.upper, self.lower_2sigma, self.upper_2sigma)))

    def less(self, numbers: FloatArray) -> Lines:
        """The lines after so much is taken from each point."""
        return Lines(*(line - numbers for line in (self.mean, self.lower, self.upper, self.lower_2sigma, self.upper_2sigma)))


def find(values: FloatArray, lines: Lines, run: int = SHIFT_POINTS) -> dict[str, SignArray]:
    """What each rule says of each point of one baseline, by the rule's name, in the order of RULES.

    `run` is how many points make a shift, and a trend.
    """
    side = sides(values, lines.mean)
    far = beyond(values, lines.lower_2sigma, lines.upper_2sigma)
    found = (beyond(values, lines.lower, lines.upper), shifts(side, run), trends(values, run), two_of_three(side, far))
    return dict(zip(RULES, found, strict=True))


def sides(values: FloatArray, line: FloatArray) -> SignArray:
    """Whether each point is above (1), below (-1) or on (0) the line. Beside a line of NaN it is on it."""
    slack = TOLERANCE * np.max(np.abs(values), initial=0.0)
    return _signs(values - line > slack, line - values > slack)


def shifts(side: SignArray, run: int = SHIFT_POINTS) -> SignArray:
    """Points of a run of 7 or more on one side of the mean. A point on the mean ends a run."""
    return np.where(run_lengths(side) >= run, side, 0).astype(np.int8)


def unlikely_runs(side: SignArray, chance_above: FloatArray, chance_below: FloatArray) -> SignArray:
    """Points of a run on one side of the centre that is as unlikely as 7 points on one side of a symmetric chart, or less likely.

    The chances are each point's own of lying above and below; their product over the run is its probability. A point on the centre ends
    a run, and one point is no run.
    """
    flagged = np.zeros(len(side), dtype=np.int8)
    starts = np.flatnonzero(np.concatenate(([True], side[1:] != side[:-1]))) if len(side) else np.zeros(0, dtype=np.int_)
    for first, after in zip(starts, [*starts[1:], len(side)], strict=True):
        sign = side[first]
        chances = (chance_above if sign == 1 else chance_below)[first:after]
        if sign and after - first >= SHORTEST_RUN and chances.prod() <= UNLIKELY_RUN * (1 + TOLERANCE):
            flagged[first:after] = sign
    return flagged


def trends(values: FloatArray, run: int = TREND_POINTS) -> SignArray:
    """Points of 6 or more moves running, all up (1) or all down (-1). A tie ends a run.

    The point where one trend turns into another belongs to both, and is given the later one's direction.
    """
    after, before = _trend_moves(values, run)
    return np.where(after != 0, after, before).astype(np.int8)


def trend_ends(values: FloatArray, run: int = TREND_POINTS) -> tuple[BoolArray, BoolArray]:
    """Whether each point belongs to a rising trend, and whether to a falling one; a turning point belongs to both."""
    after, before = _trend_moves(values, run)
    return (after == 1) | (before == 1), (after == -1) | (before == -1)


def two_of_three(side: SignArray, beyond: SignArray) -> SignArray:
    """Points beyond 2 sigma, of which two or more are among three consecutive points all on the same side of the mean."""
    flagged = np.zeros(len(side), dtype=np.int8)
    if len(side) < WINDOW:
        return flagged
    same = np.lib.stride_tricks.sliding_window_view(side, WINDOW)
    far = np.lib.stride_tricks.sliding_window_view(beyond, WINDOW)
    signals = (same[:, 0] != 0) & (same == same[:, :1]).all(axis=1) & ((far == same).sum(axis=1) >= WINDOW_BEYOND)
    for place in range(WINDOW):
        window = flagged[place : place + len(signals)]
        window[signals] = np.where(window[signals] != 0, window[signals], far[signals, place])
    return flagged


def run_lengths(keys: SignArray) -> npt.NDArray[np.int_]:
    """For each place, how long the run of equal keys is that it belongs to."""
    if len(keys) == 0:
        return np.zeros(0, dtype=np.int_)
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    lengths = np.diff(np.append(starts, len(keys)))
    return np.repeat(lengths, lengths)


def _trend_moves(values: FloatArray, run: int) -> tuple[SignArray, SignArray]:
    """For each point, the direction of the move after it and of the one before it, where that move is part of a trend; else 0."""
    earlier, later = values[:-1], values[1:]
    slack = TOLERANCE * np.maximum(np.abs(earlier), np.abs(later))
    moves = np.where(np.abs(later - earlier) > slack, np.sign(later - earlier), 0).astype(np.int8)
    long = np.where(run_lengths(moves) >= run - 1, moves, 0).astype(np.int8)
    none = np.zeros(min(len(values), 1), dtype=np.int8)
    return np.concatenate((long, none)), np.concatenate((none, long))


def beyond(values: FloatArray, lower: FloatArray, upper: FloatArray) -> SignArray:
    """1 strictly above the upper line, -1 strictly below the lower one."""
    return _signs(sides(values, upper) == 1, sides(values, lower) == -1)


def _signs(high: BoolArray, low: BoolArray) -> SignArray:
    return np.subtract(high, low, dtype=np.int8)
