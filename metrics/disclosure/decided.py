"""What has been decided of tables, by all that it was decided from.

Many tables come again: what a quarter hides of a measure is often what the quarter before hides, and when a period is decided anew because
one of its tables has failed, most of the others are as they were.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from metrics.disclosure.audit import Mask


@dataclass(frozen=True)
class Answers:
    """Of one table by period: what is hidden, whether it has failed, and the cells that then are told by larger populations."""

    hidden: Mask
    failed: Mask
    stuck: Mask

    @staticmethod
    def none(shape: tuple[int, ...]) -> Answers:
        """Nothing yet, of a table of a shape (periods, rows, columns)."""
        return Answers(np.zeros(shape, dtype=bool), np.zeros(shape[0], dtype=bool), np.zeros(shape, dtype=bool))


@dataclass
class Decided:
    """Answers for single periods, by key (see `keys_of`)."""

    _found: dict[bytes, tuple[Mask, bool, Mask]] = field(default_factory=dict)

    def not_yet(self, keys: Sequence[bytes]) -> NDArray[np.intp]:
        """The places of keys without an answer: of each the first."""
        first = {key: place for place, key in reversed(list(enumerate(keys))) if key not in self._found}
        return np.array(sorted(first.values()), dtype=np.intp)

    def add(self, keys: Sequence[bytes], answers: Answers) -> None:
        """Keeps the answers, one for each key."""
        self._found.update(zip(keys, zip(answers.hidden, answers.failed.tolist(), answers.stuck, strict=True), strict=True))

    def of(self, keys: Sequence[bytes], shape: tuple[int, ...]) -> Answers:
        """The answers for these keys, of a table of a shape (periods, rows, columns)."""
        answers = Answers.none(shape)
        for place, key in enumerate(keys):
            answers.hidden[place], answers.failed[place], answers.stuck[place] = self._found[key]
        return answers


def keys_of(arrays: Sequence[np.ndarray], alike: str) -> list[bytes]:
    """For each period what stands for all that `arrays` (the periods are their first axis) have of it. `alike`: what else tells apart."""
    periods = len(arrays[0])
    start = hashlib.blake2b(f"{alike} {[array.shape[1:] for array in arrays]}".encode(), digest_size=16)
    flat = [np.ascontiguousarray(array).reshape(periods, math.prod(array.shape[1:])).view(np.uint8) for array in arrays]
    keys = []
    for row in np.concatenate(flat, axis=1):
        key = start.copy()
        key.update(row)
        keys.append(key.digest())
    return keys
