"""A description for `sources.toml` of a file that nobody has described yet, with what it is unsure of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from config.code_lists import plain
from config.sources import Child, SourceDescription
from data_access.load.checking import specification as spec
from data_access.load.checking.reasons import SERIAL
from data_access.load.checking.specification import Kind
from data_access.load.drafting.columns import MONTH_FIRST, Column, column_of, fit, name_likeness, nearest
from data_access.load.drafting.looking import Look
from data_access.load.drafting.names import CHILD, FILE_WORDS, NAMES, UPN
from data_access.load.drafting.words import STILL_RUNS, read_by_a_load, words_of
from data_access.load.reading.described import TABLES, needed
from data_access.load.reading.values import DAY_FIRST, read_dates

NAMED_ALIKE = {Kind.FLAG: 65.0, Kind.TEXT: 70.0}
OTHERS_NAMED_ALIKE = 55.0
"""How much a column's name has to be like ours, of 100, whatever its values are: more where values tell little, as yes and no do."""

ENOUGH, SURE = 62.0, 84.0
"""The score from which on a column is proposed, and from which on that is not called a guess. Of 100."""

STATE = re.compile("status|complete|state|attended|outcome|result|approved", re.IGNORECASE)
"""Names of columns that may say which rows are wanted."""

PERSON = re.compile(
    r"((full|first|last|middle|family|given|known|as|preferred|legal|child|children|pupil|student|person|young|client|carer|worker|s) )*"
    "(name|names|forename|forenames|surname)"
)
"""Names of columns that hold people's names."""

CHANGING = re.compile(
    r"[0-9]+([-_. ]?[0-9]+)*|(?<![a-z])(autumn|spring|summer|january|february|march|april|may|june|july|august|september|october|november"
    r"|december|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|term)(?![a-z])", re.IGNORECASE,
)
"""What is another in next month's file."""

HINT, LACKING = 12.0, 25.0
"""What a word in the file's name adds to a table's score, and what a needed column that isn't there takes from it."""

OFTEN_LEFT_OUT = 0.4
OFTEN = {
    "domain": " Add one to the file that says social_emotional or parental_sensitivity in each row.",
    "instrument": " Add one to the file that says sdq_total in each row, or which instrument it was.",
}
"""Needed columns that an export of one questionnaire leaves out, and how much their lack tells, of that of another."""

VALUES_SAY = 60.0
"""What a name counts, of 100, where all values are words for the codes of a needed column: 'Outcome', with suspensions in it."""

SDQ = re.compile(r"(?<![a-z])sdq(?![a-z])|strengths and difficulties", re.IGNORECASE)

TOTALS = ("total", "grand total", "totals", "sub total", "overall total", "total rows", "end of report")


@dataclass(frozen=True)
class Match:
    """A column of ours and the file's that it is proposed to be, with the score of 100."""

    ours: str
    column: Column
    score: float


@dataclass(frozen=True)
class Draft:
    """What a file probably is. `columns` are all of the file's; `unsure` are sentences for the person who looks at it."""

    description: SourceDescription
    matches: Mapping[str, Match]
    columns: Sequence[Column]
    unsure: Sequence[str] = field(default_factory=tuple)


def draft(look: Look, becomes: str | None = None) -> Draft:
    """The proposal for a file that was looked at; for the table `becomes` where somebody has said which it is."""
    columns = [column_of(name, look.values(name)) for name in look.columns]
    wanted = [becomes] if becomes else list(TABLES)
    found = {name: _matches(TABLES[name], columns) for name in wanted}
    scores = {name: _table_score(TABLES[name], found[name], look.name) for name in wanted}
    order = sorted(wanted, key=lambda name: -scores[name])
    table, matches = TABLES[order[0]], found[order[0]]
    unsure = list(_about_table(order, scores))
    child = matches.pop(table.child, None) if table.child else None
    description = SourceDescription(
        becomes=table.name, file=_pattern(look.name), sheets=_sheets(look),
        header=None if look.header_first else "find", dates=_formats(matches, unsure), child=_child(child, table, unsure),
        ignore_rows=_totals(columns), last_day_included=_last_day_included(table, matches, look, unsure),
        columns={name: match.column.name for name, match in matches.items()}, values=_values(table, matches, unsure),
    )
    unsure += _about_columns(table, matches, child, columns)
    unsure += [*_about_values(table, matches, columns), *_about_names(matches, child, look)]
    if child:
        matches[table.child] = child
    return Draft(description, matches, columns, tuple(unsure))


