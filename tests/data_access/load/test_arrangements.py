"""Care arrangements and placements: against the plain loops, and the cases of the data dictionary by name."""

from __future__ import annotations

import datetime
import itertools

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.local_choices import local_choices
from data_access.load.derived import arrangements
from tests.data_access import episodes_by_hand as by_hand
from tests.data_access.episodes_by_hand import Episode

DAYS = [datetime.date(2025, 1, 1) + datetime.timedelta(days=day) for day in range(8)]
SCHEMA = {
    "CHILD": pl.String, "DECOM": pl.Date, "RNE": pl.String, "LS": pl.String, "PLACE": pl.String, "DEC": pl.Date, "REC": pl.String,
    "REASON_PLACE_CHANGE": pl.String, "PLACE_PROVIDER": pl.String,
}
EPISODE = st.builds(
    Episode, st.sampled_from("12"), st.sampled_from(DAYS), st.sampled_from("SPLTUB"), st.sampled_from(["C2", "V2", "C2", "V3"]),
    st.sampled_from(["U4", "U6", "T0", "T3", None]), st.sampled_from([None, *DAYS]), st.sampled_from(["X1", "E11", "E45", None]),
    st.sampled_from([None, "CREQB", "CHILD", "OTHER"]),
)


def frame(episodes: list[Episode]) -> pl.DataFrame:
    rows = [(e.child, e.decom, e.rne, e.ls, e.place, e.dec, e.rec, e.reason, None) for e in episodes]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@st.composite
def lives(draw: st.DrawFn) -> list[Episode]:
    """Episodes with one row for each child and DECOM that do not end before they start; most touch the next."""
    drawn = draw(st.lists(EPISODE, max_size=10, unique_by=lambda e: (e.child, e.decom)))
    touching = []
    for episode in drawn:
        later = sorted(e.decom for e in drawn if e.child == episode.child and e.decom > episode.decom)
        touches = draw(st.integers(0, 3)) > 0
        dec = later[0] if later and touches else episode.dec
        if dec is not None and dec < episode.decom:
            dec = episode.decom
        touching.append(Episode(episode.child, episode.decom, episode.rne, episode.ls, episode.place, dec, episode.rec, episode.reason))
    return touching


@given(lives())
def test_placements_are_those_of_the_plain_loops(episodes: list[Episode]) -> None:
    found = arrangements.placements(frame(episodes), local_choices().breakdown_reasons).drop("provider")
    assert found.rows() == by_hand.placements(episodes)


@given(lives())
def test_the_time_after_permanence_is_that_of_the_plain_loops(episodes: list[Episode]) -> None:
    found = arrangements.care_arrangements(frame(episodes))
    assert found.height == len(episodes) + len(by_hand.after_permanence(episodes))
    after = found.filter(pl.col("care_status").is_in(["special_guardianship", "adopted"])).drop("placement").rows()
    assert sorted(after, key=repr) == sorted(by_hand.after_permanence(episodes), key=repr)


def run(*episodes: str) -> list[str]:
    """The placements of touching episodes 'RNE PLACE', a day each, as the numbers of their episodes: '1-2', '3-3'."""
    made = []
    for number, (day, following) in enumerate(itertools.pairwise(DAYS)):
        if number < len(episodes):
            rne, place = episodes[number].split()
            made.append(Episode("1", day, rne, "C2", place, following, "X1", None))
    found = arrangements.placements(frame(made), [])
    return [f"{DAYS.index(start) + 1}-{DAYS.index(end)}" for start, end in found.select("start_date", "end_date").iter_rows()]


