"""The demo's SSDA903 returns: a folder of CSV files for each collection year."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from data_access.demo.children import CarePeriod, Child
from data_access.demo.school_calendar import Window, birthday, collection_year
from data_access.demo.support import Support

HEADER = ("CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB")
EPISODES = (
    "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN",
)
OC2 = (
    "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
    "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
)
UASC = ("CHILD", "SEX", "DOB", "DUC")
PREVIOUS_PERMANENCE = ("CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM")

PLACE = {
    "foster_carer": ("U4", "U5", "U6", "U6"), "kinship_foster_carer": ("U1", "U2", "U3"),
    "residential": ("K2", "K2", "K2", "K1", "R1", "S1"),
    "birth_parents": ("P1",), "secure_or_custody": ("R5",), "adoptive_parents": ("A3", "A4", "A5", "A6"),
}
CATEGORY_OF_NEED = ("N1", "N1", "N1", "N1", "N3", "N4", "N5", "N6", "N8")
SDQ_REASONS = ("SDQ1", "SDQ2", "SDQ2", "SDQ3", "SDQ4", "SDQ5")

Row = tuple[object, ...]


def day_text(day: int) -> str:
    return f"{date.fromordinal(day):%d/%m/%Y}"


def place_code(placement: str, variant: int, year: int) -> str:
    """A PLACE code of a placement that the collection year knows; the codes changed in 2024/25 and 2025/26."""
    if placement == "independent_or_supported":
        return "K3" if year >= 2025 else ("H5", "P2")[variant % 2]
    if placement == "temporary_or_other":
        return ("Z11", "Z12", "Z13", "Z14")[variant % 4] if year >= 2026 else "Z1"
    codes = PLACE[placement]
    return codes[variant % len(codes)]


def sex_code(sex: str, year: int) -> str:
    return sex if year >= 2025 else {"M": "1", "F": "2"}[sex]


def episodes(child: Child, period: CarePeriod, year: int) -> list[list[str | int]]:
    """The episodes of one time in care, as dates in ordinals: start, RNE, LS, PLACE, provider, end, REC, reason.

    An episode begins with the care, with a placement (P), a legal status (L), both (B), and at both ends of a
    temporary absence from the same carer (T).
    """
    moves = {stay.start for stay in period.stays}
    steps = {day for day, _ in period.legal}
    away = set(period.absence or ())
    days = sorted(moves | steps | away)
    made: list[list[str | int]] = []
    for position, day in enumerate(days):
        last = position + 1 == len(days)
        end = period.end if last else days[position + 1]
        stay = next(stay for stay in reversed(period.stays) if stay.start <= day)
        status = next(status for start, status in reversed(period.legal) if start <= day)
        absent = period.absence is not None and period.absence[0] <= day < period.absence[1]
        place = "T0" if absent else place_code(stay.placement, stay.variant, year)
        if day == period.start:
            begun = "S"
        elif day in moves:
            begun = "B" if day in steps else "P"
        elif day in away:
            begun = "U" if day in steps else "T"
        else:
            begun = "L"
        reason = stay.reason if not last and days[position + 1] in moves else ""
        made.append([day, begun, status, place, stay.provider, end, period.rec if last else "X1", reason])
    return made


def episode_rows(child: Child, year: int, first: int, last: int) -> list[Row]:
    """The child's episodes that were open on a day of the collection year, as known on its last day."""
    need = CATEGORY_OF_NEED[child.number % len(CATEGORY_OF_NEED)] if not child.unaccompanied else "N8"
    rows: list[Row] = []
    for period in child.care:
        for start, begun, status, place, provider, end, rec, reason in episodes(child, period, year):
            assert isinstance(start, int) and isinstance(end, int)
            if start > last or end < first:
                continue
            closed = end <= last
            rows.append((
                child.child_id, day_text(start), begun, status, need, place, provider, day_text(end) if closed else "",
                rec if closed else "", reason if closed else "", "", "", "",
            ))
    return rows


def write_table(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def write_return(rng: random.Random, folder: Path, window: Window, year: int, children: list[Child], support: Support) -> bool:
    """Writes one collection year's return; none (False) where nothing in it would date it to its year."""
    first, last = date(year - 1, 4, 1).toordinal(), min(date(year, 3, 31).toordinal(), window.last)
    looked_after = [child for child in children if any(row.start <= last and row.end >= first for row in child.care)]
    if not any(first <= start <= last for child in looked_after for period in child.care for start in (period.start, period.end - 1)):
        return False
    folder.mkdir(parents=True, exist_ok=True)
    write_table(folder / "header.csv", HEADER, (
        (child.child_id, sex_code(child.sex, year), day_text(child.born), child.ethnicity, "",
         "0" if child.sex == "F" and child.age(last) >= 12 else "", "")
        for child in looked_after
    ))
    write_table(folder / "episodes.csv", EPISODES, (row for child in looked_after for row in episode_rows(child, year, first, last)))
    write_table(folder / "uasc.csv", UASC, (
        (child.child_id, sex_code(child.sex, year), day_text(child.born), day_text(birthday(child.born, 18)))
        for child in looked_after if child.unaccompanied
    ))
    write_table(folder / "previous_permanence.csv", PREVIOUS_PERMANENCE, previous_permanence(rng, looked_after, first, last))
    if last == date(year, 3, 31).toordinal():
        write_table(folder / "oc2.csv", OC2, outcomes(rng, looked_after, last, support))
    return True


def previous_permanence(rng: random.Random, children: list[Child], first: int, last: int) -> list[Row]:
    """One row for each child who came into care in the year."""
    rows: list[Row] = []
    for child in children:
        started = [period for period in child.care if first <= period.start <= last]
        if started:
            code = started[-1].previous_permanence
            before = code in ("P1", "P2", "P3", "P4")
            when = f"zz/{rng.randint(1, 12):02}/{date.fromordinal(started[-1].start).year - rng.randint(1, 2)}" if before else ""
            rows.append((child.child_id, day_text(child.born), code, "" if not before else "E08000099", when))
    return rows


def outcomes(rng: random.Random, children: list[Child], last: int, support: Support) -> list[Row]:
    """Health and strengths and difficulties of children looked after for 12 months at 31 March; SDQ at ages 4 to 16."""
    rows: list[Row] = []
    for child in children:
        if not any(period.start <= last - 365 and period.end > last for period in child.care):
            continue
        score, reason = "", ""
        if 4 <= child.age(last) <= 16:
            if rng.random() < 0.79:
                score = str(support.sdq(child, last))
            else:
                reason = rng.choice(SDQ_REASONS)
        young = child.age(last) < 5
        rows.append((
            child.child_id, day_text(child.born), score, reason, int(child.age(last) >= 10 and rng.random() < 0.02),
            int(rng.random() < 0.9) if young else "", int(rng.random() < 0.84), int(rng.random() < 0.8), int(rng.random() < 0.9),
            substance := int(child.age(last) >= 12 and rng.random() < 0.05), int(substance and rng.random() < 0.5), substance,
        ))
    return rows


def return_years(window: Window) -> range:
    """The collection years that the window touches."""
    return range(collection_year(window.first), collection_year(window.last) + 1)
