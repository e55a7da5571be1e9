"""What happens to the children of the demo: arrangements, and attachment needs over time."""

from __future__ import annotations

import math
import random

from data_access.demo import stories
from data_access.demo.children import RISK, Arrangement, CarePeriod, Child, Need
from data_access.demo.placements import moved_to_adopters, stays
from data_access.demo.school_calendar import OPEN, Window, birthday

GOLDEN_RATIO = (math.sqrt(5) - 1) / 2
FIRST_STATUS = {
    "care": {"possible": 0.10, "at_risk": 0.32, "confirmed": 0.58},
    "unaccompanied": {"possible": 0.25, "at_risk": 0.40, "confirmed": 0.35},
    "edge": {"possible": 0.08, "at_risk": 0.22, "confirmed": 0.70},
    "guardianship": {"at_risk": 0.1, "confirmed": 0.9},
    "adopted": {"at_risk": 0.1, "confirmed": 0.9},
    "in_need": {"possible": 0.4, "at_risk": 0.3, "confirmed": 0.3},
}
STOCK_FIRST_STATUS = {
    "care": {"possible": 0.05, "at_risk": 0.13, "confirmed": 0.82},
    "unaccompanied": {"possible": 0.30, "at_risk": 0.25, "confirmed": 0.45},
    "edge": {"at_risk": 0.15, "confirmed": 0.85},
}


def waiting(rng: random.Random, rate_a_year: float) -> int:
    """Days until something that happens so often a year."""
    return int(rng.expovariate(rate_a_year / 365))


