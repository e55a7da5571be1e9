"""The reference: what the data dictionary and the measures' definitions say, computed slowly and obviously.

It stands beside the project's fast load and SQL, and shares no code with them, not even constants. It is written from
the words of the two contracts alone, in plain Python: it walks through children, days and periods one by one, keeps
every child's days in scope as a set of dates, and counts. Where it and the project disagree, one of them has misread
the words. It knows nothing of disclosure, intervals or targets.

    database = load([folder_of_a_return, folder_of_extracts], as_at=date(2025, 3, 31))
    measure_rows(database, "education_plan", "quarter", by=("placement",), where={"sex": {"F"}})
        # {("2024-25 Q1", "foster_carer"): (3, 4), ...}
    additive_parts(database, "attendance", "year")   # each child's (attended, possible), for intervals
    database.counts, database.quarantine, database.placements, ...

    of_cohort(database, "looked_after")  # the same data, with children in care as those who are counted

Rows, lines and reasons: `database.counts` has rows read, loaded and quarantined by (source, file);
`database.quarantine` has the line of each bad row and a reason in the reference's own words.
Sources are folders of CSV only. `tests.generators` writes small random authorities for it and the project to read.

| module | holds |
|---|---|
| `layout` | tables, columns, keys and code lists, written out a second time on purpose |
| `reading`, `checking` | raw text, collection years, good rows and quarantine |
| `care` | episodes to arrangements, placements and care starts |
| `database` | merging returns, the as-at date, the contents |
| `periods`, `child_state` | labels, scope, arrangement at a date, age, groups |
| `statements_1_2`, `statements_3_4`, `measures` | every measure, unit by unit, and `measure_rows` |
"""

from tests.reference.database import ReferenceDatabase, load, of_cohort
from tests.reference.measures import LOCAL_CHOICES, MEASURES, additive_parts, has_numerator, measure_rows, value
from tests.reference.reading import Refused

__all__ = [
    "LOCAL_CHOICES",
    "MEASURES",
    "ReferenceDatabase",
    "Refused",
    "additive_parts",
    "has_numerator",
    "load",
    "measure_rows",
    "of_cohort",
    "value",
]
