"""Which rows are loaded and which are quarantined, row by row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.reference.layout import EXTRACTS, INTERVALS, PLAN_PARTS, SET_ASIDE, SSDA903_TABLES, Rule, key_of, rules
from tests.reference.reading import RawRow, RawTable, Refused, Source, collection_year_of, parse_date, read_source

NUMBER = r"[+-]?[0-9]+(\.[0-9]+)?"


@dataclass
class Counts:
    """What became of the rows of one file."""

    read: int = 0
    loaded: int = 0
    quarantined: int = 0
    set_aside_values: int = 0


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
    """One good row: the dictionary's columns as text, blanks as ''. `collection_year` is None in an extract.

    `columns` are those that its file has.
    """

    table: str
    collection_year: int | None
    values: dict[str, str]
    columns: frozenset[str] = frozenset()
    source: str = ""
    key: tuple[str, ...] = ()

    @property
    def child_id(self) -> str:
        return self.values["CHILD" if self.table in SSDA903_TABLES else "child_id"]


@dataclass
class Checked:
    """The good rows of all sources in the order in which later ones replace earlier ones, and the others.

    `with_episodes` are the returns whose episodes are known: a table of them has no rows, or some that are loaded.
    `in_uasc` are the children in any row of UASC, `beside_uasc` those in the Header of a return that has such a table.
    """

    rows: dict[str, list[LoadedRow]] = field(default_factory=dict)
    provided: set[str] = field(default_factory=set)
    collection_years: dict[str, int] = field(default_factory=dict)
    counts: dict[tuple[str, str], Counts] = field(default_factory=dict)
    quarantine: list[Quarantined] = field(default_factory=list)
    in_uasc: set[str] = field(default_factory=set)
    beside_uasc: set[str] = field(default_factory=set)
    same_team: dict[str, str] = field(default_factory=dict)
    with_episodes: set[str] = field(default_factory=set)
    read: dict[tuple[str, int | None], int] = field(default_factory=dict)
    """The rows read by table and, of a return, its collection year."""

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
    if rule.form == "whole" and re.fullmatch("[0-9]+", value) is None:
        return f"{column} is no whole number"
    return None


def fault_of_row(table: str, values: dict[str, str], collection_year: int | None) -> str | None:
    """Why a row is bad in itself, or None."""
    is_return = table in SSDA903_TABLES
    for column, rule in rules(table, collection_year).items():
        fault = fault_of_value(column, values[column], rule, is_return)
        if fault is not None and column not in SET_ASIDE.get(table, ()):
            return fault
    if table in INTERVALS:
        start = parse_date(values[INTERVALS[table][0]], is_return)
        end = parse_date(values[INTERVALS[table][1]], is_return)
        if start is not None and end is not None and end < start:
            return "the end is before the start"
    if table == "attendance_summary":
        if values["start_date"] == values["end_date"]:
            return "the end is on the day of the start"
        if int(values["attended_sessions"]) > int(values["possible_sessions"]):
            return "more sessions were attended than were possible"
    if table == "carer_training" and bool(values["child_id"]) == bool(values["carer_id"]):
        return "neither or both of the child and the carer"
    if table == "outcome_scores" and values["instrument"] == "sdq_total" and not 0 <= float(values["score"]) <= 40:
        return "the SDQ score is not from 0 to 40"
    return None


def meant(table: str, values: dict[str, str]) -> dict[str, str]:
    """The values of a row of an extract with each code as the dictionary writes it; of a return's or of attendance as they are."""
    if table in SSDA903_TABLES or table == "attendance":
        return values
    given = rules(table, None)
    found = dict(values)
    for column, value in values.items():
        for code in given[column].codes if column in given else ():
            ways = {plainly(code)} | {"1": {"yes", "y", "true"}, "0": {"no", "n", "false"}}.get(code, set())
            if plainly(value) in ways:
                found[column] = code
    return found


def as_read(table: str, values: dict[str, str]) -> dict[str, str]:
    """The values of an extract's row with dates and numbers written in one way: rows that say the same are the same, however written."""
    if table in SSDA903_TABLES:
        return values
    given, found = rules(table, None), dict(values)
    for column, value in values.items():
        form = given[column].form if column in given else ""
        day = parse_date(value, False) if form == "date" else None
        if day is not None:
            found[column] = day.isoformat()
        if form.startswith(("number", "whole")) and re.fullmatch(NUMBER, value):
            found[column] = repr(float(value))
    return found


