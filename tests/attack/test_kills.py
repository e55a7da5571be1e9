"""Fewer of the kills than `python -m tests.attack kills` has: one of each thing on each engine."""

from __future__ import annotations

import pytest

from tests.attack.kills import run

KILLS = 28


@pytest.mark.long
def test_a_kill_loses_nothing_and_leaves_nothing_half() -> None:
    told = run(KILLS, seed=3)
    assert len(told) == 14 and all(line.endswith("nothing lost, nothing half") for line in told)
