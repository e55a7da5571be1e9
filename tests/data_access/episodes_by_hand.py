"""Episodes to arrangements and placements in plain loops, straight from the data dictionary's words."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

IN_CARE = {"V2", "C1", "C2", "D1", "E1", "J1", "J2", "J3", "L1", "L2", "L3"}
TEMPORARY = {"T0", "T1", "T2", "T3", "T4"}


@dataclass(frozen=True)
class Episode:
    child: str
    decom: datetime.date
    rne: str
    ls: str
    place: str | None
    dec: datetime.date | None
    rec: str | None
    reason: str | None


@dataclass
class Placement:
    """A placement under construction: its episodes, and whether it began with a temporary absence."""

    episodes: list[Episode]

    def row(self) -> tuple[str, datetime.date, datetime.date | None, int]:
        last = self.episodes[-1]
        broke_down = last.dec is not None and last.reason in {"CREQB", "CREQO", "CHILD"}
        return last.child, self.episodes[0].decom, last.dec, int(broke_down)


def placements(episodes: Sequence[Episode]) -> list[tuple[str, datetime.date, datetime.date | None, int]]:
    """child, start, end, ended by breakdown of each placement."""
    found = []
    for child in sorted({episode.child for episode in episodes}):
        in_care = sorted((e for e in episodes if e.child == child and e.ls in IN_CARE), key=lambda e: e.decom)
        current: Placement | None = None
        for episode in in_care:
            if current is not None and continues(current, episode):
                current.episodes.append(episode)
            else:
                current = Placement([episode])
                found.append(current)
    return [placement.row() for placement in found]


def continues(placement: Placement, episode: Episode) -> bool:
    """Whether an episode continues the placement before it."""
    before = placement.episodes[-1]
    if before.dec != episode.decom:
        return False
    if episode.rne == "S":
        return False
    if episode.place in TEMPORARY:
        return True
    if before.place in TEMPORARY:
        at_home = [e for e in placement.episodes if e.place not in TEMPORARY]
        if at_home and at_home[-1].place is not None and at_home[-1].place == episode.place:
            return True
    return episode.rne in ("L", "T", "U")


def after_permanence(episodes: Sequence[Episode]) -> list[tuple[str, str, datetime.date, datetime.date | None]]:
    """child, care status, start and end of the time after adoption or special guardianship (of at least a day)."""
    found = []
    for episode in episodes:
        status = {"E45": "special_guardianship", "E46": "special_guardianship", "E47": "special_guardianship",
                  "E48": "special_guardianship", "E11": "adopted", "E12": "adopted"}.get(episode.rec or "")
        if status is None or episode.dec is None:
            continue
        later = [e.decom for e in episodes if e is not episode and e.child == episode.child and e.decom >= episode.dec]
        end = min(later, default=None)
        if end != episode.dec:
            found.append((episode.child, status, episode.dec, end))
    return found
