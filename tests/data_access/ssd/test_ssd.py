"""A Standard Safeguarding Dataset as a source: what its rows become, row by row, from a real database."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from config.ssd_codes import SSD_CODES
from data_access.load import LoadError, LoadReport, UsageError, load
from tests.data_access.datasets import Row, dataset
from tests.data_access.files import counts, database, reasons, rows_of, write

PERSON: Row = {}
DAY = datetime.date
Loaded = tuple[LoadReport, str]
Loader = Callable[..., Loaded]


@pytest.fixture
def loads(tmp_path: Path, postgresql_database: Callable[[], str]) -> Loader:
    """Loads a dataset of the given rows by table, and further sources; the report and the address of what came of it."""

    def run(*sources: Path, **tables: list[Row]) -> Loaded:
        address = dataset(postgresql_database(), {"ssd_person": [PERSON], **tables})
        url = database(tmp_path)
        return load([address, *sources], url, as_at=DAY(2026, 3, 31)), url

    return run


def looked_after(*episodes: Row, **tables: list[Row]) -> dict[str, list[Row]]:
    """The tables of a child's episodes, with a placement and a legal status unless others are given."""
    return {"ssd_cla_episodes": list(episodes), "ssd_cla_placement": [{}], "ssd_legal_status": [{}], **tables}


def findings(report: LoadReport) -> list[str]:
    return [each.finding.split(".")[0] for each in report.findings]


def test_an_episode_with_its_placement_and_legal_status_is_an_arrangement(loads: Loader) -> None:
    report, url = loads(**looked_after({"clae_cla_episode_ceased_date": "2025-09-01", "clae_cla_episode_ceased_reason": "E4A"}))
    assert rows_of(url, "care_arrangement") == [{
        "child_id": "1", "care_status": "care_order", "placement": "foster_carer", "start_date": DAY(2025, 5, 1),
        "end_date": DAY(2025, 9, 1),
    }]
    assert rows_of(url, "placement") == [{
        "child_id": "1", "start_date": DAY(2025, 5, 1), "end_date": DAY(2025, 9, 1), "ended_by_breakdown": 0, "provider": "PR1",
    }]
    assert rows_of(url, "care_start") == [{"child_id": "1", "start_date": DAY(2025, 5, 1)}]
    child = rows_of(url, "child")[0]
    assert (child["sex"], child["date_of_birth"], child["ethnicity"], child["unaccompanied"]) == ("F", DAY(2015, 1, 2), "WBRI", None)
    assert report.findings == [] and report.quarantined == []


def test_the_report_counts_every_table_of_the_dataset(loads: Loader) -> None:
    report, _ = loads(**looked_after({}, {"clae_cla_episode_start_date": None}))
    assert {each.table: (each.rows_read, each.rows_loaded, each.rows_quarantined) for each in report.files} == counts(report)
    assert counts(report) == {
        "ssd_person": (1, 1, 0), "ssd_cla_placement": (1, 1, 0), "ssd_legal_status": (1, 1, 0), "ssd_cla_episodes": (2, 1, 1),
        "ssd_immigration_status": (0, 0, 0), "ssd_disability": (0, 0, 0), "ssd_sdq_scores": (0, 0, 0),
        "ssd_cla_previous_permanence": (0, 0, 0),
    }
    assert all(each.file == each.table and each.collection_year is None for each in report.files)
    assert "ssd_cla_episodes" in report.as_text()


