"""The checks of the return counted again, slowly and obviously, row by row in plain Python."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence

Row = Mapping[str, str]
Table = Sequence[Row]
Return = Mapping[str, Table]
"""A return's tables as they are written, by name."""

Failing = set[tuple[str, str, str]]
"""rule, CHILD, and the DECOM or the collection year of what fails."""

IN_CARE = {"V2", "C1", "C2", "D1", "E1", "J1", "J2", "J3", "L1", "L2", "L3"}


def day(text: str) -> datetime.date:
    return datetime.datetime.strptime(text, "%d/%m/%Y").date()


def failing(returns: Mapping[int, Return], as_at: datetime.date) -> Failing:
    """What fails in returns by their collection year, all of whose rows are good but for episodes that end before they start."""
    found: Failing = set()
    episodes: dict[tuple[str, str], tuple[int, Row]] = {}
    for year in sorted(returns):
        for row in returns[year].get("Episodes", ()):
            if row["DEC"] and day(row["DEC"]) < day(row["DECOM"]):
                found.add(("356", row["CHILD"], row["DECOM"]))
            else:
                episodes[row["CHILD"], row["DECOM"]] = (year, row)
    children = {child for child, _ in episodes}
    for child in children:
        own = sorted((row for (other, _), (_, row) in episodes.items() if other == child), key=lambda row: day(row["DECOM"]))
        found |= {(rule, child, row["DECOM"]) for rule, row in _of_one_child(own)}
    # The latest return of which an episode is loaded: one whose episodes are all in quarantine says nothing of who has left.
    latest = max((year for year, _ in episodes.values()), default=0)
    found |= {("open_in_earlier_return", *key) for key, (year, row) in episodes.items() if not row["DEC"] and year < latest}
    for year in returns:
        found |= set(_not_carried_on(returns, year)) | set(_previous_permanence(returns, episodes, year))
        found |= {("186", child, str(year)) for child in _without_sdq(returns, episodes, year, as_at)}
    return found


def _of_one_child(own: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    for number, row in enumerate(own):
        before = own[number - 1] if number else None
        if before and before["DEC"] and day(row["DECOM"]) < day(before["DEC"]):
            yield "501", row
        if number < len(own) - 1 and (not row["DEC"] or not row["REC"]):
            yield "142", row
        if bool(row["DEC"]) != bool(row["REC"]):
            yield "148", row
        if row["DEC"] == row["DECOM"]:
            yield "355", row
        if before and row["RNE"] in ("P", "L", "T", "U", "B") and before["DEC"] != row["DECOM"]:
            yield "433", row
        if row["PLACE"] in ("T0", "T1", "T2", "T3", "T4") and row["RNE"] not in ("P", "B"):
            yield "380", row


def _good(table: Table) -> list[Row]:
    return [row for row in table if not (row["DEC"] and day(row["DEC"]) < day(row["DECOM"]))]


def _not_carried_on(returns: Mapping[int, Return], year: int) -> Iterator[tuple[str, str, str]]:
    this, before = _good(returns[year].get("Episodes", ())), _good(returns.get(year - 1, {}).get("Episodes", ()))
    for child in {row["CHILD"] for row in this}:
        first = min((row["DECOM"] for row in this if row["CHILD"] == child), key=day)
        if any(not row["DEC"] and row["DECOM"] != first for row in before if row["CHILD"] == child):
            yield "502", child, first


def _previous_permanence(
    returns: Mapping[int, Return], episodes: Mapping[tuple[str, str], tuple[int, Row]], year: int,
) -> Iterator[tuple[str, str, str]]:
    if "PrevPerm" not in returns[year] or year < 2017:
        return
    given = {row["CHILD"] for row in returns[year]["PrevPerm"] if row["PREV_PERM"]}
    for (child, start), (_, row) in episodes.items():
        in_year = datetime.date(year - 1, 4, 1) <= day(start) <= datetime.date(year, 3, 31)
        if row["RNE"] == "S" and in_year and child not in given:
            yield "630", child, start


def _without_sdq(
    returns: Mapping[int, Return], episodes: Mapping[tuple[str, str], tuple[int, Row]], year: int, as_at: datetime.date,
) -> Iterator[str]:
    last = datetime.date(year, 3, 31)
    if last > as_at:
        return
    born = {row["CHILD"]: day(row["DOB"]) for other in sorted(returns) for row in returns[other].get("Header", ())}
    days = [datetime.date(year - 1, 4, 1) + datetime.timedelta(days=number) for number in range(366)]
    days = [each for each in days if each <= last]
    for row in returns[year].get("OC2", ()):
        birth = born[row["CHILD"]]
        aged = (2000 + birth.year, birth.month, birth.day)
        on_first, on_last = (2000 + year - 1, 4, 1), (2000 + year, 3, 31)
        fits = (aged[0] + 4, *aged[1:]) <= on_first and (aged[0] + 17, *aged[1:]) > on_last
        own = [each for (child, _), (_, each) in episodes.items() if child == row["CHILD"] and each["LS"] in IN_CARE]
        in_care = all(any(day(each["DECOM"]) <= on and (not each["DEC"] or day(each["DEC"]) > on) for each in own) for on in days)
        if not row["SDQ_SCORE"] and not row["SDQ_REASON"] and fits and in_care:
            yield row["CHILD"]
