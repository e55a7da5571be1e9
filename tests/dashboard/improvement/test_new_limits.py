"""Before limits begin anew: when that is asked, and what the preview says."""

from __future__ import annotations

import datetime

from dashboard.content.sentences import control_sentence
from dashboard.improvement.new_limits import new_limits, preview_words
from tests.dashboard.made_up import made_trend

STEADY = [(60 + index % 3, 100) for index in range(20)]
ON = datetime.date(2023, 4, 1)  # the quarters begin in April 2020, so twelve are before it and eight after


def test_only_new_limits_are_asked_about() -> None:
    values = {"measure": "education_plan", "on": ON, "rebase_reason": "It stayed."}
    assert new_limits({}, values) == ("education_plan", ON)
    assert new_limits({"on": ON, "rebase_reason": "It has stayed."}, values) is None
    assert new_limits({"on": datetime.date(2022, 4, 1), "rebase_reason": "It stayed."}, values) == ("education_plan", ON)
    assert new_limits({}, {**values, "rebase_reason": ""}) is None
    assert new_limits({}, {**values, "on": None}) is None
    assert new_limits({}, {"words": "a note"}) is None


def test_periods_are_counted_from_the_day_on_and_not_from_the_beginning() -> None:
    before, after = made_trend("education_plan", STEADY), made_trend("education_plan", STEADY, rebase_on=[ON])
    said = preview_words(before, after, ON)
    assert "8 complete quarters lie on or after that day" in said
    assert "until 5 more quarters are complete there is a run chart" in said and "icon of today goes away" in said
    enough = preview_words(before, before, datetime.date(2020, 7, 1))
    assert "19 complete quarters" in enough and "enough for new limits at once" in enough
    changed = [*STEADY[:12], *((80 + index % 3, 100) for index in range(8))]
    assert "there are 8 since the limits started again" in control_sentence(
        made_trend("education_plan", changed, rebase_on=[ON])
    )
    assert "and there are 8." in control_sentence(made_trend("education_plan", STEADY[:8]))
