"""A small random local authority as raw files: SSDA903 folders of up to three collection years and local extracts.

Everything happens within a year or two of one day, so that dates collide: period boundaries, leap days, the as-at
date, exact look-back distances, ties. The same seed and size give the same files.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from tests.generators.calendar import FOCUSES, Calendar
from tests.generators.extracts import write_extracts, write_later
from tests.generators.files import CLEAN, FILTHY, USUAL
from tests.generators.looked_after import Person, care_history, write_return
from tests.reference.layout import ETHNIC

LEAP_DAYS = (date(2008, 2, 29), date(2012, 2, 29), date(2016, 2, 29), date(2020, 2, 29))

SMALL = 10
"""Below this many children nothing is spoilt, so that a load always finds a date to tell the collection year by."""


@dataclass(frozen=True)
class Authority:
    """What to give a load. `as_at` and `collection_year` are None where the load is to find them itself."""

    sources: list[Path]
    as_at: date | None
    collection_year: int | None


def _birth_date(random: Random, calendar: Calendar) -> date | None:
    """Leap days, and birthdays that the ages of a measure (5, 11, 16, 18) are reached on near the focus."""
    chance = random.random()
    if chance < 0.06:
        return None
    if chance < 0.2:
        return random.choice(LEAP_DAYS)
    years = random.choice([1, 2, 3, 4, 5, 5, 5, 6, 8, 11, 14, 16, 16, 18])
    near = calendar.anywhere() + timedelta(days=random.choice([-200, -1, 0, 0, 1, 100]))
    return date(near.year - years - 1, near.month, min(near.day, 28)) + timedelta(days=random.choice([0, 0, 30, 364]))


def _people(random: Random, calendar: Calendar, children: int, with_returns: bool) -> list[Person]:
    people = []
    for number in range(children):
        child_id = random.choice([f"{number:05d}", f"LA-{number}", str(1000 + number)])
        born = _birth_date(random, calendar)
        person = Person(child_id, born, random.choice(["M", "F", "M", "F", "U", ""]), random.choice(sorted(ETHNIC)))
        if with_returns and random.random() < 0.65:
            person.spells = care_history(random, calendar)
            for spell in person.spells:
                person.days += [spell.decom] if spell.dec is None else [spell.decom, spell.dec, spell.dec - timedelta(days=1)]
        people.append(person)
    return people


def _collection_years(random: Random, focus: date) -> list[int]:
    """Up to three years that end around the focus, not always in order, sometimes one of them twice."""
    last = min(2026, focus.year + (1 if focus.month >= 4 else 0) + random.choice([0, 0, 1]))
    count = random.choice([0, 1, 1, 2, 2, 3, 3])
    years = [last - back for back in range(count) if last - back >= 2022 and (back == 0 or random.random() < 0.9)]
    if years and len(years) < 3 and random.random() < 0.15:
        years.append(random.choice(years))
    random.shuffle(years)
    return years


def write(folder: Path, seed: int, children: int) -> Authority:
    """Writes the authority of a seed below `folder`, which must be empty or absent, and says what to load."""
    random = Random(seed)
    focus = random.choice(FOCUSES)
    as_at = None
    if children < SMALL or random.random() < 0.7:
        as_at = focus + timedelta(days=random.choice([-1, 0, 0, 1, 20, 45, 100, 213]))
    calendar = Calendar(random, focus, as_at)
    years = _collection_years(random, focus)
    people = _people(random, calendar, children, with_returns=bool(years))
    dirt = CLEAN if children < SMALL else random.choice([CLEAN, USUAL, USUAL, FILTHY])
    sources = []
    for number, year in enumerate(years):
        sources.append(folder / f"return_{number}_{year}")
        write_return(sources[-1], random, calendar, people, year, dirt)
    if not years or random.random() < 0.95:
        sources.append(folder / "extracts")
        first = write_extracts(sources[-1], random, calendar, people, dirt)
        if random.random() < 0.3:
            sources.insert(0, sources.pop())
        if random.random() < 0.25:
            sources.append(folder / "later_extracts")
            write_later(sources[-1], random, first, dirt)
            if not any(sources[-1].iterdir()):
                sources.pop().rmdir()
    told = years[0] if len(years) == 1 and random.random() < 0.3 else None
    return Authority(sources, as_at or (None if years else focus), told)


def authorities(max_children: int = 25) -> st.SearchStrategy[tuple[int, int]]:
    """Seeds and sizes for `write`, as (seed, children)."""
    return st.tuples(st.integers(min_value=0, max_value=2**32 - 1), st.integers(min_value=1, max_value=max_children))