def _matches(table: spec.Table, columns: Sequence[Column]) -> dict[str, Match]:
    """For each column of a table the file's that does best, each used once."""
    scored = sorted(
        (Match(ours, column, score) for ours in table.columns for column in columns
         if (score := _score(table, ours, column)) >= ENOUGH),
        key=lambda match: -match.score,
    )
    found: dict[str, Match] = {}
    for match in scored:
        if match.ours not in found and all(match.column is not other.column for other in found.values()):
            found[match.ours] = match
    if "domain" in table.columns and "domain" not in found and "instrument" in found:
        column = found["instrument"].column  # which instrument it was says of which domain it is
        if column.understood(words_of(table.rules["domain"])) > 0.5:
            found["domain"] = Match("domain", column, SURE)
    asked = found.get("domain")
    if asked and "instrument" not in found and any(SDQ.search(value) for value in asked.column.counts):
        found["instrument"] = Match("instrument", asked.column, SURE)
    return {name: found[name] for name in table.columns if name in found}


def _score(table: spec.Table, ours: str, column: Column) -> float:
    """How well a column would do, of 100: two thirds its name, one third its values. Values that can't be right make it nothing."""
    rule = table.rules[ours]
    if ours == table.child:
        by_name = max(name_likeness(column.name, ours, CHILD), name_likeness(column.name, "upn", UPN))
        # A UPN is the same in every system; an id may be another system's.
        if column.upns > 0.5:
            return max(by_name * 0.9, 100 * column.upns)
        return 0.0 if not _is_id(column) else by_name if column.counts else by_name * 0.9  # a filled column goes before an empty one
    # A name in place of an id would make one plan of a child's plans, and stay in the database; so would one in place of a team.
    said = plain(column.name)
    if column.upns > 0.5 or PERSON.fullmatch(said) or (ours.endswith("_id") and (not _is_id(column) or "date" in said.split())):
        return 0.0
    suits = 0.6 if ours.endswith("_id") else fit(column, rule)
    by_name = name_likeness(column.name, ours, NAMES.get(table.name, {}).get(ours, ()))
    if not column.counts and by_name > 95:
        suits = 0.6  # nothing is in it yet, and nothing speaks against it
    if rule.kind is Kind.DATE and column.serials > 0.8 and by_name > SURE:
        return by_name * 0.67
    if rule.kind is Kind.CODE and rule.required and suits > 0.95 and column.counts:
        by_name = max(by_name, VALUES_SAY)
    is_named = by_name >= NAMED_ALIKE.get(rule.kind, OTHERS_NAMED_ALIKE) or rule.exact
    if not is_named or (column.counts and rule.kind is not Kind.TEXT and suits < 0.4):
        return 0.0
    if rule.exact and suits > 0.95:
        by_name = max(by_name, 80.0)  # nothing else looks like marks
    return by_name * 0.67 + suits * 33 if rule.kind is not Kind.TEXT else by_name * 0.85 + suits * 20


def _is_id(column: Column) -> bool:
    """Whether values could be ids: no dates, and not mostly words."""
    words = [value for value in column.counts if not any(sign.isdigit() for sign in value)]
    return not column.counts or (column.dates < 0.5 and column.share(words) < 0.5)


def _table_score(table: spec.Table, matches: Mapping[str, Match], file: str) -> float:
    """How well a file would do as a table, of about 100. Every table has a child, so that tells nothing."""
    ids = {table.child, *table.one_of} - {"carer_id"}
    must = [name for name in needed(table) if name not in ids]
    scores = [_evidence(matches[name].score) if name in matches else 0.0 for name in must]
    optional = sorted((_evidence(match.score) for name, match in matches.items() if name not in must and name not in ids), reverse=True)
    evidence = [*scores, *[*optional, 0.0, 0.0, 0.0][: max(3 - len(scores), 0)]]
    lacking = sum(OFTEN_LEFT_OUT if name in OFTEN else 1.0 for name in must if name not in matches) + (bool(ids) and not ids & {*matches})
    further = sum(optional[max(3 - len(scores), 0) :][:4]) / 100 * 4
    lacking += table is spec.CARER_TRAINING and "carer_id" not in matches  # training by child is for who knows no carers
    said = "".join(re.findall("[a-z]+", file.lower()))
    hinted = HINT * any(word in said for word in FILE_WORDS[table.name])
    return sum(evidence) / len(evidence) - LACKING * lacking + further + hinted


