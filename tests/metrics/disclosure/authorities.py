"""Made-up authorities of any size, what the protected view shows of them, and what it should not tell."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from dashboard.access import WITHOUT_SIGN_IN
from dashboard.personal import PersonalReporting
from dashboard.reporting import Reporting
from data_access.demo import write_demo
from data_access.engines import engine
from data_access.load import load
from metrics.catalogue import get
from tests.metrics.disclosure.attacker import NARROW, Look, Puzzle, Target, ranges, targets
from tests.metrics.disclosure.populations import Population


class NoGuard:
    """A viewer needs none."""

    def before_exact(self) -> None:
        raise PermissionError

    def before_export(self, what: str) -> None:
        raise PermissionError


def authority(folder: Path, children: int) -> Reporting:
    """One of so many children, over a year."""
    address = f"duckdb:///{folder / 'authority.duckdb'}"
    load(write_demo(folder / "sources", seed=children, children=children, years=1), address, made_up=True)
    return Reporting(engine(address))


def viewed(reporting: Reporting, grain: str) -> Look:
    """What a viewer can ask for."""
    view = PersonalReporting(reporting, WITHOUT_SIGN_IN, NoGuard())
    return functools.cache(lambda measure, pair: view.summary(get(measure), grain, by=pair))


def last_whole(reporting: Reporting, grain: str) -> str:
    """The label of the latest complete period."""
    return str(reporting.periods(grain).filter("complete")["label"][-1])


def exactly(reporting: Reporting, grain: str, period: str) -> Callable[[Target, Puzzle], float]:
    """What a target really is."""

    @functools.cache
    def table(measure: str, pair: tuple[str, ...]) -> dict[tuple[str, ...], tuple[float, float]]:
        rows = reporting.summary(get(measure), grain, by=pair).filter(pl.col("period") == period).iter_rows(named=True)
        return {tuple(row[name] for name in pair): (row["denominator"], row["numerator"]) for row in rows}

    def value(target: Target, puzzle: Puzzle) -> float:
        groups = tuple(puzzle.groups[name][number] for name, number in zip(target.pair, target.place, strict=True))
        children, numerator = table(target.measure, target.pair).get(groups, (0, 0))
        return {"children": children, "with": numerator, "without": children - numerator, "empty": children}[target.what]

    return value


def holds_somebody(target: Target, puzzle: Puzzle, value: Callable[[Target, Puzzle], float]) -> bool:
    """Whether there is any child in the target's cell."""
    return _of(target, "empty", puzzle, value) > 0


def is_about_few(target: Target, puzzle: Puzzle, value: Callable[[Target, Puzzle], float]) -> bool:
    """Whether a number must be hidden for its own sake: of few children, or an outcome that few or nearly all of them have."""
    if target.what == "children":
        return value(target, puzzle) < 10
    return min(_of(target, what, puzzle, value) for what in ("with", "without")) < NARROW or _of(target, "empty", puzzle, value) < 10


def found_out(puzzle: Puzzle, value: Callable[[Target, Puzzle], float]) -> tuple[list[str], int]:
    """What the attacker found out about few children, in words, and how much there was to find out.

    Cells that are empty hold no child to protect. A cell of many children that is hidden to protect others may be found out, as long as
    the others are not.
    """
    wanted = [target for target in targets(puzzle) if holds_somebody(target, puzzle, value)]
    least, greatest = ranges(puzzle, wanted)
    truth = np.array([value(target, puzzle) for target in wanted])
    pinned = np.flatnonzero(greatest - least < NARROW - 1e-6)
    assert np.all(least[pinned] <= truth[pinned] + 1e-6) and np.all(truth[pinned] <= greatest[pinned] + 1e-6)
    narrow = [index for index in pinned if is_about_few(wanted[index], puzzle, value)]
    return [_in_words(wanted[index], puzzle, least[index], greatest[index]) for index in narrow], len(wanted)


def pinned_in_one_table(reporting: Reporting, measure: str, period: str, pair: tuple[str, ...]) -> tuple[list[str], int]:
    """What is pinned to too narrow a range by one table of a measure and its totals, in words, and how much is hidden in it."""
    within = ("ethnicity_group",) if "ethnicity" in pair and "ethnicity_group" not in pair else ()
    puzzle = Puzzle([Population((measure,), (measure,))], viewed(reporting, "year"), period, (*pair, *within))
    wanted = targets(puzzle)
    least, greatest = ranges(puzzle, wanted)
    narrow = np.flatnonzero(greatest - least < NARROW - 1e-6)
    return [_in_words(wanted[index], puzzle, least[index], greatest[index]) for index in narrow], len(wanted)


def _in_words(target: Target, puzzle: Puzzle, least: float, greatest: float) -> str:
    groups = [puzzle.groups[name][number] for name, number in zip(target.pair, target.place, strict=True)]
    return f"{target.what} of {target.measure}, {dict(zip(target.pair, groups, strict=True))}: {least:.0f} to {greatest:.0f}"


def _of(target: Target, what: str, puzzle: Puzzle, value: Callable[[Target, Puzzle], float]) -> float:
    return value(Target(what, target.measure, target.pair, target.place, target.terms), puzzle)
