"""Released periods: the rows that their numbers are made from and what is hidden of them, written down and read back.

What is hidden of a period may depend on the periods that are worked out with it: measures share what is hidden where they count the same
children, and whether they do is seen in all periods together. So a released period comes with what was hidden of it.
"""

from __future__ import annotations

import base64
import datetime
import functools
import hashlib
import io
import itertools
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from config.disclosure import DisclosureRules
from metrics.breakdowns import EVERY
from metrics.cells import cells_schema, cells_select
from metrics.disclosure.audit import Mask
from metrics.disclosure.family import ALL, Axis, Codes
from metrics.disclosure.protection import METHOD, Protected
from metrics.disclosure.select import CHILD, children_schema, children_select
from metrics.disclosure.tables import Pattern
from metrics.kinds import Measure
from metrics.quality import DATED
from metrics.reads import SDQ, overlap, reads
from metrics.unit import Scope, Unit

_TOLERANCE = 1e-6
"""Between two sums of scores: engines add them up in any order."""
_ANY_DAY = datetime.date(2000, 1, 1)

Pair = tuple[str, str]


@dataclass(frozen=True)
class Hidden:
    """What was hidden of one period. `groups`: of each breakdown, in the order of the masks. `masks`: by pair of breakdowns, of shape
    (groups, groups). `denominators` and `values`: by measure, which of the masks are its own."""

    groups: Mapping[str, tuple[str, ...]]
    masks: tuple[Mapping[Pair, Mask], ...]
    denominators: Mapping[str, int]
    values: Mapping[str, int]


