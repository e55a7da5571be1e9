"""What people wrote in sentences, and whether a change helped: in the words of process control, and never as the cause."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.rebases import Rebase
from dashboard.figures.workspace_records import Written
from dashboard.improvement import wording
from dashboard.improvement.forms import Unfinished, made
from dashboard.improvement.page import chosen_actions
from dashboard.improvement.wording import (
    NOT_THE_CAUSE,
    counts_words,
    differences,
    help_words,
    overdue_words,
    target_words,
)
from data_access.workspace import (
    ActionRecord,
    ChangeRecord,
    EvidenceRecord,
    EvidenceState,
    NoteRecord,
    Record,
    Revision,
    Stage,
    TargetRecord,
)
from metrics.judgement.before_after import BeforeAfter, Side
from metrics.measures.catalogue import get
from metrics.summary.summarise import State
from tests.dashboard.made_up import made_trend

TODAY = datetime.date(2026, 11, 24)
BEFORE, AFTER = [(60 + i % 3, 100) for i in range(8)], [(80 + i % 3, 100) for i in range(8)]
CHANGED = datetime.date(2022, 4, 1)  # the quarters begin in April 2020, so eight are before it


def item(record: Record, id: str = "x") -> Revision[Record]:
    return Revision(id, 1, datetime.datetime(2026, 11, 3, 14, 5), "ann@council.example", False, record)


def action(due: str | None, stage: Stage = Stage.DO, aim: str = "a") -> ActionRecord:
    day = datetime.date.fromisoformat(due) if due else None
    return ActionRecord(measure="attendance", aim=aim, owner="o", due=day, stage=stage, outcome="Done." if stage is Stage.DONE else "")


def test_a_lasting_rise_is_told_with_both_averages_and_never_as_the_cause() -> None:
    said = help_words(made_trend("assessed_before_programme", [*BEFORE, *AFTER]), CHANGED)
    assert said == (
        "Before 1 April 2022: 61% on average over 8 quarters. Since then: 81% on average over 8 quarters. "
        "That is 20 percentage points higher, which is better. "
        "Special cause since then: against the limits of all 16 quarters, 8 quarters show improvement beyond "
        f"the usual ups and downs. {NOT_THE_CAUSE}"
    )
    assert "was the cause" in said and "caused" not in said and "because" not in said


def test_it_says_the_same_when_the_change_began_the_limits_anew() -> None:
    plain = help_words(made_trend("assessed_before_programme", [*BEFORE, *AFTER]), CHANGED)
    rebased = made_trend("assessed_before_programme", [*BEFORE, *AFTER], rebase_on=[CHANGED])
    assert help_words(rebased, CHANGED, [Rebase("assessed_before_programme", CHANGED, "It moved.")]) == plain


def test_for_a_measure_that_should_fall_a_rise_is_worse() -> None:
    said = help_words(made_trend("return_after_permanence", [*BEFORE, *AFTER]), CHANGED)
    assert "20 percentage points higher, which is worse" in said and "8 quarters show a change for the worse" in said


def test_with_enough_quarters_before_their_limits_are_named() -> None:
    said = help_words(made_trend("assessed_before_programme", [*BEFORE, *BEFORE, *AFTER]), datetime.date(2024, 4, 1))
    assert "against the limits of the 16 quarters before it, 8 quarters show improvement" in said


def test_nothing_special_is_said_so_with_how_long_it_takes_to_show() -> None:
    said = help_words(made_trend("assessed_before_programme", [*BEFORE, *BEFORE, (61, 100), (60, 100)]), datetime.date(2024, 4, 1))
    assert "No special cause since then" in said and "since then, a lasting change may not show yet." in said


@pytest.mark.parametrize(("on", "says"), [
    (datetime.date(2020, 4, 1), "No complete quarter with a value lies before this day"),
    (datetime.date(2024, 4, 1), "No complete quarter with a value has begun since"),
])
def test_nothing_on_one_side_is_said_so(on: datetime.date, says: str) -> None:
    assert help_words(made_trend("assessed_before_programme", [*BEFORE, *AFTER]), on).startswith(says)


def test_what_is_hidden_since_is_not_called_too_early() -> None:
    trend = made_trend("assessed_before_programme", [*BEFORE, *AFTER])
    since = pl.col("period_start") >= CHANGED
    hidden = trend.frame.with_columns(
        pl.when(since).then(pl.lit(State.HIDDEN.value)).otherwise("state").alias("state"),
        *(pl.when(~since).then(name).alias(name) for name in ("numerator", "denominator", "value", "lower", "upper")),
    )
    said = help_words(replace(trend, frame=hidden), CHANGED)
    assert said == "The quarters that have begun since are hidden to protect children, so nothing can be compared."


def test_too_few_quarters_are_too_early_to_say() -> None:
    said = help_words(made_trend("assessed_before_programme", [(60, 100)] * 3 + [(80, 100)]), datetime.date(2021, 1, 1))
    assert "over 3 quarters" in said and "over 1 quarter." in said
    assert "whether this is more than the usual ups and downs: that needs 13 complete quarters, and there are 4." in said


def test_counts_say_what_is_there_and_what_is_late() -> None:
    written = Written([
        item(action("2026-11-23")), item(action("2026-11-24")), item(NoteRecord(measure="attendance", words="n")),
        item(ChangeRecord(measure="education_plan", on=TODAY, words="w")),
    ])
    assert counts_words(written, get("attendance"), TODAY) == "2 actions (1 overdue) and 1 note"
    assert counts_words(written, get("education_plan"), TODAY) == "1 change"
    assert counts_words(Written(), get("attendance"), TODAY) == ""


def test_what_is_overdue_is_one_sentence_and_nothing_when_nothing_is() -> None:
    review = EvidenceRecord(
        evidence_id="carer_programmes_by_age", statement=4, state=EvidenceState.PARTLY, words="w", review_date=datetime.date(2026, 10, 31)
    )
    written = Written([item(review), item(action("2026-11-01")), item(action("2026-11-02")), item(action("2026-11-01", Stage.DONE))])
    assert overdue_words(written, TODAY) == "**Overdue:** 1 review of evidence (statement 4, structure b) and 2 improvement actions."
    assert overdue_words(written, datetime.date(2026, 10, 31)) == ""


def test_actions_are_listed_by_their_stage_with_those_due_first() -> None:
    late, later, done, some_day = (
        item(action("2026-11-01", aim="late")), item(action("2027-01-01", Stage.STUDY, "later")),
        item(action("2026-01-01", Stage.DONE, "done")), item(action(None, aim="some day")),
    )
    items = [done, some_day, later, late]
    assert chosen_actions(items, "all", TODAY) == [late, later, some_day, done]
    assert chosen_actions(items, "not_done", TODAY) == [late, later, some_day]
    assert chosen_actions(items, "overdue", TODAY) == [late]
    assert chosen_actions(items, "study", TODAY) == [later]


def test_a_revision_says_what_it_changed_and_what_was_there_before() -> None:
    older = action("2026-11-01", aim="a")
    newer = older.model_copy(update={"stage": Stage.STUDY, "due": datetime.date(2026, 12, 1)})
    assert list(differences(newer, older)) == [("Due", "1 December 2026", "1 November 2026"), ("Stage", "Study", "Do")]
    assert ("Aim", "a", "") in list(differences(older, None))


def test_a_target_is_told_in_its_unit_with_its_day_and_placement() -> None:
    record = TargetRecord(measure="education_plan", level=87.5, from_date=TODAY, placement="residential", reason="r")
    assert target_words(record) == "87.5% from 24 November 2026, only for Children's home or residential school"
    assert target_words(TargetRecord(measure="social_emotional_mean", level=13, from_date=TODAY, reason="r")).startswith("13 from")


def test_what_is_missing_is_named_and_what_is_empty_may_be() -> None:
    with pytest.raises(Unfinished, match=r"^Enter: aim and owner\.$"):
        made(ActionRecord, {"measure": "attendance", "aim": " ", "owner": "", "change_idea": ""})
    with pytest.raises(Unfinished, match="Enter the outcome"):
        made(ActionRecord, {"measure": "attendance", "aim": "a", "owner": "o", "stage": Stage.DONE, "outcome": ""})
    with pytest.raises(Unfinished, match=r"^Owner must be 200 characters or fewer\.$"):
        made(ActionRecord, {"measure": "attendance", "aim": "a", "owner": "o" * 201})
    with pytest.raises(Unfinished, match=r"^Enter: target and start date\.$"):
        made(TargetRecord, {"measure": "attendance", "level": None, "from_date": None, "reason": "r"})
    with pytest.raises(Unfinished, match=r"^'Average SDQ score' can't have a target of 45: its values are from 0 to 40\.$"):
        made(TargetRecord, {"measure": "social_emotional_mean", "level": 45.0, "from_date": TODAY, "reason": "r"})
    assert made(ChangeRecord, {"measure": "attendance", "on": TODAY, "words": "w", "rebase_reason": " "}) == ChangeRecord(
        measure="attendance", on=TODAY, words="w"
    )


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_the_difference_of_two_averages_is_that_of_the_numbers_beside_it(before: float, after: float) -> None:
    measure, found = get("education_plan"), BeforeAfter(CHANGED, Side(8, before), Side(8, after), None)
    told = wording._means(measure, found, "quarters") + wording._difference(measure, found)
    numbers = [float(text) for text in re.findall(r"(\d+(?:\.\d+)?)(?=%| percentage)", told)]
    if len(numbers) == 3:
        low, high, apart = numbers
        assert abs(abs(high - low) - apart) < 1e-9, told
