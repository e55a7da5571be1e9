"""Which source tables were provided: a table that is there and empty is a fact, one of which no row could be loaded is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import polars as pl

from config.code_lists import EDUCATION_PLAN_PARTS
from data_access.load.checking import specification as spec
from data_access.load.checking.outcome import Judged
from data_access.load.reading.source_table import SourceTable
from data_access.load.ssd import mapping as ssd

EDUCATION_PLANS_WITH_PARTS = "education_plan_parts"
"""Provided where every source that gave plans has all four columns of what is in them."""

TRAINING_BY_CARER = "carer_training_by_carer"
"""Provided where a loaded row of carer_training says the carer."""


def provided_tables(
    tables: Sequence[SourceTable], judged: Mapping[int, Judged], frames: Mapping[spec.Table, pl.DataFrame],
    before: Set[str] = frozenset(),
) -> frozenset[str]:
    """The names of the source tables that were provided, and of what some of them need not have; `before` are those of earlier loads."""
    read: dict[str, int] = {}
    loaded: dict[str, int] = {}
    for number, each in enumerate(tables):
        if each.table not in ssd.TABLES:
            read[each.table.name] = read.get(each.table.name, 0) + each.rows_read
            loaded[each.table.name] = loaded.get(each.table.name, 0) + judged[number].loaded
    provided = {name for name in read if loaded[name] or not read[name]}
    provided |= before - {EDUCATION_PLANS_WITH_PARTS}
    provided |= {name for table, name in ssd.STANDS_FOR.items() if not frames[table].is_empty()}
    lacking = spec.EDUCATION_PLANS.name in before and EDUCATION_PLANS_WITH_PARTS not in before
    if spec.EDUCATION_PLANS.name in provided and not lacking and _plans_have_parts(tables, judged):
        provided.add(EDUCATION_PLANS_WITH_PARTS)
    if frames[spec.CARER_TRAINING]["carer_id"].null_count() < frames[spec.CARER_TRAINING].height:
        provided.add(TRAINING_BY_CARER)
    return frozenset(provided)


def _plans_have_parts(tables: Sequence[SourceTable], judged: Mapping[int, Judged]) -> bool:
    files = [(each, judged[number].loaded) for number, each in enumerate(tables) if each.table is spec.EDUCATION_PLANS]
    giving = [each for each, loaded in files if loaded] or [each for each, _ in files]
    return all(each.has(part) for each in giving for part in EDUCATION_PLAN_PARTS)