def fingerprint(unit: Unit, measures: tuple[Measure, ...], grain: str, areas: bool, rules: DisclosureRules) -> str:
    """Of how a unit's numbers are counted and hidden: another one where the SQL, the columns, the rules or the method are others."""
    said = json.dumps([*_counted(unit, measures, grain, areas), rules.model_dump(), METHOD], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


@functools.lru_cache(maxsize=256)
def _counted(unit: Unit, measures: tuple[Measure, ...], grain: str, areas: bool) -> tuple[list[str], list[dict[str, str]]]:
    """The SQL that counts and the columns it gives. Kept, because it takes longer to write the SQL out than all else that is asked here."""
    scope = Scope(grain, _ANY_DAY, None, areas)
    statements = [
        str(select(unit, measures, scope).compile(compile_kwargs={"literal_binds": True})) for select in (cells_select, children_select)
    ]
    schemas = [
        {name: str(type_) for name, type_ in schema.items()}
        for schema in (cells_schema(measures, areas), children_schema(unit, measures, areas))
    ]
    return statements, schemas


def needed_sources(measures: Iterable[Measure]) -> frozenset[str]:
    """The source tables without which measures lack their numerators, or some of the children (or events) that they count."""
    tables = [*((table.source, table.read) for table in DATED), ("OC2", SDQ)]
    return frozenset().union(*(
        measure.sources() | {source for source, table in tables if any(overlap(read, table) for read in reads(measure))}
        for measure in measures
    ))


def rows_to_bytes(rows: pl.DataFrame, period: str) -> bytes:
    """The rows of one period as Parquet. Children have numbers of the period's own, so that none can be followed into another."""
    kept = rows.filter(pl.col("period") == period).sort(pl.all())
    if CHILD in kept.columns:
        kept = kept.with_columns(pl.col(CHILD).rank("dense").cast(pl.Int64))
    written = io.BytesIO()
    kept.write_parquet(written, compression="zstd")
    return written.getvalue()


def rows_from_bytes(released: Iterable[bytes], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """The rows of several periods together."""
    return pl.concat([pl.DataFrame(schema=schema), *(pl.read_parquet(io.BytesIO(rows)) for rows in released)])


def hidden_to_bytes(protected: Protected, period: str) -> bytes:
    """What is hidden of one period, as compressed JSON."""
    index = protected.periods.index(period)
    groups = {name: axis.groups for name, axis in protected.axes.items() if name in EVERY}
    pairs = _pairs(groups)
    number: dict[bytes, int] = {}

    def numbered(patterns: Mapping[str, Pattern]) -> dict[str, int]:
        found = {}
        for measure, pattern in patterns.items():
            bits = np.packbits(np.concatenate([pattern.of(*pair)[index].ravel() for pair in pairs])).tobytes()
            found[measure] = number.setdefault(bits, len(number))
        return found

    denominators, values = numbered(protected.denominators), numbered(protected.values)
    masks = [base64.b64encode(bits).decode() for bits in number]
    return zlib.compress(json.dumps({"groups": groups, "masks": masks, "denominators": denominators, "values": values}).encode())


def hidden_from_bytes(written: bytes) -> Hidden:
    """The same, read back."""
    said = json.loads(zlib.decompress(written))
    groups = {name: tuple(found) for name, found in said["groups"].items()}
    masks = tuple(_unpacked(base64.b64decode(bits), groups) for bits in said["masks"])
    return Hidden(groups, masks, said["denominators"], said["values"])


def together(hidden: Mapping[str, Hidden]) -> Protected:
    """What is hidden of several periods, by label in their order. Raises ValueError for none.

    A group that nobody had in a period has nothing hidden in it: that there was none of it was to be seen.
    """
    if not hidden:
        raise ValueError("There is no period.")
    some = next(iter(hidden.values()))
    groups = {name: tuple(sorted({group for each in hidden.values() for group in each.groups[name]})) for name in some.groups}
    axes = {ALL: Axis(ALL, (ALL,)), **{name: Axis(name, found) for name, found in groups.items()}}
    places = [_places(each.groups, axes) for each in hidden.values()]
    made: dict[tuple[int, ...], Pattern] = {}

    def patterns(which: str) -> dict[str, Pattern]:
        found = {}
        for measure in getattr(some, which):
            key = tuple(getattr(each, which)[measure] for each in hidden.values())
            if key not in made:
                made[key] = _pattern([each.masks[own] for each, own in zip(hidden.values(), key, strict=True)], axes, places)
            found[measure] = made[key]
        return found

    return Protected(tuple(hidden), axes, patterns("denominators"), patterns("values"))


def differing(released: pl.DataFrame, present: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Which measures' cells differ, by period; periods in which none do are not in it."""
    parts = [name for name in present.columns if "." in name]
    keys = [name for name in present.columns if "." not in name]
    both = pl.concat([present, released.select(present.columns).with_columns(-pl.col(parts))])
    moved = both.group_by(keys).agg(pl.col(parts).sum()).group_by("period").agg((pl.col(parts).abs() > _TOLERANCE).any())
    found = {
        row["period"]: frozenset(name.partition(".")[0] for name in parts if row[name]) for row in moved.sort("period").to_dicts()
    }
    return {period: measures for period, measures in found.items() if measures}


def _pairs(groups: Mapping[str, Sequence[str]]) -> list[Pair]:
    """Every pair of breakdowns, each of them with everybody, and everybody, in the order in which masks are written down."""
    return [(ALL, ALL), *((name, ALL) for name in groups), *itertools.combinations(groups, 2)]


def _unpacked(bits: bytes, groups: Mapping[str, Sequence[str]]) -> dict[Pair, Mask]:
    size = {ALL: 1, **{name: len(found) for name, found in groups.items()}}
    shapes = {pair: (size[pair[0]], size[pair[1]]) for pair in _pairs(groups)}
    ends = np.cumsum([first * second for first, second in shapes.values()])
    flat = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), count=int(ends[-1])).astype(bool)
    return {pair: part.reshape(shape) for (pair, shape), part in zip(shapes.items(), np.split(flat, ends[:-1]), strict=True)}


def _places(groups: Mapping[str, Sequence[str]], axes: Mapping[str, Axis]) -> dict[str, Codes]:
    """Where the groups of each breakdown are among those of an axis."""
    everybody = {ALL: np.zeros(1, dtype=np.intp)}
    return everybody | {name: np.array([axes[name].groups.index(group) for group in found], np.intp) for name, found in groups.items()}


def _pattern(kept: Sequence[Mapping[Pair, Mask]], axes: Mapping[str, Axis], places: Sequence[Mapping[str, Codes]]) -> Pattern:
    """One pattern in the order of the axes, from each period's masks and the places of their groups."""
    masks = {}
    for first, second in _pairs({name: axis.groups for name, axis in axes.items() if name != ALL}):
        mask = np.zeros((len(kept), len(axes[first].groups), len(axes[second].groups)), dtype=bool)
        for period, own, place in zip(mask, kept, places, strict=True):
            found = own[first, second] if (first, second) in own else own[second, first].T
            period[np.ix_(place[first], place[second])] = found
        masks[first, second] = mask
    return Pattern(masks)
