"""Attackers against small made-up authorities: hardly any child is found out, and of none is anything certain."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.figures.reporting import Reporting
from metrics.measures.catalogue import get
from metrics.measures.kinds import Measure
from tests.metrics.disclosure.attackers import Cell, Found, Period, Place, alone, attacked, for_an_outsider, nested, periods_of
from tests.metrics.disclosure.authorities import authority
from tests.metrics.disclosure.beliefs import Belief, Common, seen, summed
from tests.metrics.disclosure.inference import Pinned, inferring, propagated

MOST_FOUND_OUT, MOST_PINNED = 0.002, 0.04
"""Of all outcomes of children, and of those with the rarer outcome: docs/disclosure.md has the figures by size."""
ONE_OF_EACH_KIND = (
    "education_plan", "carer_trained", "suspended_in_care", "assessed_before_programme", "suspension_rate", "social_emotional_mean",
    "attendance",
)
PLAN = get("education_plan")
COUNT = st.integers(0, 30)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Reporting:
    return authority(tmp_path_factory.mktemp("authority"), 180)


@pytest.fixture(scope="module")
def periods(made: Reporting) -> list[list[Period]]:
    return [periods_of(made, get(id), "quarter", latest=2) for id in ONE_OF_EACH_KIND]


@pytest.mark.parametrize("together", [False, True])
def test_whoever_subtracts_what_is_shown_finds_out_hardly_anybody(periods: list[list[Period]], together: bool) -> None:
    outside, inside = Found(), Found()
    for period in itertools.chain(*periods):
        outside.also(attacked(for_an_outsider(period), together=together))
        inside.also(attacked(period, together=together))
    assert outside.attacked > 2 and len(outside.found) <= MOST_FOUND_OUT * outside.outcomes and not outside.certain
    assert inside.attacked > 100 and not inside.certain
    assert len(inside.rarer) <= MOST_FOUND_OUT * inside.outcomes


def test_whoever_knows_all_characteristics_is_sure_of_few_with_the_rarer_outcome(made: Reporting, periods: list[list[Period]]) -> None:
    found = Pinned()
    for each in periods:
        found.also(inferring(made, "quarter", each))
    assert found.rarer > 50 and found.pinned <= MOST_PINNED * found.rarer
    assert found.wrong <= max(0.1 * found.pinned, 1)


def alone_beside(measure: Measure, rows: list[tuple[int, int, int]]) -> Period:
    """A period of one breakdown: of each cell how many children, how many have the outcome, and the numerator that is shown (-1: none)."""
    n, k = sum(row[0] for row in rows), sum(row[1] for row in rows)
    common = Common(measure, 0.3, 0.1, n, k, another_cohort=False, insider=True)
    total = {"numerator": k, "denominator": n, "rounded": False, "state": "shown", "value": k / n}
    cells: dict[Place, Cell] = {(): Cell(n, n, n, 0, k, seen(common, total, n, n), Belief(0, np.ones(n + 1)), total)}
    for number, (children, having, shown) in enumerate(rows):
        row = {"numerator": shown, "denominator": 3 * round(children / 3), "rounded": True, "state": "shown" if shown >= 0 else "hidden"}
        prior = Belief(0, np.array([0.7, 0.3])) if children == 1 else Belief(0, np.ones(children + 1))
        cells[("sex", str(number)),] = Cell(children, children, children, number, having, seen(common, row, children, children), prior, row)
    return Period(common, "", cells, {((), "sex"): [place for place in cells if place]})


def test_the_attacker_finds_out_what_can_be_known() -> None:
    """Nine have the outcome. Two groups of which 4 and 3 do are shown as 3 and 3: all that may be left, and what is likeliest."""
    (_, told), = alone(alone_beside(PLAN, [(30, 5, 3), (20, 3, 3), (1, 1, -1)]), together=False)
    likely = {  # of two groups shown as 3: how likely so many in both together are, by hand
        total: sum(
            off[one] * off[total - one] for one in off if total - one in off
        ) for off in [{1: 1 / 3, 2: 2 / 3, 3: 1, 4: 2 / 3, 5: 1 / 3}] for total in (8, 9)
    }
    assert told.likely[1] == pytest.approx(0.3 * likely[8] / (0.3 * likely[8] + 0.7 * likely[9]))


def test_whoever_would_be_certain_is_found_by_the_attacker() -> None:
    """Two groups shown as 3 are of 10 at most, so of 11 the one who is left has the outcome."""
    (_, told), = alone(alone_beside(PLAN, [(30, 5, 3), (20, 5, 3), (1, 1, -1)]), together=False)
    assert told.likely[1 - told.low] / told.likely.sum() == 1.0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=4))
def test_sums_of_beliefs_are_what_counting_every_case_gives(rows: list[list[float]]) -> None:
    beliefs = [Belief(number, np.array(row) + 0.01).scaled() for number, row in enumerate(rows)]
    found = summed(beliefs)
    by_hand: dict[int, float] = {}
    for case in itertools.product(*(range(len(each.likely)) for each in beliefs)):
        total = sum(each.low + number for each, number in zip(beliefs, case, strict=True))
        by_hand[total] = by_hand.get(total, 0.0) + float(np.prod([each.likely[number] for each, number in zip(beliefs, case, strict=True)]))
    for total, likely in by_hand.items():
        assert found.likely[total - found.low] == pytest.approx(likely)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_inferred_is_near_what_counting_every_case_gives(seed: int) -> None:
    draw, share, count = np.random.default_rng(seed), 0.25, 8
    true = (draw.random(count) < share).astype(int)
    halves = [draw.integers(0, 2, count) for _ in range(3)]
    among = np.array([np.ones(count), *itertools.chain(*((half, 1 - half) for half in halves))], dtype=np.float64)
    beliefs = [Belief(int(true.sum()), np.ones(1))]
    for members in among[1:]:
        total, numbers = int(members @ true), np.arange(int(members.sum()) + 1)
        shown, rest = total - total % 3 + 3 * (draw.random() < total % 3 / 3), numbers % 3
        beliefs.append(Belief(0, (shown == numbers - rest) * (1 - rest / 3) + (shown == numbers - rest + 3) * (rest / 3)))
    found = propagated(np.array([[1 - share, share]] * count), among, beliefs)[:, 1]
    weight, having = 0.0, np.zeros(count)
    for case in itertools.product((0, 1), repeat=count):
        fits = float(np.prod(np.where(case, share, 1 - share)))
        for members, belief in zip(among, beliefs, strict=True):
            place = int(members @ np.array(case)) - belief.low
            fits *= belief.likely[place] if 0 <= place < len(belief.likely) else 0
        weight, having = weight + fits, having + fits * np.array(case)
    assert np.abs(having / weight - found).max() < 0.25 and np.abs(having / weight - found).mean() < 0.1


def test_two_populations_that_differ_by_one_child_are_compared() -> None:
    """Of all, 10 have the outcome for certain, and of all but one at least 10: the one can't have it."""
    one = alone_beside(PLAN, [(39, 10, 12), (1, 1, -1)])
    cells = dict(one.cells)
    group = cells[("sex", "0"),]
    cells[("sex", "0"),] = Cell(39, 39, 39, 100, 10, Belief(10, np.array([1 / 3, 2 / 3, 1])), group.prior, group.row)
    cells[()] = Cell(40, 40, 40, 105, 10, Belief(10, np.ones(1)), group.prior, {})
    found = nested([Period(one.common, "", {place: cells[place] for place in ((), (("sex", "0"),))}, {})], {5})
    assert len(found.told) == 1 and next(iter(found.told.values())).posterior == 0.0
