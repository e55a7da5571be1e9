"""`qs133 release`: it lists, releases anew and forgets, and the audit log has it first."""

from __future__ import annotations

import csv
import io

import pytest
import sqlalchemy as sa

from dashboard.command_line import main
from dashboard.figures.reporting import Reporting
from data_access.audit import Action, entries
from data_access.engines import engine
from tests.dashboard.figures.conftest import Load
from tests.dashboard.figures.test_releases import ASSESSED, CONCERN, complete, fewer, opened, same, shown


def numbers(printed: str) -> list[dict[str, str]]:
    """The rows of complete periods, without what is said of the quality of the data as it is now."""
    rows = csv.DictReader(io.StringIO(printed))
    return [{name: value for name, value in row.items() if name != "data_to_check"} for row in rows if row["complete"] == "true"]


def test_the_command_lists_and_releases_and_the_audit_log_has_it(
    workspace: sa.Engine, load_with: Load, capsys: pytest.CaptureFixture[str],
) -> None:
    command = ["measures", "--measure", CONCERN.id, "--measure", ASSESSED.id]
    load_with()
    assert main(command) == 0
    before = capsys.readouterr()
    assert "released" not in before.err
    assert main(["release", "--list"]) == 0 and capsys.readouterr().out == "No released period has changed.\n"
    load_with(outcome_scores=fewer)
    assert main(command) == 0
    kept = capsys.readouterr()
    assert numbers(kept.out) == numbers(before.out) != []
    assert "are those released on" in kept.err and CONCERN.title in kept.err and ASSESSED.title not in kept.err
    assert main([*command, "--exact"]) == 0 and "those released" not in capsys.readouterr().err
    assert main(["release", "--list"]) == 0
    listed = capsys.readouterr().out
    assert "quarter 2025-26 Q" in listed and CONCERN.title in listed
    before_release = entries(workspace).height
    assert main(["release", "--reason", "late scores"]) == 0
    assert capsys.readouterr().out.startswith("Released ")
    entry = entries(workspace).row(0, named=True)
    assert entries(workspace).height == before_release + 1 and entry["action"] == Action.CHANGE.value and entry["role"] == "command line"
    assert entry["what"].startswith("qs133 release: quarter 2025-26 Q") and entry["what"].endswith("Reason: late scores")
    assert main(command) == 0
    assert "released" not in (after := capsys.readouterr()).err and after.out != kept.out
    for usage in (["release"], ["release", "--reason", " "], ["release", "--list", "--reason", "x"]):
        with pytest.raises(SystemExit) as left:
            main(usage)
        assert left.value.code == 2


def test_the_command_forgets_all_releases_and_running_servers_follow(
    workspace: sa.Engine, load_with: Load, capsys: pytest.CaptureFixture[str],
) -> None:
    shown(opened(load_with(), workspace))
    address = load_with(outcome_scores=fewer)
    running = opened(address, workspace)
    kept, now = shown(running), shown(Reporting(engine(address)))
    assert not same(kept, now, complete(running))
    running.forget_what_was_replaced()
    assert main(["release", "--start-over", "--reason", "the first loads were tries"]) == 0
    assert capsys.readouterr().out.startswith("Forgot ")
    entry = entries(workspace).row(0, named=True)
    assert entry["what"] == "qs133 release: all released periods forgotten. Reason: the first loads were tries"
    running.forget_what_was_replaced()
    assert same(shown(running), now, complete(running)) and not running.changed()
    with pytest.raises(SystemExit) as left:
        main(["release", "--start-over"])
    assert left.value.code == 2


def test_nothing_is_released_that_the_audit_log_cannot_have(
    workspace: sa.Engine, load_with: Load, capsys: pytest.CaptureFixture[str],
) -> None:
    shown(opened(load_with(), workspace))
    address = load_with(outcome_scores=fewer)
    with workspace.begin() as connection:
        connection.execute(sa.DDL("CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(FAIL, 'disk full'); END"))
    assert main(["release", "--reason", "late scores"]) == 1
    assert "audit log can't be written" in capsys.readouterr().err and opened(address, workspace).changed()
