"""Process control point by point in plain Python and exact fractions: slow and obvious, to hold the arrays against.

Each function gives one baseline's points without missing ones. Nothing here is rounded, so 'strictly' is strict without a tolerance.
"""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

ABOVE, BELOW, ON = 1, -1, 0


def compare(number, line):
    return ABOVE if number > line else BELOW if number < line else ON


def beyond(distance, squared_sigma, sigmas):
    """Which side of a band of so many sigma a point lies on, without taking a root."""
    if distance**2 <= sigmas**2 * squared_sigma:
        return ON
    return compare(distance, 0)


def xmr(values):
    values = [Fraction(value) for value in values]
    mean = sum(values) / len(values)
    ranges = [abs(later - earlier) for earlier, later in itertools.pairwise(values)]
    sigma = Fraction(266, 100) * sum(ranges) / len(ranges) / 3 if ranges else None
    # Without a moving range no point is beyond a line.
    squared = [math.inf if sigma is None else sigma**2] * len(values)
    return judged(values, mean, squared)


def p_chart(numerators, denominators):
    mean = Fraction(sum(numerators), sum(denominators))
    values = [Fraction(x, n) for x, n in zip(numerators, denominators, strict=True)]
    return judged(values, mean, [mean * (1 - mean) / n for n in denominators])


def u_chart(events, exposures):
    mean = Fraction(sum(events), sum(exposures))
    values = [Fraction(x, n) for x, n in zip(events, exposures, strict=True)]
    return judged(values, mean, [mean / n for n in exposures])


def judged(values, mean, squared_sigmas):
    """For each point: its special cause, its direction, and the set of directions that any rule gives it."""
    outside = [beyond(value - mean, squared, 3) for value, squared in zip(values, squared_sigmas, strict=True)]
    far = [beyond(value - mean, squared, 2) for value, squared in zip(values, squared_sigmas, strict=True)]
    side = [compare(value, mean) for value in values]
    found = []
    for index in range(len(values)):
        shift = side[index] if in_shift(side, index) else ON
        rising, falling = in_trend(values, index, ABOVE), in_trend(values, index, BELOW)
        two = far[index] if in_two_of_three(side, far, index) else ON
        rules = {"outside": {outside[index]} - {ON}, "shift": {shift} - {ON}, "two_of_three": {two} - {ON}}
        rules["trend"] = {sign for sign, there in ((ABOVE, rising), (BELOW, falling)) if there}
        first = next((rule for rule in ("outside", "shift", "trend", "two_of_three") if rules[rule]), None)
        direction = next(iter(rules[first])) if first and len(rules[first]) == 1 else None
        if first == "trend" and len(rules[first]) == 2:
            direction = ABOVE if in_trend(values[index:], 0, ABOVE) else BELOW
        found.append((first, {ABOVE: "high", BELOW: "low", None: None}[direction], set().union(*rules.values())))
    return found


def windows(length, index, size):
    """Every window of so many consecutive points that holds this one."""
    return [range(start, start + size) for start in range(length - size + 1) if start <= index < start + size]


def in_shift(side, index):
    return any(all(side[i] == side[index] != ON for i in window) for window in windows(len(side), index, 7))


def in_trend(values, index, sign):
    return any(
        all(compare(values[i + 1], values[i]) == sign for i in window[:-1]) for window in windows(len(values), index, 7)
    )


def in_two_of_three(side, far, index):
    if far[index] == ON:
        return False
    return any(
        all(side[i] == side[index] for i in window) and sum(far[i] == far[index] for i in window) >= 2
        for window in windows(len(side), index, 3)
    )


def run_chart(values):
    """The median, the longest run and the crossings, counted by walking along."""
    ordered = sorted(values)
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half]) / 2
    longest = run = crossings = useful = 0
    last = ON
    for value in values:
        side = compare(value, median)
        if side == ON:
            continue
        useful += 1
        crossings += last == -side
        run = run + 1 if side == last else 1
        longest = max(longest, run)
        last = side
    return median, useful, longest, crossings
