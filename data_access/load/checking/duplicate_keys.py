"""Which of very many rows have a key that an earlier row has, with few of the keys in memory at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from data_access.load.reading.batches import SpillFile

AT_A_TIME = 1_000_000
"""Keys that are in memory together, about."""

SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""An odd number whose multiples are spread evenly: keys that differ little are put into different groups."""

PLACE_BITS = np.uint64(32)


class Repeats:
    """Takes the keys of parts of a table, in order, and then says which rows repeat an earlier one of their source, and which of the
    others a later source replaces.

    A key is a whole number that only rows with the same key have. Keys are divided into groups on the disk, and each group is looked at by
    itself: equal keys are in one group.
    """

    def __init__(self, rows: int, sources: Sequence[int]) -> None:
        """`rows` is how many there are at most; `sources` says of each part which source it is of, in order."""
        self._sources = np.array(sources, dtype=np.int64)
        self._groups = rows // AT_A_TIME + 1
        self._keys = _Grid()
        self._repeats = _Grid()
        self._replaced = _Grid()

    def add(self, part: int, keys: pl.Series, places: pl.Series) -> None:
        """The keys of a part's rows, and the places of these rows in the part."""
        rows = np.uint64(part) << PLACE_BITS | places.to_numpy().astype(np.uint64)
        first = keys.is_first_distinct().to_numpy()
        self._note(self._repeats, rows[~first])
        numbers = keys.to_numpy()[first]
        group = (numbers * SPREAD >> PLACE_BITS) % np.uint64(self._groups)
        self._keys.add(np.column_stack([numbers, rows[first]]), group)

    def settle(self) -> None:
        """Finds the repeats and what is replaced, after all parts were added."""
        for group in range(self._groups):
            keys, rows = self._keys.of(group).reshape(-1, 2).T
            order = np.argsort(keys, kind="stable")
            keys, rows = keys[order], rows[order]
            source = self._sources[(rows >> PLACE_BITS).astype(np.int64)]
            repeats = np.zeros(len(keys), dtype=bool)
            repeats[1:] = (keys[1:] == keys[:-1]) & (source[1:] == source[:-1])
            self._note(self._repeats, rows[repeats])
            keys, rows = keys[~repeats], rows[~repeats]
            self._note(self._replaced, rows[:-1][keys[1:] == keys[:-1]])

    def of(self, part: int) -> pl.Series:
        """The places of a part's rows that repeat an earlier one of their source."""
        return _places(self._repeats.of(part))

    def replaced(self, part: int) -> pl.Series:
        """The places of a part's rows that a later source replaces."""
        return _places(self._replaced.of(part))

    @staticmethod
    def _note(grid: _Grid, rows: np.ndarray) -> None:
        grid.add(rows, rows >> PLACE_BITS)


def _places(rows: np.ndarray) -> pl.Series:
    return pl.Series((np.sort(rows) & np.uint64(2**32 - 1)).astype(np.uint32))


class _Grid:
    """Whole numbers on the disk, put there in any order and read back one group at a time."""

    def __init__(self) -> None:
        self._file = SpillFile()
        self._places: dict[int, list[tuple[int, int]]] = {}

    def add(self, values: np.ndarray, groups: np.ndarray) -> None:
        order = np.argsort(groups, kind="stable")
        names, starts = np.unique(groups[order], return_index=True)
        for name, some in zip(names.tolist(), np.split(values[order], starts[1:]), strict=True) if len(names) else ():
            self._places.setdefault(name, []).append(self._file.add(some.tobytes()))

    def of(self, group: int) -> np.ndarray:
        """A group's numbers, in the order in which they were added."""
        data = [self._file.read(*place) for place in self._places.get(group, ())]
        return np.frombuffer(b"".join(data), dtype=np.uint64)
