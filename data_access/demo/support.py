"""Assessments, programmes with their sessions, and scores."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import NormalDist

from config.code_lists import ASSESSMENT_FACTORS
from data_access.demo import stories
from data_access.demo.children import ANY, CONFIRMED, RISK, Child
from data_access.demo.school_calendar import Quarter, Window, weekday_on_or_after

SDQ = NormalDist(14.85, 5.4)
NO_SESSION = -1
FULL_COURSE = 10
SLOW_COURSE = 124


@dataclass(slots=True)
class Session:
    day: int
    minutes: int
    filmed: int | None
    watched: int | None


@dataclass(slots=True)
class Programme:
    """One offered programme; start and end are `NO_SESSION` until it starts and ends."""

    child: Child
    programme: str
    offered: int
    start: int = NO_SESSION
    end: int = NO_SESSION
    sessions: list[Session] = field(default_factory=list)


@dataclass(slots=True)
class Assessment:
    child: Child
    completed: int
    factors: tuple[int, ...] = ()


@dataclass(slots=True)
class Score:
    child: Child
    domain: str
    instrument: str
    day: int
    score: int


class Support:
    """Makes the support of all children, quarter by quarter, at the levels of the stories."""

    def __init__(self, rng: random.Random, window: Window, children: list[Child]) -> None:
        self.rng = rng
        self.window = window
        self.children = children
        self.programmes: list[Programme] = []
        self.assessments: list[Assessment] = []
        self.scores: list[Score] = []
        self.assessed: dict[int, list[int]] = {}
        self.video_feedback: set[int] = set()
        self.offered: set[int] = set()

    def run(self) -> None:
        for quarter in self.window.quarters:
            self.start_video_feedback(quarter)
            self.start_other_programmes(quarter)
        self.start_parental_sensitivity()
        self.programmes.sort(key=lambda row: (row.start, row.offered, row.child.number))
        self.deliver()
        self.assess_before_programmes()
        for quarter in self.window.quarters:
            self.assess_unaccompanied(quarter)
            self.assess_others(quarter)
            self.score_sdq(quarter)
        self.complete_assessments()
        self.score_sensitivity()

    # Programmes

    def in_scope(self, day: int, statuses: tuple[str, ...]) -> Iterable[Child]:
        return (child for child in self.children if child.in_scope(day, statuses))

    def start_video_feedback(self, quarter: Quarter) -> None:
        """Brings the shares of preschool children who received and were offered it to their level; some older ones too."""
        preschool = [child for child in self.in_scope(quarter.last, RISK) if child.age(quarter.last) < 5]
        wanted = round(stories.video_feedback_received(quarter) * len(preschool))
        wanted -= sum(child.number in self.video_feedback for child in preschool)
        ready = [
            child for child in preschool
            if child.number not in self.video_feedback and self.scope_start(child) <= quarter.last - 30
        ]
        for child in self.pick(ready, wanted):
            self.start(child, "video_feedback", quarter)
        offers = round(stories.video_feedback_offered(quarter) * len(preschool)) - sum(child.number in self.offered for child in preschool)
        for child in self.pick([child for child in preschool if child.number not in self.offered], offers):
            day = self.rng.randint(max(quarter.first, self.scope_start(child)), quarter.last)
            self.programmes.append(Programme(child, "video_feedback", day))
            self.offered.add(child.number)
        older = [child for child in self.in_scope(quarter.last, RISK) if 5 <= child.age(quarter.last) < 9]
        for child in self.pick([child for child in older if self.scope_start(child) <= quarter.last - 30], round(0.06 * len(older))):
            self.start(child, "video_feedback", quarter)

    def start_other_programmes(self, quarter: Quarter) -> None:
        ready = [
            child for child in self.in_scope(quarter.last, CONFIRMED)
            if child.age(quarter.last) >= 5 and not child.unaccompanied and self.scope_start(child) <= quarter.last - 30
        ]
        for child in self.pick(ready, round(0.022 * len(ready))):
            self.start(child, "other", quarter)

    def start_parental_sensitivity(self) -> None:
        for child in self.children:
            for row in child.local:
                if row.care_status != "edge_of_care" or self.rng.random() > 0.8:
                    continue
                start = max(row.start, self.window.first) + self.rng.randint(20, 50)
                if row.start < self.window.first:
                    start += self.rng.randint(0, 60)
                if start < min(row.end, self.window.last - 5):
                    start = weekday_on_or_after(start)
                    self.programmes.append(Programme(child, "parental_sensitivity", start - self.rng.randint(8, 25), start))

    def pick(self, children: list[Child], count: int) -> list[Child]:
        return self.rng.sample(children, max(0, min(count, len(children))))

    def scope_start(self, child: Child) -> int:
        """The day from which the child is known to be at risk."""
        return next(need.start for need in child.needs if need.status in RISK)

    def start(self, child: Child, programme: str, quarter: Quarter) -> None:
        earliest = max(quarter.first, self.scope_start(child)) + 4
        day = weekday_on_or_after(self.rng.randint(earliest, max(earliest, quarter.last - 12)))
        if day > quarter.last:
            return
        self.programmes.append(Programme(child, programme, day - self.rng.randint(14, 40), day))
        if programme == "video_feedback":
            self.video_feedback.add(child.number)
            self.offered.add(child.number)

    def deliver(self) -> None:
        """Sessions of every started programme; the share of video feedback delivered as defined follows the story."""
        for row in self.programmes:
            if row.start == NO_SESSION:
                continue
            planned = self.video_sessions(row.start) if row.programme == "video_feedback" else self.plain_sessions(row.start)
            row.sessions = [session for session in planned if session.day <= self.window.last]
            if planned[-1].day <= self.window.last:
                row.end = planned[-1].day
        as_defined = stories.Evenly()
        video = [row for row in self.programmes if row.programme == "video_feedback" and row.end != NO_SESSION]
        for row in sorted(video, key=lambda row: (row.sessions[-1].day, row.child.number)):
            good = as_defined.chosen(stories.video_feedback_as_defined(self.window.quarter_of(row.sessions[-1].day)))
            ran_its_course = len(row.sessions) >= FULL_COURSE and row.sessions[-1].day - row.start < SLOW_COURSE
            if good and not ran_its_course:
                as_defined.carried += 1
            elif not good and ran_its_course:
                self.spoil(row)

    def video_sessions(self, start: int) -> list[Session]:
        """A course as NICE defines it, but for the few that are broken off or drag on."""
        rng = self.rng
        count, span = rng.choice((10, 10, 10, 11, 12)), rng.randint(88, 116)
        fault = rng.random() if start > self.window.first + 90 else 1.0
        if fault < 0.05:
            count, span = rng.randint(5, 8), rng.randint(45, 80)
        elif fault < 0.08:
            span = rng.randint(130, 160)
        return [
            Session(weekday_on_or_after(start + span * index // (count - 1)), rng.choice((60, 60, 60, 65, 75)), rng.randint(10, 20), 1)
            for index in range(count)
        ]

    def spoil(self, row: Programme) -> None:
        """Some sessions too short, or not watched together."""
        short = self.rng.random() < 0.5
        for session in row.sessions[1::3]:
            if short:
                session.minutes = 45
            else:
                session.watched = 0

    def plain_sessions(self, start: int) -> list[Session]:
        every = self.rng.choice((7, 7, 14))
        return [Session(weekday_on_or_after(start + every * index), 60, None, None) for index in range(self.rng.randint(6, 10))]

    # Assessments

    def add_assessment(self, child: Child, day: int) -> None:
        self.assessments.append(Assessment(child, day))
        self.assessed.setdefault(child.number, []).append(day)

    def assess_before_programmes(self) -> None:
        assessed = stories.Evenly()
        self.unassessed: dict[int, list[int]] = {}
        for row in self.programmes:
            if row.start == NO_SESSION:
                continue
            wanted = assessed.chosen(stories.assessed_before_programme(self.window.quarter_of(row.start)))
            already = any(row.start - 365 <= day < row.start for day in self.assessed.get(row.child.number, ()))
            if already and not wanted:
                assessed.carried -= 1
            elif wanted and not already:
                self.add_assessment(row.child, weekday_on_or_after(max(self.window.first, row.start - self.rng.randint(10, 70))))
            elif not already:
                self.unassessed.setdefault(row.child.number, []).append(row.start)

    def free(self, child: Child, day: int) -> bool:
        """Whether an assessment that day would leave every programme that began without one as it is."""
        return not any(start - 365 <= day < start for start in self.unassessed.get(child.number, ()))

    def assess_unaccompanied(self, quarter: Quarter) -> None:
        stable, lacking = 0, []
        for child in self.in_scope(quarter.last, ANY):
            setting = child.setting_at(quarter.last) if child.unaccompanied else None
            if setting is None or not setting.in_care or quarter.last - setting.start < 90:
                continue
            stable += 1
            if not any(day >= setting.start for day in self.assessed.get(child.number, ())):
                earliest = max(quarter.first, setting.start + 20)
                lacking += [(child, earliest)] * self.free(child, quarter.last)
        wanted = round(stories.unaccompanied_assessed(quarter) * stable) - (stable - len(lacking))
        for child, earliest in self.rng.sample(lacking, max(0, min(wanted, len(lacking)))):
            self.add_assessment(child, weekday_on_or_after(self.rng.randint(earliest, quarter.last - 3)))

    def assess_others(self, quarter: Quarter) -> None:
        """Assessments soon after a child becomes known, and some reviews, each quarter about as many."""
        ready = [
            child for child in self.in_scope(quarter.last, ANY)
            if not child.unaccompanied and self.free(child, quarter.last)
            and all(day < quarter.first - 300 for day in self.assessed.get(child.number, ()))
        ]
        for child in self.pick(ready, round(0.045 * len(ready))):
            day = self.rng.randint(max(quarter.first, child.needs[0].start), quarter.last)
            self.add_assessment(child, min(weekday_on_or_after(day), quarter.last))

    def complete_assessments(self) -> None:
        """The factors that each assessment covered; one that is not complete lacks one to three of them."""
        complete = stories.Evenly()
        self.assessments.sort(key=lambda row: (row.completed, row.child.number))
        for row in self.assessments:
            lacking: set[int] = set()
            if not complete.chosen(stories.assessment_complete(self.window.quarter_of(row.completed))):
                lacking = set(self.rng.sample(range(len(ASSESSMENT_FACTORS)), self.rng.choice((1, 1, 2, 3))))
            row.factors = tuple(int(index not in lacking) for index in range(len(ASSESSMENT_FACTORS)))

    # Scores

    def sdq(self, child: Child, day: int) -> int:
        """The child's own level, a little different each time."""
        level = SDQ.inv_cdf(child.sdq_rank) + stories.social_emotional_shift(self.window.quarter_of(day))
        return max(0, min(40, round(level + self.rng.gauss(0, 1.5))))

    def score_sdq(self, quarter: Quarter) -> None:
        """Strengths and difficulties questionnaires filled in for the local review of every fifth child."""
        ready = [child for child in self.in_scope(quarter.last, RISK) if 4 <= child.age(quarter.last) <= 16]
        # Every fifth in the order of their levels: each quarter's children are alike as a group.
        ready.sort(key=lambda child: child.sdq_rank)
        for position, child in enumerate(ready[self.rng.randrange(5)::5]):
            day = self.rng.randint(max(quarter.first, self.scope_start(child)), quarter.last)
            if quarter.from_end == 0 and position == 0:
                day = quarter.last  # so that the data itself says what its last day is
            self.scores.append(Score(child, "social_emotional", "sdq_total", day, self.sdq(child, day)))

    def score_sensitivity(self) -> None:
        """Parents' sensitivity before, after and some months after support, for families at the edge of care."""
        rng = self.rng
        series = []
        for child in self.children:
            for row in child.local:
                if row.care_status != "edge_of_care":
                    continue
                early = row.start < self.window.first and rng.random() < 0.6
                first = (self.window.first - rng.randint(30, 90)) if early else max(row.start, self.window.first) + rng.randint(5, 25)
                days = [first, first + rng.randint(105, 140), first + rng.randint(205, 245), first + rng.randint(300, 340)]
                days = [day for day in days if day < min(row.end, child.left) and day <= self.window.last]
                if len(days) > 1:
                    series.append((days[1], child.number, child, days))
        improved = stories.Evenly()
        for second, _, child, days in sorted(series, key=lambda item: item[:2]):
            better = improved.chosen(stories.sensitivity_improved(self.window.quarter_of(second)))
            before = max(2, min(9, round(rng.gauss(5.5, 1.6))))
            for position, day in enumerate(days):
                change = 0 if position == 0 else rng.randint(1, 3) + position // 2 if better else -rng.randint(0, 1)
                self.scores.append(Score(child, "parental_sensitivity", "CARE-Index", day, min(14, before + change)))
