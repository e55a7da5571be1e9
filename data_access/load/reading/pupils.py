"""Which child a UPN is of, as the Headers of the loaded returns say. UPNs stay in memory, and only as long as a load takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from data_access.load.reading.source_table import SourceTable

NO_UPN = ("UN1", "UN2", "UN3", "UN4", "UN5")
"""What a return says in place of a UPN: why there is none."""


def children_by_upn(headers: Sequence[pl.DataFrame]) -> Mapping[str, str]:
    """The child of each UPN, from the good Header rows of each return (CHILD and UPN, with new ids for those that changed).

    The latest return that has a UPN says whose it is; `headers` are in the order of their years. A UPN of two children in it is nobody's.
    """
    found: dict[str, str | None] = {}
    for header in reversed(headers):
        its: dict[str, set[str]] = {}
        for child, upn in header.select("CHILD", pl.col("UPN").str.strip_chars().str.to_uppercase()).iter_rows():
            if upn and upn not in NO_UPN:
                its.setdefault(upn, set()).add(child)
        for upn, children in its.items():
            found.setdefault(upn, children.pop() if len(children) == 1 else None)
    return {upn: child for upn, child in found.items() if child is not None}


def with_pupils(tables: Sequence[SourceTable], headers: Sequence[pl.DataFrame]) -> list[SourceTable]:
    """The tables, those that name children by UPN with whose each UPN is."""
    if not any(each.by_upn for each in tables):
        return list(tables)
    upns = children_by_upn(headers)
    return [replace(each, upns=upns) if each.by_upn else each for each in tables]
