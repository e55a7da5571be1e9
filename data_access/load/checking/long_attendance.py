"""Checking attendance that is too long for memory, a part at a time: what comes out is what checking it whole would have given."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

import polars as pl

from data_access.load.checking import specification as spec
from data_access.load.checking.duplicate_keys import Repeats
from data_access.load.checking.outcome import QUARANTINE, Judged, quarantined
from data_access.load.checking.rows import REASON, ROW, YEAR, check_rows, good_rows, refuse_rows
from data_access.load.reading.batches import Batches, SpilledFrames
from data_access.load.reading.files import Raw
from data_access.load.reading.source_table import SourceTable

DAY_ONE = 800_000
"""Makes the number of any day since the year 1 positive; it then takes 22 bits."""


@dataclass(frozen=True)
class LongTable:
    """Attendance that is on the disk: the rows that are loaded, the children in them, their latest date, what became of each file, and
    how many rows a later source replaced."""

    rows: Batches
    children: Set[str]
    latest: datetime.date | None
    judged: dict[int, Judged]
    replaced: int


@dataclass(frozen=True)
class _Part:
    source: SourceTable
    file: int
    raw: Sequence[Raw]
    number: int


def check_long(
    groups: Sequence[Sequence[tuple[int, SourceTable]]], hold: Callable[[pl.DataFrame], pl.DataFrame], known: Set[str],
) -> LongTable:
    """Checks the attendance of several sources, each of one file or more, in the order in which later ones replace earlier ones. `hold`
    holds checked rows against other tables; `known` are the children that a good row can have."""
    numbered = [(group, file, source) for group, files in enumerate(groups) for file, source in files]
    placed = [(group, _Part(source, file, source.raw.parts, number)) for group, file, source in numbered
              for number in range(len(source.raw.parts))]
    parts = [part for _, part in placed]
    repeats = Repeats(sum(source.rows_read for _, _, source in numbered), [group for group, _ in placed])
    children = pl.Enum(sorted(known))
    checked, found, latest = list[SpilledFrames](), set[str](), list[datetime.date]()
    read, without_reason = list[int](), list[int]()
    for place, part in enumerate(parts):
        raw = part.raw[part.number]
        frame = hold(check_rows(replace(part.source, raw=raw), part.file))
        if not checked:
            checked.append(SpilledFrames(frame.schema))
        checked[0].add(frame)
        good = frame.with_row_index("_place").filter(pl.col(REASON).is_null())
        read.append(raw.rows_read)
        without_reason.append(good.height)
        repeats.add(place, _keys(good, children), good["_place"])
        found |= set(good["child_id"].unique())
        latest += [date for date in [good["date"].max()] if isinstance(date, datetime.date)]
    repeats.settle()
    table = _Checked(parts, checked[0], repeats, read, [good - len(repeats.of(place)) for place, good in enumerate(without_reason)])
    replaced = sum(len(repeats.replaced(place)) for place in range(len(parts)))
    return LongTable(table.good(), found, max(latest, default=None), table.judged(), replaced)


def _keys(good: pl.DataFrame, children: pl.Enum) -> pl.Series:
    """A number for each good row that no row with another key has."""
    child = pl.col("child_id").cast(children).to_physical().cast(pl.UInt64)
    day = (pl.col("date").cast(pl.Int32) + DAY_ONE).cast(pl.UInt64)
    return good.select((child * 2**22 + day) * 2 + (pl.col("session") == "PM").cast(pl.UInt64)).to_series()


class _Checked:
    """All parts after checking, and how many rows of each were read and are loaded."""

    def __init__(
        self, parts: Sequence[_Part], checked: SpilledFrames, repeats: Repeats, read: Sequence[int], loaded: Sequence[int],
    ) -> None:
        self.parts, self.checked, self.repeats, self.read, self.loaded = parts, checked, repeats, read, loaded

    def __getitem__(self, place: int) -> pl.DataFrame:
        repeats = self.repeats.of(place)
        return refuse_rows(self.checked[place], repeats, spec.ATTENDANCE) if len(repeats) else self.checked[place]

    def _kept(self, place: int) -> pl.DataFrame:
        """The rows of a part that no later source replaces."""
        replaced = self.repeats.replaced(place)
        checked = self[place]
        if not len(replaced):
            return checked
        return checked.with_row_index("_place").filter(~pl.col("_place").is_in(replaced.implode())).drop("_place")

    def good(self) -> Batches:
        def frames() -> Iterator[pl.DataFrame]:
            return (_with_year(good_rows(self._kept(place))) for place in range(len(self.parts)))

        return Batches(next(frames()).schema, frames)

    def judged(self) -> dict[int, Judged]:
        """What became of each file, by its number."""
        return {file: self._judged(file) for file in dict.fromkeys(part.file for part in self.parts)}

    def _judged(self, file: int) -> Judged:
        places = [place for place, part in enumerate(self.parts) if part.file == file]

        def frames() -> Iterator[pl.DataFrame]:
            for place in places:
                part = self.parts[place]
                if self.loaded[place] < self.read[place]:
                    yield quarantined(part.source, part.raw[part.number], self[place].select(ROW, REASON))

        return Judged(sum(self.loaded[place] for place in places), Batches(QUARANTINE, frames))


def _with_year(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.lit(None, dtype=pl.Int32).alias(YEAR))
