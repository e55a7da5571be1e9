"""The checks of the SSDA903 return: each on an example of its own, and all against a second count in plain Python."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.load.checking.return_checks import CHECKS, Returns, run_checks
from data_access.load.merging import merge
from data_access.load.reading.recognising import read_sources, with_collection_years
from tests.data_access.files import contents_of, loaded, rows_of, write
from tests.data_access.return_checks_by_hand import Failing, Return, failing

AS_AT = datetime.date(2026, 3, 31)
Episode = dict[str, str]


def found(folder: Path, returns: dict[int, Return]) -> Failing:
    """What the load's checks find in returns."""
    sources = []
    for year, tables in sorted(returns.items()):
        source = folder / str(year)
        for table, rows in tables.items():
            write(source, table, *rows)
        sources.append(source)
    dated = [with_collection_years(read_sources([source], lambda *_: None), int(source.name), None)[0] for source in sources]
    merged = merge(dated, lambda *_: None)
    counts, rows = run_checks(Returns(merged, dated, AS_AT))
    assert [row["children"] for row in counts.iter_rows(named=True)] == [
        len(set(rows.filter(rows["rule"] == rule)["child_id"])) for rule in counts["rule"]
    ]
    assert sum(counts["rows"]) == rows.height
    return {
        (row["rule"], row["child_id"], f"{row['start_date']:%d/%m/%Y}" if row["start_date"] else str(row["collection_year"]))
        for row in rows.iter_rows(named=True)
    }


def episode(start: str, end: str = "", **changed: str) -> Episode:
    return {
        "CHILD": "1", "DECOM": start, "DEC": end, "REC": "X1" if end else "", "RNE": "S", "LS": "C2", "PLACE": "U4", **changed,
    }


ONE = [{"CHILD": "1", "DOB": "02/01/2015", "UPN": ""}]


@pytest.mark.parametrize(("rule", "episodes", "starts"), [
    ("501", [episode("01/05/2025", "01/06/2025"), episode("31/05/2025")], ["31/05/2025"]),
    ("501", [episode("01/05/2025", "01/06/2025"), episode("01/06/2025")], []),
    ("142", [episode("01/05/2025"), episode("31/05/2025")], ["01/05/2025"]),
    ("142", [episode("01/05/2025", "31/05/2025", REC=""), episode("31/05/2025")], ["01/05/2025"]),
    ("142", [episode("01/05/2025", "31/05/2025"), episode("31/05/2025")], []),
    ("148", [episode("01/05/2025", "31/05/2025", REC=""), episode("31/05/2025", REC="E4A")], ["01/05/2025", "31/05/2025"]),
    ("356", [episode("01/05/2025", "30/04/2025"), episode("02/05/2025", "02/05/2025")], ["01/05/2025"]),
    ("356", [episode("01/05/2025", "30/04/2025", CHILD="")], []),
    ("355", [episode("01/05/2025", "30/04/2025"), episode("02/05/2025", "02/05/2025")], ["02/05/2025"]),
    ("433", [episode("01/05/2025", "30/05/2025"), episode("31/05/2025", RNE="L")], ["31/05/2025"]),
    ("433", [episode("01/05/2025"), episode("31/05/2025", RNE="P")], ["31/05/2025"]),
    ("433", [episode("01/05/2025", "31/05/2025"), episode("31/05/2025", RNE="P")], []),
    ("433", [episode("31/05/2025", RNE="P")], []),
    ("380", [episode("01/05/2025", PLACE="T1"), episode("31/05/2025", PLACE="T1", RNE="P")], ["01/05/2025"]),
])
def test_each_check_of_episodes(tmp_path: Path, rule: str, episodes: list[Episode], starts: list[str]) -> None:
    failed = found(tmp_path, {2026: {"Header": ONE, "Episodes": episodes}})
    assert sorted(start for each, _, start in failed if each == rule) == starts


def test_open_episodes_that_the_next_return_does_not_carry_on(tmp_path: Path) -> None:
    header = [{"CHILD": str(child), "DOB": "02/01/2015", "UPN": ""} for child in range(1, 5)]
    before = [episode("01/05/2024", CHILD=str(child)) for child in range(1, 5)]
    this = [episode("01/05/2024", CHILD="1"), episode("02/05/2024", CHILD="2"), episode("01/06/2025", "02/06/2025", CHILD="4")]
    failed = found(tmp_path, {2025: {"Header": header, "Episodes": before}, 2026: {"Header": header, "Episodes": this}})
    assert {each for each in failed if each[0] == "502"} == {("502", "2", "02/05/2024"), ("502", "4", "01/06/2025")}
    left_open = {(child, start) for rule, child, start in failed if rule == "open_in_earlier_return"}
    assert left_open == {("2", "01/05/2024"), ("3", "01/05/2024"), ("4", "01/05/2024")}


