"""What is hidden because of itself: too few children, or an outcome of too few or of nearly all of them."""

from __future__ import annotations

import numpy as np

from config.disclosure import DisclosureRules
from metrics.disclosure.audit import Mask, Numbers


def few_children(children: Numbers, rules: DisclosureRules) -> Mask:
    """Some, but fewer than the smallest cell."""
    return (children > 0) & (children < rules.smallest_cell)


def few_with_or_without(with_outcome: Numbers, without: Numbers, rules: DisclosureRules) -> Mask:
    """A numerator or its complement of 1 to `numerator_hidden_to`."""
    return _between(with_outcome, rules.numerator_hidden_to) | _between(without, rules.numerator_hidden_to)


def all_or_none(children: Numbers, with_outcome: Numbers, without: Numbers, rules: DisclosureRules, *, finer: bool) -> Mask:
    """Exactly 0 % or 100 % of fewer than `extreme_needs` children.

    Where the family has finer tables of the same children (`finer`), of any number: 0 % of a group is 0 % of every group in it, the
    small ones too, of which it may not be shown.
    """
    extreme = (children > 0) & ((with_outcome == 0) | (without == 0))
    hidden: Mask = extreme if finer else extreme & (children < rules.extreme_needs)
    return hidden


def _between(number: Numbers, most: int) -> Mask:
    result: Mask = (number > 0) & (number <= most)
    return result


def nothing(like: Numbers) -> Mask:
    """A mask of the same shape that hides nothing."""
    return np.zeros(like.shape, dtype=bool)


def smallest_of(size: Numbers, among: Mask) -> Mask:
    """By period, the smallest of some groups, the first of equals; none where there are none. All of shape (periods, groups)."""
    cost = np.where(among, size, np.inf)
    smallest: Mask = np.isfinite(cost) & (np.arange(cost.shape[1]) == cost.argmin(axis=1)[:, None])
    return smallest
