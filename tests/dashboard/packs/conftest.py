"""The packs that the tests share: working one out takes seconds."""

from __future__ import annotations

import pytest

from config.access import Role
from dashboard.content.view import View
from dashboard.packs.contents import Pack
from tests.dashboard.packs.made import made_pack, made_view


@pytest.fixture(scope="package")
def exact_view(demo_database: str) -> View:
    return made_view(demo_database, Role.ANALYST)


@pytest.fixture(scope="package")
def exact_pack(exact_view: View) -> Pack:
    return made_pack(exact_view, changed=("Video feedback: the target is now missed.",))


@pytest.fixture(scope="package")
def protected_pack(demo_database: str) -> Pack:
    return made_pack(made_view(demo_database, Role.VIEWER))
