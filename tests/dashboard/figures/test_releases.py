"""Released periods stay in the protected view as they were, whatever is loaded, until a person releases them anew."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from config import disclosure
from dashboard.access.roles import WITHOUT_SIGN_IN
from dashboard.command_line import main
from dashboard.content.release_wording import changed_rows, changed_sentence, changed_since_release_sentences, spans
from dashboard.figures.permitted import PermittedReporting
from dashboard.figures.released_periods import COUNTED_OTHERWISE, SOURCE_ADDED, NewRelease, Releases
from dashboard.figures.reporting import ChangedPeriod, Reporting
from data_access.audit import entries
from data_access.engines import engine
from data_access.workspace import WorkspaceUnavailable, releases_of, workspace_engine
from data_access.workspace.releases import period_release
from metrics.disclosure.releases import cells_from_bytes
from metrics.measures.catalogue import get, measures
from metrics.measures.kinds import Measure
from metrics.summary.cells import cells_schema
from metrics.units.breakdowns import BREAKDOWNS
from metrics.units.unit import Responsibility
from tests.dashboard.figures.conftest import LATER, Load
from tests.dashboard.people import Agreeing, exact
from tests.data_access import damage
from tests.data_access.empty_databases import empty_database

CONCERN, ASSESSED, PLAN = get("social_emotional_concern"), get("assessment_covers_all_factors"), get("education_plan")
SCORES = {"social_emotional_concern", "social_emotional_mean"}
EARLIER = datetime.date(2026, 5, 15)
TABLES: tuple[tuple[str, ...], ...] = ((), *itertools.combinations(("placement", "sex", "ethnicity", "disabled"), 1),
                                       ("placement", "sex"), ("ethnicity", "care_status"), ("team", "age_band"))


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """A workspace of the settings, on each engine."""
    address = empty_database(request, tmp_path, "workspace")
    monkeypatch.setenv("QS133_WORKSPACE_URL", address)
    return workspace_engine(address)


def opened(address: str, workspace: sa.Engine, responsibility: Responsibility | None = None) -> Reporting:
    return Reporting(engine(address), responsibility, Releases(lambda: workspace))


def shown(reporting: Reporting, measure: Measure = CONCERN, grain: str = "quarter") -> dict[tuple[str, ...], pl.DataFrame]:
    """What the protected view has of a measure, by the breakdowns of the table."""
    return {by: reporting.protected_summary(measure, grain, by=by) for by in TABLES}


def same(
    some: dict[tuple[str, ...], pl.DataFrame], others: dict[tuple[str, ...], pl.DataFrame], periods: list[str],
    tables: Sequence[tuple[str, ...]] = TABLES,
) -> bool:
    """Whether the tables show the same of these periods. A group that one of them has in other periods only may have a row of nothing."""

    def rows(table: pl.DataFrame) -> pl.DataFrame:
        return table.filter(pl.col("period").is_in(periods), pl.col("denominator").is_not_null())

    return all(rows(some[by]).equals(rows(others[by])) for by in tables)


def complete(reporting: Reporting, grain: str = "quarter") -> list[str]:
    return reporting.periods(grain).filter("complete")["label"].to_list()


def fewer(rows: damage.Rows) -> damage.Rows:
    """One in three of the scores from before July 2026, and all from then on."""
    return [row for number, row in enumerate(rows) if not number % 3 or row["score_date"] >= "2026-07-01"]


def test_a_load_that_changes_a_released_period_is_not_shown_until_it_is_released_anew(either: sa.Engine, load_with: Load) -> None:
    address = load_with()
    before = shown(opened(address, either))
    assert_frame_equal(before[()], Reporting(engine(address)).protected_summary(CONCERN, "quarter"))
    present = Reporting(engine(address := load_with(outcome_scores=fewer)))
    later = opened(address, either)
    periods = complete(later)
    assert not same(shown(present), before, periods) and same(shown(later), before, periods)
    assert later.summary(CONCERN, "quarter").equals(present.summary(CONCERN, "quarter"))
    changed = later.changed()
    assert {each.unit for each in changed} == {CONCERN.unit} and frozenset().union(*(each.measures for each in changed)) <= SCORES
    assert {each.period for each in changed if CONCERN.id in each.measures} == set(later.changed_since_release(CONCERN, "quarter"))

    later.release_again(NewRelease("ann", "late scores"))
    assert later.changed() == [] and later.changed_since_release(CONCERN, "quarter") == {}
    again = opened(address, either)
    for reporting in (later, again):
        assert same(shown(reporting), shown(present), periods)
    reasons = {
        (release.who, release.reason) for family in Releases(lambda: either).families()
        for label, release in releases_of(either, family).items() if label in {each.period for each in changed}
    }
    assert reasons == {("ann", "late scores")}


def test_what_was_hidden_stays_hidden_and_what_was_shown_stays_shown_as_new_periods_come(workspace: sa.Engine, load_with: Load) -> None:
    """All two-way tables, in the unit with the most measures."""
    pairs = [*itertools.combinations(BREAKDOWNS, 2)]
    earlier = opened(load_with(as_at=EARLIER), workspace)
    before = {pair: earlier.protected_summary(CONCERN, "quarter", by=pair) for pair in pairs}
    later = opened(load_with(), workspace)
    assert set(complete(earlier)) < set(complete(later))
    after = {pair: later.protected_summary(CONCERN, "quarter", by=pair) for pair in pairs}
    assert same(before, after, complete(earlier), pairs)


def test_an_incomplete_period_is_shown_to_nobody_and_released_once_it_is_over(workspace: sa.Engine, load_with: Load) -> None:
    early = opened(load_with(as_at=EARLIER), workspace)
    (last,) = early.periods("quarter").filter(~pl.col("complete"))["label"]
    for table in shown(early).values():
        rows = table.filter(pl.col("period") == last)
        assert set(rows["state"]) == {"hidden"} and rows["denominator"].null_count() == rows["numerator"].null_count() == rows.height
    (family,) = Releases(lambda: workspace).families()
    assert last not in releases_of(workspace, family)

    over = opened(load_with(), workspace)
    shown(over)
    assert last in releases_of(workspace, family) and over.changed() == []


def test_cells_are_read_once_where_all_periods_are_kept(
    workspace: sa.Engine, load_with: Load, monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = shown(opened(load_with(), workspace))
    later = opened(load_with(outcome_scores=fewer), workspace)
    assert complete(later) == later.periods("quarter")["label"].to_list()
    read: list[Mapping[str, pl.DataType]] = []

    def reading(released: Iterable[bytes], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
        read.append(schema)
        return cells_from_bytes(released, schema)

    with monkeypatch.context() as patched:
        patched.setattr("dashboard.figures.released_periods.cells_from_bytes", reading)
        assert same(shown(later), before, complete(later))
    assert read == [cells_schema(CONCERN.unit, tuple(measure for measure in measures() if measure.unit is CONCERN.unit))]
    later.release_again(NewRelease("ann", "late scores"))
    assert not same(shown(later), before, complete(later))


@pytest.mark.parametrize(("made_up", "responsibility"), [(True, None), (False, Responsibility(("Permanence",)))])
def test_made_up_data_and_a_managers_part_are_never_released(
    workspace: sa.Engine, load_with: Load, made_up: bool, responsibility: Responsibility | None,
) -> None:
    reporting = opened(load_with(made_up=made_up), workspace, responsibility)
    shown(reporting)
    reporting.release_again(NewRelease("ann", "nothing"))
    reporting.forget_what_was_replaced()
    assert Releases(lambda: workspace).families() == set() and reporting.changed() == []


def test_numbers_whose_source_is_missing_from_a_later_load_stay_as_they_were(workspace: sa.Engine, load_with: Load) -> None:
    early = opened(load_with(as_at=EARLIER), workspace)
    before, released = shown(early, PLAN), complete(early)
    later = opened(load_with(without="education_plans"), workspace)
    after = shown(later, PLAN)
    assert same(after, before, released)
    new = after[()].filter("complete", ~pl.col("period").is_in(released))
    assert new.height and set(new["state"]) == {"not covered"} and new["numerator"].null_count() == new.height
    assert after[()]["period"].to_list() == sorted(after[()]["period"])
    back = opened(load_with(), workspace)
    whole = shown(back, PLAN)
    assert same(whole, before, released)
    assert not {"no data", "not covered"} & set(whole[()].filter("complete")["state"])
    (family,) = Releases(lambda: workspace).families()
    assert {release.reason for label, release in releases_of(workspace, family).items() if label not in released} == {SOURCE_ADDED}


def test_another_way_of_counting_is_a_new_release_and_another_rule_is_none(
    workspace: sa.Engine, load_with: Load, monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = shown(opened(load_with(), workspace))
    present = Reporting(engine(address := load_with(outcome_scores=fewer)))
    stricter = disclosure.disclosure_rules().model_copy(update={"smallest_group": 60})
    with monkeypatch.context() as patched:
        patched.setattr("dashboard.figures.reporting.disclosure_rules", lambda: stricter)
        reporting = opened(address, workspace)
        assert reporting.changed() and shown(reporting)[("placement",)]["denominator"].null_count() > (
            before[("placement",)]["denominator"].null_count()
        )
    monkeypatch.setattr("dashboard.figures.released_periods.fingerprint", lambda *given: "another")
    reporting = opened(address, workspace)
    assert same(shown(reporting), shown(present), complete(reporting)) and reporting.changed() == []
    (family,) = (family for family in Releases(lambda: workspace).families() if COUNTED_OTHERWISE in {
        release.reason for release in releases_of(workspace, family).values()
    })
    assert len(Releases(lambda: workspace).families()) == 2 and releases_of(workspace, family)


def test_without_the_workspace_the_protected_view_shows_nothing(workspace: sa.Engine, load_with: Load) -> None:
    address = load_with()

    def away() -> sa.Engine:
        raise WorkspaceUnavailable("It is away.")

    with pytest.raises(WorkspaceUnavailable, match="It is away"):
        Reporting(engine(address), releases=Releases(away)).protected_summary(CONCERN, "quarter")
    read_only = sa.create_engine(workspace.url)
    sa.event.listen(read_only, "connect", lambda connection, _: connection.execute("PRAGMA query_only = ON"))
    reporting = opened(address, read_only)
    with pytest.raises(WorkspaceUnavailable, match="you may write there"):
        reporting.protected_summary(CONCERN, "quarter")
    assert reporting.summary(CONCERN, "quarter").height
    assert opened(address, workspace).protected_summary(CONCERN, "quarter").height


def test_servers_that_look_at_the_same_moment_show_the_same(either: sa.Engine, load_with: Load) -> None:
    address = load_with()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: opened(address, either).protected_summary(CONCERN, "quarter", by=("sex",)), range(4)))
    assert all(each.equals(found[0]) for each in found)
    with either.connect() as connection:
        numbers = connection.execute(sa.select(period_release.c.period, period_release.c.number)).all()
    assert len(set(numbers)) == len(numbers) and {number for _, number in numbers} == {1}


def test_another_server_lets_go_of_what_a_person_replaced(workspace: sa.Engine, load_with: Load) -> None:
    shown(opened(load_with(), workspace))
    address = load_with(outcome_scores=fewer)
    one, other = opened(address, workspace), opened(address, workspace)
    for reporting in (one, other):
        reporting.forget_what_was_replaced()
        shown(reporting)
    one.release_again(NewRelease("ann", "late scores"))
    assert not same(shown(one), shown(other), complete(one))
    other.forget_what_was_replaced()
    assert same(shown(one), shown(other), complete(one))


def test_each_grain_is_released_by_itself(workspace: sa.Engine, load_with: Load) -> None:
    shown(opened(load_with(), workspace), grain="year")
    address = load_with(outcome_scores=fewer)
    later = opened(address, workspace)
    assert {each.grain for each in later.changed()} <= {"year"}
    assert same(shown(later), shown(Reporting(engine(address))), complete(later))


def test_a_database_that_is_not_the_settings_is_shown_as_it_is(
    workspace: sa.Engine, load_with: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    address = load_with()
    monkeypatch.setenv("QS133_DATABASE_URL", f"duckdb:///{tmp_path / 'another.duckdb'}")
    assert main(["measures", "--measure", CONCERN.id, "--database", address]) == 0
    assert Releases(lambda: workspace).families() == set() and capsys.readouterr().out


def test_made_up_data_has_nothing_to_release(workspace: sa.Engine, load_with: Load, capsys: pytest.CaptureFixture[str]) -> None:
    load_with(made_up=True)
    assert main(["release", "--reason", "late scores"]) == 1 and "made-up authority's" in capsys.readouterr().err
    assert entries(workspace).height == 0


def test_a_load_says_which_released_periods_it_changed(
    workspace: sa.Engine, load_with: Load, made: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    shown(opened(load_with(), workspace))
    sources = damage.copy_of(made, tmp_path / "by command")
    damage.change(sources[-1] / "outcome_scores.csv", fewer)
    assert main(["load", *map(str, sources), "--as-at", LATER.isoformat()]) == 0
    said = capsys.readouterr().err
    assert "have other numbers in the data by now: quarter 2025-26 Q" in said and "qs133 release" in said


def test_a_person_is_told_of_the_kept_periods_of_measures_that_were_worked_out(workspace: sa.Engine, load_with: Load) -> None:
    shown(opened(load_with(), workspace))
    reporting = PermittedReporting(opened(load_with(outcome_scores=fewer), workspace), WITHOUT_SIGN_IN, Agreeing())
    assert reporting.changed_since_release([CONCERN], "quarter") == {}
    for measure in (CONCERN, ASSESSED):
        reporting.summary(measure, "quarter")
    assert list(reporting.changed_since_release([CONCERN, ASSESSED], "quarter")) == [CONCERN]
    assert reporting.changed_since_release([ASSESSED], "quarter") == {}
    assert exact(opened(load_with(), workspace)).changed_since_release([CONCERN], "quarter") == {}


def test_the_words_name_periods_and_measures_and_no_children() -> None:
    labels = [f"2025-26 Q{number}" for number in (1, 2, 3, 4)]
    assert spans({labels[0], labels[1], labels[3]}, labels) == ["2025-26 Q1", "2025-26 Q2", "2025-26 Q4"]
    assert spans(set(labels), labels) == ["2025-26 Q1 to 2025-26 Q4"]
    october, november = datetime.datetime(2026, 10, 3, 9), datetime.datetime(2026, 11, 2, 9)
    kept = {PLAN: {labels[0]: october, labels[1]: october}, CONCERN: {labels[1]: october, labels[3]: november}}
    assert changed_since_release_sentences(kept, labels) == [
        "The numbers of 2025-26 Q1 and 2025-26 Q2 are those released on 3 October 2026, because a later load changed the data: "
        f"{CONCERN.title}; {PLAN.title}.",
        f"The numbers of 2025-26 Q4 are those released on 2 November 2026, because a later load changed the data: {CONCERN.title}.",
    ]
    changed = [
        ChangedPeriod(PLAN.unit, "year", "2025-26", november, frozenset({PLAN.id})),
        ChangedPeriod(PLAN.unit, "quarter", labels[0], october, frozenset({PLAN.id})),
        ChangedPeriod(CONCERN.unit, "quarter", labels[0], october, frozenset({CONCERN.id})),
    ]
    assert [list(row.values()) for row in changed_rows(changed)] == [
        ["2025-26 Q1", "Quarter", "3 October 2026", f"{CONCERN.title}; {PLAN.title}"], ["2025-26", "Year", "2 November 2026", PLAN.title],
    ]
    assert changed_sentence(changed).startswith(
        "2 released periods have other numbers in the data by now: quarter 2025-26 Q1, year 2025-26.",
    )