def _evidence(score: float) -> float:
    """What a column tells of the table: a guess tells less."""
    return score if score >= SURE else score - 20.0


def _sheets(look: Look) -> Literal["all"] | tuple[str, ...] | None:
    """Which sheets are read: those with the same columns, of a workbook that has several."""
    return None if not look.several_sheets else "all" if set(look.alike) == set(look.sheets) else look.alike


def _about_table(order: Sequence[str], scores: Mapping[str, float]) -> list[str]:
    if len(order) > 1 and scores[order[1]] > scores[order[0]] - 8:
        return [f"becomes might also be {order[1]!r}: look at what the file is."]
    return []


def _child(match: Match | None, table: spec.Table, unsure: list[str]) -> Child | None:
    if match is None:
        return None
    if match.column.upns > 0.5:
        return Child.model_validate({"column": match.column.name, "is": "upn"})
    if match.score < 95:
        unsure.append(f"child: check that {match.column.name!r} has the ids that the return has in CHILD (strip and pad make them alike).")
    return Child.model_validate({"column": match.column.name, "is": "child_id"})


def _formats(matches: Mapping[str, Match], unsure: list[str]) -> tuple[str, ...] | None:
    formats = list(dict.fromkeys(each for match in matches.values() if match.column.dates > 0.4 for each in match.column.formats))
    month_first = [each for each in formats if each in MONTH_FIRST]
    if month_first:
        unsure.append(f"dates: {month_first[0]} has the month first. Some dates can only be read so; make sure that all are meant so.")
    return None if set(formats) <= {DAY_FIRST} else tuple(formats)


def _totals(columns: Sequence[Column]) -> dict[str, tuple[str, ...]]:
    """Columns in which a few rows say that they are totals."""
    found = {column.name: tuple(value for value in column.counts if plain(value) in TOTALS) for column in columns}
    return {name: values for name, values in found.items() if values}


def _last_day_included(table: spec.Table, matches: Mapping[str, Match], look: Look, unsure: list[str]) -> bool:
    """Whether end dates say the last day: then the next stretch begins a day later, or they are of whole months or school weeks."""
    if not table.interval or any(name not in matches for name in table.interval):
        return False
    dates = [read_dates(look.values(matches[name].column.name).str.strip_chars(), matches[name].column.formats) for name in table.interval]
    if _whole_months_or_weeks(*dates):
        return True
    start, end = (each.drop_nulls().unique() for each in dates)
    same, next_day = int(end.is_in(start.implode()).sum()), int(end.dt.offset_by("1d").is_in(start.implode()).sum())
    if not same and not next_day:
        unsure.append("last_day_included: set it to true if the end date is the last day itself and not the day after it.")
    return next_day > same


def _whole_months_or_weeks(start: pl.Series, end: pl.Series) -> bool:
    first, last = pl.col("first"), pl.col("last")
    month = (first.dt.day() == 1) & (last == last.dt.month_end())
    week = (first.dt.weekday() == 1) & last.dt.weekday().is_in([5, 7]) & ((last - first).dt.total_days() < 7)
    held = pl.DataFrame({"first": start, "last": end}).drop_nulls().select(whole=month | week)["whole"]
    return not held.is_empty() and bool(held.all())


def _values(table: spec.Table, matches: Mapping[str, Match], unsure: list[str]) -> dict[str, dict[str, str]]:
    """Values of coded columns that aren't understood as they are: with what they probably mean."""
    found: dict[str, dict[str, str]] = {}
    for name, match in matches.items():
        rule = table.rules[name]
        words = words_of(rule)
        if name == "instrument" and (said := [value for value in match.column.counts if SDQ.search(value) and value != "sdq_total"]):
            found[name] = dict.fromkeys(said, "sdq_total")
            unsure.append(f"values.{name}: {said[0]!r} is taken for the total difficulties score of the SDQ.")
        runs = [value for value in match.column.counts if rule.kind is Kind.DATE and not rule.required and plain(value) in STILL_RUNS]
        if runs:
            found[name] = dict.fromkeys(runs, "")
            unsure.append(f"values.{name}: {', '.join(map(repr, runs))} is taken for a blank.")
        if not words or rule.exact:
            continue
        read = read_by_a_load(rule)
        unread = [value for value in match.column.counts if plain(value) not in read]
        meant = {value: meaning for value in unread if (meaning := nearest(value, words)) is not None}
        if meant:
            found[name] = meant
            unsure.append(f"values.{name}: guessed for {', '.join(map(repr, list(meant)[:5]))}. Check what they mean.")
        others = [value for value in unread if value not in meant]
        if others:
            unsure.append(f"values.{name}: nothing found for {', '.join(map(repr, others[:5]))}{' …' if len(others) > 5 else ''}.")
    return found


