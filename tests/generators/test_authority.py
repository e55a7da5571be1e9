"""The generator of authorities: the same seed gives the same files, and together the seeds reach every measure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.generators import authorities, write
from tests.reference import MEASURES, load, measure_rows


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.csv"))}


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    for seed in range(5):
        first, second = write(tmp_path / f"a{seed}", seed, 12), write(tmp_path / f"b{seed}", seed, 12)
        assert contents(tmp_path / f"a{seed}") == contents(tmp_path / f"b{seed}") != {}
        assert (first.as_at, first.collection_year) == (second.as_at, second.collection_year)


@given(authority=authorities(max_children=12))
@settings(max_examples=25, deadline=None)
def test_every_row_is_loaded_or_quarantined_and_loading_twice_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, authority: tuple[int, int]
) -> None:
    written = write(tmp_path_factory.mktemp("authority") / "sources", *authority)
    database = load(written.sources, written.as_at, written.collection_year)
    assert all(counts.read == counts.loaded + counts.quarantined for counts in database.counts.values())
    assert sum(counts.quarantined for counts in database.counts.values()) == len(database.quarantine)
    assert load(written.sources, written.as_at, written.collection_year) == database


def test_the_seeds_reach_every_measure_with_and_without_its_numerator(tmp_path: Path) -> None:
    """For every measure some numerators are above nothing and some below all, or the comparison would prove little."""
    above: set[str] = set()
    below: set[str] = set()
    for seed in range(50):
        written = write(tmp_path / str(seed), seed, 25)
        database = load(written.sources, written.as_at, written.collection_year)
        for measure in MEASURES:
            for numerator, denominator in measure_rows(database, measure, "quarter").values():
                above |= {measure} if numerator else set()
                below |= {measure} if numerator is not None and numerator < denominator else set()
    assert above == set(MEASURES)
    assert below >= set(MEASURES) - {"social_emotional_mean"}  # a mean has no such bound