@pytest.mark.parametrize(("episodes", "placements"), [
    (["S U4", "L U4", "T U6", "U U4"], ["1-4"]),
    (["S U4", "P U4", "B U4", "S U4"], ["1-1", "2-2", "3-3", "4-4"]),
    (["S U4", "P T1", "P U4"], ["1-3"]),
    (["S U4", "P T1", "P U6"], ["1-2", "3-3"]),
    (["S U4", "P T1", "L U6"], ["1-3"]),
    (["S U4", "P T1", "S U4"], ["1-2", "3-3"]),
    (["S U4", "S T1", "P U4"], ["1-1", "2-2", "3-3"]),
    (["S U4", "P T1", "B T2", "P U4"], ["1-4"]),
    (["S T1", "P U4"], ["1-1", "2-2"]),
    (["S T1", "L U4", "P T1", "P U4"], ["1-4"]),
    (["S T1", "P T2", "P T2"], ["1-3"]),
    (["S U4", "P T0"], ["1-2"]),
])
def test_who_the_carer_is(episodes: list[str], placements: list[str]) -> None:
    assert run(*episodes) == placements


def test_episodes_that_do_not_touch_are_placements_of_their_own() -> None:
    gap = [Episode("1", DAYS[0], "S", "C2", "U4", DAYS[1], "X1", None), Episode("1", DAYS[2], "L", "C2", "U4", None, None, None)]
    still_open = [Episode("2", DAYS[0], "S", "C2", "U4", None, None, None), Episode("2", DAYS[2], "L", "C2", "U4", None, None, None)]
    assert arrangements.placements(frame(gap + still_open), []).height == 4


def test_it_broke_down_when_its_last_episode_says_so() -> None:
    one = Episode("1", DAYS[0], "S", "C2", "U4", DAYS[1], "X1", "CREQB")
    two = Episode("1", DAYS[1], "L", "C2", "U4", DAYS[2], "X1", "OTHER")
    three = Episode("1", DAYS[2], "P", "C2", "U4", DAYS[3], "E4A", "CHILD")
    found = arrangements.placements(frame([one, two, three]), local_choices().breakdown_reasons)
    assert found["ended_by_breakdown"].to_list() == [0, 1]
    assert arrangements.placements(frame([one, two, three]), ["OTHER"])["ended_by_breakdown"].to_list() == [1, 0]


def test_short_breaks_are_an_arrangement_and_no_placement() -> None:
    short = Episode("1", DAYS[0], "S", "V4", "U4", DAYS[1], "X1", None)
    assert arrangements.care_arrangements(frame([short]))["care_status"].to_list() == ["short_breaks"]
    assert arrangements.placements(frame([short]), []).is_empty()
    assert arrangements.care_starts(frame([short])).is_empty()


def test_the_time_after_an_order_lasts_to_the_next_episode() -> None:
    order = Episode("1", DAYS[0], "S", "C2", "U2", DAYS[2], "E45", None)
    again = Episode("1", DAYS[4], "S", "V3", "U4", None, None, None)
    found = arrangements.care_arrangements(frame([order, again])).filter(pl.col("care_status") == "special_guardianship")
    assert found.rows() == [("1", "special_guardianship", "special_guardian", DAYS[2], DAYS[4])]


@pytest.mark.parametrize(("others", "end"), [([], None), ([Episode("1", DAYS[4], "S", "C2", "U4", None, None, None)], DAYS[4])])
def test_an_order_after_an_episode_of_no_days_is_not_ended_by_that_episode(others: list[Episode], end: datetime.date | None) -> None:
    order = Episode("1", DAYS[2], "S", "C2", "U2", DAYS[2], "E45", None)
    found = arrangements.care_arrangements(frame([order, *others])).filter(pl.col("care_status") == "special_guardianship")
    assert found.rows() == [("1", "special_guardianship", "special_guardian", DAYS[2], end)]


def test_care_starts_are_episodes_that_begin_care() -> None:
    found = arrangements.care_starts(frame([
        Episode("1", DAYS[0], "S", "V2", "U4", DAYS[1], "X1", None), Episode("1", DAYS[1], "P", "C2", "U4", None, None, None),
    ]))
    assert found.rows() == [("1", DAYS[0])]
