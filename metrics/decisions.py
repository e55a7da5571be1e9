"""What was decided to be hidden, kept by all that it was decided from: the next process that is to decide the same takes it over.

Deciding takes seconds to a minute of a processor. Without this, each server would do it anew after each start.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import polars as pl

from config.disclosure import DisclosureRules
from metrics.disclosure.protection import METHOD, undecided
from metrics.kinds import Measure
from metrics.releases import Hidden, hidden_from_bytes, hidden_to_bytes


class Kept(Protocol):
    """Where decisions are kept: what is hidden of periods (by label, as `hidden_to_bytes` writes it), by key."""

    def find(self, key: str) -> Mapping[str, bytes]:
        """What was decided; empty where nothing was."""

    def keep(self, key: str, hidden: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """Keeps a decision, unless another process has kept one meanwhile, and gives the one that is kept."""


class Nowhere:
    """Keeps nothing."""

    def find(self, key: str) -> Mapping[str, bytes]:
        """Nothing."""
        return {}

    def keep(self, key: str, hidden: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """What is given."""
        return hidden


def hidden_of(
    labels: Sequence[str], children: pl.DataFrame, periods: tuple[str, ...], measures: tuple[Measure, ...], rules: DisclosureRules,
    kept: Kept,
) -> dict[str, Hidden]:
    """What is hidden of some of the periods, by label. `children`, `periods`: of all of them, as `undecided` takes them."""
    if not labels:
        return {}
    key = key_of(labels, children, periods, measures, rules)
    found = kept.find(key)
    if found.keys() != set(labels):
        protected = undecided(children, periods, measures, rules).protect(labels)
        found = kept.keep(key, {label: hidden_to_bytes(protected, label) for label in labels})
    return {label: hidden_from_bytes(found[label]) for label in labels}


def key_of(
    labels: Sequence[str], children: pl.DataFrame, periods: tuple[str, ...], measures: tuple[Measure, ...], rules: DisclosureRules,
) -> str:
    """Stands for all that a decision is made from: another one where a row, a period, a measure, a rule or the method is another. The order
    of the rows, in which an engine may give them as it likes, tells nothing."""
    said = [METHOD, rules.model_dump(), list(labels), periods, [measure.id for measure in measures]]
    schema = [(name, str(dtype)) for name, dtype in children.schema.items()]
    digest = hashlib.sha256(json.dumps([*said, schema], sort_keys=True).encode())
    digest.update(np.sort(children.hash_rows().to_numpy()).tobytes())
    return digest.hexdigest()
