"""All of England at once on DuckDB: its cells against SQL written by hand, and a summary, from a made-up England."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from data_access.engines import engine
from metrics.measures.catalogue import measures
from tests.bench.cells import GRAIN, compare, count_by_hand, open_by_hand, prepared
from tests.bench.england import england
from tests.bench.measuring import Row, median_seconds

CELLS_AIM, SUMMARY_AIM_MILLISECONDS = 1.5, 50
TIMES = 3


def rows(authorities: int) -> list[Row]:
    """For so many authorities. Raises OtherCounts when the SQL by hand and ours would not count the same."""
    words = f"{authorities} authorit{'ies' if authorities > 1 else 'y'}"
    with tempfile.TemporaryDirectory() as folder:
        database = f"duckdb:///{Path(folder) / 'england.duckdb'}"
        england(database, authorities)
        reader = engine(database)
        with open_by_hand(database) as connection:
            count_by_hand(connection, areas=authorities > 1)
            reporting = prepared(reader)
            compare(reporting, connection)
            computed, written = median_seconds(
                TIMES, lambda: prepared(reader), lambda: count_by_hand(connection, areas=authorities > 1),
            )

    def every(by: Sequence[str]) -> None:
        for measure in measures():
            reporting.summary(measure, GRAIN, by=by, where={"sex": ("F",)})

    every(())
    filtered, by_area = (seconds / len(measures()) for seconds in median_seconds(9, lambda: every(()), lambda: every(("region",))))
    return [
        Row(f"cells of all measures against SQL by hand, {words}", computed / written, "times", CELLS_AIM, computed),
        Row(f"a summary under a filter, {words}", filtered * 1000, "ms", SUMMARY_AIM_MILLISECONDS),
        Row(f"a summary under a filter by region, {words}", by_area * 1000, "ms", SUMMARY_AIM_MILLISECONDS),
    ]
