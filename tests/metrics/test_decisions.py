"""Decisions that are kept: taken over where all that they are made from is the same, and only there."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from metrics import decisions
from metrics.catalogue import get
from metrics.decisions import Nowhere, hidden_of, key_of
from metrics.disclosure.protection import protect_unit
from metrics.releases import Hidden, together
from tests.metrics.disclosure.made_up import RULES
from tests.metrics.disclosure.test_decided import MEASURE, some_children

MEASURES = (get(MEASURE),)
LABELS = ("2025-26 Q1", "2025-26 Q2", "2025-26 Q3")
CHILDREN = pl.concat([some_children(seed).with_columns(period=pl.lit(label)) for seed, label in enumerate(LABELS)])


class InMemory:
    """Keeps decisions as a workspace does: the first of each key."""

    def __init__(self) -> None:
        self.by_key: dict[str, Mapping[str, bytes]] = {}

    def find(self, key: str) -> Mapping[str, bytes]:
        return self.by_key.get(key, {})

    def keep(self, key: str, hidden: Mapping[str, bytes]) -> Mapping[str, bytes]:
        return self.by_key.setdefault(key, hidden)


def test_what_is_kept_is_what_is_decided_and_nothing_is_decided_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = InMemory()
    decided = protect_unit(CHILDREN, LABELS, MEASURES, RULES)
    first = together(hidden_of(LABELS, CHILDREN, LABELS, MEASURES, RULES, kept))

    def refuse(*_given: object) -> None:
        raise AssertionError("It is decided again.")

    monkeypatch.setattr(decisions, "undecided", refuse)
    again = together(hidden_of(LABELS, CHILDREN.reverse(), LABELS, MEASURES, RULES, kept))
    for found in (first, again):
        for which in ("denominators", "values"):
            pattern, wanted = getattr(found, which)[MEASURE], getattr(decided, which)[MEASURE]
            assert any(mask.any() for mask in pattern.masks.values()) and not all(mask.all() for mask in pattern.masks.values())
            assert all((mask == wanted.of(*pair)).all() for pair, mask in pattern.masks.items())
    with pytest.raises(AssertionError, match="decided again"):
        hidden_of(LABELS, CHILDREN.tail(-1), LABELS, MEASURES, RULES, kept)


def test_some_periods_are_decided_by_themselves() -> None:
    every = hidden_of(LABELS, CHILDREN, LABELS, MEASURES, RULES, Nowhere())
    some = hidden_of(LABELS[1:2], CHILDREN, LABELS, MEASURES, RULES, Nowhere())
    assert list(some) == [LABELS[1]]
    for which in ("denominators", "values"):
        one, other = (each[LABELS[1]].masks[getattr(each[LABELS[1]], which)[MEASURE]] for each in (every, some))
        assert one.keys() == other.keys() and all((one[pair] == other[pair]).all() for pair in one)
    assert hidden_of((), CHILDREN, LABELS, MEASURES, RULES, Nowhere()) == {}


def test_of_two_who_decide_at_once_the_first_is_believed() -> None:
    """What each of them hides may be safe, and both together not."""

    class LooksTooSoon(InMemory):
        def find(self, key: str) -> Mapping[str, bytes]:
            return {}

    kept, strict = LooksTooSoon(), RULES.model_copy(update={"smallest_cell": 15})
    other = hidden_of(LABELS, CHILDREN, LABELS, MEASURES, strict, kept)
    (decision,) = kept.by_key.values()
    kept.by_key[key_of(LABELS, CHILDREN, LABELS, MEASURES, RULES)] = decision
    found, own = (hidden_of(LABELS, CHILDREN, LABELS, MEASURES, RULES, store) for store in (kept, InMemory()))
    assert total_hidden(found) == total_hidden(other) != total_hidden(own)


def total_hidden(hidden: Mapping[str, Hidden]) -> int:
    return sum(int(mask.sum()) for mask in together(hidden).denominators[MEASURE].masks.values())


def test_a_key_stands_for_everything_that_is_decided_from() -> None:
    given = (LABELS, CHILDREN, LABELS, MEASURES, RULES)
    key = key_of(*given)
    assert key_of(LABELS, CHILDREN.sample(fraction=1, shuffle=True, seed=1), LABELS, MEASURES, RULES) == key
    column = f"{MEASURE}.children"
    one_more = CHILDREN.with_columns(pl.col(column) + (pl.int_range(pl.len()) == 0))
    others = [
        key_of(LABELS[:2], CHILDREN, LABELS, MEASURES, RULES), key_of(LABELS, CHILDREN.tail(-1), LABELS, MEASURES, RULES),
        key_of(LABELS, one_more, LABELS, MEASURES, RULES), key_of(LABELS, CHILDREN, LABELS[::-1], MEASURES, RULES),
        key_of(LABELS, CHILDREN, LABELS, (get("persistent_absence"),), RULES),
        key_of(LABELS, CHILDREN, LABELS, MEASURES, RULES.model_copy(update={"smallest_cell": 11})),
        key_of(LABELS, CHILDREN.rename({"sex": "origin", "origin": "sex"}), LABELS, MEASURES, RULES),
        key_of(LABELS, pl.concat([CHILDREN, CHILDREN.head(1)]), LABELS, MEASURES, RULES),
    ]
    assert len({key, *others}) == 1 + len(others)


def test_another_method_is_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_of(LABELS, CHILDREN, LABELS, MEASURES, RULES)
    monkeypatch.setattr(decisions, "METHOD", decisions.METHOD + 1)
    assert key_of(LABELS, CHILDREN, LABELS, MEASURES, RULES) != key
