"""Local extracts: every file of the data dictionary, row by row, near the days on which something happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.generators.calendar import Calendar, iso
from tests.generators.files import Dirt, Row, write_table
from tests.generators.looked_after import Person
from tests.reference.layout import ETHNIC, EXTRACTS, FACTORS, INTERVALS, MARKS, OPTIONAL, PLAN_PARTS

OUTSIDE_CARE = ["edge_of_care", "edge_of_care", "edge_of_care", "special_guardianship", "adopted", "short_breaks"]
INSIDE_CARE = ["section_20", "care_order", "other_looked_after"]
HOMES = [
    "foster_carer", "foster_carer", "kinship_foster_carer", "special_guardian", "adoptive_parents", "birth_parents",
    "residential", "temporary_or_other", "",
]
PROVIDERS = ["Harbour Care", "Moor House", ""]
INSTRUMENTS = ["emotional_availability", "crittenden"]


class Extracts:
    """Collects the rows of one authority's extracts. Every method adds what one child has in one file."""

    def __init__(self, random: Random, calendar: Calendar) -> None:
        self.random = random
        self.calendar = calendar
        self.rows: dict[str, list[Row]] = {name: [] for name in EXTRACTS}
        self.serial = 0

    def _id(self, letter: str) -> str:
        """Ids whose order as text is not their order as numbers (`E9` is greater than `E10`)."""
        self.serial += 1
        return f"{letter}{self.serial}"

    def _flag(self, likely: float = 0.8) -> str:
        if self.random.random() < 0.08:
            return ""
        return "1" if self.random.random() < likely else "0"

    def _some(self, *times: int) -> range:
        return range(self.random.choice(times))

    def child(self, person: Person) -> None:
        if self.random.random() < 0.06:
            return
        differs = self.random.random() < 0.1
        self.rows["children"].append({
            "child_id": person.child_id,
            "sex": self.random.choice(["M", "F", "U", ""]) if differs else person.sex,
            "date_of_birth": "" if self.random.random() < 0.1 else iso(person.born),
            "ethnicity": self.random.choice([*sorted(ETHNIC), ""]) if differs else person.ethnicity,
            "disabled": self._flag(0.3), "mental_health_problem": self._flag(0.3),
            "origin": self.random.choice(["uk", "uk", "overseas", ""]), "uasc": self._flag(0.3),
            "team": self.random.choice(["North", "South", "Café", ""]),
        })

    def needs(self, person: Person) -> None:
        """Some needs touch or overlap the one before, with another status."""
        end: date | None = None
        for _ in self._some(0, 1, 1, 2, 2, 3):
            start = self.calendar.near(person.days) - timedelta(days=self.random.choice([0, 0, 0, 60, 200, 400]))
            chance = self.random.random()
            if person.spells and chance < 0.2:
                start = self.random.choice(person.spells).decom + timedelta(days=self.random.choice([89, 90, 91]))
            elif end is not None and chance < 0.6:
                start = end + timedelta(days=self.random.choice([0, 0, -1, -20, 1]))
            length = self.random.choice([0, 1, 2, 28, 29, 30, 31, 90, 200, 400, 800])
            end = start + timedelta(days=length) if self.random.random() < 0.55 else None
            person.days += [start] if end is None else [start, end, end - timedelta(days=1)]
            person.inside += self.calendar.some_days(start, end)
            self.rows["attachment_needs"].append({
                "child_id": person.child_id,
                "status": self.random.choice(["possible", "at_risk", "confirmed", "confirmed", "confirmed"]),
                "start_date": iso(start), "end_date": iso(end),
            })

    def arrangements(self, person: Person) -> None:
        """Children without a return have most of them; the same start with another placement is a tie."""
        start = self.calendar.near(person.days) - timedelta(days=self.random.choice([0, 90, 200]))
        for _ in self._some(0, 0, 1) if person.looked_after else self._some(0, 1, 2, 2, 3, 4):
            end = start + timedelta(days=self.random.choice([0, 1, 30, 60, 89, 90, 91, 200, 365]))
            still_runs = self.random.random() < 0.35
            person.days += [start, end - timedelta(days=1)]
            care_status = self.random.choice(OUTSIDE_CARE * 2 + INSIDE_CARE * 3)
            if care_status == "edge_of_care":
                person.on_edge += [day for day in person.inside if start <= day < end]
            self.rows["care_arrangements"].append({
                "child_id": person.child_id, "care_status": care_status,
                "placement": self.random.choice(HOMES), "start_date": iso(start),
                "end_date": "" if still_runs else iso(end),
                "end_reason": self.random.choice(["breakdown", "breakdown", "planned", "other", ""]),
                "provider": PROVIDERS[end.day % len(PROVIDERS)],
            })
            if self.random.random() < 0.8:
                start = end + timedelta(days=self.random.choice([0, 0, 0, -3, 10]))

    def assessments_and_programmes(self, person: Person) -> None:
        assessed = []
        for _ in self._some(0, 1, 1, 2):
            completed = self.calendar.at_a_distance(person.days)
            assessed.append(completed)
            person.days.append(completed)
            likely = self.random.choice([0.8, 1.0])
            factors = {factor: self._flag(likely) if likely < 1 else "1" for factor in FACTORS}
            self.rows["assessments"].append(
                {"assessment_id": self._id("A"), "child_id": person.child_id, "completed_date": iso(completed)} | factors
            )
        for _ in self._some(0, 1, 1, 2):
            offered = self.calendar.at_a_distance(person.days)
            start = offered + timedelta(days=self.random.choice([0, 0, 14]))
            if assessed and self.random.random() < 0.6:
                start = self.random.choice(assessed) + timedelta(days=self.random.choice([0, 1, 364, 365, 366]))
            programme_id = self._id("P")
            last = self._sessions(programme_id, start) if self.random.random() < 0.75 else None
            self.rows["programmes"].append({
                "programme_id": programme_id, "child_id": person.child_id,
                "programme": self.random.choice(["video_feedback"] * 4 + ["parental_sensitivity", "other"]),
                "offered_date": "" if self.random.random() < 0.1 else iso(offered),
                "start_date": iso(start) if last and self.random.random() < 0.9 else "",
                "end_date": iso(last) if last and self.random.random() < 0.85 else "", "provider": "",
            })

    def _sessions(self, programme_id: str, start: date) -> date:
        """Sessions over 83 to 125 days, most of them as NICE defines them. Returns the last one's day."""
        length = self.random.choice([83, 84, 100, 124, 125])
        count = self.random.choice([1, 3, 9, 10, 10, 10, 10, 11, 12])
        faulty = self.random.choice([0, 0, 0.1, 0.1, 0.5])
        for number in range(count):
            day = start + timedelta(days=length * number // max(count - 1, 1))
            row = {
                "programme_id": programme_id, "session_date": iso(day),
                "minutes": self.random.choice(["60", "60.0", "61", "90"]),
                "filmed_minutes": self.random.choice(["10", "15", "20"]), "watched_together": "1",
            }
            if self.random.random() < faulty:
                row |= self.random.choice([
                    {"minutes": "59"}, {"minutes": ""}, {"filmed_minutes": "9"}, {"filmed_minutes": "20.5"},
                    {"filmed_minutes": ""}, {"watched_together": "0"}, {"watched_together": ""},
                ])
            self.rows["programme_sessions"].append(row)
        return start + timedelta(days=length if count > 1 else 0)

    def scores(self, person: Person) -> None:
        day = self.calendar.near(person.days)
        for _ in self._some(0, 1, 2, 3):
            day = day if self.random.random() < 0.3 else self.calendar.within(person.inside, person.days)
            score = self.random.choice(["3", "15", "16", "16.5", "17", "17", "18", "40"])
            self._score(person, "social_emotional", self.random.choice(["sdq_total"] * 4 + ["sdq_peer"]), day, score)
        for _ in self._some(0, 1, 2) if not person.on_edge else self._some(1, 2, 3):
            day = self.calendar.within(person.on_edge, person.days)
            instrument = INSTRUMENTS[0]
            for _ in self._some(2, 2, 2, 3, 4):
                instrument = self.random.choice([instrument, instrument, instrument, INSTRUMENTS[1]])
                score = self.random.choice(["-1", "2", "3", "4", "5.5"])
                self._score(person, "parental_sensitivity", instrument, day, score)
                day -= timedelta(days=self.random.choice([0, 1, 60, 364, 365, 365, 366, 366]))

    def _score(self, person: Person, domain: str, instrument: str, day: date, score: str) -> None:
        self.rows["outcome_scores"].append({
            "child_id": person.child_id, "domain": domain, "instrument": instrument, "score_date": iso(day), "score": score,
        })

    def plans(self, person: Person) -> None:
        day = self.calendar.at_a_distance(person.days)
        for _ in self._some(0, 1, 1, 2, 3):
            if self.random.random() < 0.3:
                day = self.calendar.as_of(person.inside) - timedelta(days=self.random.choice([0, 182, 183, 184]))
            elif self.random.random() < 0.5:
                day = self.calendar.at_a_distance(person.days)
            likely = self.random.choice([0.8, 1.0])
            parts = {part: self._flag(likely) if likely < 1 else "1" for part in PLAN_PARTS}
            plan_id = "" if self.random.random() < 0.1 else self._id("E")
            self.rows["education_plans"].append(
                {"plan_id": plan_id, "child_id": person.child_id, "completed_date": iso(day)} | parts
            )

    def attendance(self, person: Person) -> None:
        """Runs of days; some with exactly one session missed in ten."""
        for _ in self._some(0, 1, 2):
            first = self.calendar.within(person.inside, person.days)
            marks = [self.random.choice("/\\/\\/\\LB") for _ in range(10)]
            missed = self.random.choice([0, 1, 1, 2, 4])
            for place in self.random.sample(range(10), missed):
                marks[place] = self.random.choice(["G", "O", "I", "C1", "J1", "u", " m"])
            if self.random.random() < 0.5:
                for place in self.random.sample(range(10), 3):
                    marks[place] = self.random.choice([*sorted(MARKS), "J", "J", "j", "y1"])
            for number, mark in enumerate(marks):
                self.rows["attendance"].append({
                    "child_id": person.child_id, "date": iso(first + timedelta(days=number // 2)),
                    "session": "AM" if number % 2 == 0 else "PM", "mark": mark,
                })

    def exclusions(self, person: Person) -> None:
        for _ in self._some(0, 0, 1, 2, 3):
            self.rows["exclusions"].append({
                "child_id": person.child_id, "start_date": iso(self.calendar.within(person.inside, person.days)),
                "category": self.random.choice(["SUSP", "SUSP", "SUSP", "PERM"]),
                "sessions": self.random.choice(["1", "2", "zz", ""]), "reason": "PA",
            })

    def training(self, person: Person) -> None:
        for _ in self._some(0, 1, 1, 2):
            completed = self.calendar.at_a_distance(person.days)
            if self.random.random() < 0.6:
                completed = self.calendar.as_of(person.inside) - timedelta(days=self.random.choice([729, 730, 731]))
            carer = self.random.choice(["", "", f"C-{person.child_id}", "C-1"])
            self.rows["carer_training"].append({
                "child_id": "" if carer else person.child_id, "carer_id": carer,
                "carer_type": self.random.choice(["foster_carer", "zz", ""]),
                "programme": "Nurture", "completed_date": iso(completed), "age_group": "",
            })

    def carers(self, person: Person) -> None:
        """Who looks after the child: one after the other, two at once, and carers of several children."""
        for _ in self._some(0, 1, 2):
            start = self.calendar.near(person.days) - timedelta(days=self.random.choice([0, 90, 400]))
            end = start + timedelta(days=self.random.choice([0, 1, 30, 91, 365])) if self.random.random() < 0.5 else None
            carer = self.random.choice([f"C-{person.child_id}", "C-1", "C-2"])
            self.rows["carers"].append({
                "carer_id": carer, "child_id": person.child_id, "start_date": iso(start), "end_date": iso(end),
            })

    def summaries(self, person: Person) -> None:
        """Months and half-terms, some of which touch or overlap the one before; some children have marks on their days."""
        start = self.calendar.within(person.inside, person.days)
        for _ in self._some(0, 0, 1, 2, 3):
            end = start + timedelta(days=self.random.choice([1, 7, 30, 31, 42]))
            possible = self.random.choice([0, 1, 10, 10, 60])
            self.rows["attendance_summary"].append({
                "child_id": person.child_id, "start_date": iso(start), "end_date": iso(end), "possible_sessions": str(possible),
                "attended_sessions": str(self.random.choice([0, possible, possible * 9 // 10])),
            })
            start = end + timedelta(days=self.random.choice([0, 0, -1, -3, 7]))

    def changed_ids(self, people: list[Person]) -> None:
        """Some children have an old id in some rows, by way of a third one or not."""
        for person in people if self.random.random() < 0.3 else []:
            if self.random.random() < 0.8:
                continue
            old, between = f"old-{person.child_id}", f"then-{person.child_id}"
            pairs = [(old, person.child_id)] if self.random.random() < 0.5 else [(between, person.child_id), (old, between)]
            self.rows["same_child"] += [{"old_id": one, "new_id": other} for one, other in pairs]
            for name in ("attendance", "education_plans", "exclusions", "attachment_needs"):
                for row in self.rows[name]:
                    if row["child_id"] == person.child_id and self.random.random() < 0.4:
                        row["child_id"] = self.random.choice([one for one, _ in pairs])
        if self.random.random() < 0.3:
            self.rows["same_team"] += [{"old": "North", "new": "West"}, {"old": "West", "new": "Far West"}]


def write_later(folder: Path, random: Random, earlier: Extracts, dirt: Dirt) -> None:
    """A second folder of extracts that has some of the first one's rows again, some of them with other values and without columns."""
    folder.mkdir(parents=True)
    for name in ("children", "education_plans", "attendance", "attendance_summary", "carer_training", "exclusions", "programmes"):
        rows = [dict(row) for row in earlier.rows[name] if random.random() < 0.4]
        for row in rows:
            if random.random() < 0.5:
                column = random.choice(list(row))
                row[column] = random.choice([other[column] for other in earlier.rows[name]])
        left_out = OPTIONAL.get(name, set()) - {"child_id", "carer_id"} if random.random() < 0.3 else set()
        columns = [column for column in EXTRACTS[name] if column not in left_out]
        if random.random() < 0.8:
            kept = [{column: row[column] for column in columns} for row in rows]
            write_table(random, folder / f"{name}.csv", columns, kept, dirt, INTERVALS.get(name))


def write_extracts(folder: Path, random: Random, calendar: Calendar, people: list[Person], dirt: Dirt) -> Extracts:
    """One folder of extracts, and what is in it. A file may be absent, or there and empty; some rows are of children nobody knows."""
    folder.mkdir(parents=True)
    extracts = Extracts(random, calendar)
    stranger = Person("nobody", None, "", "", days=list(calendar.anchors))
    steps: list[Callable[[Person], None]] = [
        extracts.needs, extracts.arrangements, extracts.assessments_and_programmes, extracts.scores, extracts.plans,
        extracts.attendance, extracts.exclusions, extracts.training, extracts.carers, extracts.summaries,
    ]
    for person in people:
        extracts.child(person)
        for step in steps:
            step(person)
    if dirt.spoilt:
        random.choice(steps)(stranger)
    extracts.changed_ids(people)
    absent = 0.06 if random.random() < 0.5 else 0.0
    for name, rows in extracts.rows.items():
        if name != "attachment_needs" and random.random() < absent:
            continue
        kept = [] if random.random() < absent / 2 else rows
        write_table(random, folder / f"{name}.csv", EXTRACTS[name], kept, dirt, INTERVALS.get(name))
    return extracts
