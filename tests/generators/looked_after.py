"""SSDA903 returns: the care histories of children, and what each collection year's folder says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.generators.calendar import Calendar, british
from tests.generators.files import CLEAN, Dirt, Row, write_table
from tests.reference.layout import ETHNIC, NOT_USED_TABLES, SSDA903_TABLES, place_codes, sex_codes

IN_CARE_LEGAL = ["V2", "V2", "C2", "C2", "C1", "E1", "D1", "L1", "J2"]
PLACES = ["U1", "U3", "U4", "U4", "U5", "U6", "A3", "A5", "P1", "P2", "K1", "K2", "K3", "R1", "R5", "S1", "H5", "Z1", "Z11", ""]
ABSENCES = ["T0", "T1", "T2", "T3", "T4"]
PROVIDERS = ["PR1", "PR4", "PR5", "PR4", ""]
LENGTHS = [0, 1, 1, 2, 7, 20, 30, 60, 89, 90, 91, 120, 200, 365]
FINAL = ["E11", "E12", "E45", "E46", "E47", "E48", "E4A", "E8", "E3", "E15", ""]
REASONS = ["CREQB", "CREQO", "CHILD", "CREQB", "CHILD", "CARPL", "LAREQ", "OTHER", "ALLEG", ""]


FASHIONS: list[Callable[[str], str]] = [str, str.lower, str.upper, lambda table: f"return {table} of a year"]
"""A table of a return is recognised by its columns, so its file may be called anything."""


@dataclass(frozen=True)
class Spell:
    """One true episode of a child."""

    decom: date
    rne: str
    legal_status: str
    place: str
    dec: date | None
    rec: str
    reason: str


@dataclass
class Person:
    """One made-up child.

    `days` are the days on which something happened to it, for other things to collide with. `inside` and `on_edge` are
    some days within its needs and within its times on the edge of care.
    """

    child_id: str
    born: date | None
    sex: str
    ethnicity: str
    spells: list[Spell] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    inside: list[date] = field(default_factory=list)
    on_edge: list[date] = field(default_factory=list)

    @property
    def looked_after(self) -> bool:
        return bool(self.spells)


def _next_place(random: Random, before: str, last_settled: str) -> str:
    if before in ABSENCES:
        return random.choice([last_settled, last_settled, random.choice(PLACES), random.choice(ABSENCES)])
    return random.choice(ABSENCES) if random.random() < 0.3 else random.choice(PLACES)


def care_history(random: Random, calendar: Calendar) -> list[Spell]:
    """Runs of episodes that mostly touch, with absences, gaps, overlaps, open ones and new care after an end."""
    spells: list[Spell] = []
    day = calendar.anywhere() - timedelta(days=random.choice([0, 30, 90, 200, 365]))
    place = last_settled = random.choice(PLACES[:10]) if random.random() < 0.9 else random.choice(ABSENCES)
    rne, legal = "S", random.choice(IN_CARE_LEGAL)
    for _ in range(random.choice([1, 2, 3, 3, 4, 5, 7, 9])):
        if random.random() < 0.08:
            legal = random.choice(["V3", "V4"])
        elif random.random() < 0.2 or legal in ("V3", "V4"):
            legal = random.choice(IN_CARE_LEGAL)
        end = day + timedelta(days=random.choice(LENGTHS))
        if random.random() < 0.25:
            end = max(day, calendar.as_of([]) - timedelta(days=random.choice([362, 363, 363, 364, 90])))
        spells.append(Spell(day, rne, legal, place, end, "X1", random.choice(REASONS)))
        if place not in ABSENCES:
            last_settled = place
        if random.random() < 0.12:
            spells[-1] = replace(spells[-1], rec=random.choice(FINAL))
            gap, rne = random.choice([0, 0, 1, 30, 90]), random.choice(["S", "S", "S", "P"])
        else:
            gap, rne = random.choice([0] * 12 + [1, -1, 5, -5, 40]), random.choice(["P", "P", "P", "L", "T", "U", "B", "S"])
        place = _next_place(random, place, last_settled)
        day = end + timedelta(days=gap)
        if random.random() < 0.05:
            spells[-1] = replace(spells[-1], dec=None)
    last = spells[-1]
    if random.random() < 0.5:
        spells[-1] = replace(last, dec=None, rec=random.choice(["", "", "", "E11"]), reason="")
    else:
        spells[-1] = replace(last, rec=random.choice(FINAL))
    return spells


def _episode_row(random: Random, child_id: str, spell: Spell) -> Row:
    return {
        "CHILD": child_id, "DECOM": british(spell.decom), "RNE": spell.rne, "LS": spell.legal_status, "CIN": "N1",
        "PLACE": spell.place, "PLACE_PROVIDER": PROVIDERS[spell.decom.day % len(PROVIDERS)], "DEC": british(spell.dec), "REC": spell.rec,
        "REASON_PLACE_CHANGE": spell.reason, "HOME_POST": random.choice(["", "AB1 2CD"]), "PL_POST": "", "URN": "",
    }


def _place_in(random: Random, place: str, year: int) -> str:
    """The place under a code of the year's list; now and then the code is left that the year does not have."""
    if place == "" or place in place_codes(year) or random.random() < 0.05:
        return place
    return random.choice(sorted(place_codes(year)))


