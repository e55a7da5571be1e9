"""The dataset's episodes: against the plain loops, and there and back from the episodes of a return."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from data_access.load.checking import specification as spec
from data_access.load.merging import Merged, merge
from data_access.load.reading.recognising import Source
from data_access.load.reading.source_table import SourceTable
from data_access.load.ssd import mapping as ssd
from data_access.load.ssd.database import raw_table
from tests.data_access import as_dataset
from tests.data_access import episodes_by_hand as of_return
from tests.data_access import ssd_by_hand as by_hand
from tests.data_access.load.test_arrangements import DAYS, lives

COLUMNS = ["CHILD", "DECOM", "RNE", "LS", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE"]
ANY_DAY = st.sampled_from([None, *DAYS])
PLACEMENT = st.builds(
    by_hand.Placement, st.sampled_from(["p1", "p2", "p3"]), st.sampled_from(["U4", "K2", "T0", "F9", None]),
    st.sampled_from(["PR1", "PR4", None]), ANY_DAY, st.sampled_from(["CREQB", "CHILD", "PLACE", None]),
)
STATUS = st.builds(
    by_hand.LegalStatus, st.sampled_from(["l1", "l2", "l3"]), st.sampled_from("122"),
    st.sampled_from(["C1", "C2", "E1", "V2", "V4", "J1", "Private fostering"]), st.sampled_from(DAYS), ANY_DAY,
)
EPISODE = st.builds(
    by_hand.Episode, st.sampled_from(["e1", "e2"]), st.sampled_from("1223"), st.sampled_from(["p1", "p2", "p4", None]),
    st.sampled_from(DAYS), st.sampled_from("SPLTUB"), ANY_DAY, st.sampled_from(["X1", "E4A", "E45", None]),
)


def merged(**tables: Sequence[Sequence[object]]) -> Merged:
    """A dataset with these rows, checked and joined as a load does."""
    source = Source("dataset")
    source.tables += [SourceTable("dataset", table.name, table, raw_table(table, tables.get(table.name, []))) for table in ssd.TABLES]
    return merge([source], lambda _doing, _share: None)


def episodes(found: Merged) -> list[tuple[object, ...]]:
    return found.frames[spec.EPISODES].select(COLUMNS).rows()


@given(st.lists(PLACEMENT, max_size=4), st.lists(STATUS, max_size=6), st.lists(EPISODE, max_size=8))
def test_episodes_are_those_of_the_plain_loops(
    placements: list[by_hand.Placement], statuses: list[by_hand.LegalStatus], rows: list[by_hand.Episode],
) -> None:
    persons = [("1", "F", "WBRI", None), ("2", "M", None, None)]
    found = merged(ssd_person=persons, ssd_cla_placement=placements, ssd_legal_status=statuses, ssd_cla_episodes=rows)
    wanted = by_hand.made(["1", "2"], placements, statuses, rows)
    assert sorted(episodes(found), key=repr) == sorted((tuple(each) for each in wanted), key=repr)
    counts = found.files.filter(pl.col("table_name") == "ssd_cla_episodes")
    read, loaded, bad = counts.select("rows_read", "rows_loaded", "rows_quarantined").row(0)
    assert (read, loaded, read - loaded) == (len(rows), len(wanted), bad)


def as_row(episode: of_return.Episode) -> dict[str, str | None]:
    values = (episode.child, episode.decom, episode.rne, episode.ls, episode.place, None, episode.dec, episode.rec, episode.reason)
    return {
        column: value.isoformat() if isinstance(value, datetime.date) else value for column, value in zip(COLUMNS, values, strict=True)
    }


def in_columns(table: spec.Table, rows: Sequence[Mapping[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(row.get(column) for column in table.columns) for row in rows]


@given(lives())
def test_a_returns_episodes_come_back_as_they_were(of_child: list[of_return.Episode]) -> None:
    """Also where they overlap, leave gaps, or one is open while another follows. An open episode's reason for a change is not kept."""
    rows = [as_row(episode) for episode in of_child]
    tables = as_dataset.of_episodes(rows)
    persons = [(child, "U", None, None) for child in ("1", "2")]
    found = merged(ssd_person=persons, **{
        table.name: in_columns(table, tables[table.name]) for table in (ssd.PLACEMENT, ssd.LEGAL_STATUS, ssd.EPISODES)
    })
    assert found.quarantine.is_empty()
    wanted = [(e.child, e.decom, e.rne, e.ls, e.place, None, e.dec, e.rec, e.reason if e.dec else None) for e in of_child]
    assert sorted(episodes(found), key=repr) == sorted(wanted, key=repr)