def _about_columns(table: spec.Table, matches: Mapping[str, Match], child: Match | None, columns: Sequence[Column]) -> list[str]:
    said = [f"columns.{name}: {match.column.name!r} is a guess." for name, match in matches.items() if match.score < SURE]
    have = {*matches, *([table.child] if child else [])}
    said += [f"{name} is needed, and no column was found for it.{OFTEN.get(name, '')}" for name in needed(table) if name not in have]
    if table.one_of and have.isdisjoint(table.one_of):
        said.append(f"{' or '.join(table.one_of)} is needed, and no column was found for it.")
    used = {match.column.name for match in matches.values()} | ({child.column.name} if child else set())
    states = [column.name for column in columns if column.name not in used and STATE.search(column.name)]
    return said + [f"only: rows may be wanted for some values of {name!r} only." for name in states[:2]]


def _about_values(table: spec.Table, matches: Mapping[str, Match], columns: Sequence[Column]) -> list[str]:
    """What is not read of the columns, and which others have the name but not the values."""
    said = list[str]()
    for name, match in matches.items():
        rule = table.rules[name]
        comma = next((value for value in match.column.counts if "," in value), None)
        if comma and rule.kind in (Kind.NUMBER, Kind.WHOLE):
            said.append(f"columns.{name}: {comma!r} has a comma, and such rows would be quarantined. Export numbers with a point.")
        if rule.kind is Kind.FLAG and match.column.filled < match.column.rows and set(map(_meaning, match.column.counts)) == {"1"}:
            said.append(f'values.{name}: a blank is not known. Add "" = 0 if a blank means no.')
        if rule.kind is Kind.DATE and match.column.serials > 0.8:
            said.append(f"{name}: {match.column.name!r} has such a name, but {_no_date(next(iter(match.column.counts)))}")
    used = {match.column.name for match in matches.values()}
    for name, match in matches.items():
        known = NAMES.get(table.name, {}).get(name, ())
        dated = [each.name for each in columns if each.name not in used and each.dates > 0.8]
        more = [each for each in dated if name_likeness(each, name, known) > SURE]
        if more and table.rules[name].kind is Kind.DATE and re.search("[0-9]", match.column.name):
            said.append(f"columns.{name}: {', '.join(map(repr, more))} may be more of them. Describe the file once more for each.")
    for name in (each for each in table.columns if each not in matches and table.rules[each].kind is Kind.DATE):
        known = NAMES.get(table.name, {}).get(name, ())
        named = [each for each in columns if each.counts and each.name not in used and name_likeness(each.name, name, known) > SURE]
        said += [f"{name}: {each.name!r} has such a name, but {_no_date(next(iter(each.counts)))}" for each in named[:1]]
    return said


def _meaning(value: str) -> str | None:
    return nearest(value, words_of(spec.FLAG))


def _no_date(value: str) -> str:
    if SERIAL.fullmatch(value):
        return f"{value!r} looks like Excel's number of a day. Format the column as dates before it is exported."
    return f"{value!r} is no date that can be read. Say in dates how it is written, or export it as DD/MM/YYYY."


def _about_names(matches: Mapping[str, Match], child: Match | None, look: Look) -> list[str]:
    used = [match.column.name for match in (*matches.values(), *([child] if child else []))]
    twice = [name for name in look.twice if name in used]
    line = look.rows[look.header][0]
    above = [f"A column has no name, and {name!r} stands above: write that into row {line}." for name in look.named_above]
    return above + [f"More than one column is called {name!r}, and such a file is refused. Rename all but one." for name in twice]


def _pattern(name: str) -> str:
    """A pattern for this month's file and next month's: digits, and words of months and terms, may be others."""
    stem, dot, suffix = name.rpartition(".")
    if name.lower().endswith(".csv.gz"):
        stem, dot, suffix = name[: -len(".csv.gz")], ".", "csv.gz"
    pattern = re.sub(r"\*([-_ .&]*\*)+", "*", CHANGING.sub("*", stem))
    if not any(sign.isalpha() for sign in pattern):
        pattern = stem  # '*.csv' would take the files of a return, too
    return re.sub(r"[\[\]]", "?", pattern) + dot + suffix
