"""The children of the demo: who they are. What happens to them is in `journeys`."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

from config.code_lists import IN_CARE, LEGAL_STATUS, SPECIAL_GUARDIANSHIP_REC
from data_access.demo.school_calendar import OPEN, Window, age_at

ANY = ("possible", "at_risk", "confirmed")
RISK = ("at_risk", "confirmed")
CONFIRMED = ("confirmed",)


@dataclass(slots=True)
class Need:
    """One row of attachment_needs; half-open, in ordinals."""

    status: str
    start: int
    end: int


@dataclass(slots=True)
class Arrangement:
    """One row of the care_arrangements extract."""

    care_status: str
    placement: str
    start: int
    end: int
    end_reason: str
    provider: str


@dataclass(slots=True)
class Stay:
    """One placement in care: `reason` is why it ended, `variant` picks one of the PLACE codes of its kind."""

    placement: str
    start: int
    end: int
    variant: int
    provider: str
    reason: str = ""


@dataclass(slots=True)
class CarePeriod:
    """One unbroken time in care, from RNE S to the REC that ended it (empty while it runs)."""

    start: int
    end: int
    rec: str
    stays: list[Stay]
    legal: list[tuple[int, str]]
    previous_permanence: str = "Z1"
    absence: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a child is on a day; `start` is the start of that placement."""

    care_status: str
    placement: str
    start: int

    @property
    def in_care(self) -> bool:
        return self.care_status in IN_CARE


@dataclass(slots=True)
class Child:
    """A made-up child. The ranks lie evenly between 0 and 1 and say who comes first in a share of children."""

    number: int
    kind: str
    sex: str
    born: int
    entered: int
    disabled: str
    mental_health_problem: str
    origin: str
    unaccompanied: bool
    team: str
    ethnicity: str = ""
    plan_rank: float = 0.0
    absence_rank: float = 0.0
    sdq_rank: float = 0.0
    left: int = OPEN
    needs: list[Need] = field(default_factory=list)
    care: list[CarePeriod] = field(default_factory=list)
    local: list[Arrangement] = field(default_factory=list)

    @property
    def child_id(self) -> str:
        return f"{700_000 + self.number}"

    def need_at(self, day: int) -> Need | None:
        for need in self.needs:
            if need.start <= day < need.end:
                return need
        return None

    def in_scope(self, day: int, statuses: tuple[str, ...]) -> bool:
        need = self.need_at(day)
        return need is not None and need.status in statuses

    def age(self, day: int) -> int:
        return age_at(self.born, day)

    def setting_at(self, day: int) -> Setting | None:
        """The arrangement on a day, as the load will build it from the return and the extracts."""
        past = None
        for period in self.care:
            if period.start <= day < period.end:
                stay = next(stay for stay in period.stays if stay.start <= day < stay.end)
                status = next(status for start, status in reversed(period.legal) if start <= day)
                return Setting(LEGAL_STATUS[status], stay.placement, stay.start)
            if period.end <= day:
                past = period
        for row in self.local:
            if row.start <= day < row.end:
                return Setting(row.care_status, row.placement, row.start)
        if past is not None and past.rec in SPECIAL_GUARDIANSHIP_REC:
            return Setting("special_guardianship", "special_guardian", past.end)
        if past is not None and past.rec in ("E11", "E12"):
            return Setting("adopted", "adoptive_parents", past.end)
        return None


STOCK = {"care": 0.585, "unaccompanied": 0.06, "edge": 0.11, "guardianship": 0.10, "adopted": 0.08, "in_need": 0.045}
"""Shares of the children known when the demo begins."""
ENTRANTS = {"care": 0.445, "unaccompanied": 0.135, "edge": 0.38, "in_need": 0.04}
"""Shares of those who come later."""
ENTRANTS_A_YEAR = 0.179
"""Entrants a year for each child known at the beginning."""

