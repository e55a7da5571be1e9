"""The overview's findings: what each measure gives, and in which order to look at them. No drawing here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import polars as pl

from dashboard.content.view import View
from dashboard.text.formatting import NO_VALUE, cell_words, period_words, plural, where_words
from metrics.judgement.targets import TargetStatus
from metrics.judgement.trend import Trend
from metrics.measures.catalogue import measures, measures_of, statement_of
from metrics.measures.cohort_words import children_of
from metrics.measures.kinds import Measure


class Finding(StrEnum):
    """What a measure gives; a measure can give concern and miss its target at once. HIDDEN is of its latest complete period."""

    CONCERN = "concern"
    MISSING_TARGET = "missing target"
    HIDDEN = "hidden"
    NO_DATA = "no data"


@dataclass(frozen=True)
class Line:
    """One measure of the overview: `statement` is the number of the page that shows it."""

    measure: Measure
    statement: int
    trend: Trend
    findings: frozenset[Finding]


def lines(view: View) -> list[Line]:
    """Every measure once: concern first (of these, those that miss their target), then missing target, the rest, no data last."""
    found = [_line(view, measure) for measure in measures(view.reporting.cohort)]
    return sorted(found, key=_urgency)


def lines_of(view: View, number: int) -> list[Line]:
    """The measures that a statement's page shows, in its order."""
    return [replace(_line(view, measure), statement=number) for measure in measures_of(number, view.reporting.cohort)]


def of_statement(found: Sequence[Line], number: int | None) -> list[Line]:
    """The lines of the measures that a statement's page shows; all of them for None."""
    if number is None:
        return list(found)
    ids = {measure.id for measure in measures_of(number)}
    return [line for line in found if line.measure.id in ids]


def with_finding(found: Sequence[Line], finding: Finding | None) -> list[Line]:
    """The lines that give a finding; all of them for None."""
    return [line for line in found if finding is None or finding in line.findings]


def told_words(found: Sequence[Line]) -> str:
    """How many measures have a number, and for which period: 'Of 29 measures, 12 have a number for July to September 2026'."""
    told = sorted((line.trend.latest for line in found if line.trend.latest), key=lambda row: row["period_end"], reverse=True)
    if not told:
        return "No measure has a number yet"
    all_of_them, verb = plural(len(found), "measure"), "has" if len(told) == 1 else "have"
    first = f"All {all_of_them} have a number" if len(told) == len(found) > 1 else f"Of {all_of_them}, {len(told)} {verb} a number"
    (latest, count), *earlier = Counter(period_words(row) for row in told).items()
    if earlier:
        before = len(told) - count
        return f"{first}: {count} for {latest} and {before} for {'an earlier period' if before == 1 else 'earlier periods'}"
    return f"{first} for {latest}"


def in_order(found: Sequence[Line], order: str) -> list[Line]:
    """The lines by statement, title, value (highest first), change (worst first) or target (missed first); as they are for any other."""
    keys: dict[str, Callable[[Line], tuple[float, str]]] = {
        "statement": lambda line: (line.statement, ""), "title": lambda line: (0, line.measure.title),
        "value": lambda line: (-(line.trend.latest["value"] if line.trend.latest else -math.inf), ""),
        "change": lambda line: (_CHANGES.index((line.trend.variation or "").split("_")[0]), ""),
        "target": lambda line: (_STATUSES.index(line.trend.target_status), ""),
    }
    return sorted(found, key=keys[order]) if order in keys else list(found)


_CHANGES = ("concern", "common", "improvement", "")
_STATUSES = (TargetStatus.MISSED, TargetStatus.NOT_CLEAR, TargetStatus.MET, None)


def rows(found: Sequence[Line], view: View) -> pl.DataFrame:
    """The lines as a table for a file: a row a measure with its latest complete period; what a page would leave empty is null."""
    numbers = ("period", "period_start", "period_end", "numerator", "denominator", "value", "lower", "upper", "state", "target")
    table = [{
        "measure": line.measure.id, "title": line.measure.title, "statement": line.statement, "better": line.measure.better.value,
        **{name: (line.trend.latest or {}).get(name) for name in numbers},
        "shown_as": cell_words(line.measure, line.trend.latest) if line.trend.latest else NO_VALUE,
        "target_status": line.trend.target_status.value if line.trend.target_status else None, "variation": line.trend.variation,
        "assurance": line.trend.assurance, "concern": Finding.CONCERN in line.findings,
        "filters": where_words(view.filters.where, view.part, children_of(line.measure, view.reporting.cohort)), "sharing": view.sharing,
    } for line in found]
    return pl.DataFrame(table, infer_schema_length=None)


def _line(view: View, measure: Measure) -> Line:
    trend = view.trend(measure)
    findings = {
        Finding.CONCERN: (trend.variation or "").startswith("concern"),
        Finding.MISSING_TARGET: trend.target_status == TargetStatus.MISSED,
        Finding.HIDDEN: trend.hidden_since is not None,
        Finding.NO_DATA: trend.latest is None and trend.hidden_since is None,
    }
    return Line(measure, statement_of(measure).number, trend, frozenset(finding for finding, given in findings.items() if given))


def _urgency(line: Line) -> tuple[bool, bool, bool]:
    return line.trend.latest is None, Finding.CONCERN not in line.findings, Finding.MISSING_TARGET not in line.findings


