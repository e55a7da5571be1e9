"""The targets file: what it gives, and the sentence with the line for each way to get it wrong."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from config.targets import Target, targets
from config.toml_file import ConfigError

GOOD = """# words first

[[target]]
measure = "education_plan"
level = 90
from = 2023-04-01
"""


@pytest.fixture
def targets_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))
    return tmp_path / "targets.toml"


def test_the_shipped_targets_have_steps_and_a_placement_of_its_own() -> None:
    found = targets()
    steps = [target for target in found if target.measure == "assessed_before_programme"]
    assert [target.level for target in steps] == [55, 65, 75]
    assert [target.from_date for target in steps] == sorted({target.from_date for target in steps})
    assert [(target.measure, target.placement) for target in found if target.placement] == [("education_plan_up_to_date", "residential")]


def test_every_field_is_read_with_its_line(targets_file: Path) -> None:
    targets_file.write_text(GOOD + """
  [[ target ]]  # indented, with spaces
placement = "residential"
measure = "attendance"
level = 92.5
from = 2024-09-01
reason = "Agreed in the [[target]] meeting"
""", encoding="utf-8")
    assert targets() == (
        Target("education_plan", 90.0, datetime.date(2023, 4, 1), None, "", 3),
        Target("attendance", 92.5, datetime.date(2024, 9, 1), "residential", "Agreed in the [[target]] meeting", 8),
    )


def test_a_change_of_the_file_holds_at_the_next_call(targets_file: Path) -> None:
    targets_file.write_text(GOOD, encoding="utf-8")
    assert targets()[0].level == 90
    targets_file.write_text(GOOD.replace("90", "0"), encoding="utf-8")
    assert targets()[0].level == 0


@pytest.mark.parametrize("text", ["", "# no target yet\n"])
def test_a_file_without_targets_gives_none(targets_file: Path, text: str) -> None:
    targets_file.write_text(text, encoding="utf-8")
    assert targets() == ()


def test_one_measure_may_have_targets_from_several_dates_and_for_several_placements(targets_file: Path) -> None:
    later = GOOD.replace("2023", "2024")
    residential = GOOD + 'placement = "residential"\n'
    foster = GOOD + 'placement = "foster_carer"\n'
    targets_file.write_text(GOOD + later + residential + foster, encoding="utf-8")
    assert [(target.from_date.year, target.placement) for target in targets()] == [
        (2023, None), (2024, None), (2023, "residential"), (2023, "foster_carer"),
    ]


@pytest.mark.parametrize(("change", "says"), [
    ('levle = 3', "a target has no 'levle'"),
    ('placement = "castle"', "there is no placement 'castle'"),
    ('placement = 3', "placement must be text"),
    ('reason = 3', "reason must be text"),
])
def test_a_faulty_extra_key_is_told_with_the_line_of_its_entry(targets_file: Path, change: str, says: str) -> None:
    targets_file.write_text(GOOD + GOOD.replace("2023", "2024") + change + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"^targets\.toml, line 9: {says}"):
        targets()


@pytest.mark.parametrize(("line", "instead", "says"), [
    ('measure = "education_plan"', "", "this target lacks 'measure'"),
    ("level = 90", "", "this target lacks 'level'"),
    ("from = 2023-04-01", "", "this target lacks 'from'"),
    ('measure = "education_plan"', "measure = 7", "measure must be text"),
    ("level = 90", 'level = "90"', "level must be a number"),
    ("level = 90", "level = true", "level must be a number"),
    ("level = 90", "level = nan", "level must be a number"),
    ("level = 90", "level = -1", "level is -1"),
    ("from = 2023-04-01", 'from = "2023-04-01"', "from must be a date"),
    ("from = 2023-04-01", "from = 2023-04-01T00:00:00", "from must be a date"),
    ("from = 2023-04-01", "from = 2023", "from must be a date"),
])
def test_a_missing_or_mistyped_value_is_told_with_the_line_of_its_entry(targets_file: Path, line: str, instead: str, says: str) -> None:
    targets_file.write_text(GOOD + GOOD.replace(line, instead), encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"^targets\.toml, line 9: {says}"):
        targets()


def test_a_target_that_is_there_twice_names_both_lines(targets_file: Path) -> None:
    targets_file.write_text(GOOD + GOOD.replace("90", "80"), encoding="utf-8")
    says = r"line 9: this target repeats the one of line 3 \(education_plan, from 2023-04-01, all placements\)"
    with pytest.raises(ConfigError, match=says):
        targets()


@pytest.mark.parametrize(("text", "says"), [
    (GOOD + "[targets]\nmeasure = 1\n", "line 7: there is no setting 'targets'"),
    ("level = 3\n" + GOOD, "line 1: there is no setting 'level'"),
    ("# one bracket\n[target]\nlevel = 3\n", r"line 2: each target begins with \[\[target\]\], with two brackets"),
    ("target = 3\n", r"line 1: each target begins with \[\[target\]\]"),
    (GOOD + "level = = 3\n", r"is not valid TOML: .*line 7"),
])
def test_a_file_of_another_form_is_told_with_its_line(targets_file: Path, text: str, says: str) -> None:
    targets_file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"^targets\.toml,? ?{says}"):
        targets()
