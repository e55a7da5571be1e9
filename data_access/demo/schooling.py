"""Education plans, suspensions and exclusions, and attendance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from data_access.demo import stories
from data_access.demo.children import CONFIRMED, Child
from data_access.demo.school_calendar import Quarter, Window, is_school_day, plan_seasons

CHILDREN_AT_ONCE = 500
"""Attendance is made for so many children at a time, to keep memory small however large the authority."""
OFTEN_ABSENT = 0.145
"""Share of children who miss school often; the others hardly do."""
AUTHORISED = ("I", "I", "I", "I", "I", "M", "M", "C", "T", "S")
UNAUTHORISED = ("O", "O", "O", "N", "U", "G")
PRESENT = ("B", "V", "P", "K")
NEW_MARKS = date(2024, 8, 19).toordinal()
SUSPENSION_REASONS = ("PP", "PA", "VP", "VA", "DB", "DB", "DM", "DA")


@dataclass(slots=True)
class Plan:
    child: Child
    completed: int
    parts: tuple[int, ...]


@dataclass(slots=True)
class Exclusion:
    child: Child
    start: int
    category: str
    sessions: int
    reason: str


def education_plans(rng: random.Random, window: Window, children: list[Child]) -> list[Plan]:
    """A plan each school term for children who are kept up with; for the others one now and then."""
    made = []
    seasons = plan_seasons(window.first - 183, window.last)
    for child in children:
        for day in plan_days(rng, window, child, seasons):
            complete = rng.random() < stories.plan_complete(window.quarter_of(day))
            lacking = -1 if complete else rng.randrange(4)
            made.append(Plan(child, day, tuple(int(part != lacking) for part in range(4))))
    return sorted(made, key=lambda plan: (plan.completed, plan.child.number))


def plan_days(rng: random.Random, window: Window, child: Child, seasons: list[tuple[int, int]]) -> list[int]:
    known = child.entered == window.first
    days = []
    if known and child.age(window.first) >= 2 and rng.random() < 0.88:
        days.append(school_day(rng, window.first - 500, window.first - 200))
    for first, last in seasons:
        begin = first if known else max(first, child.entered + 10)
        end = min(last, child.left - 1, window.last)
        if begin > end or child.age(begin) < 1:
            continue
        setting = child.setting_at(begin)
        quarter = window.quarter_of(begin)
        kept_up = child.plan_rank < stories.plan_kept_up(quarter, setting.placement if setting else None)
        late_first = not known and not days and rng.random() < 0.35
        if kept_up or late_first or rng.random() < 0.10:
            days.append(school_day(rng, begin, end))
    return sorted({day for day in days if day > child.born})


def school_day(rng: random.Random, first: int, last: int) -> int:
    """A school day near a random day of the interval, or that day where none is near."""
    day = rng.randint(first, last)
    return next((near for near in range(day, first - 1, -1) if is_school_day(near)), day)


def exclusions(rng: random.Random, window: Window, children: list[Child]) -> list[Exclusion]:
    """Suspensions at the rate of the season, three times as many for children in residential care; few permanent ones."""
    made: list[Exclusion] = []
    once, again, permanent = stories.Evenly(), stories.Evenly(), stories.Evenly()
    for quarter in window.quarters:
        days = [day for day in window.school_days if quarter.first <= day <= quarter.last]
        weights = suspension_weights(children, quarter) if days else {}
        suspended = stories.weighted(rng, weights, once.count(stories.suspended(quarter), len(weights)))
        repeated = set(rng.sample(suspended, min(len(suspended), again.count(0.45, len(suspended)))))
        for number in suspended:
            child = children[number]
            possible = [day for day in days if child.in_scope(day, CONFIRMED)]
            times = 1 + (number in repeated) * rng.choice((1, 1, 2))
            for day in sorted(rng.sample(possible, min(times, len(possible)))):
                made.append(Exclusion(child, day, "SUSP", rng.choice((2, 2, 2, 4, 4, 6, 10)), rng.choice(SUSPENSION_REASONS)))
        for number in stories.weighted(rng, weights, permanent.count(stories.PERMANENT_EXCLUSION, len(weights))):
            made.append(Exclusion(children[number], rng.choice(days), "PERM", 0, rng.choice(SUSPENSION_REASONS)))
    return made


def suspension_weights(children: list[Child], quarter: Quarter) -> dict[int, float]:
    weights = {}
    for child in children:
        age = child.age(quarter.last)
        if 5 <= age <= 15 and child.in_scope(quarter.last, CONFIRMED) and child.in_scope(quarter.first + 20, CONFIRMED):
            setting = child.setting_at(quarter.last)
            older = 1.0 if age >= 11 else 0.45
            weights[child.number] = older * (3.2 if setting and setting.placement == "residential" else 1.0)
    return weights


def at_school(child: Child, window: Window) -> tuple[int, int]:
    """First and last day of school for a known child: from reception to the June of year 11."""
    born = date.fromordinal(child.born)
    cohort = born.year + (born.month >= 9)
    first, last = date(cohort + 4, 9, 1).toordinal(), date(cohort + 16, 6, 27).toordinal()
    return max(first, child.entered, window.first), min(last, child.left - 1, window.last)


def attendance(seed: int, window: Window, children: list[Child], suspensions: list[Exclusion]) -> Iterator[pl.DataFrame]:
    """The attendance extract in pieces: child_id, date, session, mark; a row for each half-day of school."""
    pupils = [(child, *at_school(child, window)) for child in children]
    pupils = [pupil for pupil in pupils if pupil[1] <= pupil[2]]
    days = np.array(window.school_days, dtype=np.int64)
    season = np.array([stories.absence_season(date.fromordinal(int(day)).month) for day in days])
    sent_home: dict[int, list[Exclusion]] = {}
    for row in suspensions:
        sent_home.setdefault(row.child.number, []).append(row)
    for piece, start in enumerate(range(0, len(pupils), CHILDREN_AT_ONCE)):
        some = pupils[start:start + CHILDREN_AT_ONCE]
        codes = register(np.random.default_rng([seed, piece]), np.array([absence_rate(child) for child, _, _ in some]), days, season)
        for position, (child, _, _) in enumerate(some):
            for row in sent_home.get(child.number, ()):
                at = int(np.searchsorted(days, row.start))
                codes[position, at:at + row.sessions // 2] = "E"
        yield attendance_frame(some, days, codes)


def absence_rate(child: Child) -> float:
    """The share of sessions a child misses over the years."""
    if child.absence_rank > 1 - OFTEN_ABSENT:
        return 0.18 + 0.40 * (child.absence_rank - 1 + OFTEN_ABSENT) / OFTEN_ABSENT
    return 0.012 + 0.042 * child.absence_rank / (1 - OFTEN_ABSENT)


def register(rng: np.random.Generator, rates: np.ndarray, days: np.ndarray, season: np.ndarray) -> np.ndarray:
    """Marks of children by school day by AM and PM; absence comes in runs of days."""
    size = (len(rates), len(days))
    absent = np.zeros(size, dtype=bool)
    before = np.zeros(len(rates), dtype=bool)
    for position in range(len(days)):
        rate = np.minimum(rates * season[position], 0.8)
        again = np.maximum(0.4, rate)
        begin = rate * (1 - again) / (1 - rate)
        before = rng.random(len(rates)) < np.where(before, again, begin)
        absent[:, position] = before
    marks = np.empty((*size, 2), dtype="<U2")
    marks[:, :, 0], marks[:, :, 1] = "/", "\\"
    marks[rng.random((*size, 2)) < 0.012] = "L"
    elsewhere = rng.random(size) < 0.012
    marks[elsewhere] = rng.choice(PRESENT, int(elsewhere.sum()))[:, None]
    often = rates[:, None] > 0.1
    reason = np.where(
        rng.random(size) < np.where(often, 0.45, 0.18), rng.choice(UNAUTHORISED, size), rng.choice(AUTHORISED, size),
    )
    half = rng.random(size) < 0.12
    marks[:, :, 0] = np.where(absent, reason, marks[:, :, 0])
    marks[:, :, 1] = np.where(absent & ~half, reason, marks[:, :, 1])
    other_school = rng.random(size) < 0.002
    marks[other_school] = "D"
    closed = (rng.random(size) < 0.002) & ~other_school
    marks[closed] = np.where(days >= NEW_MARKS, "Y1", "Y")[np.nonzero(closed)[1]][:, None]
    return marks


def attendance_frame(some: list[tuple[Child, int, int]], days: np.ndarray, codes: np.ndarray) -> pl.DataFrame:
    first = np.array([pupil[1] for pupil in some])[:, None]
    last = np.array([pupil[2] for pupil in some])[:, None]
    child_at, day_at = np.nonzero((days[None, :] >= first) & (days[None, :] <= last))
    ids = np.array([pupil[0].child_id for pupil in some])
    epoch = date(1970, 1, 1).toordinal()
    return pl.DataFrame({
        "child_id": np.repeat(ids[child_at], 2),
        "date": pl.Series(np.repeat((days[day_at] - epoch).astype(np.int32), 2)).cast(pl.Date),
        "session": np.tile(np.array(["AM", "PM"]), len(child_at)),
        "mark": codes[child_at, day_at].reshape(-1),
    })