def test_a_bad_row_is_quarantined_with_its_place_and_values(loads: Loader) -> None:
    _, url = loads(**looked_after(
        {"clae_cla_episode_id": "a", "clae_cla_episode_start_reason": "X"},
        {"clae_cla_episode_id": "b", "clae_cla_episode_ceased_date": "2025-04-30", "clae_cla_episode_ceased_reason": "E8"},
        {"clae_cla_episode_id": "c", "clae_cla_episode_ceased_reason": "E99"},
        {"clae_cla_episode_id": "d", "clae_person_id": "7"},
        {"clae_cla_episode_id": "e"}, {"clae_cla_episode_id": "f"},
        {"clae_cla_episode_id": "g", "clae_cla_episode_start_date": "2025-04-30"},
    ))
    ceased = " ".join(SSD_CODES["clae_cla_episode_ceased_reason"])
    assert reasons(url, "ssd_cla_episodes") == [
        (1, "clae_cla_episode_start_reason 'X' is not a code; allowed: S P L T U B"),
        (2, "clae_cla_episode_ceased_date is before clae_cla_episode_start_date"),
        (3, f"clae_cla_episode_ceased_reason 'E99' is not a code; allowed: {ceased}"),
        (4, "no loaded ssd_legal_status row gives a legal status in care for clae_cla_episode_start_date"),
        (6, "repeats an earlier row (clae_person_id and clae_cla_episode_start_date)"),
        (7, "no loaded ssd_legal_status row gives a legal status in care for clae_cla_episode_start_date"),
    ]
    assert next(row["row"] for row in rows_of(url, "quarantine")) == "a,1,p1,2025-05-01,X,,"


def test_what_names_a_child_is_never_read(loads: Loader) -> None:
    _, url = loads(**looked_after({}, ssd_person=[{"pers_sex": "?"}], ssd_cla_placement=[{"clap_cla_placement_type": "?"}]))
    kept = [str(row["row"]) for row in rows_of(url, "quarantine")]
    assert "1,?,WBRI,2015-01-02" in kept and "p1,?,PR1,," in kept
    assert not [row for row in kept if "urname" in row or "A1234" in row or "AB1" in row]


def test_a_child_the_dataset_does_not_know_is_quarantined(loads: Loader, tmp_path: Path) -> None:
    needs = write(tmp_path / "extracts", "attachment_needs", {}, {"child_id": "9"}).parent
    _, url = loads(needs, ssd_sdq_scores=[{"csdq_person_id": "9"}], ssd_legal_status=[{"lega_person_id": "9"}])
    reason = "the child is in no loaded ssd_person or children row"
    assert reasons(url, "ssd_sdq_scores") == reasons(url, "ssd_legal_status") == [(1, reason)]
    assert reasons(url, "attachment_needs") == [(3, reason)]


@pytest.mark.parametrize(("statuses", "wanted"), [
    ([("C2", "2025-05-01", None)], "care_order"),
    ([("V2", "2025-01-01", "2025-05-01"), ("C2", "2025-05-01", None)], "care_order"),
    ([("C2", "2025-01-01", "2025-05-01"), ("V2", "2025-05-01", "2025-05-02")], "section_20"),
    ([("V2", "2025-01-01", None), ("C1", "2025-04-01", None), ("J1", "2025-05-02", None)], "care_order"),
    ([("V2", "2025-04-01", None), ("J1", "2025-04-01", None)], "other_looked_after"),
    ([("V4", "2025-04-01", None), ("Special Guardianship Order", "2025-05-01", None)], "short_breaks"),
    ([("C2 - Full care order", "2025-04-01 13:30", None)], "care_order"),
])
def test_the_legal_status_is_the_latest_in_force_when_the_episode_starts(
    loads: Loader, statuses: list[tuple[str, str, str | None]], wanted: str,
) -> None:
    columns = ("lega_legal_status", "lega_legal_status_start_date", "lega_legal_status_end_date")
    _, url = loads(**looked_after({}, ssd_legal_status=[dict(zip(columns, status, strict=True)) for status in statuses]))
    assert [row["care_status"] for row in rows_of(url, "care_arrangement")] == [wanted]


def test_a_time_of_day_does_not_count(loads: Loader) -> None:
    _, url = loads(**looked_after(
        {"clae_cla_episode_start_date": "2025-05-01 09:00", "clae_cla_episode_ceased_date": "2025-05-02 00:01"},
        ssd_legal_status=[{"lega_legal_status_start_date": "2025-05-01 17:15"}],
    ))
    assert [(row["start_date"], row["end_date"]) for row in rows_of(url, "care_arrangement")] == [(DAY(2025, 5, 1), DAY(2025, 5, 2))]