STOCK_AGES = {
    "care": ((0.4, 5, 0.19), (5, 10, 0.22), (10, 16, 0.43), (16, 17.9, 0.16)),
    "unaccompanied": ((14.5, 16, 0.35), (16, 17.8, 0.65)),
    "edge": ((0.3, 5, 0.45), (5, 10, 0.25), (10, 15.5, 0.30)),
    "guardianship": ((2, 5, 0.14), (5, 10, 0.41), (10, 17, 0.45)),
    "adopted": ((1.5, 5, 0.27), (5, 10, 0.48), (10, 16, 0.25)),
    "in_need": ((0.5, 5, 0.40), (5, 15, 0.60)),
}
ENTRY_AGES = {
    "care": ((0.02, 1, 0.26), (1, 5, 0.26), (5, 10, 0.15), (10, 16, 0.28), (16, 17.3, 0.05)),
    "unaccompanied": ((13.5, 15, 0.2), (15, 16.8, 0.8)),
    "edge": ((0.1, 2, 0.30), (2, 5, 0.22), (5, 10, 0.22), (10, 15.5, 0.26)),
    "in_need": ((0.2, 4, 0.5), (4, 14, 0.5)),
}
ETHNICITIES = {
    "WBRI": 0.573, "WIRI": 0.008, "WOTH": 0.037, "WIRT": 0.005, "WROM": 0.01, "MWBC": 0.055, "MWBA": 0.022,
    "MWAS": 0.025, "MOTH": 0.028, "AIND": 0.014, "APKN": 0.05, "ABAN": 0.02, "AOTH": 0.016, "CHNE": 0.004,
    "BCRB": 0.035, "BAFR": 0.047, "BOTH": 0.021, "OOTH": 0.016, "REFU": 0.006, "NOBT": 0.008,
}
UNACCOMPANIED_ETHNICITIES = {"BAFR": 0.46, "AOTH": 0.3, "WOTH": 0.1, "BOTH": 0.09, "OOTH": 0.05}
TEAMS = {
    "care": ("Children in Care North", "Children in Care South"),
    "unaccompanied": ("Leaving Care and Asylum",),
    "edge": ("Family Support",),
    "guardianship": ("Permanence",),
    "adopted": ("Permanence",),
    "in_need": ("Family Support",),
}


def shares(total: int, weights: dict[str, float]) -> list[str]:
    """So many names in these proportions, as exactly as whole numbers allow."""
    names: list[str] = []
    reached = 0.0
    for name, weight in weights.items():
        reached += weight
        names += [name] * (round(total * reached / sum(weights.values())) - len(names))
    return names


def shuffled(rng: random.Random, things: list[str]) -> list[str]:
    return rng.sample(things, len(things))


def age_in_days(rng: random.Random, bands: tuple[tuple[float, float, float], ...]) -> int:
    low, high, _ = rng.choices(bands, [weight for _, _, weight in bands])[0]
    return int(365.25 * rng.uniform(low, high))


def population(rng: random.Random, window: Window, children: int) -> list[Child]:
    """Children with who they are, when they became known and nothing yet of what happens to them."""
    years = (window.last - window.first + 1) / 365.25
    known = round(children / (1 + ENTRANTS_A_YEAR * years))
    made = []
    stock = shuffled(rng, shares(known, STOCK))
    entrants = shares(children - known, ENTRANTS)
    position: dict[str, int] = {}
    for number, kind in enumerate(stock + entrants):
        new = number >= known
        if new:
            # Spread over the whole time, each kind evenly, so that no quarter has a wave of arrivals.
            step = (window.last - window.first - 10) / entrants.count(kind)
            entered = window.first + int((position.get(kind, 0) + rng.random()) * step)
            position[kind] = position.get(kind, 0) + 1
        else:
            entered = window.first
        age = age_in_days(rng, (ENTRY_AGES if new else STOCK_AGES)[kind])
        unaccompanied = kind == "unaccompanied"
        made.append(Child(
            number=number, kind=kind, sex="M" if rng.random() < (0.92 if unaccompanied else 0.54) else "F",
            born=entered - age, entered=entered,
            disabled=flag(rng, 0.05 if unaccompanied else 0.15), mental_health_problem=flag(rng, 0.20),
            origin="overseas" if unaccompanied or rng.random() < 0.05 else ("" if rng.random() < 0.01 else "uk"),
            unaccompanied=unaccompanied,
            team="" if rng.random() < 0.008 else rng.choice(TEAMS[kind]),
        ))
    made.sort(key=lambda child: (child.born, child.number))
    for child, *ranks in zip(made, *(even_ranks(rng, children, prime) for prime in (2, 3, 5, 7)), strict=True):
        child.plan_rank, child.absence_rank, child.sdq_rank, ethnicity_rank = ranks
        child.ethnicity = at_rank(UNACCOMPANIED_ETHNICITIES if child.unaccompanied else ETHNICITIES, ethnicity_rank)
    return sorted(made, key=lambda child: child.number)


def even_ranks(rng: random.Random, count: int, prime: int) -> list[float]:
    """Numbers from 0 to 1 of which any neighbours are spread evenly: a Kronecker sequence.

    Given in the order of birth dates, they make the children of every age alike as a group.
    """
    first = rng.random()
    return [(first + place * math.sqrt(prime)) % 1 for place in range(count)]


def at_rank(weights: dict[str, float], rank: float) -> str:
    """The name at a rank between 0 and 1, each name as wide as its share."""
    reached = 0.0
    for name, weight in weights.items():
        reached += weight
        if rank < reached:
            return name
    return next(iter(weights))


def flag(rng: random.Random, share: float) -> str:
    """1, 0 or, rarely, not recorded."""
    if rng.random() < 0.012:
        return ""
    return "1" if rng.random() < share else "0"