class Journeys:
    """Fills in the care, local arrangements, needs and leaving of every child."""

    def __init__(self, rng: random.Random, window: Window) -> None:
        self.rng = rng
        self.window = window
        self.moves_rank = rng.random()

    def run(self, children: list[Child]) -> None:
        for child in children:
            start = {"edge": self.edge, "guardianship": self.guardianship, "adopted": self.adopted, "in_need": self.in_need}
            start.get(child.kind, self.from_care)(child)
            child.left = min(child.left, birthday(child.born, 18))
            if child.left > self.window.last:
                child.left = OPEN
            self.needs(child)
        self.previous_permanence(children)

    def from_care(self, child: Child) -> None:
        start = child.entered
        if start == self.window.first:
            lived = start - child.born - 4
            # Long enough ago that no figure begins before the register does.
            long_ago = 180 + waiting(self.rng, 1.1 if child.unaccompanied else 0.22)
            start -= min(lived, long_ago, 500 if child.unaccompanied else 3000)
        self.care(child, start, "Z1")

    def edge(self, child: Child) -> None:
        rng, first = self.rng, self.window.first
        start = child.entered
        if start == first:
            start = max(child.born, first - rng.randint(30, 300))
        end = max(start, first - 120) + rng.randint(330, 800)
        into_care = rng.random() < 0.42
        self.local(child, "edge_of_care", "birth_parents", start, end, "other" if into_care else "planned")
        child.left = end
        if into_care and end < min(self.window.last - 15, birthday(child.born, 17)):
            self.care(child, end, "Z1")

    def guardianship(self, child: Child) -> None:
        start = max(child.born + 200, self.window.first - self.rng.randint(60, 1900))
        end = self.window.first + 30 + waiting(self.rng, 0.03)
        if end < min(self.window.last - 15, birthday(child.born, 17)):
            self.local(child, "special_guardianship", "special_guardian", start, end, "breakdown")
            self.care(child, end, "P2")
        else:
            self.local(child, "special_guardianship", "special_guardian", start, OPEN, "")

    def adopted(self, child: Child) -> None:
        start = max(child.born + 330, self.window.first - self.rng.randint(60, 2500))
        self.local(child, "adopted", "adoptive_parents", start, OPEN, "")

    def in_need(self, child: Child) -> None:
        child.left = child.entered + self.rng.randint(200, 1000)
        if self.rng.random() < 0.5 and child.left < min(self.window.last - 15, birthday(child.born, 17)):
            self.care(child, child.left, "Z1")

    def local(self, child: Child, status: str, placement: str, start: int, end: int, reason: str) -> None:
        end = min(end, birthday(child.born, 18))
        if end > self.window.last:
            end, reason = OPEN, ""
        provider = "Family Support Service" if status == "edge_of_care" else ""
        child.local.append(Arrangement(status, placement, start, end, reason, provider))

    def care(self, child: Child, start: int, permanence: str) -> None:
        """One time in care from a day on, and what comes after it."""
        end, rec = self.leaving(child, start)
        if end > self.window.last:
            end, rec = OPEN, ""
        # The golden ratio: in any run of children the restless ones are an even share.
        self.moves_rank = (self.moves_rank + GOLDEN_RATIO) % 1
        made = stays(self.rng, child, start, end, self.window, self.moves_rank)
        if rec in ("E11", "E12"):
            made = moved_to_adopters(self.rng, made, max(start + 60, end - self.rng.randint(120, 280)))
        elif rec in ("E45", "E46", "E48"):
            rec = "E45" if made[-1].placement == "kinship_foster_carer" else "E46"
        period = CarePeriod(start, end, rec, made, self.legal(child, start, end, rec), permanence)
        stay = next((stay for stay in made if stay.start >= self.window.first and min(stay.end, self.window.last) - stay.start > 120), None)
        if stay is not None and stay.placement == "foster_carer" and self.rng.random() < 0.10:
            away = stay.start + self.rng.randint(30, 80)
            period.absence = (away, away + self.rng.randint(8, 18))
        child.care.append(period)
        child.left = birthday(child.born, 18)
        if rec == "E4A":
            child.left = end + self.rng.randint(150, 330)
            back = self.rng.random() < 0.3 and child.left < min(self.window.last - 15, birthday(child.born, 17))
            self.local(child, "edge_of_care", "birth_parents", end, child.left, "breakdown" if back else "planned")
            if back:
                self.care(child, child.left, "Z1")
        elif rec in ("E11", "E12") and self.rng.random() < 0.5:
            child.left = end + self.rng.randint(200, 500)
        elif rec in ("E45", "E46"):
            again = end + 60 + waiting(self.rng, 0.03)
            if again < min(self.window.last - 15, birthday(child.born, 17)):
                self.care(child, again, "P2")

    def leaving(self, child: Child, start: int) -> tuple[int, str]:
        """The day a time in care ends and its REC: the first of going home, guardianship, adoption and turning 18."""
        rng = self.rng
        adult = birthday(child.born, 18)
        ways = [(adult, rng.choice(("E5", "E6", "E8", "E8", "E7")))]
        earliest = max(start + 100, self.window.first + 1)
        if not child.unaccompanied:
            ways.append((earliest + waiting(rng, 0.065), "E4A"))
            if child.age(start) < 15:
                ways.append((earliest + waiting(rng, 0.045), "E46"))
            if child.age(earliest) < 4 and rng.random() < 0.38:
                ways.append((max(earliest, start + 330) + rng.randint(0, 400), rng.choice(("E11", "E12"))))
        end, rec = min(ways)
        return ways[0] if end > adult - 60 else (end, rec)

    def legal(self, child: Child, start: int, end: int, rec: str) -> list[tuple[int, str]]:
        """Legal statuses from the days they begin: V2, then an interim and a full care order for most."""
        rng = self.rng
        last = min(end, self.window.last) - 10
        if child.unaccompanied:
            return [(start, "V2")]
        route = rng.random()
        steps = [(start, "V2")]
        if route < 0.06:
            steps = [(start, "L1"), (start + 3, "C1"), (start + rng.randint(170, 300), "C2")]
        elif route < 0.55 or rec in ("E11", "E12"):
            ordered = start + rng.randint(20, 90)
            steps += [(ordered, "C1"), (ordered + rng.randint(150, 280), "E1" if rec in ("E11", "E12") else "C2")]
        elif route < 0.72:
            steps = [(start, "C1"), (start + rng.randint(150, 280), "C2")]
        return [steps[0], *(step for step in steps[1:] if step[0] < last)]

    def needs(self, child: Child) -> None:
        """Attachment needs from possible to confirmed; they mostly last for as long as the child is known."""
        rng = self.rng
        known = child.entered == self.window.first
        weights = (STOCK_FIRST_STATUS if known else FIRST_STATUS).get(child.kind, FIRST_STATUS[child.kind])
        status = rng.choices(list(weights), list(weights.values()))[0]
        start = child.entered if known else child.entered + rng.randint(0, 25)
        while start < min(child.left, self.window.last):
            end = child.left
            if status != "confirmed" and rng.random() < 0.85:
                end = min(end, start + (rng.randint(50, 170) if status == "possible" else rng.randint(70, 330)))
            if status == "confirmed" and child.kind == "in_need" and rng.random() < 0.3:
                end = min(end, start + rng.randint(300, 700))
            finished = status == "confirmed" or end == child.left
            child.needs.append(Need(status, start, OPEN if end > self.window.last else end))
            if finished:
                break
            status, start = ("at_risk" if status == "possible" else "confirmed"), end

    def previous_permanence(self, children: list[Child]) -> None:
        """An even share of the children who come into care at risk had a permanent home before."""
        rng = self.rng
        starts = [
            (period.start, child.number, child, period)
            for child in children for period in child.care if period.start >= self.window.first - 200
        ]
        returned = stories.Evenly()
        for start, _, child, period in sorted(starts, key=lambda item: item[:2]):
            at_risk = any(child.in_scope(day, RISK) for day in range(start, start + 91, 10))
            if at_risk:
                returned.carried += stories.RETURN_AFTER_PERMANENCE
            if period.previous_permanence != "Z1":
                returned.carried -= 1
            elif returned.carried >= 1 and at_risk and not child.unaccompanied and child.age(start) >= 3:
                returned.carried -= 1
                period.previous_permanence = rng.choice(("P1", "P2", "P2", "P3"))
            elif rng.random() < 0.04:
                period.previous_permanence = rng.choice(("P4", ""))