ENDED = {"clae_cla_episode_ceased_date": "2025-07-01", "clae_cla_episode_ceased_reason": "X1"}
NEXT = {"clae_cla_episode_id": "e2", "clae_cla_episode_start_date": "2025-07-01", "clae_cla_episode_start_reason": "P"}


@pytest.mark.parametrize(("episodes", "placement", "wanted"), [
    ([ENDED, {**NEXT, "clae_cla_placement_id": "p2"}], {"clap_cla_placement_end_date": "2025-07-01"}, [1, 0]),
    ([ENDED, {**NEXT, "clae_cla_placement_id": "p2"}], {}, [1, 0]),
    ([ENDED, {**NEXT, "clae_cla_placement_id": "p2"}], {"clap_cla_placement_end_date": "2025-07-02"}, [0, 0]),
    ([ENDED, {**NEXT, "clae_cla_episode_start_reason": "L", "clae_cla_episode_ceased_date": "2025-08-01"}], {}, [1]),
    ([ENDED, {**NEXT, "clae_cla_episode_start_reason": "L"}], {}, [0]),
])
def test_a_placement_breaks_down_when_its_last_episode_ends(
    loads: Loader, episodes: list[Row], placement: Row, wanted: list[int],
) -> None:
    placements = [{"clap_cla_placement_change_reason": "CREQB", **placement}, {"clap_cla_placement_id": "p2"}]
    _, url = loads(**looked_after(*episodes, ssd_cla_placement=placements))
    assert [row["ended_by_breakdown"] for row in rows_of(url, "placement")] == wanted


def test_an_episode_without_a_loaded_placement_is_kept(loads: Loader) -> None:
    report, url = loads(**looked_after(
        {}, {"clae_person_id": "2", "clae_cla_placement_id": "p9"}, {"clae_person_id": "3", "clae_cla_placement_id": None},
        ssd_person=[{"pers_person_id": name} for name in "123"],
        ssd_cla_placement=[{"clap_cla_placement_type": "F1"}],
        ssd_legal_status=[{"lega_person_id": name} for name in "123"],
    ))
    assert [(row["child_id"], row["placement"]) for row in rows_of(url, "care_arrangement")] == [("1", None), ("2", None), ("3", None)]
    assert reasons(url, "ssd_cla_placement") == [
        (1, f"clap_cla_placement_type 'F1' is not a code; allowed: {' '.join(SSD_CODES['clap_cla_placement_type'])}"),
    ]
    odd = [each for each in report.findings if each.finding.startswith("Episodes whose placement is in no loaded row")]
    assert [(each.rows, each.children) for each in odd] == [(2, 2)]


def test_what_the_dataset_says_that_is_odd_is_reported(loads: Loader) -> None:
    report, _ = loads(
        **looked_after(
            ENDED, {**NEXT, "clae_cla_episode_start_date": "2025-07-02"},
            ssd_legal_status=[{}, {"lega_legal_status": "Private fostering"}], ssd_sdq_scores=[{"csdq_sdq_score": None}],
        ),
    )
    assert findings(report) == [
        "Rows of ssd_legal_status that are no legal status of the SSDA903 return",
        "Episodes that start on the day after the child's last one ceased",
        "Rows of ssd_sdq_scores with neither a score nor a reason for having none",
    ]


def test_the_checks_of_a_return_run_but_for_those_of_its_files(loads: Loader) -> None:
    report, _ = loads(**looked_after({}, {**NEXT, "clae_cla_episode_ceased_date": "2025-07-01"}))
    assert {each.rule: each.rows for each in report.checks} == {"501": 0, "142": 1, "148": 1, "355": 1, "433": 1, "380": 0}