def plainly(text: str) -> str:
    """In lower case, all but letters and digits being one space."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.lower()).split())


def without_unknown(table: str, values: dict[str, str], collection_year: int | None) -> dict[str, str]:
    """The values of a good row, without those that are set aside."""
    is_return = table in SSDA903_TABLES
    given = rules(table, collection_year)
    return {
        column: "" if column in SET_ASIDE.get(table, ()) and fault_of_value(column, value, given[column], is_return) else value
        for column, value in values.items()
    }


def followed(pairs: dict[str, str]) -> dict[str, str]:
    """Where each chain ends. Raises Refused for a circle."""
    ends = {}
    for begun in pairs:
        name, steps = begun, 0
        while name in pairs:
            name, steps = pairs[name], steps + 1
            if steps > len(pairs):
                raise Refused("same_child or same_team goes round in a circle")
        ends[begun] = name
    return ends


class Checker:
    """Goes through the files in turn and remembers which children, programmes and keys it has met."""

    def __init__(self) -> None:
        self.checked = Checked()
        self.known_children: set[str] = set()
        self.known_programmes: set[str] = set()
        self.same_child: dict[str, str] = {}

    def values(self, table: RawTable, row: RawRow) -> dict[str, str]:
        """The values of a row, with the child's new id where it has an old one."""
        values = table.values(row)
        for column in ("CHILD", "child_id"):
            if column in values:
                values[column] = self.same_child.get(values[column], values[column])
        return values

    def fault(
        self, table: RawTable, values: dict[str, str], year: int | None, key: tuple[str, ...], keys: set[tuple[str, ...]],
    ) -> str | None:
        fault = fault_of_row(table.table, values, year)
        if fault is not None:
            return fault
        if table.table == "programme_sessions":
            if values["programme_id"] not in self.known_programmes:
                return "its programme is not loaded"
        elif table.table not in ("Header", "children", "same_child", "same_team"):
            child_id = values["CHILD" if table.table in SSDA903_TABLES else "child_id"]
            if child_id and child_id not in self.known_children:
                return "the child is unknown"
        if key in keys:
            return "a row with the same key came before"
        return None

    def check(self, table: RawTable, year: int | None, keys: set[tuple[str, ...]]) -> None:
        """Loads or quarantines every row of one file. `keys` are those met in this table of this source."""
        counts = self.checked.counts.setdefault((table.source, table.file), Counts())
        self.checked.read.setdefault((table.table, year), 0)
        for row in table.rows:
            counts.read += 1
            self.checked.read[table.table, year] += 1
            fault: str | None = "it has more or fewer fields than the header"
            values: dict[str, str] = {}
            key: tuple[str, ...] = ()
            if len(row.fields) == len(table.columns):
                values = meant(table.table, self.values(table, row))
                key = key_of(table.table, as_read(table.table, values))
                fault = self.fault(table, values, year, key, keys)
            if table.table == "UASC" and values:
                self.checked.in_uasc.add(values["CHILD"])
            if fault is not None:
                counts.quarantined += 1
                self.checked.quarantine.append(
                    Quarantined(table.source, table.file, table.table, row.line, fault, tuple(row.fields))
                )
                continue
            counts.loaded += 1
            keys.add(key)
            good = without_unknown(table.table, values, year)
            counts.set_aside_values += sum(1 for column, value in good.items() if value != values[column])
            row_loaded = LoadedRow(table.table, year, good, frozenset(table.columns), table.source, key)
            self.checked.rows.setdefault(table.table, []).append(row_loaded)
            if table.table in ("Header", "children"):
                self.known_children.add(values["CHILD" if table.table == "Header" else "child_id"])
            if table.table == "programmes":
                self.known_programmes.add(values["programme_id"])


