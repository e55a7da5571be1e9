"""How much of a page is sent to the browser, held to limits: what is sent and drawn is what people wait for.

The figures don't depend on the machine. Whoever has to raise a limit should know why.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import PROJECT_FOLDER

SECONDS = 120


@pytest.fixture
def app(demo_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("QS133_DATABASE_URL", demo_database)
    monkeypatch.setenv("QS133_WORKSPACE_URL", f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    yield AppTest.from_file(str(PROJECT_FOLDER / "dashboard" / "app.py"), default_timeout=SECONDS)


def sent(app: AppTest) -> tuple[int, int, int]:
    """How many elements a run of a page sends, of how many bytes together, and how many interactive charts are among them."""
    assert not app.exception
    elements = [element for element in app._tree if hasattr(element, "proto") and element.proto is not None]
    return len(elements), sum(element.proto.ByteSize() for element in elements), len(app.get("plotly_chart"))


def test_the_first_page_is_small_and_needs_no_chart(app: AppTest) -> None:
    elements, size, charts = sent(app.run())
    assert elements <= 50
    assert size <= 115_000
    assert not charts


def test_a_statement_page_and_a_click_on_it_send_pictures_and_no_chart(app: AppTest) -> None:
    app.run()
    first = sent(app.switch_page("../pages/statement_2.py").run())
    app.multiselect(key="ethnicity_group").select("White").run()
    assert any("White" in text.value for text in app.markdown if "**Shown:**" in text.value)
    for elements, size, charts in (first, sent(app)):
        assert elements <= 95
        assert size <= 160_000
        assert not charts


def test_only_the_measure_that_is_opened_has_charts(app: AppTest) -> None:
    app.run()
    app.switch_page("../pages/statement_2.py").run()
    pictures = sent(app)
    next(each for each in app.button_group if str(each.key).startswith("more_")).set_value(["chart"]).run()
    opened = sent(app)
    assert opened[2] == 2, "over time and by group"
    assert opened[0] - pictures[0] <= 8
    assert opened[1] - pictures[1] <= 45_000
