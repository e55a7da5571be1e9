"""The overview's findings: what each measure gives, and in which order to look at them. No drawing here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.view import View
from metrics.catalogue import measures, measures_of, statement_of
from metrics.kinds import Measure
from metrics.targets import TargetStatus
from metrics.trend import Trend


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
    found = [_line(view, measure) for measure in measures()]
    return sorted(found, key=_urgency)


def of_statement(found: Sequence[Line], number: int | None) -> list[Line]:
    """The lines of the measures that a statement's page shows; all of them for None."""
    if number is None:
        return list(found)
    ids = {measure.id for measure in measures_of(number)}
    return [line for line in found if line.measure.id in ids]


def with_finding(found: Sequence[Line], finding: Finding | None) -> list[Line]:
    """The lines that give a finding; all of them for None."""
    return [line for line in found if finding is None or finding in line.findings]


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


