"""Which rows are loaded and which are quarantined, row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.reference.layout import INTERVALS, KEYS, SSDA903_TABLES, Rule, rules
from tests.reference.reading import RawTable, Refused, collection_year_of, parse_date, read_source

NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"


@dataclass
class Counts:
    """What became of the rows of one file."""

    read: int = 0
    loaded: int = 0
    quarantined: int = 0


@dataclass(frozen=True)
class Quarantined:
    """One row that was not loaded."""

    source: str
    file: str
    table: str
    line: int
    reason: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class LoadedRow:
    """One good row: the dictionary's columns as text, blanks as ''. `collection_year` is None in an extract."""

    table: str
    collection_year: int | None
    values: dict[str, str]

    @property
    def child_id(self) -> str:
        return self.values["CHILD" if self.table in SSDA903_TABLES else "child_id"]


@dataclass
class Checked:
    """The good rows of all sources in the order in which later ones replace earlier ones, and the others."""

    rows: dict[str, list[LoadedRow]] = field(default_factory=dict)
    provided: set[str] = field(default_factory=set)
    collection_years: dict[str, int] = field(default_factory=dict)
    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    quarantine: list[Quarantined] = field(default_factory=list)

    def of(self, table: str) -> list[LoadedRow]:
        return self.rows.get(table, [])


def fault_of_value(column: str, value: str, rule: Rule, is_return: bool) -> str | None:
    if value == "":
        return f"{column} is blank" if rule.required else None
    if rule.form == "date" and parse_date(value, is_return) is None:
        return f"{column} is no date"
    if rule.form == "code" and value not in rule.codes:
        return f"{column} has an unknown code"
    if rule.form == "number" and re.fullmatch(NUMBER, value) is None:
        return f"{column} is no number"
    if rule.form == "whole 0 to 40" and (re.fullmatch("[0-9]+", value) is None or int(value) > 40):
        return f"{column} is no whole number from 0 to 40"
    return None


def fault_of_row(table: str, values: dict[str, str], collection_year: int | None) -> str | None:
    """Why a row is bad in itself, or None."""
    is_return = table in SSDA903_TABLES
    for column, rule in rules(table, collection_year).items():
        fault = fault_of_value(column, values[column], rule, is_return)
        if fault is not None:
            return fault
    if table in INTERVALS:
        start = parse_date(values[INTERVALS[table][0]], is_return)
        end = parse_date(values[INTERVALS[table][1]], is_return)
        if start is not None and end is not None and end < start:
            return "the end is before the start"
    if table == "outcome_scores" and values["instrument"] == "sdq_total" and not 0 <= float(values["score"]) <= 40:
        return "the SDQ score is not from 0 to 40"
    return None


class Checker:
    """Goes through the files in turn and remembers which children, programmes and keys it has met."""

    def __init__(self) -> None:
        self.checked = Checked()
        self.known_children: set[str] = set()
        self.known_programmes: set[str] = set()

    def fault(self, table: RawTable, values: dict[str, str], year: int | None, keys: set[tuple[str, ...]]) -> str | None:
        fault = fault_of_row(table.table, values, year)
        if fault is not None:
            return fault
        if table.table == "programme_sessions":
            if values["programme_id"] not in self.known_programmes:
                return "its programme is not loaded"
        elif table.table not in ("Header", "children"):
            child_id = values["CHILD" if table.table in SSDA903_TABLES else "child_id"]
            if child_id not in self.known_children:
                return "the child is unknown"
        if self.key(table.table, values) in keys:
            return "a row with the same key came before"
        return None

    @staticmethod
    def key(table: str, values: dict[str, str]) -> tuple[str, ...]:
        return tuple(values[column] for column in KEYS.get(table, list(values)))

    def check(self, table: RawTable, year: int | None, keys: set[tuple[str, ...]]) -> None:
        """Loads or quarantines every row of one file. `keys` are those met in this table of this source."""
        counts = self.checked.counts.setdefault((table.source, table.file), Counts())
        self.checked.provided.add(table.table)
        for row in table.rows:
            counts.read += 1
            fault: str | None = "it has more or fewer fields than the header"
            values: dict[str, str] = {}
            if len(row.fields) == len(table.columns):
                values = table.values(row)
                fault = self.fault(table, values, year, keys)
            if fault is not None:
                counts.quarantined += 1
                self.checked.quarantine.append(
                    Quarantined(table.source, table.file, table.table, row.line, fault, tuple(row.fields))
                )
                continue
            counts.loaded += 1
            keys.add(self.key(table.table, values))
            self.checked.rows.setdefault(table.table, []).append(LoadedRow(table.table, year, values))
            if table.table in ("Header", "children"):
                self.known_children.add(values["CHILD" if table.table == "Header" else "child_id"])
            if table.table == "programmes":
                self.known_programmes.add(values["programme_id"])


def check_sources(paths: Sequence[Path], collection_year: int | None) -> Checked:
    """Reads all sources and checks every row.

    Header and children come first, because they say which children are known; programmes before their sessions.
    Returns are taken in the order of their collection years (same year: the order given).
    """
    sources = [read_source(path) for path in paths]
    returns = [source for source in sources if source.is_return()]
    if collection_year is not None and len(returns) != 1:
        raise Refused("a collection year can be told only with exactly one return")
    years = {source.name: collection_year or collection_year_of(source) for source in returns}
    sources.sort(key=lambda source: years.get(source.name, 0))  # a stable sort: the same year keeps the order given
    checker = Checker()
    checker.checked.collection_years = years

    def go_through(wanted: set[str]) -> None:
        for source in sources:
            keys: dict[str, set[tuple[str, ...]]] = {}
            for table in source.tables:
                if table.table in wanted:
                    year = years[source.name] if table.table in SSDA903_TABLES else None
                    checker.check(table, year, keys.setdefault(table.table, set()))

    go_through({"Header", "children"})
    go_through({"Episodes", "OC2", "UASC", "PrevPerm"})
    go_through({"attachment_needs", "care_arrangements", "assessments", "programmes"})
    go_through({"programme_sessions", "outcome_scores", "education_plans", "attendance", "exclusions", "carer_training"})
    return checker.checked
