"""How a table is written to disk: encodings, line ends, quotes, spaces, spoilt and repeated rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

Row = dict[str, str]

JUNK = ("zz", "ZZ", "?", "99", "-1", "41", "2024-02-30", "2023-02-29", "30/02/2024", "29/02/2023", "2024-1-5", "1/4/2024", "X9")
"""Values that are wrong in most columns. None is a date that both or either format can read."""

TELLING: dict[str, tuple[str, ...]] = {
    "SDQ_SCORE": ("41", "17.5", "SDQ1", "-1"),
    "SEX": ("1", "2", "M", "m"),
    "PLACE": ("H5", "K3", "P2", "Z1", "Z11", "T5", "u4"),
    "LS": ("V1", "c2", "L4"),
    "RNE": ("s", "X"),
    "REC": ("E10", "E4", "x1"),
    "ETHNIC": ("WHIT", "wbri"),
    "PREV_PERM": ("P5", "Z2"),
    "status": ("Confirmed", "suspected"),
    "score": ("41", "-1", "17,5", "high"),
    "mark": ("Y8", "JJ", "C3", "."),
    "session": ("EV", "1"),
}
"""Values a careless check would let through; some are right in another year or for another instrument."""


@dataclass(frozen=True)
class Dirt:
    """How often something is wrong with a row, as shares of 1."""

    spoilt: float
    blanked: float
    repeated: float
    ragged: float


CLEAN = Dirt(0, 0, 0, 0)
USUAL = Dirt(0.02, 0.03, 0.02, 0.01)
FILTHY = Dirt(0.08, 0.08, 0.06, 0.04)


def _spoil(random: Random, row: Row, columns: Sequence[str]) -> None:
    telling = [column for column in columns if column in TELLING]
    if telling and random.random() < 0.5:
        column = random.choice(telling)
        row[column] = random.choice(TELLING[column])
    else:
        row[random.choice(columns)] = random.choice(JUNK)


def _dirty(
    random: Random, rows: list[Row], columns: Sequence[str], dirt: Dirt, end_before_start: tuple[str, str] | None
) -> list[Row]:
    """Copies of the rows, some of them spoilt, blanked in a column, swapped in their dates or repeated."""
    out: list[Row] = []
    for row in rows:
        copy = dict(row)
        if random.random() < dirt.blanked:
            copy[random.choice(columns)] = ""
        if random.random() < dirt.spoilt:
            _spoil(random, copy, columns)
        if end_before_start and random.random() < dirt.spoilt:
            start, end = end_before_start
            copy[start], copy[end] = copy[end], copy[start]
        out.append(copy)
        if random.random() < dirt.repeated:
            again = dict(row)
            if random.random() < 0.6:
                column = random.choice(columns)
                again[column] = random.choice([random.choice(rows)[column], ""])
            out.insert(random.randint(0, len(out)), again)
    return out


def _cells(random: Random, row: Row, columns: Sequence[str], dirt: Dirt) -> list[str]:
    cells = [row.get(column, "") for column in columns]
    if random.random() < 0.03:
        place = random.randrange(len(cells))
        cells[place] = f" {cells[place]}  "
    if random.random() < dirt.ragged:
        if random.random() < 0.5:
            cells.append("")
        else:
            cells.pop()
    return cells


def write_table(
    random: Random,
    path: Path,
    columns: Sequence[str],
    rows: list[Row],
    dirt: Dirt,
    end_before_start: tuple[str, str] | None = None,
) -> None:
    """Writes one CSV file. The columns come in any order, with another one now and then."""
    order = list(columns)
    if random.random() < 0.3:
        random.shuffle(order)
    if random.random() < 0.2:
        order.insert(random.randint(0, len(order)), "LOCAL_NOTE")
    buffer = io.StringIO(newline="")
    line_end = random.choice(["\n", "\r\n"])
    all_quoted = random.random() < 0.2
    writer = csv.writer(buffer, lineterminator=line_end, quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL)
    writer.writerow(order)
    for row in _dirty(random, rows, columns, dirt, end_before_start):
        writer.writerow(_cells(random, row, order, dirt))
        if random.random() < dirt.ragged:
            buffer.write(line_end)
    text = buffer.getvalue()
    if random.random() < 0.1:
        text = text.removesuffix(line_end)
    path.write_bytes(text.encode(random.choice(["utf-8", "utf-8", "utf-8-sig", "cp1252"])))