def check_sources(paths: Sequence[Path], collection_year: int | None) -> Checked:
    """Reads all sources and checks every row.

    Header and children come first, because they say which children are known; programmes before their sessions.
    Returns are taken in the order of their collection years (same year: the order given), extracts in the order given.
    """
    given = [read_source(path) for path in paths]
    returns = [source for source in given if source.is_return()]
    if collection_year is not None and len(returns) != 1:
        raise Refused("a collection year can be told only with exactly one return")
    years = {source.name: collection_year or collection_year_of(source) for source in returns}
    by_year = sorted(returns, key=lambda source: years[source.name])  # a stable sort: the same year keeps the order given
    checker = Checker()
    checker.checked.collection_years = years
    go_through(checker, {"same_child", "same_team"}, given, years)
    keep_last(checker.checked, "same_child")
    checker.same_child = followed({row.values["old_id"]: row.values["new_id"] for row in checker.checked.of("same_child")})
    checker.checked.same_team = same_teams(checker.checked, given)
    go_through(checker, {"Header"}, by_year, years)
    go_through(checker, {"children"}, given, years)
    go_through(checker, {"Episodes", "OC2", "UASC", "PrevPerm"}, by_year, years)
    go_through(checker, {"programmes"}, given, years)
    go_through(checker, set(EXTRACTS) - {"children", "programmes", "same_child", "same_team"}, given, years)
    for table in set(EXTRACTS) - {"same_child", "same_team"}:
        keep_last(checker.checked, table)
    beside_uasc(checker.checked, returns)
    used = {*SSDA903_TABLES, *EXTRACTS}
    provided(checker.checked, [table for source in given for table in source.tables if table.table in used])
    return checker.checked


def go_through(checker: Checker, wanted: set[str], order: Sequence[Source], years: dict[str, int]) -> None:
    """Checks the files of some tables, source by source."""
    for source in order:
        keys: dict[str, set[tuple[str, ...]]] = {}
        for table in source.tables:
            if table.table in wanted:
                year = years[source.name] if table.table in SSDA903_TABLES else None
                checker.check(table, year, keys.setdefault(table.table, set()))


def keep_last(checked: Checked, table: str) -> None:
    """Of rows of an extract with one key, keeps the last source's; of a child, column by column those that a source has."""
    kept: dict[tuple[str, ...], LoadedRow] = {}
    for row in checked.of(table):
        before = kept.get(row.key)
        if table == "children" and before is not None:
            values = {name: row.values[name] if name in row.columns else before.values[name] for name in row.values}
            row = LoadedRow(table, None, values, row.columns, row.source, row.key)
        kept[row.key] = row
    checked.rows[table] = list(kept.values())


def same_teams(checked: Checked, given: Sequence[Source]) -> dict[str, str]:
    """The last name of each team: a later source's word counts, and in one source the first."""
    teams: dict[str, str] = {}
    for source in given:
        of_source: dict[str, str] = {}
        for row in checked.of("same_team"):
            if row.source == source.name:
                of_source.setdefault(row.values["old"], row.values["new"])
        teams |= of_source
    return followed(teams)


def beside_uasc(checked: Checked, returns: Sequence[Source]) -> None:
    """Finds the children whose loaded Header row is of a return with a table UASC."""
    with_table = {source.name for source in returns if any(table.table == "UASC" for table in source.tables)}
    checked.beside_uasc = {row.child_id for row in checked.of("Header") if row.source in with_table}


def provided(checked: Checked, tables: Sequence[RawTable]) -> None:
    """Finds the tables that were provided: there without rows, or with at least one that is loaded."""
    for name in {table.table for table in tables}:
        counts = [checked.counts[table.source, table.file] for table in tables if table.table == name]
        if sum(each.loaded for each in counts) or not sum(each.read for each in counts):
            checked.provided.add(name)
    checked.with_episodes = {
        table.source for table in tables
        if table.table == "Episodes"
        and (checked.counts[table.source, table.file].loaded or not checked.counts[table.source, table.file].read)
    }
    plans = [table for table in tables if table.table == "education_plans"]
    giving = [table for table in plans if checked.counts[table.source, table.file].loaded] or plans
    if "education_plans" in checked.provided and all(set(PLAN_PARTS) <= set(table.columns) for table in giving):
        checked.provided.add("education_plan_parts")
    if any(row.values["carer_id"] for row in checked.of("carer_training")):
        checked.provided.add("carer_training_by_carer")
