"""The access file: what it gives, and the sentence with the line for each way to get it wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.access import Access, Grant, Role, access
from config.toml_file import ConfigError

GOOD = """sign_in_hours = 8
everyone_else = "viewer"
deployment_protects = false

[[grant]]
role = "manager"
claim = "groups"
is = ["North managers", "All managers"]
teams = ["North"]
providers = ["PR1", "PR2"]

[[grant]]
role = "administrator"
claim = "email"
is = "ann@council.example"
"""


@pytest.fixture
def access_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QS133_CONFIG", str(tmp_path))
    return tmp_path / "access.toml"


def test_the_shipped_file_gives_nobody_exact_numbers() -> None:
    assert access() == Access(sign_in_hours=8, everyone_else=Role.VIEWER, deployment_protects=False, grants=())


def test_every_field_is_read_with_its_line(access_file: Path) -> None:
    access_file.write_text(GOOD, encoding="utf-8")
    assert access() == Access(8, Role.VIEWER, False, (
        Grant(Role.MANAGER, "groups", ("North managers", "All managers"), ("North",), ("PR1", "PR2"), 5),
        Grant(Role.ADMINISTRATOR, "email", ("ann@council.example",), (), (), 12),
    ))


def test_a_change_holds_at_the_next_call(access_file: Path) -> None:
    access_file.write_text(GOOD, encoding="utf-8")
    assert access().everyone_else is Role.VIEWER
    access_file.write_text(GOOD.replace('"viewer"', '"nobody"'), encoding="utf-8")
    assert access().everyone_else is None


def test_roles_rise_from_viewer_to_administrator_and_only_the_viewer_has_no_exact_numbers() -> None:
    assert [role.rank for role in (Role.VIEWER, Role.MANAGER, Role.ANALYST, Role.ADMINISTRATOR)] == [0, 1, 2, 3]
    assert [role for role in Role if not role.exact] == [Role.VIEWER]


@pytest.mark.parametrize(("old", "new", "sentence"), [
    (
        'role = "manager"', 'role = "boss"',
        "access.toml, line 5: there is no role 'boss'. The roles are viewer, manager, analyst, administrator.",
    ),
    ('role = "manager"', "role = 3", "access.toml, line 5: role must be text in quotes"),
    ('role = "manager"\n', "", "access.toml, line 5: this grant lacks 'role'. Add it."),
    ('teams = ["North"]\nproviders = ["PR1", "PR2"]\n', "", "access.toml, line 5: this manager has neither teams nor providers"),
    ('teams = ["North"]', 'teams = [""]', "access.toml, line 5: teams must be text in quotes, or a list of such"),
    ('teams = ["North"]', "teams = 7", "access.toml, line 5: teams must be text in quotes"),
    ('teams = ["North"]', 'team = ["North"]', "access.toml, line 5: a grant has no 'team'"),
    ('role = "manager"', 'role = "analyst"', "access.toml, line 5: only a manager has teams or providers"),
    ('is = ["North managers", "All managers"]', "is = []", "access.toml, line 5: 'is' names no value of the claim"),
    ('claim = "groups"', "claim = 1", "access.toml, line 5: claim must be text in quotes"),
    ("sign_in_hours = 8", "sign_in_hours = 0", "access.toml, line 1: sign_in_hours must be a number of hours above 0"),
    ("sign_in_hours = 8", 'sign_in_hours = "8"', "access.toml, line 1: sign_in_hours must be a number"),
    ("sign_in_hours = 8", "sign_in_hours = true", "access.toml, line 1: sign_in_hours must be a number"),
    ("sign_in_hours = 8\n", "", "access.toml lacks the setting 'sign_in_hours'"),
    ('everyone_else = "viewer"', 'everyone_else = "analyst"', 'access.toml, line 2: everyone_else must be "viewer" or "nobody"'),
    ("deployment_protects = false", 'deployment_protects = "no"', "access.toml, line 3: deployment_protects must be true or false"),
    ("deployment_protects", "deployment_protect", "access.toml, line 3: there is no setting 'deployment_protect'"),
])
def test_a_mistake_is_told_with_its_line(access_file: Path, old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    access_file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        access()
    assert sentence in str(error.value)
