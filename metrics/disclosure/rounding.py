"""Draws that follow the children, and rounding by them.

Whoever counts the same children gets the same draw, on every page and in every process; one child more or less is a new draw. So nothing
is learned by asking for the same number in another way, and a subtraction tells more of the draws than of the child.

Sources: Stats NZ's random rounding to base 3; keys by record as the Office for National Statistics and the Australian Bureau of Statistics
give them ('cell key method').
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

_BITS = 53
"""So many bits of a hash make a number below 1 without rounding."""
STEP_WEIGHTS = (1, 2, 3, 2, 1)
"""How often noise of -2, -1, 0, 1 and 2 steps is drawn: its mean is 0 and its variance 4/3."""
STEP_VARIANCE = 4 / 3


def uniform(secret: bytes, keys: Sequence[int], periods: Sequence[str], *about: str) -> Numbers:
    """A number from 0 to below 1 for each key and period: HMAC-SHA256 of the key, the period and what the draw is about."""
    more = "\x1f".join(about)
    return np.fromiter(
        (_number(secret, f"{key}\x1f{period}\x1f{more}") for key, period in zip(keys, periods, strict=True)), np.float64, len(keys),
    )


def _number(secret: bytes, text: str) -> float:
    digest = hmac.digest(secret, text.encode(), "sha256")
    return float((int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / 2**_BITS)


def to_base(numbers: npt.ArrayLike, draws: Numbers, base: int) -> Whole:
    """Whole numbers rounded to a neighbouring multiple of `base`: up with the probability that keeps the mean, so a multiple stays."""
    whole = np.asarray(numbers, dtype=np.int64)
    rest = whole % base
    return np.asarray(whole - rest + base * (draws < rest / base), dtype=np.int64)


def steps(draws: Numbers) -> Whole:
    """Noise of -2 to 2 steps, as often as STEP_WEIGHTS says."""
    bounds = np.cumsum(STEP_WEIGHTS)[:-1] / sum(STEP_WEIGHTS)
    return np.asarray(np.searchsorted(bounds, draws, side="right") - 2, dtype=np.int64)
