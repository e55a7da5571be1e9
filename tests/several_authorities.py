"""Generated authorities, each loaded by itself, to hold against what they are together."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.load import load
from data_access.load.several_authorities import Authority
from tests.generators import write


def each_alone(
    folder: Path, regions: Mapping[str, str], first_seed: int, children: int, as_at: datetime.date,
) -> tuple[list[Authority], dict[str, Reporting]]:
    """The authorities (`regions` by their names) with their sources, and by name what each has alone."""
    authorities, alone = [], {}
    for seed, (name, region) in enumerate(regions.items(), start=first_seed):
        sources = write(folder / name, seed, children).sources
        authorities.append(Authority(name, region, tuple(sources)))
        address = f"duckdb:///{folder / name}.duckdb"
        load(sources, address, as_at=as_at)
        alone[name] = Reporting(engine(address))
    return authorities, alone
