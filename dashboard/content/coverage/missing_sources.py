"""Which tables were not loaded that a measure needs, and how many measures each of them would bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.text.formatting import listing, plural
from metrics.measures.kinds import Measure
from metrics.summary.coverage import Covered, needed

TABLES = {
    "sdq_scores": "outcome_scores", "arrangements": "care_arrangements", "prev_perm": "PrevPerm", "education_plan_parts": "education_plans",
}
"""The table that brings what coverage or a fact is kept of under another name; the rest have the table's own name."""


@dataclass(frozen=True)
class Brings:
    """What a table that was not loaded would bring: so many measures by itself, and so many more with others, by their names."""

    table: str
    alone: int
    together: Mapping[tuple[str, ...], int]

    @property
    def words(self) -> str:
        """How many measures, in words: '3 measures; with programme_sessions as well, 1 more'."""
        noun, nouns = ("more", "more") if self.alone else ("measure", "measures")
        more = [f"with {listing(others)} as well, {plural(count, noun, nouns)}" for others, count in self.together.items()]
        return "; ".join([*([plural(self.alone, "measure")] if self.alone else []), *more])


def missing_tables(measure: Measure, covered: Covered) -> frozenset[str]:
    """The tables that a measure needs and that were in no source; empty for a measure that says nothing of who is counted."""
    if covered.cohort in measure.no_data_in:
        return frozenset()
    without = {name for name in measure.sources if name not in covered.provided}
    without |= {
        each.table for each in needed(measure, covered.cohort, covered.provided)
        if not any(intervals.get(each.table) for intervals in covered.by_authority.values())
    }
    return frozenset(TABLES.get(name, name) for name in without)


def would_bring(measures: Iterable[Measure], covered: Covered) -> list[Brings]:
    """What each table that is missing would bring, what brings most by itself first."""
    sets = Counter(missing for measure in measures if (missing := missing_tables(measure, covered)))
    found = [
        Brings(
            table, sets[frozenset({table})],
            {tuple(sorted(each - {table})): count for each, count in sets.items() if table in each and len(each) > 1},
        )
        for table in sorted(frozenset().union(*sets))
    ]
    return sorted(found, key=lambda each: (-each.alone, -sum(each.together.values()), each.table))
