"""What an address may ask the filters for, and what is said of the rest."""

from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import PROJECT_FOLDER
from dashboard.content.view import Filters
from dashboard.session.filters import address, unknown
from dashboard.session.state import Choices
from metrics.judgement.trend import Chart

OFFERED = Choices({"placement": ("foster_carer", "birth_parents"), "sex": ("female",)}, ("April 2024", "May 2024"))


def test_whatever_our_own_addresses_hold_can_be_chosen() -> None:
    filters = Filters("month", {"placement": ("birth_parents", "foster_carer")}, "April 2024", "May 2024", Chart.RUN, target_lines=False)
    assert unknown(parse_qs(address(filters)), OFFERED, "month") == []


@pytest.mark.parametrize(("asked", "says"), [
    ("placement=Own+parents&placement=nonsense", ["placement"]),
    ("placement=birth_parents", ["placement"]),  # an address holds the words, not the names
    ("authority=Camden&grain=Fortnight", ["length of periods", "local authority"]),
    ("first=2024-25+Q1&last=May+2024", ["first month"]),
])
def test_what_cannot_be_chosen_is_named_by_its_filter(asked: str, says: list[str]) -> None:
    assert unknown(parse_qs(asked), OFFERED, "month") == says


def test_the_page_says_it_and_shows_what_is_left(demo_database: str, monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    app = AppTest.from_file(str(PROJECT_FOLDER / "dashboard" / "app.py"), default_timeout=60)
    app.query_params.update({"placement": ["Own parents", "nonsense"]})
    app.run()
    assert [warning.value for warning in app.warning] == [
        "The address of this page holds a choice that can't be used here, so it is left out: placement."
    ]
    assert any("placement is ‘Own parents’" in words.value for words in app.markdown)
    app.run()
    assert not app.warning and any("placement is ‘Own parents’" in words.value for words in app.markdown)
