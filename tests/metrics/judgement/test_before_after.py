"""Before and after a dated change: held against a slow second computation, and against what the rules say in plain cases."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.judgement.before_after import Basis, before_after
from metrics.judgement.targets import Targets
from metrics.judgement.trend import Trend, trend
from metrics.measures import catalogue
from metrics.measures.kinds import Measure, Rate
from tests.metrics import slow_process_control as slow

PROGRAMMES, RATE, FACTORS, BREAKDOWN = (
    catalogue.get(id)
    for id in ("assessed_before_programme", "placement_breakdown_rate", "assessment_covers_all_factors", "placement_breakdown")
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
    sides = [[(x, n) for i, x, n in there if (i >= at) == late] for late in (False, True)]
    before, after = sides
    whole = slow.method(measure, 30, [x for x, _ in before + after], [n for _, n in before + after])
    means = slow.centre(whole, before), slow.centre(whole, after)
    if len(there) < 13:
        return *means, None, 0, 0
    basis, limits_from = (Basis.BEFORE, before) if len(before) >= 13 else (Basis.TOGETHER, before + after)
    method = slow.method(measure, 30, [x for x, _ in limits_from], [n for _, n in limits_from])
    held = after if basis == Basis.BEFORE else before + after
    judged = slow.held_against(method, limits_from, held)[-len(after):]
    return *means, basis, sum(slow.ABOVE in flags for *_, flags in judged), sum(slow.BELOW in flags for *_, flags in judged)


pairs = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
even = st.tuples(st.integers(0, 40), st.just(40))
gap = st.just((0, 0))


@pytest.mark.parametrize("measure", [PROGRAMMES, RATE, FACTORS, BREAKDOWN])
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
    on_the_first, inside = (before_after(made(PROGRAMMES, counts), day) for day in (month(4), month(4) + datetime.timedelta(days=10)))
    assert (on_the_first.before.points, on_the_first.after.points) == (4, 6)
    assert (inside.before.points, inside.after.points) == (4, 5)


def test_a_lasting_rise_is_special_cause_against_the_limits_before_it() -> None:
    counts = [(20 + i % 3, 40) for i in range(14)] + [(30 + i % 3, 40) for i in range(8)]
    found = before_after(made(PROGRAMMES, counts), month(14))
    assert (found.basis, found.better, found.worse, found.steady) == (Basis.BEFORE, 8, 0, True)
    assert before_after(made(BREAKDOWN, counts), month(14)).worse == 8


def test_it_says_the_same_whether_or_not_the_change_is_a_rebase() -> None:
    counts = [(20 + i % 3, 40) for i in range(8)] + [(30 + i % 3, 40) for i in range(8)]
    plain = before_after(made(PROGRAMMES, counts), month(8))
    rebased = before_after(made(PROGRAMMES, counts, rebase_on=(month(8),)), month(8), [month(8)])
    assert plain == rebased and plain.basis == Basis.TOGETHER and plain.better == 8


def test_other_rebases_bound_both_sides() -> None:
    counts = [(20, 40)] * 30
    found = before_after(made(PROGRAMMES, counts), month(15), [month(10), month(15), month(22)])
    assert (found.before.points, found.after.points) == (5, 7)


def test_a_rise_that_was_there_before_is_said_to_have_begun_before() -> None:
    counts = [(20 + i % 3, 40) for i in range(8)] + [(30 + i % 3, 40) for i in range(8)]
    late, on_the_day, fallen = (
        before_after(made(measure, counts), month(at)) for measure, at in ((PROGRAMMES, 10), (PROGRAMMES, 8), (BREAKDOWN, 10))
    )
    assert late.better_had_begun and not late.worse_had_begun
    assert not on_the_day.better_had_begun and not on_the_day.worse_had_begun
    assert fallen.worse_had_begun and not fallen.better_had_begun


def test_an_unsteady_time_before_is_told() -> None:
    counts = [(10 + i, 40) for i in range(14)] + [(24, 40)] * 3
    assert before_after(made(PROGRAMMES, counts), month(14)).steady is False


def test_incomplete_and_hidden_months_take_no_part() -> None:
    counts = [(20, 40)] * 16
    hidden = made(PROGRAMMES, counts, complete=[True] * 15 + [False], state=["hidden"] + ["shown"] * 15)
    found = before_after(hidden, month(8))
    assert (found.before.points, found.after.points) == (7, 7)
    assert before_after(made(PROGRAMMES, []), month(8)).before.points == 0
