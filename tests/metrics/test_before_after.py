"""Before and after a dated change: held against a slow second computation, and against what the rules say in plain cases."""

from __future__ import annotations

import datetime
import itertools
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import catalogue
from metrics.before_after import Basis, before_after
from metrics.kinds import Measure, Rate
from metrics.process_control import chart_type
from metrics.targets import Targets
from metrics.trend import Trend, trend
from tests.metrics import slow_process_control as slow

PLAN, RATE, MEAN, ABSENCE = (
    catalogue.get(id) for id in ("education_plan", "suspension_rate", "social_emotional_mean", "persistent_absence")
)
FIRST = datetime.date(2015, 1, 1)
Counts = list[tuple[int, int]]


def month(number: int) -> datetime.date:
    return datetime.date(FIRST.year + number // 12, number % 12 + 1, 1)


def made(measure: Measure, counts: Counts, *, rebase_on: tuple[datetime.date, ...] = (), **columns: list[Any]) -> Trend:
    """A trend with these numerators and denominators by month; a denominator of 0 is a month without data."""
    per = measure.per if isinstance(measure, Rate) else 1
    values = [x / n * per if n else None for x, n in counts]
    frame = pl.DataFrame({
        "period": [f"{month(i):%Y-%m}" for i in range(len(counts))], "period_start": [month(i) for i in range(len(counts))],
        "period_end": [month(i + 1) - datetime.timedelta(days=1) for i in range(len(counts))], "complete": [True] * len(counts),
        "numerator": [float(x) for x, _ in counts], "denominator": [n for _, n in counts], "value": values,
        "lower": values, "upper": values, "state": ["shown" if value is not None else "no data" for value in values],
    } | columns, schema_overrides=dict.fromkeys(("value", "lower", "upper"), pl.Float64))
    return trend(measure, frame, Targets(()), rebase_on=rebase_on)


def slowly(measure: Measure, counts: Counts, at: int) -> tuple[Fraction, Fraction, Basis | None, int, int]:
    """The means, the basis, and how many points after are flagged high and low; the change is on the first day of month `at`."""
    there = [(i, Fraction(x), n) for i, (x, n) in enumerate(counts) if n]
    method = chart_type(measure.kind, [n for _, _, n in there])
    sides = [[(x, n) for i, x, n in there if (i >= at) == late] for late in (False, True)]

    def centre(points: list[tuple[Fraction, int]]) -> Fraction:
        if method == "xmr":
            return sum((x / n for x, n in points), Fraction(0)) / len(points)
        return sum((x for x, _ in points), Fraction(0)) / sum(n for _, n in points)

    before, after = sides
    means = centre(before), centre(after)
    if len(there) < 13:
        return *means, None, 0, 0
    basis, held, mean = (Basis.BEFORE, after, means[0]) if len(before) >= 13 else (Basis.TOGETHER, before + after, centre(before + after))
    limits_from = before if basis == Basis.BEFORE else held
    if method == "xmr":
        values = [x / n for x, n in limits_from]
        ranges = [abs(b - a) for a, b in itertools.pairwise(values)]
        squared = [(Fraction(266, 300) * sum(ranges) / len(ranges)) ** 2] * len(held)
    else:
        squared = [(mean * (1 - mean) if method == "p" else mean) / n for _, n in held]
    judged = slow.judged([x / n for x, n in held], mean, squared)[-len(after):]
    return *means, basis, sum(slow.ABOVE in flags for *_, flags in judged), sum(slow.BELOW in flags for *_, flags in judged)


pairs = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
even = st.tuples(st.integers(0, 40), st.just(40))
gap = st.just((0, 0))


@pytest.mark.parametrize("measure", [PLAN, RATE, MEAN, ABSENCE])
@given(counts=st.lists(st.one_of(pairs, gap), min_size=2, max_size=40) | st.lists(even, min_size=2, max_size=40), data=st.data())
def test_it_says_what_the_slow_computation_says(measure: Measure, counts: Counts, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(counts) - 1))
    found = before_after(made(measure, counts), month(at))
    sizes = sum(n > 0 for _, n in counts[:at]), sum(n > 0 for _, n in counts[at:])
    assert (found.before.points, found.after.points) == sizes
    if 0 in sizes:
        assert found.basis is None and found.difference is None
        return
    before, after, basis, high, low = slowly(measure, counts, at)
    per = measure.per if isinstance(measure, Rate) else 1
    assert found.before.mean == pytest.approx(float(before * per)) and found.after.mean == pytest.approx(float(after * per))
    assert found.difference == pytest.approx(float((after - before) * per))
    assert found.basis == basis
    assert (found.better, found.worse) == ((high, low) if measure.better == "higher" else (low, high))


def test_the_month_of_the_change_belongs_to_neither_side() -> None:
    counts = [(20, 40)] * 10
    on_the_first, inside = (before_after(made(PLAN, counts), day) for day in (month(4), month(4) + datetime.timedelta(days=10)))
    assert (on_the_first.before.points, on_the_first.after.points) == (4, 6)
    assert (inside.before.points, inside.after.points) == (4, 5)


def test_a_lasting_rise_is_special_cause_against_the_limits_before_it() -> None:
    counts = [(20 + i % 3, 40) for i in range(14)] + [(30 + i % 3, 40) for i in range(8)]
    found = before_after(made(PLAN, counts), month(14))
    assert (found.basis, found.better, found.worse, found.steady) == (Basis.BEFORE, 8, 0, True)
    assert before_after(made(ABSENCE, counts), month(14)).worse == 8


def test_it_says_the_same_whether_or_not_the_change_is_a_rebase() -> None:
    counts = [(20 + i % 3, 40) for i in range(8)] + [(30 + i % 3, 40) for i in range(8)]
    plain = before_after(made(PLAN, counts), month(8))
    rebased = before_after(made(PLAN, counts, rebase_on=(month(8),)), month(8), [month(8)])
    assert plain == rebased and plain.basis == Basis.TOGETHER and plain.better == 8


def test_other_rebases_bound_both_sides() -> None:
    counts = [(20, 40)] * 30
    found = before_after(made(PLAN, counts), month(15), [month(10), month(15), month(22)])
    assert (found.before.points, found.after.points) == (5, 7)


def test_a_rise_that_was_there_before_is_said_to_have_begun_before() -> None:
    counts = [(20 + i % 3, 40) for i in range(8)] + [(30 + i % 3, 40) for i in range(8)]
    late, on_the_day, fallen = (before_after(made(measure, counts), month(at)) for measure, at in ((PLAN, 10), (PLAN, 8), (ABSENCE, 10)))
    assert late.better_had_begun and not late.worse_had_begun
    assert not on_the_day.better_had_begun and not on_the_day.worse_had_begun
    assert fallen.worse_had_begun and not fallen.better_had_begun


def test_an_unsteady_time_before_is_told() -> None:
    counts = [(10 + i, 40) for i in range(14)] + [(24, 40)] * 3
    assert before_after(made(PLAN, counts), month(14)).steady is False


def test_incomplete_and_hidden_months_take_no_part() -> None:
    counts = [(20, 40)] * 16
    hidden = made(PLAN, counts, complete=[True] * 15 + [False], state=["hidden"] + ["shown"] * 15)
    found = before_after(hidden, month(8))
    assert (found.before.points, found.after.points) == (7, 7)
    assert before_after(made(PLAN, []), month(8)).before.points == 0
