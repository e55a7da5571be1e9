"""The dataset's episodes to those of a return in plain loops, straight from the words of docs/ssd.md."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

IN_RETURN = ("V2", "V3", "V4", "C1", "C2", "D1", "E1", "J1", "J2", "J3", "L1", "L2", "L3")
FOREMOST = ("E1", "D1", "C2", "C1")
Day = datetime.date
Row = TypeVar("Row", bound=tuple[object, ...])


class Placement(NamedTuple):
    id: str
    type: str | None
    provider: str | None
    end: Day | None
    reason: str | None


class LegalStatus(NamedTuple):
    id: str
    person: str
    status: str
    start: Day
    end: Day | None


class Episode(NamedTuple):
    id: str
    person: str
    placement: str | None
    start: Day
    start_reason: str
    ceased: Day | None
    ceased_reason: str | None


class Made(NamedTuple):
    """An episode of the return."""

    child: str
    decom: Day
    rne: str
    ls: str
    place: str | None
    provider: str | None
    dec: Day | None
    rec: str | None
    reason: str | None


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Rows by their values as text, blanks last: the order in which they are read."""
    return sorted(rows, key=lambda row: [(value is None, str(value)) for value in row])


def made(
    persons: Sequence[str], placements: Sequence[Placement], statuses: Sequence[LegalStatus], episodes: Sequence[Episode],
) -> set[Made]:
    """The episodes of the return that the dataset's good episodes are."""
    held: dict[str, Placement] = {}
    for placement in in_order(placements):
        if placement.type != "F9":
            held.setdefault(placement.id, placement)
    good: dict[tuple[str, Day], tuple[Episode, str]] = {}
    for episode in in_order(episodes):
        status = at_start(episode, statuses)
        wrong = episode.person not in persons or status is None or (episode.ceased is not None and episode.ceased < episode.start)
        if not wrong and status is not None:
            good.setdefault((episode.person, episode.start), (episode, status))
    found = set()
    for episode, ls in good.values():
        its = held.get(episode.placement or "")
        later = [each for each, _ in good.values() if each[1:3] == episode[1:3] and each.start > episode.start]
        reason = its.reason if its and not later and episode.ceased and not goes_on(its, episode.ceased) else None
        found.add(Made(
            episode.person, episode.start, episode.start_reason, ls, its.type if its else None,
            its.provider if its else None, episode.ceased, episode.ceased_reason, reason,
        ))
    return found


def goes_on(placement: Placement, day: Day) -> bool:
    return placement.end is not None and placement.end > day


def at_start(episode: Episode, statuses: Sequence[LegalStatus]) -> str | None:
    """The child's legal status in force on the day the episode starts that began last; of several of one day the foremost."""
    best: LegalStatus | None = None
    for status in statuses:
        ended_first = status.end is not None and status.end < status.start
        if status.person != episode.person or status.status not in IN_RETURN or ended_first:
            continue
        if status.start > episode.start or (status.end is not None and status.end <= episode.start):
            continue
        if best is None or status.start > best.start or (status.start == best.start and rank(status) < rank(best)):
            best = status
    return best.status if best else None


def rank(status: LegalStatus) -> tuple[int, str]:
    return FOREMOST.index(status.status) if status.status in FOREMOST else len(FOREMOST), status.status
