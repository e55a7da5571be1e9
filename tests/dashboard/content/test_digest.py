"""Snapshots of the measures' states, and the digest that compares two of them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.cohorts import Cohort
from dashboard import command_line
from dashboard.commands.support.after_load import keep_states
from dashboard.content import digest
from dashboard.content.digest import change_words, heading
from dashboard.figures.reporting import Reporting
from data_access.engines import engine
from data_access.workspace import ActionRecord, new_id, save
from data_access.workspace.snapshots import KeptState, SnapshotRecord, has_snapshot, keep_snapshot, snapshots_around
from metrics.judgement.digest import Change, News
from tests.data_access.files import database, write

DAY = datetime.date(2026, 6, 30)


def snapshot(version: str, *states: KeptState, overdue: tuple[str, ...] = (), as_at: datetime.date = DAY) -> SnapshotRecord:
    return SnapshotRecord(data_version=version, as_at=as_at, states=states, overdue=overdue)


def test_the_first_snapshot_of_a_version_stays(workspace: sa.Engine) -> None:
    first, other = snapshot("a", KeptState(measure="attendance")), snapshot("a")
    keep_snapshot(workspace, first, "ann")
    keep_snapshot(workspace, other, "ben")
    assert snapshots_around(workspace, "a") == (None, first)
    assert has_snapshot(workspace, "a") and not has_snapshot(workspace, "b")
    assert digest.digest(workspace, "b") is None


def test_a_version_is_held_against_the_one_kept_before_it(workspace: sa.Engine) -> None:
    long = "b" * 300
    for version in ("a", long, "c"):
        keep_snapshot(workspace, snapshot(version), "ann")
    assert [found.data_version if found else None for found in snapshots_around(workspace, long)] == ["a", long]


def test_the_digest_in_sentences(workspace: sa.Engine) -> None:
    late = new_id()
    save(workspace, late, ActionRecord(measure="attendance", aim="A", owner="B", due=datetime.date(2026, 1, 1)), after=0, who="ann")
    keep_snapshot(workspace, snapshot("a", KeptState(measure="attendance", variation="common_cause", target_status="met", target=0.88),
                                      KeptState(measure="no_such_measure_any_more")), "ann")
    assert heading(digest.digest(workspace, "a")).startswith("This is the first data")
    keep_snapshot(workspace, snapshot("b", KeptState(measure="attendance", variation="concern_low", target_status="missed", target=0.88),
                                      KeptState(measure="no_such_measure_any_more", variation="concern_low"), overdue=(late,)), "ann")
    found = digest.digest(workspace, "b")
    assert found is not None and found.since == DAY
    assert [measure.id for measure in found.measures] == ["attendance"]
    assert found.sentences == (
        "School sessions attended: it is getting worse, by more than the usual ups and downs; the 88% target is now missed.",
        "1 action has become overdue.",
    )
    assert heading(found) == "What changed since the data of 30 June 2026"


@pytest.mark.parametrize("news", list(News))
def test_all_news_has_words(news: News) -> None:
    about = {"breakdown": "sex", "group": "F"} if news in (News.GAP_OPENED, News.GAP_CLOSED) else {}
    target = 0.9 if "TARGET" in news.name or "WILL" in news.name else None
    words = change_words(Change("education_plan", news, target, was="missed", **about))
    assert words and "None" not in words


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    write(folder, "Header", {})
    write(folder, "Episodes", {})
    return folder


def test_a_load_keeps_the_states_and_the_digest_knows_them(
    workspace: sa.Engine, source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    assert command_line.main(["load", str(source), "--database", database(tmp_path)]) == 0
    reporting = Reporting(engine(database(tmp_path)))
    assert reporting.cohort is Cohort.LOOKED_AFTER
    _, kept = snapshots_around(workspace, reporting.version, reporting.cohort)
    assert kept is not None and len(kept.states) > 20
    capsys.readouterr()
    assert command_line.main(["digest", "--database", database(tmp_path)]) == 0
    assert capsys.readouterr().out == (
        "This is the first data of which children in care were looked at, so there is nothing to compare it with.\n"
    )


def test_a_workspace_that_is_not_there_fails_no_load(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("QS133_WORKSPACE_URL", "sqlite:////dev/null/workspace.sqlite")
    assert command_line.main(["load", str(source), "--database", database(tmp_path)]) == 0
    shown = capsys.readouterr()
    assert "The data is loaded. But how the measures stand could not be kept" in shown.err
    assert "rows read" in shown.out


def test_a_made_up_authority_is_not_kept(workspace: sa.Engine, demo_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    keep_states(demo_database)
    assert not has_snapshot(workspace, Reporting(engine(demo_database)).version)
    assert command_line.main(["digest", "--database", demo_database]) == 1
    assert "made-up authority" in capsys.readouterr().err


def test_each_cohort_is_held_against_its_own_snapshot(workspace: sa.Engine) -> None:
    def care(version: str, variation: str | None) -> SnapshotRecord:
        states = (KeptState(measure="education_plan", period="2025-26 Q4", variation=variation),)
        return SnapshotRecord(data_version=version, as_at=DAY, states=states, cohort=Cohort.LOOKED_AFTER)

    keep_snapshot(workspace, snapshot("a"), "ann")
    keep_snapshot(workspace, care("a", "common_cause"), "ann")
    first = digest.digest(workspace, "a", Cohort.LOOKED_AFTER)
    assert first is not None and "children in care" in heading(first)
    keep_snapshot(workspace, snapshot("b"), "ann")
    keep_snapshot(workspace, care("b", "concern_low"), "ann")
    assert snapshots_around(workspace, "b")[0] == snapshot("a")
    found = digest.digest(workspace, "b", Cohort.LOOKED_AFTER)
    assert found is not None and "for children in care" in heading(found)
    assert found.sentences[0].startswith("Children in care with an education plan: it is getting worse")
    assert digest.digest(workspace, "b").sentences == ()