def test_sdq_scores_have_their_own_dates(loads: Loader) -> None:
    _, url = loads(ssd_sdq_scores=[
        {"csdq_table_id": "a"}, {"csdq_table_id": "b", "csdq_sdq_completed_date": "2025-08-09 10:11:12", "csdq_sdq_score": 40},
        {"csdq_table_id": "c", "csdq_sdq_score": 41}, {"csdq_table_id": "d", "csdq_sdq_completed_date": None},
        {"csdq_table_id": "e", "csdq_sdq_completed_date": None, "csdq_sdq_score": None, "csdq_sdq_reason": "SDQ1"},
        {"csdq_table_id": "e", "csdq_sdq_completed_date": None, "csdq_sdq_score": None, "csdq_sdq_reason": "SDQ1"},
    ])
    found = [(row["domain"], row["instrument"], row["score_date"], row["score"]) for row in rows_of(url, "outcome_score")]
    assert found == [("social_emotional", "sdq_total", DAY(2025, 6, 1), 12.0), ("social_emotional", "sdq_total", DAY(2025, 8, 9), 40.0)]
    assert reasons(url, "ssd_sdq_scores") == [
        (3, "csdq_sdq_score '41' is not a whole number from 0 to 40"), (4, "csdq_sdq_completed_date is blank"),
        (6, "repeats an earlier row (the whole row)"),
    ]


@pytest.mark.parametrize(("statuses", "wanted"), [
    ([("UASC", None)], (1, None)),
    ([("Unaccompanied Asylum Seeking Child", "2025-09-01")], (1, DAY(2025, 9, 1))),
    ([("UASC", "2025-09-01"), ("Refugee Status", None)], (1, DAY(2025, 9, 1))),
    ([("UASC", "2025-09-01"), ("UASC - Unaccompanied asylum-seeking child", "2025-12-01")], (1, DAY(2025, 12, 1))),
    ([("UASC", "2025-09-01"), ("UASC", None)], (1, None)),
    ([("Refugee Status", None), ("Former UASC", None), (None, None)], (None, None)),
])
def test_a_child_is_unaccompanied_until_the_status_ends(
    loads: Loader, statuses: list[tuple[str | None, str | None]], wanted: tuple[int | None, datetime.date | None],
) -> None:
    columns = ("immi_immigration_status", "immi_immigration_status_end_date")
    _, url = loads(ssd_immigration_status=[dict(zip(columns, status, strict=True)) for status in statuses])
    child = rows_of(url, "child")[0]
    assert (child["unaccompanied"], child["unaccompanied_until"]) == wanted


def test_disability_is_none_or_any_other_code(loads: Loader, tmp_path: Path) -> None:
    extract = write(
        tmp_path / "extracts", "children", {"child_id": "1", "disabled": "1"}, {"child_id": "4", "disabled": "1", "team": "A"},
        {"child_id": "5", "disabled": "0"},
    ).parent
    report, url = loads(
        extract, ssd_person=[{"pers_person_id": name} for name in "12345"],
        ssd_disability=[
            {"disa_person_id": "1"}, {"disa_person_id": "2", "disa_disability_code": "AUT"}, {"disa_person_id": "2"},
            {"disa_person_id": "3", "disa_disability_code": "YES"}, {"disa_person_id": "5"},
        ],
    )
    assert [(row["child_id"], row["disabled"], row["team"]) for row in rows_of(url, "child")] == [
        ("1", 0, None), ("2", 1, None), ("3", None, None), ("4", 1, "A"), ("5", 0, None),
    ]
    assert findings(report) == ["The children extract says otherwise than ssd_disability whether a child is disabled"]
    assert [(each.rows, each.children) for each in report.findings] == [(1, 1)]
    assert reasons(url, "ssd_disability") == [
        (4, f"disa_disability_code 'YES' is not a code; allowed: {' '.join(SSD_CODES['disa_disability_code'])}"),
    ]


OPTION, ORDERED = "lapp_previous_permanence_option", "lapp_previous_permanence_order_date"


