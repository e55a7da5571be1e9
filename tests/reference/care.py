"""How SSDA903 episodes become care arrangements, placements and care starts, child by child."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import date

from tests.reference.layout import (
    ADOPTED_REC,
    IN_CARE,
    LEGAL_STATUS,
    PLACE,
    SPECIAL_GUARDIANSHIP_REC,
    TEMPORARY_ABSENCE,
)


def covers(start: date, end: date | None, day: date) -> bool:
    """Half-open: the start is in, the end is out, no end still runs."""
    return start <= day and (end is None or day < end)


@dataclass(frozen=True)
class Episode:
    """One SSDA903 episode; codes that are blank are ''."""

    child_id: str
    decom: date
    rne: str
    legal_status: str
    place: str
    dec: date | None
    rec: str
    reason_place_change: str
    provider: str = ""

    @property
    def care_status(self) -> str:
        return LEGAL_STATUS[self.legal_status]

    @property
    def in_care(self) -> bool:
        return self.care_status in IN_CARE


@dataclass(frozen=True)
class Arrangement:
    """One care arrangement; `placement` is None where it is not recorded."""

    child_id: str
    care_status: str
    placement: str | None
    start_date: date
    end_date: date | None

    @property
    def in_care(self) -> bool:
        return self.care_status in IN_CARE

    def covers(self, day: date) -> bool:
        return covers(self.start_date, self.end_date, day)


@dataclass(frozen=True)
class Placement:
    """One placement in care."""

    child_id: str
    start_date: date
    end_date: date | None
    ended_by_breakdown: bool
    provider: str | None = None

    def covers(self, day: date) -> bool:
        return covers(self.start_date, self.end_date, day)


@dataclass(frozen=True)
class CareStart:
    """An episode with RNE S and a legal status in care."""

    child_id: str
    start_date: date


def arrangements_of(episodes: list[Episode]) -> list[Arrangement]:
    """The care arrangements of one child's episodes: one an episode, and the time after a permanent arrangement."""
    arrangements = []
    for episode in episodes:
        arrangements.append(
            Arrangement(episode.child_id, episode.care_status, PLACE.get(episode.place), episode.decom, episode.dec)
        )
        if episode.dec is None:
            continue
        until = min((other.decom for other in episodes if other is not episode and other.decom >= episode.dec), default=None)
        if episode.rec in SPECIAL_GUARDIANSHIP_REC:
            after = ("special_guardianship", "special_guardian")
        elif episode.rec in ADOPTED_REC:
            after = ("adopted", "adoptive_parents")
        else:
            continue
        arrangements.append(Arrangement(episode.child_id, *after, episode.dec, until))
    return arrangements


def goes_on(placement: list[Episode], episode: Episode) -> bool:
    """Whether an episode continues the placement made of the child's in-care episodes just before it.

    `placement` is never empty. The rules are the data dictionary's, in its order.
    """
    before = placement[-1]
    if before.dec != episode.decom:
        return False
    if episode.rne == "S":
        return False
    by_rne_alone = episode.rne in ("L", "T", "U")
    not_absent = [earlier for earlier in placement if earlier.place not in TEMPORARY_ABSENCE]
    if episode.place in TEMPORARY_ABSENCE:
        # It touches a placement, also where that placement is itself an absence that touched none.
        return True
    if before.place in TEMPORARY_ABSENCE and not not_absent:
        # The absence touched no placement and started one itself: what comes after it is judged by RNE alone.
        return by_rne_alone
    if before.place in TEMPORARY_ABSENCE:
        code_before_absence = not_absent[-1].place
        return by_rne_alone or (episode.place != "" and episode.place == code_before_absence)
    return by_rne_alone


def placements_of(episodes: list[Episode], breakdown_reasons: Set[str]) -> list[Placement]:
    """The placements of one child's episodes: runs of consecutive in-care episodes that touch, with one carer."""
    runs: list[list[Episode]] = []
    for episode in sorted((episode for episode in episodes if episode.in_care), key=lambda one: one.decom):
        if runs and goes_on(runs[-1], episode):
            runs[-1].append(episode)
        else:
            runs.append([episode])
    return [
        Placement(
            run[0].child_id, run[0].decom, run[-1].dec,
            run[-1].dec is not None and run[-1].reason_place_change in breakdown_reasons, run[-1].provider or None,
        )
        for run in runs
    ]


def care_starts_of(episodes: list[Episode]) -> list[CareStart]:
    return [
        CareStart(episode.child_id, episode.decom) for episode in episodes if episode.rne == "S" and episode.in_care
    ]
