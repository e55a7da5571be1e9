"""The real files of published figures, read the slow and obvious way."""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parent / "published"
FILES = tuple(sorted(FOLDER.glob("*.csv")))
ABSENCE = FOLDER / "absence_la.csv"
PLACEMENTS = FOLDER / "la_cla_placement_stability.csv"
HEALTH = FOLDER / "la_conviction_health_outcome_cla.csv"
NEIGHBOURS = FOLDER / "sn_model_2025_wide.csv"
# Series: its file, its column, and what its rows hold.
WHERE = {
    "absence": (ABSENCE, "pt_overall", ("CLA 12 months at 31 March", "Total")),
    "persistent_absence": (ABSENCE, "pt_pupils_pa_10_exact", ("CLA 12 months at 31 March", "Total")),
    "sdq_average": (HEALTH, "children_count", ("Ages 5 to 16 years with SDQ score", "SDQ average score")),
    "sdq_concern": (HEALTH, "children_percent", ("Ages 5 to 16 years with SDQ score", "SDQ score is a cause for concern")),
    "three_or_more_placements": (PLACEMENTS, "children_percent", ("CLA on 31 March", "With 3 or more placements during the year")),
}
AREAS = {"England": "E92000001", "South West": "E12000009", "Inner London": "E13000001", "Kent": "886", "Camden": "202", "Dorset": "838"}
"""A country, two regions and three authorities, with their codes."""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def values_of(series: str, code: str) -> dict[str, str]:
    """A figure of an area by year, as the file has it."""
    path, column, held = WHERE[series]
    return {
        row["time_period"]: row[column] for row in rows_of(path)
        if set(held) <= set(row.values())
        and code == {"National": row["country_code"], "Regional": row["region_code"]}.get(row["geographic_level"], row["old_la_code"])
    }
