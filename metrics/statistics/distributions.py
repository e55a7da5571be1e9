"""Counts by chance alone: the binomial and the Poisson distribution, for columns of counts.

What `scipy.stats` has for it takes as long to import as everything else that a table of measures needs; these rest on the functions of
`scipy.special` below it, which are Cephes' (incomplete beta and gamma function).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from metrics.statistics.special_cause import FloatArray


class Counts(Protocol):
    """The distribution of a column of counts, each with its own size or expectation."""

    def at_most(self, counts: FloatArray) -> FloatArray:
        """The chance of each count or fewer, for whole counts; 0 for counts below 0."""
        ...

    def more_than(self, counts: FloatArray) -> FloatArray:
        """The chance of more than each count, for whole counts; 1 for counts below 0."""
        ...

    def quantile(self, share: float) -> FloatArray:
        """For each the lowest count that, with all lower ones, has at least this chance (above 0, below 1)."""
        ...


@dataclass(frozen=True)
class Binomial:
    """How many of `sizes` (whole, 0 or more) have an outcome of this chance (0 to 1)."""

    sizes: FloatArray
    chance: float

    def at_most(self, counts: FloatArray) -> FloatArray:
        """See `Counts`."""
        from scipy.special import bdtr  # slow to import, and most commands never need it

        return np.where(counts < 0, 0.0, np.where(counts >= self.sizes, 1.0, bdtr(self._inside(counts), self._whole, self.chance)))

    def more_than(self, counts: FloatArray) -> FloatArray:
        """See `Counts`."""
        from scipy.special import bdtrc

        return np.where(counts < 0, 1.0, np.where(counts >= self.sizes, 0.0, bdtrc(self._inside(counts), self._whole, self.chance)))

    def quantile(self, share: float) -> FloatArray:
        """See `Counts`."""
        from scipy.special import bdtrik

        return _lowest(self, share, bdtrik(share, self.sizes, self.chance), self.sizes)

    @property
    def _whole(self) -> npt.NDArray[np.intp]:
        return self.sizes.astype(np.intp)

    def _inside(self, counts: FloatArray) -> FloatArray:
        return np.clip(counts, 0, self.sizes)


@dataclass(frozen=True)
class Poisson:
    """How many events there are where `expected` (0 or more) are to be expected."""

    expected: FloatArray

    def at_most(self, counts: FloatArray) -> FloatArray:
        """See `Counts`."""
        from scipy.special import pdtr

        return np.where(counts < 0, 0.0, pdtr(np.maximum(counts, 0), self.expected))

    def more_than(self, counts: FloatArray) -> FloatArray:
        """See `Counts`."""
        from scipy.special import pdtrc

        return np.where(counts < 0, 1.0, pdtrc(np.maximum(counts, 0), self.expected))

    def quantile(self, share: float) -> FloatArray:
        """See `Counts`."""
        from scipy.special import pdtrik

        return _lowest(self, share, pdtrik(share, self.expected), np.full_like(self.expected, np.inf))


def _lowest(counts: Counts, share: float, near: FloatArray, most: FloatArray) -> FloatArray:
    """The quantile, from what is `near` it: the inverse functions are not exact, and have no value where there is nothing to invert."""
    found = np.clip(np.ceil(np.nan_to_num(near)), 0, most)
    while (over := (found > 0) & (counts.at_most(found - 1) >= share)).any():
        found = found - over
    while (under := counts.at_most(found) < share).any():
        found = found + under
    return found