@pytest.mark.parametrize(("orders", "wanted"), [
    ([{OPTION: "Z1"}], [(2024, "Z1"), (2026, "Z1")]),
    ([{OPTION: None}], [(2024, None), (2026, None)]),
    ([{OPTION: "P2 - Special guardianship order", ORDERED: "zz/06/2025"}], [(2024, None), (2026, "P2")]),
    ([{OPTION: "P2", ORDERED: "zz/zz/2025"}, {OPTION: "Z1"}], [(2024, "Z1"), (2026, "P2")]),
    ([{OPTION: "P2", ORDERED: "30/06/2023"}, {OPTION: "P1", ORDERED: "5/05/2025"}], [(2024, "P2"), (2026, "P1")]),
    ([{OPTION: "P1", ORDERED: "2025-05-05"}, {OPTION: "P3", ORDERED: "zz/zz/zzzz"}], [(2024, "P3"), (2026, "P1")]),
    ([{OPTION: "P1", ORDERED: "02/07/2025"}], [(2024, None), (2026, None)]),
])
def test_previous_permanence_belongs_to_the_care_that_came_after_it(
    loads: Loader, orders: list[Row], wanted: list[tuple[int, str | None]],
) -> None:
    _, url = loads(**looked_after(
        {"clae_cla_episode_start_date": "2023-07-01", "clae_cla_episode_ceased_date": "2023-09-01"},
        {"clae_cla_episode_start_date": "2025-05-01", "clae_cla_episode_ceased_date": "2025-06-01"},
        {"clae_cla_episode_start_date": "2025-07-01"},
        ssd_legal_status=[{"lega_legal_status_start_date": "2023-07-01"}], ssd_cla_previous_permanence=orders,
    ))
    found = [(row["collection_year"], row["previous_permanence"]) for row in rows_of(url, "previous_permanence")]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_a_table_without_a_good_row_provides_nothing(loads: Loader) -> None:
    _, url = loads(**looked_after({}, ssd_cla_previous_permanence=[{"lapp_previous_permanence_option": "?"}]))
    assert [row["name"] for row in rows_of(url, "provided_table")] == ["Episodes", "Header"]


def test_a_placeholder_is_a_blank(loads: Loader) -> None:
    _, url = loads(ssd_sdq_scores=[{"csdq_sdq_reason": "SSD_PH"}], ssd_person=[{"pers_ethnicity": "PLACEHOLDER_DATA", "pers_sex": " "}])
    child = rows_of(url, "child")[0]
    assert (child["sex"], child["ethnicity"]) == (None, None)


def test_words_of_ones_own_are_named_in_a_file(loads: Loader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from config import ssd_codes

    (tmp_path / "ssd_codes.toml").write_text('[lega_legal_status]\n"Full care order" = "C2"\n[immi_immigration_status]\nAsylum = "UASC"\n')
    monkeypatch.setattr(ssd_codes, "config_folder", lambda: tmp_path)
    ssd_codes.local_words.cache_clear()
    try:
        _, url = loads(**looked_after(
            {}, ssd_legal_status=[{"lega_legal_status": "Full care order"}], ssd_immigration_status=[{"immi_immigration_status": "Asylum"}],
        ))
    finally:
        ssd_codes.local_words.cache_clear()
    assert [row["care_status"] for row in rows_of(url, "care_arrangement")] == ["care_order"]
    assert rows_of(url, "child")[0]["unaccompanied"] == 1


def test_it_comes_without_a_return_or_another_dataset(postgresql_database: Callable[[], str], tmp_path: Path) -> None:
    one, other = (dataset(postgresql_database(), {"ssd_person": [{}]}) for _ in range(2))
    folder = write(tmp_path / "return", "Header", {}).parent
    write(folder, "Episodes", {})
    for sources in ([one, folder], [folder, one], [one, other]):
        with pytest.raises(UsageError, match="Load one of them, with the local extracts"):
            load(sources, database(tmp_path))
    with pytest.raises(UsageError, match="exactly one SSDA903 return, not 0"):
        load([one], database(tmp_path), collection_year=2026)
    assert not Path(tmp_path / "reporting.duckdb").exists()


def test_without_a_date_the_as_at_date_is_asked_for(postgresql_database: Callable[[], str], tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="Give it with --as-at"):
        load([dataset(postgresql_database(), {"ssd_person": [{}]})], database(tmp_path))
