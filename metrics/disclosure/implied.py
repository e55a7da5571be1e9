"""What two tables tell together: where everybody in one group is known to be in another, by any third breakdown the difference of the two
groups is a number of children too, though no table has it.

All of the children from the UK are known to be not unaccompanied where the table of the two shows so. Then 'not unaccompanied' less 'UK' by
ethnic group tells of the few who came from overseas with somebody. On the line of differences the same holds as on any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from metrics.disclosure.audit import Mask, Numbers
from metrics.disclosure.complementary import Indices, hide_line
from metrics.disclosure.family import ALL
from metrics.disclosure.tables import Pattern, Subject

Pair = tuple[str, str]
Places = tuple[Indices, Indices, Indices]
"""(period, group, larger group), one after another."""


def known_within(subject: Subject, children: Pattern) -> dict[Pair, Places]:
    """Of each two breakdowns the places where everybody in a group of the first is known to be in a group of the second.

    `subject`: the children of a population. `children`: what is hidden of them.
    """
    found = {}
    for inner, outer in itertools.permutations(not_finer_breakdowns(subject), 2):
        size, _ = subject.counted(inner, outer)
        possible = (size > 0) | children.of(inner, outer)
        period, group, in_group = np.nonzero((size > 0) & (possible.sum(axis=2, keepdims=True) == 1))
        if len(period):
            found[inner, outer] = period, group, in_group
    return found


def hide_differences(subject: Subject, pattern: Pattern, known: Sequence[Mapping[Pair, Places]]) -> list[Pair]:
    """Adds to what `pattern` must hide, so that no difference tells of few, and gives the tables that must be decided anew.

    `known`: what `known_within` gives, for the population and for larger ones. The cell of the larger group is the one that is hidden.
    """
    changed: list[Pair] = []
    for (inner, outer), places in ((pair, places) for within in known for pair, places in within.items()):
        period, group, in_group = places
        smaller, larger = (subject.counted(name, ALL)[0][:, :, 0] for name in (inner, outer))
        shown = ~pattern.of(inner, ALL)[period, group, 0] & ~pattern.of(outer, ALL)[period, in_group, 0]
        shown &= (smaller[period, group] > 0) & (smaller[period, group] < larger[period, in_group])
        for other in _thirds(subject, inner, outer) if shown.any() else ():
            if _hide_on_lines(subject, pattern, (inner, outer, other), (period[shown], group[shown], in_group[shown])):
                changed.append((outer, other))
    return changed


def plain_breakdowns(subject: Subject) -> list[str]:
    """The breakdowns that are not within others."""
    return [name for name in not_finer_breakdowns(subject) if subject.rows.axes[name].parent == ALL]


def not_finer_breakdowns(subject: Subject) -> list[str]:
    """The breakdowns that are not within others: those too that are divided because a part of the children are another population."""
    axes = subject.rows.axes.items()
    return [name for name, axis in axes if name != ALL and ":" not in name and (axis.parent == ALL or ":" in axis.parent)]


def _thirds(subject: Subject, inner: str, outer: str) -> list[str]:
    """By what the difference of two groups is shown. Of all together its own table takes care, unless that falls into blocks."""
    axes = subject.rows.axes
    divided = {axes[name].parent for name in (inner, outer)} - {ALL}
    others = [name for name in axes if ":" in name and name not in divided] + [ALL] * bool(divided)
    return [name for name in not_finer_breakdowns(subject) if name not in (inner, outer)] + others


def _hide_on_lines(subject: Subject, pattern: Pattern, names: tuple[str, str, str], places: Places) -> bool:
    """Of each place the differences by a third breakdown; whether anything more must be hidden."""
    inner, outer, other = names
    period, within, group = places
    hidden = pattern.of(inner, other)[period, within] | pattern.of(outer, other)[period, group]
    part, parts = subject.counted(inner, other)
    whole, wholes = subject.counted(outer, other)
    size = whole[period, group] - part[period, within]
    amounts = [larger[period, group] - smaller[period, within] for larger, smaller in zip(wholes, parts, strict=True)]
    again = False
    for members in subject.rows.parts(other):
        held = [amount[:, members] for amount in amounts]
        for line, few, needs in _lines(subject, period, hidden[:, members], size[:, members], held):
            more = hide_line(size[line, members], hidden[line, members] | few, needs)
            also = pattern.hide_also(outer, other, whole.shape)[period[line], group[line]]
            more &= ~hidden[line, members] & (size[line, members] > 0) & ~also[members]
            also[members] |= more
            again |= bool(more.any())
    return again


def _lines(
    subject: Subject, period: Indices, hidden: Mask, size: Numbers, amounts: list[Numbers],
) -> Iterator[tuple[int, Mask, list[tuple[Numbers, float]]]]:
    """The lines on which something is told, which shown differences tell of few, and what the hidden ones must hold together."""
    need = subject.block_needs()[0][period]
    few = subject.few(size, amounts, period) & ~hidden
    told = few.any(axis=1)
    for amount in amounts:
        held = np.where(hidden, amount, 0).sum(axis=1)
        told |= (held > 0) & (held < need)
    for line in np.flatnonzero(told).tolist():
        yield line, few[line], [(amount[line], float(need[line])) for amount in amounts]
