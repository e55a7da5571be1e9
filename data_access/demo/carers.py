"""The training of foster carers, kinship carers, special guardians and adoptive parents."""

from __future__ import annotations

import random
from dataclasses import dataclass

from data_access.demo import stories
from data_access.demo.children import CONFIRMED, Child, Setting
from data_access.demo.school_calendar import Window

FAMILIES = ("foster_carer", "kinship_foster_carer", "special_guardian", "adoptive_parents")
LASTS = 730
COURSES = ("Attachment and trauma", "Nurturing attachments", "Therapeutic parenting", "Fostering changes")


@dataclass(slots=True)
class Training:
    child: Child
    carer_type: str
    course: str
    completed: int


class CarerTraining:
    """Books training so that the share of children with a trained carer follows the story."""

    def __init__(self, rng: random.Random, window: Window, children: list[Child]) -> None:
        self.rng = rng
        self.window = window
        self.children = children
        self.rows: list[Training] = []
        self.latest: dict[int, int] = {}

    def run(self) -> list[Training]:
        before = self.before_placements()
        for quarter in self.window.quarters:
            for child, carer_type, day in before:
                if quarter.first <= day <= quarter.last or (quarter.index == 0 and day < quarter.first):
                    self.add(child, carer_type, day)
            eligible = [
                (child, setting) for child in self.children
                if child.in_scope(quarter.last, CONFIRMED) and 5 <= child.age(quarter.last) <= 17
                and (setting := child.setting_at(quarter.last)) is not None and setting.placement in FAMILIES
            ]
            lacking = [
                (child, setting) for child, setting in eligible
                if self.latest.get(child.number, 0) <= quarter.last - LASTS
            ]
            wanted = round(stories.carer_trained(quarter) * len(eligible)) - (len(eligible) - len(lacking))
            for child, setting in self.rng.sample(lacking, max(0, min(wanted, len(lacking)))):
                self.train(child, setting, quarter.first, quarter.last, established=quarter.index == 0)
        return sorted(self.rows, key=lambda row: (row.completed, row.child.number))

    def add(self, child: Child, carer_type: str, day: int) -> None:
        self.rows.append(Training(child, carer_type, self.rng.choice(COURSES), day))
        self.latest[child.number] = max(day, self.latest.get(child.number, 0))

    def train(self, child: Child, setting: Setting, first: int, last: int, *, established: bool) -> None:
        """Training in the quarter; for those trained when the demo begins, some time in the two years before its end."""
        earliest = last - LASTS + 1 if established else first
        self.add(child, setting.placement, self.rng.randint(max(earliest, min(setting.start, last)), last))

    def before_placements(self) -> list[tuple[Child, str, int]]:
        """Carers who were trained before the child came to them: child, kind of carer and day, in order of days."""
        stays = sorted(
            (stay.start, child.number, stay.placement) for child in self.children for period in child.care for stay in period.stays
            if stay.placement in FAMILIES and self.window.first - LASTS < stay.start <= self.window.last
        )
        trained = stories.Evenly()
        made = [
            (self.children[number], placement, start - self.rng.randint(20, 300))
            for start, number, placement in stays
            if trained.chosen(stories.trained_before_placement(self.window.quarter_of(start)))
        ]
        return sorted(made, key=lambda item: (item[2], item[0].number))
