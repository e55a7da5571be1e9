"""Measures made from others, so that no definition is written twice."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

from sqlalchemy.sql.elements import ColumnElement

from metrics.measures.kinds import Measure, Needed, Rows

M = TypeVar("M", bound=Measure)


def only(measure: M, words: str, condition: ColumnElement[bool], needs: Needed, *, id: str, title: str, nice: str) -> M:
    """The same measure for fewer children: `condition` narrows the denominator and `needs` a table, `words` follow its words.

    It is not shown with the other statements of the measure that it is made from.
    """
    denominator = Rows(f"{measure.denominator.words}, {words}", *measure.denominator.conditions, condition)
    return dataclasses.replace(
        measure, id=id, title=title, nice=nice, denominator=denominator, needs=(*measure.needs, needs), also_in=(), part_of=measure.id,
    )