def episode_rows(random: Random, people: list[Person], year: int) -> list[Row]:
    """What the return of a year says of the episodes: those of the year, the ones that go on without an end."""
    begins, after = date(year - 1, 4, 1), date(year, 4, 1)
    rows: list[Row] = []
    anchored = False
    for person in people:
        for spell in person.spells:
            if spell.decom >= after or (spell.dec is not None and spell.dec < begins) or random.random() < 0.03:
                continue
            told = replace(spell, place=_place_in(random, spell.place, year))
            if told.dec is not None and told.dec > after:
                told = replace(told, dec=None, rec="", reason="")
            elif random.random() < 0.05:
                told = replace(told, reason=random.choice(REASONS), rec=random.choice([told.rec, ""]))
            anchored = anchored or begins <= told.decom or (told.dec is not None and told.dec > begins)
            rows.append(_episode_row(random, person.child_id, told))
    if not anchored and people:
        last_day = Spell(after - timedelta(days=1), "L", "C2", "U4", random.choice([None, after]), "", "")
        rows.append(_episode_row(random, people[0].child_id, last_day))
    return rows


def _sex_in(person: Person, year: int) -> str:
    if year >= 2025:
        return person.sex
    return {"M": "1", "F": "2"}.get(person.sex, "")


def _header_row(random: Random, person: Person, year: int) -> Row:
    odd = random.random()
    return {
        "CHILD": person.child_id,
        "SEX": random.choice(sorted(sex_codes(year) | {""})) if odd < 0.05 else _sex_in(person, year),
        "DOB": british(person.born) if odd < 0.95 else "",
        "ETHNIC": random.choice(["", "REFU", "NOBT", person.ethnicity, random.choice(sorted(ETHNIC))])
        if random.random() < 0.2 else person.ethnicity,
        "UPN": "UN1", "MOTHER": "", "MC_DOB": random.choice(["", "zz"]),
    }


def _health_row(random: Random, person: Person) -> Row:
    row = dict.fromkeys(SSDA903_TABLES["OC2"], "0")
    score = str(random.choice([0, 8, 15, 16, 16, 17, 17, 18, 25, 40])) if random.random() < 0.8 else ""
    return row | {
        "CHILD": person.child_id, "DOB": british(person.born), "SDQ_SCORE": score,
        "SDQ_REASON": "" if score else random.choice(["SDQ1", "SDQ5", "??"]),
    }


def _chosen(random: Random, people: list[Person], share: float) -> list[Person]:
    return [person for person in people if random.random() < share]


def write_return(folder: Path, random: Random, calendar: Calendar, people: list[Person], year: int, dirt: Dirt) -> None:
    """One collection year's folder. Its files have names of several fashions; some of them may be absent."""
    folder.mkdir(parents=True)
    inside = [
        person for person in people
        if any(spell.decom < date(year, 4, 1) and (spell.dec or date.max) >= date(year - 1, 4, 1) for spell in person.spells)
    ]
    tables: dict[str, list[Row]] = {
        "Header": [_header_row(random, person, year) for person in _chosen(random, inside or people[:1], 0.97)],
        "Episodes": episode_rows(random, people, year),
        "OC2": [_health_row(random, person) for person in _chosen(random, inside, 0.6)],
        "UASC": [
            {
                "CHILD": person.child_id, "SEX": _sex_in(person, year), "DOB": "zz",
                "DUC": british(calendar.at_a_distance(person.days)) if random.random() < 0.4 else "",
            }
            for person in _chosen(random, inside, 0.3)
        ],
        "PrevPerm": [
            {
                "CHILD": person.child_id, "DOB": british(person.born),
                "PREV_PERM": random.choice(["P1", "P2", "P3", "P4", "Z1", "Z1", ""]), "LA_PERM": "",
                "DATE_PERM": random.choice(["", "zz/05/2020"]),
            }
            for person in _chosen(random, inside, 0.7)
        ],
    }
    fashion = random.choice(FASHIONS)
    for table, rows in tables.items():
        if table not in ("Header", "Episodes") and random.random() < 0.12:
            continue
        interval = ("DECOM", "DEC") if table == "Episodes" else None
        few = table == "Episodes" and len(rows) < 5  # without a readable date the return has no collection year
        path = folder / f"{fashion(table)}.csv"
        write_table(random, path, SSDA903_TABLES[table], rows, CLEAN if few else dirt, interval)
    for table, columns in NOT_USED_TABLES.items():
        if random.random() < 0.2:
            write_table(random, folder / f"{fashion(table)}.csv", columns, [dict.fromkeys(columns, "?")], dirt)