def test_a_score_or_a_reason_is_asked_of_children_aged_4_to_16_in_care_all_year(tmp_path: Path) -> None:
    births = {"1": "01/04/2021", "2": "02/04/2021", "3": "01/04/2009", "4": "31/03/2009", **dict.fromkeys("567", "01/04/2015")}
    header = [{"CHILD": child, "DOB": birth, "UPN": ""} for child, birth in births.items()]
    episodes = [episode("01/04/2025", CHILD=child) for child in births if child not in "67"]
    episodes += [episode("02/04/2025", CHILD="6"), episode("01/01/2025", "01/07/2025", CHILD="7"), episode("02/07/2025", CHILD="7")]
    neither = [{"CHILD": child, "SDQ_SCORE": "", "SDQ_REASON": "SDQ1" if child == "5" else ""} for child in births]
    failed = found(tmp_path, {2026: {"Header": header, "Episodes": episodes, "OC2": neither}})
    assert {child for rule, child, _ in failed if rule == "186"} == {"1", "3"}


def test_a_start_of_care_without_a_previous_permanence_code(tmp_path: Path) -> None:
    header = [{"CHILD": child, "DOB": "02/01/2015", "UPN": ""} for child in "1234"]
    episodes = [episode("01/05/2025", CHILD=child) for child in "123"] + [episode("01/05/2025", CHILD="4", RNE="P")]
    given = [{"CHILD": "1", "PREV_PERM": "P1"}, {"CHILD": "2", "PREV_PERM": ""}]
    failed = found(tmp_path / "with", {2026: {"Header": header, "Episodes": episodes, "PrevPerm": given}})
    assert {child for rule, child, _ in failed if rule == "630"} == {"2", "3"}
    assert not any(rule == "630" for rule, *_ in found(tmp_path / "without", {2026: {"Header": header, "Episodes": episodes}}))


def test_two_children_with_one_upn(tmp_path: Path) -> None:
    upns = ["A1", "A1", "B2", "UN1", "UN1", "", ""]
    header = [{"CHILD": str(number), "DOB": "02/01/2015", "UPN": upn} for number, upn in enumerate(upns)]
    failed = found(tmp_path, {2026: {"Header": header, "Episodes": [episode("01/05/2025")]}})
    assert {child for rule, child, _ in failed if rule == "444"} == {"0", "1"}


dates = st.sampled_from([
    "", "01/04/2024", "02/04/2024", "15/09/2024", "31/03/2025", "01/04/2025", "30/06/2025", "31/03/2026", "01/04/2026",
])
starts = dates.filter(bool)
rows_of_episodes = st.lists(
    st.fixed_dictionaries({
        "CHILD": st.sampled_from("12"), "DECOM": starts, "DEC": dates, "REC": st.sampled_from(["", "X1", "E4A"]),
        "RNE": st.sampled_from("SPL"), "LS": st.sampled_from(["C2", "V2", "V4"]), "PLACE": st.sampled_from(["U4", "T1"]),
    }),
    max_size=6, unique_by=lambda row: (row["CHILD"], row["DECOM"]),
)
a_return = st.fixed_dictionaries(
    {
        "Header": st.lists(st.sampled_from(["01/04/2021", "02/04/2020", "01/01/2015"]), min_size=2, max_size=2).map(
            lambda births: [{"CHILD": child, "DOB": birth, "SEX": "", "UPN": ""} for child, birth in zip("12", births, strict=True)]),
        "Episodes": rows_of_episodes,
    },
    optional={
        "OC2": st.lists(st.fixed_dictionaries({
            "CHILD": st.sampled_from("12"), "SDQ_SCORE": st.sampled_from(["", "9"]), "SDQ_REASON": st.sampled_from(["", "SDQ1"]),
        }), max_size=2, unique_by=lambda row: row["CHILD"]),
        "PrevPerm": st.lists(st.fixed_dictionaries({
            "CHILD": st.sampled_from("12"), "PREV_PERM": st.sampled_from(["", "P1", "Z1"]),
        }), max_size=2, unique_by=lambda row: row["CHILD"]),
    },
)


@given(st.dictionaries(st.sampled_from([2024, 2025, 2026]), a_return, min_size=1))
def test_the_checks_find_what_a_count_by_hand_finds(tmp_path_factory: pytest.TempPathFactory, returns: dict[int, Return]) -> None:
    assert found(tmp_path_factory.mktemp("returns"), returns) == failing(returns, AS_AT)


def test_the_checks_change_nothing_that_is_loaded_and_are_stored(tmp_path: Path, postgresql_database: Callable[[], str]) -> None:
    from data_access.load import load

    source = tmp_path / "return"
    write(source, "Header", *ONE)
    write(source, "Episodes", episode("01/05/2025", "01/06/2025"), episode("31/05/2025"))
    report, url = loaded(tmp_path, source)
    assert len(rows_of(url, "care_arrangement")) == 2 and sum(each.rows_quarantined for each in report.files) == 0
    assert [(row["rule"], row["child_id"], row["start_date"]) for row in rows_of(url, "return_check_row")] == [
        ("501", "1", datetime.date(2025, 5, 31)),
    ]
    assert {row["rule"]: row["rows"] for row in rows_of(url, "return_check")} == {each.rule: each.rows for each in report.checks}
    ran = {check.rule for check in CHECKS if {table.name for table in check.needs} <= {"Header", "Episodes"}}
    assert {each.rule for each in report.checks} == ran
    other = postgresql_database()
    load([source], other)
    assert contents_of(other) == contents_of(url)


def test_words_of_every_check() -> None:
    assert len({check.rule for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.finding.endswith((".", ").")) and check.effect.endswith("."), check.rule
